"""Dream reports and their ranking."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from dreambox_pipeline.safety.model import Screening, ScreeningAction
from dreambox_pipeline.stages.dreams.duplicates import COPIED
from dreambox_pipeline.stages.dreams.model import DreamFacts, DreamReport, RankedDream
from dreambox_pipeline.storage.database import upsert_all
from dreambox_pipeline.storage.tables import (
    consents,
    dream_labels,
    dreams,
    erasures,
    prompts,
    rankings,
)

ERASED = "erased"
"""Reason of a suspension that nothing lifts: the dreamer took the dream back, the text is gone."""

UNDERSTANDING = (
    "text",
    "lang",
    "probability",
    "reasons",
    "facts",
    "screening",
    "screening_reasons",
    "likes",
    "engine",
    "mode",
    "needs_review",
    "signature",
    "duplicate_of",
)
"""Columns a better engine may replace on a second reading of the same comment."""


def save_reports(connection: Connection, reports: Iterable[DreamReport], *, now: datetime) -> int:
    """Store *reports*; a dream already there keeps its id and gets the newer understanding.

    A comment whose dreamer took it back is left out, even when it was read before they did.

    Returns:
        How many dreams were not known before.
    """
    erased = set(connection.scalars(sa.select(erasures.c.comment_id)))
    reports = [report for report in reports if report.comment_id not in erased]
    known = _known(connection, [report.dream_id for report in reports])
    rows = [{**_row(report), "reported_at": now} for report in reports]
    upsert_all(connection, dreams, rows, update=UNDERSTANDING)
    return sum(report.dream_id not in known for report in reports)


def _known(connection: Connection, ids: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for start in range(0, len(ids), 500):  # SQLite allows 999 variables in a statement
        chunk = ids[start : start + 500]
        found.update(
            connection.scalars(sa.select(dreams.c.dream_id).where(dreams.c.dream_id.in_(chunk)))
        )
    return found


def report(connection: Connection, dream_id: str) -> DreamReport | None:
    """The dream with this id."""
    row = (
        connection.execute(sa.select(dreams).where(dreams.c.dream_id == dream_id))
        .mappings()
        .first()
    )
    return _report(row) if row else None


def rankable(connection: Connection) -> list[DreamReport]:
    """Dreams that may still become a video.

    Not among them: what is blocked or suspended, what the dreamer refused, what is made already,
    what repeats another dream, what a person said is no dream, and what needs a person's look
    and has no label that says it is one.
    """
    gone = sa.select(consents.c.dream_id).where(
        consents.c.state.in_(("declined", "expired", "withdrawn"))
    )
    rows = connection.execute(
        sa.select(dreams)
        .where(
            dreams.c.screening != "block",
            dreams.c.dream_id.not_in(gone),
            dreams.c.dream_id.not_in(_made()),
            dreams.c.suspended_at.is_(None),
            dreams.c.duplicate_of.is_(None),
            dreams.c.needs_review.is_(False) | dreams.c.comment_id.in_(_labelled(is_dream=True)),
            dreams.c.comment_id.not_in(_labelled(is_dream=False)),
        )
        .order_by(dreams.c.told_at, dreams.c.dream_id)
    ).mappings()
    return [_report(row) for row in rows]


def suspend(connection: Connection, comment_id: str, *, reason: str, now: datetime) -> str | None:
    """Keep a comment's dream out of everything that follows, until `resume`.

    A dream that is suspended already keeps its reason and time, unless it is to be erased now.

    Returns:
        The dream's id, or None when the comment told none.
    """
    connection.execute(
        sa.update(dreams)
        .where(
            dreams.c.comment_id == comment_id,
            dreams.c.suspended_at.is_(None) | (reason == ERASED),
        )
        .values(suspended_at=sa.func.coalesce(dreams.c.suspended_at, now), suspended_reason=reason)
    )
    return connection.scalar(sa.select(dreams.c.dream_id).where(dreams.c.comment_id == comment_id))


def resume(connection: Connection, comment_id: str, *, reasons: Collection[str]) -> str | None:
    """Let a dream go on that was suspended for one of *reasons*.

    A comment that is shown again says nothing about a dream that its dreamer declined, and an
    erased one never goes on.

    Returns:
        The dream's id, or None when the comment told none or it is not suspended for these.
    """
    return connection.scalar(
        sa.update(dreams)
        .where(
            dreams.c.comment_id == comment_id,
            dreams.c.suspended_reason.in_(set(reasons) - {ERASED}),
        )
        .values(suspended_at=None, suspended_reason=None)
        .returning(dreams.c.dream_id)
    )


def made_per_author(connection: Connection) -> dict[str, int]:
    """How many dreams of each dreamer already have a prompt."""
    rows = connection.execute(
        sa.select(dreams.c.author_id, sa.func.count())
        .join(prompts, prompts.c.dream_id == dreams.c.dream_id)
        .group_by(dreams.c.author_id)
    )
    return {author: count for author, count in rows}  # noqa: C416 - a Row is not a tuple for mypy


def recent_facts(connection: Connection, *, limit: int = 12) -> list[DreamFacts]:
    """Facts of the dreams made last, newest first, for diversity."""
    rows = connection.execute(
        sa.select(dreams.c.facts)
        .join(prompts, prompts.c.dream_id == dreams.c.dream_id)
        # An erased dream's facts say nothing.
        .where(sa.func.coalesce(dreams.c.suspended_reason, "") != ERASED)
        .order_by(prompts.c.composed_at.desc())
        .limit(limit)
    )
    return [DreamFacts.model_validate(facts) for (facts,) in rows]


def save_ranking(
    connection: Connection, ranked: Sequence[RankedDream], *, policy_version: int, now: datetime
) -> None:
    """Replace the ranking of what is still to be made by *ranked*.

    A dream that has a prompt keeps its last place and score: the queue goes by them.
    """
    connection.execute(sa.delete(rankings).where(rankings.c.dream_id.not_in(_made())))
    # Suspended while it was being ranked.
    out = set(connection.scalars(suspended()))
    rows = [
        {
            "dream_id": dream.dream_id,
            "rank": dream.rank,
            "score": dream.score,
            "parts": dream.parts,
            "why": dream.why,
            "policy_version": policy_version,
            "ranked_at": now,
            "record": dream.record,
        }
        for dream in ranked
        if dream.dream_id not in out
    ]
    columns = tuple(column.name for column in rankings.columns if not column.primary_key)
    upsert_all(connection, rankings, rows, update=columns)


def ranking(connection: Connection, *, limit: int | None = None) -> list[RankedDream]:
    """The current ranking of what is still to be made, best first."""
    rows = connection.execute(
        sa.select(rankings)
        .where(
            rankings.c.dream_id.not_in(_made()),
            # At once, not only when the ranking is made anew.
            rankings.c.dream_id.not_in(suspended()),
        )
        .order_by(rankings.c.rank)
        .limit(limit)
    ).mappings()
    return [_ranked(row) for row in rows]


def place(connection: Connection, dream_id: str) -> RankedDream | None:
    """A dream's last place in the ranking with its "why", whatever became of the dream."""
    row = (
        connection.execute(sa.select(rankings).where(rankings.c.dream_id == dream_id))
        .mappings()
        .first()
    )
    return _ranked(row) if row else None


def suspended() -> sa.Select[tuple[str]]:
    """Ids of suspended and erased dreams, for other modules' statements."""
    return sa.select(dreams.c.dream_id).where(dreams.c.suspended_at.is_not(None))


def copied() -> sa.Select[tuple[str]]:
    """Ids of dreams that repeat another person's, for other modules' statements."""
    return sa.select(dreams.c.dream_id).where(
        dreams.c.duplicate_of.is_not(None),
        sa.cast(dreams.c.reasons, sa.Text).contains(f'"{COPIED}"', autoescape=True),
    )


def _labelled(*, is_dream: bool) -> sa.Select[tuple[str]]:
    return sa.select(dream_labels.c.comment_id).where(dream_labels.c.is_dream.is_(is_dream))


def _made() -> sa.Select[tuple[str]]:
    return sa.select(prompts.c.dream_id)


def _row(dream: DreamReport) -> dict[str, Any]:
    return {
        "dream_id": dream.dream_id,
        "comment_id": dream.comment_id,
        "source_video_id": dream.source_video_id,
        "author_id": dream.author_id,
        "told_at": dream.told_at,
        "text": dream.text,
        "lang": dream.lang,
        "probability": dream.probability,
        "reasons": list(dream.reasons),
        "facts": dream.facts.model_dump(mode="json"),
        "screening": dream.screening.action.value,
        "screening_reasons": list(dream.screening.reasons),
        "likes": dream.likes,
        "engine": dream.engine,
        "mode": dream.mode,
        "needs_review": dream.needs_review,
        "signature": None if dream.signature is None else list(dream.signature),
        "duplicate_of": dream.duplicate_of,
    }


def _ranked(row: RowMapping) -> RankedDream:
    return RankedDream(
        row["dream_id"],
        row["rank"],
        row["score"],
        row["parts"],
        row["why"],
        row["record"] or {},
    )


def _report(row: RowMapping) -> DreamReport:
    return DreamReport(
        dream_id=row["dream_id"],
        comment_id=row["comment_id"],
        source_video_id=row["source_video_id"],
        author_id=row["author_id"],
        told_at=row["told_at"],
        text=row["text"],
        lang=row["lang"],
        probability=row["probability"],
        reasons=tuple(row["reasons"]),
        facts=DreamFacts.model_validate(row["facts"]),
        screening=Screening(ScreeningAction(row["screening"]), tuple(row["screening_reasons"])),
        likes=row["likes"],
        engine=row["engine"],
        mode=row["mode"],
        needs_review=row["needs_review"],
        signature=None if row["signature"] is None else tuple(row["signature"]),
        duplicate_of=row["duplicate_of"],
    )


def count(connection: Connection) -> int:
    """How many dreams are known, whatever became of them."""
    return connection.scalar(sa.select(sa.func.count()).select_from(dreams)) or 0
