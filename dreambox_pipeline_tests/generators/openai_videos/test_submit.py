"""Submitting: what is sent, and whether a job may exist after every way it can go wrong."""

import base64
import json
import socket
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import SecretStr

from dreambox_pipeline.errors import DreamBoxError, ItemError, StopError, TransientError
from dreambox_pipeline.generators.openai_videos import OpenAIVideosGenerator
from dreambox_pipeline.sandbox.testing import RunningSandbox
from dreambox_pipeline.stages.videos.generation import NotSubmittedError, RefusedError
from dreambox_pipeline_tests.contracts.video_benches import PIXEL, PROMPT
from dreambox_pipeline_tests.generators.openai_videos.conftest import OpenAIScripted
from dreambox_pipeline_tests.generators.scripted import SECRET, Answer

JOB = {"id": "video_1", "status": "queued"}


def jobs_in(sandbox: RunningSandbox) -> int:
    return len(sandbox.world.state.all("video_job"))


def fault_of(generator: OpenAIVideosGenerator) -> DreamBoxError:
    with pytest.raises(DreamBoxError) as caught:
        generator.submit(PROMPT, job_id="job-1")
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None
    return caught.value


def error(status: int, *, headers: dict[str, str] | None = None, **fields: object) -> Answer:
    return Answer(status, {"error": {"message": "no", **fields}}, headers or {})


def test_a_form_is_sent_once(scripted: OpenAIScripted) -> None:
    """As every one of the servers takes it, and without a word of the client's about Sora."""
    scripted.answers = [Answer(200, JOB)]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert scripted.generator().submit(PROMPT, job_id="job-1") == "video_1"
    (asked,) = scripted.asked
    assert (asked.method, asked.path) == ("POST", "/v1/videos")
    assert asked.headers["authorization"] == f"Bearer {SECRET}"
    form = asked.form()
    assert (form["seconds"], form["size"], form["seed"]) == ("1", "720x1280", "11")
    assert form["negative_prompt"] == "text"
    assert form["prompt"].startswith("Style: layered silhouettes.")


@pytest.mark.parametrize(
    "turned_away",
    [error(415), Answer(400, {"detail": "input_reference is required for multipart requests"})],
)
def test_a_server_that_takes_no_forms_gets_json(
    scripted: OpenAIScripted, turned_away: Answer
) -> None:
    """It was turned away for its form, so there is no job yet."""
    scripted.answers = [turned_away, Answer(200, JOB)]
    assert scripted.generator().submit(PROMPT, job_id="job-1") == "video_1"
    body = json.loads(scripted.asked[1].body)
    assert (body["seconds"], body["model"]) == ("1", "Wan-AI/Wan2.2-TI2V-5B-Diffusers")


def test_a_picture_inside_json_is_an_address_of_its_own(
    scripted: OpenAIScripted, tmp_path: Path
) -> None:
    """The contract's JSON body takes a data URL where its form takes a file."""
    picture = tmp_path / "look.png"
    picture.write_bytes(PIXEL)
    scripted.answers = [error(415), Answer(200, JOB)]
    scripted.generator().submit(PROMPT, job_id="job-1", reference=picture)
    assert b'filename="reference.png"' in scripted.asked[0].body
    sent = json.loads(scripted.asked[1].body)["input_reference"]
    assert sent == {"image_url": f"data:image/png;base64,{base64.b64encode(PIXEL).decode()}"}


def test_a_model_of_text_alone_is_asked_without_the_picture(
    scripted: OpenAIScripted, tmp_path: Path
) -> None:
    """Its server would fail on it; the prompt says the look in words."""
    scripted.answers = [Answer(200, JOB)]
    generator = scripted.generator("Wan-AI/Wan2.2-T2V-A14B-Diffusers")
    generator.submit(PROMPT, job_id="job-1", reference=tmp_path / "not-even-read.png")
    assert "input_reference" not in scripted.asked[0].form()


@pytest.mark.parametrize(
    "answer",
    [
        Answer(500, {"error": {"message": "boom"}}),
        Answer(502, b"<html>Bad Gateway</html>", {"content-type": "text/html"}),
        Answer(200, b"<html>Please sign in</html>", {"content-type": "text/html"}),
        Answer(200, b"\x80\x81", {"content-type": "application/json"}),
        Answer(200, ["video_1"]),
        Answer(200, {"status": "queued"}),
        Answer(200, {"id": 7}),
        Answer(408, {"error": {"message": "too slow"}}),
    ],
)
def test_an_answer_that_does_not_say_leaves_a_job_that_may_exist(
    scripted: OpenAIScripted, answer: Answer
) -> None:
    """It is never sent a second time: that could be paid twice."""
    scripted.answers = [answer]
    fault = fault_of(scripted.generator())
    assert isinstance(fault, TransientError)
    assert not isinstance(fault, NotSubmittedError)
    assert "may have been started" in str(fault)
    assert len(scripted.asked) == 1


@pytest.mark.parametrize("kind", ["timeout_after", "close_mid_body", "garbage", "html_200"])
def test_a_lost_answer_is_unknown_and_not_repeated(
    generator: OpenAIVideosGenerator,
    sandbox: RunningSandbox,
    arm: Callable[..., None],
    kind: str,
) -> None:
    """The server may have acted; there is one job at the most."""
    arm(kind)
    fault = fault_of(generator)
    assert isinstance(fault, TransientError)
    assert not isinstance(fault, NotSubmittedError)
    assert jobs_in(sandbox) == (kind in {"timeout_after", "close_mid_body"})


@pytest.mark.parametrize(("kind", "wait_s"), [("http_429", 2.0), ("http_429_bare", None)])
def test_too_many_requests_surely_made_no_job(
    generator: OpenAIVideosGenerator,
    sandbox: RunningSandbox,
    arm: Callable[..., None],
    kind: str,
    wait_s: float | None,
) -> None:
    """With and without Retry-After; the next time it passes."""
    arm(kind)
    fault = fault_of(generator)
    assert isinstance(fault, NotSubmittedError)
    assert fault.retry_after_s == wait_s
    assert jobs_in(sandbox) == 0
    assert generator.submit(PROMPT, job_id="job-1")


def test_a_server_that_is_off_surely_made_no_job() -> None:
    """Nothing left this machine, so nothing has to be looked up."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    fault = fault_of(OpenAIVideosGenerator(f"http://127.0.0.1:{port}/v1", model="wan"))
    assert isinstance(fault, NotSubmittedError)
    assert "DREAMBOX_VIDEO_BASE_URL" in str(fault)


@pytest.mark.parametrize(
    "answer",
    [error(400, code="moderation_blocked"), Answer(422, {"detail": "Blocked by content policy"})],
)
def test_a_refused_prompt_is_the_items_own_end(scripted: OpenAIScripted, answer: Answer) -> None:
    """With the provider's reason; other prompts go on."""
    scripted.answers = [answer]
    fault = fault_of(scripted.generator())
    assert isinstance(fault, RefusedError)
    assert "refuses this prompt" in str(fault)


def test_a_prompt_that_cannot_be_made_is_no_refusal(scripted: OpenAIScripted) -> None:
    """A softened prompt would change nothing, so it must not be tried."""
    scripted.answers = [error(400, code="invalid_value")]
    fault = fault_of(scripted.generator())
    assert isinstance(fault, ItemError)
    assert not isinstance(fault, RefusedError)


def test_the_sandbox_refuses_at_the_door(
    generator: OpenAIVideosGenerator, sandbox: RunningSandbox
) -> None:
    """No job, and the reason in its words."""
    sandbox.sandbox.set_switch("video_refusal", "submit")
    gory = PROMPT.model_copy(update={"scene": "a gory scene"})
    with pytest.raises(RefusedError, match="moderation system"):
        generator.submit(gory, job_id="job-1")
    assert jobs_in(sandbox) == 0


@pytest.mark.parametrize(
    ("answer", "remedy"),
    [
        (error(401), "DREAMBOX_VIDEO_API_KEY"),
        (error(403), "DREAMBOX_VIDEO_MODEL"),
        (error(402), "add credit"),
        (error(429, code="insufficient_quota"), "add credit"),
        (Answer(404, {"detail": "Not Found"}), "DREAMBOX_VIDEO_BASE_URL"),
        (error(409), "--api-server-count 1"),
        (error(400, param="seconds"), "DREAMBOX_CLIP_SECONDS"),
        (error(400, param="size"), "upright"),
        (Answer(422, {"detail": [{"loc": ["body", "size"], "msg": "x"}]}), "upright"),
        (error(400, param="model"), "DREAMBOX_VIDEO_MODEL"),
    ],
)
def test_what_a_person_must_mend_stops_the_run(
    scripted: OpenAIScripted, answer: Answer, remedy: str
) -> None:
    """Every other prompt would fail alike."""
    scripted.answers = [answer]
    fault = fault_of(scripted.generator())
    assert isinstance(fault, StopError)
    assert remedy in str(fault)


def test_an_address_that_sends_on_is_named(scripted: OpenAIScripted) -> None:
    """A redirected POST becomes a GET, so nothing was submitted."""
    scripted.answers = [
        Answer(302, b"", {"location": "/elsewhere?token=x"}),
        Answer(200, {"id": "video_9"}),
    ]
    fault = fault_of(scripted.generator())
    assert isinstance(fault, StopError)
    assert f"{scripted.url}/elsewhere" in str(fault)
    assert "token" not in str(fault)


def test_an_address_that_sends_the_whole_request_on_has_submitted_it(
    scripted: OpenAIScripted,
) -> None:
    """HTTP 307 keeps it a POST: there is a job, and it must not be made again."""
    scripted.answers = [Answer(307, b"", {"location": "/v1/videos/"}), Answer(200, JOB)]
    assert scripted.generator().submit(PROMPT, job_id="job-1") == "video_1"
    assert [asked.method for asked in scripted.asked] == ["POST", "POST"]


def test_a_job_planned_again_is_a_new_job(
    generator: OpenAIVideosGenerator, sandbox: RunningSandbox
) -> None:
    """A person who wants another clip must not be given the old one."""
    ids = {generator.submit(PROMPT, job_id="job-1") for _ in range(2)}
    assert len(ids) == jobs_in(sandbox) == 2


def test_a_reason_in_plain_words_is_told(scripted: OpenAIScripted) -> None:
    """Some gateways put a string where others have an object."""
    scripted.answers = [Answer(400, {"error": "the words are too long"})]
    assert "the words are too long" in str(fault_of(scripted.generator()))


@pytest.mark.parametrize(
    "url", ["https://api.openai.com/v1", "https://API.OpenAI.com./v1", "http://api.openai.com:443"]
)
def test_openais_own_address_is_refused_with_the_date_it_ended(url: str) -> None:
    """Before anything is sent there."""
    with pytest.raises(StopError, match="2026-09-24"):
        OpenAIVideosGenerator(url, model="sora-2")


@pytest.mark.parametrize("url", ["", "  ", "localhost:30010", "ftp://host/v1", "http://"])
def test_what_is_no_address_is_refused(url: str) -> None:
    """By the name of its setting."""
    with pytest.raises(StopError, match="DREAMBOX_VIDEO_BASE_URL"):
        OpenAIVideosGenerator(url, model="wan")


def test_the_key_shows_nowhere(scripted: OpenAIScripted) -> None:
    """Not in a repr, and not when a server repeats it or the address holds a login."""
    scripted.answers = [Answer(401, {"error": {"message": f"Incorrect key {SECRET}"}})]
    fault = fault_of(scripted.generator())
    assert "[key]" in str(fault)
    address = scripted.url.replace("http://", "http://user:word@") + "/v1?x=1"
    generator = OpenAIVideosGenerator(address, api_key=SecretStr(SECRET), model="wan")
    assert "word" not in repr(generator)
    assert SECRET not in repr(generator)


def test_the_price_is_that_of_the_seconds_asked_for(scripted: OpenAIScripted) -> None:
    """A clip of 7.5 s is one of 8 s to Sora's models; what is never sent costs nothing."""
    generator = scripted.generator("sora-2", price=100_000)
    assert generator.estimate_microusd(PROMPT.model_copy(update={"duration_s": 7.5})) == 800_000
    assert generator.estimate_microusd(PROMPT.model_copy(update={"duration_s": 30.0})) == 0
