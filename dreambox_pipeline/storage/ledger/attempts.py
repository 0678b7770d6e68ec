"""Each attempt to publish: one row per claim, written in the claim's own transaction.

An attempt carries what going on with it needs: the claim's token, the route, the publish id under
which its outcome is told, also months later, and while the file is being sent the upload session,
encrypted. It ends when its publication ends or is planned again; the session goes before that, as
soon as the file is delivered. How often may be attempted is `stages.posts.attempt_limits`' to say.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.errors import TransientError
from dreambox_pipeline.stages.posts import attempt_limits
from dreambox_pipeline.stages.posts.model import Route
from dreambox_pipeline.storage.tables import publish_attempts

NOT_CARRIED_OUT: Final = "not_carried_out"
"""Outcome of an attempt that TikTok certainly did not take: it fills no place of the day's."""

CAP_REACHED: Final = "cap_reached"
"""The same, because TikTok says that the account has posted enough: nothing is begun for a while."""

LOST: Final = "lost"
"""Outcome of an attempt whose claimer fell silent before it knew a publish id."""

ATTEMPT_LOCK = 0x6472_6564
"""First half of PostgreSQL's advisory lock on one account's attempts. SQLite has one writer anyway."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One claim of a publication.

    Attributes:
        attempt_id: The publication's id and which attempt this is, such as `pub_…:2`.
        claim: The token of the worker that may go on with it.
        upload_encrypted: The upload session; None once it is not needed any more.
        outcome: A publication's state, `NOT_CARRIED_OUT` or `LOST`; None while it lasts.
    """

    attempt_id: str
    publication_id: str
    account_id: str
    route: Route
    claim: str
    claimed_at: datetime
    publish_id: str | None
    upload_encrypted: str | None = field(repr=False)
    ended_at: datetime | None
    outcome: str | None


_COLUMNS = publish_attempts.c


class AttemptLimitError(TransientError):
    """The account has begun as many posts as TikTok takes. Nothing was claimed."""


def lock(connection: Connection, account_id: str) -> None:
    """Let nobody else count or begin this account's attempts until the transaction ends."""
    if connection.dialect.name == "postgresql":
        key = sa.func.pg_advisory_xact_lock(ATTEMPT_LOCK, sa.func.hashtext(account_id))
        connection.execute(sa.select(key))


def correct_stamps(connection: Connection, *, now: datetime) -> int:
    """Give attempts that were claimed in the future, by a clock that was wrong, the present moment.

    It is the latest at which they can have been claimed: no place becomes free too early, and none
    stays taken for longer than its window. Commit it apart from a claim, whose refusal would undo it.
    Returns how many there were.
    """
    in_future = _COLUMNS.claimed_at > now + attempt_limits.CLOCK_SKEW
    changed = connection.execute(
        sa.update(publish_attempts).where(in_future).values(claimed_at=now)
    )
    return changed.rowcount


def refuse_over_limits(connection: Connection, account_id: str, *, now: datetime) -> None:
    """Return when one more attempt of the account fits. Hold `lock` before.

    Attempts in the future count, so a clock that jumps back frees no place; see `correct_stamps`. One
    that jumps ahead cannot be told from time that passed: then TikTok's own count is the limit.

    Raises:
        AttemptLimitError: It does not; the message says when it will.
    """
    of_account = _COLUMNS.account_id == account_id
    recent = connection.execute(
        sa.select(_COLUMNS.claimed_at, _COLUMNS.outcome).where(
            of_account, _COLUMNS.claimed_at > now - attempt_limits.DAY
        )
    ).all()
    found = attempt_limits.closed(
        [at for at, _ in recent],
        [at for at, outcome in recent if outcome not in (NOT_CARRIED_OUT, CAP_REACHED)],
        [at for at, outcome in recent if outcome == CAP_REACHED],
        now=now,
    )
    if found is not None:
        raise AttemptLimitError(
            f"Account {account_id} may not begin a post now: {found.why}. Nothing was "
            f"claimed; there is room again at {found.free_at:%Y-%m-%d %H:%M:%S} UTC.",
            retry_after_s=(found.free_at - now).total_seconds(),
        )


def begin(
    connection: Connection,
    publication_id: str,
    *,
    account_id: str,
    route: Route,
    claim: str,
    now: datetime,
) -> None:
    """Write down that a publication was claimed; what an earlier attempt left open ends here."""
    of_publication = _COLUMNS.publication_id == publication_id
    connection.execute(
        sa.update(publish_attempts)
        .where(of_publication, _COLUMNS.ended_at.is_(None))
        .values(ended_at=now, outcome=LOST, upload_encrypted=None)
    )
    earlier = connection.scalar(
        sa.select(sa.func.count()).select_from(publish_attempts).where(of_publication)
    )
    connection.execute(
        sa.insert(publish_attempts).values(
            attempt_id=f"{publication_id}:{(earlier or 0) + 1}",
            publication_id=publication_id,
            account_id=account_id,
            route=route.value,
            claim=claim,
            claimed_at=now,
        )
    )


def note_begun(
    connection: Connection, claim: str, *, publish_id: str, upload_encrypted: str | None
) -> None:
    """Store under which id TikTok tells the outcome, and what sending the file needs."""
    connection.execute(
        # A route that names its posts itself may name two attempts alike; the newest one counts.
        sa.update(publish_attempts)
        .where(_COLUMNS.publish_id == publish_id, _COLUMNS.claim != claim)
        .values(publish_id=None)
    )
    _update(connection, claim, publish_id=publish_id, upload_encrypted=upload_encrypted)


def forget_upload(connection: Connection, claim: str) -> None:
    """Nothing more will be sent: the address goes."""
    _update(connection, claim, upload_encrypted=None)


def end(connection: Connection, claim: str, *, outcome: str, now: datetime) -> None:
    """The attempt is over. Its publish id stays, because TikTok may speak of it much later."""
    _update(connection, claim, ended_at=now, outcome=outcome, upload_encrypted=None)


def of_claim(connection: Connection, claim: str) -> Attempt | None:
    """The attempt of this token."""
    return _first(connection, _COLUMNS.claim == claim)


def of_publish_id(connection: Connection, publish_id: str) -> Attempt | None:
    """The attempt that TikTok speaks of, over or not."""
    return _first(connection, _COLUMNS.publish_id == publish_id)


def of_publication(connection: Connection, publication_id: str) -> list[Attempt]:
    """All attempts of one publication, oldest first."""
    return _attempts(connection, _COLUMNS.publication_id == publication_id)


def open_without_publish_id(connection: Connection) -> bool:
    """Whether some claimer still waits for its publish id, so an event may speak of it already."""
    where = _COLUMNS.ended_at.is_(None) & _COLUMNS.publish_id.is_(None)
    return _first(connection, where) is not None


def _update(connection: Connection, claim: str, **values: object) -> None:
    connection.execute(sa.update(publish_attempts).where(_COLUMNS.claim == claim).values(**values))


def _first(connection: Connection, where: sa.ColumnElement[bool]) -> Attempt | None:
    return next(iter(_attempts(connection, where)), None)


def _attempts(connection: Connection, where: sa.ColumnElement[bool]) -> list[Attempt]:
    rows = connection.execute(
        sa.select(*(_COLUMNS[name] for name in Attempt.__slots__))
        .where(where)
        .order_by(_COLUMNS.claimed_at, _COLUMNS.attempt_id)
    ).mappings()
    return [Attempt(**{**row, "route": Route(row["route"])}) for row in rows]
