"""A softened prompt is the same dream without what providers refuse, and it is softened once."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.safety.model import ScreeningAction
from dreambox_pipeline.safety.screening import screen
from dreambox_pipeline.stages.dreams.model import Emotion, Motif, Setting
from dreambox_pipeline.stages.prompts.composition import compose_prompt
from dreambox_pipeline.stages.prompts.imagery import THINGS
from dreambox_pipeline.stages.prompts.model import Beat, VideoPrompt
from dreambox_pipeline.stages.prompts.rendering import OMNI, render, to_prose
from dreambox_pipeline.stages.prompts.softening import GENTLER, soften
from dreambox_pipeline.stages.prompts.styles import STYLES, Style, Temper, temper_of
from dreambox_pipeline_tests.stages.prompts.test_composition import compose, dreams, report

REFUSED = re.compile(
    r"\b(?:teeth|snakes?|spiders?|flames?|fire|floods?|falling|falls|blood|gore|weapons|nudity|"
    r"children|ominous|uneasy|nightmare|tense|never landing)\b"
)
NIGHTMARE = report(
    setting="corridor",
    motifs=("teeth", "chase", "falling"),
    actions=("ran", "fell"),
    emotions=("apprehension",),
    mood=-0.9,
)


@settings(max_examples=100, deadline=None)
@given(dream=dreams, style=st.sampled_from(list(STYLES.values())), seed=st.integers(0, 2**31))
def test_any_prompt_is_softened_once(dream: object, style: Style, seed: int) -> None:
    """The result is another prompt of the same dream, and there is no softer one after it."""
    prompt = compose_prompt(dream, style=style, seed=seed, duration_s=6.0)  # type: ignore[arg-type]
    softened = soften(prompt)
    assert softened is not None
    assert softened != prompt
    assert softened == soften(prompt)
    assert soften(softened) is None
    assert VideoPrompt.model_validate(softened.model_dump()) == softened
    kept = ("style_id", "style", "setting", "title", "seed", "duration_s", "figures", "subject")
    assert all(getattr(softened, name) == getattr(prompt, name) for name in kept)
    assert [beat.at_s for beat in softened.beats] == [beat.at_s for beat in prompt.beats]
    actions = [beat.action for beat in softened.beats]
    assert len(set(actions)) >= len(set(actions[:-1]))
    assert softened.mood >= max(prompt.mood, -0.2)
    assert not set(softened.motifs) & set(GENTLER)
    said = render(softened, OMNI).text.casefold()
    # Beams of light may fall, and a style keeps its words.
    assert not REFUSED.search(said.replace(style.words.casefold(), "").replace("light falling", ""))
    assert screen(to_prose(softened, says_avoid=False), lang="en").action is ScreeningAction.PASS


@pytest.mark.parametrize("motif", list(GENTLER))
def test_a_frightening_motif_becomes_its_stand_in(motif: Motif) -> None:
    """In the scene, in the beats and in what an offline renderer draws."""
    prompt = compose(report(motifs=(motif,), setting="house"))
    softened = soften(prompt)
    assert softened is not None
    gentle = GENTLER[motif]
    assert softened.motifs == (gentle,)
    assert THINGS[gentle].shown in softened.scene.casefold()
    assert THINGS[motif].shown not in softened.scene.casefold()
    assert THINGS[gentle].action in [beat.action for beat in softened.beats]
    assert gentle not in GENTLER


def test_a_nightmare_becomes_a_strange_and_still_dream() -> None:
    """Mood, palette, sound, camera and the words of the filter all give way at once."""
    prompt = compose(NIGHTMARE, STYLES["ember_red"])
    softened = soften(prompt)
    assert softened is not None
    assert prompt.camera == "fall"
    assert softened.camera == "drift"
    assert "descent" not in softened.cinematography
    assert temper_of(softened.mood) is Temper.STILL
    assert softened.palette == STYLES["ember_red"].palettes[Temper.STILL]
    assert "heartbeat" not in softened.audio
    assert "uneasy" not in softened.audio
    assert softened.audio.endswith("no voices")
    assert "children" not in softened.avoid
    assert "recognizable people" not in softened.avoid
    assert "on-screen text" in softened.avoid


def test_two_stand_ins_do_not_tell_the_same_beat_twice() -> None:
    """A snake and a pursuer both become a light, which then brightens instead of coming twice."""
    softened = soften(compose(report(motifs=("snake", "chase"), mood=0.0)))
    assert softened is not None
    assert softened.motifs == (Motif.LIGHT,)
    actions = [beat.action for beat in softened.beats]
    assert len(set(actions)) == len(actions)


def test_words_of_another_writer_are_softened_too() -> None:
    """A language model words a scene its own way; the table reaches those words as well."""
    prompt = compose(report(setting="house")).model_copy(
        update={
            "scene": "A spider web fills the hall. Flames lick the walls as the figure falls.",
            "beats": (
                Beat(at_s=0, action="the snakes chase the figure"),
                Beat(at_s=3, action="the figure plummets through ominous shadows"),
            ),
            "audio": "tense strings; wind",
        }
    )
    softened = soften(prompt)
    assert softened is not None
    assert not REFUSED.search(softened.scene.casefold())
    assert not REFUSED.search(" ".join(beat.action for beat in softened.beats))
    assert softened.audio == "wind"


def test_a_beat_never_outgrows_its_bound() -> None:
    """Calm words are longer than the words they replace, and the prompt must stay valid."""
    long = "a snake and a snake and a snake and a snake and a snake and a snake and a snake and a snake and a snake once"
    prompt = compose(report()).model_copy(update={"beats": (Beat(at_s=0, action=long),)})
    softened = soften(prompt)
    assert softened is not None
    assert VideoPrompt.model_validate(softened.model_dump()) == softened


def test_an_unknown_style_keeps_its_palette() -> None:
    """A prompt of a style that left the catalog is softened all the same."""
    prompt = compose(NIGHTMARE).model_copy(update={"style_id": "retired"})
    softened = soften(prompt)
    assert softened is not None
    assert softened.palette == prompt.palette


def test_what_is_gentle_already_only_loses_the_filter_words() -> None:
    """A whale at dawn stays word for word; only the list of what to avoid may have tripped a filter."""
    prompt = compose(report(motifs=("whale",), setting="ocean", mood=0.7, emotions=("happiness",)))
    softened = soften(prompt)
    assert softened is not None
    assert softened.model_copy(update={"avoid": prompt.avoid}) == prompt


def test_the_table_is_closed() -> None:
    """No stand-in needs a stand-in, and settings and emotions need none."""
    assert not set(GENTLER) & set(GENTLER.values())
    assert set(GENTLER) | set(GENTLER.values()) <= set(Motif)
    for setting in Setting:
        for emotion in Emotion:
            softened = soften(compose(report(setting=setting, emotions=(emotion,), mood=-1)))
            assert softened is not None
