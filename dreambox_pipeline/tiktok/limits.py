"""Stay below TikTok's limits by waiting before a request instead of being refused after it.

A breach of 40 queries a minute locks the endpoint for five minutes, so waiting a second is
cheap. Limits count per account and endpoint in a sliding minute. This is one process's view: with
several processes TikTok's own answer (`RateLimited`) is the judge. No HTTP here.
"""

from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from threading import Lock

QUERIES_PER_MINUTE = 40
"""Per authorized account and endpoint, for every app level (Accounts API, 2026)."""

PUBLISHES_PER_MINUTE = 6
"""`/business/video/publish/` alone is tighter; its daily cap of 15 is the posting rules' business."""


class SlidingWindowLimiter:
    """At most *limit* requests per key in any *window_s* seconds.

    A place is reserved under a lock and waited for outside it, with one `sleep` and no loop: a
    clock that stands still (a paused simulation) delays a request but cannot hang it.

    Args:
        limit: Requests per window and key, at least 1.
        limits: Other limits for some keys.
        window_s: Length of the window, in seconds of *now*.
        now: The clock that the other side counts with.
        sleep: Called with the seconds to wait, in that clock's seconds.
    """

    def __init__(
        self,
        *,
        now: Callable[[], datetime],
        sleep: Callable[[float], None],
        limit: int = QUERIES_PER_MINUTE,
        limits: Mapping[str, int] | None = None,
        window_s: float = 60.0,
    ) -> None:
        if limit < 1:
            raise ValueError(f"A limit of {limit} would let nothing through; use 1 or more.")
        self._now, self._sleep = now, sleep
        self._limit, self._limits = limit, dict(limits or {})
        self._window = timedelta(seconds=window_s)
        self._reserved: dict[str, deque[datetime]] = defaultdict(deque)
        self._latest: datetime | None = None
        self._lock = Lock()

    def wait(self, key: str) -> float:
        """Wait until a request for *key* fits, and count it. Returns the seconds waited."""
        with self._lock:
            now = self._now()
            at = self._reserve(key, now)
        wait_s = (at - now).total_seconds()
        if wait_s > 0:
            self._sleep(wait_s)
        return wait_s

    def _reserve(self, key: str, now: datetime) -> datetime:
        if self._latest is not None and now < self._latest - self._window:
            # The clock was set back (a simulation was restarted); its old minutes mean nothing now.
            self._reserved.clear()
        self._latest = now
        places = self._reserved[key]
        while places and places[0] <= now - self._window:
            places.popleft()
        limit = self._limits.get(key, self._limit)
        at = now if len(places) < limit else max(now, places[-limit] + self._window)
        places.append(at)
        return at
