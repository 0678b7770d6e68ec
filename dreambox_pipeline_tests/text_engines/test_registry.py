"""Engines by name."""

import pytest
from pydantic import SecretStr

from dreambox_pipeline.errors import StopError
from dreambox_pipeline.text_engines.registry import (
    CAPTION_WRITERS,
    ENGINES,
    PROMPT_WRITERS,
    caption_writer_for,
    engine_for,
    prompt_writer_for,
)

KEY = SecretStr("sk-hush")


def test_the_embedded_engine_needs_nothing_but_its_name() -> None:
    """No key, no address."""
    assert engine_for("embedded").name == "embedded"


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    """And with the variable to set."""
    with pytest.raises(
        StopError, match="DREAMBOX_TEXT_ENGINE to one of: embedded, openai"
    ) as caught:
        engine_for("oracle")
    assert "'oracle'" in str(caught.value)
    assert ENGINES == ("embedded", "openai")


@pytest.mark.parametrize(
    ("key", "model", "variable"),
    [
        (SecretStr(""), "gpt-6-luna", "DREAMBOX_OPENAI_API_KEY"),
        (SecretStr("  "), "gpt-6-luna", "DREAMBOX_OPENAI_API_KEY"),
        (KEY, "", "DREAMBOX_OPENAI_MODEL"),
    ],
)
def test_a_missing_value_names_its_variable(key: SecretStr, model: str, variable: str) -> None:
    """Before anything is asked."""
    with pytest.raises(StopError, match=variable):
        engine_for("openai", api_key=key, model=model)


def test_the_openai_engine_is_made_without_a_call() -> None:
    """Its first question opens the connection; the key is not shown."""
    engine = engine_for("openai", api_key=KEY, model="gpt-6-luna", base_url="http://127.0.0.1:9/v1")
    assert engine.name == "openai"
    assert engine.version.startswith("openai:gpt-6-luna+prompts-")
    assert "hush" not in repr(engine) + repr(vars(engine))


def test_prompt_writers_go_by_name_too() -> None:
    """Ours needs nothing, the model's its key and its name, and neither is asked yet."""
    assert prompt_writer_for("embedded").name == "embedded"
    assert prompt_writer_for("openai", api_key=KEY, model="gpt-6-luna").name.startswith("openai:")
    with pytest.raises(StopError, match="DREAMBOX_PROMPT_WRITER to one of: embedded, openai"):
        prompt_writer_for("oracle")
    with pytest.raises(StopError, match=r"DREAMBOX_OPENAI_API_KEY.*DREAMBOX_PROMPT_WRITER"):
        prompt_writer_for("openai", model="gpt-6-luna")
    assert PROMPT_WRITERS == ("embedded", "openai")


def test_caption_writers_go_by_name_as_well() -> None:
    """The same two, the same complaints, under a setting of their own."""
    assert caption_writer_for("embedded").name == "embedded"
    assert caption_writer_for("openai", api_key=KEY, model="gpt-6-luna").name.startswith("openai:")
    with pytest.raises(StopError, match="DREAMBOX_CAPTION_WRITER to one of: embedded, openai"):
        caption_writer_for("oracle")
    with pytest.raises(StopError, match="DREAMBOX_OPENAI_API_KEY"):
        caption_writer_for("openai", model="gpt-6-luna")
    assert CAPTION_WRITERS == ("embedded", "openai")
