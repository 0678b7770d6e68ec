"""Every generator set up to make a small clip, and what has to happen until it is made."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from dreambox_pipeline.generators.openai_videos import OpenAIVideosGenerator
from dreambox_pipeline.generators.synthetic import SyntheticGenerator
from dreambox_pipeline.sandbox.testing import RunningSandbox
from dreambox_pipeline.stages.dreams.model import Motif, Setting
from dreambox_pipeline.stages.prompts.model import VideoPrompt
from dreambox_pipeline.stages.videos.generation import VideoGenerator

SIZE = (180, 320)
PROMPT = VideoPrompt(
    style_id="ink",
    style="layered silhouettes",
    scene="a whale over a calm sea",
    cinematography="slow drift",
    camera="drift",
    lighting="moonlight",
    palette=("#140b33", "#3b2a78", "#8a4fb0", "#e58ab8", "#fff3df"),
    beats=(),
    mood=0.4,
    audio="quiet pads",
    avoid=("text",),
    setting=Setting.OCEAN,
    motifs=(Motif.WHALE,),
    duration_s=1.0,
    seed=11,
)


@dataclass(frozen=True)
class Bench:
    """One generator under test.

    Attributes:
        make: Another adapter over the same provider, as another process would have it.
        wait: Lets the provider finish what was submitted.
    """

    generator: VideoGenerator
    make: Callable[[], VideoGenerator]
    wait: Callable[[], object]

    def made(self, job_id: str = "job-1") -> str:
        """Submits the prompt, waits, and returns the provider's id."""
        provider_job_id = self.generator.submit(PROMPT, job_id=job_id)
        self.wait()
        return provider_job_id


def synthetic(work_dir: Path, sandbox: RunningSandbox) -> Bench:
    """Ready at once, and nothing of the sandbox's."""
    del sandbox

    def make() -> VideoGenerator:
        return SyntheticGenerator(work_dir, size=SIZE)

    return Bench(make(), make, lambda: None)


def openai_videos(flavour: str) -> Callable[[Path, RunningSandbox], Bench]:
    """The adapter against the sandbox, which plays *flavour*."""

    def bench(work_dir: Path, sandbox: RunningSandbox) -> Bench:
        del work_dir
        sandbox.sandbox.set_switch("video_flavour", flavour)

        def make() -> VideoGenerator:
            return OpenAIVideosGenerator(
                sandbox.info["openai_base_url"],
                api_key=SecretStr(sandbox.info["api_key"]),
                model="Wan-AI/Wan2.2-TI2V-5B-Diffusers",
                price_microusd_per_second=50_000,
                size=SIZE,
            )

        return Bench(make(), make, lambda: sandbox.advance(600))

    return bench


BENCHES: dict[str, Callable[[Path, RunningSandbox], Bench]] = {
    "synthetic": synthetic,
    "openai_videos": openai_videos("openai"),
    "openai_videos at SGLang": openai_videos("sglang"),
    "openai_videos at vLLM-Omni": openai_videos("vllm_omni"),
    "openai_videos without forms": openai_videos("json_only"),
}
