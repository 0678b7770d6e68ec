"""Reading dreamers' answers and withdrawals, over TikTok's replies.

What rules understand is stored with its proof; what they do not goes to a person as a task. Only
a comment that is gone takes a dream back: TikTok does not show the replies to a hidden one.
A no lets go of the dream's words. A deleted comment, a withdrawal and "delete it" write the
tombstone by which everything is erased, in the same transaction that stores the answer.
"""

from collections.abc import Callable

from sqlalchemy.engine import Connection

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.defs.failures import Batch, run_batch
from dreambox_pipeline.defs.questions import comment_now, look_at_question, questions_to_look_at
from dreambox_pipeline.defs.resources import TikTokAccount
from dreambox_pipeline.defs.threads import as_comments, handle_of, thread_of
from dreambox_pipeline.errors import TransientError
from dreambox_pipeline.safety.redaction import redact
from dreambox_pipeline.stages.comments.model import Comment
from dreambox_pipeline.stages.dreams.answers import (
    asks_for_removal,
    is_withdrawal,
    wants_no_credit,
)
from dreambox_pipeline.stages.dreams.consent import (
    ConsentDecision,
    doubts_since_yes,
    is_expired,
    judge_replies,
    reply_hash,
    said_before,
    unclear_reply,
    waits_since,
)
from dreambox_pipeline.stages.dreams.model import ConsentState
from dreambox_pipeline.storage.keys import Keyring
from dreambox_pipeline.storage.ledger import (
    Ledger,
    audit,
    consents,
    decisions,
    erasures,
    tasks,
    tellings,
)
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
        thread = thread_of(question, tiktok)
        if thread is None:
            return _store_state(question, ConsentState.DECLINED, ledger, clock, erase=COMMENT_GONE)
        if question.dream_id in unseen and not thread.is_hidden:
            ours = unseen[question.dream_id]
            look_at_question(question.dream_id, ours, thread.replies, ledger=ledger, now=clock())
        return _read_answer(question, thread.replies, ledger, keyring, clock)

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
    if _read_withdrawal(question, tiktok, ledger, keyring, clock) is not None:
        return True
    with ledger.read() as connection:
        if decisions.is_doubted(connection, dream_id):
            raise TransientError(
                f"The dreamer of {dream_id} wrote something since their yes that may take it back. "
                "Nothing is posted until a person has read it: see Tasks at the desk."
            )
    return False


def _read_withdrawal(
    question: consents.OpenQuestion,
    tiktok: TikTokAccount,
    ledger: Ledger,
    keyring: Keyring,
    clock: Clock,
) -> dict[str, object] | None:
    """Store a withdrawal of a granted dream and say so, or None when it stays granted."""
    thread = thread_of(question, tiktok)
    # Who deletes the comment takes the dream back, whatever was said before.
    if thread is None:
        return _store_withdrawal(question, ledger, clock, why=COMMENT_GONE)
    replies = _said_since_yes(question, as_comments(thread.replies, question, keyring, clock))
    said = [reply.text for reply in replies]
    if any(is_withdrawal(text) for text in said) or (
        any(wants_no_credit(text) for text in said) and not _drop_credit(question, ledger, clock)
    ):
        return _store_withdrawal(question, ledger, clock, why=WITHDRAWN)
    doubted = doubts_since_yes(replies)
    if doubted:
        handle = handle_of(doubted[-1].comment_id, thread.replies)
        _ask_person(
            question,
            doubted[-1],
            said_before(doubted[-1], question.answered_at or question.asked_at, replies),
            handle,
            ledger,
            clock,
            kind=tasks.DOUBTED_YES,
        )
    with ledger.write() as connection:
        consents.mark_read(connection, question.dream_id, now=clock())
        if not doubted:
            decisions.close_unclear(connection, question.dream_id, outcome="answered", now=clock())
    return None


def _said_since_yes(question: consents.OpenQuestion, replies: list[Comment]) -> list[Comment]:
    # Only what was said after the yes can take it back: a "no" that a later "yes" overruled stays overruled.
    said_yes_at = question.answered_at or question.asked_at
    since = [
        reply
        for reply in replies
        if reply.author_id == question.author_id and reply.created_at > said_yes_at
    ]
    return sorted(since, key=lambda reply: (reply.created_at, reply.comment_id))


def _drop_credit(question: consents.OpenQuestion, ledger: Ledger, clock: Clock) -> bool:
    """Make a granted dream anonymous; False when a video carries the name already.

    The name is in such a video's picture and caption: nothing short of taking it back removes it.
    """
    with ledger.write() as connection:
        if consents.is_credited_in_video(connection, question.dream_id):
            return False
        if consents.drop_credit(connection, question.dream_id, now=clock()):
            audit.append(
                connection,
                actor=decisions.READ_BY_RULES,
                action="consent.anonymous",
                subject=question.dream_id,
                now=clock(),
            )
    return True


def _read_answer(
    question: consents.OpenQuestion,
    replies: list[CommentObject],
    ledger: Ledger,
    keyring: Keyring,
    clock: Clock,
) -> dict[str, object] | None:
    said = as_comments(replies, question, keyring, clock)
    asked_at, author_id = question.asked_at, question.author_id
    decision = judge_replies(asked_at, author_id, said)
    if decision is not None:
        text = next(reply.text for reply in said if reply.comment_id == decision.comment_id)
        handle = handle_of(decision.comment_id, replies)
        return _store_answer(question, decision, text, handle, ledger, clock)
    if is_expired(waits_since(asked_at, author_id, said), clock()):
        return _store_state(question, ConsentState.EXPIRED, ledger, clock)
    unclear = unclear_reply(asked_at, author_id, said)
    if unclear is not None:
        handle = handle_of(unclear.comment_id, replies)
        before = said_before(unclear, asked_at, said)
        _ask_person(question, unclear, before, handle, ledger, clock)
    return None


def _ask_person(
    question: consents.OpenQuestion,
    reply: Comment,
    before: list[Comment],
    handle: str | None,
    ledger: Ledger,
    clock: Clock,
    *,
    kind: str = tasks.UNCLEAR_ANSWER,
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
        "said_before": [redact(each.text).text for each in before],
        "handle": handle,
    }
    with ledger.write() as connection:
        now_asked = consents.question_of(connection, question.dream_id)
        if now_asked is None or now_asked.state is not question.state:
            # Answered or erased while the thread was read: their words must not be kept again.
            return
        tasks.open_task(
            connection,
            kind,
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
    """Store what no reply said: silence, a deleted comment; *erase* says why all goes."""
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
        if erase:
            _request_erasure(connection, question, erase, clock)
    return {"dream": dream_id, "answer": state.value, "credit": "–"}


def _store_withdrawal(
    question: consents.OpenQuestion, ledger: Ledger, clock: Clock, *, why: str
) -> dict[str, object]:
    dream_id = question.dream_id
    with ledger.write() as connection:
        decisions.withdraw(connection, dream_id, question.comment_id, why=why, now=clock())
    return {"dream": dream_id, "answer": ConsentState.WITHDRAWN.value, "credit": "–"}


def _request_erasure(
    connection: Connection, question: consents.OpenQuestion, why: str, clock: Clock
) -> None:
    """The tombstone commits with the answer: whatever happens next, the erasure is not forgotten."""
    erasures.request(
        connection, question.comment_id, dream_id=question.dream_id, reason=why, now=clock()
    )
