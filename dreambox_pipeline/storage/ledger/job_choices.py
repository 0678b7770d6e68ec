"""Jobs beside each other: what keeps one from being sent, and what a person may start again."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.stages.videos.model import JobState
from dreambox_pipeline.stages.videos.waiting import WaitsFor
from dreambox_pipeline.storage.ledger.jobs import OPEN_STATES, JobRow, named, open_jobs, rows_of
from dreambox_pipeline.storage.tables import generation_jobs

TAKEN_STATES = (
    JobState.SUBMITTED,
    JobState.UNKNOWN,
    JobState.RUNNING,
    JobState.DOWNLOADED,
    JobState.ACCEPTED,
)
"""A job in one of these has, or may have, a clip that is paid for."""


CAPS = frozenset({WaitsFor.VIDEO_CAP, WaitsFor.DAY_CAP})
"""What keeps a job from being sent when it is about money."""


def blocked(connection: Connection) -> list[JobRow]:
    """Planned jobs that a cap keeps from being sent, oldest first; those of a dream that is held back wait."""
    return [job for job in open_jobs(connection) if job.waits_for in CAPS]


def has_rival(connection: Connection, job: JobRow) -> bool:
    """Whether another job of the same prompt has a clip, or may get one."""
    rivals = sa.select(generation_jobs.c.job_id).where(
        generation_jobs.c.prompt_id == job.prompt_id,
        generation_jobs.c.job_id != job.job_id,
        generation_jobs.c.state.in_([state.value for state in TAKEN_STATES]),
    )
    return connection.execute(rivals.limit(1)).first() is not None


def ended_badly(connection: Connection, ids: list[str]) -> list[JobRow]:
    """Failed and lost jobs among *ids* (job, prompt or dream ids), which a person may plan again.

    Not those passed on to another generator, nor those whose prompt has a clip on its way elsewhere.
    """
    other = generation_jobs.alias()
    elsewhere = sa.exists().where(
        other.c.prompt_id == generation_jobs.c.prompt_id,
        other.c.job_id != generation_jobs.c.job_id,
        other.c.state.in_([state.value for state in (*OPEN_STATES, JobState.ACCEPTED)]),
    )
    statement = sa.select(generation_jobs).where(
        generation_jobs.c.state.in_((JobState.FAILED.value, JobState.LOST.value)),
        generation_jobs.c.passed_on_to.is_(None),
        ~elsewhere,
        named(ids),
    )
    return rows_of(connection, statement)


def ended_at(connection: Connection, prompt_id: str) -> frozenset[str]:
    """Generators at which a prompt's job came to an end of its own, good or bad."""
    open_states = [state.value for state in OPEN_STATES]
    return frozenset(
        connection.scalars(
            sa.select(generation_jobs.c.generator).where(
                generation_jobs.c.prompt_id == prompt_id,
                generation_jobs.c.state.not_in(open_states),
                generation_jobs.c.passed_on_to.is_(None),
            )
        )
    )
