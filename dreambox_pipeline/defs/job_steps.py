"""Steps of a generation job as they are taken: each one transaction, with the pipeline's clock."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy.engine import Connection

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.stages.videos.model import JobState
from dreambox_pipeline.stages.videos.waiting import pause
from dreambox_pipeline.storage.ledger import Ledger, jobs
from dreambox_pipeline.storage.ledger.jobs import JobRow


class JobSteps:
    """Moves jobs and lets them wait."""

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
