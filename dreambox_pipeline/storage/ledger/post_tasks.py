"""What a person has to do for one publication: finish a draft, post a kit, or leave it alone after all.

    delivered ─> finish_draft | post_kit ─> closed when the row becomes published or failed
                   │ ^    └> the dreamer took it back ─> takedown, without a post id: do not post it
                   v │
                  held, while the comment is hidden: the same task says to wait

Tasks are about the publication's id, so each attempt asks once and the row's end closes all.
"""

from datetime import datetime
from typing import Final

from sqlalchemy.engine import Connection

from dreambox_pipeline.stages.posts.model import Route
from dreambox_pipeline.storage.ledger import tasks

PIPELINE: Final = "pipeline"
BY_HAND: Final = (tasks.FINISH_DRAFT, tasks.POST_KIT)
CALLED_BACK: Final = "called_back"
"""Outcome of a task that nobody shall do any more."""

HELD: Final = (
    "Do not post it now: its comment is hidden, or somebody left the dream out. This says so until "
    "that has changed. If it is out already, tell its link all the same."
)

LABEL: Final = "Tick the AI label by hand: what is posted in the app does not carry it by itself."


def ask(
    connection: Connection,
    publication_id: str,
    *,
    route: Route,
    render_id: str,
    dream_id: str,
    publish_id: str,
    note: str,
    now: datetime,
    attempt: str = "",
) -> bool:
    """Ask a person to post what was delivered; False when this attempt asked before.

    *attempt* is its claim: a kit that was made once may be handed out again under the same id.
    """
    kind = tasks.POST_KIT if route is Route.MANUAL_KIT else tasks.FINISH_DRAFT
    payload = {
        "publication_id": publication_id,
        "render_id": render_id,
        "dream_id": dream_id,
        "publish_id": publish_id,
        "note": note,
        "ai_label": LABEL,
    }
    return tasks.open_task(
        connection, kind, publication_id, key=attempt or publish_id, payload=payload, now=now
    )


def hold(connection: Connection, publication_id: str, *, now: datetime) -> bool:
    """Tell people to wait with what they were asked to post; False when there is nothing new to tell."""
    told = [
        tasks.rewrite(
            connection, task.task_id, task.payload | {"held": HELD, "held_at": now.isoformat()}
        )
        for task in _asked(connection, publication_id)
        if "held_at" not in task.payload
    ]
    return any(told)


def release(connection: Connection, publication_id: str) -> bool:
    """Tell people that what was held may go out; False when nothing was."""
    told = [
        tasks.rewrite(
            connection,
            task.task_id,
            {name: said for name, said in task.payload.items() if not name.startswith("held")},
        )
        for task in _asked(connection, publication_id)
        if "held_at" in task.payload
    ]
    return any(told)


def is_asked(connection: Connection, publication_id: str) -> bool:
    """Whether a person is asked to post it now."""
    return bool(_asked(connection, publication_id))


def call_back(
    connection: Connection,
    publication_id: str,
    *,
    render_id: str,
    dream_id: str,
    why: str,
    now: datetime,
    attempt: str = "",
) -> bool:
    """Tell people not to post what was delivered; False when they were told before.

    Args:
        connection: A write transaction.
        publication_id: Whose draft or kit it is.
        render_id: The video.
        dream_id: Whose dream it shows.
        why: A code of ours, such as `withdrawn`; never what somebody wrote.
        now: The moment, aware.
        attempt: Its claim; each attempt is called back by itself.
    """
    _close(connection, publication_id, BY_HAND, outcome=CALLED_BACK, now=now)
    payload = {
        "publication_id": publication_id,
        "render_id": render_id,
        "dream_id": dream_id,
        "why": why,
        "called_back_at": now.isoformat(),
        "do": "Do not post it. Delete the draft from the account's inbox, or the kit's copies. If it is out already, take it down.",
    }
    return tasks.open_task(
        connection, tasks.TAKEDOWN, publication_id, key=attempt, payload=payload, now=now
    )


def close_all(connection: Connection, publication_id: str, *, outcome: str, now: datetime) -> None:
    """The publication has ended as *outcome*: nobody has to do anything for it any more."""
    kinds = (*BY_HAND, tasks.TAKEDOWN)
    _close(connection, publication_id, kinds, outcome=outcome, now=now)


def _asked(connection: Connection, publication_id: str) -> list[tasks.Task]:
    return [
        task
        for task in tasks.open_tasks(connection, subject=publication_id)
        if task.kind in BY_HAND
    ]


def _close(
    connection: Connection,
    publication_id: str,
    kinds: tuple[str, ...],
    *,
    outcome: str,
    now: datetime,
) -> None:
    for task in tasks.open_tasks(connection, subject=publication_id):
        if task.kind in kinds:
            tasks.close(connection, task.task_id, outcome=outcome, by=PIPELINE, now=now)
