"""The sandbox as a video server, and a server that answers whatever a test wants."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from pydantic import SecretStr

from dreambox_pipeline.generators.openai_videos import OpenAIVideosGenerator
from dreambox_pipeline.sandbox.testing import RunningSandbox, running_sandbox
from dreambox_pipeline_tests.contracts.video_benches import SIZE
from dreambox_pipeline_tests.generators.scripted import SECRET, Scripted, served
from dreambox_pipeline_tests.sandbox.conftest import HTTP

WAN = "Wan-AI/Wan2.2-TI2V-5B-Diffusers"


@dataclass
class OpenAIScripted(Scripted):
    """The scripted server with an adapter for it."""

    def generator(self, model: str = WAN, *, price: int = 0) -> OpenAIVideosGenerator:
        return OpenAIVideosGenerator(
            f"{self.url}/v1",
            api_key=SecretStr(SECRET),
            model=model,
            price_microusd_per_second=price,
        )


@pytest.fixture
def scripted() -> Iterator[OpenAIScripted]:
    server = OpenAIScripted()
    with served(server):
        yield server


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def generator(sandbox: RunningSandbox) -> OpenAIVideosGenerator:
    """The adapter against the sandbox, small clips."""
    return OpenAIVideosGenerator(
        sandbox.info["openai_base_url"],
        api_key=SecretStr(sandbox.info["api_key"]),
        model=WAN,
        price_microusd_per_second=50_000,
        size=SIZE,
    )


@pytest.fixture
def arm(sandbox: RunningSandbox) -> Callable[..., None]:
    """Injects a fault as docs/sandbox.md describes."""

    def arm(kind: str, path_prefix: str = "/v1/videos", **more: float) -> None:
        body = {"kind": kind, "path_prefix": path_prefix, **more}
        assert HTTP.post(f"{sandbox.info['control_url']}/faults", json=body).status_code == 200

    return arm
