"""What a journey is made of: a step for every row, and the branch of the flow it belongs to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping


class StepKind(StrEnum):
    """What a step is about, in the order of the flow."""

    COMMENT = "comment"
    DREAM = "dream"
    RANKING = "ranking"
    QUESTION = "question"
    ANSWER = "answer"
    WITHDRAWAL = "withdrawal"
    PROMPT = "prompt"
    JOB = "job"
    VIDEO = "video"
    FINDING = "finding"
    PROVENANCE = "provenance"
    REVIEW = "review"
    SLOT = "slot"
    PUBLICATION = "publication"
    ENGAGEMENT = "engagement"
    FAILURE = "failure"


@dataclass(frozen=True, slots=True)
class Step:
    """One row on the way.

    Attributes:
        id: The id of the row, by which the same journey is found again where it is one of ours.
        at: When it happened, aware UTC.
        headline: One sentence for people.
        details: The row's other facts, by column.
    """

    kind: StepKind
    id: str
    at: datetime
    headline: str
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Branch:
    """Which way down from a dream is shown; it may have several prompts, and so several videos."""

    dream_id: str
    prompt_id: str | None = None
    job_id: str | None = None
    render_id: str | None = None


def rows_of(
    connection: Connection, table: sa.Table, where: sa.ColumnElement[bool]
) -> list[RowMapping]:
    """The rows of *table* that are meant, in the order of their ids."""
    keys = list(table.primary_key.columns)
    found = connection.execute(sa.select(table).where(where).order_by(*keys)).mappings()
    return list(found.all())


def details(row: RowMapping, *names: str) -> dict[str, Any]:
    """These columns of a row, for `Step.details`."""
    return {name: row[name] for name in names}
