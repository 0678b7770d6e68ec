"""The port over Gemini Omni: a prompt becomes a request, an answer becomes progress or a file.

A job's id is the provider's own, so another process goes on with nothing but the id.
"""

from pathlib import Path

from pydantic import SecretStr

from dreambox_pipeline.errors import ItemError, StopError
from dreambox_pipeline.generators.downloads import download_clip
from dreambox_pipeline.generators.gemini_omni.request import SIZES, body_for, seconds_for
from dreambox_pipeline.generators.gemini_omni.server import InteractionsServer
from dreambox_pipeline.generators.gemini_omni.statuses import progress_of
from dreambox_pipeline.generators.pictures import picture_at
from dreambox_pipeline.generators.provider_words import job_id_in
from dreambox_pipeline.stages.prompts.model import VideoPrompt
from dreambox_pipeline.stages.videos.generation import JobProgress
from dreambox_pipeline.stages.videos.model import JobState


class GeminiOmniGenerator:
    """Upright clips of 3 to 15 seconds with sound, from Google.

    Args:
        base_url: The Gemini API's address, without its version.
        api_key: A key of Google AI Studio.
        model: For example `gemini-omni-1.2-flash`.
        price_microusd_per_second: What one second of a clip costs, in millionths of a US dollar.
        resolution: `360p`, `720p`, `1080p` or `4k`.

    Raises:
        StopError: The address, the key, the model or the package is missing.
    """

    name = "gemini_omni"

    def __init__(
        self,
        base_url: str,
        *,
        api_key: SecretStr,
        model: str,
        price_microusd_per_second: int,
        resolution: str = "720p",
    ) -> None:
        if resolution not in SIZES:
            msg = f"resolution is {resolution!r}; choose one of {', '.join(SIZES)}."
            raise ValueError(msg)
        if not model.strip():
            raise StopError(
                "The generator is gemini_omni, and DREAMBOX_GEMINI_MODEL is empty. Unset it, or set it to a model "
                "that makes videos, such as gemini-omni-1.2-flash."
            )
        self._server = InteractionsServer(base_url, api_key=api_key)
        self._model = model.strip()
        self._price = price_microusd_per_second
        self._resolution = resolution
        self.version = f"gemini-omni-1 {self._model} {resolution}"

    def __repr__(self) -> str:
        return f"GeminiOmniGenerator({self._server.address!r}, model={self._model!r})"

    def estimate_microusd(self, prompt: VideoPrompt) -> int:
        """The price of the seconds that would be asked for."""
        try:
            return seconds_for(prompt) * self._price
        except ItemError:
            # Submit refuses it before anything is paid.
            return 0

    def submit(self, prompt: VideoPrompt, *, job_id: str, reference: Path | None = None) -> str:
        """Start a job and return the provider's id for it.

        Raises:
            NotSubmittedError: There is surely no job; submit it again later.
            TransientError: No answer came that can be read. The job may exist.
            RefusedError: The content of the prompt is refused. There is no job.
            ItemError: The length or the picture is none that Omni takes. There is no job.
            StopError: The provider takes nothing until a person acts. There is no job.
        """
        body = body_for(
            prompt,
            model=self._model,
            resolution=self._resolution,
            job_id=job_id,
            reference=picture_at(reference) if reference else None,
        )
        answer = self._server.submit(body, job_id=job_id)
        return job_id_in(answer, job_id=job_id, address=self._server.address)

    def poll(self, provider_job_id: str) -> JobProgress:
        """Where the job is now; lost when the provider does not know it.

        Raises:
            TransientError: No answer now.
            StopError: The key or the address is wrong.
            ItemError: The provider cannot be asked about this job.
        """
        interaction = self._server.job(provider_job_id)
        if interaction is None:
            detail = f"{self._server.address} does not know the job {provider_job_id}."
            return JobProgress(JobState.LOST, detail=detail)
        return progress_of(interaction, clean=self._server.clean)

    def download(self, provider_job_id: str, to: Path) -> Path:
        """Write the finished clip to *to*, whole or not at all.

        Raises:
            ItemError: There is no clip, or what came is none, twice.
            TransientError: It broke off, or could not be written.
            StopError: The key is wrong.
        """
        return download_clip(self._server.fetch, provider_job_id, to)

    def look(self) -> None:
        """Find out whether the provider is there and takes the key; starts nothing.

        Raises:
            TransientError: Nobody answers.
            StopError: The key is not taken.
        """
        self._server.look()
