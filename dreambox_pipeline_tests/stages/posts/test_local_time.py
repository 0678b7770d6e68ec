"""A wish in wall time is one moment, in every zone and across every change of its clocks."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.stages.posts.local_time import (
    clock_changes,
    describe,
    local_midnight,
    utc_offset,
    wall_time,
)
from dreambox_pipeline_tests.stages.posts import zones

BERLIN = ZoneInfo("Europe/Berlin")


def shown(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None)


def test_there_are_zones_of_every_kind_to_look_at():
    """Half hours, two hours, and midnight: otherwise the tests below would prove little."""
    found = zones.jumps()
    sizes = {
        (jump.before + zones.QUARTER).astimezone(jump.zone).utcoffset()
        - jump.before.astimezone(jump.zone).utcoffset()
        for jump in found
    }
    assert {timedelta(hours=h) for h in (-2, -1, -0.5, 0.5, 1, 2)} <= sizes
    at_midnight = [j for j in found if shown(j.before + zones.QUARTER, j.zone).hour in (0, 1, 23)]
    assert len(at_midnight) > 50
    assert len(found) > 500


def test_around_every_change_until_2035_a_gap_gives_the_next_time_and_a_fold_the_first():
    """Compared with a clock that is simply watched, quarter by quarter, over two days."""
    for jump in zones.jumps():
        watched: dict[datetime, datetime] = {}
        for at in zones.quarters(jump.before - zones.DAY, jump.before + zones.DAY):
            watched.setdefault(shown(at, jump.zone), at)
        wish, end = min(watched), max(watched)
        while wish <= end:
            expected = watched.get(wish) or min(at for local, at in watched.items() if local > wish)
            assert wall_time(wish.date(), wish.time(), jump.zone) == expected, (str(jump), wish)
            wish += zones.QUARTER


def test_every_change_until_2035_is_found_and_said_as_the_clocks_show_it():
    """The calendar names each of them, with the wall times before and after."""
    for jump in zones.jumps():
        (change,) = clock_changes(jump.zone, jump.before - zones.DAY, jump.before + zones.DAY)
        assert change.at == jump.before + zones.QUARTER, str(jump)
        assert change.shown_before == shown(jump.before, jump.zone) + zones.QUARTER
        assert change.shown_after == shown(change.at, jump.zone)
        assert change.is_forward is (change.shown_after > change.shown_before)


@given(
    zone=st.timezones(),
    wish=st.datetimes(datetime(2026, 1, 1), datetime(2035, 12, 31)),  # noqa: DTZ001 - wall time
)
@settings(max_examples=200, deadline=None)
def test_a_wish_is_its_own_wall_time_unless_clocks_skip_it(*, zone, wish):
    """In any zone at any time; what is skipped is shown later, never earlier."""
    wish = wish.replace(microsecond=0)
    at = wall_time(wish.date(), wish.time(), zone)
    assert at.utcoffset() == timedelta(0)
    assert shown(at, zone) >= wish
    if shown(at, zone) != wish:
        (gap,) = clock_changes(zone, at - zones.DAY, at)
        assert gap.at == at
        assert gap.shown_before <= wish < gap.shown_after


@pytest.mark.parametrize(
    ("zone", "day", "after"),
    [
        ("Pacific/Apia", date(2011, 12, 30), "2011-12-30T10:00"),
        ("Pacific/Kwajalein", date(1993, 8, 21), "1993-08-21T12:00"),
    ],
)
def test_a_wish_on_a_day_that_was_skipped_is_the_next_midnight(zone, day, after):
    """Whole days vanish where a country moves across the date line."""
    expected = datetime.fromisoformat(after).replace(tzinfo=UTC)
    for hour in (0, 7, 19, 23):
        assert wall_time(day, time(hour, 30), ZoneInfo(zone)) == expected
    assert shown(expected, ZoneInfo(zone)).time() == time(0)


@pytest.mark.parametrize(
    ("zone", "now", "began"),
    [
        ("Europe/Berlin", "2026-10-25T12:00", "2026-10-24T22:00"),
        # Cuba's clocks go back at one: midnight comes twice, and the day began with the first.
        ("America/Havana", "2026-11-01T05:30", "2026-11-01T04:00"),
        # Egypt's go forward at midnight: its day begins at one.
        ("Africa/Cairo", "2026-04-24T05:00", "2026-04-23T22:00"),
    ],
)
def test_a_local_day_begins_once(zone, now, began):
    """Posts of the day are counted from there."""
    moment = datetime.fromisoformat(now).replace(tzinfo=UTC)
    assert local_midnight(moment, ZoneInfo(zone)) == datetime.fromisoformat(began).replace(
        tzinfo=UTC
    )


@pytest.mark.parametrize(
    ("zone", "around", "jump", "meaning"),
    [
        (
            "Europe/Berlin",
            date(2027, 3, 28),
            "clocks go forward 1 h: Sun 2027-03-28 02:00 becomes Sun 2027-03-28 03:00.",
            "A wish in between means Sun 2027-03-28 03:00.",
        ),
        (
            "Australia/Lord_Howe",
            date(2027, 4, 4),
            "clocks go back 30 min: Sun 2027-04-04 02:00 becomes Sun 2027-04-04 01:30.",
            "Times in between come twice, and a slot means the first.",
        ),
        (
            "Pacific/Apia",
            date(2011, 12, 30),
            "clocks go forward 24 h: Fri 2011-12-30 00:00 becomes Sat 2011-12-31 00:00.",
            "A wish in between means Sat 2011-12-31 00:00.",
        ),
    ],
)
def test_a_change_is_said_plainly(zone, around, jump, meaning):
    """So that nobody has to know what daylight saving is."""
    noon = datetime.combine(around, time(12), tzinfo=UTC)
    (change,) = clock_changes(ZoneInfo(zone), noon - zones.DAY, noon + zones.DAY)
    assert str(change) == f"{jump} {meaning}"
    assert change.day == around


def test_changes_are_found_whatever_the_seconds():
    """The pipeline's clock has microseconds; a change has none."""
    now = datetime(2027, 3, 20, 11, 22, 33, 444_555, tzinfo=UTC)
    (change,) = clock_changes(BERLIN, now, now + timedelta(days=14))
    assert change.at == datetime(2027, 3, 28, 1, tzinfo=UTC)
    assert clock_changes(BERLIN, now, now) == []


def test_a_moment_is_described_with_its_offset():
    """Two slots at 02:30 on one night differ by it."""
    at = datetime(2026, 6, 1, 13, 45, tzinfo=UTC)
    assert describe(at, ZoneInfo("Asia/Kathmandu")) == "Mon 2026-06-01 19:30"
    assert utc_offset(at, ZoneInfo("Asia/Kathmandu")) == "UTC+05:45"
    assert utc_offset(at, ZoneInfo("America/New_York")) == "UTC-04:00"
