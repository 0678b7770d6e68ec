"""When a video is looked at: fresh and busy ones often, old ones rarely, none never."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.stages.comments.polling import (
    LONGEST,
    SHORTEST,
    VideoActivity,
    choose_due,
    due_since,
    estimated_pages,
    next_look,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

ages = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=2000))
gaps = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=60))


def looked_at(
    video_id: str = "7",
    *,
    age: timedelta = 10 * DAY,
    ago: timedelta = HOUR,
    every: timedelta = HOUR,
    new: int = 0,
    comments: int | None = 5,
    counted: int | None = 5,
) -> VideoActivity:
    """A video that was looked at *ago*, and is due *every* after that."""
    polled_at = NOW - ago
    return VideoActivity(
        video_id, NOW - age, comments, counted, polled_at, polled_at + every, new_comments=new
    )


def interval(age: timedelta, *, elapsed: timedelta | None, new: int) -> timedelta:
    polled_at = None if elapsed is None else NOW - elapsed
    return next_look(created_at=NOW - age, polled_at=polled_at, now=NOW, new_comments=new) - NOW


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (timedelta(0), 2 * MINUTE),
        (HOUR, 2 * MINUTE),
        (DAY, 30 * MINUTE),
        (12 * DAY, 6 * HOUR),
        (48 * DAY, DAY),
        (900 * DAY, DAY),
    ],
)
def test_a_quiet_video_s_interval_follows_its_age(age, expected):
    """The table of the documented formula, for looks that found nothing for long."""
    assert interval(age, elapsed=None, new=0) == expected
    assert interval(age, elapsed=30 * DAY, new=0) == expected


def test_a_sleeping_video_that_wakes_up_is_followed_closely_and_let_go_again():
    """A day's interval shrinks with what came in it, then doubles while nothing comes, up to its age's."""
    age, gap = 400 * DAY, DAY
    shrinking = []
    for _ in range(4):
        gap = interval(age, elapsed=gap, new=20)
        shrinking.append(gap)
    assert shrinking[0] < 70 * MINUTE
    assert shrinking[-1] == SHORTEST

    growing = []
    for _ in range(12):
        gap = interval(age, elapsed=gap, new=0)
        growing.append(gap)
    assert growing[0] == 2 * SHORTEST
    assert growing == sorted(growing)
    assert growing[-1] == LONGEST


@given(age=ages, elapsed=st.none() | gaps, new=st.integers(0, 10_000))
def test_the_next_look_is_between_two_minutes_and_a_day(age, elapsed, new):
    """Whatever happened: TikTok is not asked all the time, and no video is forgotten."""
    assert SHORTEST <= interval(age, elapsed=elapsed, new=new) <= LONGEST


@given(age=ages, younger=ages, elapsed=gaps, new=st.integers(0, 100), fewer=st.integers(0, 100))
def test_younger_and_busier_is_never_looked_at_later(age, younger, elapsed, new, fewer):
    """The order that the whole plan is about."""
    younger, age = sorted((younger, age))
    fewer, new = sorted((fewer, new))
    soonest = interval(younger, elapsed=elapsed, new=new)
    assert soonest <= interval(age, elapsed=elapsed, new=new)
    assert soonest <= interval(younger, elapsed=elapsed, new=fewer)


def test_a_count_that_grew_brings_the_look_forward():
    """Listing twenty counts costs one request; but not within two minutes of the last look."""
    quiet = looked_at(ago=HOUR, every=DAY)
    assert due_since(quiet) > NOW
    grown = replace(quiet, comments=9)
    assert grown.grown_by == 4
    assert due_since(grown) == quiet.polled_at + SHORTEST
    assert due_since(looked_at(ago=MINUTE, every=DAY, comments=9)) > NOW


@pytest.mark.parametrize(("comments", "counted"), [(None, 5), (5, None), (3, 5), (None, None)])
def test_a_count_that_is_unknown_or_smaller_is_no_hint(comments, counted):
    """Unknown is not 0, and deletions bring nothing to read."""
    video = looked_at(every=DAY, comments=comments, counted=counted)
    assert video.grown_by == 0
    assert due_since(video) == video.due_at


@pytest.mark.parametrize(
    ("video", "pages"),
    [
        (looked_at(new=0), 1),
        (looked_at(new=1), 2),
        (looked_at(new=30), 2),
        (looked_at(new=31), 3),
        (looked_at(new=30, ago=4 * HOUR), 5),
        (looked_at(comments=95), 4),
        (VideoActivity("7", NOW - DAY), 2),
    ],
)
def test_the_cost_of_a_look_is_itself_and_the_pages_it_leads_to(video, pages):
    """As many as last time, more when it is late, or what the platform's count says."""
    assert estimated_pages(video, now=NOW) == pages


def test_only_what_is_due_is_chosen_and_the_latest_in_its_own_terms_first():
    """Ten minutes matter to a fresh video and not to an old one."""
    early = looked_at("early", ago=MINUTE, every=HOUR)
    old = looked_at("old", ago=25 * HOUR, every=DAY)
    fresh = looked_at("fresh", ago=12 * MINUTE, every=2 * MINUTE)
    chosen = choose_due([early, old, fresh], now=NOW, budget=10)
    assert [video.source_video_id for video in chosen] == ["fresh", "old"]


def test_a_look_that_is_a_day_late_goes_before_everything_known():
    """Otherwise enough fresh videos could keep an old one waiting for ever."""
    forgotten = looked_at("forgotten", ago=2 * DAY + HOUR, every=DAY)
    fresh = looked_at("fresh", ago=HOUR, every=2 * MINUTE)
    assert choose_due([fresh, forgotten], now=NOW, budget=1) == [forgotten]


def test_new_videos_get_every_second_place():
    """A new account with years of videos does not keep the fresh ones waiting."""
    never = [VideoActivity(f"never{n}", NOW - n * DAY) for n in range(1, 5)]
    known = [looked_at(f"known{n}", ago=HOUR, every=2 * MINUTE) for n in range(4)]
    chosen = choose_due([*never, *known], now=NOW, budget=6)
    assert [video.source_video_id for video in chosen] == ["never1", "known0", "never2", "known1"]


def test_no_budget_chooses_nothing_and_one_request_chooses_one():
    """Also when that one is likely to need more."""
    busy = looked_at(new=500)
    assert choose_due([busy], now=NOW, budget=0) == []
    assert choose_due([busy], now=NOW, budget=1) == [busy]


videos = st.lists(
    st.builds(
        lambda age, ago, every, new, never: (
            VideoActivity("", NOW - age)
            if never
            else looked_at("", age=age, ago=ago, every=max(every, SHORTEST), new=new)
        ),
        age=ages,
        ago=gaps,
        every=st.timedeltas(min_value=SHORTEST, max_value=LONGEST),
        new=st.integers(0, 200),
        never=st.booleans(),
    ),
    max_size=12,
).map(lambda found: [replace(video, source_video_id=str(n)) for n, video in enumerate(found)])


@given(videos=videos, budget=st.integers(0, 40))
def test_the_budget_is_kept_but_for_a_first_that_alone_exceeds_it(videos, budget):
    """Each once, only due ones, and the estimate of all after the first fits."""
    chosen = choose_due(videos, now=NOW, budget=budget)
    ids = [video.source_video_id for video in chosen]
    assert len(ids) == len(set(ids))
    assert all(due_since(video) <= NOW for video in chosen)
    cost = sum(estimated_pages(video, now=NOW) for video in chosen)
    assert cost <= budget or len(chosen) == 1
    assert bool(chosen) == (budget > 0 and any(due_since(video) <= NOW for video in videos))


@settings(max_examples=40)
@given(videos=videos, budget=st.integers(1, 6), news=st.randoms(use_true_random=False))
def test_no_video_is_starved_however_small_the_budget(videos, budget, news):
    """Ticks of an hour, far too few looks, some videos always busy: everybody's turn comes."""
    now = NOW
    known = {video.source_video_id: video for video in videos}
    waited = dict.fromkeys(known, 0)
    for _ in range(150):
        chosen = choose_due(known.values(), now=now, budget=budget)
        for video_id, video in known.items():
            is_due = due_since(video) <= now
            waited[video_id] = waited[video_id] + 1 if is_due and video not in chosen else 0
        for video in chosen:
            new = news.choice([0, 0, 1, 300])
            due_at = next_look(
                created_at=video.created_at, polled_at=video.polled_at, now=now, new_comments=new
            )
            known[video.source_video_id] = replace(
                video, polled_at=now, due_at=due_at, new_comments=new
            )
        # A day late at most, then behind the others that are as late, one a tick at least.
        assert all(ticks <= 24 + 24 + 2 * len(known) for ticks in waited.values())
        now += HOUR
