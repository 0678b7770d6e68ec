"""Bringing generation jobs to their end, whatever state an earlier run left them in."""

import hashlib
from datetime import timedelta
from pathlib import Path

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.errors import ItemError, StopError, TransientError
from dreambox_pipeline.media.probe import probe
from dreambox_pipeline.stages.prompts.model import VideoPrompt
from dreambox_pipeline.stages.videos.generation import (
    JobProgress,
    NotSubmittedError,
    VideoGenerator,
    is_length_as_asked,
)
from dreambox_pipeline.stages.videos.model import JobState
from dreambox_pipeline.storage.ledger import Ledger, consents, jobs, prompts
from dreambox_pipeline.storage.media_store import MediaStore

LONGEST_WAIT = timedelta(hours=24)
"""A clip takes minutes, and providers keep a job for about a day; after that nobody waits for it."""


class JobRunner:
    """One generator's jobs: planned in the ledger, submitted once, downloaded, accepted.

    Args:
        work_dir: Where a clip lies while it is downloaded, before the media store takes it.
    """

    def __init__(
        self,
        generator: VideoGenerator,
        *,
        ledger: Ledger,
        media: MediaStore,
        clock: Clock,
        work_dir: Path,
    ) -> None:
        self._generator = generator
        self._ledger = ledger
        self._media = media
        self._clock = clock
        self._work_dir = work_dir

    def plan(self, *, limit: int, ids: list[str] | None) -> None:
        """Write down a job for each prompt that has none; a named job that ended badly starts again."""
        with self._ledger.write() as connection:
            for job in jobs.ended_badly(connection, ids or []):
                jobs.move(connection, job, JobState.PLANNED, now=self._clock())
            for row in prompts.without_job(connection, ids=ids)[:limit]:
                jobs.plan(
                    connection,
                    job_id_for(row.prompt_id, self._generator),
                    prompt_id=row.prompt_id,
                    generator=self._generator.name,
                    generator_version=self._generator.version,
                    estimate_microusd=self._generator.estimate_microusd(row.prompt),
                    now=self._clock(),
                )

    def finish(self, job: jobs.JobRow) -> jobs.JobRow:
        """Take *job* from where it is to `accepted`.

        Raises:
            ItemError: It was refused, failed or lost; its row says so.
            TransientError: It is not ready yet, or its submit is unclear; the next run goes on.
        """
        prompt = self._prompt(job)
        if job.state is JobState.PLANNED:
            job = self._submit(job, prompt)
        if job.state is JobState.UNKNOWN:
            job = self._look_up(job)
        if job.state in (JobState.SUBMITTED, JobState.RUNNING):
            job = self._download(self._poll(job), prompt)
        if job.state is JobState.DOWNLOADED:
            job = self._move(job, JobState.ACCEPTED)
        return job

    def _prompt(self, job: jobs.JobRow) -> VideoPrompt:
        """What the job is asked to make, as long as the dreamer agrees."""
        with self._ledger.read() as connection:
            row = prompts.get(connection, job.prompt_id)
            is_granted = row is not None and consents.is_granted(connection, row.dream_id)
            is_held_back = row is not None and consents.is_held_back(connection, row.dream_id)
        if row is None:
            raise ItemError(
                f"Job {job.job_id} has no prompt {job.prompt_id}. Run video_prompts again."
            )
        if is_held_back:
            raise TransientError(
                f"{row.dream_id} was suspended meanwhile; its job waits until the dream goes on."
            )
        if not is_granted:
            reason = f"The dreamer of {row.dream_id} took their consent back; nothing is made."
            self._move(job, JobState.FAILED, error=reason)
            raise ItemError(reason)
        return row.prompt

    def _submit(self, job: jobs.JobRow, prompt: VideoPrompt) -> jobs.JobRow:
        # From here on a crash leaves `unknown`: the request may be out, and it costs money.
        job = self._move(job, JobState.UNKNOWN)
        try:
            provider_job_id = self._generator.submit(prompt, job_id=job.job_id)
        except ItemError as error:
            self._move(job, JobState.FAILED, error=str(error))
            raise
        except (NotSubmittedError, StopError) as error:
            # Surely no job, so there is nothing to look up: it waits as if it was never sent.
            job = self._move(job, JobState.LOST, error=str(error))
            self._move(job, JobState.PLANNED, error=str(error))
            raise
        return self._move(job, JobState.SUBMITTED, provider_job_id=provider_job_id)

    def _look_up(self, job: jobs.JobRow) -> jobs.JobRow:
        """A submit without an answer: the provider may know the job under our own id."""
        progress = self._generator.poll(job.provider_job_id or job.job_id)
        if progress.state is JobState.LOST:
            self._move(job, JobState.LOST, error="The provider does not know the job.")
            raise ItemError(
                f"{self._generator.name} does not know job {job.job_id}, whose submit was interrupted. "
                "Whether it was made and paid for is not known: look at the provider's list of "
                "jobs first, then give its id to generated_clips to plan it again."
            )
        return self._move(
            job, JobState.SUBMITTED, provider_job_id=job.provider_job_id or job.job_id
        )

    def _poll(self, job: jobs.JobRow) -> jobs.JobRow:
        progress = self._generator.poll(_provider_id(job))
        if progress.state in (JobState.REFUSED, JobState.FAILED, JobState.LOST):
            self._move(job, progress.state, error=progress.detail)
            raise ItemError(
                f"{self._generator.name} ended job {job.job_id} as {progress.state}: {progress.detail}"
            )
        if not progress.is_ready:
            self._require_patience(job, progress)
            raise TransientError(f"Job {job.job_id} is not ready yet; the next run asks again.")
        return job if job.state is JobState.RUNNING else self._move(job, JobState.RUNNING)

    def _require_patience(self, job: jobs.JobRow, progress: JobProgress) -> None:
        """Give up on a job that never ends, and say what it said last."""
        if self._clock() - job.updated_at <= LONGEST_WAIT:
            return
        hours = LONGEST_WAIT / timedelta(hours=1)
        reason = (
            f"{self._generator.name} did not finish job {job.job_id} within {hours:g} hours"
            f"{': ' + progress.detail if progress.detail else ''}. Look at it at the provider; then give its id to "
            "generated_clips to plan it again."
        )
        self._move(job, JobState.FAILED, error=reason)
        raise ItemError(reason)

    def _download(self, job: jobs.JobRow, prompt: VideoPrompt) -> jobs.JobRow:
        self._work_dir.mkdir(parents=True, exist_ok=True)
        draft = self._work_dir / f"{job.job_id}.mp4"
        try:
            clip = self._generator.download(_provider_id(job), draft)
            _check_clip(clip, prompt)
            digest = self._media.put(clip)
        except ItemError as error:
            # It was made and paid for, and the same file would come again.
            cost = self._generator.estimate_microusd(prompt)
            self._move(job, JobState.FAILED, cost_microusd=cost, error=str(error))
            raise
        finally:
            draft.unlink(missing_ok=True)
        return self._move(
            job,
            JobState.DOWNLOADED,
            clip_hash=digest,
            cost_microusd=self._generator.estimate_microusd(prompt),
        )

    def _move(
        self,
        job: jobs.JobRow,
        to: JobState,
        *,
        provider_job_id: str | None = None,
        clip_hash: str | None = None,
        cost_microusd: int | None = None,
        error: str | None = None,
    ) -> jobs.JobRow:
        with self._ledger.write() as connection:
            return jobs.move(
                connection,
                job,
                to,
                now=self._clock(),
                provider_job_id=provider_job_id,
                clip_hash=clip_hash,
                cost_microusd=cost_microusd,
                error=error,
            )


def job_id_for(prompt_id: str, generator: VideoGenerator) -> str:
    """The same prompt and generator version are the same job: they never pay twice."""
    made_by = f"{prompt_id}:{generator.name}:{generator.version}"
    return f"job_{hashlib.sha256(made_by.encode()).hexdigest()[:16]}"


def _provider_id(job: jobs.JobRow) -> str:
    if job.provider_job_id is None:
        raise AssertionError(f"{job.job_id} is {job.state} without a provider's id")
    return job.provider_job_id


def _check_clip(clip: Path, prompt: VideoPrompt) -> None:
    """A provider's file is judged by what is in it, before it gets a name."""
    facts = probe(clip)
    if facts.width >= facts.height:
        raise ItemError(
            f"The clip is {facts.width}x{facts.height}, not upright. It was not kept; give the job's id to generated_clips to plan it again."
        )
    if not is_length_as_asked(facts.duration_s, prompt.duration_s):
        raise ItemError(
            f"The clip lasts {facts.duration_s:.1f} s where {prompt.duration_s:.1f} s were asked for. It was not kept; give the job's id to generated_clips to plan it again."
        )
