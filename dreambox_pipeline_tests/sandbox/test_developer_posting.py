"""The Content Posting API on the wire, asked as plainly as HTTP allows."""

import struct
from pathlib import Path
from typing import Any

import httpx
import pytest

from dreambox_pipeline.sandbox.models_api.clips import ClipRequest, encode_clip
from dreambox_pipeline.sandbox.testing import RunningSandbox, running_sandbox
from dreambox_pipeline_tests.sandbox.conftest import HTTP, Loopback

CHUNK = 6_000_000
SIZE = 2 * CHUNK + 1_000_003
INFO = {"privacy_level": "PUBLIC_TO_EVERYONE", "title": "a whale", "is_aigc": True}
FILE = {
    "source": "FILE_UPLOAD",
    "video_size": SIZE,
    "chunk_size": CHUNK,
    "total_chunk_count": 2,
}


class Poster:
    """Calls the posting endpoints with a token."""

    def __init__(self, sandbox: RunningSandbox) -> None:
        self.sandbox = sandbox
        self.token = sandbox.sandbox.tokens.exchange(sandbox.auth_code()).access_token

    def ask(self, path: str, body: object = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"}
        url = f"{self.sandbox.url}/v2/post/publish/{path}/"
        return HTTP.post(url, json=body, headers=headers)

    def code(self, path: str, body: object = None) -> tuple[int, str]:
        answer = self.ask(path, body)
        return answer.status_code, answer.json()["error"]["code"]

    def begin(self, **source: Any) -> dict[str, Any]:
        answer = self.ask("video/init", {"post_info": INFO, "source_info": FILE | source})
        assert answer.json()["error"]["code"] == "ok", answer.text
        return dict(answer.json()["data"])

    def status(self, publish_id: str) -> dict[str, Any]:
        return dict(self.ask("status/fetch", {"publish_id": publish_id}).json()["data"])


def put(url: str, first: int, content: bytes, total: int = SIZE, **headers: str) -> httpx.Response:
    last = first + len(content) - 1
    known = {"content-type": "video/mp4", "content-range": f"bytes {first}-{last}/{total}"}
    return HTTP.put(url, content=content, headers=known | headers)


@pytest.fixture
def poster(sandbox: RunningSandbox) -> Poster:
    return Poster(sandbox)


@pytest.fixture(scope="module")
def clip() -> bytes:
    content = encode_clip(ClipRequest("ocean", 1, 360, 640, 3))
    padding = SIZE - len(content)
    return content + struct.pack(">I4s", padding, b"free") + bytes(padding - 8)


def test_the_answer_of_a_beginning_has_the_documented_shape(poster: Poster) -> None:
    """A publish id of at most 64 characters and an address of at most 256."""
    data = poster.begin()
    assert set(data) == {"publish_id", "upload_url"}
    assert data["publish_id"].startswith("v_pub_file~v2-1.")
    assert len(data["publish_id"]) <= 64
    assert len(data["upload_url"]) <= 256
    assert poster.status(data["publish_id"]) == {"status": "PROCESSING_UPLOAD", "uploaded_bytes": 0}


def test_chunks_are_taken_in_order_and_told_back(poster: Poster, clip: bytes) -> None:
    """206, then 201, each with what is held; the id is a number under a misspelt name."""
    data = poster.begin()
    url = data["upload_url"]
    first = put(url, 0, clip[:CHUNK])
    assert (first.status_code, first.headers["content-range"]) == (206, f"bytes 0-5999999/{SIZE}")
    assert poster.status(data["publish_id"])["uploaded_bytes"] == CHUNK
    last = put(url, CHUNK, clip[CHUNK:])
    assert (last.status_code, last.headers["content-range"]) == (201, f"bytes 0-{SIZE - 1}/{SIZE}")
    poster.status(data["publish_id"])
    poster.sandbox.advance(300)
    status = poster.status(data["publish_id"])
    (post_id,) = status["publicaly_available_post_id"]
    assert isinstance(post_id, int)
    assert poster.sandbox.world.find_video(str(post_id)) is not None
    # What is complete stays complete.
    assert put(url, CHUNK, clip[CHUNK:]).status_code == 416


def test_a_range_out_of_step_is_416_with_what_is_held(poster: Poster, clip: bytes) -> None:
    """Skipping, repeating, and overlapping."""
    url = poster.begin()["upload_url"]
    skipped = put(url, CHUNK, clip[CHUNK:])
    assert (skipped.status_code, skipped.headers["content-range"]) == (416, f"bytes */{SIZE}")
    assert put(url, 0, clip[:CHUNK]).status_code == 206
    again = put(url, 0, clip[:CHUNK])
    assert (again.status_code, again.headers["content-range"]) == (416, f"bytes 0-5999999/{SIZE}")


@pytest.mark.parametrize(
    ("first", "length", "headers"),
    [
        (0, CHUNK - 1, {}),
        (0, CHUNK + 1, {}),
        (0, CHUNK, {"content-range": "bytes 0-9/10"}),
        (0, CHUNK, {"content-range": f"bytes 0-{CHUNK}/{SIZE}"}),
        (0, CHUNK, {"content-range": "chunk one"}),
        (0, CHUNK, {"content-type": "text/plain"}),
    ],
)
def test_headers_and_bytes_that_disagree_are_400(
    poster: Poster, clip: bytes, first: int, length: int, headers: dict[str, str]
) -> None:
    """Nothing is stored."""
    data = poster.begin()
    assert put(data["upload_url"], first, clip[:length], **headers).status_code == 400
    assert poster.status(data["publish_id"])["uploaded_bytes"] == 0


def test_an_address_lives_for_an_hour(poster: Poster, clip: bytes) -> None:
    """Then 403, the publication has failed, and other addresses are 404."""
    data = poster.begin()
    assert put(data["upload_url"][:-1], 0, clip[:CHUNK]).status_code == 404
    poster.sandbox.advance(3600)
    assert put(data["upload_url"], 0, clip[:CHUNK]).status_code == 206
    poster.sandbox.advance(1)
    assert put(data["upload_url"], CHUNK, clip[CHUNK:]).status_code == 403
    status = poster.status(data["publish_id"])
    assert (status["status"], status["fail_reason"]) == ("FAILED", "internal")


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ({"total_chunk_count": 3}, "The total chunk count is invalid"),
        ({"total_chunk_count": 1}, "The total chunk count is invalid"),
        ({"chunk_size": 5_000_000, "total_chunk_count": 2}, "The chunk size is invalid"),
        ({"chunk_size": 70_000_000, "total_chunk_count": 0}, "The chunk size is invalid"),
        ({"video_size": 4_000_000_001}, "The video size is invalid"),
        ({"video_size": 0}, "The video size is invalid"),
        ({"video_size": 400, "chunk_size": 200, "total_chunk_count": 2}, "The chunk size is invalid"),
        ({"video_size": 127_999_999, "chunk_size": 64_000_000, "total_chunk_count": 1}, None),
        ({"video_size": 6_000_000_000 // 2, "chunk_size": 64_000_000, "total_chunk_count": 46}, None),
        ({"video_size": "many"}, "video_size, chunk_size and total_chunk_count must be integers"),
        ({"source": "FTP"}, "source_info.source must be FILE_UPLOAD or PULL_FROM_URL"),
        ({"source": "PULL_FROM_URL"}, "source_info.video_url is required"),
    ],
)  # fmt: skip
def test_only_floor_cut_plans_are_taken(
    poster: Poster, source: dict[str, Any], message: str | None
) -> None:
    """A plan that rounds up is refused in TikTok's words."""
    answer = poster.ask("video/init", {"post_info": INFO, "source_info": FILE | source})
    error = answer.json()["error"]
    if message is None:
        assert error["code"] == "ok"
    else:
        assert (answer.status_code, error["code"]) == (400, "invalid_params")
        assert error["message"] == message


@pytest.mark.parametrize(
    "info",
    [
        None,
        {},
        {"privacy_level": 3},
        INFO | {"title": "x" * 2201},
        INFO | {"is_aigc": "yes"},
        INFO | {"video_cover_timestamp_ms": -1},
        INFO | {"brand_content_toggle": 1},
    ],
)
def test_a_bad_post_info_is_invalid(poster: Poster, info: object) -> None:
    """Nothing is begun."""
    body = {"post_info": info, "source_info": FILE}
    assert poster.code("video/init", body) == (400, "invalid_params")


@pytest.mark.parametrize("body", [[], "x", {"publish_id": 3}, {}])
def test_a_body_without_a_publish_id_names_nothing(poster: Poster, body: object) -> None:
    """400, whatever the shape."""
    assert poster.ask("status/fetch", body).status_code == 400


def test_a_pulled_address_is_fetched_and_may_be_cancelled(
    poster: Poster, loopback: Loopback, clip: bytes
) -> None:
    """While it is processed, not after; the cancelled one never appears."""
    loopback.files["/clip.mp4"] = clip
    source = {"source": "PULL_FROM_URL", "video_url": f"{loopback.url}/clip.mp4"}
    body = {"post_info": INFO, "source_info": source}
    kept, dropped = (poster.ask("video/init", body).json()["data"] for _ in range(2))
    assert set(kept) == {"publish_id"}
    assert kept["publish_id"].startswith("v_pub_url~v2.")
    assert poster.status(kept["publish_id"])["downloaded_bytes"] == SIZE
    assert poster.code("cancel", {"publish_id": dropped["publish_id"]}) == (200, "ok")
    poster.sandbox.advance(300)
    assert poster.status(kept["publish_id"])["status"] == "PUBLISH_COMPLETE"
    status = poster.status(dropped["publish_id"])
    assert (status["status"], status["fail_reason"]) == ("FAILED", "publish_cancelled")
    late = poster.code("cancel", {"publish_id": kept["publish_id"]})
    assert late == (400, "publish_not_cancellable")
    made = [video for video in poster.sandbox.world.public_videos() if video.published_by_api]
    assert len(made) == 1


def test_a_pull_into_the_inbox_waits_there(poster: Poster, loopback: Loopback, clip: bytes) -> None:
    """With an id of its own kind, and only a draft can be posted from there."""
    loopback.files["/clip.mp4"] = clip
    source = {"source": "PULL_FROM_URL", "video_url": f"{loopback.url}/clip.mp4"}
    publish_id = poster.ask("inbox/video/init", {"source_info": source}).json()["data"][
        "publish_id"
    ]
    assert publish_id.startswith("v_inbox_url~v2.")
    control = f"{poster.sandbox.info['control_url']}/drafts"
    assert HTTP.post(f"{control}/{publish_id}/post", json={}).status_code == 404
    poster.status(publish_id)
    poster.sandbox.advance(300)
    assert poster.status(publish_id)["status"] == "SEND_TO_USER_INBOX"
    assert HTTP.post(f"{control}/{publish_id}/post", json={}).status_code == 200
    poster.sandbox.advance(180)
    (post_id,) = poster.status(publish_id)["publicaly_available_post_id"]
    assert not poster.sandbox.world.find_video(str(post_id)).is_ai_generated


def test_a_restart_forgets_unfinished_uploads_only(tmp_path: Path, clip: bytes) -> None:
    """What was complete is still published; the other's address is unknown."""
    restartable = tmp_path / "state.sqlite"
    with running_sandbox(state_path=restartable) as running:
        poster = Poster(running)
        done, broken = poster.begin(), poster.begin()
        put(done["upload_url"], 0, clip[:CHUNK])
        put(done["upload_url"], CHUNK, clip[CHUNK:])
        put(broken["upload_url"], 0, clip[:CHUNK])
        poster.status(done["publish_id"])
        path = httpx.URL(broken["upload_url"]).raw_path.decode()
    with running_sandbox(state_path=restartable) as running:
        poster = Poster(running)
        running.advance(300)
        assert poster.status(done["publish_id"])["status"] == "PUBLISH_COMPLETE"
        assert put(running.url + path, CHUNK, clip[CHUNK:]).status_code == 404


@pytest.mark.parametrize(
    "switch",
    [("posting_moderation_s", -1), ("posting_moderation_s", True), ("app_audited", "no"),
     ("posting_refusal", 3), ("posting_unknown", "")],
)  # fmt: skip
def test_a_switch_that_does_not_exist_or_fit_is_refused(
    sandbox: RunningSandbox, switch: tuple[str, object]
) -> None:
    """Instead of a double that quietly does something else."""
    answer = HTTP.post(f"{sandbox.info['control_url']}/switches", json=dict([switch]))
    assert answer.status_code == 400


def test_webhooks_tell_drafts_and_private_posts_apart(
    poster: Poster, loopback: Loopback, clip: bytes
) -> None:
    """A draft is delivered to the inbox; what nobody sees never becomes publicly available."""
    loopback.files["/clip.mp4"] = clip
    source = {"source": "PULL_FROM_URL", "video_url": f"{loopback.url}/clip.mp4"}
    hook = {"callback_url": f"{loopback.url}/hook"}
    HTTP.post(f"{poster.sandbox.info['control_url']}/developer_webhook", json=hook)
    hidden = INFO | {"privacy_level": "SELF_ONLY"}
    draft = poster.ask("inbox/video/init", {"source_info": source}).json()["data"]["publish_id"]
    private = poster.ask("video/init", {"post_info": hidden, "source_info": source})
    poster.status(private.json()["data"]["publish_id"])
    poster.sandbox.advance(900)
    bodies = loopback.wait_for(lambda known: len({body["event"] for body in known}) == 2)
    assert {body["event"] for body in bodies} == {
        "post.publish.inbox_delivered",
        "post.publish.complete",
    }
    delivered = next(body for body in bodies if body["event"].endswith("inbox_delivered"))
    assert f'"publish_id":"{draft}","publish_type":"INBOX_SHARE"' in delivered["content"]
