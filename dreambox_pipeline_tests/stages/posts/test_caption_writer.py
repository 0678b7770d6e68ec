"""First lines are made of the dream's facts alone, differ between videos, and stay what they are."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.safety.compliance import caption_units, mentions
from dreambox_pipeline.safety.model import ScreeningAction
from dreambox_pipeline.safety.screening import COVERED_LANGUAGES, screen
from dreambox_pipeline.stages.dreams.model import DreamFacts, Motif, Setting
from dreambox_pipeline.stages.posts.caption_language import WORDINGS, Lines
from dreambox_pipeline.stages.posts.caption_writer import (
    MAX_ALT_UNITS,
    MAX_HOOK_UNITS,
    CaptionBrief,
    EmbeddedCaptionWriter,
    fallen_back,
)


def facts(setting=Setting.OCEAN, motifs=(Motif.WHALE, Motif.DOOR), mood=0.0, **more):
    """A calm dream of a whale behind a door, at sea."""
    return DreamFacts(setting=setting, motifs=motifs, mood=mood, visual_detail=0.8, **more)


def written(dream=None, *, lang="en", seed="vid_1", max_units=MAX_HOOK_UNITS):
    brief = CaptionBrief("The whale", dream or facts(), lang, seed, max_units)
    return EmbeddedCaptionWriter().write(brief)


def test_the_same_video_is_always_captioned_alike():
    """A draft that is written again says the same, or a reviewer could trust none."""
    assert written() == written()
    assert written().writer == "embedded"


@pytest.mark.parametrize("lang", WORDINGS)
def test_captions_of_one_dream_differ_by_video(lang):
    """A feed of the same first line reads like a machine."""
    hooks = {written(lang=lang, seed=f"vid_{number}").hook for number in range(60)}
    assert len(hooks) >= 12


@pytest.mark.parametrize("lang", WORDINGS)
@pytest.mark.parametrize("mood", [-0.9, 0.0, 0.9])
def test_a_first_line_names_what_the_dream_holds(lang, mood):
    """One or two of its things, in the caption's language, and nothing it does not hold."""
    wording, dream = WORDINGS[lang], facts(mood=mood)
    own = {wording.motifs[Motif.WHALE], wording.motifs[Motif.DOOR], wording.settings[Setting.OCEAN]}
    others = {*wording.motifs.values(), *wording.settings.values()} - own
    for number in range(30):
        hook = written(dream, lang=lang, seed=f"vid_{number}").hook
        named = [name for name in own if name.casefold() in hook.casefold()]
        assert len(named) == 2
        assert not [name for name in others if f" {name.casefold()}," in f" {hook.casefold()},"]


def test_a_place_that_was_only_assumed_is_not_named():
    """What nobody said is not said of them."""
    dream = facts(motifs=(), inferred=("setting",))
    hooks = {written(dream, seed=f"vid_{number}").hook for number in range(20)}
    assert hooks <= set(WORDINGS["en"].lines.none)


def test_the_alternative_text_says_what_is_seen():
    """As sentences that can be listened to: in English as the prompt has it, elsewhere by name."""
    assert written().alt_text == (
        "An AI-made dream scene: a still sea that mirrors the sky, low hills along the horizon. In it: a vast whale "
        "gliding through the air, and a single freestanding door with light around its edges."
    )
    german = "Eine KI-erzeugte Traumszene: ein Wal, eine Tür und das Meer."
    assert written(lang="de").alt_text == german
    assert (
        written(facts(motifs=()), lang="fr").alt_text == "Une scène de rêve créée par IA : la mer."
    )
    nothing = facts(Setting.UNKNOWN, ())
    assert written(nothing, lang="fr").alt_text == "Une scène de rêve créée par IA."


def test_the_alternative_text_says_nothing_that_only_a_video_model_needs():
    """What must not be in the picture is no help to somebody who cannot see it."""
    said = written(facts(Setting.CITY, (Motif.CAR, Motif.FALLING))).alt_text
    assert "sign" not in said
    assert "unbranded" not in said
    assert "a figure in a long dark coat falling softly" in said


@pytest.mark.parametrize("lang", WORDINGS)
def test_a_list_ends_with_a_word_of_its_language(lang):
    """Two things with only a comma between them read like a machine."""
    wording = WORDINGS[lang]
    for line in wording.lines.two[None]:
        assert f" {wording.joiner} " in line or "{b}, " in line or "{b}. " in line


@pytest.mark.parametrize("lang", ["fr", "it", "es", "pt"])
def test_nobody_is_taken_for_a_man(lang):
    """Whoever reads "you" is not told a gender by an ending."""
    gendered = ("venu", "resté", "stato", "rimasto", "estado aquí", "cansado")
    lines = WORDINGS[lang].lines
    said = " ".join(
        line for group in (lines.two, lines.one) for found in group.values() for line in found
    )
    assert not [word for word in gendered if word in f"{said} {' '.join(lines.none)}"]


@pytest.mark.parametrize("lang", WORDINGS)
def test_every_language_names_everything(lang):
    """A vocabulary that grows must grow in every language."""
    wording = WORDINGS[lang]
    assert set(wording.motifs) == set(Motif)
    assert set(wording.settings) == set(Setting) - {Setting.UNKNOWN}
    for name in (*wording.motifs.values(), *wording.settings.values()):
        assert name == name.strip()
        assert name


@pytest.mark.parametrize("lang", WORDINGS)
def test_our_own_lines_pass_our_own_rules(lang):
    """Whatever is filled in: no line of ours may need a person's look."""
    wording = WORDINGS[lang]
    lines: Lines = wording.lines
    names = [*wording.settings.values(), *wording.motifs.values()]
    templates = [
        line for group in (lines.two, lines.one) for found in group.values() for line in found
    ]
    said = [line.format(a=name, b=names[0], A=name, B=name) for line in templates for name in names]
    for line in {*said, *lines.none, wording.seen}:
        verdict = screen(line, lang=lang if lang in COVERED_LANGUAGES else "und")
        assert verdict.action is ScreeningAction.PASS, (line, verdict)


def test_a_fallback_says_why():
    """Who reads the draft sees that a model was asked."""
    brief = CaptionBrief("The whale", facts(), "en", "vid_1")
    words = fallen_back(brief, "refused")
    assert words.writer == "embedded (fallback: refused)"
    assert words.is_fallback
    assert words.hook == written().hook
    assert not written().is_fallback


@given(
    setting=st.sampled_from(list(Setting)),
    motifs=st.lists(st.sampled_from(list(Motif)), max_size=6),
    mood=st.floats(-1, 1),
    lang=st.sampled_from([*WORDINGS, "ja"]),
    seed=st.text(st.characters(codec=None), max_size=20),
    max_units=st.integers(20, MAX_HOOK_UNITS),
)
@settings(max_examples=300, deadline=None)
def test_any_dream_gets_words_that_fit(*, setting, motifs, mood, lang, seed, max_units):
    """No dream without a first line, none that is too long, none that mentions anybody."""
    words = written(facts(setting, tuple(motifs), mood), lang=lang, seed=seed, max_units=max_units)
    assert 0 < caption_units(words.hook) <= max_units
    assert 0 < caption_units(words.alt_text) <= MAX_ALT_UNITS
    assert not mentions(words.hook + words.alt_text)
    assert "#" not in words.hook + words.alt_text
    assert "{" not in words.hook
