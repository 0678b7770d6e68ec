"""Publishing: the file is really fetched and probed, ids come late, properties are checked."""

import io
from fractions import Fraction
from typing import TYPE_CHECKING

import av
import numpy as np
import pytest

from dreambox_pipeline.sandbox.models_api.clips import ClipRequest, encode_clip

if TYPE_CHECKING:
    from dreambox_pipeline_tests.sandbox.conftest import Account, Loopback

PUBLISH = "/business/video/publish/"
STATUS = "/business/publish/status/"


def clip(*, width: int = 360, height: int = 640, fps: int = 24, seconds: int = 3) -> bytes:
    target = io.BytesIO()
    with av.open(target, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=fps, options={"preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number in range(fps * seconds):
            picture = np.full((height, width, 3), number * 3 % 255, dtype=np.uint8)
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, fps)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return target.getvalue()


def publish(account: "Account", url: str, **info: object) -> str:
    answer = account.post(PUBLISH, video_url=url, post_info=info)
    assert answer["code"] == 0, answer
    return str(answer["data"]["share_id"])


def test_a_good_file_is_published_and_its_id_comes_late(
    account: "Account", loopback: "Loopback"
) -> None:
    """Processing, then complete without an id, then with one that is in the video list."""
    loopback.files["/clip.mp4"] = encode_clip(ClipRequest("ocean", 1, 360, 640, 3))
    share_id = publish(account, f"{loopback.url}/clip.mp4", caption="a whale", is_ai_generated=True)
    assert share_id.startswith("v_pub_url~v1.")
    first = account.get(STATUS, publish_id=share_id)["data"]
    assert first == {"status": "PROCESSING_DOWNLOAD", "post_ids": []}
    account.sandbox.advance(75)
    assert account.get(STATUS, publish_id=share_id)["data"]["status"] == "PUBLISH_COMPLETE"
    account.sandbox.advance(181)
    data = account.get(STATUS, publish_id=share_id)["data"]
    assert len(data["post_ids"]) == 1
    newest = account.videos("caption", "video_duration")[0]
    assert newest["item_id"] == data["post_ids"][0]
    assert newest["caption"] == "a whale"
    assert newest["video_duration"] == pytest.approx(3, abs=0.1)
    video = account.sandbox.world.find_video(newest["item_id"])
    assert video is not None
    assert video.is_ai_generated


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("small", clip(width=320, height=640), "picture_size_check_failed"),
        ("slow", clip(fps=12), "frame_rate_check_failed"),
        ("short", clip(seconds=2), "duration_check_failed"),
        ("text", b"this is no video at all", "file_format_check_failed"),
        ("missing", None, "video_pull_failed"),
        ("moved", clip(), "video_pull_failed"),
    ],
)
def test_a_bad_file_fails_with_its_reason(
    account: "Account", loopback: "Loopback", name: str, content: bytes | None, reason: str
) -> None:
    """Each limit has the documented reason; redirects are not followed."""
    if content is not None:
        loopback.files["/clip.mp4" if name == "moved" else f"/{name}.mp4"] = content
    share_id = publish(account, f"{loopback.url}/{name}.mp4")
    data = account.get(STATUS, publish_id=share_id)["data"]
    assert data == {"status": "FAILED", "post_ids": [], "reason": reason}


def test_a_foreign_address_needs_a_verified_property(account: "Account") -> None:
    """Nothing beyond loopback is ever fetched, and an unverified domain is refused at once."""
    answer = account.post(PUBLISH, video_url="https://cdn.example/clip.mp4", post_info={})
    assert answer["code"] == 40002
    assert "url_ownership_unverified" in answer["message"]


def test_a_property_is_verified_by_its_file(account: "Account", loopback: "Loopback") -> None:
    """A prefix on loopback is really asked for it; a domain elsewhere cannot be reached."""
    app = {"app_id": "sandbox_app", "secret": "sandbox_secret"}
    for meta, status in (
        ({"property_type": 2, "url": f"{loopback.url}/bare"}, 2),
        ({"property_type": 2, "url": loopback.url}, 1),
        ({"property_type": 1, "url": "cdn.example"}, 2),
    ):
        added = account.post("/business/property/add/", **app, url_property_meta=meta)
        proof = added["data"]["url_property_info"]
        assert proof["property_status"] == 0
        if meta["url"] == loopback.url:
            loopback.files[f"/{proof['file_name']}"] = proof["signature"].encode()
        verified = account.post("/business/property/verify/", **app, url_property_meta=meta)
        assert verified["data"]["url_property_info"]["property_status"] == status
    listed = account.get("/business/property/list/", **app)["data"]["url_property_info_list"]
    assert len(listed) == 3
    wrong = account.get("/business/property/list/", app_id="sandbox_app", secret="no")
    assert wrong["code"] == 40101


@pytest.mark.parametrize(
    "info",
    [
        {"caption": "x" * 2201},
        {"caption": "@you " * 31},
        {"is_ai_generated": "yes"},
        {"thumbnail_offset": -1},
    ],
)
def test_bad_post_info_is_40002(account: "Account", info: dict[str, object]) -> None:
    """Caption limits in UTF-16 units, flags and numbers."""
    url = "http://127.0.0.1:9/x.mp4"
    assert account.post(PUBLISH, video_url=url, post_info=info)["code"] == 40002


def test_a_cover_beyond_the_end_fails(account: "Account", loopback: "Loopback") -> None:
    """The offset is only known to be wrong once the file is there."""
    loopback.files["/clip.mp4"] = clip()
    share_id = publish(account, f"{loopback.url}/clip.mp4", thumbnail_offset=60_000)
    assert account.get(STATUS, publish_id=share_id)["data"]["status"] == "FAILED"


def test_a_draft_lands_in_the_inbox(account: "Account", loopback: "Loopback") -> None:
    """A draft never becomes a public post by itself."""
    loopback.files["/clip.mp4"] = clip()
    share_id = publish(account, f"{loopback.url}/clip.mp4", upload_to_draft=True)
    account.get(STATUS, publish_id=share_id)
    account.sandbox.advance(600)
    data = account.get(STATUS, publish_id=share_id)["data"]
    assert data == {"status": "SEND_TO_USER_INBOX", "post_ids": []}
    posted = [v for v in account.sandbox.world.public_videos() if v.published_by_api]
    assert posted == []


def test_an_unknown_publish_id_does_not_exist(account: "Account") -> None:
    """A status nobody asked a post for."""
    assert account.get(STATUS, publish_id="v_pub_url~v1.1")["code"] == 40007
