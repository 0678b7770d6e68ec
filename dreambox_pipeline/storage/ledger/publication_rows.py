"""The rows of publications as they are read: each one video's way onto the platform."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.stages.posts.model import COVER_MS, PostDraft, PublicationState, Route
from dreambox_pipeline.storage.ledger import attempts
from dreambox_pipeline.storage.tables import publications, videos

TERMINAL = (PublicationState.PUBLISHED, PublicationState.FAILED, PublicationState.CANCELLED)


@dataclass(frozen=True, slots=True)
class PublicationRow:
    """One video's way onto the platform.

    Attributes:
        claim: The token of the worker that took it last; None when nobody did since it was planned.
        route: By which it was claimed.
        privacy_level: As a person chose; None leaves it to the setting.
        unavailable_at: When TikTok said that the post is no longer public.
    """

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
    claim: str | None = None
    route: Route | None = None
    alt_text: str = ""
    cover_ms: int = COVER_MS
    privacy_level: str | None = None
    is_brand_organic: bool = False
    is_branded_content: bool = False
    unavailable_at: datetime | None = None

    @property
    def sent_by(self) -> Route:
        """The route it was claimed for; rows from before there was a choice went by the first one."""
        return self.route or Route.ACCOUNTS_API

    @property
    def draft(self) -> PostDraft:
        """What is said about it."""
        return PostDraft(
            caption=self.caption,
            hashtags=self.hashtags,
            alt_text=self.alt_text,
            cover_ms=self.cover_ms,
            privacy_level=self.privacy_level,
            is_brand_organic=self.is_brand_organic,
            is_branded_content=self.is_branded_content,
        )


_COLUMNS = [publications.c[name] for name in PublicationRow.__slots__]


def get(connection: Connection, publication_id: str) -> PublicationRow | None:
    """The row with this id."""
    found = _rows(connection, publications.c.publication_id == publication_id)
    return found[0] if found else None


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


def known_posts(connection: Connection, post_ids: Collection[str]) -> set[str]:
    """Those of *post_ids* that publications are known to have made."""
    made = publications.c.state == PublicationState.PUBLISHED.value
    asked = sa.select(publications.c.post_id).where(made, publications.c.post_id.in_(post_ids))
    return set(connection.scalars(asked))


def published(connection: Connection) -> list[PublicationRow]:
    """Posts that are public, oldest first."""
    return _rows(connection, publications.c.state == PublicationState.PUBLISHED.value)


def everything(connection: Connection) -> list[PublicationRow]:
    """All rows, by slot."""
    return _rows(connection, sa.true())


def of_publish_id(connection: Connection, publish_id: str) -> PublicationRow | None:
    """The row that was or is being published under an id of TikTok's, in any of its attempts."""
    attempt = attempts.of_publish_id(connection, publish_id)
    where = (
        publications.c.publish_id == publish_id
        if attempt is None
        else publications.c.publication_id == attempt.publication_id
    )
    return next(iter(_rows(connection, where)), None)


def of_post(connection: Connection, post_id: str) -> PublicationRow | None:
    """The row whose post this is."""
    return next(iter(_rows(connection, publications.c.post_id == post_id)), None)


def count_since(
    connection: Connection,
    since: datetime,
    *,
    until: datetime | None = None,
    account_id: str | None = None,
) -> int:
    """How many publications were sent to the platform since a moment, failed ones left out.

    With *until* what a clock that was wrong put later than that is left out, too.
    """
    where = (publications.c.initiated_at >= since) & (
        publications.c.state != PublicationState.FAILED.value
    )
    if until is not None:
        where &= publications.c.initiated_at < until
    if account_id is not None:
        where &= publications.c.account_id == account_id
    return int(
        connection.scalar(sa.select(sa.func.count(publications.c.publication_id)).where(where)) or 0
    )


def _rows(connection: Connection, where: sa.ColumnElement[bool]) -> list[PublicationRow]:
    rows = connection.execute(
        sa.select(*_COLUMNS)
        .where(where)
        .order_by(publications.c.slot_at, publications.c.publication_id)
    ).mappings()
    return [
        PublicationRow(
            **{
                **row,
                "hashtags": tuple(row["hashtags"]),
                "state": PublicationState(row["state"]),
                "route": Route(row["route"]) if row["route"] else None,
            }
        )
        for row in rows
    ]
