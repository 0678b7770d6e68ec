"""TikTok's limits, kept together by every process that shares the ledger.

Each request takes a permit in two buckets, its account's endpoint and the whole app, and goes when
both have room: of any minute's permits, and of any second's of the app, there are never more than
the limit. One write transaction
reserves the place, the wait is outside it, and a second one stamps the moment the request really
goes, so a process that slept too long cannot push another one over the limit.

`tiktok.limits` holds the port and the single process's limiter. Nothing here talks HTTP.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.storage.database import upsert
from dreambox_pipeline.storage.ledger import Ledger
from dreambox_pipeline.storage.tables import request_locks, request_permits
from dreambox_pipeline.tiktok.errors import RateLimited
from dreambox_pipeline.tiktok.limits import (
    APP_QUERIES_PER_MINUTE,
    APP_QUERIES_PER_SECOND,
    QUERIES_PER_MINUTE,
    SAFE_SECOND_S,
    SAFE_WINDOW_S,
)

APP = "app"
"""Bucket of every request, whatever its account and endpoint."""

PATIENCE_S = 90.0
"""Longer than a full window, so an ordinary queue is waited for; a lock of minutes is reported."""

LONGEST_LOCK_S = 900.0
"""TikTok locks for five minutes. A lock that ends later than this was set by another clock."""

APP_IS_NEARLY_FULL = 0.9
"""A refusal does not say which limit it was; above this share it may have been the app's."""

PERMIT_LOCK = 0x6472_6563
"""Key of PostgreSQL's advisory lock on counting permits. SQLite has one writer anyway."""


@dataclass(frozen=True, slots=True)
class _Limit:
    """At most so many permits of a bucket in any window."""

    permits: int
    window: timedelta


@dataclass(frozen=True, slots=True)
class _Reservation:
    """A place in every bucket of a request; `at` may still be ahead."""

    permit_ids: tuple[int, ...]
    at: datetime


class SharedLimiter:
    """A `tiktok.limits.RequestLimiter` whose counts are rows of the ledger.

    Never call it inside a transaction of the same ledger: SQLite has one writer, who would wait
    for itself.

    Args:
        ledger: Shared by all processes that use the app.
        account: Whose limit it is; asked at every request.
        per_minute: Requests per window, account and endpoint, at least 1.
        app_per_minute: Requests per window over all accounts and endpoints, at least 1.
        app_per_second: The same in any second, at least 1; None when the other side does not count
            seconds. A simulated clock may stand still, and then a second never ends.
        app: Bucket of the whole app; each of several apps has its own.
        limits: Other limits for some endpoints, by path.
        now: The clock that the other side counts with.
        sleep: Called with the seconds to wait, in that clock's seconds.
        window_s: Length of the window; a little over a minute, because requests are not equally
            long on their way.
        patience_s: A longer wait than this is an error that says how long.
    """

    def __init__(
        self,
        ledger: Ledger,
        *,
        account: Callable[[], str],
        per_minute: int = QUERIES_PER_MINUTE,
        app_per_minute: int = APP_QUERIES_PER_MINUTE,
        app_per_second: int | None = APP_QUERIES_PER_SECOND,
        app: str = APP,
        limits: Mapping[str, int] | None = None,
        now: Callable[[], datetime],
        sleep: Callable[[float], None],
        window_s: float = SAFE_WINDOW_S,
        patience_s: float = PATIENCE_S,
    ) -> None:
        seconds = [] if app_per_second is None else [app_per_second]
        smallest = min(per_minute, app_per_minute, *seconds, *(limits or {}).values())
        if smallest < 1:
            raise ValueError(f"A limit of {smallest} would let nothing through; use 1 or more.")
        self._ledger, self._account = ledger, account
        self._per_minute, self._app_per_minute = per_minute, app_per_minute
        self._app_per_second, self._app = app_per_second, app
        self._limits = dict(limits or {})
        self._now, self._sleep = now, sleep
        self._window = timedelta(seconds=window_s)
        self._patience = timedelta(seconds=patience_s)

    def wait(self, path: str) -> float:
        """Wait until a request to *path* fits, and count it. Returns the seconds waited.

        Raises:
            RateLimited: It would be longer than the patience; nothing was counted.
        """
        buckets = self._buckets(path)
        held: _Reservation | None = None
        waited = timedelta()
        while True:
            with self._ledger.write() as connection:
                # Inside, because waiting for the lock takes time, and a permit is its moment.
                now = self._now_alone(connection)
                earliest = self._earliest(connection, buckets, held, now)
                is_too_long = waited + (earliest - now) > self._patience
                if is_too_long:
                    _give_back(connection, held)
                else:
                    held = _reserve(connection, buckets, held, earliest)
            if is_too_long:
                raise self._impatience(path, earliest - now)
            if earliest <= now:
                return waited.total_seconds()
            self._sleep((earliest - now).total_seconds())
            waited += earliest - now

    def refused(self, path: str, *, for_s: float) -> None:
        """Let nobody's request to *path* through for *for_s* seconds, a quarter of an hour at most.

        A lock that ends later stays. With the app's bucket nearly full, it is locked as well.
        """
        own, app = self._buckets(path)
        with self._ledger.write() as connection:
            now = self._now_alone(connection)
            until = now + timedelta(seconds=min(for_s, LONGEST_LOCK_S))
            self._lock(connection, own, until, now)
            if self._taken(connection, app, now) > APP_IS_NEARLY_FULL * self._app_per_minute:
                self._lock(connection, app, until, now)

    def _buckets(self, path: str) -> dict[str, tuple[_Limit, ...]]:
        """Bucket to limits: first the endpoint's, then the app's."""
        own = _Limit(self._limits.get(path, self._per_minute), self._window)
        app = [_Limit(self._app_per_minute, self._window)]
        if self._app_per_second is not None:
            app.append(_Limit(self._app_per_second, timedelta(seconds=SAFE_SECOND_S)))
        return {f"{self._account()}:{path}": (own,), self._app: tuple(app)}

    def _now_alone(self, connection: Connection) -> datetime:
        """The moment, after which nobody else counts until this transaction ends."""
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(PERMIT_LOCK)))
        now = self._now()
        self._forget(connection, now)
        return now

    def _forget(self, connection: Connection, now: datetime) -> None:
        """Drop permits whose window is over, and what a clock that was set back left far ahead."""
        at, until = request_permits.c.at, request_locks.c.until
        # Another limiter over the same ledger may be more patient than this one.
        longest = max(self._patience, timedelta(seconds=PATIENCE_S))
        over = (at <= now - self._window) | (at > now + longest)
        connection.execute(sa.delete(request_permits).where(over))
        ahead = now + timedelta(seconds=LONGEST_LOCK_S)
        connection.execute(sa.delete(request_locks).where((until <= now) | (until > ahead)))

    def _earliest(
        self,
        connection: Connection,
        buckets: Mapping[str, tuple[_Limit, ...]],
        held: _Reservation | None,
        now: datetime,
    ) -> datetime:
        """When the request may go: behind all who reserved before it, and after every lock."""
        columns = request_permits.c
        earliest = now
        for bucket, limits in buckets.items():
            others = sa.select(columns.at).where(columns.bucket == bucket)
            if held is not None:
                others = others.where(
                    columns.permit_id.not_in(held.permit_ids), columns.at <= max(held.at, now)
                )
            newest_first = others.order_by(columns.at.desc()).limit(1)
            for limit in limits:
                # With this one still inside the window, the request would be one too many.
                oldest = connection.scalar(newest_first.offset(limit.permits - 1))
                if oldest is not None:
                    earliest = max(earliest, oldest + limit.window)
            locked_until = _locked_until(connection, bucket)
            if locked_until is not None:
                earliest = max(earliest, locked_until)
        return earliest

    def _taken(self, connection: Connection, bucket: str, now: datetime) -> int:
        sent = (request_permits.c.bucket == bucket) & (request_permits.c.at <= now)
        taken = sa.select(sa.func.count()).select_from(request_permits).where(sent)
        return connection.scalar(taken) or 0

    def _lock(self, connection: Connection, bucket: str, until: datetime, now: datetime) -> None:
        longest = max(until, _locked_until(connection, bucket) or now)
        upsert(connection, request_locks, {"bucket": bucket, "until": longest}, update=("until",))

    def _impatience(self, path: str, gap: timedelta) -> RateLimited:
        seconds = gap.total_seconds()
        return RateLimited(
            f"{path} may be asked again in {seconds:.0f} s: TikTok closed it, or too many wait for "
            f"it already. Waiting is limited to {self._patience.total_seconds():.0f} s. Nothing was "
            "sent; try it again then.",
            retry_after_s=seconds,
            path=path,
        )


def _locked_until(connection: Connection, bucket: str) -> datetime | None:
    return connection.scalar(
        sa.select(request_locks.c.until).where(request_locks.c.bucket == bucket)
    )


def _reserve(
    connection: Connection, buckets: Iterable[str], held: _Reservation | None, at: datetime
) -> _Reservation:
    """Take a place at *at* in every bucket; a place held before moves there."""
    _give_back(connection, held)
    statement = sa.insert(request_permits).returning(request_permits.c.permit_id)
    permits = [
        connection.execute(statement.values(bucket=bucket, at=at)).scalar_one()
        for bucket in buckets
    ]
    return _Reservation(tuple(permits), at)


def _give_back(connection: Connection, held: _Reservation | None) -> None:
    if held is not None:
        connection.execute(
            sa.delete(request_permits).where(request_permits.c.permit_id.in_(held.permit_ids))
        )
