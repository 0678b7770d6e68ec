r"""Requests that must go out at most once, written down before they are sent.

pending -> sent
   |  \-> unknown (no answer came; looked up on the platform before anything is sent again)
   \-> failed  (the platform said no, for good)
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.storage.database import upsert
from dreambox_pipeline.storage.tables import outbox


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """One request; `key` makes it idempotent, `updated_at` is when *state* was written."""

    key: str
    kind: str
    payload: dict[str, Any]
    state: str
    attempts: int
    updated_at: datetime


def enqueue(
    connection: Connection, key: str, *, kind: str, payload: dict[str, Any], now: datetime
) -> bool:
    """Write a request down. Returns False when *key* is there already."""
    row = {
        "key": key,
        "kind": kind,
        "payload": payload,
        "state": "pending",
        "attempts": 0,
        "created_at": now,
        "updated_at": now,
    }
    return upsert(connection, outbox, row)


def unsent(connection: Connection, kind: str) -> list[OutboxRow]:
    """Requests of *kind* that were not confirmed, oldest first."""
    rows = connection.execute(
        sa.select(*(outbox.c[name] for name in OutboxRow.__slots__))
        .where(outbox.c.kind == kind, outbox.c.state.in_(("pending", "unknown")))
        .order_by(outbox.c.created_at, outbox.c.key)
    )
    return [OutboxRow(*row) for row in rows]


def keys(connection: Connection, kind: str) -> set[str]:
    """Every request of *kind* that was ever written down, whatever became of it."""
    return set(connection.scalars(sa.select(outbox.c.key).where(outbox.c.kind == kind)))


def claim(connection: Connection, row: OutboxRow, *, now: datetime) -> bool:
    """The request is about to be sent: from now on its outcome is unknown until we hear.

    Returns:
        False when another process has taken or finished it since *row* was read: do not send.
    """
    claimed = connection.execute(
        sa.update(outbox)
        .where(
            outbox.c.key == row.key,
            outbox.c.state == row.state,
            outbox.c.attempts == row.attempts,
        )
        .values(state="unknown", attempts=row.attempts + 1, updated_at=now)
    )
    return claimed.rowcount == 1


def mark_sent(connection: Connection, key: str, *, result: str, now: datetime) -> bool:
    """The platform confirmed; *result* is its id for what we sent. False when that stood there."""
    marked = connection.execute(
        sa.update(outbox)
        .where(outbox.c.key == key, outbox.c.result.is_(None))
        .values(state="sent", result=result, error=None, updated_at=now)
    )
    return marked.rowcount == 1


def mark_failed(connection: Connection, key: str, *, error: str, now: datetime) -> None:
    """The platform refused for good."""
    connection.execute(
        sa.update(outbox)
        .where(outbox.c.key == key)
        .values(state="failed", error=error, updated_at=now)
    )


def mark_not_sent(connection: Connection, key: str, *, error: str, now: datetime) -> None:
    """The platform certainly did not act (a refusal such as a rate limit): it may be sent again."""
    connection.execute(
        sa.update(outbox)
        .where(outbox.c.key == key)
        .values(state="pending", error=error, updated_at=now)
    )
