"""What every `VideoGenerator` in the registry promises, checked on each of them alike.

A new generator adds itself to `BENCHES`: the same adapter, set up to make a small, short clip.
"""

import hashlib
from pathlib import Path

import av
import pytest
from pydantic import SecretStr

from dreambox_pipeline.errors import DreamBoxError, StopError
from dreambox_pipeline.generators.registry import GENERATORS, Provider, entry_of, generators_for
from dreambox_pipeline.sandbox.testing import RunningSandbox
from dreambox_pipeline.stages.videos.generation import VideoGenerator
from dreambox_pipeline.stages.videos.model import JobState
from dreambox_pipeline_tests.contracts.video_benches import BENCHES, Bench


@pytest.fixture(params=sorted(BENCHES))
def bench(request: pytest.FixtureRequest, tmp_path: Path, shared_sandbox: RunningSandbox) -> Bench:
    """Each generator in turn, with an empty folder of its own."""
    return BENCHES[request.param](tmp_path / "work", shared_sandbox)


@pytest.fixture
def generator(bench: Bench) -> VideoGenerator:
    return bench.generator


def frames_of(path: Path) -> list[str]:
    """A hash of every decoded picture."""
    with av.open(str(path)) as container:
        return [
            hashlib.sha256(frame.to_ndarray(format="yuv420p").tobytes()).hexdigest()
            for frame in container.decode(video=0)
        ]


def test_every_registered_generator_is_held_to_this_contract() -> None:
    """A generator nobody checks would be found out in production."""
    assert {name.partition(" ")[0] for name in BENCHES} == set(GENERATORS)


@pytest.mark.parametrize("name", sorted(GENERATORS))
def test_a_generator_answers_to_its_registered_name(name: str, tmp_path: Path) -> None:
    """The name in the settings, in the ledger and on the adapter are one."""
    provider = Provider(
        work_dir=tmp_path,
        base_url="http://127.0.0.1:9/v1",
        api_key=SecretStr("key"),
        model="wan",
    )
    generator = entry_of(name).make(provider)
    assert generator.name == name
    assert generator.version


def test_an_unknown_name_stops_and_lists_the_known_ones(tmp_path: Path) -> None:
    """A typing error in the settings must be readable, and must not be retried."""
    with pytest.raises(StopError, match="synthetic"):
        generators_for(["sythetic"], {"sythetic": Provider(work_dir=tmp_path)})


def test_an_estimate_is_a_whole_number_of_micro_dollars(bench: Bench) -> None:
    """Money is never a float and never negative."""
    estimate = bench.generator.estimate_microusd(bench.prompt)
    assert isinstance(estimate, int)
    assert estimate >= 0


def test_an_id_nobody_submitted_is_lost(generator: VideoGenerator) -> None:
    """Lost is an answer, not an exception: the job goes back to planned."""
    assert generator.poll("never-submitted").state is JobState.LOST


def test_a_submitted_job_becomes_ready(bench: Bench) -> None:
    """Polling reports a state the job machine knows, then readiness."""
    provider_id = bench.generator.submit(bench.prompt, job_id="job-1")
    assert bench.generator.poll(provider_id).state is JobState.RUNNING
    bench.wait()
    progress = bench.generator.poll(provider_id)
    assert progress.state is JobState.RUNNING
    assert progress.is_ready


def test_a_download_is_a_playable_clip_as_asked(bench: Bench, tmp_path: Path) -> None:
    """H.264 and AAC in an MP4, of the size and the length that were ordered."""
    target = tmp_path / "clip.mp4"
    assert bench.generator.download(bench.made(), target) == target
    with av.open(str(target)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.codec_context.name, audio.codec_context.name) == ("h264", "aac")
        assert (video.width, video.height) == bench.size
        assert container.duration is not None
        assert container.duration / 1e6 == pytest.approx(bench.prompt.duration_s, abs=0.1)
        assert sum(1 for _ in container.decode(video=0)) == bench.prompt.duration_s * 24


def test_a_download_leaves_only_the_clip(bench: Bench, tmp_path: Path) -> None:
    """No temporary file stays beside it."""
    folder = tmp_path / "clips"
    bench.generator.download(bench.made(), folder / "clip.mp4")
    assert [path.name for path in folder.iterdir()] == ["clip.mp4"]


def test_a_failed_download_leaves_nothing(bench: Bench, tmp_path: Path) -> None:
    """Whole or not at all: here the target cannot be replaced, because a folder is in its place."""
    folder = tmp_path / "clips"
    blocked = folder / "clip.mp4"
    blocked.mkdir(parents=True)
    with pytest.raises(DreamBoxError):
        bench.generator.download(bench.made(), blocked)
    assert list(folder.iterdir()) == [blocked]
    assert list(blocked.iterdir()) == []


def test_downloading_an_unknown_job_writes_nothing(
    generator: VideoGenerator, tmp_path: Path
) -> None:
    """There is nothing to write, and the caller is told so."""
    target = tmp_path / "clip.mp4"
    with pytest.raises(DreamBoxError, match="never-submitted"):
        generator.download("never-submitted", target)
    assert not target.exists()


def test_another_process_can_fetch_the_same_clip(bench: Bench, tmp_path: Path) -> None:
    """A crash between submit and download loses nothing, and the same job is the same picture."""
    provider_id = bench.made()
    one = bench.generator.download(provider_id, tmp_path / "one.mp4")
    two = bench.make().download(provider_id, tmp_path / "two.mp4")
    assert frames_of(one) == frames_of(two)
