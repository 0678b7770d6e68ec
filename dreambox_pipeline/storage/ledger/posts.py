"""Published posts joined with the choices that led to them, as learning wants them."""

from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.stages.engagement.model import EngagementSnapshot
from dreambox_pipeline.stages.learning.rewards import PublishedPost
from dreambox_pipeline.stages.posts.model import PublicationState
from dreambox_pipeline.storage.tables import dreams, prompts, publications, videos


def published(connection: Connection, zone: ZoneInfo) -> list[PublishedPost]:
    """Public posts, oldest first; hour and weekday are wall time in *zone*."""
    rows = connection.execute(
        sa.select(
            publications.c.post_id,
            publications.c.render_id,
            publications.c.published_at,
            prompts.c.style_id,
            dreams.c.facts,
        )
        .join(videos, videos.c.render_id == publications.c.render_id)
        .join(prompts, prompts.c.prompt_id == videos.c.prompt_id)
        .join(dreams, dreams.c.dream_id == videos.c.dream_id)
        .where(
            publications.c.state == PublicationState.PUBLISHED.value,
            publications.c.post_id.is_not(None),
        )
        .order_by(publications.c.published_at)
    )
    found = []
    for post_id, render_id, posted_at, style_id, facts in rows:
        local = posted_at.astimezone(zone)
        found.append(
            PublishedPost(
                post_id=post_id,
                render_id=render_id,
                posted_at=posted_at,
                local_hour=local.hour,
                local_weekday=local.weekday(),
                style_id=style_id,
                setting=facts["setting"],
                motifs=tuple(facts["motifs"]),
            )
        )
    return found


def snapshots(rows: Iterable[Mapping[str, Any]]) -> list[EngagementSnapshot]:
    """Rows of the lake's snapshots as values."""
    return [EngagementSnapshot(**row) for row in rows]
