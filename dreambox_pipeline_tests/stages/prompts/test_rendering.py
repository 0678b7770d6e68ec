"""Every spelling of a prompt says what it says, within a provider's limits."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.stages.prompts.model import Beat, VideoPrompt
from dreambox_pipeline.stages.prompts.rendering import (
    COMPACT,
    COMPACT_WITH_FIELD,
    FORMS,
    OMNI,
    PROSE,
    PROSE_WITH_FIELD,
    REFERENCE_LABEL,
    Negatives,
    PromptForm,
    mood_words,
    negative_prompt,
    render,
    to_compact,
    to_prose,
)

PROMPT = VideoPrompt(
    style_id="s",
    style="Ink wash",
    scene="A whale above a lake",
    cinematography="Wide shot; one slow drift",
    camera="drift",
    lighting="moonlight",
    palette=("#000000", "#555555", "#ffffff"),
    beats=(Beat(at_s=0, action="the lake lies still"), Beat(at_s=2.5, action="the whale sings")),
    mood=0.9,
    audio="low strings",
    avoid=("on-screen text", "logos"),
    setting="ocean",
    motifs=("whale",),
    finishing="fine grain",
)


def test_prose_says_everything_style_first() -> None:
    """Every field a model can use is said, and timed."""
    prose = to_prose(PROMPT)
    assert prose.startswith("Style: Ink wash.")
    for said in (
        "Scene: A whale above a lake.",
        "Camera: Wide shot; one slow drift.",
        "Light: moonlight.",
        "#000000, #555555, #ffffff",
        "At 0 s, the lake lies still. At 2.5 s, the whale sings.",
        "Mood: blissful",
        "Sound: low strings.",
        "Finishing: fine grain.",
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
    assert whole.startswith(
        "Ink wash. A whale above a lake. Avoid: on-screen text, logos. "
        "The lake lies still. The whale sings. One slow drift. Light: moonlight. Mood:"
    )
    assert whole.endswith("Wide shot. Sound: low strings. Fine grain.")
    shorter = to_compact(PROMPT, len(whole) - len(" Fine grain.") - 1)
    assert "Sound" not in shorter
    assert "The whale sings." in shorter
    assert to_compact(PROMPT, 65).endswith("logos.")


def test_compact_leaves_the_opening_to_the_scene() -> None:
    """Of three beats the first shows where we are, which was said; of two both happen."""
    opening = Beat(at_s=0, action="all is still")
    beats = (opening, *(Beat(at_s=n, action=f"step {n}") for n in (1, 2)))
    text = to_compact(PROMPT.model_copy(update={"beats": beats}))
    assert "All is still" not in text
    assert "Step 1. Step 2." in text


@pytest.mark.parametrize("form", FORMS.values(), ids=lambda form: form.name)
@pytest.mark.parametrize("has_reference", [False, True])
def test_what_to_avoid_is_said_once_where_the_provider_looks(
    form: PromptForm, *, has_reference: bool
) -> None:
    """In the prose or in the field of its own: never in both, never in neither."""
    rendered = render(PROMPT, form, has_reference=has_reference)
    in_text = "logos" in rendered.text
    assert in_text == (form not in {PROSE_WITH_FIELD, COMPACT_WITH_FIELD})
    assert rendered.negative == (None if in_text else "on-screen text, logos")
    assert FORMS[form.name] is form


def test_omni_is_told_in_closing_sentences() -> None:
    """It has no field for what to avoid, and its guide asks for short sentences."""
    assert render(PROMPT, OMNI).text.endswith("\nNo on-screen text. No logos.")
    assert render(PROMPT, OMNI).negative is None


def test_a_reference_picture_is_labelled_only_where_that_helps() -> None:
    """A label without a picture would confuse every model, and a label most models do not read."""
    assert render(PROMPT, OMNI, has_reference=True).text.startswith(f"{REFERENCE_LABEL}\nStyle:")
    for form in FORMS.values():
        assert REFERENCE_LABEL not in render(PROMPT, form).text
        is_labelled = REFERENCE_LABEL in render(PROMPT, form, has_reference=True).text
        assert is_labelled == (form is OMNI)


def test_the_short_names_are_the_forms_they_stand_for() -> None:
    """One spelling, however it is asked for."""
    assert to_prose(PROMPT) == render(PROMPT, PROSE).text
    assert to_prose(PROMPT, says_avoid=False) == render(PROMPT, PROSE_WITH_FIELD).text
    assert to_compact(PROMPT) == render(PROMPT, COMPACT).text


def test_nothing_to_avoid_is_nothing_to_say() -> None:
    """No empty list, no empty field."""
    free = PROMPT.model_copy(update={"avoid": ()})
    for form in FORMS.values():
        rendered = render(free, form)
        assert rendered.negative is None
        assert "Avoid" not in rendered.text
        assert rendered.text == rendered.text.strip()


def test_a_prompt_stored_before_finishing_existed_is_rendered_without() -> None:
    """An old row has no such field and no empty label for it."""
    old = PROMPT.model_copy(update={"finishing": ""})
    assert "Finishing" not in to_prose(old)


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


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_alarming_words_stand_only_in_a_field_made_for_what_to_avoid(form: PromptForm) -> None:
    """A filter reads "No gore. No children." as gore and children, and turns the prompt away."""
    prompt = PROMPT.model_copy(update={"avoid": ("logos", "children", "gore", "nudity")})
    rendered = render(prompt, form)
    assert not [word for word in ("children", "gore", "nudity") if word in rendered.text]
    if form.negatives is Negatives.FIELD:
        assert rendered.negative == "logos, children, gore, nudity"
    else:
        assert "people who are not adults" in rendered.text
