"""Taking publications through their state machine: every change of a row that is on its way.

Each row is changed under the claim it was read with, see `attempts`: whoever holds a row that another
worker has claimed since changes nothing. When a row ends or is planned again, its attempt ends in the
same transaction.
"""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.stages.posts.model import PublicationState
from dreambox_pipeline.stages.posts.publishing import (
    CLOCKS_MAY_DIFFER_BY,
    advance,
    decide,
    denied_from,
)
from dreambox_pipeline.storage.ledger import attempts, audit, erasures, post_tasks
from dreambox_pipeline.storage.ledger.publication_rows import TERMINAL, PublicationRow, get, of_post
from dreambox_pipeline.storage.tables import publications, videos

S = PublicationState

NOTHING_SENT: dict[str, None] = dict.fromkeys(("claim", "route", "publish_id", "initiated_at"))
"""Another request will be another post; nothing of the old one may be asked for it."""


def take_up(
    connection: Connection, publication: PublicationRow, attempt: attempts.Attempt
) -> PublicationRow:
    """Put an attempt's marks back on a row that had given it up: it is its outcome that counts now.

    Raises:
        ItemError: Another process moved or claimed the row meanwhile. Nothing was changed.
    """
    values: dict[str, object] = {
        "claim": attempt.claim,
        "route": attempt.route.value,
        "publish_id": attempt.publish_id,
        "initiated_at": attempt.claimed_at,
    }
    return _write(connection, publication, values, now=attempt.claimed_at)


def move(
    connection: Connection,
    publication: PublicationRow,
    to: PublicationState,
    *,
    now: datetime,
    publish_id: str | None = None,
    post_id: str | None = None,
    error: str | None = None,
    outcome: str | None = None,
) -> PublicationRow:
    """Move a row along an arrow of the state machine and store what is known now.

    Args:
        connection: A write transaction.
        publication: As it was read; its claim counts.
        to: The next state.
        now: The moment, aware.
        publish_id: If it has just become known.
        post_id: The same.
        error: For people; None clears it.
        outcome: What the attempt's row says when it ends here; the state's name by default.

    Raises:
        ValueError: There is no such arrow.
        ItemError: Another process moved or claimed the row meanwhile. Nothing was changed.
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
    if to in (S.INITIATED, S.UNCONFIRMED):
        # An unconfirmed request may be out: it counts towards the limits from its moment on.
        values["initiated_at"] = publication.initiated_at or now
    if to is S.PUBLISHED:
        values["published_at"] = _posted_at(publication, now)
        _take_up_erasure(connection, publication)
    if to is S.PLANNED:
        values |= NOTHING_SENT
    return _write(connection, publication, values, now=now, outcome=outcome)


def cancel(
    connection: Connection,
    publication: PublicationRow,
    *,
    now: datetime,
    reason: str,
    by: str = "pipeline",
) -> PublicationRow:
    """Take a planned row out of the queue, and write down why.

    Args:
        connection: An open ledger connection, in a write transaction.
        publication: As it was read.
        now: The moment, aware.
        reason: One of our own sentences, nothing that anybody wrote: it stays in the audit log.
        by: Who, as the audit log names people.

    Raises:
        ValueError: It is no longer only planned.
        ItemError: Another process moved the row meanwhile. Nothing was changed.
    """
    moved = move(connection, publication, S.CANCELLED, now=now, error=reason)
    audit.append(
        connection,
        actor=by,
        action=f"publication.{S.CANCELLED}",
        subject=publication.publication_id,
        now=now,
        detail={"reason": reason},
    )
    return moved


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
        ItemError: Another process moved or claimed the row meanwhile, or it is too early to say that
            it is not there. Nothing was changed.
    """
    sent_at = publication.initiated_at or publication.updated_at
    if to is S.FAILED and (certain_at := denied_from(publication.sent_by, sent_at)) > now:
        raise ItemError(
            f"{publication.publication_id} may still appear: its request may be under way until "
            f"{certain_at:%Y-%m-%d %H:%M} UTC. Nothing was changed; look again then."
        )
    values: dict[str, object] = {
        "state": decide(publication.state, to).value,
        "updated_at": now,
        "error": error,
    }
    if to is S.PUBLISHED:
        values |= {"post_id": post_id, "published_at": _posted_at(publication, now)}
        _take_up_erasure(connection, publication)
    if to is S.PLANNED:
        values |= NOTHING_SENT
    return _write(connection, publication, values, now=now)


def note(connection: Connection, publication: PublicationRow, error: str) -> None:
    """Write beside a row, whose state stays, what people should know."""
    connection.execute(
        sa.update(publications)
        .where(publications.c.publication_id == publication.publication_id)
        .values(error=error)
    )


def set_unavailable(connection: Connection, publication_id: str, *, since: datetime | None) -> None:
    """Note since when TikTok shows a published post to nobody any more; None when it does again."""
    connection.execute(
        sa.update(publications)
        .where(publications.c.publication_id == publication_id)
        .values(unavailable_at=since)
    )


def correct_stamps(connection: Connection, *, now: datetime) -> int:
    """Give rows that were written in the future, by a clock that was wrong, the present moment.

    Otherwise their age would stand still for as long as the clock was ahead. The same for their
    attempts. Returns how many rows that were.
    """
    attempts.correct_stamps(connection, now=now)
    in_future = publications.c.updated_at > now + CLOCKS_MAY_DIFFER_BY
    ended = [state.value for state in TERMINAL]
    result = connection.execute(
        sa.update(publications)
        .where(in_future, publications.c.state.not_in(ended))
        .values(updated_at=now)
    )
    connection.execute(
        sa.update(publications)
        .where(
            publications.c.initiated_at > now + CLOCKS_MAY_DIFFER_BY,
            publications.c.state.not_in(ended),
        )
        .values(initiated_at=now)
    )
    return result.rowcount


def _posted_at(publication: PublicationRow, now: datetime) -> datetime:
    """When people could see it: a person posts when they like, everything else at once."""
    return now if publication.sent_by.needs_person else publication.initiated_at or now


def _take_up_erasure(connection: Connection, publication: PublicationRow) -> None:
    """A dream that is erased by now has to be erased again: there is a post to take down."""
    of_video = sa.select(videos.c.dream_id).where(videos.c.render_id == publication.render_id)
    erasures.reopen(connection, of_video.scalar_subquery())


def as_read(publication: PublicationRow) -> sa.ColumnElement[bool]:
    """The row, as long as nobody has moved or claimed it since it was read."""
    return (
        (publications.c.publication_id == publication.publication_id)
        & (publications.c.state == publication.state.value)
        & publications.c.claim.is_not_distinct_from(publication.claim)
    )


def _write(
    connection: Connection,
    publication: PublicationRow,
    values: dict[str, object],
    *,
    now: datetime,
    outcome: str | None = None,
) -> PublicationRow:
    _refuse_others_post(connection, publication, values.get("post_id"))
    moved = connection.execute(
        sa.update(publications).where(as_read(publication)).values(**values)
    ).rowcount
    if moved != 1:
        raise taken(publication)
    row = get(connection, publication.publication_id)
    if row is None:
        raise AssertionError(publication.publication_id)
    if publication.claim is not None and "state" in values:
        if row.state in TERMINAL or row.state is S.PLANNED:
            ended_as = outcome or row.state.value
            attempts.end(connection, publication.claim, outcome=ended_as, now=now)
        elif row.state not in (S.CLAIMED, S.INITIATED):
            attempts.forget_upload(connection, publication.claim)
    if row.state in TERMINAL and "state" in values:
        post_tasks.close_all(connection, row.publication_id, outcome=row.state.value, now=now)
    return row


def taken(publication: PublicationRow) -> ItemError:
    """What to raise when the row is another worker's."""
    return ItemError(
        f"{publication.publication_id} is no longer {publication.state}, or another worker has "
        "claimed it. Nothing was changed; the next run looks again."
    )


def _refuse_others_post(
    connection: Connection, publication: PublicationRow, post_id: object
) -> None:
    owner = of_post(connection, post_id) if isinstance(post_id, str) else None
    if owner is not None and owner.publication_id != publication.publication_id:
        raise ItemError(
            f"Post {post_id} was named for {publication.publication_id}, but it is the post of "
            f"{owner.publication_id}. Nothing was changed; look at both on the account."
        )
