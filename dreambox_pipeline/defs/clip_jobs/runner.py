"""Bringing generation jobs to their end, whatever state an earlier run left them in."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Semaphore

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.defs.clip_jobs.budget import Budget
from dreambox_pipeline.defs.clip_jobs.fetching import Fetcher
from dreambox_pipeline.defs.clip_jobs.job_steps import AGAIN, JobSteps
from dreambox_pipeline.defs.clip_jobs.launching import Launcher
from dreambox_pipeline.defs.clip_jobs.polling import Poller
from dreambox_pipeline.defs.clip_jobs.softening import softened_row
from dreambox_pipeline.errors import DreamBoxError, ItemError, StopError, TransientError
from dreambox_pipeline.generators.registry import GENERATORS
from dreambox_pipeline.safety.model import ScreeningAction
from dreambox_pipeline.safety.moderation import Moderator, judged
from dreambox_pipeline.stages.prompts.rendering import shown
from dreambox_pipeline.stages.videos.budget import in_usd
from dreambox_pipeline.stages.videos.generation import (
    JobProgress,
    NotSubmittedError,
    RefusedError,
    VideoGenerator,
)
from dreambox_pipeline.stages.videos.model import JobState
from dreambox_pipeline.stages.videos.waiting import WaitsFor, pause
from dreambox_pipeline.storage.ledger import (
    Ledger,
    circuits,
    consents,
    job_choices,
    jobs,
    prompts,
    series,
)
from dreambox_pipeline.storage.ledger.jobs import JobRow
from dreambox_pipeline.storage.ledger.prompts import PromptRow
from dreambox_pipeline.storage.media_store import MediaStore

AT_ONCE = 4
"""Jobs in hand at once. A remote clip is minutes of waiting and seconds of downloading, so a few
threads keep every provider busy; more would only run into its limits together."""

REMAKE = (
    "Remake the dream with video_prompts (its id in ids, remake on), in another style, or leave it."
)
"""What a person does about a dream that a provider refuses."""

ONE_BY_ONE = frozenset({"synthetic"})
"""Generators that draw on this machine with threads of their own: two at once would only share its cores."""


class JobRunner:
    """Generators' jobs: planned in the ledger, submitted once, downloaded, accepted.

    Args:
        generators: In the operator's order; the first that works makes a clip.
        ledger: Where every step is written down before and after it is taken.
        media: Where clips are kept.
        moderator: Looks at softened prompts.
        clock: What time it is.
        sleep: Waits so many seconds of that time.
        budget: What may be spent.
        work_dir: Where a clip lies while it is downloaded, before the media store takes it.
        log: Told what a person may want to know and need not act on.
    """

    def __init__(
        self,
        generators: Sequence[VideoGenerator],
        *,
        ledger: Ledger,
        media: MediaStore,
        moderator: Moderator,
        clock: Clock,
        sleep: Callable[[float], None],
        budget: Budget,
        work_dir: Path,
        log: Callable[[str], None],
    ) -> None:
        self._ledger = ledger
        self._media = media
        self._moderator = moderator
        self._steps = JobSteps(ledger, clock=clock)
        self._launcher = Launcher(generators, ledger=ledger, clock=clock, budget=budget, log=log)
        self._poller = Poller(
            self._steps, sleep=sleep, has_alternatives=self._launcher.has_alternatives
        )
        self._fetcher = Fetcher(self._steps, media=media, work_dir=work_dir)
        self._slots = {
            generator.name: Semaphore(1 if generator.name in ONE_BY_ONE else AT_ONCE)
            for generator in generators
        }
        self._log = log

    @property
    def workers(self) -> int:
        """How many jobs are worth having in hand at once."""
        return 1 if set(self._slots) <= ONE_BY_ONE else AT_ONCE

    def plan(self, *, limit: int, ids: list[str] | None, is_retry: bool = False) -> None:
        """Write down a job for each prompt that has none; a named job that ended badly starts again.

        Args:
            limit: At most so many new jobs.
            ids: Job, prompt or dream ids; None for all that waits.
            is_retry: The same run was here before, so what ended badly may have ended in it.
        """
        with self._steps.together() as (connection, now):
            for job in job_choices.ended_badly(connection, [] if is_retry else ids or []):
                jobs.move(connection, job, JobState.PLANNED, now=now)
            self._launcher.wake_blocked(connection)
            for row in prompts.without_job(connection, ids=ids)[:limit]:
                self._launcher.plan(connection, row)

    def finish(self, job: JobRow, *, by_hand: bool = False) -> JobRow:
        """Take *job* from where it is as far as it goes now.

        Args:
            job: An open job.
            by_hand: A person named it: its generator is tried even if it is left alone.

        Returns:
            The job, `accepted`; or as it waits: at its provider, for money or for a generator. It is
            another job if the prompt was passed on.

        Raises:
            ItemError: It was refused, failed or lost, or its dream is over its cap; its row says so.
            TransientError: Its submit is unclear or was turned away; a later run goes on.
            StopError: Nothing of its kind goes on until a person acts.
        """
        with self._ledger.read() as connection:
            present = jobs.get(connection, job.job_id) or job
        if present.state is not job.state:
            # Another run has it in hand; two would only get in each other's way.
            return present
        while job.state is not JobState.ACCEPTED:
            before = job
            try:
                job = self._advance(job, by_hand=by_hand)
            except (ItemError, TransientError) as error:
                error.item_id = job.job_id
                raise
            if _place(job) == _place(before):
                break
        return job

    def _advance(self, job: JobRow, *, by_hand: bool) -> JobRow:
        """One step; the same place means that it waits there."""
        row = self._row(job)
        if job.state is JobState.PLANNED:
            return self._send(job, row, by_hand=by_hand)
        if job.state is JobState.UNKNOWN:
            return self._poller.look_up(self._generator_of(job), job)
        if job.state in (JobState.SUBMITTED, JobState.RUNNING):
            return self._collect(job, row)
        return self._steps.move(job, JobState.ACCEPTED)

    def _row(self, job: JobRow) -> PromptRow:
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
            self._steps.move(job, JobState.FAILED, error=reason)
            raise ItemError(reason)
        return (softened_row(row) or row) if job.is_softened else row

    def _generator_of(self, job: JobRow) -> VideoGenerator:
        """The generator that has *job*; without it the job waits, longer each time."""
        try:
            return self._launcher.generator_of(job)
        except TransientError as error:
            self._steps.wait(job, error=str(error))
            raise

    def _require_harmless(self, job: JobRow, row: PromptRow) -> None:
        """A softened prompt is judged like every prompt before it is sent."""
        try:
            verdict = judged(shown(row.prompt), moderator=self._moderator)
        except (TransientError, StopError) as error:
            wished_s = error.retry_after_s if isinstance(error, TransientError) else None
            self._steps.wait(job, error=str(error), wished_s=wished_s)
            raise
        if verdict.action is not ScreeningAction.BLOCK:
            return
        reason = (
            f"{job.generator} refused the prompt of {row.dream_id}: {_ended(job.refusal)} The softened one was "
            f"not sent: {', '.join(verdict.reasons)}. {REMAKE}"
        )
        self._steps.move(job, JobState.REFUSED, error=reason)
        raise ItemError(reason)

    def _send(self, job: JobRow, row: PromptRow, *, by_hand: bool) -> JobRow:
        if job.is_softened:
            self._require_harmless(job, row)
        job = self._launcher.launch(job, row, by_hand=by_hand)
        if job.state is JobState.UNKNOWN:
            return self._submit(job, row)
        if job.state is JobState.FAILED or job.waits_for is WaitsFor.VIDEO_CAP:
            raise ItemError(job.error or "")
        return job

    def _submit(self, job: JobRow, row: PromptRow) -> JobRow:
        # A crash from here on leaves `unknown`: the request may be out, and it costs money.
        generator = self._generator_of(job)
        reference = self._reference(generator, row)
        try:
            provider_job_id = generator.submit(row.prompt, job_id=job.job_id, reference=reference)
        except RefusedError as error:
            return self._refuse(job, row, str(error))
        except ItemError as error:
            with self._steps.together() as (connection, now):
                circuits.record_success(connection, job.generator, now=now)
                job = jobs.move(connection, job, JobState.PLANNED, now=now)
                jobs.move(connection, job, JobState.FAILED, now=now, error=str(error))
            raise
        except (NotSubmittedError, StopError) as error:
            return self._turned_away(job, row, error)
        except TransientError as error:
            with self._steps.together() as (connection, now):
                circuits.record_fault(connection, job.generator, error, now=now)
            raise
        try:
            return self._taken(job, provider_job_id)
        except DreamBoxError:
            self._log(
                f"{job.generator} took {job.job_id} as {provider_job_id}, which could not be written down. "
                "The clip may be made and paid for: fetch it there by hand if it matters."
            )
            raise

    def _taken(self, job: JobRow, provider_job_id: str) -> JobRow:
        """The provider has the job, wherever another process that looked for it meanwhile has put it."""
        with self._steps.together() as (connection, now):
            circuits.record_success(connection, job.generator, now=now)
            present = jobs.get(connection, job.job_id) or job
            if present.provider_job_id == provider_job_id:
                return present
            if present.state is JobState.LOST:
                job = present
            submitted = JobState.SUBMITTED
            return jobs.move(connection, job, submitted, now=now, provider_job_id=provider_job_id)

    def _reference(self, generator: VideoGenerator, row: PromptRow) -> Path | None:
        """The picture of the prompt's series, for a generator that takes one. A wish: none is no error."""
        entry = GENERATORS.get(generator.name)
        if entry is None or not entry.capabilities.takes_reference_image:
            return None
        with self._ledger.read() as connection:
            digest = series.reference_of(connection, row.prompt_id)
        path = self._media.path(digest, series.REFERENCE_SUFFIX) if digest else None
        if path is None or path.exists():
            return path
        self._log(f"The picture of the series of {row.prompt_id} is missing; made without it.")
        return None

    def _turned_away(
        self, job: JobRow, row: PromptRow, error: NotSubmittedError | StopError
    ) -> JobRow:
        """Surely no job: it waits as if it was never sent, or goes to another generator."""
        wished_s = error.retry_after_s if isinstance(error, NotSubmittedError) else None
        with self._steps.together() as (connection, now):
            circuits.record_fault(connection, job.generator, error, now=now)
            asked = job.polls
            job = jobs.move(connection, job, JobState.PLANNED, now=now, error=str(error))
            until = now + pause(asked, wished_s=wished_s)
            job = jobs.wait(connection, replace(job, polls=asked), until=until, error=str(error))
        passed_on = self._launcher.pass_on(job, row)
        if passed_on is not None:
            return passed_on
        if isinstance(error, StopError) and job.is_softened and self._launcher.has_alternatives:
            # It stays where it was refused, and the others have somewhere to go.
            raise TransientError(str(error)) from error
        raise error

    def _collect(self, job: JobRow, row: PromptRow) -> JobRow:
        """Look at a submitted job and fetch its clip once there is one."""
        generator = self._generator_of(job)
        progress = self._poller.progress(generator, job)
        if progress is None:
            return job
        if progress.state is JobState.REFUSED:
            return self._refuse(job, row, progress.detail or "", progress=progress)
        if progress.state in (JobState.FAILED, JobState.LOST):
            cost = progress.cost_microusd
            self._steps.move(job, progress.state, cost_microusd=cost, error=progress.detail)
            raise ItemError(
                f"{job.generator} ended job {job.job_id} as {progress.state}: {_ended(progress.detail)} "
                f"{AGAIN.format(job_id=job.job_id)}"
            )
        if job.state is not JobState.RUNNING:
            job = self._steps.move(job, JobState.RUNNING)
        with self._slots[job.generator]:
            cost = progress.cost_microusd
            fetched = self._fetcher.fetch(generator, job, row.prompt, cost_microusd=cost)
        if cost is not None and cost > job.estimate_microusd:
            reserved = in_usd(job.estimate_microusd)
            self._log(f"{job.job_id} cost {in_usd(cost)} where {reserved} were reserved.")
        return fetched

    def _refuse(
        self, job: JobRow, row: PromptRow, reason: str, *, progress: JobProgress | None = None
    ) -> JobRow:
        """A "no" to the content: asked once more with a softened prompt, then passed on to a person.

        Returns:
            The job, planned again with a softened prompt.

        Raises:
            ItemError: It is the second refusal, or there is nothing to soften.
        """
        gentler = None if job.is_softened else softened_row(row)
        with self._steps.together() as (connection, now):
            if progress is None:
                # At the door: an answer, and no job.
                circuits.record_success(connection, job.generator, now=now)
                job = jobs.move(connection, job, JobState.PLANNED, now=now)
            job = jobs.move(
                connection,
                job,
                JobState.REFUSED,
                now=now,
                cost_microusd=progress.cost_microusd if progress else None,
                error=reason,
            )
            if gentler is not None:
                first = f"{job.generator} refused the first prompt: {reason}"
                return jobs.move(connection, job, JobState.PLANNED, now=now, error=first)
        what = (
            "the softened prompt, too"
            if job.is_softened
            else "the prompt, which has nothing to soften"
        )
        raise ItemError(
            f"{job.generator} refused {what}, of {row.dream_id}: {_ended(reason)} Nobody else is asked. {REMAKE}"
        )


def _ended(said: str | None) -> str:
    """A provider's words as a sentence."""
    said = said or "no reason given"
    return said if said.endswith((".", "!", "?")) else f"{said}."


def _place(job: JobRow) -> tuple[str, JobState, bool]:
    return job.job_id, job.state, job.is_softened
