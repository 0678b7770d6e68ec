"""What every generator with a server makes of a server's bad days, over real HTTP.

A job that may exist is never taken for none, and none for one; only a whole clip gets the name; and
the key is in no message. What is wrong with a whole clip is for whoever ordered it to say.
"""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from dreambox_pipeline.errors import DreamBoxError, ItemError, StopError, TransientError
from dreambox_pipeline.generators.registry import GENERATORS
from dreambox_pipeline.media.probe import probe
from dreambox_pipeline.sandbox.testing import RunningSandbox
from dreambox_pipeline.stages.videos.generation import (
    NotSubmittedError,
    RefusedError,
    is_length_as_asked,
)
from dreambox_pipeline.stages.videos.model import JobState
from dreambox_pipeline_tests.contracts.video_benches import (
    BENCHES,
    PIXEL,
    SERVED,
    Bench,
    PlayedProvider,
)

HOURS_30_S = 30 * 3600


@pytest.fixture(params=SERVED)
def bench(
    request: pytest.FixtureRequest, tmp_path: Path, shared_sandbox: RunningSandbox
) -> Iterator[Bench]:
    """Each generator and flavour in turn; after each the provider is well again."""
    made = BENCHES[request.param](tmp_path / "work", shared_sandbox)
    yield made
    assert made.provider is not None
    made.provider.be_well()


@pytest.fixture
def provider(bench: Bench) -> PlayedProvider:
    assert bench.provider is not None
    return bench.provider


def submit_fault(bench: Bench, provider: PlayedProvider) -> DreamBoxError:
    """What a submit raises; the key is not in it, nor is the client's own error behind it."""
    with pytest.raises(DreamBoxError) as caught:
        bench.generator.submit(bench.prompt, job_id="job-1")
    assert provider.sandbox.info["api_key"] not in str(caught.value)
    assert caught.value.__cause__ is None
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
def test_what_is_no_whole_clip_is_not_kept(
    *, bench: Bench, provider: PlayedProvider, tmp_path: Path, content: str, said: str
) -> None:
    """HTTP 200 and the type video/mp4 prove nothing; the message says what came instead."""
    job = bench.made()
    provider.switch(video_content=content)
    target = tmp_path / "clips" / "clip.mp4"
    with pytest.raises(ItemError, match=said) as caught:
        bench.generator.download(job, target)
    assert job in str(caught.value)
    assert list(target.parent.iterdir()) == []


@pytest.mark.parametrize("content", ["landscape", "long"])
def test_a_whole_clip_of_another_shape_is_handed_over_as_it_is(
    bench: Bench, provider: PlayedProvider, tmp_path: Path, content: str
) -> None:
    """On its side, or ten times as long: the facts are there for whoever ordered it to refuse it."""
    provider.switch(video_content=content)
    facts = probe(bench.generator.download(bench.made(), tmp_path / "clip.mp4"))
    assert (facts.width > facts.height) == (content == "landscape")
    assert is_length_as_asked(facts.duration_s, bench.prompt.duration_s) == (content != "long")


@pytest.mark.parametrize("status", ["dreaming", "in_progress"])
def test_a_job_that_never_ends_is_work_in_progress_for_ever(
    bench: Bench, provider: PlayedProvider, status: str
) -> None:
    """A known word or one nobody knows: never ready, never an error; a deadline ends it."""
    job = bench.generator.submit(bench.prompt, job_id="job-1")
    provider.switch(video_status=status)
    provider.sandbox.advance(HOURS_30_S)
    progress = bench.generator.poll(job)
    assert (progress.state, progress.is_ready) == (JobState.RUNNING, False)
    assert (status in (progress.detail or "")) == (status == "dreaming")


@pytest.mark.parametrize(("kind", "wait_s"), [("http_429", 2.0), ("http_429_bare", None)])
def test_too_many_requests_surely_made_no_job(
    bench: Bench, provider: PlayedProvider, kind: str, wait_s: float | None
) -> None:
    """With Retry-After and without; the next submit passes."""
    before = len(provider.jobs())
    provider.arm(kind, provider.submits)
    fault = submit_fault(bench, provider)
    assert isinstance(fault, NotSubmittedError)
    assert fault.retry_after_s == wait_s
    assert len(provider.jobs()) == before
    assert bench.generator.submit(bench.prompt, job_id="job-1")


@pytest.mark.parametrize(("kind", "wait_s"), [("http_429", 2.0), ("http_429_bare", None)])
def test_too_many_looks_and_downloads_wait_as_long_as_they_are_told(
    *, bench: Bench, provider: PlayedProvider, tmp_path: Path, kind: str, wait_s: float | None
) -> None:
    """The job is where it was."""
    job = bench.made()
    provider.arm(kind, provider.submits)
    with pytest.raises(TransientError) as look:
        bench.generator.poll(job)
    provider.arm(kind, provider.files)
    with pytest.raises(TransientError) as download:
        bench.generator.download(job, tmp_path / "clip.mp4")
    assert look.value.retry_after_s == download.value.retry_after_s == wait_s
    assert bench.generator.poll(job).is_ready
    assert probe(bench.generator.download(job, tmp_path / "clip.mp4"))


@pytest.mark.parametrize(
    "kind", ["http_500", "html", "html_200", "garbage", "timeout_after", "close_mid_body"]
)
def test_an_answer_that_does_not_say_leaves_a_job_that_may_exist(
    bench: Bench, provider: PlayedProvider, kind: str
) -> None:
    """It is never sent a second time, by us or by a client package: that could be paid twice."""
    before = len(provider.jobs())
    # Those that take no forms turn the first one away before anything happens.
    skip = provider.sandbox.sandbox.models.videos.flavour == "json_only"
    skip = skip and provider.submits == "/v1/videos"
    provider.arm(kind, provider.submits, times=5, skip=int(skip))
    fault = submit_fault(bench, provider)
    assert isinstance(fault, TransientError)
    assert not isinstance(fault, NotSubmittedError)
    assert "may have been started" in str(fault)
    acted = kind in {"timeout_after", "close_mid_body"}
    assert len(provider.jobs()) == before + acted


@pytest.mark.parametrize("kind", ["http_500", "html_200", "garbage", "timeout_after"])
def test_a_look_without_an_answer_is_taken_again_by_the_next_run(
    bench: Bench, provider: PlayedProvider, kind: str
) -> None:
    """One look, no repetitions, and the job is where it was."""
    job = bench.made()
    provider.arm(kind, provider.submits)
    with pytest.raises(TransientError):
        bench.generator.poll(job)
    assert bench.generator.poll(job).is_ready


@pytest.mark.parametrize("kind", ["http_500", "timeout_after", "close_mid_body"])
def test_a_download_that_breaks_off_is_made_again(
    bench: Bench, provider: PlayedProvider, tmp_path: Path, kind: str
) -> None:
    """An older file stays until the new one is whole."""
    job = bench.made()
    target = tmp_path / "clip.mp4"
    target.write_bytes(b"older")
    provider.arm(kind, provider.files)
    with pytest.raises(TransientError):
        bench.generator.download(job, target)
    assert target.read_bytes() == b"older"
    assert probe(bench.generator.download(job, target))
    assert [path for path in tmp_path.iterdir() if path.is_file()] == [target]


def test_a_prompt_refused_at_the_door_is_a_refusal_without_a_job(
    bench: Bench, provider: PlayedProvider
) -> None:
    """With the provider's reason; nothing was paid, and others pass."""
    before = len(provider.jobs())
    provider.switch(**provider.refuses_at_submit)
    with pytest.raises(RefusedError, match="blocked"):
        bench.generator.submit(bench.gory, job_id="job-1")
    assert len(provider.jobs()) == before
    assert bench.generator.submit(bench.prompt, job_id="job-1")


def test_a_job_that_ends_with_a_refusal_says_so(bench: Bench, provider: PlayedProvider) -> None:
    """In every shape the provider has for it, and with its reason."""
    for way in provider.refuses_later:
        provider.switch(**way)
        job = bench.generator.submit(bench.gory, job_id="job-1")
        bench.wait()
        progress = bench.generator.poll(job)
        assert progress.state is JobState.REFUSED, way
        assert progress.detail


def test_a_key_nobody_knows_stops_the_run_and_is_not_repeated(
    bench: Bench, provider: PlayedProvider
) -> None:
    """A person must act; and neither a message nor a `repr` tells the key."""
    wrong = "wrong-key"
    generator = provider.make_at(provider.url, wrong)
    assert wrong not in repr(generator)
    for call in (
        lambda: generator.submit(bench.prompt, job_id="job-1"),
        lambda: generator.poll("some-job"),
    ):
        with pytest.raises(StopError, match="API_KEY") as caught:
            call()
        assert wrong not in str(caught.value)


def test_a_server_that_is_off_surely_made_no_job(bench: Bench, provider: PlayedProvider) -> None:
    """Nothing left this machine, so nothing has to be looked up."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    generator = provider.make_at(f"http://127.0.0.1:{port}", "key")
    with pytest.raises(NotSubmittedError, match="BASE_URL"):
        generator.submit(bench.prompt, job_id="job-1")


def test_a_reference_picture_arrives(
    bench: Bench, provider: PlayedProvider, tmp_path: Path
) -> None:
    """As a file in a form, or inside JSON: the provider has the picture, not its path."""
    assert GENERATORS[bench.generator.name].capabilities.takes_reference_image
    picture = tmp_path / "look.png"
    picture.write_bytes(PIXEL)
    bench.generator.submit(bench.prompt, job_id="job-1", reference=picture)
    kept = provider.reference_of(provider.jobs()[-1])
    assert kept
    assert "image/png" in str(kept)


@pytest.mark.parametrize("content", [b"", b"<svg/>", None])
def test_a_reference_that_is_no_picture_is_not_sent(
    bench: Bench, provider: PlayedProvider, tmp_path: Path, content: bytes | None
) -> None:
    """It is this series' matter, and is said before anything is paid."""
    before = len(provider.jobs())
    picture = tmp_path / "look.png"
    if content is not None:
        picture.write_bytes(content)
    with pytest.raises(ItemError, match="Nothing was sent"):
        bench.generator.submit(bench.prompt, job_id="job-1", reference=picture)
    assert len(provider.jobs()) == before
