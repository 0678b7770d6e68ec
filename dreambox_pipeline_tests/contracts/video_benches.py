"""Every generator set up to make a small clip, and what has to happen until it is made."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from dreambox_pipeline.generators.gemini_omni import GeminiOmniGenerator
from dreambox_pipeline.generators.openai_videos import OpenAIVideosGenerator
from dreambox_pipeline.generators.synthetic import SyntheticGenerator
from dreambox_pipeline.sandbox.testing import RunningSandbox
from dreambox_pipeline.stages.dreams.model import Motif, Setting
from dreambox_pipeline.stages.prompts.model import VideoPrompt
from dreambox_pipeline.stages.videos.generation import VideoGenerator
from dreambox_pipeline_tests.sandbox.conftest import HTTP

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
GORY = "a gory scene"

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII="
)
"""A whole PNG of one pixel."""


@dataclass(frozen=True)
class Bench:
    """One generator under test.

    Attributes:
        make: Another adapter over the same provider, as another process would have it.
        wait: Lets the provider finish what was submitted.
        prompt: Its shortest clip.
        size: Width and height of that clip.
        provider: Where it is, when there is a server.
    """

    generator: VideoGenerator
    make: Callable[[], VideoGenerator]
    wait: Callable[[], object]
    prompt: VideoPrompt = PROMPT
    size: tuple[int, int] = SIZE
    provider: "PlayedProvider | None" = None

    def made(self, job_id: str = "job-1") -> str:
        """Submits the prompt, waits, and returns the provider's id."""
        provider_job_id = self.generator.submit(self.prompt, job_id=job_id)
        self.wait()
        return provider_job_id

    @property
    def gory(self) -> VideoPrompt:
        """A prompt that the provider refuses."""
        return self.prompt.model_copy(update={"scene": GORY})


@dataclass(frozen=True)
class PlayedProvider:
    """The sandbox as a provider, with its bad days.

    Attributes:
        make_at: An adapter for another address or another key.
        submits: Where jobs are submitted.
        files: Where clips are fetched.
        kind: The sandbox's word for its jobs.
        refuses_at_submit: The switch for a prompt that is turned away at once.
        refuses_later: Switches for every way in which a job ends with a refusal.
        reference_of: What a job keeps of the picture that was sent along.
    """

    sandbox: RunningSandbox
    make_at: Callable[[str, str], VideoGenerator]
    submits: str
    files: str
    kind: str
    refuses_at_submit: Mapping[str, str]
    refuses_later: tuple[Mapping[str, str], ...]
    reference_of: Callable[[dict[str, Any]], object]
    url: str = ""

    def switch(self, **switches: object) -> None:
        for name, value in switches.items():
            self.sandbox.sandbox.set_switch(name, value)

    def arm(self, kind: str, path_prefix: str, **more: float) -> None:
        """Injects a fault as docs/sandbox.md describes."""
        body = {"kind": kind, "path_prefix": path_prefix, **more}
        assert self._control("POST", "faults", body) == 200

    def be_well(self) -> None:
        """The end of all bad days."""
        assert self._control("DELETE", "faults", None) == 200
        self.switch(
            video_content="normal", video_status="", video_refusal="job", video_cost_usd=None,
            interaction_refusal="failed", interaction_delivery="as_asked", interaction_rate_limited=0,
        )  # fmt: skip

    def jobs(self) -> list[dict[str, Any]]:
        """Every job the provider has written down."""
        return [job for _, job in self.sandbox.world.state.all(self.kind)]

    def _control(self, method: str, what: str, body: object) -> int:
        url = f"{self.sandbox.info['control_url']}/{what}"
        return HTTP.request(method, url, json=body).status_code


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
        url, key = sandbox.info["openai_base_url"], sandbox.info["api_key"]

        def make_at(base_url: str, api_key: str) -> VideoGenerator:
            return OpenAIVideosGenerator(
                base_url,
                api_key=SecretStr(api_key),
                model="Wan-AI/Wan2.2-TI2V-5B-Diffusers",
                price_microusd_per_second=50_000,
                size=SIZE,
            )

        def make() -> VideoGenerator:
            return make_at(url, key)

        provider = PlayedProvider(
            sandbox,
            make_at,
            submits="/v1/videos",
            files="/v1/videos",
            kind="video_job",
            refuses_at_submit={"video_refusal": "submit"},
            refuses_later=({"video_refusal": "job"},),
            reference_of=lambda job: job["reference"],
            url=url,
        )
        return Bench(make(), make, lambda: sandbox.advance(600), provider=provider)

    return bench


def gemini_omni(delivery: str) -> Callable[[Path, RunningSandbox], Bench]:
    """The adapter against the sandbox, which hands clips over by *delivery*."""

    def bench(work_dir: Path, sandbox: RunningSandbox) -> Bench:
        del work_dir
        sandbox.sandbox.set_switch("interaction_delivery", delivery)
        url, key = sandbox.info["gemini_base_url"], sandbox.info["api_key"]

        def make_at(base_url: str, api_key: str) -> VideoGenerator:
            return GeminiOmniGenerator(
                base_url,
                api_key=SecretStr(api_key),
                model="gemini-omni-1.2-flash",
                price_microusd_per_second=70_000,
                resolution="360p",
            )

        def make() -> VideoGenerator:
            return make_at(url, key)

        later = ("failed", "incomplete", "no_video", "errors")
        provider = PlayedProvider(
            sandbox,
            make_at,
            submits="/v1/interactions",
            files="/v1beta/files" if delivery == "as_asked" else "/v1/interactions",
            kind="interaction",
            refuses_at_submit={"interaction_refusal": "submit"},
            refuses_later=tuple({"interaction_refusal": way} for way in later),
            reference_of=lambda job: job["images"],
            url=url,
        )
        return Bench(
            make(),
            make,
            lambda: sandbox.advance(600),
            prompt=PROMPT.model_copy(update={"duration_s": 3.0}),
            size=(360, 640),
            provider=provider,
        )

    return bench


BENCHES: dict[str, Callable[[Path, RunningSandbox], Bench]] = {
    "synthetic": synthetic,
    "openai_videos": openai_videos("openai"),
    "openai_videos at SGLang": openai_videos("sglang"),
    "openai_videos at vLLM-Omni": openai_videos("vllm_omni"),
    "openai_videos without forms": openai_videos("json_only"),
    "gemini_omni": gemini_omni("as_asked"),
    "gemini_omni inline": gemini_omni("inline"),
}

SERVED = sorted(set(BENCHES) - {"synthetic"})
"""Those with a server, which may have bad days."""
