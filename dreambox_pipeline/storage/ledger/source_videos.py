"""The account's own videos whose comments are read."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.stages.comments.model import SourceVideo
from dreambox_pipeline.storage.database import upsert
from dreambox_pipeline.storage.ledger import dreams as ledger_dreams
from dreambox_pipeline.storage.tables import dreams, publications, source_videos, videos


def save(connection: Connection, seen_now: Iterable[SourceVideo], *, now: datetime) -> int:
    """Store videos; a known one gets its newest caption and count. Returns how many were seen.

    The post of an erased dream is stored without its caption, which names the dreamer.
    """
    silenced = _posts_of_erased_dreams(connection)
    seen = 0
    for video in seen_now:
        upsert(
            connection,
            source_videos,
            {
                "source_video_id": video.source_video_id,
                "caption": "" if video.source_video_id in silenced else video.caption,
                "created_at": video.created_at,
                "share_url": video.share_url,
                "comments": video.comments,
                "asks_for_dreams": video.asks_for_dreams,
                "seen_at": now,
            },
            update=("caption", "share_url", "comments", "asks_for_dreams", "seen_at"),
        )
        seen += 1
    return seen


def _posts_of_erased_dreams(connection: Connection) -> frozenset[str | None]:
    rows = connection.scalars(
        sa.select(publications.c.post_id)
        .join(videos, videos.c.render_id == publications.c.render_id)
        .join(dreams, dreams.c.dream_id == videos.c.dream_id)
        .where(
            dreams.c.suspended_reason == ledger_dreams.ERASED, publications.c.post_id.is_not(None)
        )
    )
    return frozenset(rows)


def everything(connection: Connection) -> list[SourceVideo]:
    """All videos, newest first."""
    rows = connection.execute(
        sa.select(source_videos).order_by(source_videos.c.created_at.desc())
    ).mappings()
    return [
        SourceVideo(
            row["source_video_id"],
            row["caption"],
            row["created_at"],
            row["share_url"],
            row["comments"],
            row["asks_for_dreams"],
        )
        for row in rows
    ]


def asking_for_dreams(connection: Connection) -> frozenset[str]:
    """Ids of the videos whose caption asks viewers to tell a dream."""
    return frozenset(
        connection.scalars(
            sa.select(source_videos.c.source_video_id).where(
                source_videos.c.asks_for_dreams.is_(True)
            )
        )
    )
