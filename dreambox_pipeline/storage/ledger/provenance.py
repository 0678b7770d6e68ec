"""How each finished video came about: one record per video, for whoever asks later."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.storage.database import upsert
from dreambox_pipeline.storage.tables import generation_jobs, prompts, provenance


@dataclass(frozen=True, slots=True)
class ProvenanceRow:
    """One video's record.

    Attributes:
        content_hash: Of the file as it is stored, after signing.
        record: Ids, versions and hashes as JSON; no text of the dreamer's and no handle.
        unsigned_reason: Why the file carries no Content Credentials, or None when it does.
    """

    render_id: str
    content_hash: str
    record: dict[str, Any]
    unsigned_reason: str | None
    recorded_at: datetime


def save(connection: Connection, row: ProvenanceRow) -> bool:
    """Store a video's record, in the transaction that stores the video; False when it is there."""
    return upsert(
        connection,
        provenance,
        {
            "render_id": row.render_id,
            "content_hash": row.content_hash,
            "record": row.record,
            "unsigned_reason": row.unsigned_reason,
            "recorded_at": row.recorded_at,
        },
    )


def of_video(connection: Connection, render_id: str) -> ProvenanceRow | None:
    """The record of the video with this id."""
    return _first(connection, provenance.c.render_id == render_id)


def of_content(connection: Connection, content_hash: str) -> ProvenanceRow | None:
    """The record of the file with this content hash."""
    return _first(connection, provenance.c.content_hash == content_hash)


def _first(connection: Connection, condition: sa.ColumnElement[bool]) -> ProvenanceRow | None:
    row = connection.execute(sa.select(provenance).where(condition).limit(1)).mappings().first()
    return ProvenanceRow(**row) if row else None


def origin_of(connection: Connection, job_id: str) -> dict[str, Any]:
    """Where a clip comes from: ids and versions along the foreign keys, or nothing known."""
    row = (
        connection.execute(
            sa.select(
                prompts.c.dream_id,
                prompts.c.prompt_id,
                prompts.c.template_version,
                prompts.c.writer,
                prompts.c.series_id,
                generation_jobs.c.job_id,
                generation_jobs.c.generator,
                generation_jobs.c.generator_version,
                generation_jobs.c.provider_job_id,
                generation_jobs.c.clip_hash,
            )
            .join(prompts, prompts.c.prompt_id == generation_jobs.c.prompt_id)
            .where(generation_jobs.c.job_id == job_id)
        )
        .mappings()
        .first()
    )
    return dict(row) if row else {}
