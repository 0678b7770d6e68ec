"""Who was asked, what they answered, and how they want to be credited."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.stages.dreams.consent import advance
from dreambox_pipeline.stages.dreams.model import ConsentState
from dreambox_pipeline.stages.posts.model import PublicationState
from dreambox_pipeline.storage.ledger import dreams as ledger_dreams
from dreambox_pipeline.storage.ledger import erasures
from dreambox_pipeline.storage.tables import consents, dreams, publications, videos

POSTED_EVERY = timedelta(days=1)
"""How often the replies about a posted dream are looked at: what is out cannot be stopped any more."""


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question that was sent, and whose answer or withdrawal we look for.

    Attributes:
        answered_at: When the dreamer granted, by the platform's clock; only later words can take it back.
    """

    dream_id: str
    comment_id: str
    source_video_id: str
    author_id: str
    state: ConsentState
    asked_at: datetime
    answered_at: datetime | None


def states(connection: Connection) -> dict[str, ConsentState]:
    """Dream id to consent state, for dreams whose dreamer was asked at least once."""
    rows = connection.execute(sa.select(consents.c.dream_id, consents.c.state))
    return {dream_id: ConsentState(state) for dream_id, state in rows}


def record_question(
    connection: Connection,
    dream_id: str,
    *,
    wording_version: str,
    text: str,
    question_comment_id: str,
    now: datetime,
) -> None:
    """The question stands under the comment: the dream is `asked`."""
    erasures.reopen(connection, dream_id)
    connection.execute(
        sa.insert(consents).values(
            dream_id=dream_id,
            state=ConsentState.ASKED.value,
            wording_version=wording_version,
            question_text=text,
            question_comment_id=question_comment_id,
            asked_at=now,
            updated_at=now,
        )
    )


def open_questions(connection: Connection, *, now: datetime) -> list[OpenQuestion]:
    """Questions without an answer yet, and granted ones, whose dreamer may withdraw at any time.

    A dream that is posted is among them once a day, see `mark_read`.
    """
    posted = (
        sa.select(videos.c.dream_id)
        .join(publications, publications.c.render_id == videos.c.render_id)
        .where(publications.c.state == PublicationState.PUBLISHED.value)
    )
    is_due = consents.c.dream_id.not_in(posted) | (consents.c.updated_at <= now - POSTED_EVERY)
    is_asked = consents.c.state == ConsentState.ASKED.value
    is_granted = consents.c.state == ConsentState.GRANTED.value
    return _questions(connection, is_asked | (is_granted & is_due))


def question_of(connection: Connection, dream_id: str) -> OpenQuestion | None:
    """The question that was asked about one dream, whatever became of it."""
    found = _questions(connection, consents.c.dream_id == dream_id)
    return found[0] if found else None


def mark_read(connection: Connection, dream_id: str, *, now: datetime) -> None:
    """The replies were read and changed nothing."""
    connection.execute(
        sa.update(consents).where(consents.c.dream_id == dream_id).values(updated_at=now)
    )


def record_answer(
    connection: Connection,
    dream_id: str,
    *,
    state: ConsentState,
    now: datetime,
    answer_comment_id: str | None = None,
    answer_hash: str | None = None,
    answered_at: datetime | None = None,
    credit: str | None = None,
) -> None:
    """Store what the dreamer decided, with the proof. `credit` is their handle, or None for anonymous.

    Raises:
        ItemError: The consent's machine has no arrow from where it is, or another process moved
            it meanwhile. Nothing was changed.
    """
    found = connection.scalar(sa.select(consents.c.state).where(consents.c.dream_id == dream_id))
    try:
        advance(ConsentState(found or ConsentState.NONE), state)
    except ValueError as error:
        raise ItemError(f"{dream_id}: {error} Nothing was changed.") from error
    values: dict[str, object] = {"state": state.value, "updated_at": now}
    if answer_comment_id is not None:
        values |= {
            "answer_comment_id": answer_comment_id,
            "answer_hash": answer_hash,
            "answered_at": answered_at or now,
            "credit": credit,
        }
    if state is ConsentState.WITHDRAWN:
        values |= {"withdrawn_at": now, "credit": None}
    moved = connection.execute(
        sa.update(consents)
        .where(consents.c.dream_id == dream_id, consents.c.state == found)
        .values(**values)
    ).rowcount
    if moved != 1:
        raise ItemError(
            f"The consent of {dream_id} is no longer {found}: another process moved it. Nothing was "
            "changed; the next run looks again."
        )


def credit_of(connection: Connection, dream_id: str) -> str | None:
    """The handle to credit, or None for anonymous."""
    return connection.scalar(sa.select(consents.c.credit).where(consents.c.dream_id == dream_id))


def is_credited_in_video(connection: Connection, dream_id: str) -> bool:
    """Whether a finished video of the dream shows its dreamer's handle."""
    credited = sa.select(videos.c.render_id).where(
        videos.c.dream_id == dream_id, videos.c.credit.is_not(None)
    )
    return connection.scalar(credited.limit(1)) is not None


def drop_credit(connection: Connection, dream_id: str, *, now: datetime) -> bool:
    """The dreamer stays unnamed from now on. Returns False when they were anonymous already."""
    dropped = connection.execute(
        sa.update(consents)
        .where(consents.c.dream_id == dream_id, consents.c.credit.is_not(None))
        .values(credit=None, updated_at=now)
    )
    return dropped.rowcount == 1


def is_granted(connection: Connection, dream_id: str) -> bool:
    """The dreamer said yes, did not take it back, and the dream is not suspended."""
    state = connection.scalar(
        sa.select(consents.c.state)
        .join(dreams, dreams.c.dream_id == consents.c.dream_id)
        .where(consents.c.dream_id == dream_id, dreams.c.suspended_at.is_(None))
    )
    return state == ConsentState.GRANTED.value


def held_back() -> sa.Select[tuple[str]]:
    """Ids of dreams that are agreed to and suspended for a while, for other modules' statements.

    Their comment is hidden, or a person left them out: what was begun waits and is not given up.
    """
    return (
        sa.select(consents.c.dream_id)
        .join(dreams, dreams.c.dream_id == consents.c.dream_id)
        .where(
            consents.c.state == ConsentState.GRANTED.value,
            dreams.c.suspended_at.is_not(None),
            dreams.c.suspended_reason != ledger_dreams.ERASED,
        )
    )


def is_held_back(connection: Connection, dream_id: str) -> bool:
    """Whether the dream is among `held_back`."""
    return connection.scalar(held_back().where(consents.c.dream_id == dream_id)) is not None


def asked_since(connection: Connection, since: datetime) -> int:
    """How many questions were posted since a moment."""
    asked = sa.select(sa.func.count()).select_from(consents).where(consents.c.asked_at >= since)
    return connection.scalar(asked) or 0


def _questions(connection: Connection, where: sa.ColumnElement[bool]) -> list[OpenQuestion]:
    rows = connection.execute(
        sa.select(
            consents.c.dream_id,
            dreams.c.comment_id,
            dreams.c.source_video_id,
            dreams.c.author_id,
            consents.c.state,
            consents.c.asked_at,
            consents.c.answered_at,
        )
        .join(dreams, dreams.c.dream_id == consents.c.dream_id)
        .where(where)
        .order_by(consents.c.asked_at)
    )
    return [
        OpenQuestion(dream, comment, video, author, ConsentState(state), asked, answered)
        for dream, comment, video, author, state, asked, answered in rows
    ]
