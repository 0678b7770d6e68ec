"""The offline generator's own promises: its job files, its errors, its progress."""

import json
import resource
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from dreambox_pipeline.errors import ItemError, TransientError
from dreambox_pipeline.generators.synthetic import SyntheticGenerator
from dreambox_pipeline.stages.prompts.model import VideoPrompt
from dreambox_pipeline.stages.videos.model import JobState

Make = Callable[..., VideoPrompt]
SIZE = (90, 160)


@contextmanager
def files_limited_to(size: int) -> Iterator[None]:
    """The operating system refuses to let any file grow beyond *size* bytes, as a full disk would."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def generator(tmp_path: Path) -> SyntheticGenerator:
    """A generator of stamp-sized clips."""
    return SyntheticGenerator(tmp_path / "work", size=SIZE)


def test_a_job_file_holds_the_whole_prompt(
    generator: SyntheticGenerator, make_prompt: Make, tmp_path: Path
) -> None:
    """Anyone can read from the file what will be drawn."""
    prompt = make_prompt(seed=99)
    generator.submit(prompt, job_id="job_1")
    (path,) = (tmp_path / "work").iterdir()
    assert path.name == "job_1.json"
    assert VideoPrompt.model_validate(json.loads(path.read_text())["prompt"]) == prompt


@pytest.mark.parametrize("job_id", ["../escape", "a/b", "", ".hidden", "x" * 200, "a\x00b"])
def test_an_id_that_is_no_file_name_is_refused(
    generator: SyntheticGenerator, make_prompt: Make, tmp_path: Path, job_id: str
) -> None:
    """An id can never reach outside the folder."""
    with pytest.raises(ItemError, match="letters, digits"):
        generator.submit(make_prompt(), job_id=job_id)
    assert generator.poll(job_id).state is JobState.LOST
    assert not (tmp_path / "work").exists()


@pytest.mark.parametrize("body", ["", "not json", "[]", "{}", '{"prompt": {"seed": -1}}'])
def test_a_damaged_job_file_is_this_items_error(
    generator: SyntheticGenerator, make_prompt: Make, tmp_path: Path, body: str
) -> None:
    """The batch goes on, and the message names the file to delete."""
    generator.submit(make_prompt(), job_id="job_1")
    (tmp_path / "work" / "job_1.json").write_text(body)
    with pytest.raises(ItemError, match=r"job_1\.json"):
        generator.download("job_1", tmp_path / "clip.mp4")


def test_a_palette_that_is_not_colours_is_this_items_error(
    generator: SyntheticGenerator, make_prompt: Make, tmp_path: Path
) -> None:
    """A bad prompt is recorded and skipped, with nothing left on disk."""
    generator.submit(make_prompt(palette=("#000000", "blue", "#ffffff")), job_id="job_1")
    folder = tmp_path / "clips"
    with pytest.raises(ItemError, match="'blue'"):
        generator.download("job_1", folder / "clip.mp4")
    assert list(folder.iterdir()) == []


def test_a_full_disk_leaves_nothing_behind_and_says_so(
    generator: SyntheticGenerator, make_prompt: Make, tmp_path: Path
) -> None:
    """The clip may be tried again once there is room."""
    generator.submit(make_prompt(), job_id="job_1")
    folder = tmp_path / "clips"
    with files_limited_to(20_000), pytest.raises(TransientError, match="Nothing was left behind"):
        generator.download("job_1", folder / "clip.mp4")
    assert list(folder.iterdir()) == []


def test_a_full_disk_at_submit_leaves_no_job(
    generator: SyntheticGenerator, make_prompt: Make, tmp_path: Path
) -> None:
    """Half a job file would be a job that can never be rendered."""
    with files_limited_to(64), pytest.raises(TransientError, match="Make room"):
        generator.submit(make_prompt(), job_id="job_1")
    assert generator.poll("job_1").state is JobState.LOST
    assert list((tmp_path / "work").iterdir()) == []


def test_progress_goes_from_the_first_frame_to_one(
    generator: SyntheticGenerator, make_prompt: Make, tmp_path: Path
) -> None:
    """A progress bar that reaches its end, and never goes back."""
    seen: list[float] = []
    generator.submit(make_prompt(duration_s=1.0), job_id="job_1")
    generator.download("job_1", tmp_path / "clip.mp4", on_progress=seen.append)
    assert seen == sorted(seen)
    assert len(seen) == 24
    assert seen[-1] == 1.0


def test_an_interrupted_render_leaves_the_old_clip(
    generator: SyntheticGenerator, make_prompt: Make, tmp_path: Path
) -> None:
    """Ctrl-C in the middle of a frame must not cost the clip that was there."""
    target = tmp_path / "clips" / "clip.mp4"
    target.parent.mkdir()
    target.write_bytes(b"before")
    generator.submit(make_prompt(), job_id="job_1")

    def interrupt(share: float) -> None:
        if share > 0.3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        generator.download("job_1", target, on_progress=interrupt)
    assert target.read_bytes() == b"before"
    assert list(target.parent.iterdir()) == [target]
