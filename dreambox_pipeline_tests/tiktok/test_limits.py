"""Waiting before a request instead of being refused after it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.tiktok.limits import SlidingWindowLimiter


class Clock:
    """Time that moves when slept on or when told to."""

    def __init__(self, start) -> None:
        self.time = start
        self.slept = []

    def now(self):
        return self.time

    def sleep(self, seconds) -> None:
        self.slept.append(seconds)
        self.time += timedelta(seconds=seconds)


@given(gaps=st.lists(st.floats(0, 40), max_size=40), limit=st.integers(1, 6))
@settings(max_examples=60, deadline=None)
def test_no_window_ever_holds_more_than_the_limit(gaps, limit):
    """However requests arrive, any minute holds at most *limit* of them."""
    clock = Clock(datetime(2026, 11, 22, tzinfo=UTC))
    limiter = SlidingWindowLimiter(now=clock.now, sleep=clock.sleep, limit=limit)
    sent = []
    for gap in gaps:
        clock.time += timedelta(seconds=gap)
        limiter.wait("/a/")
        sent.append(clock.time)
    for first, later in zip(sent, sent[limit:], strict=False):
        assert later - first >= timedelta(seconds=60) - timedelta(microseconds=2)


def test_endpoints_do_not_share_a_window(clock):
    """TikTok counts each endpoint on its own."""
    limiter = SlidingWindowLimiter(now=clock.now, sleep=clock.sleep, limit=1)
    assert limiter.wait("/a/") == 0
    assert limiter.wait("/b/") == 0
    assert limiter.wait("/a/") == 60


def test_one_endpoint_may_be_tighter(clock):
    """Publishing has its own number."""
    limiter = SlidingWindowLimiter(now=clock.now, sleep=clock.sleep, limits={"/p/": 2})
    assert [limiter.wait("/p/") for _ in range(3)] == [0, 0, 60]


def test_a_clock_that_stands_still_cannot_hang_it(clock):
    """A paused simulation delays requests and does not stop them."""
    limiter = SlidingWindowLimiter(now=clock.now, sleep=lambda _: None, limit=1)
    assert [limiter.wait("/a/") for _ in range(3)] == [0, 60, 120]


def test_a_clock_set_back_starts_afresh(clock):
    """A restarted simulation is not held back by its former future."""
    limiter = SlidingWindowLimiter(now=clock.now, sleep=clock.sleep, limit=1)
    limiter.wait("/a/")
    clock.time -= timedelta(days=3)
    assert limiter.wait("/a/") == 0


def test_a_limit_of_nothing_is_a_mistake(clock):
    """It would let nothing through for ever."""
    with pytest.raises(ValueError, match="use 1 or more"):
        SlidingWindowLimiter(now=clock.now, sleep=clock.sleep, limit=0)
