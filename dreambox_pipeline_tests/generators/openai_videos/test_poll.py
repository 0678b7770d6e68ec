"""Polling: what a server says about a job, and what it means when it says nothing."""

from collections.abc import Callable

import pytest

from dreambox_pipeline.errors import DreamBoxError, ItemError, StopError, TransientError
from dreambox_pipeline.generators.openai_videos import OpenAIVideosGenerator
from dreambox_pipeline.sandbox.testing import RunningSandbox
from dreambox_pipeline.stages.videos.model import JobState
from dreambox_pipeline_tests.contracts.video_benches import PROMPT
from dreambox_pipeline_tests.generators.openai_videos.conftest import OpenAIScripted
from dreambox_pipeline_tests.generators.scripted import SECRET, Answer

FLAVOURS = ("openai", "sglang", "vllm_omni")


def test_a_job_queues_runs_and_is_ready(
    generator: OpenAIVideosGenerator, sandbox: RunningSandbox
) -> None:
    """Progress from 0 to 1, on the provider's clock."""
    job = generator.submit(PROMPT, job_id="job-1")
    shares = []
    for _ in range(3):
        progress = generator.poll(job)
        assert progress.state is JobState.RUNNING
        shares.append(progress.progress)
        sandbox.advance(12)
    assert shares[0] == 0
    assert shares[-1] == 1
    assert shares == sorted(shares)


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_a_refused_job_is_refused_with_its_reason(
    generator: OpenAIVideosGenerator, sandbox: RunningSandbox, flavour: str
) -> None:
    """With a code, without one, and inside an HTTP 500."""
    sandbox.sandbox.set_switch("video_flavour", flavour)
    gory = PROMPT.model_copy(update={"scene": "a gory scene"})
    job = generator.submit(gory, job_id="job-1")
    sandbox.advance(60)
    progress = generator.poll(job)
    assert progress.state is JobState.REFUSED
    assert "blocked by our moderation system" in (progress.detail or "")


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_a_failed_job_is_failed_with_its_reason(
    generator: OpenAIVideosGenerator, sandbox: RunningSandbox, flavour: str
) -> None:
    """vLLM-Omni's HTTP 500 around the job is an answer, not an outage."""
    sandbox.sandbox.set_switch("video_flavour", flavour)
    sandbox.sandbox.set_switch("fail_next_videos", 1)
    job = generator.submit(PROMPT, job_id="job-1")
    sandbox.advance(60)
    progress = generator.poll(job)
    assert progress.state is JobState.FAILED
    assert "out of memory" in (progress.detail or "")


@pytest.mark.parametrize("word", ["processing", "in_progress", "dreaming"])
def test_a_job_that_never_ends_stays_running(
    generator: OpenAIVideosGenerator, sandbox: RunningSandbox, word: str
) -> None:
    """Whoever waits has a deadline; an unknown word is told on."""
    sandbox.sandbox.set_switch("video_status", word)
    job = generator.submit(PROMPT, job_id="job-1")
    sandbox.advance(100_000)
    progress = generator.poll(job)
    assert (progress.state, progress.is_ready) == (JobState.RUNNING, False)
    assert ("dreaming" in (progress.detail or "")) == (word == "dreaming")


@pytest.mark.parametrize(
    "answer",
    [
        Answer(404, {"detail": "Video not found"}),
        Answer(404, {"error": {"message": "Video with id 'x' not found.", "code": None}}),
    ],
)
def test_a_job_the_server_forgot_is_lost(scripted: OpenAIScripted, answer: Answer) -> None:
    """Servers that keep jobs in memory forget them when they start anew."""
    scripted.answers = [answer]
    assert scripted.generator().poll("video_1").state is JobState.LOST


@pytest.mark.parametrize(
    "answer",
    [
        Answer(404, {"detail": "Not Found"}),
        Answer(404, b"<html>nginx</html>", {"content-type": "text/html"}),
        Answer(404, {"error": {"message": "Invalid URL", "code": "unknown_url"}}),
    ],
)
def test_a_wrong_address_is_not_a_lost_job(scripted: OpenAIScripted, answer: Answer) -> None:
    """A lost job may be made again and paid again; a wrong address must not lead there."""
    scripted.answers = [answer]
    with pytest.raises(StopError, match="DREAMBOX_VIDEO_BASE_URL"):
        scripted.generator().poll("video_1")


@pytest.mark.parametrize("job_id", ["../models", "a/b", "a?b=c", "💧"])
def test_an_odd_id_stays_one_part_of_the_path(scripted: OpenAIScripted, job_id: str) -> None:
    """An id is the provider's word; it must not become another address."""
    scripted.answers = [Answer(200, {"status": "queued"})]
    assert scripted.generator().poll(job_id).state is JobState.RUNNING
    (asked,) = scripted.asked
    assert asked.path.count("/") == 3
    assert "?" not in asked.path


@pytest.mark.parametrize(
    "kind",
    ["http_500", "http_429", "http_429_bare", "garbage", "html", "html_200", "timeout_after"],
)
def test_no_answer_now_is_asked_again_by_the_next_run(
    generator: OpenAIVideosGenerator, sandbox: RunningSandbox, arm: Callable[..., None], kind: str
) -> None:
    """One look, no repetitions, and the job is where it was."""
    job = generator.submit(PROMPT, job_id="job-1")
    sandbox.advance(600)
    arm(kind)
    with pytest.raises(TransientError) as caught:
        generator.poll(job)
    assert caught.value.retry_after_s == (2.0 if kind == "http_429" else None)
    assert generator.poll(job).is_ready


@pytest.mark.parametrize(("status", "kind"), [(401, StopError), (403, StopError), (400, ItemError)])
def test_other_answers_say_who_must_act(
    scripted: OpenAIScripted, status: int, kind: type[DreamBoxError]
) -> None:
    """The key is everybody's matter, an odd job only its own."""
    scripted.answers = [Answer(status, {"error": {"message": f"no, {SECRET}"}})]
    with pytest.raises(kind) as caught:
        scripted.generator().poll("video_1")
    assert SECRET not in str(caught.value)


def test_a_job_tells_what_it_cost_and_when_to_look_again(
    generator: OpenAIVideosGenerator, sandbox: RunningSandbox
) -> None:
    """A price that changed is seen in what the provider charged, not in our estimate."""
    job = generator.submit(PROMPT, job_id="job-1")
    sandbox.advance(600)
    assert generator.poll(job).cost_microusd is None
    sandbox.sandbox.set_switch("video_cost_usd", 0.0825)
    progress = generator.poll(job)
    assert progress.is_ready
    assert progress.cost_microusd == 82_500
    assert progress.retry_after_s == 1.0


@pytest.mark.parametrize("cost", ["0.1", True, -1, 1e9, None, {"usd": 1}])
def test_a_cost_that_cannot_be_one_is_none(scripted: OpenAIScripted, cost: object) -> None:
    """The estimate stands then."""
    scripted.answers = [Answer(200, {"status": "completed", "usage": {"cost": cost}})]
    assert scripted.generator().poll("video_1").cost_microusd is None
