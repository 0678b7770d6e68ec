"""A server that answers whatever a test wants, with an adapter for it."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from pydantic import SecretStr

from dreambox_pipeline.generators.gemini_omni import GeminiOmniGenerator
from dreambox_pipeline_tests.contracts.video_benches import PROMPT
from dreambox_pipeline_tests.generators.scripted import SECRET, Answer, Scripted, served

ASKED = PROMPT.model_copy(update={"duration_s": 8.0})


@dataclass
class GeminiScripted(Scripted):
    """The scripted server with an adapter for it."""

    def generator(self) -> GeminiOmniGenerator:
        return GeminiOmniGenerator(
            self.url,
            api_key=SecretStr(SECRET),
            model="gemini-omni-1.2-flash",
            price_microusd_per_second=70_000,
        )


@pytest.fixture
def scripted() -> Iterator[GeminiScripted]:
    server = GeminiScripted()
    with served(server):
        yield server


def google(status: int, word: str, message: str = "no", **detail: str) -> Answer:
    """An error as Google's APIs send it."""
    error = {"code": status, "status": word, "message": message, "details": [detail]}
    return Answer(status, {"error": error})
