"""Tasks about posts: what a person posts by hand, and what becomes of the publication when they did.

    post kit, finish draft    posted, with its link and the AI label set | not posted | plan it again
    post gone                 deleted | made private | removed by TikTok | unknown
    take down (called back)   it is not out: the publication ends

Closing the task and settling the publication commit together.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy.engine import Connection

from dreambox_pipeline.desk.errors import Refusal
from dreambox_pipeline.desk.post_rules import AUDIENCES
from dreambox_pipeline.desk.settling import SettlementForm, check_label, post_id_of, settle
from dreambox_pipeline.stages.posts.model import PostDraft, PublicationState
from dreambox_pipeline.storage.ledger import publications, recalls, videos
from dreambox_pipeline.storage.ledger import tasks as ledger_tasks
from dreambox_pipeline.storage.ledger.publications import PublicationRow
from dreambox_pipeline.storage.ledger.tasks import Task

S = PublicationState

BY_HAND: Final = (ledger_tasks.POST_KIT, ledger_tasks.FINISH_DRAFT)
POSTED, NOT_POSTED, PLAN_AGAIN = "posted", "not_posted", "plan_again"
BY_HAND_OUTCOMES: Final = (POSTED, NOT_POSTED, PLAN_AGAIN)
GONE_OUTCOMES: Final = ("deleted", "made_private", "removed_by_tiktok", "unknown")


@dataclass(frozen=True, slots=True)
class PostShown:
    """What a person needs beside a task about a post.

    Attributes:
        audience: Who may see it, as chosen; None when nobody chose.
    """

    render_id: str
    title: str
    cover_hash: str
    slot_local: str
    draft: PostDraft
    audience: str | None


def post_shown(connection: Connection, task: Task) -> PostShown | None:
    """The post that *task* is about; None for other tasks, and where it is erased."""
    publication_id = task.payload.get("publication_id") or task.subject
    row = publications.get(connection, publication_id)
    video = videos.get(connection, row.render_id) if row else None
    if row is None or video is None:
        return None
    return PostShown(
        row.render_id,
        video.title,
        video.cover_hash,
        row.slot_local,
        row.draft,
        AUDIENCES.get(row.privacy_level or "", row.privacy_level),
    )


def check_complete(task: Task, outcome: str, *, post: str, has_ai_label: bool) -> None:
    """Whether all is said that closing needs.

    Raises:
        Refusal: 422 with what is missing.
    """
    if task.kind in BY_HAND and outcome == POSTED:
        post_id_of(post)
        check_label(has_ai_label=has_ai_label)


def settle_post(
    connection: Connection,
    task: Task,
    outcome: str,
    *,
    post: str,
    has_ai_label: bool,
    reviewer: str,
    now: datetime,
) -> None:
    """Take the publication where the person says it is, in the caller's transaction.

    Raises:
        Refusal: 404 it is gone, 409 it is somewhere else by now. Nothing was written.
    """
    if task.kind == ledger_tasks.TAKEDOWN:
        recalls.confirm(connection, task.payload, now=now)
    if task.kind not in BY_HAND:
        return
    row = _row(connection, task)
    path = {POSTED: (S.PUBLISHED,), NOT_POSTED: (S.FAILED,), PLAN_AGAIN: (S.FAILED, S.PLANNED)}
    for to in path[outcome]:
        form = SettlementForm(
            seen=row.state,
            to=to,
            post_id=post if to is S.PUBLISHED else "",
            ai_label=has_ai_label,
            reviewer=reviewer,
        )
        settle(connection, row.render_id, form, now)
        row = _row(connection, task)


def is_same_answer(connection: Connection, task: Task, outcome: str, *, post: str) -> bool:
    """Whether a closed task was closed with exactly this answer."""
    if task.outcome != outcome:
        return False
    if task.kind not in BY_HAND or outcome != POSTED:
        return True
    return _row(connection, task).post_id == post_id_of(post)


def _row(connection: Connection, task: Task) -> PublicationRow:
    row = publications.get(connection, task.payload.get("publication_id") or task.subject)
    if row is None:
        raise Refusal(404, "There is no such post", "Its dream may have been erased meanwhile.")
    return row
