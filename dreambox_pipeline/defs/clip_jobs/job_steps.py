"""Steps of a generation job as they are taken: each one transaction, with the pipeline's clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.stages.videos.model import JobState
from dreambox_pipeline.stages.videos.waiting import pause
from dreambox_pipeline.storage.ledger import Ledger, jobs
from dreambox_pipeline.storage.ledger.jobs import JobRow

LONGEST_WAIT = timedelta(hours=24)
"""A clip takes minutes, and providers keep a job for about a day; after that nobody waits for it."""

AGAIN = "Look at it at the provider; give {job_id} to generated_clips (ids) to have it made again."
"""What a person does about a job that ended badly."""

FEWEST_LOOKS = 3
"""A job is not given up before it was asked about so often: the machine may have been off meanwhile."""


class JobSteps:
    """Moves jobs and lets them wait, for a day at most."""

    def __init__(self, ledger: Ledger, *, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock

    def now(self) -> datetime:
        """The pipeline's time."""
        return self._clock()

    @contextmanager
    def together(self) -> Iterator[tuple[Connection, datetime]]:
        """A write transaction and its moment, for steps that belong together."""
        now = self._clock()
        with self._ledger.write() as connection:
            yield connection, now

    def move(
        self,
        job: JobRow,
        to: JobState,
        *,
        provider_job_id: str | None = None,
        clip_hash: str | None = None,
        cost_microusd: int | None = None,
        was_made: bool = False,
        error: str | None = None,
    ) -> JobRow:
        """See `jobs.move`."""
        with self.together() as (connection, now):
            return jobs.move(
                connection,
                job,
                to,
                now=now,
                provider_job_id=provider_job_id,
                clip_hash=clip_hash,
                cost_microusd=cost_microusd,
                was_made=was_made,
                error=error,
            )

    def wait(self, job: JobRow, *, error: str | None, wished_s: float | None = None) -> JobRow:
        """Leave *job* alone for a pause that grows with each one.

        Args:
            job: Where it is.
            error: What it waits for, in words, if there is anything to say.
            wished_s: Seconds the provider wants to be left alone, if it said.
        """
        with self.together() as (connection, now):
            until = now + pause(job.polls, wished_s=wished_s)
            return jobs.wait(connection, job, until=until, error=error)

    def require_patience(self, job: JobRow, said: str | None, *, was_made: bool = False) -> None:
        """Give up on a job that never ends, and say what was said last.

        Args:
            job: At its provider.
            said: The provider's last words, or what went wrong.
            was_made: There is a clip, which could not be fetched: it is owed.

        Raises:
            ItemError: It was given up, after `LONGEST_WAIT` and `FEWEST_LOOKS`.
        """
        if self.now() - job.updated_at <= LONGEST_WAIT or job.polls < FEWEST_LOOKS:
            return
        hours = LONGEST_WAIT / timedelta(hours=1)
        reason = (
            f"{job.generator} did not finish job {job.job_id} within {hours:g} hours"
            f"{': ' + said if said else '.'} {AGAIN.format(job_id=job.job_id)}"
        )
        self.move(job, JobState.FAILED, was_made=was_made, error=reason)
        raise ItemError(reason)
