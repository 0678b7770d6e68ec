"""The port over a video server: a prompt becomes a request, an answer becomes progress or a file.

A job's id is the server's own, so another process goes on with nothing but the id.
"""

from pathlib import Path

from pydantic import SecretStr

from dreambox_pipeline.errors import ItemError, StopError
from dreambox_pipeline.generators.downloads import download_clip
from dreambox_pipeline.generators.openai_videos.dialect import (
    dialect_of,
    fields_for,
    seconds_for,
)
from dreambox_pipeline.generators.openai_videos.server import VideoServer
from dreambox_pipeline.generators.openai_videos.statuses import progress_of
from dreambox_pipeline.generators.pictures import picture_at
from dreambox_pipeline.generators.provider_words import job_id_in
from dreambox_pipeline.stages.prompts.model import VideoPrompt
from dreambox_pipeline.stages.videos.generation import JobProgress
from dreambox_pipeline.stages.videos.model import JobState


class OpenAIVideosGenerator:
    """Clips from any server with OpenAI-style `/videos`.

    Args:
        base_url: The server's address, with its version.
        api_key: Its key; empty for a server without one.
        model: The model's name, as the server knows it.
        price_microusd_per_second: What one second of a clip costs, in millionths of a US dollar.
        size: Width and height of the clip in pixels.

    Raises:
        StopError: An address or a model that cannot be used.
    """

    name = "openai_videos"

    def __init__(
        self,
        base_url: str,
        *,
        model: str,
        api_key: SecretStr = SecretStr(""),  # noqa: B008 - immutable
        price_microusd_per_second: int = 0,
        size: tuple[int, int] = (720, 1280),
    ) -> None:
        self._server = VideoServer(base_url, api_key=api_key)
        if not model.strip():
            raise StopError(
                "The generator is openai_videos, and DREAMBOX_VIDEO_MODEL is empty. Set it to a model of the server."
            )
        self._model = model.strip()
        self._dialect = dialect_of(self._model)
        self._price = price_microusd_per_second
        self._size = size
        self.version = f"openai-videos-1 {self._model} {size[0]}x{size[1]}"

    def __repr__(self) -> str:
        return f"OpenAIVideosGenerator({self._server.address!r}, model={self._model!r})"

    def estimate_microusd(self, prompt: VideoPrompt) -> int:
        """The price of the seconds that would be asked for."""
        try:
            return seconds_for(prompt, self._dialect) * self._price
        except ItemError:
            # Submit refuses it before anything is paid.
            return 0

    def submit(self, prompt: VideoPrompt, *, job_id: str, reference: Path | None = None) -> str:
        """Start a job and return the server's id for it.

        A model that takes no picture is asked without *reference*; its prompt says the look in words.

        Raises:
            NotSubmittedError: There is surely no job; submit it again later.
            TransientError: No answer came that can be read. The job may exist.
            RefusedError: The content of the prompt is refused. There is no job.
            ItemError: The length or the picture is none the model takes. There is no job.
            StopError: The server takes nothing until a person acts. There is no job.
        """
        takes_it = reference is not None and self._dialect.takes_reference
        picture = picture_at(reference) if reference is not None and takes_it else None
        fields = fields_for(
            prompt,
            model=self._model,
            size=self._size,
            dialect=self._dialect,
            has_reference=takes_it,
        )
        answer = self._server.submit(fields, job_id=job_id, reference=picture)
        return job_id_in(answer, job_id=job_id, address=self._server.address)

    def poll(self, provider_job_id: str) -> JobProgress:
        """Where the job is now; lost when the server does not know it.

        Raises:
            TransientError: No answer now.
            StopError: The key or the address is wrong.
            ItemError: The server cannot be asked about this job.
        """
        job = self._server.job(provider_job_id)
        if job is None:
            detail = (
                f"{self._server.address} does not know the job {provider_job_id}. Servers that keep jobs "
                "in memory forget them when they start anew."
            )
            return JobProgress(JobState.LOST, detail=detail)
        return progress_of(job, clean=self._server.clean)

    def download(self, provider_job_id: str, to: Path) -> Path:
        """Write the finished clip to *to*, whole or not at all.

        Raises:
            ItemError: There is no clip, or what came is none, twice.
            TransientError: It broke off, or could not be written.
            StopError: The key is wrong.
        """
        return download_clip(self._server.fetch, provider_job_id, to)

    def look(self) -> None:
        """Find out whether the server is there and takes the key; starts nothing.

        Raises:
            TransientError: Nobody answers.
            StopError: The key is not taken.
        """
        self._server.look()
