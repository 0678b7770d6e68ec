"""The simulated time, shared through memory: over HTTP, asking for it was a quarter of a life's work."""

import mmap
import struct
import time
from datetime import UTC, datetime

_SLOT = struct.Struct("ddd")


class SharedClock:
    """What the machine shows, in every process that is forked off after it was made.

    The sandbox's process sets it whenever its own clock is moved; in between it runs as fast as
    that one does. What is being read is never being written.
    """

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, 1 + 2 * _SLOT.size)

    def set(self, shown: datetime, *, speed: float) -> None:
        """From this moment on it shows *shown* and runs at *speed* seconds a second."""
        slot = 1 - self._memory[0]
        _SLOT.pack_into(self._memory, 1 + slot * _SLOT.size, shown.timestamp(), time.time(), speed)
        self._memory[0] = slot

    def __call__(self) -> datetime:
        """See `dreambox_pipeline.clock.Clock`."""
        shown, since, speed = _SLOT.unpack_from(self._memory, 1 + self._memory[0] * _SLOT.size)
        return datetime.fromtimestamp(shown + (time.time() - since) * speed, UTC)
