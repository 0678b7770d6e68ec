"""The three spellings of a prompt say what it says, within a provider's limits."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.stages.prompts.model import Beat, VideoPrompt
from dreambox_pipeline.stages.prompts.rendering import (
    mood_words,
    negative_prompt,
    to_compact,
    to_prose,
)

PROMPT = VideoPrompt(
    style_id="s",
    style="Ink wash",
    scene="A whale above a lake",
    cinematography="Wide shot",
    camera="drift",
    lighting="moonlight",
    palette=("#000000", "#555555", "#ffffff"),
    beats=(Beat(at_s=0, action="the lake lies still"), Beat(at_s=2.5, action="the whale sings")),
    mood=0.9,
    audio="low strings",
    avoid=("on-screen text", "logos"),
    setting="ocean",
    motifs=("whale",),
)


def test_prose_says_everything_style_first() -> None:
    """Every field a model can use is said, and timed."""
    prose = to_prose(PROMPT)
    assert prose.startswith("Style: Ink wash.")
    for said in (
        "Scene: A whale above a lake.",
        "Camera: Wide shot.",
        "Light: moonlight.",
        "#000000, #555555, #ffffff",
        "At 0 s, the lake lies still. At 2.5 s, the whale sings.",
        "Mood: blissful",
        "Sound: low strings.",
        "Avoid: on-screen text, logos.",
    ):
        assert said in prose
    assert ".." not in prose


def test_avoidance_moves_to_its_own_field() -> None:
    """A model with a field for it is not told twice."""
    assert "logos" not in to_prose(PROMPT, says_avoid=False)
    assert negative_prompt(PROMPT) == "on-screen text, logos"


def test_compact_drops_the_least_important_first() -> None:
    """Sound goes before the beats, the beats before what must not be shown."""
    whole = to_compact(PROMPT)
    assert whole.startswith("Ink wash. A whale above a lake. No on-screen text, no logos. The lake")
    assert whole.endswith("Sound: low strings.")
    shorter = to_compact(PROMPT, len(whole) - 1)
    assert "Sound" not in shorter
    assert "The whale sings." in shorter
    assert to_compact(PROMPT, 65).endswith("no logos.")


@settings(max_examples=60, deadline=None)
@given(max_chars=st.integers(40, 1200), words=st.text("ab ", max_size=1500))
def test_compact_never_exceeds_its_limit(max_chars: int, words: str) -> None:
    """Even a style longer than the limit is cut to fit."""
    prompt = PROMPT.model_copy(update={"style": words, "scene": words})
    assert len(to_compact(prompt, max_chars)) <= max_chars


def test_a_limit_without_room_is_refused() -> None:
    """Half a thought is worse than an error."""
    with pytest.raises(ValueError, match="39"):
        to_compact(PROMPT, 39)


@pytest.mark.parametrize(
    ("mood", "word"),
    [(-1, "nightmare"), (-0.4, "uneasy"), (0, "still"), (0.4, "tender"), (1, "blissful")],
)
def test_mood_has_words(mood: float, word: str) -> None:
    """From a quiet nightmare to bliss."""
    assert word in mood_words(mood)
