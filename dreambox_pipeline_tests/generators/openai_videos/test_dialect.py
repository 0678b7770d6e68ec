"""What is asked of which model: lengths, sizes and fields."""

import pytest

from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.generators.openai_videos.dialect import (
    OPEN_MODEL,
    dialect_of,
    fields_for,
    seconds_for,
)
from dreambox_pipeline_tests.contracts.video_benches import PROMPT

UPRIGHT = (720, 1280)


@pytest.mark.parametrize("duration_s", [3.0, 4.0, 8.0, 9.0, 12.0, 15.0])
def test_a_hosted_model_gets_no_field_beyond_the_contracts(duration_s: float) -> None:
    """What it should avoid stands in the prose, because there is no field for it."""
    prompt = PROMPT.model_copy(update={"duration_s": duration_s})
    for model in ("sora-2", "azure/sora-2-pro"):
        fields = fields_for(prompt, model=model, size=UPRIGHT, dialect=dialect_of(model))
        assert set(fields) == {"model", "prompt", "seconds", "size"}
        assert fields["seconds"] in {"4", "8", "12"}
        assert "Avoid: text." in fields["prompt"]


@pytest.mark.parametrize(
    ("model", "takes"),
    [
        ("Wan-AI/Wan2.2-T2V-A14B-Diffusers", False),
        ("Wan-AI/Wan2.2-TI2V-5B-Diffusers", True),
        ("Wan-AI/Wan2.2-I2V-A14B-Diffusers", True),
        ("my-lora-of-wan", True),
        ("sora-2", True),
    ],
)
def test_a_models_name_tells_whether_it_takes_a_picture(model: str, takes: object) -> None:
    """Wan's names say what goes in; of others it is expected, and the server will say."""
    assert dialect_of(model).takes_reference is takes


def test_an_open_model_gets_seed_frames_and_what_to_avoid() -> None:
    """Some of its pipelines follow the number of frames and ignore the seconds."""
    prompt = PROMPT.model_copy(update={"duration_s": 5.5, "seed": 2**40 + 5})
    fields = fields_for(prompt, model="wan", size=UPRIGHT, dialect=dialect_of("wan"))
    assert fields["seconds"] == "6"
    assert (fields["fps"], fields["num_frames"]) == ("24", "144")
    assert fields["seed"] == "5"
    assert fields["negative_prompt"] == "text"
    assert "Avoid" not in fields["prompt"]


def test_a_tight_model_gets_the_compact_prose() -> None:
    """Runway's models take 1,000 characters."""
    prompt = PROMPT.model_copy(update={"scene": "a long corridor " * 200})
    for model in ("runwayml/gen4_turbo", "gen4.5"):
        fields = fields_for(prompt, model=model, size=UPRIGHT, dialect=dialect_of(model))
        assert len(fields["prompt"]) <= 1_000


@pytest.mark.parametrize(
    ("model", "wanted", "asked"),
    [("veo-3.1-generate-001", 6.0, 6), ("sora-2", 7.5, 8), ("wan", 0.4, 1), ("gen4.5", 9.2, 10)],
)
def test_the_nearest_length_the_model_makes_is_asked_for(
    model: str, wanted: float, asked: int
) -> None:
    """As long as the clip will be taken when it comes."""
    prompt = PROMPT.model_copy(update={"duration_s": wanted})
    assert seconds_for(prompt, dialect_of(model)) == asked


@pytest.mark.parametrize(("model", "wanted"), [("sora-2", 6.0), ("sora-2", 30.0), ("gen4.5", 20.0)])
def test_a_length_no_clip_would_have_is_not_paid_for(model: str, wanted: float) -> None:
    """The clip would be thrown away for its length, so it is said before the money is spent."""
    prompt = PROMPT.model_copy(update={"duration_s": wanted})
    with pytest.raises(ItemError, match="DREAMBOX_CLIP_SECONDS"):
        seconds_for(prompt, dialect_of(model))


def test_an_unknown_name_is_an_open_model() -> None:
    """Servers of one's own name a model as they like."""
    assert dialect_of("my-lora-of-wan") == OPEN_MODEL
