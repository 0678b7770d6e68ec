"""Each family of models is sent what it takes."""

import pytest

from dreambox_pipeline.text_engines.openai.families import parameters_for


@pytest.mark.parametrize(
    ("model", "effort"),
    [
        ("gpt-6-luna", "none"),
        ("gpt-5.6-luna", "none"),
        ("gpt-5.1", "none"),
        ("gpt-5-mini", "minimal"),
        ("gpt-5-2025-08-07", "minimal"),
        ("openai/gpt-6-sol", "none"),
        ("o4-mini", "low"),
    ],
)
def test_models_that_reason_are_told_how_little(model: str, effort: str) -> None:
    """They refuse a temperature."""
    sent = parameters_for(model, answer_tokens=300)
    assert sent["reasoning"] == {"effort": effort}
    assert "temperature" not in sent
    assert (sent["max_output_tokens"] == 300) == (effort == "none")


@pytest.mark.parametrize(
    "model", ["gpt-4.1-mini", "ft:gpt-4o-mini:acme::x1", "qwen3-30b", "meta/llama-4"]
)
def test_models_that_do_not_are_kept_steady(model: str) -> None:
    """They know nothing of reasoning, and temperature 0 repeats itself best."""
    assert parameters_for(model, answer_tokens=300) == {"max_output_tokens": 300, "temperature": 0}


@pytest.mark.parametrize("model", ["gpt-5-chat-latest", "gpt-5-pro", "gpt-5.1-codex"])
def test_special_models_keep_their_defaults(model: str) -> None:
    """What they take differs, so nothing is set but room for thoughts."""
    assert set(parameters_for(model, answer_tokens=300)) == {"max_output_tokens"}
    assert parameters_for(model, answer_tokens=300)["max_output_tokens"] > 300
