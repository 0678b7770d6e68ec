"""The queue: which approved videos wait for which slot."""

from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.stages.posts.model import PostDraft, PublicationState, QueueItem, Slot
from dreambox_pipeline.stages.posts.publishing import decide
from dreambox_pipeline.storage.database import upsert
from dreambox_pipeline.storage.ledger import erasures
from dreambox_pipeline.storage.ledger.publication_moves import NOTHING_SENT
from dreambox_pipeline.storage.ledger.publication_rows import PublicationRow
from dreambox_pipeline.storage.tables import dreams, prompts, publications, rankings, videos


def items(connection: Connection, approved: dict[str, datetime]) -> list[QueueItem]:
    """What the queue needs to know about videos, those finished first first.

    Args:
        connection: An open ledger connection.
        approved: Render id to the moment a person approved exactly its content.
    """
    rows = connection.execute(
        sa.select(
            videos.c.render_id,
            videos.c.content_hash,
            prompts.c.style_id,
            rankings.c.score,
            dreams.c.facts,
        )
        .join(prompts, prompts.c.prompt_id == videos.c.prompt_id)
        .join(dreams, dreams.c.dream_id == videos.c.dream_id)
        .outerjoin(rankings, rankings.c.dream_id == videos.c.dream_id)
        .where(videos.c.render_id.in_(list(approved)))
        .order_by(videos.c.finished_at, videos.c.render_id)
    )
    return [
        QueueItem(
            render_id,
            content_hash,
            approved[render_id],
            score or 0.0,
            style_id,
            tuple(facts["motifs"]),
        )
        for render_id, content_hash, style_id, score, facts in rows
    ]


def enqueue(
    connection: Connection,
    publication_id: str,
    *,
    item: QueueItem,
    slot: Slot,
    draft: PostDraft,
    account_id: str,
    policy_version: int,
    now: datetime,
) -> bool:
    """Put a video into the queue; False when it is there already."""
    of_video = sa.select(videos.c.dream_id).where(videos.c.render_id == item.render_id)
    erasures.reopen(connection, of_video.scalar_subquery())
    return upsert(
        connection,
        publications,
        {
            "publication_id": publication_id,
            "render_id": item.render_id,
            "account_id": account_id,
            "content_hash": item.content_hash,
            **asdict(draft),
            "hashtags": list(draft.hashtags),
            **_slot_columns(slot, policy_version),
            "state": PublicationState.PLANNED.value,
            "created_at": now,
            "updated_at": now,
        },
    )


def reschedule(
    connection: Connection,
    publication: PublicationRow,
    slot: Slot,
    *,
    policy_version: int,
    now: datetime,
    is_pinned: bool = False,
) -> bool:
    """Move a planned video to another slot; False when it is no longer only planned.

    With *is_pinned* a person chose the slot, and later plans leave it alone.
    """
    result = connection.execute(
        sa.update(publications)
        .where(
            publications.c.publication_id == publication.publication_id,
            publications.c.state == PublicationState.PLANNED.value,
        )
        .values(
            **_slot_columns(slot, policy_version),
            is_pinned=is_pinned,
            updated_at=now,
        )
    )
    return result.rowcount == 1


def unpin(connection: Connection, publication_id: str, *, now: datetime) -> bool:
    """Let plans move a video again that a person put where it is; False when none was pinned."""
    result = connection.execute(
        sa.update(publications)
        .where(
            publications.c.publication_id == publication_id,
            publications.c.state == PublicationState.PLANNED.value,
            publications.c.is_pinned,
        )
        .values(is_pinned=False, updated_at=now)
    )
    return result.rowcount == 1


def requeue(
    connection: Connection,
    publication: PublicationRow,
    slot: Slot,
    *,
    policy_version: int,
    now: datetime,
) -> bool:
    """Plan a cancelled row again, after a person approved its video again; it was never sent.

    Raises:
        ValueError: The row is in a state that nobody may plan again.
    """
    to = decide(publication.state, PublicationState.PLANNED)
    result = connection.execute(
        sa.update(publications)
        .where(
            publications.c.publication_id == publication.publication_id,
            publications.c.state == publication.state.value,
        )
        .values(
            state=to.value,
            **_slot_columns(slot, policy_version),
            is_pinned=False,
            error=None,
            updated_at=now,
            **NOTHING_SENT,
        )
    )
    return result.rowcount == 1


def _slot_columns(slot: Slot, policy_version: int) -> dict[str, object]:
    """When a video is posted, and by which policy that was chosen."""
    return {
        "slot_at": slot.at,
        "slot_local": slot.local,
        "slot_value": slot.value,
        "slot_why": slot.why,
        "policy_version": policy_version,
    }
