"""The offline generator behind the `VideoGenerator` port.

A job is a file that holds the whole prompt, so another process, or the same one after a crash,
can render it: `submit` writes the file, `download` does the work. Nothing leaves the machine and
nothing costs anything.
"""

import errno
import json
import os
import re
import tempfile
from pathlib import Path

import av
from pydantic import ValidationError

from dreambox_pipeline.errors import ItemError, TransientError
from dreambox_pipeline.generators.synthetic.rendering import Progress, render
from dreambox_pipeline.stages.prompts.model import VideoPrompt
from dreambox_pipeline.stages.videos.generation import JobProgress
from dreambox_pipeline.stages.videos.model import JobState

# A job id becomes a file name; anything else could point outside the folder.
_SAFE_ID = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,127}")


class SyntheticGenerator:
    """Draws clips from a prompt's closed vocabularies, on this machine.

    Args:
        work_dir: Folder for job files; made when needed.
        threads: Frames drawn at once.
        size: Width and height of the clip in pixels, both even; smaller for tests.
    """

    name = "synthetic"
    version = "synthetic-2"

    def __init__(
        self, work_dir: Path, *, threads: int = 2, size: tuple[int, int] = (720, 1280)
    ) -> None:
        self._work_dir = work_dir
        self._threads = threads
        self._size = size

    def estimate_microusd(self, prompt: VideoPrompt) -> int:  # noqa: ARG002 - the port's signature
        """Nothing: the work is done here."""
        return 0

    def submit(self, prompt: VideoPrompt, *, job_id: str, reference: Path | None = None) -> str:  # noqa: ARG002
        """Write the job's file and return *job_id*.

        Raises:
            ItemError: *job_id* cannot be a file name.
            TransientError: The file could not be written; nothing was left behind.
        """
        path = self._job_path(job_id)
        if path is None:
            raise ItemError(
                f"Submitting synthetic job {job_id!r}: an id may hold letters, digits, '.', '_' and '-' only. Give the job such an id."
            )
        body = json.dumps({"generator": self.version, "prompt": prompt.model_dump(mode="json")})
        try:
            self._work_dir.mkdir(parents=True, exist_ok=True)
            _write_whole(path, body)
        except OSError as error:
            raise _no_room(f"Writing synthetic job {job_id}", path, error) from error
        return job_id

    def poll(self, provider_job_id: str) -> JobProgress:
        """Ready as soon as the job's file exists; lost when there is none."""
        path = self._job_path(provider_job_id)
        if path is None or not path.is_file():
            detail = f"There is no job file for {provider_job_id!r} in {self._work_dir}."
            return JobProgress(JobState.LOST, detail=detail)
        return JobProgress(JobState.RUNNING, is_ready=True)

    def download(
        self, provider_job_id: str, to: Path, *, on_progress: Progress | None = None
    ) -> Path:
        """Render the job into *to*, whole or not at all.

        Args:
            provider_job_id: As `submit` returned it.
            to: Replaced when the clip is complete; untouched by a failure.
            on_progress: Told the share of frames done, from 0 to 1.

        Raises:
            ItemError: The job is unknown, or its file or its prompt cannot be read.
            TransientError: The clip could not be written; a full disk, for example.
        """
        prompt = self._prompt(provider_job_id)
        to.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=to.parent, prefix=f".{to.name}.", suffix=".part")
        os.close(handle)
        part = Path(name)
        try:
            render(prompt, part, size=self._size, threads=self._threads, on_progress=on_progress)
            part.chmod(0o644)
            part.replace(to)
        except ValueError as error:
            raise ItemError(
                f"Rendering synthetic job {provider_job_id}: {error}. Correct the prompt and submit it as a new job."
            ) from error
        except (OSError, av.FFmpegError) as error:
            raise _no_room(f"Rendering synthetic job {provider_job_id}", to, error) from error
        finally:
            part.unlink(missing_ok=True)
        return to

    def _job_path(self, job_id: str) -> Path | None:
        return self._work_dir / f"{job_id}.json" if _SAFE_ID.fullmatch(job_id) else None

    def _prompt(self, job_id: str) -> VideoPrompt:
        path = self._job_path(job_id)
        if path is None or not path.is_file():
            raise ItemError(
                f"Rendering synthetic job {job_id!r}: there is no job file in {self._work_dir}. Poll says lost; plan the job again."
            )
        try:
            return VideoPrompt.model_validate(
                json.loads(path.read_text(encoding="utf-8"))["prompt"]
            )
        except (ValueError, KeyError, TypeError, ValidationError) as error:
            raise ItemError(
                f"Rendering synthetic job {job_id}: {path} does not hold a prompt ({type(error).__name__}). Delete the file and plan the job again."
            ) from error


def _write_whole(path: Path, body: str) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_text(body, encoding="utf-8")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def _no_room(tried: str, path: Path, error: Exception) -> TransientError:
    code = getattr(error, "errno", None)
    full = code in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    what = "Make room on that disk" if full else "Check that the folder can be written"
    return TransientError(
        f"{tried} into {path}: {error}. Nothing was left behind. {what}; the next run tries again."
    )
