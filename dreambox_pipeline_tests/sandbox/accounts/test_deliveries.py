"""Webhooks: signed over raw bytes, double-encoded, repeated until taken."""

import json
from hashlib import sha256
from hmac import compare_digest
from hmac import new as hmac_new
from typing import TYPE_CHECKING, Any

from dreambox_pipeline.sandbox.accounts.signatures import sign

if TYPE_CHECKING:
    from dreambox_pipeline_tests.sandbox.conftest import Account, Loopback

VECTOR = rb'{"client_key":"sandbox_app","event":"comment.update","create_time":1763794929,"user_openid":"open_id_1","content":"{\"comment_id\":7247303576418566913,\"video_id\":7203946942097902849,\"comment_type\":\"comment\",\"comment_action\":\"insert\",\"timestamp\":1763794929000,\"unique_identifier\":\"uid+1\",\"text\":\"hi\"}"}'


def register(account: "Account", event_type: str, url: str, **more: object) -> dict[str, Any]:
    app = {"app_id": "sandbox_app", "secret": "sandbox_secret"}
    body = app | {"event_type": event_type, "callback_url": url} | more
    return account.post("/business/webhook/update/", **body)


def actions(bodies: list[dict[str, Any]]) -> list[tuple[str, int]]:
    contents = [json.loads(body["content"]) for body in bodies]
    return [(content.get("comment_action"), content.get("comment_id")) for content in contents]


def test_the_published_vector_is_signed_as_published() -> None:
    """Exactly these bytes, this secret and this second."""
    header = sign(VECTOR, secret="sandbox_secret", timestamp=1763794929)
    assert header == (
        "t=1763794929,s=eb73fbd01c1a44a987c75c7ba2a177188cf3fa0e18d99e2f08119b353011f819"
    )


def test_a_new_comment_is_told_with_a_valid_signature(
    account: "Account", loopback: "Loopback"
) -> None:
    """The content is JSON inside JSON with number ids and a millisecond timestamp."""
    assert register(account, "COMMENT", f"{loopback.url}/hook")["code"] == 0
    account.sandbox.advance(10)
    control = account.sandbox.info["control_url"]
    told = account.http.post(f"{control}/comments", json={"text": "i dreamt"}).json()
    account.sandbox.advance(300)
    wanted = ("insert", int(told["comment_id"]))
    loopback.wait_for(lambda bodies: wanted in actions(bodies))
    place = actions(loopback.bodies()).index(wanted)
    headers, raw = loopback.posts[place]
    stamp, signature = (part[2:] for part in headers["Tiktok-Signature"].split(","))
    expected = hmac_new(b"sandbox_secret", stamp.encode() + b"." + raw, sha256).hexdigest()
    assert compare_digest(expected, signature)
    content = json.loads(json.loads(raw)["content"])
    assert content["timestamp"] == json.loads(raw)["create_time"] * 1000
    assert content["text"] == "i dreamt"
    assert headers["webhook-schema-version"] == "v1.0"


def test_a_refused_delivery_comes_again_until_200(account: "Account", loopback: "Loopback") -> None:
    """Two failures, then it is taken, and never comes again by itself."""
    loopback.statuses += [500, 503]
    register(account, "VIDEO", f"{loopback.url}/hook")
    url = {"video_url": f"{loopback.url}/missing.mp4", "post_info": {}}
    share_id = account.post("/business/video/publish/", **url)["data"]["share_id"]
    account.get("/business/publish/status/", publish_id=share_id)
    account.sandbox.advance(400)
    bodies = loopback.wait_for(lambda found: len(found) >= 3)
    assert {body["event"] for body in bodies} == {"post.publish.failed"}
    assert json.loads(bodies[0]["content"])["reason"] == "video_pull_failed"


def test_deletions_and_hiding_are_told_for_watched_videos_only(
    account: "Account", loopback: "Loopback"
) -> None:
    """`item_list` limits comment events to its videos."""
    first, second = (video["item_id"] for video in account.videos()[:2])
    register(account, "COMMENT", f"{loopback.url}/hook", item_list=[first])
    account.sandbox.advance(5)
    control = account.sandbox.info["control_url"]
    ids = [
        account.http.post(f"{control}/comments", json={"text": "hi", "video_id": video}).json()
        for video in (first, second)
    ]
    account.sandbox.advance(5)
    account.post("/business/comment/hide/", **ids[0], action="HIDE")
    account.sandbox.advance(5)
    for told in ids:
        account.http.post(f"{control}/comments/{told['comment_id']}/delete")
    account.sandbox.advance(600)
    mine, other = (int(told["comment_id"]) for told in ids)
    wanted = {("insert", mine), ("set_to_hidden", mine), ("delete", mine)}
    found = loopback.wait_for(lambda bodies: wanted <= set(actions(bodies)))
    assert other not in {comment_id for _, comment_id in actions(found)}


def test_a_revoked_authorization_is_told(account: "Account", loopback: "Loopback") -> None:
    """`authorization.removed` arrives after the token died."""
    register(account, "VIDEO", f"{loopback.url}/hook")
    body = {"client_id": "sandbox_app", "client_secret": "sandbox_secret"}
    body["access_token"] = account.token["access_token"]
    account.http.post("/tt_user/oauth2/revoke/", json=body)
    account.sandbox.advance(400)
    found = loopback.wait_for(bool)
    assert found[0]["event"] == "authorization.removed"
    assert "reason" in json.loads(found[0]["content"])


def test_registrations_are_listed_deleted_and_loopback_only(account: "Account") -> None:
    """A callback elsewhere is refused, a deleted one is gone."""
    assert register(account, "COMMENT", "https://elsewhere.example/hook")["code"] == 40002
    assert register(account, "COMMENT", "http://127.0.0.1:9/hook")["code"] == 0
    app = {"app_id": "sandbox_app", "secret": "sandbox_secret", "event_type": "COMMENT"}
    listed = account.get("/business/webhook/list/", **app)["data"]
    assert listed["callback_url"] == "http://127.0.0.1:9/hook"
    assert account.post("/business/webhook/delete/", **app)["code"] == 0
    assert account.get("/business/webhook/list/", **app)["code"] == 40007
