"""When each of our videos was asked for comments last, and when it is due again.

The plan itself (fresh videos often, old ones rarely) is `stages.comments.polling`'s.
"""

from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.storage.database import upsert
from dreambox_pipeline.storage.tables import video_polls


@dataclass(frozen=True, slots=True)
class PollState:
    """What the last look at one video left behind.

    Attributes:
        seen_until: Comments up to this moment are stored; None before any were.
        comments: How many comments the platform counted, None when it did not say.
        new_comments: How many of them the last look found new.
    """

    source_video_id: str
    polled_at: datetime
    seen_until: datetime | None
    comments: int | None
    new_comments: int
    due_at: datetime


def states(connection: Connection) -> dict[str, PollState]:
    """Video id to its state, for every video that was looked at."""
    rows = connection.execute(
        sa.select(*(video_polls.c[name] for name in PollState.__slots__)).order_by(
            video_polls.c.due_at, video_polls.c.source_video_id
        )
    )
    return {state.source_video_id: state for state in (PollState(*row) for row in rows)}


def record(connection: Connection, state: PollState) -> None:
    """Store a video's newest state."""
    row = asdict(state)
    update = tuple(name for name in row if name != "source_video_id")
    upsert(connection, video_polls, row, update=update)
