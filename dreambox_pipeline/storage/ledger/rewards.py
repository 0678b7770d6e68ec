"""Post rewards, computed by learning and read by marts."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.stages.learning.model import PostReward
from dreambox_pipeline.storage.database import upsert
from dreambox_pipeline.storage.tables import post_rewards, publications


def save(connection: Connection, rewards: Iterable[PostReward], *, now: datetime) -> None:
    """Store rewards; a post's newer reward replaces the older one."""
    for reward in rewards:
        row = asdict(reward) | {"motifs": list(reward.motifs), "computed_at": now}
        upsert(
            connection, post_rewards, row, update=tuple(name for name in row if name != "post_id")
        )


def everything(connection: Connection) -> list[PostReward]:
    """All rewards, oldest post first."""
    names = [column.name for column in post_rewards.columns if column.name != "computed_at"]
    rows = connection.execute(
        sa.select(*[post_rewards.c[name] for name in names]).order_by(post_rewards.c.posted_at)
    ).mappings()
    return [PostReward(**{**row, "motifs": tuple(row["motifs"])}) for row in rows]


def hashtags(connection: Connection) -> dict[str, tuple[str, ...]]:
    """Post id to the hashtags it was posted with, of every post that was judged.

    A post whose words were erased has none.
    """
    rows = connection.execute(
        sa.select(post_rewards.c.post_id, publications.c.hashtags)
        .join(publications, publications.c.post_id == post_rewards.c.post_id)
        .order_by(post_rewards.c.post_id)
    )
    return {post_id: tuple(tags) for post_id, tags in rows}
