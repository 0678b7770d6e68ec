"""Pauses between looks at a job."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from dreambox_pipeline.stages.videos.waiting import (
    FIRST_PAUSE,
    LONGEST_PAUSE,
    LONGEST_WISH,
    is_soon,
    pause,
)


def test_pauses_double_up_to_a_limit():
    """10 s, 20 s, 40 s … and never more than ten minutes."""
    assert [pause(count) for count in range(3)] == [FIRST_PAUSE, 2 * FIRST_PAUSE, 4 * FIRST_PAUSE]
    assert pause(50) == LONGEST_PAUSE


@given(st.integers(0, 10_000), st.none() | st.floats(-1e9, 1e9))
def test_a_providers_wish_is_a_minimum_and_has_a_limit(asked_before, wished_s):
    """It is never asked sooner than it wants, unless it wants half a day; and a pause is never nothing."""
    waits = pause(asked_before, wished_s=wished_s)
    assert max(FIRST_PAUSE, pause(asked_before)) <= waits <= LONGEST_WISH
    if wished_s is not None and 0 <= wished_s <= LONGEST_WISH.total_seconds():
        assert waits >= timedelta(seconds=wished_s)


def test_only_a_promise_is_soon():
    """Who says nothing promises nothing."""
    assert is_soon(1.0)
    assert not is_soon(31.0)
    assert not is_soon(None)
