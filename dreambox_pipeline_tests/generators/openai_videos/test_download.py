"""Downloading: only a whole clip gets the name, whatever a server sends with HTTP 200."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dreambox_pipeline.errors import DreamBoxError, ItemError, StopError, TransientError
from dreambox_pipeline.generators import downloads as draft
from dreambox_pipeline.generators.openai_videos import OpenAIVideosGenerator
from dreambox_pipeline.media.probe import probe
from dreambox_pipeline.sandbox.testing import RunningSandbox
from dreambox_pipeline_tests.contracts.video_benches import PROMPT, SIZE
from dreambox_pipeline_tests.generators.openai_videos.conftest import OpenAIScripted
from dreambox_pipeline_tests.generators.scripted import Answer


@pytest.fixture
def made(generator: OpenAIVideosGenerator, sandbox: RunningSandbox) -> str:
    """A job whose clip is ready."""
    job = generator.submit(PROMPT, job_id="job-1")
    sandbox.advance(600)
    return job


def fault_of(generator: OpenAIVideosGenerator, job: str, target: Path) -> DreamBoxError:
    """What a download raises; it leaves nothing behind."""
    with pytest.raises(DreamBoxError) as caught:
        generator.download(job, target)
    assert list(target.parent.iterdir()) == []
    return caught.value


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("html", "an HTML page"),
        ("json", "JSON text"),
        ("empty", "an empty file"),
        ("truncated", "cut off"),
    ],
)
def test_what_is_no_clip_is_not_kept(
    *,
    generator: OpenAIVideosGenerator,
    sandbox: RunningSandbox,
    made: str,
    tmp_path: Path,
    content: str,
    said: str,
) -> None:
    """HTTP 200 and the type video/mp4 prove nothing; the message says what came."""
    sandbox.sandbox.set_switch("video_content", content)
    fault = fault_of(generator, made, tmp_path / "clips" / "clip.mp4")
    assert isinstance(fault, ItemError)
    assert said in str(fault)
    assert made in str(fault)


def test_a_page_that_is_gone_at_the_second_look_costs_nothing(
    generator: OpenAIVideosGenerator, made: str, tmp_path: Path, arm: Callable[..., None]
) -> None:
    """A gateway's page for a moment must not throw away a clip that is paid."""
    arm("html_200", path_prefix=f"/v1/videos/{made}/content")
    target = tmp_path / "clip.mp4"
    assert probe(generator.download(made, target)).width == SIZE[0]


@pytest.mark.parametrize(
    ("content", "width", "seconds"), [("landscape", SIZE[1], 1), ("long", SIZE[0], 10)]
)
def test_a_whole_clip_of_another_shape_is_for_the_caller_to_judge(
    *,
    generator: OpenAIVideosGenerator,
    sandbox: RunningSandbox,
    made: str,
    tmp_path: Path,
    content: str,
    width: int,
    seconds: int,
) -> None:
    """The download is as it was made; size and length are checked by whoever ordered it."""
    sandbox.sandbox.set_switch("video_content", content)
    facts = probe(generator.download(made, tmp_path / "clip.mp4"))
    assert facts.width == width
    assert facts.duration_s == pytest.approx(seconds, abs=0.1)


@pytest.mark.parametrize(
    ("kind", "wait_s"),
    [("close_mid_body", None), ("timeout_after", None), ("http_500", None), ("http_429", 2.0)],
)
def test_a_download_that_breaks_off_is_made_again(
    *,
    generator: OpenAIVideosGenerator,
    made: str,
    tmp_path: Path,
    arm: Callable[..., None],
    kind: str,
    wait_s: float | None,
) -> None:
    """Nothing is left of the first try, an older file stays until the new one is whole."""
    target = tmp_path / "clip.mp4"
    target.write_bytes(b"older")
    arm(kind)
    with pytest.raises(TransientError) as caught:
        generator.download(made, target)
    assert caught.value.retry_after_s == wait_s
    assert target.read_bytes() == b"older"
    assert probe(generator.download(made, target)).width == SIZE[0]
    assert list(tmp_path.iterdir()) == [target]


def test_a_clip_kept_elsewhere_is_fetched_from_its_link(
    generator: OpenAIVideosGenerator, sandbox: RunningSandbox, made: str, tmp_path: Path
) -> None:
    """SGLang answers 400 for what it has put into an object store, and names the link in the job."""
    sandbox.sandbox.set_switch("video_content", "elsewhere")
    assert probe(generator.download(made, tmp_path / "clip.mp4")).width == SIZE[0]


def test_a_link_gets_no_key_and_must_be_safe(scripted: OpenAIScripted, tmp_path: Path) -> None:
    """The key is for the server; another host without encryption is not trusted with a clip."""
    moved = Answer(400, {"detail": "uploaded to cloud storage"})
    scripted.answers = [
        moved,
        Answer(200, {"status": "completed", "url": f"{scripted.url}/store/1.mp4?sig=s3cret"}),
        Answer(403, b"denied"),
    ]
    fault = fault_of(scripted.generator(), "video_1", tmp_path / "a" / "clip.mp4")
    assert isinstance(fault, TransientError)
    assert "s3cret" not in str(fault)
    assert scripted.asked[-1].path.startswith("/store/1.mp4")
    assert scripted.asked[-1].headers["authorization"] is None

    scripted.answers = [moved, Answer(200, {"urls": ["http://elsewhere.invalid/1.mp4"]})]
    fault = fault_of(scripted.generator(), "video_1", tmp_path / "b" / "clip.mp4")
    assert "https" in str(fault)


def test_no_variant_is_asked_for(scripted: OpenAIScripted, tmp_path: Path) -> None:
    """SGLang takes it for the number of an output and finds none."""
    scripted.answers = [Answer(401, {"error": {"message": "no"}})]
    assert isinstance(
        fault_of(scripted.generator(), "video_1", tmp_path / "x" / "clip.mp4"), StopError
    )
    assert scripted.asked[0].path == "/v1/videos/video_1/content"


def test_an_endless_file_is_stopped(
    scripted: OpenAIScripted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk is not filled with what cannot be a clip."""
    monkeypatch.setattr(draft, "MAX_BYTES", 1_000)
    scripted.answers = [Answer(200, bytes(5_000))]
    fault = fault_of(scripted.generator(), "video_1", tmp_path / "x" / "clip.mp4")
    assert isinstance(fault, ItemError)
    assert "stopped" in str(fault)


def test_a_download_that_only_trickles_is_given_up_for_now(
    generator: OpenAIVideosGenerator,
    made: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every byte comes in time and the whole never does; the next run tries again."""
    monkeypatch.setattr(draft, "MAX_S", 0.0)
    fault = fault_of(generator, made, tmp_path / "x" / "clip.mp4")
    assert isinstance(fault, TransientError)
    monkeypatch.undo()
    assert generator.download(made, tmp_path / "clip.mp4").is_file()
