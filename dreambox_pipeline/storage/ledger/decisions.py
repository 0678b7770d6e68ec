"""What a dreamer's answer leads to, written down in one transaction whoever understood the answer.

The rules that read replies and the person at the desk both end here, so that both leave the same
proof: the reply's id and hash, its time, the wording it answers, and who read it.
"""

from datetime import datetime

from sqlalchemy.engine import Connection

from dreambox_pipeline.stages.dreams.consent import ConsentDecision
from dreambox_pipeline.stages.dreams.model import ConsentState
from dreambox_pipeline.storage.ledger import (
    audit,
    consents,
    erasures,
    publications,
    recalls,
    tasks,
    tellings,
)

PIPELINE = "pipeline"
READ_BY_RULES = "dreamer"
"""Actor of an answer that needed no interpretation."""


def store(
    connection: Connection,
    dream_id: str,
    decision: ConsentDecision,
    *,
    handle: str | None,
    actor: str = READ_BY_RULES,
    now: datetime,
) -> None:
    """Write down an answer with its proof; a no lets go of the dream's words at once.

    Args:
        connection: An open ledger connection.
        dream_id: The dream the answer is about.
        decision: What was answered, and by which reply.
        handle: The dreamer's handle; kept only when they agreed and want the credit.
        actor: Who understood it: the dreamer's plain words, or `reviewer:<name>`.
        now: The moment, aware.

    Raises:
        ItemError: The consent is no longer open. Nothing was changed.
    """
    is_credited = decision.state is ConsentState.GRANTED and not decision.is_anonymous
    consents.record_answer(
        connection,
        dream_id,
        state=decision.state,
        now=now,
        answer_comment_id=decision.comment_id,
        answer_hash=decision.text_sha256,
        answered_at=decision.answered_at,
        credit=handle if is_credited else None,
    )
    audit.append(
        connection,
        actor=actor,
        action=f"consent.{decision.state}",
        subject=dream_id,
        now=now,
        detail={"answer": decision.comment_id, "sha256": decision.text_sha256},
    )
    if decision.state is ConsentState.DECLINED:
        tellings.let_go(connection, dream_id, reason="declined", now=now)
    close_unclear(connection, dream_id, outcome="answered", now=now)


def withdraw(
    connection: Connection,
    dream_id: str,
    comment_id: str,
    *,
    why: str,
    actor: str = PIPELINE,
    now: datetime,
) -> None:
    """A granted dream is taken back: out of the queue, and its tombstone is written.

    Whatever happens next, the erasure is not forgotten: it commits with the withdrawal.

    Args:
        connection: An open ledger connection.
        dream_id: The dream that is taken back.
        comment_id: The comment that told it.
        why: Reason of the erasure.
        actor: Who understood it.
        now: The moment, aware.

    Raises:
        ItemError: The consent is not granted any more. Nothing was changed.
    """
    consents.record_answer(connection, dream_id, state=ConsentState.WITHDRAWN, now=now)
    audit.append(
        connection,
        actor=actor,
        action=f"consent.{ConsentState.WITHDRAWN}",
        subject=dream_id,
        now=now,
        detail={"erase": why},
    )
    close_unclear(connection, dream_id, outcome=ConsentState.WITHDRAWN.value, now=now)
    for row in publications.planned_for_dream(connection, dream_id):
        publications.cancel(connection, row, now=now, reason="The dreamer withdrew.")
    recalls.recall(connection, dream_id, why=why, now=now)
    erasures.request(connection, comment_id, dream_id=dream_id, reason=why, now=now)


def is_doubted(connection: Connection, dream_id: str) -> bool:
    """Whether a person has yet to read what the dreamer wrote since their yes."""
    return bool(tasks.open_tasks(connection, kind=tasks.DOUBTED_YES, subject=dream_id))


def close_unclear(connection: Connection, dream_id: str, *, outcome: str, now: datetime) -> None:
    """Nobody has to read this dreamer's unclear replies any more."""
    for kind in (tasks.UNCLEAR_ANSWER, tasks.DOUBTED_YES):
        for task in tasks.open_tasks(connection, kind=kind, subject=dream_id):
            tasks.close(connection, task.task_id, outcome=outcome, by=PIPELINE, now=now)
