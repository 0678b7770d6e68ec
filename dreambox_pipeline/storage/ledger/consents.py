"""Who was asked, what they answered, and how they want to be credited."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.stages.dreams.model import ConsentState
from dreambox_pipeline.storage.tables import consents, dreams


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


def open_questions(connection: Connection) -> list[OpenQuestion]:
    """Questions without an answer yet, and granted ones, whose dreamer may withdraw at any time."""
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
        .where(consents.c.state.in_((ConsentState.ASKED.value, ConsentState.GRANTED.value)))
        .order_by(consents.c.asked_at)
    )
    return [
        OpenQuestion(dream, comment, video, author, ConsentState(state), asked, answered)
        for dream, comment, video, author, state, asked, answered in rows
    ]


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
    """Store what the dreamer decided, with the proof. `credit` is their handle, or None for anonymous."""
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
    connection.execute(sa.update(consents).where(consents.c.dream_id == dream_id).values(**values))


def credit_of(connection: Connection, dream_id: str) -> str | None:
    """The handle to credit, or None for anonymous."""
    return connection.scalar(sa.select(consents.c.credit).where(consents.c.dream_id == dream_id))


def is_granted(connection: Connection, dream_id: str) -> bool:
    """The dreamer said yes and did not take it back."""
    state = connection.scalar(sa.select(consents.c.state).where(consents.c.dream_id == dream_id))
    return state == ConsentState.GRANTED.value


def asked_since(connection: Connection, since: datetime) -> int:
    """How many questions were posted since a moment."""
    asked = sa.select(sa.func.count()).select_from(consents).where(consents.c.asked_at >= since)
    return connection.scalar(asked) or 0
