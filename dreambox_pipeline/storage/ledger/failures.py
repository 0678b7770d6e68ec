"""Items that could not go on, so a batch can: what, why, how often."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.storage.database import upsert
from dreambox_pipeline.storage.tables import item_failures


def record(
    connection: Connection, *, stage: str, item_id: str, error: Exception, now: datetime
) -> None:
    """Write a failure down, or count it again."""
    values = {"error": type(error).__name__, "message": str(error)[:2000], "last_at": now}
    row = {"stage": stage, "item_id": item_id, "times": 0, "first_at": now, **values}
    # The row first, so two workers that fail on one item at once are both counted.
    upsert(connection, item_failures, row)
    connection.execute(
        sa.update(item_failures)
        .where(item_failures.c.stage == stage, item_failures.c.item_id == item_id)
        .values(times=item_failures.c.times + 1, **values)
    )


def clear(connection: Connection, *, stage: str, item_id: str) -> None:
    """The item went through after all."""
    connection.execute(
        sa.delete(item_failures).where(
            (item_failures.c.stage == stage) & (item_failures.c.item_id == item_id)
        )
    )


def newest(connection: Connection, *, limit: int = 20) -> list[tuple[str, str, str, int]]:
    """Stage, item, message and count of the newest failures."""
    rows = connection.execute(
        sa.select(
            item_failures.c.stage,
            item_failures.c.item_id,
            item_failures.c.message,
            item_failures.c.times,
        )
        .order_by(item_failures.c.last_at.desc())
        .limit(limit)
    )
    return [(stage, item_id, message, times) for stage, item_id, message, times in rows]
