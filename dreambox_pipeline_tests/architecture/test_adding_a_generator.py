"""The page that tells how to add a generator: its code is run, and held to what it promises."""

import inspect
import re
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pydantic import SecretStr

import dreambox_pipeline
from dreambox_pipeline.errors import DreamBoxError, ItemError, StopError, TransientError
from dreambox_pipeline.generators.registry import GeneratorEntry, Provider
from dreambox_pipeline.media.probe import probe
from dreambox_pipeline.sandbox.models_api.clips import ClipRequest, encode_clip
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.videos.generation import (
    NotSubmittedError,
    RefusedError,
    VideoGenerator,
)
from dreambox_pipeline.stages.videos.model import JobState
from dreambox_pipeline_tests.contracts.video_benches import PROMPT
from dreambox_pipeline_tests.generators.scripted import SECRET, Answer, Scripted, served

ROOT = Path(dreambox_pipeline.__file__).parents[1]
PAGE = (ROOT / "docs" / "adding-a-generator.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
ASKED = PROMPT.model_copy(update={"duration_s": 5.0})
MODULE = "dreambox_pipeline.generators.runway"


@pytest.fixture
def adapter(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The page's adapter as the module it would be."""
    module = ModuleType(MODULE)
    exec(compile(BLOCKS[0], "docs/adding-a-generator.md", "exec"), module.__dict__)  # noqa: S102 - our own page
    monkeypatch.setitem(sys.modules, MODULE, module)
    return module


@pytest.fixture
def entry(adapter: ModuleType) -> GeneratorEntry:  # noqa: ARG001 - the entry imports it
    """The page's registry entry."""
    names: dict[str, Any] = {}
    exec(compile(BLOCKS[1], "docs/adding-a-generator.md", "exec"), names)  # noqa: S102 - our own page
    made: GeneratorEntry = names["ENTRY"]
    return made


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    server = Scripted()
    with served(server):
        yield server


@pytest.fixture
def generator(scripted: Scripted, entry: GeneratorEntry, tmp_path: Path) -> VideoGenerator:
    return entry.make(
        Provider(
            work_dir=tmp_path,
            base_url=scripted.url,
            api_key=SecretStr(SECRET),
            model="gen4.5",
            price_microusd_per_second=120_000,
        )
    )


def test_it_has_the_ports_methods_with_the_ports_arguments(adapter: ModuleType) -> None:
    """A port that changed would leave the page behind."""
    made = adapter.RunwayGenerator
    for name in ("estimate_microusd", "submit", "poll", "download"):
        ours, ports = (inspect.signature(getattr(kind, name)) for kind in (made, VideoGenerator))
        assert list(ours.parameters.values()) == list(ports.parameters.values()), name
        assert ours.return_annotation == ports.return_annotation, name


def test_the_entry_makes_it_and_says_what_it_can(
    entry: GeneratorEntry, generator: VideoGenerator
) -> None:
    """Its name, a clip of the default length, and no key to be seen."""
    assert (generator.name, "gen4.5" in generator.version) == ("runway", True)
    able = entry.capabilities
    assert able.shortest_s <= Settings.model_fields["clip_seconds"].default <= able.longest_s
    assert SECRET not in repr(generator)
    assert generator.estimate_microusd(ASKED) == 5 * 120_000
    assert generator.estimate_microusd(ASKED.model_copy(update={"duration_s": 40.0})) == 0


def test_a_job_is_started_ready_and_fetched_without_the_key(
    generator: VideoGenerator, scripted: Scripted, tmp_path: Path
) -> None:
    """The whole way, with the provider's words."""
    clip = encode_clip(ClipRequest("the sea", 1, 90, 160, 1))
    done = {"status": "SUCCEEDED", "output": [f"{scripted.url}/store/1.mp4?sig=x"]}
    scripted.answers = [
        Answer(200, {"id": "task-1"}),
        Answer(200, {"status": "THROTTLED"}),
        Answer(200, done),
        Answer(200, done),
        Answer(200, clip),
    ]
    assert generator.submit(ASKED, job_id="job-1") == "task-1"
    assert generator.poll("task-1").state is JobState.RUNNING
    assert generator.poll("task-1").is_ready
    assert probe(generator.download("task-1", tmp_path / "clip.mp4")).width == 90
    body = scripted.asked[0].json()
    assert (body["ratio"], body["duration"], len(body["promptText"]) < 1000) == (
        "720:1280",
        5,
        True,
    )
    assert scripted.asked[1].path == "/v1/tasks/task-1"
    assert scripted.asked[-1].headers["authorization"] is None


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(429, {"error": "slow down"}, {"retry-after": "7"}), NotSubmittedError),
        (Answer(400, {"error": "Blocked by moderation"}), RefusedError),
        (Answer(400, {"error": "seed is too large"}), ItemError),
        (Answer(401, {"error": f"unknown key {SECRET}"}), StopError),
        (Answer(402, {"error": "no credits"}), StopError),
        (Answer(500, {"error": "boom"}), TransientError),
        (Answer(200, b"<html>Please sign in</html>"), TransientError),
        (Answer(200, {"status": "PENDING"}), TransientError),
    ],
)
def test_every_answer_to_a_submit_has_its_meaning(
    generator: VideoGenerator, scripted: Scripted, answer: Answer, kind: type[DreamBoxError]
) -> None:
    """Exactly this class, because a subclass means something else."""
    scripted.answers = [answer]
    with pytest.raises(DreamBoxError) as caught:
        generator.submit(ASKED, job_id="job-1")
    assert type(caught.value) is kind
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None
    assert len(scripted.asked) == 1
    if isinstance(caught.value, NotSubmittedError):
        assert caught.value.retry_after_s == 7.0


def test_a_server_that_is_off_surely_made_no_job(adapter: ModuleType) -> None:
    """Nothing left this machine."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    generator = adapter.RunwayGenerator(
        f"http://127.0.0.1:{port}", api_key=SecretStr("k"), model="m", price_microusd_per_second=0
    )
    with pytest.raises(NotSubmittedError):
        generator.submit(ASKED, job_id="job-1")


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (Answer(200, {"status": "FAILED", "failureCode": "SAFETY.OUTPUT.1"}), JobState.REFUSED),
        (Answer(200, {"status": "FAILED", "failureCode": "INTERNAL.BAD"}), JobState.FAILED),
        (Answer(200, {"status": "CANCELLED"}), JobState.FAILED),
        (Answer(200, {"status": "DREAMING"}), JobState.RUNNING),
        (Answer(404, {"error": "Task not found"}), JobState.LOST),
    ],
)
def test_every_word_about_a_job_has_its_meaning(
    generator: VideoGenerator, scripted: Scripted, answer: Answer, state: JobState
) -> None:
    """An unknown word is work in progress."""
    scripted.answers = [answer]
    progress = generator.poll("task-1")
    assert (progress.state, progress.is_ready) == (state, False)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(404, b"<html>"), StopError),
        (Answer(503, b""), TransientError),
        (Answer(200, b"<html>"), TransientError),
    ],
)
def test_a_wrong_address_is_no_lost_job(
    generator: VideoGenerator, scripted: Scripted, answer: Answer, kind: type[DreamBoxError]
) -> None:
    """It would be made and paid a second time."""
    scripted.answers = [answer]
    with pytest.raises(kind):
        generator.poll("task-1")


def test_what_is_no_clip_is_not_kept(
    generator: VideoGenerator, scripted: Scripted, tmp_path: Path
) -> None:
    """The bytes are judged."""
    done = Answer(200, {"status": "SUCCEEDED", "output": [f"{scripted.url}/1.mp4"]})
    page = Answer(200, b"<!doctype html><html>", {"content-type": "video/mp4"})
    scripted.answers = [done, page, done, page]
    with pytest.raises(ItemError, match="HTML page"):
        generator.download("task-1", tmp_path / "clip.mp4")
    assert [path for path in tmp_path.iterdir() if path.is_file()] == []


def test_every_file_and_error_the_page_names_is_there() -> None:
    """A page that points nowhere sends people nowhere."""
    for path in re.findall(r"`((?:dreambox_pipeline|docs)[\w/]*/[\w.-]+\.\w+)`", PAGE):
        assert (ROOT / path).exists() or "NAME" in path, path
    for path in re.findall(r"`((?:generators|stages|contracts|defs)/[\w/]+\.py)`", PAGE):
        places = (ROOT / "dreambox_pipeline" / path, ROOT / "dreambox_pipeline_tests" / path)
        assert any(place.exists() for place in places), path
    for kind in (NotSubmittedError, StopError, RefusedError, ItemError, TransientError):
        assert f"`{kind.__name__}`" in PAGE
