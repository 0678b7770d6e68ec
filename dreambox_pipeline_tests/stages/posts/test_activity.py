"""Follower activity guesses at hours until posts speak, in the account's hours, and never loudly."""

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.stages.posts.activity import LEAST, MOST, MOST_WEIGHT, policy_in_force
from dreambox_pipeline.stages.posts.model import TimingPolicy
from dreambox_pipeline.stages.posts.slot_values import PRIOR_HOUR_VALUE

UTC_ZONE = ZoneInfo("UTC")
MONDAY = date(2026, 11, 2)


def peak(hour: int, *, base: int = 100, top: int = 1000) -> tuple[int, ...]:
    """A day on which followers are there in one UTC hour above all."""
    return tuple(top if each == hour else base for each in range(24))


def weeks(counts: tuple[int, ...] | None, days: int = 28, first: date = MONDAY) -> dict:
    return {first + timedelta(days=number): counts for number in range(days)}


def best(policy: TimingPolicy) -> int:
    return max(policy.hour_value, key=policy.hour_value.__getitem__)


@pytest.mark.parametrize(
    ("zone", "local_hour"),
    [("UTC", 5), ("Europe/Berlin", 6), ("America/New_York", 0), ("Asia/Tokyo", 14)],
)
def test_utc_hours_become_the_accounts_own(zone, local_hour):
    """TikTok counts in UTC, and slots are wall time."""
    assert best(policy_in_force(TimingPolicy(), weeks(peak(5)), ZoneInfo(zone))) == local_hour


def test_an_hour_that_lies_in_two_local_ones_counts_for_both():
    """India is half an hour off: 5:00 UTC is the second half of ten and the first of eleven."""
    values = policy_in_force(TimingPolicy(), weeks(peak(5)), ZoneInfo("Asia/Kolkata")).hour_value
    assert values[10] == values[11] > values[9] == values[8]
    some = weeks(peak(5, top=140))
    nepal = policy_in_force(TimingPolicy(), some, ZoneInfo("Asia/Kathmandu")).hour_value
    assert nepal[11] > nepal[10] > nepal[8]


def test_each_day_counts_with_its_own_offset():
    """Before the change 5:00 UTC is 7:00 in Berlin, after it 6:00."""
    october = weeks(peak(5), days=14, first=date(2026, 10, 18))
    values = policy_in_force(TimingPolicy(), october, ZoneInfo("Europe/Berlin")).hour_value
    rises = {hour: values[hour] / PRIOR_HOUR_VALUE[hour] for hour in range(24)}
    assert sorted(rises, key=rises.__getitem__)[-2:] in ([6, 7], [7, 6])


def test_more_days_say_more():
    """One day may be an accident."""
    rises = [
        policy_in_force(TimingPolicy(), weeks(peak(3), days), UTC_ZONE).hour_value[3]
        for days in (1, 7, 28)
    ]
    assert PRIOR_HOUR_VALUE[3] < rises[0] < rises[1] < rises[2]


def test_the_note_says_that_it_is_activity_and_no_post():
    """An operator must not take a guess for a lesson."""
    policy = policy_in_force(TimingPolicy(), weeks(peak(20), 9), UTC_ZONE)
    assert policy.activity_days == 9
    assert policy.version == 0
    assert policy.note.startswith("Follower activity of the last 9 days and a weak prior, no posts")
    assert "20:00" in policy.note


def test_one_judged_post_ends_its_use():
    """What posts earned is evidence; activity is a guess."""
    stored = TimingPolicy(version=2, hour_value={9: 1.4}, evidence_posts=1)
    assert policy_in_force(stored, weeks(peak(20)), UTC_ZONE) is stored
    forgotten = replace(stored, evidence_posts=0)
    assert policy_in_force(forgotten, weeks(peak(20)), UTC_ZONE).activity_days == 28


@pytest.mark.parametrize("activity", [{}, weeks(None), weeks((0,) * 24)])
def test_without_numbers_the_prior_stays(activity):
    """Accounts with fewer than 100 followers are told nothing."""
    stored = TimingPolicy()
    assert policy_in_force(stored, activity, UTC_ZONE) is stored


@given(
    zone=st.timezones(),
    counts=st.lists(
        st.lists(st.integers(0, 10**7), min_size=24, max_size=24), min_size=1, max_size=28
    ),
)
@settings(max_examples=30, deadline=None)
def test_it_never_outweighs_the_prior(*, zone, counts):
    """Whatever TikTok says, every hour stays between the bounds, and worth trying."""
    days = {MONDAY + timedelta(days=number): day for number, day in enumerate(counts)}
    values = policy_in_force(TimingPolicy(), days, zone).hour_value
    for hour, value in values.items():
        prior = PRIOR_HOUR_VALUE[hour]
        assert min(prior, LEAST) <= value <= max(prior, MOST)
        assert abs(value - prior) <= MOST_WEIGHT * max(abs(MOST - prior), abs(prior - LEAST)) + 1e-3
