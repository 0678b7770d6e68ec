"""What dreams were told before, for finding out which repeats which, and dreams let go of.

Suspended dreams stay in the comparison: who said no to a video of their dream does not want to
see it made from somebody's copy either. Of a dream that is let go of only the ids, the times and
the signature stay; numbers from which no word can be read back.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.stages.dreams.duplicates import COPIED, OWN, Repeat, Telling
from dreambox_pipeline.stages.dreams.model import DreamFacts, Setting
from dreambox_pipeline.storage.ledger import dreams as ledger_dreams
from dreambox_pipeline.storage.tables import dream_labels, dreams, rankings

ROWS_AT_ONCE = 1000
"""A signature is 128 numbers of JSON; reading them in portions keeps the texts of few in memory."""

NOTHING_KNOWN = DreamFacts(setting=Setting.UNKNOWN, mood=0, visual_detail=0)
"""The facts of a dream that was let go of."""


def told(connection: Connection, *, reported_since: datetime | None = None) -> Iterator[Telling]:
    """Every dream that has a signature, or those reported since a moment; suspended ones too."""
    statement = sa.select(
        dreams.c.dream_id,
        dreams.c.author_id,
        dreams.c.told_at,
        dreams.c.signature,
        dreams.c.duplicate_of,
    )
    if reported_since is not None:
        statement = statement.where(dreams.c.reported_at >= reported_since)
    rows = connection.execute(statement, execution_options={"yield_per": ROWS_AT_ONCE})
    for dream_id, author_id, told_at, signature, duplicate_of in rows:
        # A missing signature is JSON's null on one database and SQL's on the other.
        if signature:
            yield Telling(dream_id, author_id, told_at, tuple(signature), duplicate_of)


def copies_of_erased(connection: Connection, dream_ids: Collection[str]) -> dict[str, Repeat]:
    """Those of *dream_ids* that were found to repeat a dream which is erased since.

    The erased one's signature is gone, so comparing anew cannot find it; a copy stays a copy.
    """
    original = dreams.alias("original")
    rows = connection.execute(
        sa.select(dreams.c.dream_id, dreams.c.duplicate_of, dreams.c.reasons)
        .join(original, original.c.dream_id == dreams.c.duplicate_of)
        .where(
            dreams.c.duplicate_of.is_not(None),
            original.c.suspended_reason == ledger_dreams.ERASED,
        )
    )
    return {
        dream_id: Repeat(original_id, is_own=COPIED not in (reasons or ()))
        for dream_id, original_id, reasons in rows
        if dream_id in dream_ids
    }


def mark_repeats(connection: Connection, repeats: Mapping[str, Repeat | None]) -> None:
    """Write down for stored dreams what each repeats, None for an original."""
    of_erased = copies_of_erased(connection, repeats.keys())
    for dream_id, found in repeats.items():
        repeat = found or of_erased.get(dream_id)
        reasons = connection.scalar(
            sa.select(dreams.c.reasons).where(dreams.c.dream_id == dream_id)
        )
        kept = [reason for reason in reasons or [] if reason not in (OWN, COPIED)]
        connection.execute(
            sa.update(dreams)
            .where(dreams.c.dream_id == dream_id)
            .values(
                duplicate_of=repeat.original_id if repeat else None,
                reasons=[*kept, repeat.reason] if repeat else kept,
            )
        )


def suspended_comments(connection: Connection) -> frozenset[str]:
    """Comments whose dream is suspended, which are not read again."""
    return frozenset(
        connection.scalars(sa.select(dreams.c.comment_id).where(dreams.c.suspended_at.is_not(None)))
    )


def is_suspended(connection: Connection, dream_id: str) -> bool:
    """The dream is to be left alone, for whichever reason, or is gone."""
    found = connection.scalar(
        sa.select(dreams.c.dream_id).where(
            dreams.c.dream_id == dream_id, dreams.c.suspended_at.is_(None)
        )
    )
    return found is None


def suspended_because(connection: Connection, dream_id: str) -> str | None:
    """The code of why a dream is suspended; None when it is not."""
    return connection.scalar(
        sa.select(dreams.c.suspended_reason).where(dreams.c.dream_id == dream_id)
    )


def is_labelled_dream(connection: Connection, comment_id: str) -> bool:
    """Whether a person said that the comment tells a dream."""
    return bool(
        connection.scalar(
            sa.select(dream_labels.c.is_dream).where(dream_labels.c.comment_id == comment_id)
        )
    )


def let_go(connection: Connection, dream_id: str, *, reason: str, now: datetime) -> None:
    """Suspend a dream whose dreamer does not want it used, and drop its words and facts.

    Args:
        connection: An open ledger connection.
        dream_id: The dream; an unknown one changes nothing.
        reason: A code such as `declined` or `expired`.
        now: The moment, aware.
    """
    comment_id = connection.scalar(
        sa.select(dreams.c.comment_id).where(dreams.c.dream_id == dream_id)
    )
    if comment_id is None:
        return
    ledger_dreams.suspend(connection, comment_id, reason=reason, now=now)
    connection.execute(
        sa.update(dreams)
        .where(dreams.c.dream_id == dream_id)
        .values(text="", facts=NOTHING_KNOWN.model_dump(mode="json"))
    )
    # Also one that was held back for less: a comment that is shown again must not bring it back.
    connection.execute(
        sa.update(dreams)
        .where(dreams.c.dream_id == dream_id, dreams.c.suspended_reason != ledger_dreams.ERASED)
        .values(suspended_reason=reason)
    )
    # Its sentence names what was in it.
    connection.execute(sa.delete(rankings).where(rankings.c.dream_id == dream_id))
