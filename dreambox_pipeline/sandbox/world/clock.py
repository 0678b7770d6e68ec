"""The world's own clock: fast in the past, and never ahead of the real present.

It runs at `speed` simulated seconds per real second from an anchor. Once it reaches the real
present it walks on with it, because a post in the future would be a lie nobody could check;
only an explicit `allow_future` goes there, and from there it runs no faster than real time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock


def wall_time() -> datetime:
    """The real present, aware and in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class ClockReading:
    """What the clock shows, how fast it runs, and where the world's present began."""

    now: datetime
    speed: float
    start: datetime

    def as_json(self) -> dict[str, object]:
        """The answer of `GET /__sandbox__/clock`."""
        return {
            "now": self.now.isoformat(),
            "speed": self.speed,
            "start": self.start.isoformat(),
        }


class SimulatedClock:
    """A clock that can be sped up, moved forward and stopped, but never turned back.

    Args:
        start: When the world's present began on first start.
        now: What the clock shows at this moment.
        speed: Simulated seconds per real second; 0 stands still.
        wall: Answers with the real present.
    """

    def __init__(
        self,
        *,
        start: datetime,
        now: datetime,
        speed: float,
        wall: Callable[[], datetime] = wall_time,
    ) -> None:
        self.start = start
        self._wall = wall
        self._lock = Lock()
        self._anchor = now
        self._anchored_at = wall()
        self._shown = now
        self._is_ahead = now > self._anchored_at
        self._speed = speed

    @property
    def speed(self) -> float:
        """Simulated seconds per real second."""
        return self._speed

    def now(self) -> datetime:
        """The simulated present, aware and in UTC."""
        with self._lock:
            return self._now()

    def timestamp(self) -> int:
        """The simulated present in whole Unix seconds."""
        return int(self.now().timestamp())

    def reading(self) -> ClockReading:
        """Time, speed and start together."""
        return ClockReading(self.now(), self._speed, self.start)

    def set_speed(self, speed: float) -> None:
        """Runs at *speed* simulated seconds per real second from now on.

        Raises:
            ValueError: *speed* is negative or not a number.
        """
        if not speed >= 0:
            raise ValueError(f"The speed {speed!r} is below 0; time does not run backwards here.")
        with self._lock:
            self._move_anchor(self._now())
            self._speed = speed

    def advance_to(self, moment: datetime, *, allow_future: bool = False) -> datetime:
        """Moves the clock to *moment*, at most to the real present, and returns where it is.

        Raises:
            ValueError: *moment* lies before the simulated present.
        """
        with self._lock:
            here = self._now()
            if moment < here:
                raise ValueError(
                    f"The clock shows {here.isoformat()} and cannot go back to "
                    f"{moment.isoformat()}. Start with another state file for an earlier world."
                )
            there = moment if allow_future else min(moment, max(here, self._wall()))
            self._move_anchor(there)
            self._is_ahead = (allow_future or self._is_ahead) and there > self._anchored_at
            self._shown = there
            return there

    def advance(self, seconds: float, *, allow_future: bool = False) -> datetime:
        """Moves the clock *seconds* forward; see `advance_to`."""
        return self.advance_to(self.now() + timedelta(seconds=seconds), allow_future=allow_future)

    def _move_anchor(self, moment: datetime) -> None:
        self._anchor = moment
        self._anchored_at = self._wall()

    def _now(self) -> datetime:
        real = self._wall()
        elapsed = max(timedelta(0), real - self._anchored_at)
        if self._is_ahead:  # moved into the future on purpose
            current = self._anchor + elapsed * min(self._speed, 1.0)
        else:
            current = min(self._anchor + elapsed * self._speed, real)
        # The real clock may be set back; ours then stands still until it has caught up.
        self._shown = max(self._shown, current)
        return self._shown
