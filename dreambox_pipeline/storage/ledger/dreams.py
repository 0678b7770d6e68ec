"""Dream reports and their ranking."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from dreambox_pipeline.safety.model import Screening, ScreeningAction
from dreambox_pipeline.stages.dreams.model import DreamFacts, DreamReport, RankedDream
from dreambox_pipeline.storage.database import upsert_all
from dreambox_pipeline.storage.tables import consents, dreams, prompts, rankings

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
)
"""Columns a better engine may replace on a second reading of the same comment."""


def save_reports(connection: Connection, reports: Iterable[DreamReport], *, now: datetime) -> int:
    """Store *reports*; a dream already there keeps its id and gets the newer understanding.

    Returns:
        How many dreams were not known before.
    """
    reports = list(reports)
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
    """Dreams that may still become a video: not blocked, not refused by the dreamer, not yet made."""
    gone = sa.select(consents.c.dream_id).where(
        consents.c.state.in_(("declined", "expired", "withdrawn"))
    )
    rows = connection.execute(
        sa.select(dreams)
        .where(
            dreams.c.screening != "block",
            dreams.c.dream_id.not_in(gone),
            dreams.c.dream_id.not_in(_made()),
        )
        .order_by(dreams.c.told_at, dreams.c.dream_id)
    ).mappings()
    return [_report(row) for row in rows]


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
    rows = [
        {
            "dream_id": dream.dream_id,
            "rank": dream.rank,
            "score": dream.score,
            "parts": dream.parts,
            "why": dream.why,
            "policy_version": policy_version,
            "ranked_at": now,
        }
        for dream in ranked
    ]
    columns = tuple(column.name for column in rankings.columns if not column.primary_key)
    upsert_all(connection, rankings, rows, update=columns)


def ranking(connection: Connection, *, limit: int | None = None) -> list[RankedDream]:
    """The current ranking of what is still to be made, best first."""
    rows = connection.execute(
        sa.select(rankings)
        .where(rankings.c.dream_id.not_in(_made()))
        .order_by(rankings.c.rank)
        .limit(limit)
    ).mappings()
    return [
        RankedDream(row["dream_id"], row["rank"], row["score"], row["parts"], row["why"])
        for row in rows
    ]


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
    }


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
    )


def count(connection: Connection) -> int:
    """How many dreams are known, whatever became of them."""
    return connection.scalar(sa.select(sa.func.count()).select_from(dreams)) or 0
