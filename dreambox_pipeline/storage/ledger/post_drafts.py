"""What is said about a video when it is posted: written once by a writer, then a person's to change.

A draft and the publication made of it say the same as long as nothing was sent: whoever writes
the one writes the other in the same transaction.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.stages.dreams.model import ConsentState
from dreambox_pipeline.stages.posts.model import PostDraft, PublicationState
from dreambox_pipeline.storage.database import upsert
from dreambox_pipeline.storage.ledger import audit, dreams, erasures
from dreambox_pipeline.storage.tables import consents, post_drafts, publications, videos

EDITED: Final = "post_draft.edited"
"""What the audit chain says; it names the fields that changed, never their words."""

CHANGEABLE: Final = (
    PublicationState.PLANNED.value,
    PublicationState.CANCELLED.value,
    PublicationState.FAILED.value,
)
"""States from which a row may be sent with other words: nothing of it is on its way."""

_FIELDS: Final = tuple(PostDraft.__slots__)


@dataclass(frozen=True, slots=True)
class StoredDraft:
    """A draft and who it is from.

    Attributes:
        writer: `embedded`, a language model's name and version, or `embedded (fallback: …)`.
        policy_version: Of the policy that chose the hashtags.
        edited_by: The person who changed it last, such as `reviewer:mia`; no program writes
            it again.
    """

    render_id: str
    draft: PostDraft
    writer: str
    policy_version: int
    written_at: datetime
    edited_by: str | None = None
    edited_at: datetime | None = None


def get(connection: Connection, render_id: str) -> StoredDraft | None:
    """The draft of this video, or None before one was written."""
    row = (
        connection.execute(sa.select(post_drafts).where(post_drafts.c.render_id == render_id))
        .mappings()
        .first()
    )
    return _stored(row) if row else None


def lock(connection: Connection, render_id: str) -> None:
    """Until the transaction ends, nobody else words this video's post or queues it.

    Whoever copies the draft into a publication reads it under this lock, or a change committed in
    between would be lost. SQLite has one writer anyway.
    """
    connection.execute(
        sa.select(videos.c.render_id).where(videos.c.render_id == render_id).with_for_update()
    )


def write(
    connection: Connection,
    render_id: str,
    draft: PostDraft,
    *,
    writer: str,
    policy_version: int,
    now: datetime,
) -> bool:
    """Store a program's draft in place of an older one; a planned publication says the same.

    Returns:
        False when a person changed the draft before, or the post is on its way; nothing was
        changed then.
    """
    lock(connection, render_id)
    before = get(connection, render_id)
    if (before and before.edited_at) or not _follow(connection, render_id, draft):
        return False
    row = {
        "render_id": render_id,
        **_values(draft),
        "writer": writer,
        "policy_version": policy_version,
        "written_at": now,
    }
    of_video = sa.select(videos.c.dream_id).where(videos.c.render_id == render_id)
    erasures.reopen(connection, of_video.scalar_subquery())
    return upsert(
        connection,
        post_drafts,
        row,
        update=tuple(name for name in row if name != "render_id"),
    )


def edit(
    connection: Connection, render_id: str, draft: PostDraft, *, by: str, now: datetime
) -> bool:
    """Store what a person made of a draft; a publication that was not sent yet says the same.

    What the draft must obey is `stages.posts.draft_rules`' to say, before this.

    Args:
        connection: A write transaction.
        render_id: Of a video with a draft.
        draft: All of it, not only what changed.
        by: Who, such as `reviewer:mia`.
        now: The moment, aware.

    Returns:
        False when nothing differs; nothing was written then.

    Raises:
        ItemError: There is no draft, or the post is on its way. Nothing was changed.
    """
    lock(connection, render_id)
    before = get(connection, render_id)
    if before is None:
        raise ItemError(
            f"{render_id} has no draft to change. Give its id to post_drafts, then change what it writes."
        )
    changed = sorted(
        name for name in _FIELDS if getattr(before.draft, name) != getattr(draft, name)
    )
    if not changed:
        return False
    if not _follow(connection, render_id, draft):
        raise ItemError(
            f"The post of {render_id} is on its way or out with its old words, which no program can "
            "change any more. Nothing was changed; correct a public caption in TikTok's app."
        )
    connection.execute(
        sa.update(post_drafts)
        .where(post_drafts.c.render_id == render_id)
        .values(**_values(draft), edited_by=by, edited_at=now)
    )
    detail = {"fields": changed}
    audit.append(connection, actor=by, action=EDITED, subject=render_id, now=now, detail=detail)
    return True


def without_draft(connection: Connection, *, ids: list[str] | None = None) -> list[str]:
    """Videos that passed their checks, may be posted and wait for a draft, oldest first.

    Args:
        connection: An open ledger connection.
        ids: Render or dream ids a person named: these are written again if no person changed
            them and nothing was sent.
    """
    may_be_posted = (consents.c.state == ConsentState.GRANTED.value) & consents.c.dream_id.not_in(
        dreams.suspended()
    )
    is_sent = sa.select(publications.c.render_id).where(publications.c.state.not_in(CHANGEABLE))
    statement = (
        sa.select(videos.c.render_id)
        .join(consents, consents.c.dream_id == videos.c.dream_id)
        .outerjoin(post_drafts, post_drafts.c.render_id == videos.c.render_id)
        .where(videos.c.has_passed, may_be_posted, videos.c.render_id.not_in(is_sent))
        .order_by(videos.c.finished_at, videos.c.render_id)
    )
    if ids:
        named = videos.c.render_id.in_(ids) | videos.c.dream_id.in_(ids)
        statement = statement.where(named, post_drafts.c.edited_at.is_(None))
    else:
        statement = statement.where(post_drafts.c.render_id.is_(None))
    return list(connection.scalars(statement))


def _follow(connection: Connection, render_id: str, draft: PostDraft) -> bool:
    """Let the publication say what the draft says; False when it is too late for that."""
    of_video = publications.c.render_id == render_id
    is_queued = connection.scalar(sa.select(publications.c.publication_id).where(of_video))
    if is_queued is None:
        return True
    result = connection.execute(
        sa.update(publications)
        .where(of_video, publications.c.state.in_(CHANGEABLE))
        # Not `updated_at`: that is when the row's state changed, and decides what comes next.
        .values(**_values(draft))
    )
    return result.rowcount == 1


def _values(draft: PostDraft) -> dict[str, Any]:
    return asdict(draft) | {"hashtags": list(draft.hashtags)}


def _stored(row: sa.RowMapping) -> StoredDraft:
    fields = {name: row[name] for name in _FIELDS} | {"hashtags": tuple(row["hashtags"])}
    rest = {name: row[name] for name in StoredDraft.__slots__ if name != "draft"}
    return StoredDraft(draft=PostDraft(**fields), **rest)
