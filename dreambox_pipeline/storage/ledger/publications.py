"""The queue and what was published: a row and a content hash exist before any request."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.stages.posts.model import PostDraft, PublicationState, QueueItem, Slot
from dreambox_pipeline.stages.posts.publishing import advance, decide
from dreambox_pipeline.storage.database import upsert
from dreambox_pipeline.storage.ledger import erasures, switches
from dreambox_pipeline.storage.tables import dreams, prompts, publications, rankings, videos

TERMINAL = (PublicationState.PUBLISHED, PublicationState.FAILED, PublicationState.CANCELLED)


@dataclass(frozen=True, slots=True)
class PublicationRow:
    """One video's way onto the platform."""

    publication_id: str
    render_id: str
    account_id: str
    content_hash: str
    caption: str
    hashtags: tuple[str, ...]
    slot_at: datetime
    slot_local: str
    slot_value: float
    slot_why: str
    state: PublicationState
    publish_id: str | None
    post_id: str | None
    initiated_at: datetime | None
    published_at: datetime | None
    error: str | None
    policy_version: int
    updated_at: datetime
    is_pinned: bool = False


_COLUMNS = [publications.c[name] for name in PublicationRow.__slots__]


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
            "caption": draft.caption,
            "hashtags": list(draft.hashtags),
            "slot_at": slot.at,
            "slot_local": slot.local,
            "slot_value": slot.value,
            "slot_why": slot.why,
            "policy_version": policy_version,
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
            slot_at=slot.at,
            slot_local=slot.local,
            slot_value=slot.value,
            slot_why=slot.why,
            policy_version=policy_version,
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
            slot_at=slot.at,
            slot_local=slot.local,
            slot_value=slot.value,
            slot_why=slot.why,
            policy_version=policy_version,
            is_pinned=False,
            error=None,
            updated_at=now,
        )
    )
    return result.rowcount == 1


def planned(connection: Connection) -> list[PublicationRow]:
    """The queue, next slot first."""
    return _rows(connection, publications.c.state == PublicationState.PLANNED.value)


def of_dream(connection: Connection, dream_id: str) -> list[PublicationRow]:
    """Every row that was made from one dream, whatever became of it."""
    renders = sa.select(videos.c.render_id).where(videos.c.dream_id == dream_id)
    return _rows(connection, publications.c.render_id.in_(renders))


def planned_for_dream(connection: Connection, dream_id: str) -> list[PublicationRow]:
    """Rows in the queue that were made from one dream."""
    return [row for row in of_dream(connection, dream_id) if row.state is PublicationState.PLANNED]


def due(
    connection: Connection, *, now: datetime, ids: list[str] | None = None
) -> list[PublicationRow]:
    """Planned rows whose slot has come, oldest slot first."""
    where = (publications.c.state == PublicationState.PLANNED.value) & (
        publications.c.slot_at <= now
    )
    if ids:
        where &= publications.c.publication_id.in_(ids) | publications.c.render_id.in_(ids)
    return _rows(connection, where)


def in_flight(connection: Connection) -> list[PublicationRow]:
    """Rows between claim and end: their outcome has to be found out."""
    ended = [state.value for state in (*TERMINAL, PublicationState.PLANNED)]
    return _rows(connection, publications.c.state.not_in(ended))


def published(connection: Connection) -> list[PublicationRow]:
    """Posts that are public, oldest first."""
    return _rows(connection, publications.c.state == PublicationState.PUBLISHED.value)


def everything(connection: Connection) -> list[PublicationRow]:
    """All rows, by slot."""
    return _rows(connection, sa.true())


def get(connection: Connection, publication_id: str) -> PublicationRow | None:
    """The row with this id."""
    found = _rows(connection, publications.c.publication_id == publication_id)
    return found[0] if found else None


def claim(connection: Connection, publication_id: str, *, claim_token: str, now: datetime) -> bool:
    """Take a planned row; of two workers exactly one gets True.

    Raises:
        PausedError: A person has paused posting, see `switches`. Nothing was changed.
    """
    switches.refuse_if_paused(connection, now=now)
    result = connection.execute(
        sa.update(publications)
        .where(
            publications.c.publication_id == publication_id,
            publications.c.state == PublicationState.PLANNED.value,
        )
        .values(state=PublicationState.CLAIMED.value, claim=claim_token, updated_at=now)
    )
    return result.rowcount == 1


def move(
    connection: Connection,
    publication: PublicationRow,
    to: PublicationState,
    *,
    now: datetime,
    publish_id: str | None = None,
    post_id: str | None = None,
    error: str | None = None,
) -> PublicationRow:
    """Move a row along an arrow of the state machine and store what is known now.

    Raises:
        ValueError: There is no such arrow.
        ItemError: Another process moved the row meanwhile. Nothing was changed.
    """
    values: dict[str, object] = {
        "state": advance(publication.state, to).value,
        "updated_at": now,
        "error": error,
    }
    if publish_id is not None:
        values["publish_id"] = publish_id
    if post_id is not None:
        values["post_id"] = post_id
    if to in (PublicationState.INITIATED, PublicationState.UNCONFIRMED):
        # An unconfirmed request may be out: it counts towards the limits from its moment on.
        values["initiated_at"] = publication.initiated_at or now
    if to is PublicationState.PUBLISHED:
        values["published_at"] = publication.initiated_at or now
    return _write(connection, publication, values)


def settle(
    connection: Connection,
    publication: PublicationRow,
    to: PublicationState,
    *,
    now: datetime,
    post_id: str | None = None,
    error: str | None = None,
) -> PublicationRow:
    """Take a row along an arrow that only a person may draw, after looking at the account.

    Raises:
        ValueError: Not even a person may.
        ItemError: Another process moved the row meanwhile. Nothing was changed.
    """
    values: dict[str, object] = {
        "state": decide(publication.state, to).value,
        "updated_at": now,
        "error": error,
    }
    if to is PublicationState.PUBLISHED:
        values |= {"post_id": post_id, "published_at": publication.initiated_at or now}
    if to is PublicationState.PLANNED:
        # Another request will be another post; nothing of the old one may be asked for it.
        values |= dict.fromkeys(("claim", "publish_id", "initiated_at"))
    return _write(connection, publication, values)


def _write(
    connection: Connection, publication: PublicationRow, values: dict[str, object]
) -> PublicationRow:
    moved = connection.execute(
        sa.update(publications)
        .where(
            publications.c.publication_id == publication.publication_id,
            publications.c.state == publication.state.value,
        )
        .values(**values)
    ).rowcount
    if moved != 1:
        raise ItemError(
            f"{publication.publication_id} is no longer {publication.state}: another process moved "
            "it. Nothing was changed; the next run looks again."
        )
    row = get(connection, publication.publication_id)
    if row is None:
        raise AssertionError(publication.publication_id)
    return row


def count_since(connection: Connection, since: datetime) -> int:
    """How many publications were sent to the platform since a moment, whatever became of them."""
    return int(
        connection.scalar(
            sa.select(sa.func.count())
            .select_from(publications)
            .where(publications.c.initiated_at >= since)
        )
        or 0
    )


def _rows(connection: Connection, where: sa.ColumnElement[bool]) -> list[PublicationRow]:
    rows = connection.execute(
        sa.select(*_COLUMNS)
        .where(where)
        .order_by(publications.c.slot_at, publications.c.publication_id)
    ).mappings()
    return [
        PublicationRow(
            **{**row, "hashtags": tuple(row["hashtags"]), "state": PublicationState(row["state"])}
        )
        for row in rows
    ]
