"""Posting through the developer host over real HTTP: two programs that share no parser agree."""

import struct
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import product
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest

from dreambox_pipeline.errors import TransientError
from dreambox_pipeline.sandbox.models_api.clips import ClipRequest, encode_clip
from dreambox_pipeline.sandbox.testing import RunningSandbox, running_sandbox
from dreambox_pipeline.tiktok import errors
from dreambox_pipeline.tiktok.chunks import MIN_CHUNK_BYTES
from dreambox_pipeline.tiktok.posting import PostingClient
from dreambox_pipeline.tiktok.posting_objects import DirectPost, UploadSession, VideoFile
from dreambox_pipeline.tiktok.tokens import StaticTokens
from dreambox_pipeline.tiktok.transport import Limits

POST = DirectPost(privacy_level="PUBLIC_TO_EVERYONE", title="a whale over the city #dreams")
STUMBLES = ("http_500", "http_500_after", "timeout_before", "timeout_after", "close_mid_body")
HOUR, DAY = 3600, 86_400
QUICK = Limits(read_s=2.0, answer_s=4.0)


@pytest.fixture(scope="module")
def clip(tmp_path_factory) -> Path:
    """A real clip, made 16 MB long by an empty box at its end, so that it has three chunks."""
    content = encode_clip(ClipRequest("ocean", 1, 360, 640, 3))
    padding = 16_000_000 - len(content)
    path = tmp_path_factory.mktemp("clip") / "whale.mp4"
    path.write_bytes(content + struct.pack(">I4s", padding, b"free") + bytes(padding - 8))
    return path


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


def connected(
    sandbox: RunningSandbox, scopes: tuple[str, ...] = ("video.publish", "video.upload")
) -> PostingClient:
    code = sandbox.sandbox.tokens.new_code(scopes=scopes)
    pair = sandbox.sandbox.tokens.exchange(code)
    return PostingClient(
        sandbox.info["tiktok_developer_base_url"],
        tokens=StaticTokens(pair.access_token, business_id=pair.open_id),
        now=lambda: sandbox.now,
        sleep=sandbox.advance,
        limits=QUICK,
        chunk_bytes=MIN_CHUNK_BYTES,
    )


@pytest.fixture
def client(sandbox) -> Iterator[PostingClient]:
    with connected(sandbox) as made:
        yield made


@pytest.fixture
def arm(sandbox) -> Callable[..., None]:
    """Arms a fault."""

    def armed(path_prefix: str, kind: str, **more: Any) -> None:
        url = sandbox.info["control_url"] + "/faults"
        body = {"path_prefix": path_prefix, "kind": kind, **more}
        assert httpx.post(url, json=body, trust_env=False).status_code == 200

    return armed


def file_of(clip: Path, duration_s: float = 3.0) -> VideoFile:
    return VideoFile(size_bytes=clip.stat().st_size, duration_s=duration_s)


def begin(client: PostingClient, clip: Path, post: DirectPost = POST) -> UploadSession:
    return client.begin_upload(post, file_of(clip), creator=client.creator_info())


def requests(sandbox: RunningSandbox, name: str) -> int:
    return sandbox.sandbox.counts.as_json()["counts"].get(name, 0)


def posts(sandbox: RunningSandbox) -> list[str]:
    return [video.video_id for video in sandbox.world.public_videos() if video.published_by_api]


def test_an_uploaded_video_becomes_a_post_like_any_other(sandbox, client, clip):
    """Three chunks, processing, complete without an id, then the id, and the post in the list."""
    session = begin(client, clip)
    assert session.plan.total_chunk_count == 3
    assert client.status(session.publish_id).status == "PROCESSING_UPLOAD"
    progress: list[int] = []
    client.upload(clip, session, progress.append)
    assert progress == [MIN_CHUNK_BYTES, 2 * MIN_CHUNK_BYTES, 16_000_000]
    assert client.status(session.publish_id).uploaded_bytes == 16_000_000
    sandbox.advance(75)
    complete = client.status(session.publish_id)
    assert (complete.status, complete.failure()) == ("PUBLISH_COMPLETE", None)
    sandbox.advance(180)
    (post_id,) = client.status(session.publish_id).post_ids
    video = sandbox.world.find_video(post_id)
    assert video.caption == POST.title
    assert video.is_ai_generated
    assert (video.width, video.height) == (360, 640)


def test_the_id_comes_only_after_moderation(sandbox, client, clip):
    """Complete, and for hours without an id."""
    sandbox.sandbox.set_switch("posting_moderation_s", 2 * HOUR)
    session = begin(client, clip)
    client.upload(clip, session)
    client.status(session.publish_id)
    sandbox.advance(HOUR)
    assert client.status(session.publish_id).post_ids == ()
    sandbox.advance(HOUR + 80)
    assert len(client.status(session.publish_id).post_ids) == 1


def test_an_upload_is_continued_by_another_process(sandbox, client, clip):
    """With the kept session and nothing else; only what is missing is sent."""
    session = begin(client, clip)

    class KilledError(Exception):
        pass

    def killed(_: int) -> None:
        raise KilledError

    with pytest.raises(KilledError):
        client.upload(clip, session, killed)
    with connected(sandbox) as another:
        another.upload(clip, UploadSession.from_secret(session.to_secret()))
        assert requests(sandbox, "PUT /upload/video/") == 3
        another.upload(clip, session)  # once more is no harm
    assert requests(sandbox, "PUT /upload/video/") == 3
    sandbox.advance(300)
    client.status(session.publish_id)
    assert len(posts(sandbox)) == 1


@pytest.mark.parametrize("stumble", product(STUMBLES, range(3)))
def test_an_upload_survives_every_stumble(sandbox, client, clip, arm, stumble):
    """Before or after the chunk was stored, the first, a middle or the last one: one post."""
    kind, chunk = stumble
    session = begin(client, clip)
    arm("/upload", kind, skip=chunk, delay_s=0.0)
    client.upload(clip, session)
    client.status(session.publish_id)
    sandbox.advance(300)
    assert client.status(session.publish_id).post_ids == (posts(sandbox)[0],)
    assert len(posts(sandbox)) == 1


@pytest.mark.parametrize("seed", range(10))
def test_any_mixture_of_stumbles_ends_in_one_post(sandbox, client, clip, arm, seed):
    """Called again with the same session for as long as errors say so; never two posts."""
    dice = Random(seed)
    session = begin(client, clip)
    for _ in range(dice.randint(1, 6)):
        arm(
            dice.choice(["/upload", "/upload", "/v2/post/publish/status"]),
            dice.choice([*STUMBLES, "garbage"]),
            skip=dice.randint(0, 3),
            times=dice.randint(1, 5),
            delay_s=0.0,
        )
    for _ in range(40):
        with suppress(TransientError):
            client.upload(clip, session)
            break
    httpx.delete(f"{sandbox.info['control_url']}/faults", trust_env=False)
    client.upload(clip, session)
    client.status(session.publish_id)
    sandbox.advance(300)
    assert client.status(session.publish_id).post_ids == tuple(posts(sandbox))
    assert len(posts(sandbox)) == 1


@pytest.mark.parametrize(
    "kind", ["http_500_after", "timeout_after", "close_mid_body", "garbage", "html_200"]
)
def test_a_beginning_with_an_unknown_outcome_is_not_repeated(sandbox, client, clip, arm, kind):
    """Without the file it posts nothing; an hour later it has failed by itself."""
    creator = client.creator_info()
    arm("/v2/post/publish/video/init", kind, delay_s=0.0)
    with pytest.raises(errors.TikTokError) as caught:
        client.begin_upload(POST, file_of(clip), creator=creator)
    assert caught.value.may_have_taken_effect
    assert requests(sandbox, "POST /v2/post/publish/video/init/") == 1
    sandbox.advance(2 * HOUR)
    assert posts(sandbox) == []


def test_an_expired_address_is_told_apart(sandbox, client, clip):
    """An hour after the request; the publication has failed, and a new one may begin."""
    session = begin(client, clip)
    sandbox.advance(HOUR + 1)
    # The status settles it before a byte is sent.
    client.upload(clip, session)
    failure = client.status(session.publish_id).failure()
    assert isinstance(failure, errors.ServerFault)
    assert not failure.may_have_taken_effect
    again = begin(client, clip)
    client.upload(clip, again)
    client.status(again.publish_id)
    sandbox.advance(300)
    assert len(posts(sandbox)) == 1


def test_an_address_that_expires_between_chunks_stops_the_upload(sandbox, client, clip):
    """A typed error, and nothing can have been posted."""
    session = begin(client, clip)
    with pytest.raises(errors.UploadExpired) as caught:
        client.upload(clip, session, lambda _: sandbox.advance(HOUR + 1))
    assert not caught.value.may_have_taken_effect
    assert client.status(session.publish_id).failure() is not None


def test_an_unknown_upload_and_a_wrong_file_are_refused(client, clip, tmp_path):
    """404 from TikTok; a file of another length is not even opened to TikTok."""
    session = begin(client, clip)
    url = session.upload_url.get_secret_value().replace("upload_token=", "upload_token=0")
    lost = session.model_copy(update={"upload_url": type(session.upload_url)(url)})
    with pytest.raises(errors.NotFound):
        client.upload(clip, lost)
    other = tmp_path / "other.mp4"
    other.write_bytes(b"x" * 100)
    with pytest.raises(errors.MediaRejected, match="100 bytes and 16000000"):
        client.upload(other, session)
    with pytest.raises(errors.MediaRejected, match="could not be read"):
        client.upload(tmp_path / "missing.mp4", session)


def test_a_file_that_is_no_video_fails_with_its_reason(client, tmp_path):
    """After the upload, as on TikTok."""
    path = tmp_path / "fake.mp4"
    path.write_bytes(b"this is no video at all" * 100)
    session = begin(client, path)
    client.upload(path, session)
    status = client.status(session.publish_id)
    assert (status.status, status.fail_reason) == ("FAILED", "file_format_check_failed")
    assert isinstance(status.failure(), errors.MediaRejected)


def test_a_draft_waits_in_the_inbox_until_its_person_posts_it(sandbox, client, clip):
    """No label comes along: whoever posts it has to set it."""
    session = client.begin_draft(file_of(clip))
    assert session.publish_id.startswith("v_inbox_file~v2.")
    client.upload(clip, session)
    client.status(session.publish_id)
    sandbox.advance(300)
    assert client.status(session.publish_id).status == "SEND_TO_USER_INBOX"
    assert posts(sandbox) == []
    url = f"{sandbox.info['control_url']}/drafts/{session.publish_id}/post"
    assert httpx.post(url, json={"is_ai_generated": True}, trust_env=False).status_code == 200
    sandbox.advance(180)
    status = client.status(session.publish_id)
    assert (status.status, list(status.post_ids)) == ("PUBLISH_COMPLETE", posts(sandbox))
    assert sandbox.world.find_video(status.post_ids[0]).is_ai_generated


def test_a_private_post_never_has_an_id(sandbox, client, clip):
    """Complete, and nobody sees it."""
    session = begin(client, clip, POST.model_copy(update={"privacy_level": "SELF_ONLY"}))
    client.upload(clip, session)
    client.status(session.publish_id)
    sandbox.advance(HOUR)
    status = client.status(session.publish_id)
    assert (status.status, status.post_ids, posts(sandbox)) == ("PUBLISH_COMPLETE", (), [])


def test_an_account_that_became_private_offers_something_else(sandbox, client, clip):
    """Options asked for earlier are refused; asking again helps."""
    creator = client.creator_info()
    sandbox.sandbox.set_switch("account_private", value=True)
    with pytest.raises(errors.PrivacyNotOffered):
        client.begin_upload(POST, file_of(clip), creator=creator)
    assert "FOLLOWER_OF_CREATOR" in client.creator_info().privacy_level_options


def test_an_app_without_audit_posts_for_private_accounts_only(sandbox, client, clip):
    """And only what nobody else sees."""
    sandbox.sandbox.set_switch("app_audited", value=False)
    hidden = POST.model_copy(update={"privacy_level": "SELF_ONLY"})
    with pytest.raises(errors.AppNotAudited):
        begin(client, clip, hidden)
    sandbox.sandbox.set_switch("account_private", value=True)
    assert begin(client, clip, hidden).publish_id


def test_comments_are_off_where_the_account_has_them_off(sandbox, client, clip):
    """Whatever the post says."""
    sandbox.sandbox.set_switch("comments_disabled", value=True)
    session = begin(client, clip)
    assert sandbox.world.publications.post_info(session.publish_id)["disable_comment"] is True


@pytest.mark.parametrize(
    ("word", "error"),
    [
        ("spam_risk_too_many_posts", errors.PostingCapReached),
        ("spam_risk_user_banned_from_posting", errors.PostingBanned),
        ("reached_active_user_cap", errors.PostingCapReached),
    ],
)
def test_a_refusal_is_told_before_and_at_the_post(sandbox, client, clip, word, error):
    """HTTP 200 for the question, 403 for the post: the same error."""
    creator = client.creator_info()
    sandbox.sandbox.set_switch("posting_refusal", word)
    with pytest.raises(error) as caught:
        client.creator_info()
    assert caught.value.http_status == 200
    with pytest.raises(error) as caught:
        client.begin_upload(POST, file_of(clip), creator=creator)
    assert (caught.value.http_status, caught.value.may_have_taken_effect) == (403, False)


@pytest.mark.parametrize("reason", ["internal", "spam_risk_text", "auth_removed"])
def test_a_publication_may_fail_later(sandbox, client, clip, reason):
    """With a reason that says what to do next."""
    sandbox.sandbox.set_switch("posting_fail_reason", reason)
    session = begin(client, clip)
    client.upload(clip, session)
    assert client.status(session.publish_id).fail_reason == reason


def test_fifteen_posts_fit_into_a_day_and_five_drafts_wait(clip):
    """Of any 24 hours; drafts have their own count. Nothing is posted beyond."""
    with running_sandbox(rate_limits=True) as sandbox, connected(sandbox) as client:
        for _ in range(15):
            begin(client, clip)
        with pytest.raises(errors.PostingCapReached):
            client.creator_info()
        for _ in range(5):
            client.begin_draft(file_of(clip))
        with pytest.raises(errors.PostingCapReached, match="pending_share"):
            client.begin_draft(file_of(clip))
        sandbox.advance(DAY)
        with connected(sandbox) as tomorrow:
            assert begin(tomorrow, clip).publish_id


def test_the_minute_is_kept_by_the_client_and_counted_by_the_host(clip):
    """The client waits; whoever does not is refused and locked out of nothing."""
    with running_sandbox(rate_limits=True) as sandbox, connected(sandbox) as client:
        creator = client.creator_info()
        began = sandbox.now
        for _ in range(7):
            client.begin_upload(POST, file_of(clip), creator=creator)
        assert (sandbox.now - began).total_seconds() >= 60
        with connected(sandbox) as second:
            for _ in range(5):  # one was counted after the wait
                second.begin_upload(POST, file_of(clip), creator=creator)
            with pytest.raises(errors.RateLimited) as caught:
                second.begin_upload(POST, file_of(clip), creator=creator)
        assert not caught.value.may_have_taken_effect


@pytest.mark.parametrize(
    ("scope", "missing"), [("video.upload", "begin"), ("video.publish", "draft")]
)
def test_each_way_needs_its_scope(sandbox, clip, scope, missing):
    """A person may have granted one and not the other."""
    with connected(sandbox, (scope,)) as client:
        with pytest.raises(errors.ScopeMissing):
            begin(client, clip) if missing == "begin" else client.begin_draft(file_of(clip))
        with pytest.raises(errors.NotFound):
            client.status("v_pub_file~v2-1.404")


def test_an_address_is_pulled_and_can_be_cancelled(sandbox, client):
    """Loopback counts as ours; what is not proven to be ours is refused."""
    creator = client.creator_info()
    pull = {"duration_s": 3, "creator": creator}
    with pytest.raises(errors.UrlNotVerified):
        client.begin_pull(POST, "https://cdn.invalid/a.mp4", **pull)
    publish_id = client.begin_pull(POST, f"{sandbox.url}/nothing.mp4", **pull)
    assert publish_id.startswith("v_pub_url~v2.")
    assert client.status(publish_id).fail_reason == "video_pull_failed"
    with pytest.raises(errors.NotCancellable):
        client.cancel(publish_id)
    with pytest.raises(errors.NotFound):
        client.cancel("v_pub_url~v2.404")


def test_no_secret_is_left_anywhere(client, clip, caplog, arm):
    """Token and upload address are in no log line at any level, and in no error."""
    caplog.set_level("DEBUG")
    session = begin(client, clip)
    arm("/upload", "http_500", times=1)
    client.upload(clip, session)
    other = begin(client, clip)
    arm("/upload", "http_500", times=9)
    with pytest.raises(errors.ServerFault) as caught:
        client.upload(clip, other)
    told = caplog.text + str(caught.value) + repr(caught.value) + repr(client) + repr(session)
    token = client._tokens.access_token()
    secrets = [token, *(one.upload_url.get_secret_value() for one in (session, other))]
    parts = [httpx.URL(one).params["upload_token"] for one in secrets[1:]]
    assert "PUT" in caplog.text
    assert [secret for secret in [*secrets, *parts] if secret in told] == []
