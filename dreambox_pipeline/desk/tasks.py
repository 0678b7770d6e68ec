"""What waits for a person, with what they need to see, and what closing it does.

    unclear answer    granted by handle | granted anonymously | declined | no answer
    doubted yes       stays | withdrawn
    hidden question   done
    takedown          taken down
    reconnect         not needed any more

What becomes of tasks about posts is in `post_tasks`.

A person's reading of an unclear answer is the dreamer's answer from then on, with the person in
the audit chain. A task that is closed stays closed: the same outcome again changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Annotated, Any, Final

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy.engine import Connection

from dreambox_pipeline.desk import post_tasks
from dreambox_pipeline.desk.connections import handle_of
from dreambox_pipeline.desk.decisions import ReviewerName
from dreambox_pipeline.desk.errors import Refusal
from dreambox_pipeline.desk.post_queue import post_link
from dreambox_pipeline.desk.post_tasks import PostShown, post_shown
from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.stages.dreams.consent import Reading, read_by_person
from dreambox_pipeline.storage.ledger import audit, decisions
from dreambox_pipeline.storage.ledger import tasks as ledger_tasks
from dreambox_pipeline.storage.ledger.accounts import MAIN
from dreambox_pipeline.storage.ledger.tasks import Task
from dreambox_pipeline.storage.tables import consents, dreams
from dreambox_pipeline.storage.tables import tasks as task_rows

WITHDRAWN: Final = "withdrawn"
NOT_NEEDED: Final = "not_needed"
OUTCOMES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        ledger_tasks.UNCLEAR_ANSWER: tuple(Reading),
        ledger_tasks.DOUBTED_YES: ("stays", WITHDRAWN),
        ledger_tasks.HIDDEN_QUESTION: ("done",),
        ledger_tasks.TAKEDOWN: ("taken_down",),
        ledger_tasks.POST_KIT: post_tasks.BY_HAND_OUTCOMES,
        ledger_tasks.FINISH_DRAFT: post_tasks.BY_HAND_OUTCOMES,
        ledger_tasks.POST_GONE: post_tasks.GONE_OUTCOMES,
        ledger_tasks.RECONNECT: (NOT_NEEDED,),
    }
)
"""What a person may say, by kind of task."""


_ABOUT_POSTS = (*post_tasks.BY_HAND, ledger_tasks.POST_GONE, ledger_tasks.TAKEDOWN)


class TaskForm(BaseModel):
    """What the form or the JSON body says.

    Attributes:
        post: The link of the post that somebody made by hand.
        ai_label: That post carries the AI label.
        reviewer: Who says so; empty when the cookie knows.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    outcome: Annotated[str, StringConstraints(max_length=40)]
    post: Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)] = ""
    ai_label: bool = False
    reviewer: ReviewerName = ""


@dataclass(frozen=True, slots=True)
class TaskCard:
    """One task with what its subject looks like now.

    Attributes:
        dream_text: Redacted; empty when it is gone.
        question: What we asked, for tasks about an answer.
        link: The post or the video on TikTok.
        post: What the task is about, when it is about a post of ours.
    """

    task: Task
    dream_text: str
    dream_lang: str
    question: str
    link: str | None
    post: PostShown | None = None

    @property
    def payload(self) -> Mapping[str, Any]:
        """What the task brought along."""
        return self.task.payload


def task_cards(connection: Connection, *, limit: int) -> list[TaskCard]:
    """Open tasks that are shown on the page, oldest first."""
    found = [task for task in ledger_tasks.open_tasks(connection) if task.kind in OUTCOMES]
    return [_card(connection, task) for task in found[:limit]]


def close(connection: Connection, task_id: str, form: TaskForm, now: datetime) -> bool:
    """Close a task in the caller's transaction; False when it was closed so already.

    Raises:
        Refusal: 404 unknown task, 409 it was closed otherwise or the dreamer has answered since,
            422 something is missing. Nothing was written.
    """
    # PostgreSQL lets two people in at once; the lock makes the second wait and see the first.
    connection.execute(
        sa.select(task_rows.c.task_id).where(task_rows.c.task_id == task_id).with_for_update()
    )
    task = ledger_tasks.find(connection, task_id)
    if task is None or task.kind not in OUTCOMES:
        raise Refusal(404, "There is no such task", "It may belong to a dream that was erased.")
    _check_complete(task, form)
    if task.state != ledger_tasks.OPEN:
        if post_tasks.is_same_answer(connection, task, form.outcome, post=form.post):
            return False
        raise Refusal(409, "This is settled", f"It was closed as {_said(task.outcome)}.")
    by = f"reviewer:{form.reviewer}"
    ledger_tasks.close(connection, task_id, outcome=form.outcome, by=by, now=now)
    audit.append(
        connection,
        actor=by,
        action=f"task.{form.outcome}",
        subject=task_id,
        now=now,
        detail={"kind": task.kind},
    )
    if task.kind == ledger_tasks.UNCLEAR_ANSWER:
        _store_reading(connection, task, Reading(form.outcome), by=by, now=now)
    if task.kind == ledger_tasks.DOUBTED_YES and form.outcome == WITHDRAWN:
        _store_withdrawal(connection, task, by=by, now=now)
    post_tasks.settle_post(
        connection,
        task,
        form.outcome,
        post=form.post,
        has_ai_label=form.ai_label,
        reviewer=form.reviewer,
        now=now,
    )
    return True


def _check_complete(task: Task, form: TaskForm) -> None:
    if not form.reviewer:
        raise Refusal(
            422,
            "Who is deciding?",
            "This carries a name. Write yours at the top of the page, then send it again.",
        )
    if form.outcome not in OUTCOMES[task.kind]:
        known = ", ".join(OUTCOMES[task.kind])
        raise Refusal(422, "That is no outcome", f"This task can be closed as: {known}.")
    post_tasks.check_complete(task, form.outcome, post=form.post, has_ai_label=form.ai_label)
    if (
        form.outcome == Reading.GRANTED_BY_HANDLE
        and task.state == ledger_tasks.OPEN
        and not task.payload.get("handle")
    ):
        raise Refusal(
            422,
            "Their handle is not known",
            "TikTok did not say who wrote the reply, so the credit can only be anonymous.",
        )


def _store_reading(
    connection: Connection, task: Task, reading: Reading, *, by: str, now: datetime
) -> None:
    decision = read_by_person(
        reading,
        comment_id=task.payload["answer_comment_id"],
        text_sha256=task.payload["reply_sha256"],
        answered_at=datetime.fromisoformat(task.payload["answered_at"]),
    )
    if decision is None:
        return
    try:
        decisions.store(
            connection,
            task.subject,
            decision,
            handle=task.payload.get("handle"),
            actor=by,
            now=now,
        )
    except ItemError as error:
        raise Refusal(
            409,
            "The dreamer has answered since",
            "Their own clear answer counts. Reload the page; this task is gone.",
        ) from error


def _store_withdrawal(connection: Connection, task: Task, *, by: str, now: datetime) -> None:
    try:
        decisions.withdraw(
            connection, task.subject, task.payload["comment_id"], why=WITHDRAWN, actor=by, now=now
        )
    except ItemError as error:
        raise Refusal(
            409,
            "The dreamer has said more since",
            "Their consent is not open any more. Reload the page; this task is gone.",
        ) from error


def _card(connection: Connection, task: Task) -> TaskCard:
    dream_id = task.payload.get("dream_id", task.subject)
    row = connection.execute(
        sa.select(dreams.c.text, dreams.c.lang, consents.c.question_text)
        .outerjoin(consents, consents.c.dream_id == dreams.c.dream_id)
        .where(dreams.c.dream_id == dream_id)
    ).first()
    text, lang, question = row or ("", "", "")
    video_id = task.payload.get("post_id") or task.payload.get("source_video_id")
    handle = handle_of(connection, task.payload.get("account_id") or MAIN)
    link = post_link(handle, video_id)
    shown = post_shown(connection, task) if task.kind in _ABOUT_POSTS else None
    return TaskCard(task, text, lang, question or "", link, shown)


def _said(outcome: str | None) -> str:
    return (outcome or "done").replace("_", " ")
