"""A sandbox, and the real client against it."""

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pydantic import SecretStr

from dreambox_pipeline.sandbox.testing import RunningSandbox, running_sandbox
from dreambox_pipeline.text_engines.openai.server import ModelServer
from dreambox_pipeline_tests.text_engines.openai.doubles import armed

MODEL = "gpt-6-luna"


@pytest.fixture(scope="module")
def world() -> Iterator[RunningSandbox]:
    """One world for all tests of a module; its clock stands still."""
    with running_sandbox() as running:
        yield running


@pytest.fixture
def sandbox(world: RunningSandbox) -> Iterator[RunningSandbox]:
    """That world on a good day; whatever a test switches is switched back."""
    yield world
    for name, value in (
        ("response_mode", "normal"),
        ("batch_mode", "normal"),
        ("response_delay_s", 0),
    ):
        world.sandbox.models.set_switch(name, value)
    armed(world).clear()


@pytest.fixture
def connect(sandbox: RunningSandbox) -> Iterator[Callable[..., ModelServer]]:
    """Makes clients of the sandbox; they repeat nothing unless asked to."""
    made: list[ModelServer] = []

    def make(**changes: Any) -> ModelServer:
        known: dict[str, Any] = {
            "api_key": SecretStr(sandbox.info["api_key"]),
            "base_url": sandbox.info["openai_base_url"],
            "model": MODEL,
            "max_retries": 0,
            "rng": random.Random(4),
        }
        made.append(ModelServer(**known | changes))
        return made[-1]

    yield make
    for server in made:
        server.client.close()


@pytest.fixture
def server(connect: Callable[..., ModelServer]) -> ModelServer:
    """A client of the sandbox."""
    return connect()
