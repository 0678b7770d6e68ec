"""Tombstones: comments whose dreamer took them back. Nothing of them is ever stored again.

A tombstone is written before anything is removed, so a killed erasure is found and finished.
Removing is `storage.erasure`'s work.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.storage.database import upsert
from dreambox_pipeline.storage.tables import dreams, erasures

REPLY_TO = "reply_to:"
"""Reason of a tombstone that was set together with the comment whose id follows."""


@dataclass(frozen=True, slots=True)
class Erasure:
    """One comment that has to disappear; `detail` counts what was removed from where."""

    comment_id: str
    dream_id: str | None
    reason: str
    requested_at: datetime
    finished_at: datetime | None
    detail: dict[str, int]


def request(
    connection: Connection, comment_id: str, *, dream_id: str | None, reason: str, now: datetime
) -> bool:
    """Write the tombstone. Returns False when it stands there already.

    Args:
        connection: An open ledger connection.
        comment_id: The comment that told the dream.
        dream_id: The dream it became, if it became one.
        reason: A code such as `withdrawn` or `comment_deleted`, never what somebody wrote.
        now: The moment, aware.
    """
    row: dict[str, Any] = {
        "comment_id": comment_id,
        "dream_id": dream_id,
        "reason": reason,
        "requested_at": now,
        "detail": {},
    }
    return upsert(connection, erasures, row)


def unfinished(connection: Connection) -> list[Erasure]:
    """Erasures that were asked for and did not come to their end, oldest first."""
    return _erasures(connection, erasures.c.finished_at.is_(None))


def find(connection: Connection, comment_id: str) -> Erasure | None:
    """The tombstone of this comment."""
    found = _erasures(connection, erasures.c.comment_id == comment_id)
    return found[0] if found else None


def is_erased(connection: Connection, comment_id: str) -> bool:
    """Whether the comment has a tombstone, finished or not."""
    return find(connection, comment_id) is not None


def erased_ids(connection: Connection) -> frozenset[str]:
    """Every comment that must not be stored again."""
    return frozenset(connection.scalars(sa.select(erasures.c.comment_id)))


def bury_reply(connection: Connection, reply_id: str, *, under: str, now: datetime) -> None:
    """A tombstone for what stands under an erased comment: it goes together with that one."""
    row = {
        "comment_id": reply_id,
        "reason": REPLY_TO + under,
        "requested_at": now,
        "finished_at": now,
        "detail": {},
    }
    upsert(connection, erasures, row)


def buried_replies(connection: Connection, comment_id: str) -> tuple[str, ...]:
    """Ids of the replies that go together with this comment."""
    return tuple(
        connection.scalars(
            sa.select(erasures.c.comment_id)
            .where(erasures.c.reason == REPLY_TO + comment_id)
            .order_by(erasures.c.comment_id)
        )
    )


def note(connection: Connection, comment_id: str, detail: Mapping[str, int]) -> None:
    """Write down how far an unfinished erasure came."""
    connection.execute(
        sa.update(erasures)
        .where(erasures.c.comment_id == comment_id, erasures.c.finished_at.is_(None))
        .values(detail=dict(detail))
    )


def finish(
    connection: Connection, comment_id: str, *, detail: Mapping[str, int], now: datetime
) -> bool:
    """Everything is gone; *detail* counts what it was. Returns False when it was finished before."""
    finished = connection.execute(
        sa.update(erasures)
        .where(erasures.c.comment_id == comment_id, erasures.c.finished_at.is_(None))
        .values(finished_at=now, detail=dict(detail))
    )
    return finished.rowcount > 0


def reopen(connection: Connection, dream_id: sa.ColumnElement[str] | str) -> bool:
    """Something was just written about this dream: if it is erased, it has to be erased again.

    A worker that had read the dream before the erasure may write after it; whoever writes what
    a dream says calls this in the same transaction.
    """
    # The dream's row names its comment: two comments never tell one dream.
    of_dream = sa.select(dreams.c.comment_id).where(dreams.c.dream_id == dream_id)
    reopened = connection.execute(
        sa.update(erasures)
        .where(erasures.c.comment_id.in_(of_dream))
        .values(dream_id=dream_id, finished_at=None, detail={})
    )
    return reopened.rowcount > 0


def _erasures(connection: Connection, where: sa.ColumnElement[bool]) -> list[Erasure]:
    rows = connection.execute(
        sa.select(*(erasures.c[name] for name in Erasure.__slots__))
        .where(where)
        .order_by(erasures.c.requested_at, erasures.c.comment_id)
    )
    return [Erasure(*row) for row in rows]
