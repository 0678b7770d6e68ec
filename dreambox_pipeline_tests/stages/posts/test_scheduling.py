"""Plans obey the rules in every zone, prefer the best moments, and say why."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.stages.posts.local_time import wall_time
from dreambox_pipeline.stages.posts.model import QueueItem, TimingPolicy
from dreambox_pipeline.stages.posts.scheduling import (
    PostingRules,
    explores,
    plan_slots,
)
from dreambox_pipeline.stages.posts.slot_values import PRIOR_HOUR_VALUE

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
RULES = PostingRules(explore_share=0.0)
ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "America/Sao_Paulo",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "Africa/Casablanca",
    "America/Godthab",
)


def item(name: str, *, score: float = 0.5, style: str | None = None, motifs=()) -> QueueItem:
    """An approved video; its own style unless said."""
    return QueueItem(
        render_id=name,
        content_hash=name * 2,
        approved_at=NOW,
        score=score,
        style_id=style or f"style-{name}",
        motifs=tuple(motifs),
    )


def plan(items, *, taken=(), policy=None, rules=RULES, zone=BERLIN, now=NOW, **more):
    """`plan_slots` with Berlin's defaults."""
    return plan_slots(
        items,
        taken=taken,
        policy=policy or TimingPolicy(),
        rules=rules,
        zone=zone,
        now=now,
        **more,
    )


def test_before_anything_is_learned_the_evening_is_chosen():
    """And the reason says that it is only a prior."""
    ((_, slot),) = plan([item("a")])
    assert slot.local == "Sun 2026-11-22 19:30"
    assert slot.at == datetime(2026, 11, 22, 18, 30, tzinfo=UTC)
    assert slot.value == pytest.approx(1.1)
    assert slot.why == "Sun 19:30 local: prior 1.1x average, nothing learned for this hour yet"


def test_what_was_learned_moves_the_slot():
    """And the reason says what it rests on."""
    policy = TimingPolicy(version=3, hour_value={12: 1.4, 19: 0.9}, evidence_posts=12)
    ((_, slot),) = plan([item("a")], policy=policy)
    assert slot.why == "Sun 12:30 local: learned 1.4x average from 12 posts"


def test_a_good_weekday_is_worth_waiting_for_and_a_fair_one_is_not():
    """Waiting costs five percent a day."""
    ((_, far),) = plan([item("a")], policy=TimingPolicy(weekday_value={3: 1.5}))
    assert far.local.startswith("Thu")
    ((_, near),) = plan([item("a")], policy=TimingPolicy(weekday_value={3: 1.1}))
    assert near.local.startswith("Sun")


def test_the_best_video_gets_the_best_moment():
    """Whatever order they come in."""
    planned = plan([item("low", score=0.1), item("top", score=0.9), item("mid", score=0.5)])
    by_value = sorted(planned, key=lambda pair: (-pair[1].value, pair[1].at))
    assert by_value[0][0].render_id == "top"


def test_neighbours_do_not_resemble_each_other():
    """Two of a style are parted by the third although it scores less."""
    items = [
        item("a1", score=0.9, style="ink"),
        item("a2", score=0.8, style="ink"),
        item("b", score=0.7, style="glass"),
    ]
    order = [entry.render_id for entry, _ in plan(items)]
    assert order.index("b") == 1


def test_neighbours_do_not_share_a_motif():
    """A whale beside a whale looks like a repeat."""
    items = [
        item("w1", score=0.9, motifs=["whale"]),
        item("w2", score=0.8, motifs=["whale", "door"]),
        item("c", score=0.7, motifs=["clock"]),
    ]
    assert [entry.render_id for entry, _ in plan(items)].index("c") == 1


def test_a_new_video_keeps_away_from_its_like_in_the_queue():
    """Videos are approved one by one, so the neighbours are mostly planned already."""
    planned_at = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
    other = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)
    taken = [planned_at, other, *(NOW + timedelta(hours=h) for h in (2, 8))]
    beside = {planned_at: item("old", style="ink"), other: item("else", style="clay")}
    ((_, free),) = plan([item("new", style="glass")], taken=taken, beside=beside)
    ((_, parted),) = plan([item("new", style="ink")], taken=taken, beside=beside)
    assert free.local == "Mon 2026-11-23 19:30"
    assert parted.at > other


def test_what_was_planned_before_is_not_moved_by_what_is_new():
    """Only the new ones change places among themselves."""
    old = datetime(2026, 11, 22, 13, 30, tzinfo=UTC)
    items = [item("a", score=0.9, style="ink"), item("b", score=0.8, style="glass")]
    planned = plan(items, taken=[old], beside={old: item("old", style="ink")})
    assert {entry.render_id for entry, _ in planned} == {"a", "b"}
    assert old not in {slot.at for _, slot in planned}
    first, _ = planned[0]
    assert first.render_id == "b", "ink beside ink is parted by glass"


def test_until_posts_are_judged_the_reason_names_follower_activity():
    """It is no prior any more, and not yet a lesson."""
    policy = TimingPolicy(hour_value={20: 1.3}, activity_days=12)
    ((_, slot),) = plan([item("a")], policy=policy)
    assert slot.why == (
        "Sun 20:30 local: expected 1.3x average from follower activity of the last 12 days and a "
        "weak prior, no posts yet"
    )


def test_what_is_taken_counts_for_the_day_and_the_spacing():
    """Two today already: the next one goes to tomorrow."""
    taken = [NOW + timedelta(hours=1), NOW + timedelta(hours=5)]
    ((_, slot),) = plan([item("a")], taken=taken)
    assert slot.local.startswith("Mon")


def test_lead_time_leaves_a_person_time_to_stop_it():
    """19:25 is too late for 19:30."""
    now = datetime(2026, 11, 22, 18, 25, tzinfo=UTC)
    ((_, slot),) = plan([item("a")], now=now)
    assert slot.at >= now + timedelta(minutes=10)


def test_items_beyond_the_horizon_are_left_out():
    """One day holds two."""
    planned = plan([item(str(n)) for n in range(9)], horizon_days=1)
    assert 2 <= len(planned) <= 4
    assert plan([item("a")], rules=PostingRules(candidate_hours=())) == []
    assert plan([]) == []


def test_quiet_hours_may_cross_midnight():
    """From 22 to 7, and none when both ends are equal."""
    rules = PostingRules(quiet_from_hour=22, quiet_until_hour=7)
    assert [hour for hour in range(24) if rules.is_quiet(hour)] == [0, 1, 2, 3, 4, 5, 6, 22, 23]
    assert not any(
        PostingRules(quiet_from_hour=0, quiet_until_hour=0).is_quiet(h) for h in range(24)
    )


def test_naive_times_are_a_mistake():
    """They could post in the wrong hour."""
    with pytest.raises(ValueError, match="aware"):
        plan([item("a")], now=datetime(2026, 11, 22))  # noqa: DTZ001 - that is the point
    with pytest.raises(ValueError, match="aware"):
        plan([item("a")], taken=[datetime(2026, 11, 22)])  # noqa: DTZ001 - that is the point


@pytest.mark.parametrize("posts", [0, 16])
def test_more_posts_than_tiktok_takes_are_a_mistake(posts):
    """Caught where the rules are written."""
    with pytest.raises(ValueError, match="TikTok takes 1 to 15"):
        PostingRules(max_posts_per_day=posts)


@pytest.mark.parametrize(
    ("zone", "day", "at", "utc"),
    [
        ("Europe/Berlin", date(2026, 3, 29), time(2, 30), "2026-03-29T01:00"),
        ("Europe/Berlin", date(2026, 10, 25), time(2, 30), "2026-10-25T00:30"),
        ("America/New_York", date(2026, 3, 8), time(2, 30), "2026-03-08T07:00"),
        ("America/New_York", date(2026, 11, 1), time(1, 30), "2026-11-01T05:30"),
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 10), "2026-10-03T15:30"),
        ("Australia/Lord_Howe", date(2026, 4, 5), time(1, 45), "2026-04-04T14:45"),
        ("Pacific/Apia", date(2011, 12, 30), time(19, 30), "2011-12-30T10:00"),
        ("Asia/Kathmandu", date(2026, 6, 1), time(19, 30), "2026-06-01T13:45"),
    ],
)
def test_wall_time_is_right_where_clocks_jump(zone, day, at, utc):
    """A skipped time becomes the first after the gap; a doubled one the first of the two."""
    expected = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert wall_time(day, at, ZoneInfo(zone)) == expected


def test_a_share_of_videos_explores_and_the_same_ones_always():
    """By a hash of the id, not by dice."""
    share = sum(explores(f"rnd_{n}", 0.15) for n in range(4000)) / 4000
    assert 0.13 < share < 0.17
    assert explores("rnd_1", 0.15) == explores("rnd_1", 0.15)
    assert not explores("rnd_1", 0.0)
    assert explores("rnd_1", 1.0)


def test_an_explorer_goes_to_an_hour_tried_less():
    """Not where we already know much, and the reason says that it is an experiment."""
    learned = {hour: 1.5 for hour in range(7, 24) if hour != 14}
    policy = TimingPolicy(version=2, hour_value=learned, evidence_posts=40)
    rules = PostingRules(explore_share=1.0)
    ((_, slot),) = plan([item("a")], policy=policy, rules=rules)
    assert "14:30" in slot.local
    assert slot.why == (
        "Sun 14:30 local: trying a less-tried hour, expected 1.0x (100% of videos do, to keep learning)"
    )


def test_explorers_spread_over_the_untried_hours():
    """Ten experiments in one hour would teach about one hour."""
    planned = plan([item(f"x{n}") for n in range(8)], rules=PostingRules(explore_share=1.0))
    hours = [slot.local[-5:] for _, slot in planned]
    assert len(set(hours)) == len(hours) == 8


def test_the_prior_is_weak_and_complete():
    """Every hour has one, and none is far from average."""
    assert set(PRIOR_HOUR_VALUE) == set(range(24))
    assert all(0.75 <= value <= 1.15 for value in PRIOR_HOUR_VALUE.values())


@given(
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    now=st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    scores=st.lists(st.floats(0, 1), max_size=8),
    taken_h=st.lists(st.floats(-48, 96), max_size=5),
    hours=st.dictionaries(st.integers(0, 23), st.floats(0.1, 3), max_size=24),
    share=st.sampled_from([0.0, 0.15, 1.0]),
)
@settings(max_examples=50, deadline=None)
def test_every_plan_obeys_every_rule(*, zone, now, scores, taken_h, hours, share):
    """In any zone, across any change of clocks, whatever was learned."""
    rules = PostingRules(explore_share=share)
    taken = [now + timedelta(hours=h) for h in taken_h]
    items = [item(f"i{n}", score=score) for n, score in enumerate(scores)]
    policy = TimingPolicy(version=1, hour_value=hours, evidence_posts=5)
    planned = plan(
        items, taken=taken, policy=policy, rules=rules, zone=zone, now=now, horizon_days=7
    )
    assert planned == plan(
        items[::-1],
        taken=taken[::-1],
        policy=policy,
        rules=rules,
        zone=zone,
        now=now,
        horizon_days=7,
    )
    moments = [slot.at for _, slot in planned]
    assert moments == sorted(moments)
    assert len({entry.render_id for entry, _ in planned}) == len(planned)
    for entry, slot in planned:
        local = slot.at.astimezone(zone)
        assert local.hour >= 7
        assert slot.at >= now + timedelta(minutes=10)
        assert slot.at <= now + timedelta(days=7)
        assert all(abs(slot.at - other) >= timedelta(hours=4) for other in taken)
        assert slot.local.endswith(f"{local:%Y-%m-%d %H:%M}")
        assert slot.at.utcoffset() == timedelta(0)
        assert ("trying" in slot.why) == explores(entry.render_id, share)
    assert all(later - earlier >= timedelta(hours=4) for earlier, later in pairwise(moments))
    days = [moment.astimezone(zone).date() for moment in [*moments, *taken]]
    assert all(days.count(moment.astimezone(zone).date()) <= 2 for moment in moments)
