"""Titles are short, varied, repeatable, and name only what the dream is known to hold."""

from datetime import UTC, datetime
from itertools import product

import pytest

from dreambox_pipeline.safety.model import Screening, ScreeningAction
from dreambox_pipeline.stages.dreams.model import DreamFacts, DreamReport, Motif, Role, Setting
from dreambox_pipeline.stages.prompts.imagery import PLACES, THINGS
from dreambox_pipeline.stages.prompts.titles import MAX_TITLE_CHARS, _candidates, title_for


def facts(
    setting: Setting, *motifs: Motif, mood: float = 0, inferred: tuple[str, ...] = ()
) -> DreamFacts:
    return DreamFacts(
        setting=setting, motifs=motifs, mood=mood, visual_detail=0.5, inferred=inferred
    )


def report(number: int, told: DreamFacts) -> DreamReport:
    return DreamReport(
        dream_id=f"drm_{number:016x}",
        comment_id="1",
        source_video_id="2",
        author_id="a",
        told_at=datetime(2026, 11, 1, tzinfo=UTC),
        text="never read",
        lang="en",
        probability=0.9,
        reasons=(),
        facts=told,
        screening=Screening(ScreeningAction.PASS),
        likes=None,
        engine="test-1",
    )


def test_every_possible_title_fits() -> None:
    """All settings, pairs of motifs and moods: at most 60 characters, no gap left in a phrase."""
    pairs = [(), *((m,) for m in Motif), *((a, b) for a, b in product(Motif, Motif) if a != b)]
    for setting, motifs, mood in product(Setting, pairs, (-0.8, 0.0, 0.8)):
        for title in _candidates(facts(setting, *motifs, mood=mood)):
            assert 0 < len(title) <= MAX_TITLE_CHARS
            assert "{" not in title
            assert "  " not in title
            assert title == title.strip(" ,")


def test_neighbours_do_not_sound_alike() -> None:
    """The same facts are titled in several ways, and one dream always in the same."""
    told = facts(Setting.OCEAN, Motif.WHALE)
    titles = {title_for(report(n, told)) for n in range(60)}
    assert len(titles) >= 10
    assert "The whale over the sea" in titles
    assert title_for(report(1, told)) == title_for(report(1, told))


@pytest.mark.parametrize(
    "told",
    [
        facts(Setting.SKY, Motif.TREE),
        facts(Setting.SKY, Motif.FLYING),
        facts(Setting.UNKNOWN, Motif.TREE, mood=-0.8),
        facts(Setting.UNKNOWN, Motif.TREE),
        facts(Setting.UNKNOWN, Motif.TREE, mood=0.8),
        facts(Setting.UNKNOWN, Motif.FALLING),
    ],
)
def test_every_turn_of_phrase_is_used(told: DreamFacts) -> None:
    """Different dreams with the same few facts are spread over at least five titles."""
    assert len({title_for(report(n, told)) for n in range(100)}) == len(_candidates(told)) >= 5


@pytest.mark.parametrize("number", range(20))
def test_a_title_names_what_is_known(number: int) -> None:
    """A motif or the place is in the title, which starts with a capital."""
    title = title_for(report(number, facts(Setting.FOREST, Motif.CAT)))
    assert THINGS[Motif.CAT].title in title.casefold()
    assert title[0].isupper()
    place_only = title_for(report(number, facts(Setting.FOREST))).casefold()
    assert PLACES[Setting.FOREST].noun in place_only


@pytest.mark.parametrize("number", range(20))
def test_an_assumed_place_is_not_named(number: int) -> None:
    """What the dreamer did not say is not claimed on their video."""
    title = title_for(report(number, facts(Setting.FOREST, inferred=("setting",)))).casefold()
    assert "forest" not in title


@pytest.mark.parametrize("number", range(40))
@pytest.mark.parametrize("role", [Role.STRANGER, Role.ANIMAL, Role.CHILD])
def test_nobody_is_alone_in_company(number: int, role: Role) -> None:
    """A title over a scene with somebody else in it does not say that there is nobody."""
    for motifs in ((Motif.FISH,), (Motif.FLYING,), (Motif.FISH, Motif.MOON), ()):
        for mood in (-0.8, 0.0, 0.8):
            told = facts(Setting.DESERT, *motifs, mood=mood)
            accompanied = told.model_copy(update={"characters": (Role.DREAMER, role)})
            title = title_for(report(number, accompanied)).casefold()
            assert not any(word in title for word in ("alone", "no one", "nothing but"))


def test_alone_is_said_of_those_who_are() -> None:
    """The phrase is not lost: a dreamer without company may be alone with the fish."""
    told = facts(Setting.DESERT, Motif.FISH).model_copy(update={"characters": (Role.DREAMER,)})
    titles = {title_for(report(number, told)) for number in range(200)}
    assert "Alone with the fish in the desert" in titles
