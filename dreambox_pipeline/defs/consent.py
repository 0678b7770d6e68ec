"""Reading dreamers' answers and withdrawals, over TikTok's replies.

What rules understand is stored with its proof; what they do not goes to a person as a task. Only
a comment that is gone takes a dream back: TikTok does not show the replies to a hidden one.
A no lets go of the dream's words. A deleted comment, a withdrawal and "delete it" write the
tombstone by which everything is erased, in the same transaction that stores the answer.
"""

from collections.abc import Callable

from sqlalchemy.engine import Connection

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.defs.comments import comment_from
from dreambox_pipeline.defs.failures import Batch, run_batch
from dreambox_pipeline.defs.questions import comment_now, look_at_question, questions_to_look_at
from dreambox_pipeline.defs.resources import TikTokAccount
from dreambox_pipeline.errors import TransientError
from dreambox_pipeline.safety.redaction import redact
from dreambox_pipeline.stages.comments.model import Comment
from dreambox_pipeline.stages.dreams.answers import asks_for_removal, is_withdrawal
from dreambox_pipeline.stages.dreams.consent import (
    ConsentDecision,
    is_expired,
    judge_replies,
    reply_hash,
    unclear_reply,
    waits_since,
)
from dreambox_pipeline.stages.dreams.model import ConsentState
from dreambox_pipeline.stages.posts.model import PublicationState
from dreambox_pipeline.storage.keys import Keyring
from dreambox_pipeline.storage.ledger import (
    Ledger,
    audit,
    consents,
    decisions,
    erasures,
    publications,
    tasks,
    tellings,
)
from dreambox_pipeline.tiktok.errors import NotFound
from dreambox_pipeline.tiktok.schemas import CommentObject

COMMENT_GONE = "comment_deleted"
WITHDRAWN = "withdrawn"
ASKED_FOR_REMOVAL = "asked_for_removal"
"""Why everything of a dream is erased."""

HIDDEN = "HIDDEN"
"""TikTok's status of a comment that only its writer and the account see."""


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
        unseen = questions_to_look_at(connection, now=clock())

    def read(question: consents.OpenQuestion) -> dict[str, object] | None:
        if question.state is ConsentState.GRANTED:
            return _read_withdrawal(question, tiktok, ledger, keyring, clock)
        replies = _replies(question, tiktok)
        if replies is None:
            return _store_state(question, ConsentState.DECLINED, ledger, clock, erase=COMMENT_GONE)
        if question.dream_id in unseen and replies:
            ours = unseen[question.dream_id]
            look_at_question(question.dream_id, ours, replies, ledger=ledger, now=clock())
        return _read_answer(question, replies, ledger, keyring, clock)

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
    comment = comment_now(question.source_video_id, question.comment_id, tiktok)
    if comment is not None and comment.status == HIDDEN:
        raise TransientError(
            f"The comment of {dream_id} is hidden, so its replies cannot be read. Nothing is posted "
            "until it is shown again or deleted."
        )
    return _read_withdrawal(question, tiktok, ledger, keyring, clock) is not None


def _replies(question: consents.OpenQuestion, tiktok: TikTokAccount) -> list[CommentObject] | None:
    """What stands under the dream's comment: nothing to read while it is hidden, None when it is gone."""
    video_id, comment_id = question.source_video_id, question.comment_id
    try:
        return list(tiktok.client.replies(video_id, comment_id))
    except NotFound:
        return None if comment_now(video_id, comment_id, tiktok) is None else []


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
        why = COMMENT_GONE if replies is None else WITHDRAWN
        return _store_state(question, ConsentState.WITHDRAWN, ledger, clock, erase=why)
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


def _read_answer(
    question: consents.OpenQuestion,
    replies: list[CommentObject],
    ledger: Ledger,
    keyring: Keyring,
    clock: Clock,
) -> dict[str, object] | None:
    said = _as_comments(replies, question, keyring, clock)
    asked_at, author_id = question.asked_at, question.author_id
    decision = judge_replies(asked_at, author_id, said)
    if decision is not None:
        text = next(reply.text for reply in said if reply.comment_id == decision.comment_id)
        handle = _handle_of(decision.comment_id, replies)
        return _store_answer(question, decision, text, handle, ledger, clock)
    if is_expired(waits_since(asked_at, author_id, said), clock()):
        return _store_state(question, ConsentState.EXPIRED, ledger, clock)
    unclear = unclear_reply(asked_at, author_id, said)
    if unclear is not None:
        handle = _handle_of(unclear.comment_id, replies)
        _ask_person(question, unclear, handle, ledger, clock)
    return None


def _ask_person(
    question: consents.OpenQuestion,
    reply: Comment,
    handle: str | None,
    ledger: Ledger,
    clock: Clock,
) -> None:
    """Put an unclear reply before a person, once. Its handle goes when the task is closed."""
    payload = {
        "dream_id": question.dream_id,
        "comment_id": question.comment_id,
        "source_video_id": question.source_video_id,
        "answer_comment_id": reply.comment_id,
        "answered_at": reply.created_at.isoformat(),
        "reply": redact(reply.text).text,
        "reply_sha256": reply_hash(reply.text),
        "handle": handle,
    }
    with ledger.write() as connection:
        tasks.open_task(
            connection,
            tasks.UNCLEAR_ANSWER,
            question.dream_id,
            key=reply.comment_id,
            payload=payload,
            now=clock(),
        )


def _store_answer(
    question: consents.OpenQuestion,
    decision: ConsentDecision,
    text: str,
    handle: str | None,
    ledger: Ledger,
    clock: Clock,
) -> dict[str, object]:
    now = clock()
    with ledger.write() as connection:
        decisions.store(connection, question.dream_id, decision, handle=handle, now=now)
        if decision.state is ConsentState.DECLINED and asks_for_removal(text):
            _request_erasure(connection, question, ASKED_FOR_REMOVAL, clock)
    credit = "anonymous" if decision.is_anonymous else "by handle"
    return {"dream": question.dream_id, "answer": decision.state.value, "credit": credit}


def _store_state(
    question: consents.OpenQuestion,
    state: ConsentState,
    ledger: Ledger,
    clock: Clock,
    *,
    erase: str | None = None,
) -> dict[str, object]:
    """Store what no reply said: silence, a deleted comment, a withdrawal; *erase* says why all goes."""
    dream_id, now = question.dream_id, clock()
    with ledger.write() as connection:
        consents.record_answer(connection, dream_id, state=state, now=now)
        audit.append(
            connection,
            actor="pipeline",
            action=f"consent.{state}",
            subject=dream_id,
            now=now,
            detail={"erase": erase} if erase else None,
        )
        decisions.close_unclear(connection, dream_id, outcome=state.value, now=now)
        if state is ConsentState.EXPIRED:
            tellings.let_go(connection, dream_id, reason="expired", now=now)
        if state is ConsentState.WITHDRAWN:
            _empty_queue(connection, dream_id, clock)
        if erase:
            _request_erasure(connection, question, erase, clock)
    return {"dream": dream_id, "answer": state.value, "credit": "–"}


def _empty_queue(connection: Connection, dream_id: str, clock: Clock) -> None:
    for row in publications.planned_for_dream(connection, dream_id):
        publications.move(
            connection,
            row,
            PublicationState.CANCELLED,
            now=clock(),
            error="The dreamer withdrew.",
        )


def _request_erasure(
    connection: Connection, question: consents.OpenQuestion, why: str, clock: Clock
) -> None:
    """The tombstone commits with the answer: whatever happens next, the erasure is not forgotten."""
    erasures.request(
        connection, question.comment_id, dream_id=question.dream_id, reason=why, now=clock()
    )


def _handle_of(comment_id: str, replies: list[CommentObject]) -> str | None:
    return next((reply.username for reply in replies if reply.comment_id == comment_id), None)
