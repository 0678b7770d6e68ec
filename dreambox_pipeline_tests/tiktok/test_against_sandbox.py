"""The client against the sandbox over real HTTP: two programs that share no parser agree."""

import io
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import av
import httpx
import numpy as np
import pytest

from dreambox_pipeline.errors import ItemError, StopError
from dreambox_pipeline.sandbox.testing import RunningSandbox, running_sandbox
from dreambox_pipeline.sandbox.world.written import InjectedComment
from dreambox_pipeline.stages.posts.model import PublicationState
from dreambox_pipeline.stages.posts.outcomes import interpret_status, reconcile
from dreambox_pipeline.tiktok import errors
from dreambox_pipeline.tiktok.client import AccountsClient
from dreambox_pipeline.tiktok.schemas import PostInfo, TokenPair, VideoObject
from dreambox_pipeline.tiktok.transport import Limits
from dreambox_pipeline.tiktok.webhooks import (
    CommentUpdate,
    parse_event,
    verify_signature,
    visibility,
)

CALLBACK = "https://dreambox.invalid/callback/"


class KeptTokens:
    """Keeps one pair in memory and refreshes it through the client, as the pipeline does."""

    def __init__(self) -> None:
        self.pair: TokenPair | None = None
        self.client: AccountsClient | None = None
        self.refreshes = 0

    def business_id(self) -> str:
        return self.pair.open_id

    def access_token(self) -> str:
        return self.pair.access_token.get_secret_value()

    def refreshed(self, rejected: str) -> str:
        assert rejected == self.access_token()
        self.pair = self.client.refresh(self.pair.refresh_token.get_secret_value())
        self.refreshes += 1
        return self.access_token()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


def connected(sandbox: RunningSandbox) -> tuple[AccountsClient, KeptTokens]:
    """A client that has just exchanged a fresh code; a timeout of a second is long on loopback."""
    tokens = KeptTokens()
    client = AccountsClient(
        sandbox.info["tiktok_base_url"],
        app_id=sandbox.info["app_id"],
        app_secret=sandbox.info["app_secret"],
        tokens=tokens,
        now=lambda: sandbox.now,
        sleep=sandbox.advance,
        limits=Limits(read_s=1.0),
    )
    tokens.client = client
    tokens.pair = client.exchange_code(sandbox.auth_code(), CALLBACK)
    return client, tokens


@pytest.fixture
def client(sandbox: RunningSandbox) -> Iterator[AccountsClient]:
    made, _ = connected(sandbox)
    with made:
        yield made


def control(sandbox: RunningSandbox, method: str, path: str, **json: object) -> dict:
    """Calls one of the sandbox's control endpoints."""
    url = sandbox.info["control_url"] + path
    answer = httpx.request(method, url, json=json or None, trust_env=False)
    return answer.raise_for_status().json()


def busiest(client: AccountsClient) -> VideoObject:
    """The video with the most comments."""
    return max(client.videos(), key=lambda video: video.comments or 0)


def test_a_code_works_once(sandbox, client):
    """The second exchange asks for the owner."""
    code = sandbox.auth_code()
    pair = client.exchange_code(code, CALLBACK)
    assert pair.open_id == sandbox.info["business_id"]
    with pytest.raises(errors.ConsentRequired):
        client.exchange_code(code, CALLBACK)


def test_the_granted_scopes_cover_what_we_do(client):
    """Compared at start-up, because a missing one may only show as an empty list."""
    needed = {"comment.list", "comment.list.manage", "video.list", "video.publish"}
    assert needed <= client.token_info().scopes


def test_every_comment_is_listed_once_and_newest_first(client):
    """Through short pages, and beyond the first 500 where the order changes."""
    video = busiest(client)
    found = list(client.comments(video.item_id))
    ids = [comment.comment_id for comment in found]
    assert len(ids) == len(set(ids)) > 30
    assert all(comment.video_id == video.item_id for comment in found)
    times = [comment.create_time for comment in found[:500] if not comment.pinned]
    assert times == sorted(times, reverse=True)


def test_since_gives_what_is_newer_and_asks_less(sandbox, client):
    """The day's harvest does not page through the whole history."""
    video = busiest(client)
    everything = list(client.comments(video.item_id))
    since = sorted(comment.create_time for comment in everything)[-20]
    before = control(sandbox, "GET", "/requests")["total"]
    newer = list(client.comments(video.item_id, since=since))
    asked = control(sandbox, "GET", "/requests")["total"] - before
    assert {c.comment_id for c in newer} == {
        c.comment_id for c in everything if c.create_time >= since
    }
    assert asked <= 6


@pytest.fixture(scope="module")
def crowded(sandbox: RunningSandbox) -> str:
    """A video with at least 1,300 comments, most of them copied from its own with other times."""
    world = sandbox.world
    video = max(world.public_videos(), key=lambda one: len(world.comments(one)))
    models = world.comments(video)
    for number in range(1300 - len(models)):
        model = models[number % len(models)]
        world._add(
            replace(
                model,
                comment_id=str(7_900_000_000_000_000_000 + number),
                created_at=world.now - 60 - number * 977,
                likes=(number * 7919) % 50,
                deleted_at=None,
            )
        )
    return video.video_id


def test_none_of_1300_comments_is_lost_or_given_twice(sandbox, client, crowded):
    """Held against the sandbox's own truth, although its order ends after 500 and it repeats."""
    truth = {c.comment_id for c in sandbox.world.comments(sandbox.world.find_video(crowded))}
    asked = control(sandbox, "GET", "/requests")["total"]
    found = [comment.comment_id for comment in client.comments(crowded)]
    assert len(found) == len(set(found)) >= 1300
    assert set(found) == truth
    assert control(sandbox, "GET", "/requests")["total"] - asked < 75


def test_none_is_lost_while_people_write_and_delete(sandbox, client, crowded):
    """Between the pages of one walk; who was there all the time is given once."""
    world = sandbox.world
    before = world.comments(world.find_video(crowded))
    found, gone = [], set()
    for number, comment in enumerate(client.comments(crowded)):
        found.append(comment.comment_id)
        if number % 40 == 39:
            victim = before[(number * 31) % len(before)]
            gone.add(victim.comment_id)
            world.delete_comment(victim)
        if number % 60 == 59:
            world.inject(InjectedComment("I dreamt of rain", video_id=crowded))
    assert len(found) == len(set(found))
    assert {comment.comment_id for comment in before} - gone <= set(found)
    assert len(gone) > 20


def test_comments_are_found_by_id(client, crowded):
    """Any number, replies too; what does not exist is not given."""
    ids = [c.comment_id for c in client.comments(crowded)][100:170]
    found = {c.comment_id for c in client.comments_by_id(crowded, [*ids, "404"])}
    assert found == set(ids)


def test_hiding_liking_and_deleting_show_in_the_list(sandbox, client):
    """And can be taken back, except a deletion."""
    video = busiest(client).item_id
    theirs = control(sandbox, "POST", "/comments", text="hello", video_id=video)["comment_id"]
    client.hide(video, theirs)
    client.like(theirs)
    changed = client.comment(video, theirs)
    assert (changed.status, changed.liked) == ("HIDDEN", True)
    client.unhide(video, theirs)
    client.unlike(theirs)
    changed = client.comment(video, theirs)
    assert (changed.status, changed.liked) == ("PUBLIC", False)
    with pytest.raises(ItemError):
        client.delete_comment(theirs)
    mine = client.create_comment(video, "Tell me your dream")
    assert client.comment(video, mine.comment_id).owner
    client.delete_comment(mine.comment_id)
    assert client.comment(video, mine.comment_id) is None


def test_replies_come_with_their_comments_when_asked_for(client):
    """Up to three under each."""
    video = busiest(client)
    lists = [c.reply_list for c in client.comments(video.item_id, include_replies=True)]
    assert 0 < max(len(replies) for replies in lists) <= 3


def test_webhooks_are_registered_read_and_deleted(client):
    """One address per kind of event."""
    assert client.app.webhook("VIDEO") is None
    client.app.register_webhook("VIDEO", "http://127.0.0.1:9/hook")
    assert client.app.webhook("VIDEO").callback_url == "http://127.0.0.1:9/hook"
    client.app.delete_webhook("VIDEO")
    assert client.app.webhook("VIDEO") is None
    with pytest.raises(errors.NotFound):
        client.app.delete_webhook("VIDEO")


def test_an_address_is_claimed_and_verified(client):
    """A claim counts once its proof is found; nobody serves one here, see `cli/test_property`."""
    url = "http://127.0.0.1:9/media/"
    assert not client.app.add_url_property("prefix", url).is_verified
    assert not client.app.verify_url_property("prefix", url).is_verified
    assert not client.app.add_url_property("domain", "media.invalid").is_verified
    assert not client.app.verify_url_property("domain", "media.invalid").is_verified
    assert {one.url for one in client.app.url_properties()} == {url, "media.invalid"}
    client.app.delete_url_property("prefix", url)
    assert [one.url for one in client.app.url_properties()] == ["media.invalid"]


def test_after_revoking_a_person_must_agree_again(sandbox):
    """Neither the access token nor the refresh token works any more."""
    client, tokens = connected(sandbox)
    client.revoke()
    with pytest.raises(StopError):
        client.video_settings()
    with pytest.raises(StopError):
        client.refresh(tokens.pair.refresh_token.get_secret_value())
    client.close()


def test_a_lock_is_sat_out_and_asked_once():
    """Another program used the minute up; after one refusal nobody asks for five minutes."""
    with running_sandbox(rate_limits=True) as limited:
        client, _ = connected(limited)
        for _ in range(40):
            limited.sandbox.accounts.limits.admit(
                limited.info["business_id"], "/business/video/settings/"
            )
        with pytest.raises(errors.RateLimited):
            client.video_settings()
        began = limited.now
        client.video_settings()
        assert limited.now - began == timedelta(minutes=5)
        client.close()


def test_a_reply_is_listed_under_its_comment(sandbox, client):
    """What we ask in public can be found again, which is how a lost answer is settled."""
    video = busiest(client)
    injected = control(
        sandbox, "POST", "/comments", text="I dreamt of a whale", video_id=video.item_id
    )
    reply = client.reply(video.item_id, injected["comment_id"], "May we turn it into a video?")
    listed = {c.comment_id: c for c in client.replies(video.item_id, injected["comment_id"])}
    assert listed[reply.comment_id].owner
    assert listed[reply.comment_id].text == "May we turn it into a video?"


def test_the_profile_has_a_day_for_each_day_asked_for(sandbox, client):
    """Or fewer where TikTok is late, never more."""
    end = sandbox.now.date() - timedelta(days=2)
    profile = client.profile(end - timedelta(days=6), end)
    assert profile.followers_count > 0
    assert 0 < len(profile.metrics) <= 7
    assert any(day.active_followers_by_hour() for day in profile.metrics)


def test_an_expired_token_is_refreshed_and_the_call_goes_on(sandbox):
    """A day later, without anybody noticing; the new refresh token is used next time."""
    client, tokens = connected(sandbox)
    for refreshes in (1, 2):
        sandbox.advance(25 * 3600)
        assert client.video_settings().max_video_post_duration_sec == 600
        assert tokens.refreshes == refreshes
    client.close()


@pytest.mark.parametrize("kind", ["http_500", "close_mid_body", "garbage", "html", "code:50000"])
def test_a_read_survives_one_stumble(sandbox, client, kind):
    """Whatever form it takes."""
    control(sandbox, "POST", "/faults", path_prefix="/open_api", kind=kind)
    assert client.video_settings().max_video_post_duration_sec == 600


def test_a_missing_object_is_not_found(client):
    """One item's trouble, not the run's."""
    with pytest.raises(errors.NotFound):
        client.publish_status("v_pub_url~v1.1")


def test_the_limiter_keeps_us_from_being_locked_out():
    """100 requests under the platform's real limits, and not one is refused."""
    with running_sandbox(rate_limits=True) as limited:
        client, _ = connected(limited)
        began = limited.now
        for _ in range(100):
            client.video_settings()
        assert timedelta(minutes=2) <= limited.now - began < timedelta(minutes=3)
        client.close()


def small_video() -> bytes:
    """Three seconds of grey, just within TikTok's limits."""
    target = io.BytesIO()
    with av.open(target, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=24)
        stream.width, stream.height, stream.pix_fmt = 360, 640, "yuv420p"
        frame = av.VideoFrame.from_ndarray(np.full((640, 360, 3), 90, np.uint8), format="rgb24")
        for number in range(78):
            frame.pts = number
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return target.getvalue()


class Web:
    """A small server: gives one file, and keeps what is posted to it."""

    def __init__(self, file: bytes) -> None:
        self.deliveries: list[tuple[bytes, str]] = []
        self.arrived = threading.Event()
        web = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("content-length", str(len(file)))
                self.end_headers()
                self.wfile.write(file)

            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["content-length"]))
                web.deliveries.append((raw, self.headers["Tiktok-Signature"]))
                web.arrived.set()
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture(scope="module")
def web() -> Iterator[Web]:
    made = Web(small_video())
    yield made
    made.server.shutdown()
    made.server.server_close()


def states_until_the_end(sandbox, client, publish_id: str) -> list[PublicationState]:
    """Asks once a simulated minute, as the pipeline does, until the publication has ended."""
    states = []
    for _ in range(30):
        outcome = interpret_status(client.publish_status(publish_id))
        states.append(outcome.state)
        if outcome.state in {PublicationState.PUBLISHED, PublicationState.FAILED}:
            break
        sandbox.advance(60)
    return states


def test_a_video_is_published_and_found_in_the_list(sandbox, client, web):
    """The id comes late; then the post is there, with unknown metrics that are not 0."""
    info = PostInfo(caption="The whale behind the door #dreams", is_ai_generated=True)
    publish_id = client.publish(f"{web.url}/whale.mp4", info)
    states = states_until_the_end(sandbox, client, publish_id)
    assert states[-1] is PublicationState.PUBLISHED
    (post_id,) = client.publish_status(publish_id).post_ids
    (post,) = client.videos(filters={"video_ids": [post_id]})
    assert post.caption == info.caption
    assert post.video_views is None


def test_a_video_that_cannot_be_fetched_fails_with_a_reason(sandbox, client):
    """And the note says what to do."""
    info = PostInfo(caption="nothing there", is_ai_generated=True)
    publish_id = client.publish(sandbox.url + "/missing.mp4", info)
    assert states_until_the_end(sandbox, client, publish_id)[-1] is PublicationState.FAILED
    assert "video_pull_failed" in interpret_status(client.publish_status(publish_id)).note


@pytest.mark.parametrize("kind", ["timeout_after", "close_mid_body"])
def test_a_lost_answer_is_found_in_the_list_and_never_sent_again(sandbox, client, web, kind):
    """The post exists, exactly once, although the request seemed to fail."""
    path = "/open_api/v1.3/business/video/publish/"
    asked = control(sandbox, "GET", "/requests")["counts"].get(f"POST {path}", 0)
    control(sandbox, "POST", "/faults", path_prefix=path, kind=kind)
    caption = f"A door under the sea, {kind}"
    began = sandbox.now
    with pytest.raises(errors.TikTokError) as caught:
        client.publish(f"{web.url}/door.mp4", PostInfo(caption=caption, is_ai_generated=True))
    assert caught.value.may_have_taken_effect
    sandbox.advance(6 * 3600)
    for _ in range(200):  # the sandbox fetches and probes the file meanwhile
        recent = [video for video in client.videos() if video.create_time >= began]
        if post_id := reconcile(caption, recent):
            break
    assert [video.item_id for video in recent if video.caption == caption] == [post_id]
    assert control(sandbox, "GET", "/requests")["counts"][f"POST {path}"] == asked + 1


def test_its_webhooks_carry_a_signature_we_accept(sandbox, client, web):
    """Signed by another program over the same raw bytes."""
    info = sandbox.info
    httpx.post(
        info["tiktok_base_url"] + "/business/webhook/update/",
        json={
            "app_id": info["app_id"],
            "secret": info["app_secret"],
            "event_type": "COMMENT",
            "callback_url": f"{web.url}/hook",
        },
        trust_env=False,
    ).raise_for_status()
    began = sandbox.now
    sandbox.advance(12 * 3600)  # the audience writes meanwhile
    assert web.arrived.wait(10)
    for _ in range(30):  # more arrive meanwhile, deletions of what was just written among them
        deliveries = [*web.deliveries]
        updates = [parse_event(raw).content for raw, _ in deliveries]
        assert all(isinstance(update, CommentUpdate) for update in updates)
        listed = {
            comment.comment_id
            for video_id in {update.video_id for update in updates}
            for comment in client.comments(video_id, since=began)
        }
        if listed & {update.comment_id for update in updates if visibility(update) == "shown"}:
            break
    else:
        pytest.fail(f"None of {len(updates)} comments told by webhook is in the list.")
    for raw, header in deliveries:
        verify_signature(raw, header, secret=info["app_secret"], now=sandbox.now)
        with pytest.raises(errors.InvalidSignature):
            verify_signature(raw + b" ", header, secret=info["app_secret"], now=sandbox.now)
