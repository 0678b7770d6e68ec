"""Asking dreamers and reading their answers, over TikTok's replies.

A question is written to the outbox before it is sent. TikTok has no idempotency key, so when no
answer comes to a reply we look for our own reply under the comment before anything is sent again.
Only a comment that is gone takes a dream back: TikTok does not show the replies to a hidden one.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.defs.comments import comment_from
from dreambox_pipeline.defs.failures import Batch, run_batch
from dreambox_pipeline.defs.resources import TikTokAccount
from dreambox_pipeline.errors import TransientError
from dreambox_pipeline.safety.consent_wording import question_for
from dreambox_pipeline.stages.comments.model import Comment
from dreambox_pipeline.stages.dreams.answers import is_withdrawal
from dreambox_pipeline.stages.dreams.consent import (
    QUESTIONS_PER_DAY,
    ConsentDecision,
    choose_to_ask,
    is_expired,
    judge_replies,
)
from dreambox_pipeline.stages.dreams.model import ConsentState
from dreambox_pipeline.stages.posts.model import PublicationState
from dreambox_pipeline.storage.keys import Keyring
from dreambox_pipeline.storage.ledger import (
    Ledger,
    audit,
    consents,
    outbox,
    publications,
)
from dreambox_pipeline.storage.ledger import (
    dreams as ledger_dreams,
)
from dreambox_pipeline.tiktok.errors import NotFound, TikTokError
from dreambox_pipeline.tiktok.schemas import CommentObject

QUESTION = "consent_question"
HIDDEN = "HIDDEN"
"""TikTok's status of a comment that only its writer and the account see."""

SHOWN_AFTER = timedelta(minutes=10)
"""A reply whose answer was lost may not be listed at once; after this long it did not get through."""


def read_answers(
    *,
    tiktok: TikTokAccount,
    ledger: Ledger,
    keyring: Keyring,
    clock: Clock,
    log: Callable[[str], None],
) -> Batch[dict[str, object] | None]:
    """Look at the replies under every open question; a granted one may still be taken back."""
    with ledger.read() as connection:
        questions = consents.open_questions(connection, now=clock())

    def read(question: consents.OpenQuestion) -> dict[str, object] | None:
        if question.state is ConsentState.GRANTED:
            return _read_withdrawal(question, tiktok, ledger, keyring, clock)
        replies = _replies(question, tiktok)
        if replies is None:
            return _store_state(question, ConsentState.DECLINED, ledger, clock)
        ours = _as_comments(replies, question, keyring, clock)
        decision = judge_replies(question.asked_at, question.author_id, ours)
        if decision is not None:
            handle = _handle_of(decision, replies)
            return _store_answer(question, decision, handle, ledger, clock)
        if is_expired(question.asked_at, clock()):
            return _store_state(question, ConsentState.EXPIRED, ledger, clock)
        return None

    return run_batch(
        questions,
        read,
        stage="consents",
        item_id=lambda question: question.dream_id,
        ledger=ledger,
        clock=clock,
        log=log,
    )


def notice_withdrawal(
    dream_id: str, *, tiktok: TikTokAccount, ledger: Ledger, keyring: Keyring, clock: Clock
) -> bool:
    """Look at one dream's comment now: whether its dreamer has just taken it back.

    If so the withdrawal is stored and the dream leaves the queue. False also when there is no
    grant to take back.

    Raises:
        TransientError: TikTok did not answer, or hides the comment; nobody can tell now.
    """
    with ledger.read() as connection:
        question = consents.question_of(connection, dream_id)
    if question is None or question.state is not ConsentState.GRANTED:
        return False
    comment = _comment(question.source_video_id, question.comment_id, tiktok)
    if comment is not None and comment.status == HIDDEN:
        raise TransientError(
            f"The comment of {dream_id} is hidden, so its replies cannot be read. Nothing is posted "
            "until it is shown again or deleted."
        )
    return _read_withdrawal(question, tiktok, ledger, keyring, clock) is not None


def ask_dreamers(
    *,
    tiktok: TikTokAccount,
    ledger: Ledger,
    clock: Clock,
    limit: int,
    ids: list[str],
    log: Callable[[str], None],
) -> Batch[dict[str, object]]:
    """Write down whom to ask, then send what is written down and not confirmed."""
    now = clock()
    with ledger.write() as connection:
        ranked = ledger_dreams.ranking(connection)
        wanted = [dream for dream in ranked if dream.dream_id in ids] if ids else ranked
        today = QUESTIONS_PER_DAY - consents.asked_since(connection, now - timedelta(days=1))
        room = min(limit, today) - len(outbox.unsent(connection, QUESTION))
        for dream in choose_to_ask(wanted, consents.states(connection), limit=len(wanted)):
            if room <= 0:
                break
            # A question that is in the outbox already, even one TikTok refused, takes nobody's place.
            room -= _write_down(connection, dream.dream_id, now=now)
    with ledger.read() as connection:
        rows = outbox.unsent(connection, QUESTION)
    return run_batch(
        rows,
        lambda row: _send(row, tiktok, ledger, clock),
        stage="consents",
        item_id=lambda row: str(row.payload["dream_id"]),
        ledger=ledger,
        clock=clock,
        log=log,
    )


def question_key(dream_id: str) -> str:
    """The outbox key of a dream's question: one dreamer is asked about one dream once."""
    return f"{QUESTION}:{dream_id}"


def _write_down(connection: Connection, dream_id: str, *, now: datetime) -> bool:
    """Put the question into the outbox; False when it is there already."""
    report = ledger_dreams.report(connection, dream_id)
    if report is None:
        return False
    wording = question_for(dream_id, report.lang)
    payload = {
        "dream_id": dream_id,
        "comment_id": report.comment_id,
        "source_video_id": report.source_video_id,
        "wording_version": wording.version,
        "text": wording.text,
    }
    return outbox.enqueue(
        connection, question_key(dream_id), kind=QUESTION, payload=payload, now=now
    )


def _send(
    row: outbox.OutboxRow, tiktok: TikTokAccount, ledger: Ledger, clock: Clock
) -> dict[str, object]:
    question = row.payload
    already = _sent_before(row, tiktok, ledger, clock) if row.state == "unknown" else None
    if already is None and row.state == "unknown" and clock() - row.updated_at <= SHOWN_AFTER:
        raise TransientError(
            f"No answer came to the question about {question['dream_id']}, and it is not under the "
            "comment yet. A later run looks again, and sends it only if it does not appear."
        )
    if already is None:
        with ledger.write() as connection:
            outbox.mark_attempt(connection, row.key, now=clock())
        already = _reply(row, tiktok, ledger, clock)
    with ledger.write() as connection:
        now = clock()
        outbox.mark_sent(connection, row.key, result=already.comment_id, now=now)
        consents.record_question(
            connection,
            question["dream_id"],
            wording_version=question["wording_version"],
            text=question["text"],
            question_comment_id=already.comment_id,
            # TikTok's own time of the question: answers are compared with it.
            now=already.create_time or now,
        )
        audit.append(
            connection,
            actor="pipeline",
            action="consent.asked",
            subject=question["dream_id"],
            now=now,
            detail={"wording": question["wording_version"], "question": already.comment_id},
        )
    return {"dream": question["dream_id"], "wording": question["wording_version"]}


def _reply(
    row: outbox.OutboxRow, tiktok: TikTokAccount, ledger: Ledger, clock: Clock
) -> CommentObject:
    question = row.payload
    try:
        return tiktok.client.reply(
            question["source_video_id"], question["comment_id"], question["text"]
        )
    except TikTokError as error:
        if not error.may_have_taken_effect:
            # TikTok certainly did not act. Worth another try only if the reason passes.
            mark = outbox.mark_not_sent if isinstance(error, TransientError) else outbox.mark_failed
            with ledger.write() as connection:
                mark(connection, row.key, error=str(error), now=clock())
        raise


def _sent_before(
    row: outbox.OutboxRow, tiktok: TikTokAccount, ledger: Ledger, clock: Clock
) -> CommentObject | None:
    """Our own reply of an attempt whose answer never came, or None when it did not get through."""
    question = row.payload
    video_id, comment_id = question["source_video_id"], question["comment_id"]
    try:
        replies = list(tiktok.client.replies(video_id, comment_id))
    except NotFound as error:
        if _comment(video_id, comment_id, tiktok) is not None:
            raise TransientError(
                f"The comment of {question['dream_id']} is hidden, so whether our question stands "
                "under it cannot be read. A later run looks again."
            ) from error
        # The comment is gone, and with it whatever we wrote: there is nobody left to ask.
        with ledger.write() as connection:
            outbox.mark_failed(connection, row.key, error=str(error), now=clock())
        raise
    return next(
        (reply for reply in replies if reply.owner and reply.text == question["text"]), None
    )


def _comment(video_id: str, comment_id: str, tiktok: TikTokAccount) -> CommentObject | None:
    """The dream's comment, also when it is hidden; None when it or its video is gone."""
    try:
        return tiktok.client.comment(video_id, comment_id)
    except NotFound:
        return None


def _replies(question: consents.OpenQuestion, tiktok: TikTokAccount) -> list[CommentObject] | None:
    """What stands under the dream's comment: nothing to read while it is hidden, None when it is gone."""
    video_id, comment_id = question.source_video_id, question.comment_id
    try:
        return list(tiktok.client.replies(video_id, comment_id))
    except NotFound:
        return None if _comment(video_id, comment_id, tiktok) is None else []


def _as_comments(
    replies: list[CommentObject], question: consents.OpenQuestion, keyring: Keyring, clock: Clock
) -> list[Comment]:
    read = (
        comment_from(
            reply, row=row, source_video_id=question.source_video_id, keyring=keyring, now=clock()
        )
        for row, reply in enumerate(replies, start=1)
    )
    return [reply for reply in read if isinstance(reply, Comment) and not reply.is_owner]


def _read_withdrawal(
    question: consents.OpenQuestion,
    tiktok: TikTokAccount,
    ledger: Ledger,
    keyring: Keyring,
    clock: Clock,
) -> dict[str, object] | None:
    """Store a withdrawal of a granted dream and say so, or None when it stays granted."""
    replies = _replies(question, tiktok)
    # Who deletes the comment takes the dream back, whatever was said before.
    if replies is None or _takes_back(question, _as_comments(replies, question, keyring, clock)):
        return _store_state(question, ConsentState.WITHDRAWN, ledger, clock)
    with ledger.write() as connection:
        consents.mark_read(connection, question.dream_id, now=clock())
    return None


def _takes_back(question: consents.OpenQuestion, replies: list[Comment]) -> bool:
    # Only what was said after the yes can take it back: a "no" that a later "yes" overruled stays overruled.
    said_yes_at = question.answered_at or question.asked_at
    return any(
        reply.author_id == question.author_id
        and reply.created_at > said_yes_at
        and is_withdrawal(reply.text)
        for reply in replies
    )


def _store_answer(
    question: consents.OpenQuestion,
    decision: ConsentDecision,
    handle: str | None,
    ledger: Ledger,
    clock: Clock,
) -> dict[str, object]:
    with ledger.write() as connection:
        consents.record_answer(
            connection,
            question.dream_id,
            state=decision.state,
            now=clock(),
            answer_comment_id=decision.comment_id,
            answer_hash=decision.text_sha256,
            answered_at=decision.answered_at,
            credit=None
            if decision.is_anonymous or decision.state is not ConsentState.GRANTED
            else handle,
        )
        audit.append(
            connection,
            actor="dreamer",
            action=f"consent.{decision.state}",
            subject=question.dream_id,
            now=clock(),
            detail={"answer": decision.comment_id, "sha256": decision.text_sha256},
        )
    credit = "anonymous" if decision.is_anonymous else "by handle"
    return {"dream": question.dream_id, "answer": decision.state.value, "credit": credit}


def _store_state(
    question: consents.OpenQuestion, state: ConsentState, ledger: Ledger, clock: Clock
) -> dict[str, object]:
    with ledger.write() as connection:
        consents.record_answer(connection, question.dream_id, state=state, now=clock())
        audit.append(
            connection,
            actor="pipeline",
            action=f"consent.{state}",
            subject=question.dream_id,
            now=clock(),
        )
        if state is ConsentState.WITHDRAWN:
            for row in publications.planned_for_dream(connection, question.dream_id):
                publications.move(
                    connection,
                    row,
                    PublicationState.CANCELLED,
                    now=clock(),
                    error="The dreamer withdrew.",
                )
    return {"dream": question.dream_id, "answer": state.value, "credit": "–"}


def _handle_of(decision: ConsentDecision, replies: list[CommentObject]) -> str | None:
    return next(
        (reply.username for reply in replies if reply.comment_id == decision.comment_id), None
    )
