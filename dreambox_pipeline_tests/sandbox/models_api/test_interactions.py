"""`/v1/interactions` with Google's own client over real HTTP."""

import base64
import io
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import av
import pytest
from google import genai
from google.genai import types

from dreambox_pipeline_tests.sandbox.conftest import HTTP

if TYPE_CHECKING:
    from dreambox_pipeline.sandbox.testing import RunningSandbox

FORMAT = {"type": "video", "aspect_ratio": "9:16", "duration": "3s", "resolution": "360p"}


@pytest.fixture
def client(sandbox: "RunningSandbox") -> Iterator[genai.Client]:
    options = types.HttpOptions(
        base_url=sandbox.info["gemini_base_url"],
        retry_options=types.HttpRetryOptions(attempts=1),
        client_args={"trust_env": False},
    )
    made = genai.Client(enterprise=False, api_key=sandbox.info["api_key"], http_options=options)
    yield made
    made.close()


@pytest.fixture
def ask(client: genai.Client) -> Callable[..., Any]:
    """Submits a video; any field may be replaced."""

    def ask(prompt: str = "a lantern over the sea", **changed: Any) -> Any:
        fields = {
            "model": "gemini-omni-1.2-flash",
            "input": prompt,
            "background": True,
            "store": True,
            "response_format": FORMAT,
        }
        return client.interactions.create(**fields | changed)

    return ask


def switch(sandbox: "RunningSandbox", **switches: object) -> None:
    url = sandbox.info["control_url"] + "/switches"
    assert HTTP.post(url, json=switches).status_code == 200


def test_a_job_queues_works_and_ends_in_a_real_clip(
    client: genai.Client, sandbox: "RunningSandbox", ask: Callable[..., Any]
) -> None:
    """The client package reads every answer, and the file is at the address it names."""
    job = ask(response_format={**FORMAT, "delivery": "uri"})
    assert job.status == "queued"
    sandbox.advance(10)
    assert client.interactions.get(id=job.id).status == "in_progress"
    sandbox.advance(60)
    done = client.interactions.get(id=job.id)
    assert (done.status, done.output_video.mime_type) == ("completed", "video/mp4")
    assert done.usage.total_output_tokens > 0
    key = {"x-goog-api-key": sandbox.info["api_key"]}
    assert HTTP.get(done.output_video.uri).status_code == 403
    content = HTTP.get(done.output_video.uri, headers=key).content
    with av.open(io.BytesIO(content)) as container:
        picture = container.streams.video[0].codec_context
        assert (picture.width, picture.height) == (360, 640)
        assert container.duration / 1_000_000 == pytest.approx(3, abs=0.1)


def test_inline_delivery_puts_the_clip_into_the_answer(
    client: genai.Client, sandbox: "RunningSandbox", ask: Callable[..., Any]
) -> None:
    """As base64."""
    switch(sandbox, interaction_delivery="inline")
    job = ask()
    sandbox.advance(60)
    video = client.interactions.get(id=job.id).output_video
    assert base64.b64decode(video.data)[4:8] == b"ftyp"


@pytest.mark.parametrize(
    ("way", "status", "has_errors"),
    [
        ("failed", "failed", True),
        ("incomplete", "incomplete", True),
        ("no_video", "completed", False),
        ("errors", "completed", True),
    ],
)
def test_a_refusal_has_many_shapes(
    *,
    client: genai.Client,
    sandbox: "RunningSandbox",
    ask: Callable[..., Any],
    way: str,
    status: str,
    has_errors: bool,
) -> None:
    """None of them is documented, so each can be tried; none has a video."""
    switch(sandbox, interaction_refusal=way)
    job = ask("a gory scene")
    sandbox.advance(60)
    ended = client.interactions.get(id=job.id)
    assert (ended.status, ended.output_video) == (status, None)
    assert bool(ended.errors) == has_errors


def test_a_refusal_at_once_is_http_400_with_a_reason(
    sandbox: "RunningSandbox", ask: Callable[..., Any]
) -> None:
    """And there is no job."""
    switch(sandbox, interaction_refusal="submit")
    with pytest.raises(Exception, match="PROHIBITED_CONTENT"):
        ask("a gory scene")
    assert sandbox.world.state.all("interaction") == []


@pytest.mark.parametrize("tail", ["No gore. No children.", "\nAvoid: gore, nudity."])
def test_what_must_not_be_seen_is_no_reason_to_refuse(
    client: genai.Client, sandbox: "RunningSandbox", ask: Callable[..., Any], tail: str
) -> None:
    """A model without a field for it reads it in the prose."""
    job = ask(f"a calm sea. {tail}")
    sandbox.advance(60)
    assert client.interactions.get(id=job.id).output_video is not None


def test_a_rate_limit_names_its_wait_in_the_body(
    sandbox: "RunningSandbox", ask: Callable[..., Any]
) -> None:
    """For as many submits as were asked for."""
    switch(sandbox, interaction_rate_limited=1)
    with pytest.raises(Exception, match="34s"):
        ask()
    assert ask().status == "queued"


@pytest.mark.parametrize(
    "changed",
    [
        {"background": False},
        {"model": "no-such-model"},
        {"response_format": {**FORMAT, "duration": "2s"}},
        {"response_format": {**FORMAT, "duration": "16s"}},
        {"response_format": {**FORMAT, "aspect_ratio": "1:1"}},
        {"response_format": {"type": "text"}},
        {"input": " "},
        {"generation_config": {"video_config": {"task": "reference_to_video"}}},
        {"generation_config": {"seed": 2**40}},
        {"labels": {"Upper": "case"}},
    ],
)
def test_what_the_api_does_not_take_is_refused(
    sandbox: "RunningSandbox", ask: Callable[..., Any], changed: dict[str, Any]
) -> None:
    """With HTTP 400 or 404 in Google's shape, and no job."""
    with pytest.raises(Exception, match=r"INVALID_ARGUMENT|NOT_FOUND"):
        ask(**changed)
    assert sandbox.world.state.all("interaction") == []


def test_the_key_is_google_s_header(sandbox: "RunningSandbox") -> None:
    """A wrong key is an HTTP 400, which is how Google has it."""
    url = f"{sandbox.url}/v1/interactions/some"
    assert HTTP.get(url).status_code == 403
    wrong = HTTP.get(url, headers={"x-goog-api-key": "wrong"})
    assert wrong.status_code == 400
    assert wrong.json()["error"]["details"][0]["reason"] == "API_KEY_INVALID"
    bearer = {"authorization": f"Bearer {sandbox.info['api_key']}"}
    assert HTTP.get(url, headers=bearer).status_code == 403
