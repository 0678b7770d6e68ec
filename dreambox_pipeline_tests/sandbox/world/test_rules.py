"""The grammar is complete: every slot has phrases, in every language."""

from random import Random

import pytest

from dreambox_pipeline.sandbox.world.grammar.languages import (
    MOTIFS,
    SETTINGS,
    SHARES,
    rules_by_language,
)
from dreambox_pipeline.sandbox.world.grammar.rules import Writer

ANSWERS = ("yes", "yes_anonymous", "no", "unclear", "withdraw", "not_a_dream")


@pytest.mark.parametrize("lang", SHARES)
def test_every_symbol_can_be_written(lang: str) -> None:
    """No slot without phrases."""
    rules = rules_by_language()[lang]
    aliases = {"place": "place_ocean", "event": "event_cat", "other_event": "event_moon"}
    for symbol in rules:
        for number in range(40):
            text = Writer(rules, Random(number), aliases if lang == "en" else None).write(symbol)
            assert text
    assert set(ANSWERS) <= set(rules)


def test_a_text_does_not_repeat_a_phrase() -> None:
    """Two events of a dream are two events."""
    rules = {"s": ("{e} and {e} and {e}",), "e": ("one", "two", "three")}
    for number in range(20):
        words = Writer(rules, Random(number)).write("s").split(" and ")
        assert sorted(words) == ["one", "three", "two"]


def test_settings_and_motifs_are_many() -> None:
    """Dreams of many kinds."""
    assert len(SETTINGS) >= 12
    assert len(MOTIFS) >= 24
    assert sum(SHARES.values()) == pytest.approx(1)
