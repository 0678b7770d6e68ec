"""A person's wish: what is refused, what is said, and who has to make room."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.stages.posts.displacement import Neighbour, move_by_hand
from dreambox_pipeline.stages.posts.model import TimingPolicy
from dreambox_pipeline.stages.posts.scheduling import PostingRules

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
WISH = datetime(2026, 11, 28, 19, 30)  # noqa: DTZ001 - a wish is wall time
AT = datetime(2026, 11, 28, 18, 30, tzinfo=UTC)


def move(wish=WISH, *others: Neighbour, zone=BERLIN, now=NOW, rules=None):
    return move_by_hand(
        wish,
        others=others,
        policy=TimingPolicy(),
        rules=rules or PostingRules(),
        zone=zone,
        now=now,
        by="operator:mia",
    )


def other(name: str, hours: float, *, value: float = 1.0, can_move: bool = True) -> Neighbour:
    """A publication so many hours after the wish."""
    return Neighbour(name, AT + timedelta(hours=hours), value, can_move)


def test_a_wish_becomes_a_slot_that_says_who_wished_it():
    """With what the hour is worth, because a person may want to know."""
    moved = move()
    assert moved.slot.at == AT
    assert moved.slot.local == "Sat 2026-11-28 19:30"
    assert moved.slot.why.startswith("put here by hand by mia; prior 1.1x average")
    assert (moved.displaced, moved.warnings) == ((), ())


def test_who_waits_too_near_makes_room():
    """Three hours away is nearer than the four that are wanted."""
    moved = move(WISH, other("near", 3), other("far", -5))
    assert moved.displaced == ("near",)
    assert moved.warnings == ()


def test_on_a_full_day_the_least_valuable_slot_makes_room():
    """Two a day: the better of the two stays."""
    moved = move(WISH, other("good", -6, value=1.1), other("poor", -11, value=0.9))
    assert moved.displaced == ("poor",)


def test_what_is_out_or_was_put_there_by_hand_stays_and_is_said():
    """Nobody's decision is undone in silence."""
    moved = move(WISH, other("posted", -1, can_move=False), other("by_hand", -6, can_move=False))
    assert moved.displaced == ()
    near, full = moved.warnings
    assert "posted is at Sat 2026-11-28 18:30 and stays, 1.0 h away; 4 h are wanted" in near
    assert "post 3 on 2026-11-28; 2 a day are wanted" in full


def test_the_past_is_refused():
    """A slot that has gone by would post at once."""
    with pytest.raises(ItemError, match="in the past"):
        move(datetime(2026, 11, 23, 9, 59))  # noqa: DTZ001 - wall time: 8:59 UTC
    assert move(datetime(2026, 11, 23, 10, 5)).warnings  # noqa: DTZ001


def test_more_than_tiktok_takes_is_refused():
    """Fifteen on one local day; the sixteenth would come back as spam."""
    posted = [other(f"p{n}", -n / 2 - 0.5, can_move=False) for n in range(15)]
    with pytest.raises(ItemError, match="TikTok takes 15 a day"):
        move(WISH, *posted)
    assert move(WISH, *posted[:14]).slot.at == AT


def test_quiet_hours_and_short_notice_are_said():
    """A person may post at night, and is told why we would not."""
    (quiet,) = move(datetime(2026, 11, 28, 3, 0)).warnings  # noqa: DTZ001
    assert "quiet hours (0:00 to 7:00)" in quiet
    (soon,) = move(datetime(2026, 11, 23, 10, 4)).warnings  # noqa: DTZ001
    assert "only 4 minutes away" in soon


def test_a_time_that_clocks_skip_is_the_next_and_one_they_show_twice_the_first():
    """And the person is told which moment was meant."""
    skipped = move(datetime(2027, 3, 28, 2, 30))  # noqa: DTZ001
    assert skipped.slot.local == "Sun 2027-03-28 03:00"
    assert "2027-03-28 02:30 does not exist: clocks go forward 1 h" in skipped.warnings[0]
    twice = move(datetime(2027, 10, 31, 2, 30))  # noqa: DTZ001
    assert twice.slot.at == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)
    assert "2027-10-31 02:30 comes twice: clocks go back 1 h" in twice.warnings[0]


@given(
    zone=st.timezones(),
    hours=st.floats(0.1, 2000),
    others=st.lists(st.tuples(st.floats(-40, 40), st.floats(0.5, 1.5), st.booleans()), max_size=14),
)
@settings(max_examples=100, deadline=None)
def test_afterwards_the_rules_hold_or_the_breach_was_said(*, zone, hours, others):
    """Spacing and the daily cap, in any zone: whoever broke them was named."""
    wish = (NOW + timedelta(hours=hours)).astimezone(zone).replace(tzinfo=None, microsecond=0)
    around = NOW + timedelta(hours=hours)
    neighbours = [
        Neighbour(f"pub_{number}", around + timedelta(hours=away), value, can_move)
        for number, (away, value, can_move) in enumerate(others)
    ]
    rules = PostingRules()
    moved = move(wish, *neighbours, zone=zone, rules=rules)
    staying = [each for each in neighbours if each.publication_id not in moved.displaced]
    near = [each for each in staying if abs(each.at - moved.slot.at) < timedelta(hours=4)]
    day = moved.slot.at.astimezone(zone).date()
    on_day = [each for each in staying if each.at.astimezone(zone).date() == day]
    assert not any(each.can_move for each in near)
    assert all(any(each.publication_id in said for said in moved.warnings) for each in near)
    if len(on_day) >= rules.max_posts_per_day:
        assert not any(each.can_move for each in on_day)
        assert any("a day are wanted" in said for said in moved.warnings)
