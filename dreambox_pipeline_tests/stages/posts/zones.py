"""Every IANA zone's clock changes until 2035, found without the code under test."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

FIRST, LAST = datetime(2026, 1, 1, tzinfo=UTC), datetime(2035, 12, 31, tzinfo=UTC)
DAY = timedelta(days=1)
QUARTER = timedelta(minutes=15)


@dataclass(frozen=True)
class Jump:
    """Clocks in *zone* change between *before* and a quarter of an hour later."""

    zone: ZoneInfo
    before: datetime

    def __str__(self) -> str:
        return f"{self.zone.key} {self.before:%Y-%m-%d %H:%M}"


def quarters(start: datetime, end: datetime) -> list[datetime]:
    return [start + number * QUARTER for number in range(int((end - start) / QUARTER))]


@cache
def jumps() -> tuple[Jump, ...]:
    """One zone stands for all whose clocks change alike: its aliases, and most of its neighbours."""
    days = [FIRST + number * DAY for number in range((LAST - FIRST).days + 1)]
    alike: dict[object, list[Jump]] = {}
    for name in sorted(available_timezones()):
        zone = ZoneInfo(name)
        offsets = [day.astimezone(zone).utcoffset() for day in days]
        found = [
            Jump(zone, _last_quarter_before(zone, day))
            for day, old, new in zip(days, offsets, offsets[1:], strict=False)
            if old != new
        ]
        moments = tuple((jump.before, jump.before.astimezone(zone).utcoffset()) for jump in found)
        alike.setdefault(moments, found)
    return tuple(jump for found in alike.values() for jump in found)


def _last_quarter_before(zone: ZoneInfo, day: datetime) -> datetime:
    """The last quarter of an hour of a UTC day that has the offset which the day begins with."""
    old, low, high = day.astimezone(zone).utcoffset(), 0, 96
    while high - low > 1:
        middle = (low + high) // 2
        if (day + middle * QUARTER).astimezone(zone).utcoffset() == old:
            low = middle
        else:
            high = middle
    return day + low * QUARTER
