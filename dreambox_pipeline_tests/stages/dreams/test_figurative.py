"""Rules of cutting out what tells no dream."""

import pytest

from dreambox_pipeline.stages.dreams.cues import FAMILIES
from dreambox_pipeline.stages.dreams.figurative import FIGURES, cut_out


def test_a_figure_is_cut_and_named():
    """What is left is searched for cues."""
    rest, found = cut_out("i dreamt about my dream job", FIGURES["en"])
    assert "dreamt" in rest
    assert "job" not in rest
    assert [figure.code for figure in found] == ["dream_goal"]


def test_words_on_both_sides_do_not_join():
    """Otherwise the cut itself could make a cue."""
    rest, _ = cut_out("i had my dream job in a dream", FIGURES["en"])
    assert "had in" not in " ".join(rest.split())


@pytest.mark.parametrize("lang", [f.lang for f in FAMILIES if f.lang != "und"])
def test_every_language_with_loose_cues_knows_other_uses(lang):
    """A cue list without its figures would let idioms through."""
    assert FIGURES[lang]


def test_codes_are_unique_in_a_language():
    """A reason names one rule."""
    for figures in FIGURES.values():
        assert len({f.code for f in figures}) == len(figures)
    for family in FAMILIES:
        assert len({c.code for c in family.cues}) == len(family.cues)
