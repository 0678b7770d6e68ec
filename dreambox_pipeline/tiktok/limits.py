"""Stay below TikTok's limits by waiting before a request instead of being refused after it.

A breach of 40 queries a minute locks the endpoint for five minutes, so waiting a second is
cheap. `RequestLimiter` is the port; whoever runs several processes hands in one that they share.
`SlidingWindowLimiter` is one process's view, where TikTok's own answer (`RateLimited`) is the
judge. Limits count in sliding minutes. No HTTP here.
"""

from bisect import insort
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from threading import Lock
from typing import Protocol

from dreambox_pipeline.tiktok.errors import RateLimited

QUERIES_PER_MINUTE = 40
"""Per authorized account and endpoint, for every app level (Accounts API, 2026)."""

APP_QUERIES_PER_MINUTE = 600
"""Per app over all endpoints and accounts, at the Basic level (Accounts API, 2026)."""

APP_QUERIES_PER_SECOND = 10
"""Per app in any second, at the Basic level; higher levels allow more (Accounts API, 2026)."""

DISPLAY_QUERIES_PER_MINUTE = 600
"""Per endpoint of the developer host."""

PUBLISHES_PER_MINUTE = 6
"""`/business/video/publish/` alone is tighter; its daily cap of 15 is the posting rules' business."""

SAFE_WINDOW_S = 61.0
"""A minute, and a second because requests are not equally long on their way to TikTok's count."""

SAFE_SECOND_S = 1.1
"""A second, with room for the same reason."""

PATIENCE_S = 360.0
"""A bucket closed for longer, as until the day ends, is an error at once and no worker waits."""


class RequestLimiter(Protocol):
    """Decides when a request may be sent. Paths are TikTok's, such as `/business/get/`."""

    def wait(self, path: str) -> float:
        """Wait until a request to *path* fits, and count it. Returns the seconds waited.

        Raises:
            RateLimited: The path stays closed for longer than `PATIENCE_S`. Nothing was counted.
        """

    def refused(self, path: str, *, for_s: float) -> None:
        """TikTok refused a request to *path* as one too many; let none through for *for_s* seconds."""


class SlidingWindowLimiter:
    """At most *limit* requests per key in any *window_s* seconds, and *app_limit* over all keys.

    A place is reserved under a lock and waited for outside it, with one `sleep` (a second one
    when the key was closed meanwhile) and no loop: a clock that stands still (a paused
    simulation) delays a request but cannot hang it.

    Args:
        limit: Requests per window and key, at least 1.
        limits: Other limits for some keys.
        app_limit: Requests per window over all keys, at least 1; None counts keys alone.
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
        app_limit: int | None = None,
        window_s: float = 60.0,
    ) -> None:
        smallest = min(
            [limit, *(limits or {}).values(), *([] if app_limit is None else [app_limit])]
        )
        if smallest < 1:
            raise ValueError(f"A limit of {smallest} would let nothing through; use 1 or more.")
        self._now, self._sleep = now, sleep
        self._limit, self._limits, self._app_limit = limit, dict(limits or {}), app_limit
        self._window = timedelta(seconds=window_s)
        self._reserved: dict[str, list[datetime]] = defaultdict(list)
        self._app_reserved: list[datetime] = []
        self._closed_until: dict[str, datetime] = {}
        self._latest: datetime | None = None
        self._lock = Lock()

    def wait(self, path: str) -> float:
        """See `RequestLimiter.wait`."""
        with self._lock:
            now = self._now()
            self._check_patience(path, now)
            at = self._reserve(path, now)
        waited_s = self._sleep_for(at - now)
        if waited_s > 0:
            waited_s += self._sleep_for(self._still_closed(path))
        return waited_s

    def refused(self, path: str, *, for_s: float) -> None:
        """Let no request to *path* through for *for_s* seconds from now."""
        with self._lock:
            until = self._now() + timedelta(seconds=for_s)
            self._closed_until[path] = max(until, self._closed_until.get(path, until))

    def _check_patience(self, path: str, now: datetime) -> None:
        until = self._closed_until.get(path, now)
        left_s = (until - now).total_seconds()
        if left_s > PATIENCE_S and not self._was_set_back(now):
            raise RateLimited(
                f"A request to {path} was not sent: TikTok refused an earlier one, and the path "
                f"stays closed until {until.isoformat()}. Repeat it then.",
                retry_after_s=left_s,
                path=path,
            )

    def _sleep_for(self, gap: timedelta) -> float:
        seconds = max(gap.total_seconds(), 0.0)
        if seconds > 0:
            self._sleep(seconds)
        return seconds

    def _still_closed(self, path: str) -> timedelta:
        with self._lock:
            until = self._closed_until.get(path)
            return until - self._now() if until else timedelta()

    def _reserve(self, path: str, now: datetime) -> datetime:
        if self._was_set_back(now):
            # The clock was set back (a simulation was restarted); its old minutes mean nothing now.
            self._reserved.clear()
            self._app_reserved.clear()
            self._closed_until.clear()
        self._latest = now
        places = self._reserved[path]
        limit = self._limits.get(path, self._limit)
        at = max(now, self._closed_until.get(path, now), self._earliest(places, limit, now))
        if self._app_limit is not None:
            at = max(at, self._earliest(self._app_reserved, self._app_limit, now))
            insort(self._app_reserved, at)
        insort(places, at)
        return at

    def _was_set_back(self, now: datetime) -> bool:
        return self._latest is not None and now < self._latest - self._window

    def _earliest(self, places: list[datetime], limit: int, now: datetime) -> datetime:
        """When one more fits behind all of *places*; forgets those whose window is over."""
        while places and places[0] <= now - self._window:
            places.pop(0)
        return now if len(places) < limit else places[-limit] + self._window
