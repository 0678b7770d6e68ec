"""Rules of turning a comment into numbers."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.stages.dreams.features import (
    BUCKETS,
    NAMES,
    bucket_of,
    read_features,
    regime_of,
)

STRANGE = (
    "I'm standing in a kitchen that seems to be mine. Suddenly I am on a boat and my sister is "
    "steering, but she has the face of my old teacher."
)


@pytest.mark.parametrize(
    ("piece", "bucket"),
    [("w:dream", (57_922, 1)), ("n+1:about", (28_491, -1)), ("b:où est", (61_871, 1))],
)
def test_hashing_never_changes(piece, bucket):
    """The shipped weights mean something only as long as a word keeps its bucket."""
    assert bucket_of(piece) == bucket


@pytest.mark.parametrize(
    "text",
    ["", "😂😂😂", "so good 😍", "where did you get that dress", "i am first", "trauma is no joke"],
)
def test_what_hints_at_nothing_is_not_read(text):
    """Nearly every comment costs a few microseconds."""
    assert read_features(text) is None


@pytest.mark.parametrize("text", ["I dreamt of a whale", "dream job", STRANGE])
def test_what_names_or_hints_at_a_dream_is_read(text):
    """By its words, or by many hints in a text with room for them."""
    features = read_features(text)
    assert len(features.named) == len(NAMES)
    assert list(features.buckets) == sorted(set(features.buckets))
    assert all(0 <= bucket < BUCKETS for bucket in features.buckets)
    assert set(features.signs) <= {1, -1}


@pytest.mark.parametrize(
    ("text", "regime"),
    [
        ("I dreamt of a whale", "cue"),
        ("dream job", "word"),
        ("nightmares", "word"),
        (STRANGE, "bare"),
    ],
)
def test_a_dream_is_named_by_a_phrase_a_word_or_not(text, regime):
    """Hints are worth something else in each case."""
    assert regime_of(read_features(text).rules) == regime


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_the_same_text_gives_the_same_numbers(text):
    """On every run; the weights' digest promises it."""
    first = read_features(text, ungated=True)
    assert first == read_features(text, ungated=True)
    assert all(-4 <= value <= 10 for value in first.named)
