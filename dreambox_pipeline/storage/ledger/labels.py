"""What people decided about single comments: a dream or none. The detector may learn from it."""

from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.storage.database import upsert
from dreambox_pipeline.storage.ledger import erasures
from dreambox_pipeline.storage.tables import dream_labels


@dataclass(frozen=True, slots=True)
class Label:
    """One decision; `text` is redacted."""

    comment_id: str
    is_dream: bool
    text: str
    lang: str
    decided_by: str
    decided_at: datetime


def record(connection: Connection, label: Label) -> None:
    """Store a decision; a later one about the same comment replaces it.

    About an erased comment nothing is stored.
    """
    if erasures.is_erased(connection, label.comment_id):
        return
    row = asdict(label)
    upsert(
        connection, dream_labels, row, update=tuple(name for name in row if name != "comment_id")
    )


def everything(connection: Connection) -> list[Label]:
    """All decisions, oldest first."""
    rows = connection.execute(
        sa.select(*(dream_labels.c[name] for name in Label.__slots__)).order_by(
            dream_labels.c.decided_at, dream_labels.c.comment_id
        )
    )
    return [Label(*row) for row in rows]
