"""Prompts: one per dream, style and template version."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.safety.model import Screening
from dreambox_pipeline.stages.dreams.model import ConsentState
from dreambox_pipeline.stages.prompts.model import VideoPrompt
from dreambox_pipeline.stages.prompts.writer import EMBEDDED_WRITER
from dreambox_pipeline.storage.database import upsert
from dreambox_pipeline.storage.ledger import dreams, erasures
from dreambox_pipeline.storage.tables import consents, generation_jobs, prompts, rankings


@dataclass(frozen=True, slots=True)
class PromptRow:
    """A stored prompt and the dream it came from."""

    prompt_id: str
    dream_id: str
    style_id: str
    prompt: VideoPrompt


def dreams_without_prompt(connection: Connection, *, ids: list[str] | None = None) -> list[str]:
    """Granted dreams that have no prompt yet and are not suspended, best ranked first."""
    statement = (
        sa.select(consents.c.dream_id)
        .outerjoin(prompts, prompts.c.dream_id == consents.c.dream_id)
        .outerjoin(rankings, rankings.c.dream_id == consents.c.dream_id)
        .where(_may_be_made(), prompts.c.prompt_id.is_(None))
        .order_by(sa.func.coalesce(rankings.c.rank, 1_000_000), consents.c.dream_id)
    )
    if ids:
        statement = statement.where(consents.c.dream_id.in_(ids))
    return list(connection.scalars(statement))


def granted_dreams(connection: Connection, ids: list[str]) -> list[str]:
    """Those of *ids* whose dreamer agrees and that are not suspended, with a prompt or without."""
    return list(
        connection.scalars(
            sa.select(consents.c.dream_id)
            .where(_may_be_made(), consents.c.dream_id.in_(ids))
            .order_by(consents.c.dream_id)
        )
    )


def styles_of(connection: Connection, dream_id: str) -> set[str]:
    """Styles a dream has prompts in."""
    return set(
        connection.scalars(sa.select(prompts.c.style_id).where(prompts.c.dream_id == dream_id))
    )


def save(
    connection: Connection,
    row: PromptRow,
    *,
    template_version: str,
    policy_version: int,
    prose: str,
    screening: Screening,
    now: datetime,
    writer: str = EMBEDDED_WRITER,
    series_id: str | None = None,
) -> bool:
    """Store a prompt; False when the same dream, style, template and series already made it.

    Args:
        connection: A write transaction.
        row: The prompt.
        template_version: What it was composed with.
        policy_version: Which style policy chose, or would have chosen, its style.
        prose: What a person reads.
        screening: What rules and moderation said about the prose.
        now: The moment, aware.
        writer: Who worded it.
        series_id: The series that ran, or None.
    """
    erasures.reopen(connection, row.dream_id)
    return upsert(
        connection,
        prompts,
        {
            "prompt_id": row.prompt_id,
            "dream_id": row.dream_id,
            "style_id": row.style_id,
            "template_version": template_version,
            "policy_version": policy_version,
            "prompt": row.prompt.model_dump(mode="json"),
            "prose": prose,
            "screening": screening.action.value,
            "screening_reasons": list(screening.reasons),
            "writer": writer,
            "series_id": series_id,
            "composed_at": now,
        },
    )


def without_job(connection: Connection, *, ids: list[str] | None = None) -> list[PromptRow]:
    """Prompts that passed screening, whose dreamer still agrees, and that no job was planned for."""
    statement = (
        sa.select(prompts.c.prompt_id, prompts.c.dream_id, prompts.c.style_id, prompts.c.prompt)
        .join(consents, consents.c.dream_id == prompts.c.dream_id)
        .outerjoin(generation_jobs, generation_jobs.c.prompt_id == prompts.c.prompt_id)
        .where(
            prompts.c.screening != "block",
            _may_be_made(),
            generation_jobs.c.job_id.is_(None),
        )
        .order_by(prompts.c.composed_at, prompts.c.prompt_id)
    )
    if ids:
        statement = statement.where(prompts.c.prompt_id.in_(ids) | prompts.c.dream_id.in_(ids))
    return [
        PromptRow(prompt_id, dream_id, style_id, VideoPrompt.model_validate(body))
        for prompt_id, dream_id, style_id, body in connection.execute(statement)
    ]


def get(connection: Connection, prompt_id: str) -> PromptRow | None:
    """The prompt with this id."""
    row = connection.execute(
        sa.select(
            prompts.c.prompt_id, prompts.c.dream_id, prompts.c.style_id, prompts.c.prompt
        ).where(prompts.c.prompt_id == prompt_id)
    ).first()
    return PromptRow(row[0], row[1], row[2], VideoPrompt.model_validate(row[3])) if row else None


def _may_be_made() -> sa.ColumnElement[bool]:
    is_granted = consents.c.state == ConsentState.GRANTED.value
    return (
        is_granted
        & consents.c.dream_id.not_in(dreams.suspended())
        # Its teller agreed before an earlier telling by somebody else was read: not theirs to give.
        & consents.c.dream_id.not_in(dreams.copied())
    )
