"""Rules of cleaning, folding and measuring text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.text.normalize import clean, fold, utf16_units


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_cleaning_twice_changes_nothing(text):
    """What is stored can be cleaned again without drifting."""
    assert clean(clean(text)) == clean(text)


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="ab \u200b\u200d\ufe0f\u0301\U0001f30a\U0001f469\ud800\x00\u2028"))
def test_cleaning_twice_changes_nothing_for_awkward_characters(text):
    """The same, where invisible and combining characters meet often."""
    assert clean(clean(text)) == clean(text)


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("  a  whale\n\tsang ", "a whale sang"),
        ("dre\u200bam", "dream"),
        ("dre\u200dam", "dream"),
        ("\ufeffhello\x00\x07", "hello"),
        ("\u202edlrow\u202c", "dlrow"),
        ("\u200b\u200c\u2060\ufeff", ""),
        ("e\u0301te\u0301", "été"),
        ("lone \ud800surrogate", "lone surrogate"),
        ("hi\U000e0068\U000e0069", "hi"),
        ("a\ufe0f b", "a b"),
    ],
)
def test_only_what_a_reader_sees_is_kept(raw, cleaned):
    """Controls, invisible characters and odd spacing go."""
    assert clean(raw) == cleaned


@pytest.mark.parametrize("emoji", ["👩‍👩‍👧", "❤️", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "👍🏽", "🏳️‍🌈", "😭"])
def test_emoji_stay_whole(emoji):
    """Joiners, selectors and flag tags stay where they make one picture."""
    assert clean(f"so {emoji} ") == f"so {emoji}"


def test_folding_ignores_case_width_and_quote_style():
    """A rule written once matches every way to type it."""
    assert fold("I’M Ｆｌｙｉｎｇ — STRASSE") == fold("i'm flying - straße")


def test_accents_are_dropped_only_where_they_are_decoration():
    """Spanish loses its accent, Japanese keeps its voicing mark and Hindi its vowels."""
    assert fold("SOÑÉ", keep_accents=False) == "sone"
    assert fold("soñé") == "soñé"
    assert fold("夢で", keep_accents=False) == "夢で"
    assert fold("सपने में", keep_accents=False) == fold("सपने में")


@pytest.mark.parametrize(
    ("text", "units"), [("", 0), ("abc", 3), ("é", 1), ("🐋", 2), ("\ud800", 1)]
)
def test_length_is_counted_as_tiktok_counts(text, units):
    """A whale emoji is two units."""
    assert utf16_units(text) == units
