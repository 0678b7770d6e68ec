"""What time it is, for a pipeline whose world may run faster than the wall.

Stages never read a clock: they are handed `now`. The edges (Dagster assets, the desk, the
command line) ask a `Clock`. Live, that is the system's. Against the sandbox it is the
simulated world's, read over HTTP, so days can pass in seconds without a special branch.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import httpx

from dreambox_pipeline.errors import StopError

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The machine's time, aware and in UTC."""
    return datetime.now(UTC)


def uptime_s() -> float:
    """Seconds since some moment, by a clock that nobody sets.

    While the machine sleeps it goes on, on systems that have such a clock (Linux).
    """
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


class RemoteClock:
    """Reads `{"now": "<ISO 8601 with offset>"}` from an address at every call.

    Args:
        url: Address that answers with the time, for example the sandbox's.
        timeout_s: Seconds to wait for an answer.

    Raises:
        StopError: At call time, when the address gives no time. Guessing one could
            post in the wrong hour.
    """

    def __init__(self, url: str, *, timeout_s: float = 5.0) -> None:
        self._url = url
        self._client = httpx.Client(timeout=timeout_s, trust_env=False)

    def __call__(self) -> datetime:
        """The other side's time, aware and in UTC."""
        try:
            answer = self._client.get(self._url).raise_for_status().json()
            return _aware(datetime.fromisoformat(answer["now"])).astimezone(UTC)
        except (httpx.HTTPError, httpx.InvalidURL, KeyError, TypeError, ValueError) as error:
            msg = (
                f"Asked {self._url} for the time and got {error!r}. Start the sandbox "
                "(`dreambox up`), or set DREAMBOX_CLOCK_URL to an empty value to use "
                "this machine's clock."
            )
            raise StopError(msg) from error


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"a time without a zone: {moment}")
    return moment


def clock_for(url: str) -> Clock:
    """The clock at *url*, or the system's when *url* is empty."""
    return RemoteClock(url) if url else system_clock


def time_zone(name: str) -> ZoneInfo:
    """The IANA time zone called *name*.

    Raises:
        StopError: There is none of that name.
    """
    try:
        return ZoneInfo(name)
    # A folder of zones, such as `Europe`, is an OSError; `../etc` is a ValueError.
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise StopError(
            f"DREAMBOX_TIME_ZONE is {name!r}, which is no time zone. Set an IANA name, e.g. Europe/Berlin."
        ) from error
