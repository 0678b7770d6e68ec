r"""The webhook inbox: events as they arrived, kept until a run has dealt with them.

received -> pending -> handled
               |  \-> pending (failed, tried again)
               \-> given_up (failed for good; a person may look)

TikTok sends an event at least once and in any order; the event id makes it once. A payload holds
ids, the action and times: what a comment says is read from TikTok itself, never from the post box.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.storage.database import upsert
from dreambox_pipeline.storage.tables import webhook_inbox

PENDING = "pending"
HANDLED = "handled"
GIVEN_UP = "given_up"

KEPT_FOR = timedelta(days=30)
"""TikTok repeats a delivery for three days, and an event older than its successor comes no later."""

_DELETION = "delete"


@dataclass(frozen=True, slots=True)
class InboxEvent:
    """One event; `attempts` is how often handling it failed."""

    event_id: str
    event: str
    payload: dict[str, Any]
    attempts: int
    received_at: datetime


def receive(
    connection: Connection, event_id: str, *, event: str, payload: dict[str, Any], now: datetime
) -> bool:
    """Keep an event. Returns False when it came before, whatever became of it."""
    row = {
        "event_id": event_id,
        "event": event,
        "payload": payload,
        "state": PENDING,
        "attempts": 0,
        "received_at": now,
    }
    return upsert(connection, webhook_inbox, row)


def pending(connection: Connection, *, limit: int = 500) -> list[InboxEvent]:
    """Events that wait, oldest first, at most *limit*."""
    return _events(connection, webhook_inbox.c.state == PENDING, limit=limit)


def about_post(connection: Connection, publish_id: str) -> list[InboxEvent]:
    """Everything told about one publication that is still kept, dealt with or not, oldest first."""
    told = webhook_inbox.c.payload["publish_id"].as_string() == publish_id
    return _events(connection, told)


def mark_handled(
    connection: Connection, event_id: str, *, now: datetime, note: str | None = None
) -> None:
    """Everything the event asks for is done; with a *note* it was dropped, and that is why."""
    _update(connection, event_id, state=HANDLED, error=note, handled_at=now)


def mark_failed(
    connection: Connection, event_id: str, *, error: str, now: datetime, give_up: bool
) -> None:
    """Handling failed; with *give_up* it is not tried again.

    Args:
        connection: An open ledger connection.
        event_id: The event.
        error: What happened, without any comment's text.
        now: The moment, aware.
        give_up: Whether the event leaves the queue.
    """
    _update(
        connection,
        event_id,
        state=GIVEN_UP if give_up else PENDING,
        attempts=webhook_inbox.c.attempts + 1,
        error=error[:2000],
        handled_at=now if give_up else None,
    )


def prune(connection: Connection, *, now: datetime) -> int:
    """Forget what was handled more than `KEPT_FOR` ago, and return how many events that were.

    Deletions stay: they count for ever. What was given up stays for a person.
    """
    columns = webhook_inbox.c
    is_deletion = columns.payload["comment_action"].as_string() == _DELETION
    statement = sa.delete(webhook_inbox).where(
        columns.state == HANDLED,
        columns.handled_at < now - KEPT_FOR,
        sa.not_(sa.func.coalesce(is_deletion, sa.false())),
    )
    return int(connection.execute(statement).rowcount)


def _events(
    connection: Connection, where: sa.ColumnElement[bool], *, limit: int | None = None
) -> list[InboxEvent]:
    rows = connection.execute(
        sa.select(*(webhook_inbox.c[name] for name in InboxEvent.__slots__))
        .where(where)
        .order_by(webhook_inbox.c.received_at, webhook_inbox.c.event_id)
        .limit(limit)
    )
    return [InboxEvent(*row) for row in rows]


def _update(connection: Connection, event_id: str, **values: object) -> None:
    connection.execute(
        sa.update(webhook_inbox).where(webhook_inbox.c.event_id == event_id).values(**values)
    )
