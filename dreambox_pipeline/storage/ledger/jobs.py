"""Generation jobs: the row exists before the request, and every step is written down."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.stages.dreams.model import ConsentState
from dreambox_pipeline.stages.videos.budget import Booking, booking_for
from dreambox_pipeline.stages.videos.generation import advance
from dreambox_pipeline.stages.videos.model import JobState
from dreambox_pipeline.stages.videos.waiting import WaitsFor
from dreambox_pipeline.storage.database import upsert
from dreambox_pipeline.storage.ledger import consents as ledger_consents
from dreambox_pipeline.storage.ledger import dreams, erasures, spend
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
    """One generation job.

    Attributes:
        estimate_microusd: What its clip is expected to cost, in millionths of a US dollar.
        is_softened: It was refused once, and asks for a softened prompt since.
        polls: How often it was asked about since it came into its state, or turned away.
        poll_after: Nobody asks about it before.
        waits_for: Why it is not sent, if something other than time keeps it.
        passed_on_to: The generator that makes this prompt's clip in its place.
        error: What went wrong last, or what it waits for, in words.
        refusal: Why its provider refused it last.
        updated_at: When it came into its state.
    """

    job_id: str
    prompt_id: str
    generator: str
    state: JobState
    provider_job_id: str | None
    clip_hash: str | None
    updated_at: datetime
    estimate_microusd: int = 0
    is_softened: bool = False
    polls: int = 0
    poll_after: datetime | None = None
    waits_for: WaitsFor | None = None
    passed_on_to: str | None = None
    error: str | None = None
    refusal: str | None = None


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


def open_jobs(
    connection: Connection, *, ids: list[str] | None = None, due_at: datetime | None = None
) -> list[JobRow]:
    """Jobs that are not finished, longest waiting first; those of a dream that is held back wait.

    Args:
        connection: To read with.
        ids: Job, prompt or dream ids; None for all.
        due_at: Leave out what is not to be asked about before this moment; None leaves out nothing.
    """
    waiting = sa.select(prompts.c.prompt_id).where(
        prompts.c.dream_id.in_(ledger_consents.held_back())
    )
    statement = sa.select(generation_jobs).where(
        generation_jobs.c.state.in_([state.value for state in OPEN_STATES]),
        generation_jobs.c.prompt_id.not_in(waiting),
    )
    if ids:
        statement = statement.where(named(ids))
    if due_at is not None:
        after = generation_jobs.c.poll_after
        statement = statement.where(after.is_(None) | (after <= due_at))
    # By turns: a job that has to be asked about for ever must not keep the others out of a run.
    turn = sa.func.coalesce(generation_jobs.c.poll_after, generation_jobs.c.created_at)
    return rows_of(connection, statement.order_by(turn, generation_jobs.c.created_at))


def get(connection: Connection, job_id: str) -> JobRow | None:
    """The job with this id."""
    found = rows_of(
        connection, sa.select(generation_jobs).where(generation_jobs.c.job_id == job_id)
    )
    return found[0] if found else None


def accepted_without_video(connection: Connection, *, ids: list[str] | None = None) -> list[JobRow]:
    """Clips that were accepted and are not finished, of dreams still agreed to and not suspended."""
    statement = (
        sa.select(generation_jobs)
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
        statement = statement.where(named(ids))
    return rows_of(connection, statement)


def wait(
    connection: Connection,
    job: JobRow,
    *,
    until: datetime | None,
    error: str | None = None,
    waits_for: WaitsFor | None = None,
) -> JobRow:
    """Leave *job* where it is, and alone until a moment; counts as having asked about it.

    Raises:
        ItemError: Another process moved the job meanwhile. Nothing was changed.
    """
    waiting = replace(job, polls=job.polls + 1, poll_after=until, error=error, waits_for=waits_for)
    values = {
        "polls": waiting.polls,
        "poll_after": until,
        "error": error,
        "waits_for": waits_for.value if waits_for else None,
    }
    _update(connection, job, values)
    return waiting


def wake(connection: Connection, job: JobRow) -> JobRow:
    """Let a waiting job be taken up at once.

    Raises:
        ItemError: Another process moved the job meanwhile. Nothing was changed.
    """
    _update(connection, job, {"poll_after": None, "waits_for": None})
    return replace(job, poll_after=None, waits_for=None)


def estimate(
    connection: Connection, job: JobRow, microusd: int, *, generator_version: str
) -> JobRow:
    """Store what *job* is expected to cost now, and which version of its generator would make it.

    Args:
        connection: A write transaction.
        job: A planned job.
        microusd: In millionths of a US dollar.
        generator_version: Another than planned, if the pipeline or its settings changed meanwhile.

    Raises:
        ItemError: Another process moved the job meanwhile. Nothing was changed.
    """
    values = {"estimate_microusd": microusd, "generator_version": generator_version}
    _update(connection, job, values)
    return replace(job, estimate_microusd=microusd)


def move(
    connection: Connection,
    job: JobRow,
    to: JobState,
    *,
    now: datetime,
    provider_job_id: str | None = None,
    clip_hash: str | None = None,
    cost_microusd: int | None = None,
    was_made: bool = False,
    passed_on_to: str | None = None,
    error: str | None = None,
) -> JobRow:
    """Move *job* along an arrow of the state machine, book its money and store what is known now.

    Args:
        connection: One transaction for all of it.
        job: As it was read.
        to: The new state. From `refused` to `planned` it is softened.
        now: When.
        provider_job_id: The provider's id for it.
        clip_hash: Its clip in the media store.
        cost_microusd: What the provider says this attempt cost, or None.
        was_made: The provider made a clip, even if it is not kept: it is owed.
        passed_on_to: The generator that makes the clip in its place.
        error: What went wrong.

    Raises:
        ValueError: There is no such arrow; a refused job that is softened already has none.
        ItemError: Another process moved the job meanwhile. Nothing was changed.
    """
    is_softened = _is_softened(job, to)
    was_made = was_made or to is JobState.DOWNLOADED
    values: dict[str, object] = {
        "state": advance(job.state, to).value,
        "is_softened": is_softened,
        "updated_at": now,
        "error": error,
        "polls": 0,
        "poll_after": None,
        "waits_for": None,
        "passed_on_to": passed_on_to,
    }
    if to is JobState.REFUSED:
        values["refusal"] = error
    if to is JobState.SUBMITTED:
        values["attempts"] = generation_jobs.c.attempts + 1
    if to is JobState.PLANNED:
        # Starting again is another request; the provider's old job must not be looked up for it.
        values["provider_job_id"] = None
    given = {"provider_job_id": provider_job_id, "clip_hash": clip_hash}
    values |= {name: value for name, value in given.items() if value is not None}
    # First the state, which only one of two rivals can change; then the money.
    _update(connection, job, values)
    booking = booking_for(job.state, to)
    if booking is Booking.RELEASE:
        spend.release(connection, job.job_id, now=now)
    elif booking is Booking.SETTLE or cost_microusd is not None:
        cost = spend.settle(
            connection, job.job_id, told_microusd=cost_microusd, was_made=was_made, now=now
        )
        _update(connection, replace(job, state=to), {"cost_microusd": cost})
    if clip_hash is not None:
        of_job = sa.select(prompts.c.dream_id).where(prompts.c.prompt_id == job.prompt_id)
        erasures.reopen(connection, of_job.scalar_subquery())
    return replace(
        job,
        state=to,
        provider_job_id=None if to is JobState.PLANNED else provider_job_id or job.provider_job_id,
        clip_hash=clip_hash or job.clip_hash,
        updated_at=now,
        is_softened=is_softened,
        polls=0,
        poll_after=None,
        waits_for=None,
        passed_on_to=passed_on_to,
        error=error,
        refusal=error if to is JobState.REFUSED else job.refusal,
    )


def _is_softened(job: JobRow, to: JobState) -> bool:
    if not (job.state is JobState.REFUSED and to is JobState.PLANNED):
        return job.is_softened
    if job.is_softened:
        raise ValueError(f"{job.job_id} was refused with a softened prompt; that is its end.")
    return True


def _update(connection: Connection, job: JobRow, values: Mapping[str, object]) -> None:
    """Change *job*'s row as long as it is in the state it was read in."""
    changed = connection.execute(
        sa.update(generation_jobs)
        .where(
            generation_jobs.c.job_id == job.job_id,
            generation_jobs.c.state == job.state.value,
        )
        .values(**values)
    ).rowcount
    if changed != 1:
        raise ItemError(
            f"{job.job_id} is no longer {job.state}: another process moved it. Nothing was changed; "
            "the next run looks again."
        )


def hasten(connection: Connection, provider_job_id: str, *, now: datetime) -> bool:
    """Let the job the provider calls *provider_job_id* be asked about at once; False when none waits."""
    statement = sa.update(generation_jobs).where(
        generation_jobs.c.provider_job_id == provider_job_id,
        generation_jobs.c.state.in_((JobState.SUBMITTED.value, JobState.RUNNING.value)),
    )
    return connection.execute(statement.values(poll_after=now)).rowcount > 0


def named(ids: list[str]) -> sa.ColumnElement[bool]:
    """Jobs that a person means by job, prompt or dream ids."""
    of_prompts = sa.select(prompts.c.prompt_id).where(
        prompts.c.prompt_id.in_(ids) | prompts.c.dream_id.in_(ids)
    )
    return generation_jobs.c.job_id.in_(ids) | generation_jobs.c.prompt_id.in_(of_prompts)


def dream_of(connection: Connection, job: JobRow) -> str:
    """The dream a job's clip shows."""
    of_prompt = sa.select(prompts.c.dream_id).where(prompts.c.prompt_id == job.prompt_id)
    return str(connection.execute(of_prompt).scalar_one())


def rows_of(connection: Connection, statement: sa.Select[Any]) -> list[JobRow]:
    """What a statement over whole rows of `generation_jobs` finds."""
    return [
        JobRow(
            job_id=row["job_id"],
            prompt_id=row["prompt_id"],
            generator=row["generator"],
            state=JobState(row["state"]),
            provider_job_id=row["provider_job_id"],
            clip_hash=row["clip_hash"],
            updated_at=row["updated_at"],
            estimate_microusd=row["estimate_microusd"],
            is_softened=row["is_softened"],
            polls=row["polls"],
            poll_after=row["poll_after"],
            waits_for=WaitsFor(row["waits_for"]) if row["waits_for"] else None,
            passed_on_to=row["passed_on_to"],
            error=row["error"],
            refusal=row["refusal"],
        )
        for row in connection.execute(statement).mappings()
    ]
