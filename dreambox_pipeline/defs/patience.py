"""Waiting by the pipeline's clock, which against a sandbox may run fast or stand still."""

import time
from collections.abc import Callable

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.errors import StopError

STANDSTILL_S = 15.0
"""Real seconds after which a clock that does not move is an error, not patience."""


def patient_sleep(clock: Clock) -> Callable[[float], None]:
    """A sleep in *clock*'s seconds: against a fast world it is short.

    Raises:
        StopError: At call time, when the clock stands still.
    """

    def sleep(seconds: float) -> None:
        start = seen = clock()
        moved_at = time.monotonic()
        while (seen - start).total_seconds() < seconds:
            time.sleep(0.05)
            now = clock()
            if now > seen:
                seen, moved_at = now, time.monotonic()
            elif time.monotonic() - moved_at > STANDSTILL_S:
                raise StopError(
                    f"Waiting {seconds:.0f} s, but the clock stands still at {seen.isoformat()}. "
                    "Give the sandbox a speed above 0, or move its clock."
                )

    return sleep
