"""Asking providers about jobs: patiently, with a deadline, and never twice where once will do."""

from collections.abc import Callable

from dreambox_pipeline.defs.clip_jobs.job_steps import JobSteps
from dreambox_pipeline.errors import ItemError, StopError, TransientError
from dreambox_pipeline.stages.videos.generation import JobProgress, VideoGenerator
from dreambox_pipeline.stages.videos.model import JobState
from dreambox_pipeline.stages.videos.waiting import LOOKS_PER_RUN, is_soon
from dreambox_pipeline.storage.ledger.jobs import JobRow


class Poller:
    """Finds out where jobs are. A job that is not ready waits; that is no failure.

    Args:
        steps: Writes down what was found.
        sleep: Waits so many seconds of the pipeline's time.
        has_alternatives: One provider's trouble leaves others to go on with, so it must not end a run.
    """

    def __init__(
        self, steps: JobSteps, *, sleep: Callable[[float], None], has_alternatives: bool
    ) -> None:
        self._steps = steps
        self._sleep = sleep
        self._has_alternatives = has_alternatives

    def look_up(self, generator: VideoGenerator, job: JobRow) -> JobRow:
        """A submit without an answer: the provider may know the job under our own id.

        Returns:
            The job: `submitted`, or still `unknown` while the provider says nothing.

        Raises:
            ItemError: The provider does not know it; a person decides.
        """
        provider_job_id = job.provider_job_id or job.job_id
        progress = self._ask(generator, job, provider_job_id)
        if progress is None:
            return job
        if progress.state is JobState.LOST:
            self._steps.move(job, JobState.LOST, error="The provider does not know the job.")
            raise ItemError(
                f"{generator.name} does not know job {job.job_id}, whose submit was interrupted. "
                "Whether it was made and paid for is not known: look at the provider's list of "
                f"jobs first, then give {job.job_id} to generated_clips (ids) to have it made again."
            )
        return self._steps.move(job, JobState.SUBMITTED, provider_job_id=provider_job_id)

    def progress(self, generator: VideoGenerator, job: JobRow) -> JobProgress | None:
        """Where a submitted job is; None while it waits.

        Raises:
            ItemError: It was given up, after a day.
        """
        for look in range(LOOKS_PER_RUN + 1):
            progress = self._ask(generator, job, provider_id(job))
            if progress is None or progress.is_ready or progress.state is not JobState.RUNNING:
                return progress
            if look < LOOKS_PER_RUN and is_soon(progress.retry_after_s):
                self._sleep(progress.retry_after_s or 0.0)
                continue
            self._steps.require_patience(job, progress.detail)
            self._steps.wait(job, error=progress.detail, wished_s=progress.retry_after_s)
            break
        return None

    def _ask(
        self, generator: VideoGenerator, job: JobRow, provider_job_id: str
    ) -> JobProgress | None:
        """One look; None when the provider says nothing now."""
        try:
            return generator.poll(provider_job_id)
        except TransientError as error:
            self._steps.require_patience(job, str(error))
            self._steps.wait(job, error=str(error), wished_s=error.retry_after_s)
            return None
        except ItemError as error:
            self._steps.require_patience(job, str(error))
            self._steps.wait(job, error=str(error))
            raise
        except StopError as error:
            self._steps.wait(job, error=str(error))
            if self._has_alternatives:
                raise TransientError(str(error)) from error
            raise


def provider_id(job: JobRow) -> str:
    """The provider's id of a job that has one."""
    if job.provider_job_id is None:
        raise AssertionError(f"{job.job_id} is {job.state} without a provider's id")
    return job.provider_job_id
