"""Waiting before a request instead of being refused after it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.tiktok.errors import QPM_BREACH_WAIT_S, RateLimited
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


@given(gaps=st.lists(st.floats(0, 20), max_size=40), paths=st.lists(st.sampled_from("abc")))
@settings(max_examples=60, deadline=None)
def test_all_endpoints_together_never_exceed_the_apps_limit(gaps, paths):
    """Nor does any single one exceed its own, although the app's limit delays it."""
    clock = Clock(datetime(2026, 11, 22, tzinfo=UTC))
    limiter = SlidingWindowLimiter(now=clock.now, sleep=clock.sleep, limit=3, app_limit=5)
    sent = []
    for gap, path in zip(gaps, paths, strict=False):
        clock.time += timedelta(seconds=gap)
        limiter.wait(path)
        sent.append((clock.time, path))
    for limit, chosen in [(5, "abc"), (3, "a"), (3, "b"), (3, "c")]:
        times = [at for at, path in sent if path in chosen]
        for first, later in zip(times, times[limit:], strict=False):
            assert later - first >= timedelta(seconds=60) - timedelta(microseconds=2)


def test_a_refused_endpoint_stays_closed_for_five_minutes(clock):
    """And only that one."""
    limiter = SlidingWindowLimiter(now=clock.now, sleep=clock.sleep)
    limiter.refused("/a/", for_s=QPM_BREACH_WAIT_S)
    assert limiter.wait("/b/") == 0
    assert limiter.wait("/a/") == QPM_BREACH_WAIT_S
    assert limiter.wait("/a/") == 0


def test_a_refusal_never_shortens_an_earlier_one(clock):
    """The longer of two closures holds."""
    limiter = SlidingWindowLimiter(now=clock.now, sleep=clock.sleep)
    limiter.refused("/a/", for_s=QPM_BREACH_WAIT_S)
    limiter.refused("/a/", for_s=1)
    assert limiter.wait("/a/") == QPM_BREACH_WAIT_S


def test_a_request_that_was_waiting_when_the_endpoint_closed_waits_on(clock):
    """Its place was reserved before the refusal; asking then would be asking during the lock."""
    refusing = []

    def sleep(seconds) -> None:
        clock.sleep(seconds)
        if not refusing:
            refusing.append(limiter.refused("/a/", for_s=QPM_BREACH_WAIT_S))

    limiter = SlidingWindowLimiter(now=clock.now, sleep=sleep, limit=1)
    limiter.wait("/a/")
    assert limiter.wait("/a/") == 60 + QPM_BREACH_WAIT_S


def test_a_path_that_is_closed_until_tomorrow_is_an_error_at_once(clock):
    """No worker sleeps for hours; the error says when to come back."""
    limiter = SlidingWindowLimiter(now=clock.now, sleep=clock.sleep)
    limiter.refused("/a/", for_s=10 * 3600)
    with pytest.raises(RateLimited, match="was not sent") as caught:
        limiter.wait("/a/")
    assert caught.value.retry_after_s == 10 * 3600
    assert clock.slept == []
    clock.time += timedelta(hours=10)
    assert limiter.wait("/a/") == 0


@pytest.mark.parametrize("options", [{"app_limit": 0}, {"limits": {"/a/": 0}}])
def test_no_limit_may_be_nothing(clock, options):
    """Not the app's, and not a single endpoint's."""
    with pytest.raises(ValueError, match="use 1 or more"):
        SlidingWindowLimiter(now=clock.now, sleep=clock.sleep, **options)
