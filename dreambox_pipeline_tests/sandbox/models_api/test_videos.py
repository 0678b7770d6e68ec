"""`/v1/videos` with the real client over real HTTP."""

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

import av
import openai
import pytest

from dreambox_pipeline_tests.sandbox.conftest import HTTP

if TYPE_CHECKING:
    from dreambox_pipeline.sandbox.testing import RunningSandbox

pytestmark = pytest.mark.filterwarnings("ignore:The Sora API:DeprecationWarning")


@pytest.fixture
def client(sandbox: "RunningSandbox") -> Iterator[openai.OpenAI]:
    with openai.OpenAI(
        base_url=sandbox.info["openai_base_url"], api_key=sandbox.info["api_key"], max_retries=0
    ) as made:
        yield made


def switch(sandbox: "RunningSandbox", **switches: object) -> None:
    url = sandbox.info["control_url"] + "/switches"
    assert HTTP.post(url, json=switches).status_code == 200


def test_a_job_queues_runs_and_ends_in_a_real_clip(
    client: openai.OpenAI, sandbox: "RunningSandbox"
) -> None:
    """The clip has the asked size, length, codecs, and a moving picture."""
    job = client.videos.create(
        prompt="a lantern over the ocean", size="360x640", seconds="4", extra_body={"seed": 3}
    )
    assert (job.status, job.progress, job.seconds) == ("queued", 0, "4")
    with pytest.raises(openai.NotFoundError):
        client.videos.download_content(job.id)
    sandbox.advance(15)
    assert client.videos.retrieve(job.id).status == "in_progress"
    sandbox.advance(60)
    done = client.videos.retrieve(job.id)
    assert (done.status, done.progress) == ("completed", 100)
    content = client.videos.download_content(job.id).read()
    with av.open(io.BytesIO(content)) as container:
        picture, sound = container.streams.video[0], container.streams.audio[0]
        assert (picture.codec_context.width, picture.codec_context.height) == (360, 640)
        assert (picture.codec_context.name, sound.codec_context.name) == ("h264", "aac")
        assert container.duration / 1_000_000 == pytest.approx(4, abs=0.1)
        frames = [frame.to_ndarray(format="gray") for frame in container.decode(picture)]
    assert len(frames) == 96
    assert abs(frames[0].astype(int) - frames[60].astype(int)).mean() > 1


def test_jobs_are_listed_and_deleted(client: openai.OpenAI) -> None:
    """Newest first, page by page; a deleted one is not found."""
    ids = [client.videos.create(prompt=f"dream {number}").id for number in range(3)]
    assert [job.id for job in client.videos.list(limit=2)] == ids[::-1]
    assert client.videos.delete(ids[0]).deleted
    with pytest.raises(openai.NotFoundError):
        client.videos.retrieve(ids[0])


def test_json_is_taken_like_multipart(client: openai.OpenAI) -> None:
    """For clients that post JSON."""
    body = {"prompt": "a door in the meadow", "seconds": 5, "size": "720x1280"}
    job = client.post("/videos", body=body, cast_to=openai.types.Video)
    assert job.seconds == "5"


def test_a_refused_prompt_fails_with_its_code(
    client: openai.OpenAI, sandbox: "RunningSandbox"
) -> None:
    """The job is accepted, then fails."""
    job = client.videos.create(prompt="a gory scene")
    sandbox.advance(30)
    failed = client.videos.retrieve(job.id)
    assert failed.status == "failed"
    assert failed.error is not None
    assert failed.error.code == "moderation_blocked"


@pytest.mark.parametrize(
    "wrong", [{"seconds": "0"}, {"seconds": "x"}, {"size": "720"}, {"size": "721x1281"}]
)
def test_wrong_fields_are_400(client: openai.OpenAI, wrong: dict[str, str]) -> None:
    """The error names the field."""
    with pytest.raises(openai.BadRequestError) as caught:
        client.videos.create(prompt="x", **wrong)
    assert caught.value.param == next(iter(wrong))


def test_a_missing_prompt_and_a_wrong_key_are_refused(sandbox: "RunningSandbox") -> None:
    """400 and 401 in OpenAI's style."""
    url = sandbox.info["openai_base_url"] + "/videos"
    key = {"Authorization": f"Bearer {sandbox.info['api_key']}"}
    empty = HTTP.post(url, json={}, headers=key)
    assert (empty.status_code, empty.json()["error"]["param"]) == (400, "prompt")
    for headers in ({}, {"Authorization": "Bearer wrong"}):
        answer = HTTP.post(url, json={"prompt": "x"}, headers=headers)
        assert answer.status_code == 401


def test_one_idempotency_key_is_one_job(sandbox: "RunningSandbox") -> None:
    """The same request sent twice does not pay twice."""
    url = sandbox.info["openai_base_url"] + "/videos"
    headers = {"Authorization": f"Bearer {sandbox.info['api_key']}", "Idempotency-Key": "k1"}
    ids = {HTTP.post(url, json={"prompt": "x"}, headers=headers).json()["id"] for _ in range(2)}
    assert len(ids) == 1


def test_sglang_has_no_error_code_and_no_variant(
    client: openai.OpenAI, sandbox: "RunningSandbox"
) -> None:
    """`variant` is an output index there, so a word is not found."""
    switch(sandbox, video_flavour="sglang", fail_next_videos=1)
    broken, fine = (client.videos.create(prompt="x", size="360x640") for _ in range(2))
    sandbox.advance(60)
    raw = client.videos.with_raw_response.retrieve(broken.id)
    assert set(raw.http_response.json()["error"]) == {"message"}
    with pytest.raises(openai.NotFoundError):
        client.videos.download_content(fine.id, variant="video")


def test_vllm_omni_answers_500_for_a_failed_job(
    client: openai.OpenAI, sandbox: "RunningSandbox"
) -> None:
    """The body of the error is the job."""
    switch(sandbox, video_flavour="vllm_omni", fail_next_videos=1)
    job = client.videos.create(prompt="x")
    sandbox.advance(60)
    with pytest.raises(openai.InternalServerError) as caught:
        client.videos.retrieve(job.id)
    assert caught.value.response.json()["status"] == "failed"
    with pytest.raises(openai.UnprocessableEntityError):
        client.post("/videos", body={"prompt": "x"}, cast_to=openai.types.Video)


def test_a_server_may_take_no_forms(client: openai.OpenAI, sandbox: "RunningSandbox") -> None:
    """415 for a form, a job for JSON."""
    switch(sandbox, video_flavour="json_only")
    with pytest.raises(openai.APIStatusError) as caught:
        client.videos.create(prompt="x")
    assert caught.value.status_code == 415
    assert client.post("/videos", body={"prompt": "x"}, cast_to=openai.types.Video).id


def test_a_refusal_may_come_at_once(client: openai.OpenAI, sandbox: "RunningSandbox") -> None:
    """400 with a code, and no job."""
    switch(sandbox, video_refusal="submit")
    with pytest.raises(openai.BadRequestError) as caught:
        client.videos.create(prompt="a gory scene")
    assert caught.value.code == "moderation_blocked"
    assert list(client.videos.list()) == []


def test_jobs_may_say_one_word_for_ever(client: openai.OpenAI, sandbox: "RunningSandbox") -> None:
    """Any word, until the switch is emptied."""
    switch(sandbox, video_status="dreaming")
    job = client.videos.create(prompt="x")
    sandbox.advance(10_000)
    assert client.videos.retrieve(job.id).status == "dreaming"
    switch(sandbox, video_status="")
    assert client.videos.retrieve(job.id).status == "completed"


@pytest.mark.parametrize(
    ("content", "kind", "start"),
    [
        ("html", "text/html", b"<!doctype html>"),
        ("json", "application/json", b"{"),
        ("empty", "video/mp4", b""),
    ],
)
def test_content_may_be_something_else(
    client: openai.OpenAI, sandbox: "RunningSandbox", content: str, kind: str, start: bytes
) -> None:
    """With HTTP 200 all the same."""
    job = client.videos.create(prompt="x", size="180x320", seconds="1")
    sandbox.advance(600)
    switch(sandbox, video_content=content)
    answer = client.videos.download_content(job.id)
    assert answer.response.status_code == 200
    assert answer.response.headers["content-type"].startswith(kind)
    assert answer.content.startswith(start)
    assert (len(answer.content) == 0) == (content == "empty")


def test_unknown_switch_values_are_refused(sandbox: "RunningSandbox") -> None:
    """400, and the known ones are named."""
    answer = HTTP.post(sandbox.info["control_url"] + "/switches", json={"video_content": "soup"})
    assert answer.status_code == 400
    assert "landscape" in answer.text
