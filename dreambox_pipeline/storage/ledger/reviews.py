"""Review events: appended, never changed; the state is derived from them."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.stages.review.model import Decision, ReviewEvent
from dreambox_pipeline.storage.tables import review_events


def append(connection: Connection, event: ReviewEvent) -> int:
    """Store a decision and return its event id."""
    result = connection.execute(
        sa.insert(review_events)
        .values(
            render_id=event.render_id,
            content_hash=event.content_hash,
            decision=event.decision.value,
            reviewer=event.reviewer,
            reason=event.reason,
            decided_at=event.decided_at,
        )
        .returning(review_events.c.event_id)
    )
    return int(result.scalar_one())


def events(
    connection: Connection, *, render_id: str | None = None, after: int = 0
) -> list[ReviewEvent]:
    """Events in the order they happened, of one video or of all, after an event id."""
    statement = sa.select(review_events).where(review_events.c.event_id > after)
    if render_id is not None:
        statement = statement.where(review_events.c.render_id == render_id)
    rows = connection.execute(statement.order_by(review_events.c.event_id)).mappings()
    return [
        ReviewEvent(
            row["event_id"],
            row["render_id"],
            row["content_hash"],
            Decision(row["decision"]),
            row["reviewer"],
            row["reason"],
            row["decided_at"],
        )
        for row in rows
    ]
