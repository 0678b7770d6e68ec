"""Calling back what waits for a person to post it, when its dreamer takes the dream back.

A program can stop what it has not sent. What lies in an inbox or in a kit only a person can stop, so
they are told in the transaction of the withdrawal, and their word ends the publication.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Connection

from dreambox_pipeline.stages.posts.model import PublicationState
from dreambox_pipeline.storage.ledger import audit, post_tasks, publications

DO_NOT_POST = "Called back: the dreamer took the dream back. Do not post it; see Tasks at the desk."
NOT_POSTED = "Called back: the dreamer took the dream back, and a person says that it is not out."


def recall(connection: Connection, dream_id: str, *, why: str, now: datetime) -> int:
    """Tell people not to post what waits for them of this dream; returns how many posts that are."""
    waiting = [
        row
        for row in publications.of_dream(connection, dream_id)
        if post_tasks.is_asked(connection, row.publication_id)
    ]
    for row in waiting:
        call_back(connection, row, dream_id=dream_id, why=why, now=now)
    return len(waiting)


def hold(connection: Connection, dream_id: str, *, now: datetime) -> int:
    """Tell people to wait with what they were asked to post of this dream; how many posts that are."""
    rows = publications.of_dream(connection, dream_id)
    return sum(post_tasks.hold(connection, row.publication_id, now=now) for row in rows)


def release(connection: Connection, dream_id: str) -> int:
    """Tell people that they need not wait any more; how many posts that are."""
    rows = publications.of_dream(connection, dream_id)
    return sum(post_tasks.release(connection, row.publication_id) for row in rows)


def call_back(
    connection: Connection,
    row: publications.PublicationRow,
    *,
    dream_id: str,
    why: str,
    now: datetime,
) -> None:
    """Tell people not to post one publication that was delivered to them."""
    is_new = post_tasks.call_back(
        connection,
        row.publication_id,
        render_id=row.render_id,
        dream_id=dream_id,
        why=why,
        now=now,
        attempt=row.claim or "",
    )
    if is_new:
        publications.note(connection, row, DO_NOT_POST)
        audit.append(
            connection,
            actor=post_tasks.PIPELINE,
            action="publication.called_back",
            subject=row.publication_id,
            now=now,
            detail={"route": row.sent_by.value, "publish_id": row.publish_id, "why": why},
        )


def confirm(connection: Connection, payload: Mapping[str, Any], *, now: datetime) -> bool:
    """A person says that what was called back is not out: the publication ends. False for other tasks."""
    if "called_back_at" not in payload or "post_id" in payload:
        return False
    row = publications.get(connection, payload["publication_id"])
    if row is None or row.state is not PublicationState.UNCONFIRMED:
        return False
    publications.settle(connection, row, PublicationState.FAILED, now=now, error=NOT_POSTED)
    return True
