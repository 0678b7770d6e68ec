"""Work that only a person can do: an unclear answer, a doubted yes, a hidden question, a post to take down.

A task is opened once per subject and key and closed once. What people wrote stays in it only
while it is open: closing keeps ids and times, the rest of the payload goes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.storage.database import upsert
from dreambox_pipeline.storage.tables import tasks

UNCLEAR_ANSWER = "unclear_answer"
"""A dreamer answered and no rule understands it."""
DOUBTED_YES = "doubted_yes"
"""A dreamer who agreed has written something since that may take it back. Nothing is posted meanwhile."""
TAKEDOWN = "takedown"
"""A post is public whose dreamer took the dream back; only a person can remove it."""
HIDDEN_QUESTION = "hidden_question"
"""The platform hides our question from the dreamer."""
POST_KIT = "post_kit"
"""A folder with a video and all that belongs to it waits to be posted by hand, and its link told."""
FINISH_DRAFT = "finish_draft"
"""A video lies in the account's inbox: to be finished in the app, with the AI label ticked by hand."""
POST_GONE = "post_gone"
"""TikTok no longer shows a post, and nobody here asked for that."""
RECONNECT = "reconnect"
"""An account's consent has ended, or will soon: `dreambox login` renews it."""

OPEN = "open"
CLOSED = "closed"

KEPT_SUFFIXES = ("_id", "_at")
"""Payload entries with these endings are no free text and outlive the task's closing."""


@dataclass(frozen=True, slots=True)
class Task:
    """One piece of work. `subject` is the id it is about, `done_by` the person who closed it."""

    task_id: str
    kind: str
    subject: str
    payload: dict[str, Any]
    state: str
    outcome: str | None
    done_by: str | None
    created_at: datetime
    done_at: datetime | None


def open_task(
    connection: Connection,
    kind: str,
    subject: str,
    *,
    key: str = "",
    payload: Mapping[str, Any],
    now: datetime,
) -> bool:
    """Ask a person. Returns False when this was asked before, whether it is still open or not.

    Args:
        connection: An open ledger connection.
        kind: One of the constants above.
        subject: Id of what it is about, for example a dream or a post.
        key: Tells two tasks about one subject apart, for example the id of the answer.
        payload: What the person needs to see; names ending in `_id` or `_at` survive closing.
        now: The moment, aware.
    """
    row = {
        "task_id": f"{kind}:{subject}:{key}",
        "kind": kind,
        "subject": subject,
        "payload": dict(payload),
        "state": OPEN,
        "created_at": now,
    }
    return upsert(connection, tasks, row)


def open_tasks(
    connection: Connection, *, kind: str | None = None, subject: str | None = None
) -> list[Task]:
    """Tasks nobody has closed, oldest first, of one kind or of all, about one subject or about any."""
    where = tasks.c.state == OPEN
    if kind is not None:
        where &= tasks.c.kind == kind
    if subject is not None:
        where &= tasks.c.subject == subject
    return _tasks(connection, where)


def find(connection: Connection, task_id: str) -> Task | None:
    """The task with this id."""
    found = _tasks(connection, tasks.c.task_id == task_id)
    return found[0] if found else None


def close(connection: Connection, task_id: str, *, outcome: str, by: str, now: datetime) -> bool:
    """Write down what became of a task. Returns False when it is unknown or was closed already."""
    task = find(connection, task_id)
    if task is None or task.state == CLOSED:
        return False
    # The state is asked again: of two people who decide at once, the first one decides.
    closed = connection.execute(
        sa.update(tasks)
        .where(tasks.c.task_id == task_id, tasks.c.state == OPEN)
        .values(
            state=CLOSED,
            outcome=outcome,
            done_by=by,
            done_at=now,
            payload=without_text(task.payload),
        )
    )
    return closed.rowcount == 1


def rewrite(connection: Connection, task_id: str, payload: Mapping[str, Any]) -> bool:
    """Show people something else with an open task; False when it is closed by now."""
    changed = connection.execute(
        sa.update(tasks)
        .where(tasks.c.task_id == task_id, tasks.c.state == OPEN)
        .values(payload=dict(payload))
    )
    return changed.rowcount == 1


def without_text(payload: Mapping[str, Any]) -> dict[str, Any]:
    """The ids and times of a payload."""
    return {name: value for name, value in payload.items() if name.endswith(KEPT_SUFFIXES)}


def _tasks(connection: Connection, where: sa.ColumnElement[bool]) -> list[Task]:
    rows = connection.execute(
        sa.select(*(tasks.c[name] for name in Task.__slots__))
        .where(where)
        .order_by(tasks.c.created_at, tasks.c.task_id)
    )
    return [Task(*row) for row in rows]
