"""Quotes are found where they are, and nowhere else."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.text_engines.openai.grounding import find_quote

TEXT = "Last night I dreamt that a HUGE whale was singing over my old school, “so loud”!"


@pytest.mark.parametrize(
    ("quote", "found"),
    [
        ("whale was singing", "whale was singing"),
        ("huge Whale", "HUGE whale"),
        ('"so loud"', "“so loud”"),
        ("a huge whale was singng over", "a HUGE whale was singing over"),
        ("I dreamt that the huge whale", "I dreamt that a HUGE whale"),
        ("school", "school"),
    ],
)
def test_quotes_are_found_with_small_slips(quote: str, found: str) -> None:
    """Case, quote marks and a typing error do not matter; the span is of the given text."""
    span = find_quote(quote, TEXT)
    assert span is not None
    assert TEXT[slice(*span)] == found


@pytest.mark.parametrize(
    "quote",
    [
        "",
        "  ",
        "…!",
        "a giant shark",
        "singing under the sea",
        "hale",
        "scho",
        "x" * 400,
        "night whale school loud",
    ],
)
def test_made_up_quotes_are_not_found(quote: str) -> None:
    """Nor are parts of words, nor words that stand far apart."""
    assert find_quote(quote, TEXT) is None


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("鯨が空を", "昨夜、鯨が空を泳ぐ夢を見た"),
        ("حوت كبير", "حلمت أن حوت كبير كان في السماء"),
        ("sone con una ballena", "Soñé con una ballena azul"),
        ("großen Wal", "ich sah einen GROSSEN WAL"),
        ("ｗｈａｌｅ", "a whale came"),
    ],
)
def test_other_scripts_and_accents(quote: str, text: str) -> None:
    """Scripts without spaces, right-to-left ones, dropped accents, and ß."""
    assert find_quote(quote, text) is not None


@settings(max_examples=60, deadline=None)
@given(text=st.text(min_size=1, max_size=80), quote=st.text(max_size=40))
def test_spans_are_always_inside(text: str, quote: str) -> None:
    """Whatever is asked for, a span can be cut out of the text."""
    span = find_quote(quote, text)
    assert span is None or 0 <= span[0] < span[1] <= len(text)
