"""Submitting: what is sent, and whether a job may exist after every way it can go wrong."""

import base64
import sys
from pathlib import Path

import pytest
from pydantic import SecretStr

from dreambox_pipeline.errors import DreamBoxError, ItemError, StopError, TransientError
from dreambox_pipeline.generators.gemini_omni import GeminiOmniGenerator
from dreambox_pipeline.stages.prompts.rendering import REFERENCE_LABEL
from dreambox_pipeline.stages.videos.generation import NotSubmittedError, RefusedError
from dreambox_pipeline_tests.contracts.video_benches import PIXEL
from dreambox_pipeline_tests.generators.gemini_omni.conftest import ASKED, GeminiScripted, google
from dreambox_pipeline_tests.generators.scripted import SECRET, Answer

JOB = {"id": "v1_abc", "status": "queued"}


def fault_of(scripted: GeminiScripted) -> DreamBoxError:
    with pytest.raises(DreamBoxError) as caught:
        scripted.generator().submit(ASKED, job_id="job_1")
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None
    return caught.value


def test_one_request_says_everything(scripted: GeminiScripted) -> None:
    """Upright, eight seconds, by address, in the background, with what to avoid as sentences."""
    scripted.answers = [Answer(200, JOB)]
    assert scripted.generator().submit(ASKED, job_id="job_1:A") == "v1_abc"
    (asked,) = scripted.asked
    assert (asked.method, asked.path) == ("POST", "/v1/interactions")
    assert asked.headers["x-goog-api-key"] == SECRET
    body = asked.json()
    text = body.pop("input")[0]["content"][0]["text"]
    assert text.startswith("Style: layered silhouettes.")
    assert text.endswith("No text.")
    assert body == {
        "model": "gemini-omni-1.2-flash",
        "background": True,
        "store": True,
        "response_format": {
            "type": "video",
            "aspect_ratio": "9:16",
            "duration": "8s",
            "resolution": "720p",
            "delivery": "uri",
        },
        "generation_config": {"seed": 11, "video_config": {"task": "text_to_video"}},
        "labels": {"dreambox_job": "job_1-a"},
    }


def test_a_picture_lends_its_look(scripted: GeminiScripted, tmp_path: Path) -> None:
    """It comes before the words, which say what it is for, and is not the first frame."""
    picture = tmp_path / "look.png"
    picture.write_bytes(PIXEL)
    scripted.answers = [Answer(200, JOB)]
    scripted.generator().submit(ASKED, job_id="job_1", reference=picture)
    body = scripted.asked[0].json()
    image, text = body["input"][0]["content"]
    assert image == {
        "type": "image",
        "data": base64.b64encode(PIXEL).decode(),
        "mime_type": "image/png",
    }
    assert text["text"].startswith(REFERENCE_LABEL)
    assert body["generation_config"]["video_config"] == {"task": "reference_to_video"}


@pytest.mark.parametrize(
    ("wanted", "asked"), [(2.5, "3s"), (3.0, "3s"), (7.2, "8s"), (15.0, "15s"), (16.0, "15s")]
)
def test_the_length_is_whole_seconds_within_what_there_is(
    scripted: GeminiScripted, wanted: float, asked: str
) -> None:
    """As long as the clip will be taken when it comes."""
    scripted.answers = [Answer(200, JOB)]
    prompt = ASKED.model_copy(update={"duration_s": wanted})
    scripted.generator().submit(prompt, job_id="job_1")
    assert scripted.asked[0].json()["response_format"]["duration"] == asked
    assert scripted.generator().estimate_microusd(prompt) == int(asked[:-1]) * 70_000


@pytest.mark.parametrize("wanted", [1.0, 25.0])
def test_a_length_omni_does_not_make_is_not_paid_for(
    scripted: GeminiScripted, wanted: float
) -> None:
    """It is said before anything is sent."""
    prompt = ASKED.model_copy(update={"duration_s": wanted})
    with pytest.raises(ItemError, match="3 to 15 s"):
        scripted.generator().submit(prompt, job_id="job_1")
    assert scripted.asked == []
    assert scripted.generator().estimate_microusd(prompt) == 0


def test_an_enormous_seed_fits(scripted: GeminiScripted) -> None:
    """Ours have 64 bits, the field has 32."""
    scripted.answers = [Answer(200, JOB)]
    scripted.generator().submit(ASKED.model_copy(update={"seed": 2**40 + 5}), job_id="job_1")
    assert scripted.asked[0].json()["generation_config"]["seed"] == 5


@pytest.mark.parametrize(
    "answer",
    [
        Answer(500, {"error": {"message": "boom"}}),
        google(503, "UNAVAILABLE"),
        Answer(200, b"<html>Please sign in</html>", {"content-type": "text/html"}),
        Answer(200, b"", {"content-type": "application/json"}),
        Answer(200, ["v1_abc"]),
        Answer(200, {"status": "queued"}),
        Answer(200, {"id": 7}),
    ],
)
def test_an_answer_that_does_not_say_leaves_a_job_that_may_exist(
    scripted: GeminiScripted, answer: Answer
) -> None:
    """It is sent once, whatever the client package would do by itself."""
    scripted.answers = [answer]
    fault = fault_of(scripted)
    assert isinstance(fault, TransientError)
    assert not isinstance(fault, NotSubmittedError)
    assert "may have been started" in str(fault)
    assert len(scripted.asked) == 1


@pytest.mark.parametrize(
    ("answer", "wait_s"),
    [
        (google(429, "RESOURCE_EXHAUSTED", retryDelay="34.5s"), 34.5),
        (google(429, "RESOURCE_EXHAUSTED"), None),
        (Answer(429, b"slow down", {"retry-after": "7"}), 7.0),
    ],
)
def test_too_many_requests_say_how_long_to_wait_in_the_body_or_a_header(
    scripted: GeminiScripted, answer: Answer, wait_s: float | None
) -> None:
    """Google's own way is a duration in the details."""
    scripted.answers = [answer]
    fault = fault_of(scripted)
    assert isinstance(fault, NotSubmittedError)
    assert fault.retry_after_s == wait_s


@pytest.mark.parametrize(
    "answer",
    [
        google(400, "INVALID_ARGUMENT", reason="PROHIBITED_CONTENT"),
        google(400, "INVALID_ARGUMENT", message="Blocked for safety reasons."),
        Answer(400, {"error": {"code": "https://ai.google.dev/errors/safety", "message": "no"}}),
    ],
)
def test_a_refused_prompt_is_a_refusal(scripted: GeminiScripted, answer: Answer) -> None:
    """By its reason, by its words, or by a code that is an address."""
    scripted.answers = [answer]
    assert isinstance(fault_of(scripted), RefusedError)


def test_another_bad_request_is_no_refusal(scripted: GeminiScripted) -> None:
    """A softened prompt would change nothing."""
    scripted.answers = [google(400, "INVALID_ARGUMENT", message="seed is out of range")]
    fault = fault_of(scripted)
    assert isinstance(fault, ItemError)
    assert not isinstance(fault, RefusedError)
    assert "seed is out of range" in str(fault)


@pytest.mark.parametrize(
    ("answer", "remedy"),
    [
        (google(400, "INVALID_ARGUMENT", reason="API_KEY_INVALID"), "DREAMBOX_GEMINI_API_KEY"),
        (google(401, "UNAUTHENTICATED"), "DREAMBOX_GEMINI_API_KEY"),
        (google(403, "PERMISSION_DENIED", message=SECRET), "DREAMBOX_GEMINI_API_KEY"),
        (google(403, "PERMISSION_DENIED", reason="BILLING_DISABLED"), "billing"),
        (google(400, "FAILED_PRECONDITION"), "billing"),
        (google(404, "NOT_FOUND"), "DREAMBOX_GEMINI_MODEL"),
        (Answer(404, b"<html>", {"content-type": "text/html"}), "DREAMBOX_GEMINI_BASE_URL"),
        (Answer(302, b"", {"location": "/elsewhere"}), "DREAMBOX_GEMINI_BASE_URL"),
    ],
)
def test_what_a_person_must_mend_stops_the_run(
    scripted: GeminiScripted, answer: Answer, remedy: str
) -> None:
    """Every other prompt would fail alike; a redirect is not followed, the key would go along."""
    scripted.answers = [answer]
    fault = fault_of(scripted)
    assert isinstance(fault, StopError)
    assert remedy in str(fault)
    assert len(scripted.asked) == 1


@pytest.mark.parametrize(
    ("changed", "missing"),
    [
        ({"api_key": SecretStr("")}, "DREAMBOX_GEMINI_API_KEY"),
        ({"model": " "}, "DREAMBOX_GEMINI_MODEL"),
        ({"base_url": "generativelanguage"}, "DREAMBOX_GEMINI_BASE_URL"),
    ],
)
def test_what_is_missing_is_named_before_anything_is_asked(
    changed: dict[str, object], missing: str
) -> None:
    """By the name of its setting."""
    usual = {
        "base_url": "http://127.0.0.1:9",
        "api_key": SecretStr("k"),
        "model": "m",
        "price_microusd_per_second": 0,
    }
    with pytest.raises(StopError, match=missing):
        GeminiOmniGenerator(**usual | changed)


def test_a_missing_package_names_the_command_that_installs_it(
    scripted: GeminiScripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is an extra, because most people never need it."""
    monkeypatch.setitem(sys.modules, "google.genai", None)
    with pytest.raises(StopError, match=r"dreambox-pipeline\[gemini\].*uv sync --extra gemini"):
        scripted.generator()


def test_nothing_of_the_machines_environment_has_a_say(
    scripted: GeminiScripted, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The package would take another key, another API version and a cloud project from there."""
    monkeypatch.setenv("GOOGLE_API_KEY", "another-key")
    monkeypatch.setenv("GOOGLE_GENAI_USE_VERTEXAI", "true")
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "somebody-elses")
    monkeypatch.setenv("GOOGLE_GENAI_API_VERSION", "v9")
    scripted.answers = [Answer(200, JOB)]
    assert scripted.generator().submit(ASKED, job_id="job_1") == "v1_abc"
    (asked,) = scripted.asked
    assert (asked.path, asked.headers["x-goog-api-key"]) == ("/v1/interactions", SECRET)


def test_model_and_resolution_are_part_of_the_version() -> None:
    """So a prompt that one made may be made by the other."""
    usual = {"api_key": SecretStr("k"), "price_microusd_per_second": 0}
    versions = {
        GeminiOmniGenerator("http://127.0.0.1:9", model=model, resolution=size, **usual).version
        for model in ("gemini-omni-1.1-flash", "gemini-omni-1.2-flash")
        for size in ("720p", "1080p")
    }
    assert len(versions) == 4
