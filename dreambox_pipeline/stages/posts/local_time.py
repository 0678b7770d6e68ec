"""The account's wall clock: which moment a local time is, and when the clocks change.

Slots are kept as wall time because people live by it. Two times a year that is not one moment:
when clocks go forward, times are skipped; when they go back, times come twice. The rules here are
the same everywhere: a skipped time is the first moment after the gap, a doubled one the first of
the two. They hold for whole skipped days (Samoa, 2011) and for half hours (Lord Howe), too.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_SECOND = timedelta(seconds=1)
_HALF_DAY = timedelta(hours=12)
"""No zone changed its clocks twice within as little."""


def wall_time(day: date, at: time, zone: ZoneInfo) -> datetime:
    """The moment when clocks in *zone* show *at* on *day*, in UTC.

    When clocks go forward over it, the first moment after the gap; when they show it twice, the
    first time.
    """
    local = datetime.combine(day, at)
    moment = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local:
        return moment
    # In a gap, fold=0 counts with the clocks before it: one gap too late, and fold=1 one too early.
    early = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return _change_between(zone, early, moment)


def local_midnight(now: datetime, zone: ZoneInfo) -> datetime:
    """When the local day of *now* began, in UTC; the first time, where midnight comes twice."""
    return wall_time(now.astimezone(zone).date(), time(0), zone)


def describe(moment: datetime, zone: ZoneInfo) -> str:
    """*moment* as people in *zone* read it, such as `Sat 2026-11-28 19:30`."""
    return _shown(moment.astimezone(zone))


def utc_offset(moment: datetime, zone: ZoneInfo) -> str:
    """How far *zone* is from UTC at *moment*, such as `UTC+05:45`."""
    digits = f"{moment.astimezone(zone):%z}"
    return f"UTC{digits[:3]}:{digits[3:5]}"


@dataclass(frozen=True, slots=True)
class ClockChange:
    """One jump of the clocks.

    Attributes:
        at: Aware UTC: the first moment with the new offset.
        shown_before: Wall time at which the old clocks stop, naive.
        shown_after: Wall time that the new clocks show at that moment, naive.
    """

    at: datetime
    shown_before: datetime
    shown_after: datetime

    @property
    def is_forward(self) -> bool:
        """Times are skipped; otherwise they come twice."""
        return self.shown_after > self.shown_before

    @property
    def day(self) -> date:
        """The local day on which people notice it."""
        return min(self.shown_before, self.shown_after).date()

    def __str__(self) -> str:
        size = _length(abs(self.shown_after - self.shown_before))
        before, after = _shown(self.shown_before), _shown(self.shown_after)
        if self.is_forward:
            return f"clocks go forward {size}: {before} becomes {after}. A wish in between means {after}."
        return (
            f"clocks go back {size}: {before} becomes {after}. Times in between come twice, and a "
            "slot means the first."
        )


def clock_changes(zone: ZoneInfo, first: datetime, last: datetime) -> list[ClockChange]:
    """Every jump of the clocks in *zone* after *first* up to *last*, in order; both aware."""
    found = []
    moment = first.astimezone(UTC)
    until = last.astimezone(UTC)
    while moment < until:
        later = min(moment + _HALF_DAY, until)
        if moment.astimezone(zone).utcoffset() != later.astimezone(zone).utcoffset():
            at = _change_between(zone, moment, later)
            before = (at - _SECOND).astimezone(zone).replace(tzinfo=None) + _SECOND
            found.append(ClockChange(at, before, at.astimezone(zone).replace(tzinfo=None)))
        moment = later
    return found


def _change_between(zone: ZoneInfo, early: datetime, late: datetime) -> datetime:
    """The first moment after *early* with the offset that *late* has; changes are on full seconds."""
    early, late = early.replace(microsecond=0), late.replace(microsecond=0)
    old = early.astimezone(zone).utcoffset()
    while late - early > _SECOND:
        middle = early + ((late - early) // 2 // _SECOND or 1) * _SECOND
        if middle.astimezone(zone).utcoffset() == old:
            early = middle
        else:
            late = middle
    return late


def _length(span: timedelta) -> str:
    minutes = int(span / timedelta(minutes=1))
    hours, rest = divmod(minutes, 60)
    return " ".join(part for part in (hours and f"{hours} h", rest and f"{rest} min") if part)


def _shown(shown: datetime) -> str:
    return f"{WEEKDAYS[shown.weekday()]} {shown:%Y-%m-%d %H:%M}"
