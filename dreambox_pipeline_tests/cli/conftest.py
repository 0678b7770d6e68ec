"""A project of one's own: settings in a temporary folder, a console whose words can be read."""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from random import SystemRandom
from shutil import copy

import dagster as dg
import pytest
from rich.console import Console

from dreambox_pipeline.cli.project import project_root
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
            timeout=300,
        )

    return run


@pytest.fixture
def free_ports() -> dict[str, int]:
    """Three ports that nothing listens on.

    They lie below those that a system hands out by itself: one of these, given back, may be somebody
    else's in the next moment, when tests run side by side.
    """
    free = (port for port in SystemRandom().sample(range(20_000, 32_768), 1_000) if is_free(port))
    return dict(zip(("sandbox_port", "desk_port", "dagster_port"), free, strict=False))


def is_free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


@pytest.fixture(scope="session")
def empty_history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Dagster's own state without a run, to copy: making its tables takes longer than most tests."""
    home = tmp_path_factory.mktemp("history")
    copy(project_root() / "dagster.yaml", home)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        patch.setenv("DREAMBOX_VAR_DIR", str(home / "var"))
        with dg.DagsterInstance.from_config(str(home)) as instance:
            assert instance.get_runs() == []
            assert instance.all_asset_keys() == []
    return home / "var" / "dagster"


@pytest.fixture
def told(settings: Settings) -> story.Ids:
    """The ledger and the lake hold one dream's whole story."""
    parts = resources_from(settings)
    return story.tell(parts["ledger"], parts["lake"])
