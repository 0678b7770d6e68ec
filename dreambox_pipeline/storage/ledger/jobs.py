"""Generation jobs: the row exists before the request, and every step is written down."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.stages.dreams.model import ConsentState
from dreambox_pipeline.stages.videos.generation import advance
from dreambox_pipeline.stages.videos.model import JobState
from dreambox_pipeline.storage.database import upsert
from dreambox_pipeline.storage.ledger import consents as ledger_consents
from dreambox_pipeline.storage.ledger import dreams, erasures
from dreambox_pipeline.storage.tables import consents, generation_jobs, prompts, videos

OPEN_STATES = (
    JobState.PLANNED,
    JobState.SUBMITTED,
    JobState.UNKNOWN,
    JobState.RUNNING,
    JobState.DOWNLOADED,
)


@dataclass(frozen=True, slots=True)
class JobRow:
    """One generation job; *updated_at* is when it came into its state."""

    job_id: str
    prompt_id: str
    generator: str
    state: JobState
    provider_job_id: str | None
    clip_hash: str | None
    updated_at: datetime


def plan(
    connection: Connection,
    job_id: str,
    *,
    prompt_id: str,
    generator: str,
    generator_version: str,
    estimate_microusd: int,
    now: datetime,
) -> bool:
    """Write a job down before anything is requested; False when it stands there already."""
    return upsert(
        connection,
        generation_jobs,
        {
            "job_id": job_id,
            "prompt_id": prompt_id,
            "generator": generator,
            "generator_version": generator_version,
            "state": JobState.PLANNED.value,
            "estimate_microusd": estimate_microusd,
            "attempts": 0,
            "created_at": now,
            "updated_at": now,
        },
    )


def open_jobs(connection: Connection, *, ids: list[str] | None = None) -> list[JobRow]:
    """Jobs that are not finished, oldest first; those of a dream that is held back wait."""
    waiting = sa.select(prompts.c.prompt_id).where(
        prompts.c.dream_id.in_(ledger_consents.held_back())
    )
    statement = _select().where(
        generation_jobs.c.state.in_([state.value for state in OPEN_STATES]),
        generation_jobs.c.prompt_id.not_in(waiting),
    )
    if ids:
        statement = statement.where(_named(ids))
    return [
        _job(row) for row in connection.execute(statement.order_by(generation_jobs.c.created_at))
    ]


def accepted_without_video(connection: Connection, *, ids: list[str] | None = None) -> list[JobRow]:
    """Clips that were accepted and are not finished, of dreams still agreed to and not suspended."""
    statement = (
        _select()
        .join(prompts, prompts.c.prompt_id == generation_jobs.c.prompt_id)
        .join(consents, consents.c.dream_id == prompts.c.dream_id)
        .outerjoin(videos, videos.c.job_id == generation_jobs.c.job_id)
        .where(
            generation_jobs.c.state == JobState.ACCEPTED.value,
            consents.c.state == ConsentState.GRANTED.value,
            consents.c.dream_id.not_in(dreams.suspended()),
            videos.c.render_id.is_(None),
        )
        .order_by(generation_jobs.c.created_at)
    )
    if ids:
        statement = statement.where(_named(ids))
    return [_job(row) for row in connection.execute(statement)]


def ended_badly(connection: Connection, ids: list[str]) -> list[JobRow]:
    """Failed and lost jobs among *ids* (job, prompt or dream ids), which a person may plan again."""
    statement = _select().where(
        generation_jobs.c.state.in_((JobState.FAILED.value, JobState.LOST.value)),
        _named(ids),
    )
    return [_job(row) for row in connection.execute(statement)]


def move(
    connection: Connection,
    job: JobRow,
    to: JobState,
    *,
    now: datetime,
    provider_job_id: str | None = None,
    clip_hash: str | None = None,
    cost_microusd: int | None = None,
    error: str | None = None,
) -> JobRow:
    """Move *job* along an arrow of the state machine and store what is known now.

    Raises:
        ValueError: There is no such arrow.
        ItemError: Another process moved the job meanwhile. Nothing was changed.
    """
    values: dict[str, object] = {
        "state": advance(job.state, to).value,
        "updated_at": now,
        "error": error,
    }
    if to is JobState.SUBMITTED:
        values["attempts"] = generation_jobs.c.attempts + 1
    if to is JobState.PLANNED:
        # Starting again is another request; the provider's old job must not be looked up for it.
        values["provider_job_id"] = None
    given = {
        "provider_job_id": provider_job_id,
        "clip_hash": clip_hash,
        "cost_microusd": cost_microusd,
    }
    values |= {name: value for name, value in given.items() if value is not None}
    moved = connection.execute(
        sa.update(generation_jobs)
        .where(
            generation_jobs.c.job_id == job.job_id,
            generation_jobs.c.state == job.state.value,
        )
        .values(**values)
    ).rowcount
    if moved != 1:
        raise ItemError(
            f"{job.job_id} is no longer {job.state}: another process moved it. Nothing was changed; "
            "the next run looks again."
        )
    if clip_hash is not None:
        of_job = sa.select(prompts.c.dream_id).where(prompts.c.prompt_id == job.prompt_id)
        erasures.reopen(connection, of_job.scalar_subquery())
    return JobRow(
        job.job_id,
        job.prompt_id,
        job.generator,
        to,
        None if to is JobState.PLANNED else provider_job_id or job.provider_job_id,
        clip_hash or job.clip_hash,
        now,
    )


def _named(ids: list[str]) -> sa.ColumnElement[bool]:
    """Jobs that a person means by job, prompt or dream ids."""
    of_prompts = sa.select(prompts.c.prompt_id).where(
        prompts.c.prompt_id.in_(ids) | prompts.c.dream_id.in_(ids)
    )
    return generation_jobs.c.job_id.in_(ids) | generation_jobs.c.prompt_id.in_(of_prompts)


def _select() -> sa.Select[tuple[str, str, str, str, str | None, str | None, datetime]]:
    columns = generation_jobs.c
    return sa.select(
        columns.job_id,
        columns.prompt_id,
        columns.generator,
        columns.state,
        columns.provider_job_id,
        columns.clip_hash,
        columns.updated_at,
    )


def _job(row: sa.Row[tuple[str, str, str, str, str | None, str | None, datetime]]) -> JobRow:
    job_id, prompt_id, generator, state, provider_job_id, clip_hash, updated_at = row
    return JobRow(
        job_id, prompt_id, generator, JobState(state), provider_job_id, clip_hash, updated_at
    )
