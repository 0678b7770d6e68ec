"""The life of a generation job, and the port every generator implements.

    planned -> submitted -> running -> downloaded -> accepted
       |           |           |            |
       |           |           +-> refused -> planned (once, with a softened prompt)
       |           |           +-> failed
       |           +-> lost (the provider forgot it)
       +-> unknown (the request may be out; looked up, never blindly sent again)
              +-> submitted (the provider knows it)
              +-> planned (turned away: there surely is no job)
              +-> lost -> submitted (its answer came late, after all)
              +-> failed

The row exists before the request, because a request costs money; `budget` says which step books
what. A person may plan a failed or lost job again.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from dreambox_pipeline.errors import ItemError, TransientError
from dreambox_pipeline.stages.prompts.model import VideoPrompt
from dreambox_pipeline.stages.videos.model import JobState

S = JobState
TRANSITIONS: dict[JobState, frozenset[JobState]] = {
    S.PLANNED: frozenset({S.SUBMITTED, S.UNKNOWN, S.REFUSED, S.FAILED}),
    S.UNKNOWN: frozenset({S.SUBMITTED, S.PLANNED, S.LOST, S.FAILED}),
    S.SUBMITTED: frozenset({S.RUNNING, S.DOWNLOADED, S.REFUSED, S.FAILED, S.LOST}),
    S.RUNNING: frozenset({S.DOWNLOADED, S.REFUSED, S.FAILED, S.LOST}),
    S.DOWNLOADED: frozenset({S.ACCEPTED, S.FAILED}),
    S.LOST: frozenset({S.PLANNED, S.SUBMITTED}),
    S.FAILED: frozenset({S.PLANNED}),
    S.REFUSED: frozenset({S.PLANNED}),
    S.ACCEPTED: frozenset(),
}


def advance(current: JobState, to: JobState) -> JobState:
    """The state *to*, if a job in *current* may go there.

    Raises:
        ValueError: The machine has no such arrow. A caller's mistake; nothing was changed.
    """
    if to not in TRANSITIONS[current]:
        msg = f"A generation job cannot go from {current} to {to}."
        raise ValueError(msg)
    return to


class RefusedError(ItemError):
    """The provider refuses what the prompt shows. There is no job and nothing was paid."""


class NotSubmittedError(TransientError):
    """The provider surely started no job, so the same request may be sent again later."""


def is_length_as_asked(duration_s: float, asked_s: float) -> bool:
    """A clip of *duration_s* seconds will do where *asked_s* were asked for: within a quarter, or 1 s."""
    return abs(duration_s - asked_s) <= max(1.0, asked_s * 0.25)


@dataclass(frozen=True, slots=True)
class JobProgress:
    """What a generator says about a job.

    Attributes:
        state: `running`, `refused`, `failed` or `lost`.
        is_ready: The clip is made and can be downloaded; *state* is still `running`.
        progress: From 0 to 1, or None when the provider does not say.
        detail: A refusal's or failure's reason, in the provider's words.
        cost_microusd: What the provider says it charged, in millionths of a US dollar, or None.
        retry_after_s: Seconds after which the provider wants to be asked again, or None.
    """

    state: JobState
    is_ready: bool = False
    progress: float | None = None
    detail: str | None = None
    cost_microusd: int | None = None
    retry_after_s: float | None = None


class VideoGenerator(Protocol):
    """Something that turns a `VideoPrompt` into a clip.

    Implementations are checked by one contract suite, `contracts/test_video_generator.py`.
    """

    name: str
    version: str

    def estimate_microusd(self, prompt: VideoPrompt) -> int:
        """What one clip would cost, in millionths of a US dollar."""
        ...

    def submit(self, prompt: VideoPrompt, *, job_id: str, reference: Path | None = None) -> str:
        """Start a job and return the provider's id for it. Called at most once per *job_id*.

        Args:
            prompt: What to make.
            job_id: Our own id for the job.
            reference: A picture (JPEG, PNG or WebP) whose look the clip should have. Given only
                to generators whose registry entry says that they take one.

        Raises:
            TransientError: The answer never came. The job may exist; mark it `unknown`.
            NotSubmittedError: There is surely no job; submit it again later.
            RefusedError: The provider refuses the content of this prompt.
            ItemError: The provider cannot make this prompt, for example its length.
            StopError: The provider takes no prompt until a person acts. There is no job.
        """
        ...

    def poll(self, provider_job_id: str) -> JobProgress:
        """Where the job is now."""
        ...

    def download(self, provider_job_id: str, to: Path) -> Path:
        """Write the finished clip to *to*, whole or not at all."""
        ...
