"""Rate limits on the sandbox's clock: 40 a minute per account and endpoint, 600 per app.

Calls that identify the app instead of an account count for the app alone. The developer host
has a limit of its own and no lock: 600 a minute per endpoint.

A breach answers code 40100 and locks for five minutes, as the platform does; asking during the
lock does not prolong it. Publishing has its own, tighter limits elsewhere.
"""

from collections import deque

from dreambox_pipeline.sandbox.accounts.envelope import TOO_MANY_REQUESTS, ApiError
from dreambox_pipeline.sandbox.world.clock import SimulatedClock

PER_ENDPOINT = 40
PER_APP = 600
PER_DEVELOPER_ENDPOINT = 600
_WINDOW_S = 60
_LOCK_S = 300


class _Window:
    """The calls of the last minute under one key, and until when it is locked."""

    def __init__(self, allowed: int, *, lock_s: float = _LOCK_S) -> None:
        self._allowed, self._lock_s = allowed, lock_s
        self._calls: deque[float] = deque()
        self._locked_until = 0.0

    def admit(self, now: float) -> bool:
        """Counts a call at *now*; False when it is one too many or the key is locked."""
        if now < self._locked_until:
            return False
        while self._calls and self._calls[0] <= now - _WINDOW_S:
            self._calls.popleft()
        if len(self._calls) >= self._allowed:
            if self._lock_s:
                self._locked_until = now + self._lock_s
                self._calls.clear()
            return False
        self._calls.append(now)
        return True


class RateLimits:
    """The limits of one app. *enabled* may be switched by control while running."""

    def __init__(self, clock: SimulatedClock, *, enabled: bool = True) -> None:
        self._clock = clock
        self.enabled = enabled
        self._app = _Window(PER_APP)
        self._endpoints: dict[tuple[str, str], _Window] = {}

    def admit(self, account: str, path: str, *, per_minute: int = PER_ENDPOINT) -> None:
        """Counts one call.

        Raises:
            ApiError: Code 40100 when a limit is reached or still locked.
        """
        if not self.enabled:
            return
        now = self._clock.now().timestamp()
        window = self._endpoints.setdefault((account, path), _Window(per_minute))
        if not (self._app.admit(now) and window.admit(now)):
            raise _refusal()

    def admit_app(self) -> None:
        """Counts one call that belongs to no account.

        Raises:
            ApiError: Code 40100 when the app's limit is reached or still locked.
        """
        if self.enabled and not self._app.admit(self._clock.now().timestamp()):
            raise _refusal()


class DeveloperLimits:
    """The developer host's limits; a refused call is not counted and locks nothing."""

    def __init__(self, clock: SimulatedClock, *, enabled: bool = True) -> None:
        self._clock = clock
        self.enabled = enabled
        self._endpoints: dict[str, _Window] = {}

    def admits(self, path: str, *, per_minute: int = PER_DEVELOPER_ENDPOINT) -> bool:
        """Counts one call of *path*; False when it is one too many."""
        window = self._endpoints.setdefault(path, _Window(per_minute, lock_s=0))
        return not self.enabled or window.admit(self._clock.now().timestamp())


def _refusal() -> ApiError:
    return ApiError(TOO_MANY_REQUESTS, "Too many requests. Please retry in some time. (QPM limit)")
