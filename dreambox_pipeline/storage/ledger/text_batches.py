"""Batches of texts that a language model's provider reads over hours, written down before sending.

The key is a hash of the requests and the model, so the same work is never paid for twice: a
killed run finds its row, and with it the provider's id. No text is kept here.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.storage.database import upsert
from dreambox_pipeline.storage.tables import text_batches

PLANNED = "planned"
"""State of a batch that is written down and may not have been sent; the rest are its sender's."""


@dataclass(frozen=True, slots=True)
class BatchRow:
    """One batch; `provider_batch_id` is None until the provider named it."""

    batch_key: str
    provider_batch_id: str | None
    state: str
    items: int


def find(connection: Connection, batch_key: str) -> BatchRow | None:
    """The batch with this key."""
    row = connection.execute(
        sa.select(*(text_batches.c[name] for name in BatchRow.__slots__)).where(
            text_batches.c.batch_key == batch_key
        )
    ).first()
    return BatchRow(*row) if row else None


def remember(connection: Connection, batch_key: str, *, items: int, now: datetime) -> bool:
    """Write a batch down before it is sent. Returns False when it stands there already."""
    row = {
        "batch_key": batch_key,
        "state": PLANNED,
        "items": items,
        "created_at": now,
        "updated_at": now,
    }
    return upsert(connection, text_batches, row)


def set_provider_id(
    connection: Connection, batch_key: str, provider_batch_id: str | None, *, now: datetime
) -> None:
    """The provider took the batch under this id; None when it has to be sent anew."""
    _update(connection, batch_key, provider_batch_id=provider_batch_id, updated_at=now)


def set_state(connection: Connection, batch_key: str, state: str, *, now: datetime) -> None:
    """The provider said how far it is."""
    _update(connection, batch_key, state=state, updated_at=now)


def _update(connection: Connection, batch_key: str, **values: object) -> None:
    connection.execute(
        sa.update(text_batches).where(text_batches.c.batch_key == batch_key).values(**values)
    )
