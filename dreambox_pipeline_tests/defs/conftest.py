"""A sandbox a module, a workshop a test, and one small upright clip for all."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
import stamina

from dreambox_pipeline.media.ffmpeg import run_ffmpeg
from dreambox_pipeline.sandbox.testing import RunningSandbox, running_sandbox
from dreambox_pipeline_tests.defs.workshop import Workshop


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three upright seconds with sound, within TikTok's limits."""
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    return make_clip(path, "360x640", 3)


@pytest.fixture(scope="session")
def wide_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("clip") / "wide.mp4", "320x180", 3)


@pytest.fixture(scope="session")
def long_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_clip(tmp_path_factory.mktemp("clip") / "long.mp4", "180x320", 8)


def make_clip(path: Path, size: str, seconds: int) -> Path:
    sources = [f"testsrc2=s={size}:r=30,format=yuv420p", "sine=f=330:r=48000,volume=0.3"]
    args = [part for source in sources for part in ("-f", "lavfi", "-i", source)]
    coding = ["-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", "-t", str(seconds)]
    run_ffmpeg([*args, *coding, str(path)], timeout_s=60, what="make a test clip")
    return path


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    """Its time only moves forward, by what tests advance."""
    with running_sandbox() as running:
        yield running


@pytest.fixture(scope="module")
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


@pytest.fixture
def workshop(
    tmp_path: Path,
    sandbox: RunningSandbox,
    clip: Path,
    instance: dg.DagsterInstance,
    empty_ledger: Path,
) -> Iterator[Workshop]:
    # Reads are repeated with real pauses; here the repetitions stay and the pauses go.
    stamina.set_testing(True, attempts=4)
    made = Workshop(
        tmp_path, sandbox=sandbox, clip=clip, instance=instance, empty_ledger=empty_ledger
    )
    yield made
    made.close()
    stamina.set_testing(False)
