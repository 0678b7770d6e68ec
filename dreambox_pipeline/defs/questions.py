"""Asking dreamers over TikTok's replies, each about one dream once, and seeing that it arrived.

A question is written to the outbox before it is sent. TikTok has no idempotency key, so when no
answer comes to a reply we look for our own reply under the comment before anything is sent again.
TikTok hides what it takes for bulk text and says so to nobody: texts take turns, and minutes
later each question is looked at. Several hidden ones, and nobody else is asked for a day.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.defs.failures import Batch, run_batch
from dreambox_pipeline.defs.resources import TikTokAccount
from dreambox_pipeline.errors import ItemError, TransientError
from dreambox_pipeline.safety.consent_wording import next_question
from dreambox_pipeline.stages.dreams.consent import choose_to_ask, questions_left
from dreambox_pipeline.storage.ledger import (
    Ledger,
    audit,
    consents,
    outbox,
    questions,
    tasks,
    tellings,
)
from dreambox_pipeline.storage.ledger import (
    dreams as ledger_dreams,
)
from dreambox_pipeline.tiktok.errors import NotFound, TikTokError
from dreambox_pipeline.tiktok.schemas import CommentObject

QUESTION = questions.KIND

SHOWN_AFTER = timedelta(minutes=10)
"""A reply may not be listed, or shown to others, at once; after this long it did not get through."""

DAY = timedelta(days=1)
WORN_OUT_FOR = timedelta(hours=1)
"""How long the use of a wording counts; TikTok counts alike replies over about as long."""

question_key = questions.key_of


def room_for_questions(connection: Connection, *, now: datetime) -> int:
    """How many dreamers may be asked now, whoever they are."""
    return questions_left(
        asked_today=consents.asked_since(connection, now - DAY),
        hidden_today=questions.hidden_since(connection, now - DAY),
    )


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
        _drop_suspended(connection, now=now)
        ranked = ledger_dreams.ranking(connection)
        wanted = [dream for dream in ranked if dream.dream_id in ids] if ids else ranked
        today = room_for_questions(connection, now=now)
        room = min(limit, today) - len(outbox.unsent(connection, QUESTION))
        for dream in choose_to_ask(wanted, consents.states(connection), limit=len(wanted)):
            if room <= 0:
                break
            # A question that is in the outbox already, even one TikTok refused, takes nobody's place.
            room -= _write_down(connection, dream.dream_id, now=now)
    with ledger.read() as connection:
        rows = _to_send(connection, now=now)
    return run_batch(
        rows,
        lambda row: _send(row, tiktok, ledger, clock),
        stage="consents",
        item_id=lambda row: str(row.payload["dream_id"]),
        ledger=ledger,
        clock=clock,
        log=log,
    )


def _to_send(connection: Connection, *, now: datetime) -> list[outbox.OutboxRow]:
    """What may be out already, to be looked up, and as many new questions as the day has room for.

    Written down is not sent: questions found hidden since then hold back what still waits.
    """
    rows = outbox.unsent(connection, QUESTION)
    unknown = [row for row in rows if row.state == "unknown"]
    room = max(0, room_for_questions(connection, now=now) - len(unknown))
    return [*unknown, *[row for row in rows if row.state == "pending"][:room]]


def look_at_question(
    dream_id: str,
    question_comment_id: str,
    replies: list[CommentObject],
    *,
    ledger: Ledger,
    now: datetime,
) -> None:
    """Note whether our question is there for everybody, and give a person the task when it is not."""
    found = next((each for each in replies if each.comment_id == question_comment_id), None)
    is_shown = found is not None and found.status == "PUBLIC"
    with ledger.write() as connection:
        state = questions.SHOWN if is_shown else questions.HIDDEN
        questions.mark(connection, dream_id, state, now=now)
        question = consents.question_of(connection, dream_id)
        if is_shown or question is None:
            return
        payload = {
            "dream_id": dream_id,
            "comment_id": question.comment_id,
            "source_video_id": question.source_video_id,
            "question_comment_id": question_comment_id,
            "asked_at": question.asked_at.isoformat(),
        }
        tasks.open_task(connection, tasks.HIDDEN_QUESTION, dream_id, payload=payload, now=now)
        audit.append(
            connection,
            actor="pipeline",
            action="consent.question_hidden",
            subject=dream_id,
            now=now,
            detail={"question": question_comment_id},
        )


def questions_to_look_at(connection: Connection, *, now: datetime) -> dict[str, str]:
    """Dream id to our question's comment id, where it stands long enough to be seen by others."""
    return questions.not_looked_at(connection, sent_before=now - SHOWN_AFTER)


def comment_now(video_id: str, comment_id: str, tiktok: TikTokAccount) -> CommentObject | None:
    """The dream's comment, also when it is hidden; None when it or its video is gone."""
    try:
        return tiktok.client.comment(video_id, comment_id)
    except NotFound:
        return None


def _drop_suspended(connection: Connection, *, now: datetime) -> None:
    """Whose comment was hidden or taken back since is not asked, if the question is not out yet."""
    suspended = tellings.suspended_comments(connection)
    keys = [
        row.key
        for row in outbox.unsent(connection, QUESTION)
        if row.payload.get("comment_id") in suspended
    ]
    questions.give_up(
        connection, keys, reason="The dream was suspended before its dreamer was asked.", now=now
    )


def _write_down(connection: Connection, dream_id: str, *, now: datetime) -> bool:
    """Put the question into the outbox; False when it is there already or no wording is free."""
    report = ledger_dreams.report(connection, dream_id)
    if report is None:
        return False
    recent = questions.wordings_since(connection, now - WORN_OUT_FOR)
    wording = next_question(dream_id, report.lang, recent=recent)
    if wording is None:
        return False
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
            _check_not_suspended(connection, row)
            if not outbox.claim(connection, row, now=clock()):
                raise TransientError(
                    f"Another process is sending the question about {question['dream_id']}; nothing "
                    "is sent here."
                )
        already = _reply(row, tiktok, ledger, clock)
    with ledger.write() as connection:
        now = clock()
        if not outbox.mark_sent(connection, row.key, result=already.comment_id, now=now):
            # Another process that looked it up wrote it all down.
            return {"dream": question["dream_id"], "wording": question["wording_version"]}
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


def _check_not_suspended(connection: Connection, row: outbox.OutboxRow) -> None:
    """Look again in the transaction that sends: minutes may lie between choosing and sending.

    Raises:
        ItemError: The dream was suspended or erased meanwhile; nothing is sent.
    """
    dream_id = row.payload["dream_id"]
    if tellings.is_suspended(connection, dream_id):
        raise ItemError(f"{dream_id} was suspended before its dreamer was asked; nothing is sent.")


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
        if comment_now(video_id, comment_id, tiktok) is not None:
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
