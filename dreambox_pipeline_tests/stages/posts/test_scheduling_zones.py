"""Plans keep every rule across every change of clocks, in every zone, until 2035."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.stages.posts.model import QueueItem, TimingPolicy
from dreambox_pipeline.stages.posts.scheduling import PostingRules, plan_slots
from dreambox_pipeline_tests.stages.posts import zones

NIGHT = PostingRules(
    max_posts_per_day=3,
    min_spacing_h=5.0,
    quiet_from_hour=8,
    quiet_until_hour=22,
    explore_share=0.3,
)
"""Posts at night only, when clocks change, and more than one fits in."""
DAYTIME = PostingRules(explore_share=0.3)
ITEMS = [
    QueueItem(f"vid_{number}", "c" * 64, zones.FIRST, 0.5 + number / 10, f"style-{number % 2}")
    for number in range(5)
]


def check(rules: PostingRules, zone: ZoneInfo, now: datetime, taken: list[datetime], days: int):
    """Plan, and hold the plan against the rules by the wall clock alone."""
    plan = plan_slots(
        ITEMS,
        taken=taken,
        policy=TimingPolicy(),
        rules=rules,
        zone=zone,
        now=now,
        horizon_days=days,
    )
    moments = [slot.at for _, slot in plan]
    every = sorted([*moments, *taken])
    per_day = Counter(at.astimezone(zone).date() for at in every)
    where = f"{zone.key} from {now}: {moments}"
    assert all(now < at <= now + timedelta(days=days) for at in moments), where
    assert all(not rules.is_quiet(at.astimezone(zone).hour) for at in moments), where
    assert all(
        later - earlier >= timedelta(hours=rules.min_spacing_h)
        for earlier, later in pairwise(every)
        if later in moments or earlier in moments
    ), where
    assert all(per_day[at.astimezone(zone).date()] <= rules.max_posts_per_day for at in moments), (
        where
    )
    assert all(
        slot.local.endswith(f"{slot.at.astimezone(zone):%Y-%m-%d %H:%M}") for _, slot in plan
    )
    return plan


@pytest.mark.parametrize("rules", [NIGHT, DAYTIME], ids=["night", "daytime"])
def test_around_every_change_until_2035_a_plan_keeps_the_rules(rules):
    """Quiet hours, spacing and the daily cap count in the days and hours that people there live."""
    for jump in zones.jumps():
        now = jump.before - timedelta(hours=20)
        taken = [jump.before - timedelta(hours=6)]
        assert check(rules, jump.zone, now, taken, days=3), str(jump)


@given(
    zone=st.timezones(),
    now=st.datetimes(datetime(2026, 1, 1), datetime(2035, 12, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    taken=st.lists(st.floats(-48, 200), max_size=4),
    quiet=st.tuples(st.integers(0, 23), st.integers(0, 23)),
    minute=st.integers(0, 59),
    spacing=st.sampled_from([0.5, 4.0, 11.0]),
    cap=st.integers(1, 15),
)
@settings(max_examples=60, deadline=None)
def test_whatever_the_rules_are_a_plan_keeps_them(*, zone, now, taken, quiet, minute, spacing, cap):
    """In any zone, at any time of the year."""
    rules = PostingRules(
        max_posts_per_day=cap,
        min_spacing_h=spacing,
        quiet_from_hour=quiet[0],
        quiet_until_hour=quiet[1],
        candidate_minute=minute,
        explore_share=0.3,
    )
    check(rules, zone, now, [now + timedelta(hours=hours) for hours in taken], days=5)


def test_a_skipped_day_has_no_slots_and_the_next_has_its_own():
    """Samoa had no Friday in the last week of 2011."""
    apia = ZoneInfo("Pacific/Apia")
    now = datetime(2011, 12, 29, 6, tzinfo=UTC)
    plan = check(DAYTIME, apia, now, [], days=3)
    days = Counter(slot.at.astimezone(apia).day for _, slot in plan)
    assert days == {28: 1, 29: 2, 31: 2}


def test_the_last_local_day_of_the_horizon_counts_where_clocks_went_forward():
    """Fourteen days of 24 hours end on the fifteenth local day, half an hour into it."""
    berlin = ZoneInfo("Europe/Berlin")
    now = datetime(2027, 3, 20, 22, 40, tzinfo=UTC)
    rules = PostingRules(
        max_posts_per_day=1,
        quiet_from_hour=0,
        quiet_until_hour=0,
        candidate_minute=15,
        explore_share=0.0,
    )
    every_noon = [datetime(2027, 3, 20, 12, tzinfo=UTC) + day * zones.DAY for day in range(15)]
    ((_, slot),) = plan_slots(
        ITEMS[:1], taken=every_noon, policy=TimingPolicy(), rules=rules, zone=berlin, now=now
    )
    assert slot.local == "Sun 2027-04-04 00:15"
