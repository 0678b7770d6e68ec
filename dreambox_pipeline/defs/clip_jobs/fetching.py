"""Fetching a finished clip: downloaded at once, judged by what is in it, named by its content."""

from pathlib import Path

from dreambox_pipeline.defs.clip_jobs.job_steps import AGAIN, JobSteps
from dreambox_pipeline.defs.clip_jobs.polling import provider_id
from dreambox_pipeline.errors import ItemError, StopError, TransientError
from dreambox_pipeline.media.probe import probe
from dreambox_pipeline.stages.prompts.model import VideoPrompt
from dreambox_pipeline.stages.videos.generation import VideoGenerator, is_length_as_asked
from dreambox_pipeline.stages.videos.model import JobState
from dreambox_pipeline.storage.ledger.jobs import JobRow
from dreambox_pipeline.storage.media_store import MediaStore


class Fetcher:
    """Brings clips from generators into the media store.

    Args:
        steps: Writes down what came.
        media: Where clips are kept.
        work_dir: Where a clip lies while it is downloaded.
    """

    def __init__(self, steps: JobSteps, *, media: MediaStore, work_dir: Path) -> None:
        self._steps = steps
        self._media = media
        self._work_dir = work_dir

    def fetch(
        self,
        generator: VideoGenerator,
        job: JobRow,
        prompt: VideoPrompt,
        *,
        cost_microusd: int | None,
    ) -> JobRow:
        """Download *job*'s clip and settle what it cost.

        Raises:
            ItemError: What came is not what was asked for. It is paid, and the same would come again.
            TransientError: The download broke off; it is tried again later.
            StopError: The disk is full, or the provider lets nobody in.
        """
        self._work_dir.mkdir(parents=True, exist_ok=True)
        draft = self._work_dir / f"{job.job_id}.mp4"
        try:
            clip = generator.download(provider_id(job), draft)
            _check_clip(clip, prompt)
            digest = self._media.put(clip)
        except TransientError as error:
            self._steps.require_patience(job, str(error), was_made=True)
            self._steps.wait(job, error=str(error), wished_s=error.retry_after_s)
            raise
        except StopError as error:
            self._steps.wait(job, error=str(error))
            raise
        except ItemError as error:
            reason = f"{error} It was not kept. {AGAIN.format(job_id=job.job_id)}"
            failed, cost = JobState.FAILED, cost_microusd
            self._steps.move(job, failed, cost_microusd=cost, was_made=True, error=reason)
            raise ItemError(reason) from error
        finally:
            draft.unlink(missing_ok=True)
        return self._steps.move(
            job, JobState.DOWNLOADED, clip_hash=digest, cost_microusd=cost_microusd
        )


def _check_clip(clip: Path, prompt: VideoPrompt) -> None:
    """A provider's file is judged by what is in it, before it gets a name."""
    facts = probe(clip)
    if facts.width >= facts.height:
        raise ItemError(f"The clip is {facts.width}x{facts.height}, not upright.")
    if not is_length_as_asked(facts.duration_s, prompt.duration_s):
        raise ItemError(
            f"The clip lasts {facts.duration_s:.1f} s where {prompt.duration_s:.1f} s were asked for."
        )
