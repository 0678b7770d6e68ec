"""How far a collection of old comments came, so a killed one goes on where it stopped.

A collection key names one range of days, not a run: the next run over the same range asks what
is done already. A finished collection is forgotten, so the same days can be read again.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.storage.database import upsert
from dreambox_pipeline.storage.tables import collected_videos


def mark(
    connection: Connection,
    collection_key: str,
    source_video_id: str,
    *,
    comments: int,
    now: datetime,
) -> None:
    """All comments of this video that belong to the collection are stored; *comments* is how many."""
    row = {
        "collection_key": collection_key,
        "source_video_id": source_video_id,
        "comments": comments,
        "read_at": now,
    }
    upsert(connection, collected_videos, row, update=("comments", "read_at"))


def done(connection: Connection, collection_key: str) -> dict[str, int]:
    """Video id to number of comments, for the videos that are through."""
    rows = connection.execute(
        sa.select(collected_videos.c.source_video_id, collected_videos.c.comments)
        .where(collected_videos.c.collection_key == collection_key)
        .order_by(collected_videos.c.source_video_id)
    )
    return {video: comments for video, comments in rows}  # noqa: C416 - a Row is not a tuple for mypy


def forget(connection: Connection, collection_key: str) -> None:
    """The collection is complete, or is to begin anew."""
    connection.execute(
        sa.delete(collected_videos).where(collected_videos.c.collection_key == collection_key)
    )
