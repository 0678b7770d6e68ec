"""What webhooks tell about posts, at each of the two hosts, and how deliveries can go wrong."""

import json
from collections.abc import Callable, Iterator
from hashlib import sha256
from hmac import new as hmac_new
from typing import TYPE_CHECKING, Any

import pytest

from dreambox_pipeline.sandbox.models_api.clips import ClipRequest, encode_clip
from dreambox_pipeline_tests.sandbox.accounts.test_deliveries import register
from dreambox_pipeline_tests.sandbox.conftest import HTTP

if TYPE_CHECKING:
    from dreambox_pipeline.sandbox.testing import RunningSandbox
    from dreambox_pipeline_tests.sandbox.conftest import Account, Loopback

INFO = {"privacy_level": "PUBLIC_TO_EVERYONE", "title": "a whale", "is_aigc": True}
Body = dict[str, Any]


@pytest.fixture(scope="module")
def clip() -> bytes:
    return encode_clip(ClipRequest("ocean", 1, 360, 640, 3))


@pytest.fixture
def loopback(loopback: "Loopback", clip: bytes) -> "Loopback":
    loopback.files["/clip.mp4"] = clip
    return loopback


@pytest.fixture
def control(sandbox: "RunningSandbox") -> Callable[..., Body]:
    """Asks a control endpoint."""

    def ask(path: str, method: str = "POST", **body: Any) -> Body:
        answer = HTTP.request(method, sandbox.info["control_url"] + path, json=body)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    return ask


@pytest.fixture
def hooked(
    account: "Account", loopback: "Loopback", control: Callable[..., Body]
) -> Iterator["Loopback"]:
    """Both hosts' apps have a callback, each its own path, and nothing comes late by itself."""
    control("/switches", webhook_delay_s=0, posting_moderation_s=60)
    assert register(account, "VIDEO", f"{loopback.url}/accounts")["code"] == 0
    control("/developer_webhook", callback_url=f"{loopback.url}/developer")
    account.sandbox.advance(5)
    yield loopback
    control("/developer_webhook", "DELETE")


def upload(account: "Account", clip: bytes, path: str = "video/init") -> str:
    """An upload through the developer host, whole; returns its publish id."""
    url = f"{account.sandbox.url}/v2/post/publish/{path}/"
    size = len(clip)
    file = {"source": "FILE_UPLOAD", "video_size": size, "chunk_size": size}
    body = {"source_info": file | {"total_chunk_count": 1}}
    if path == "video/init":
        body["post_info"] = INFO
    headers = {"Authorization": f"Bearer {account.token['access_token']}"}
    data = HTTP.post(url, json=body, headers=headers).json()["data"]
    span = {"content-type": "video/mp4", "content-range": f"bytes 0-{size - 1}/{size}"}
    assert HTTP.put(data["upload_url"], content=clip, headers=span).status_code == 201
    return ask_status(account, data["publish_id"])


def ask_status(account: "Account", publish_id: str) -> str:
    """Waits for the file, which a standing clock does not, and returns the id."""
    url = f"{account.sandbox.url}/v2/post/publish/status/fetch/"
    headers = {"Authorization": f"Bearer {account.token['access_token']}"}
    HTTP.post(url, json={"publish_id": publish_id}, headers=headers)
    return publish_id


def publish(account: "Account", loopback: "Loopback", name: str = "clip.mp4") -> str:
    """A post through the Accounts API; returns its share id."""
    post = {"video_url": f"{loopback.url}/{name}", "post_info": {"caption": "a whale"}}
    share_id = account.post("/business/video/publish/", **post)["data"]["share_id"]
    account.get("/business/publish/status/", publish_id=share_id)
    return str(share_id)


def told(loopback: "Loopback") -> list[tuple[str, Body]]:
    """Event and content of everything delivered, in order."""
    return [(body["event"], json.loads(body["content"])) for body in loopback.bodies()]


def names(loopback: "Loopback") -> list[str]:
    return [name.removeprefix("post.publish.") for name, _ in told(loopback)]


def wait_for(loopback: "Loopback", *wanted: str) -> None:
    loopback.wait_for(lambda _: set(wanted) <= set(names(loopback)))


def test_a_post_of_the_accounts_api_is_told_to_its_app(
    account: "Account", hooked: "Loopback"
) -> None:
    """Complete without a post id, then public with one, in the account's name."""
    share_id = publish(account, hooked)
    account.sandbox.advance(300)
    wait_for(hooked, "complete", "publicly_available")
    found = dict(told(hooked))
    content = {"publish_id": share_id, "publish_type": "DIRECT_PUBLISH"}
    assert found["post.publish.complete"] == content
    status = account.get("/business/publish/status/", publish_id=share_id)["data"]
    assert [found["post.publish.publicly_available"]["post_id"]] == status["post_ids"]
    for body in hooked.bodies():
        assert body["user_openid"] == account.sandbox.info["business_id"]
        assert body["client_key"] == "sandbox_app"


def test_each_host_tells_its_own_app_and_signs_with_its_secret(
    account: "Account", hooked: "Loopback", clip: bytes, control: Callable[..., Body]
) -> None:
    """The other app's callback hears nothing of it."""
    control("/switches", developer_secret="another_secret")
    uploaded, pulled = upload(account, clip), publish(account, hooked)
    account.sandbox.advance(300)
    hooked.wait_for(lambda bodies: len(bodies) >= 4)
    secrets = {uploaded: b"another_secret", pulled: b"sandbox_secret"}
    for headers, raw in hooked.posts:
        stamp, signature = (part[2:] for part in headers["Tiktok-Signature"].split(","))
        secret = secrets[json.loads(json.loads(raw)["content"])["publish_id"]]
        assert signature == hmac_new(secret, stamp.encode() + b"." + raw, sha256).hexdigest()


@pytest.mark.parametrize(
    "names_of",
    [
        ("documented", "publicly_available", "no_longer_publicaly_available"),
        ("publicly", "publicly_available", "no_longer_publicly_available"),
        ("publicaly", "publicaly_available", "no_longer_publicaly_available"),
    ],
)
def test_the_developer_host_spells_in_two_ways(
    account: "Account",
    hooked: "Loopback",
    clip: bytes,
    control: Callable[..., Body],
    names_of: tuple[str, str, str],
) -> None:
    """As its pages do at different dates."""
    spelling, public, gone = names_of
    control("/switches", webhook_spelling=spelling)
    upload(account, clip)
    account.sandbox.advance(300)
    wait_for(hooked, "complete", public)
    post_id = dict(told(hooked))[f"post.publish.{public}"]["post_id"]
    control(f"/posts/{post_id}/take_down")
    account.sandbox.advance(5)
    wait_for(hooked, gone)


def test_a_draft_is_told_when_it_lies_in_the_inbox(
    account: "Account", hooked: "Loopback", clip: bytes, control: Callable[..., Body]
) -> None:
    """And when its person posted it; it stays a share of the inbox."""
    publish_id = upload(account, clip, "inbox/video/init")
    account.sandbox.advance(300)
    wait_for(hooked, "inbox_delivered")
    control(f"/drafts/{publish_id}/post", is_ai_generated=True)
    account.sandbox.advance(300)
    wait_for(hooked, "complete", "publicly_available")
    assert {content["publish_type"] for _, content in told(hooked)} == {"INBOX_SHARE"}


def test_a_failure_is_told_with_its_reason(
    account: "Account", hooked: "Loopback", clip: bytes, control: Callable[..., Body]
) -> None:
    """In TikTok's own word."""
    control("/switches", posting_fail_reason="spam_risk_text")
    upload(account, clip)
    account.sandbox.advance(300)
    wait_for(hooked, "failed")
    assert dict(told(hooked))["post.publish.failed"]["reason"] == "spam_risk_text"


def test_a_post_that_is_taken_down_is_gone_until_it_is_brought_back(
    account: "Account", hooked: "Loopback", control: Callable[..., Body]
) -> None:
    """From the lists and from its status; both are told, also days later."""
    share_id = publish(account, hooked)
    account.sandbox.advance(300)
    wait_for(hooked, "publicly_available")
    (post_id,) = account.get("/business/publish/status/", publish_id=share_id)["data"]["post_ids"]

    def is_listed() -> bool:
        return post_id in {video["item_id"] for video in account.videos()}

    assert is_listed()
    account.sandbox.advance(3 * 86_400)
    account.log_in()
    control(f"/posts/{post_id}/take_down")
    assert not is_listed()
    status = account.get("/business/publish/status/", publish_id=share_id)["data"]
    assert (status["status"], status["post_ids"]) == ("PUBLISH_COMPLETE", [])
    account.sandbox.advance(60)
    wait_for(hooked, "no_longer_publicly_available")
    control(f"/posts/{post_id}/bring_back")
    assert is_listed()
    account.sandbox.advance(60)
    hooked.wait_for(lambda _: names(hooked).count("publicly_available") == 2)


def test_only_public_posts_can_be_taken_down(
    account: "Account", hooked: "Loopback", control: Callable[..., Body]
) -> None:
    """Others do not exist for anybody, and one is down only once."""
    share_id = publish(account, hooked)
    account.sandbox.advance(300)
    (post_id,) = account.get("/business/publish/status/", publish_id=share_id)["data"]["post_ids"]
    address = f"{account.sandbox.info['control_url']}/posts"
    assert HTTP.post(f"{address}/123/take_down").status_code == 404
    assert HTTP.post(f"{address}/{post_id}/bring_back").status_code == 404
    control(f"/posts/{post_id}/take_down")
    assert HTTP.post(f"{address}/{post_id}/take_down").status_code == 404


def test_a_reply_under_a_post_that_is_down_does_not_keep_the_world_from_starting(
    tmp_path: Any, loopback: "Loopback"
) -> None:
    """The post may come back, and its comments with it."""
    from dreambox_pipeline.sandbox.testing import running_sandbox
    from dreambox_pipeline_tests.sandbox.conftest import Account

    state = tmp_path / "state.sqlite"
    with running_sandbox(state_path=state) as first:
        account = Account(first)
        share_id = publish(account, loopback)
        first.advance(600)
        (post_id,) = account.get("/business/publish/status/", publish_id=share_id)["data"][
            "post_ids"
        ]
        url = first.info["control_url"]
        HTTP.post(f"{url}/comments", json={"text": "i dreamt of rain", "video_id": post_id})
        HTTP.post(f"{url}/posts/{post_id}/take_down")
        account.http.close()
    with running_sandbox(state_path=state) as again:
        assert HTTP.post(f"{again.info['control_url']}/posts/{post_id}/bring_back").is_success
        assert post_id in {video.video_id for video in again.world.public_videos()}


# Deliveries that go wrong


def test_every_delivery_can_come_twice(
    account: "Account", hooked: "Loopback", control: Callable[..., Body]
) -> None:
    """At least once is what the platform promises."""
    control("/switches", webhook_doubled=True)
    publish(account, hooked)
    account.sandbox.advance(300)
    hooked.wait_for(lambda bodies: len(bodies) == 4)
    assert sorted(names(hooked)) == ["complete"] * 2 + ["publicly_available"] * 2
    contents = [json.dumps(content) for _, content in told(hooked)]
    assert len(set(contents)) == 2


def test_deliveries_can_come_in_the_wrong_order(
    account: "Account", hooked: "Loopback", control: Callable[..., Body]
) -> None:
    """Public before it is complete."""
    control("/switches", webhook_reversed=True)
    publish(account, hooked)
    account.sandbox.advance(300)
    hooked.wait_for(lambda bodies: len(bodies) == 2)
    assert names(hooked) == ["publicly_available", "complete"]


def test_deliveries_can_be_late_by_exactly_so_much(
    account: "Account", hooked: "Loopback", control: Callable[..., Body]
) -> None:
    """Hours after the event, whose own time they still tell."""
    control("/switches", webhook_delay_s=7200)
    before = account.sandbox.now.timestamp()
    publish(account, hooked)
    account.sandbox.advance(3600)
    publish_again = publish(account, hooked)
    account.sandbox.advance(3900)
    hooked.wait_for(lambda bodies: len(bodies) == 2)
    assert all(body["create_time"] < before + 300 for body in hooked.bodies())
    assert publish_again not in {content["publish_id"] for _, content in told(hooked)}


def test_deliveries_can_get_lost_and_are_sent_again(
    account: "Account", hooked: "Loopback", control: Callable[..., Body]
) -> None:
    """The platform goes on until somebody takes it."""
    control("/switches", webhook_losses=2)
    publish(account, hooked)
    account.sandbox.advance(300)
    hooked.wait_for(lambda bodies: len(bodies) == 2)
    assert account.sandbox.sandbox.deliveries.switches.webhook_losses == 0
    assert sorted(names(hooked)) == ["complete", "publicly_available"]


@pytest.mark.parametrize(
    "switch",
    [
        {"webhook_doubled": 1},
        {"webhook_delay_s": "soon"},
        {"webhook_spelling": "publikly"},
        {"developer_secret": ""},
    ],
)
def test_a_senseless_switch_is_refused(sandbox: "RunningSandbox", switch: Body) -> None:
    """With the names of all switches."""
    answer = HTTP.post(f"{sandbox.info['control_url']}/switches", json=switch)
    assert answer.status_code == 400
    assert "webhook_doubled" in answer.json()["error"]


def test_the_portal_takes_loopback_only(sandbox: "RunningSandbox") -> None:
    """Like every address that this double is told."""
    address = f"{sandbox.info['control_url']}/developer_webhook"
    body = {"callback_url": "https://elsewhere.example/hook"}
    assert HTTP.post(address, json=body).status_code == 400
