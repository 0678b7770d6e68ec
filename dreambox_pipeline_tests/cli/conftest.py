"""A project of one's own: settings in a temporary folder, a console whose words can be read."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console

from dreambox_pipeline.defs.resources import resources_from
from dreambox_pipeline.settings import Settings
from dreambox_pipeline_tests.storage import story

Runner = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The machine's own clock, and everything under a folder of the test's."""
    monkeypatch.setenv("DREAMBOX_VAR_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("DREAMBOX_CLOCK_URL", "")
    return Settings()


@pytest.fixture
def console() -> Console:
    """Wide, so that nothing is folded, and recording."""
    return Console(record=True, width=400, file=open(os.devnull, "w"))  # noqa: PTH123


@pytest.fixture
def dreambox(tmp_path: Path) -> Runner:
    """Runs the command as a person would, and gives back what it printed."""

    def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        environment = {
            "PATH": os.environ["PATH"],  # noqa: TID251 - the child needs its interpreter's path
            "DREAMBOX_VAR_DIR": str(tmp_path / "var"),
            "DREAMBOX_CLOCK_URL": "",
            "COLUMNS": "300",
        }
        return subprocess.run(
            [sys.executable, "-m", "dreambox_pipeline.cli", *arguments],
            env=environment | variables,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    return run


@pytest.fixture
def free_ports() -> dict[str, int]:
    """Three ports that nothing listens on."""
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
    ports = [listener.getsockname()[1] for listener in listeners]
    for listener in listeners:
        listener.close()
    return dict(zip(("sandbox_port", "desk_port", "dagster_port"), ports, strict=True))


@pytest.fixture
def told(settings: Settings) -> story.Ids:
    """The ledger and the lake hold one dream's whole story."""
    parts = resources_from(settings)
    return story.tell(parts["ledger"], parts["lake"])
