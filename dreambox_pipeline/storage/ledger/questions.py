r"""The consent questions among the outbox's rows: what was asked lately, and whether people see it.

sent -> shown    it stands under the comment for everybody
   \-> hidden   the platform accepted it and hides it, as it does with bulk text
"""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.storage.tables import consents, outbox

KIND = "consent_question"
SHOWN = "shown"
HIDDEN = "hidden"


def key_of(dream_id: str) -> str:
    """The outbox key of a dream's question: one dreamer is asked about one dream once."""
    return f"{KIND}:{dream_id}"


def wordings_since(connection: Connection, since: datetime) -> list[str]:
    """Versions of the wordings written down since a moment, oldest first."""
    rows = connection.scalars(
        sa.select(outbox.c.payload)
        .where(outbox.c.kind == KIND, outbox.c.created_at >= since, outbox.c.state != "failed")
        .order_by(outbox.c.created_at, outbox.c.key)
    )
    return [payload["wording_version"] for payload in rows if "wording_version" in payload]


def not_looked_at(connection: Connection, *, sent_before: datetime) -> dict[str, str]:
    """Dream id to our question's comment id, where nobody checked yet that it can be seen."""
    rows = connection.execute(
        sa.select(consents.c.dream_id, consents.c.question_comment_id)
        .join(outbox, outbox.c.key == sa.literal(f"{KIND}:") + consents.c.dream_id)
        .where(outbox.c.state == "sent", outbox.c.updated_at <= sent_before)
    )
    return {dream_id: comment_id for dream_id, comment_id in rows if comment_id}


def mark(connection: Connection, dream_id: str, state: str, *, now: datetime) -> None:
    """Write down that the question was seen to be `SHOWN` or `HIDDEN`."""
    connection.execute(
        sa.update(outbox)
        .where(outbox.c.key == key_of(dream_id), outbox.c.state == "sent")
        .values(state=state, updated_at=now)
    )


def hidden_since(connection: Connection, since: datetime) -> int:
    """How many questions were found hidden since a moment."""
    found = (
        sa.select(sa.func.count())
        .select_from(outbox)
        .where(outbox.c.kind == KIND, outbox.c.state == HIDDEN, outbox.c.updated_at >= since)
    )
    return connection.scalar(found) or 0


def give_up(connection: Connection, keys: Sequence[str], *, reason: str, now: datetime) -> None:
    """Questions that must not be sent any more, for a reason that is a sentence."""
    connection.execute(
        sa.update(outbox)
        .where(outbox.c.key.in_(keys), outbox.c.state == "pending")
        .values(state="failed", error=reason, updated_at=now)
    )
