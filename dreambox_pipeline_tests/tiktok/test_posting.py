"""The posting client against a function: what it sends, once, and what each answer means."""

import json
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest

from dreambox_pipeline.tiktok import errors, posting_endpoints
from dreambox_pipeline.tiktok.posting import PostingClient
from dreambox_pipeline.tiktok.posting_objects import CreatorInfo, DirectPost, VideoFile
from dreambox_pipeline.tiktok.tokens import StaticTokens

CREATOR = CreatorInfo(privacy_level_options=("SELF_ONLY",), max_video_post_duration_sec=600)
POST = DirectPost(privacy_level="SELF_ONLY", title="a whale")
VIDEO = VideoFile(size_bytes=50_000_123, duration_s=12)
UPLOAD_URL = "https://up.invalid/video/?upload_token=SECRET"


@pytest.fixture
def connect(clock) -> Callable[..., PostingClient]:
    """Makes a client that talks to *handler*."""

    def make(handler, tokens=None, base_url: str = "https://open.invalid/v2") -> PostingClient:
        return PostingClient(
            base_url,
            tokens=tokens or StaticTokens("act.SECRET", business_id="o"),
            now=clock.now,
            sleep=clock.sleep,
            http=httpx.Client(transport=httpx.MockTransport(handler)),
        )

    return make


def answer(data: object, code: str = "ok", status: int = 200) -> httpx.Response:
    error = {"code": code, "message": "said so", "log_id": "L1"}
    return httpx.Response(status, json={"data": data, "error": error})


def begun() -> httpx.Response:
    return answer({"publish_id": "v_pub_file~v2-1.1", "upload_url": UPLOAD_URL})


def test_a_direct_post_is_announced_with_floor_cut_chunks(connect, clock):
    """Bearer token, the AI flag, the account's own strictness, and five chunks, not six."""
    seen = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return begun()

    session = connect(handler).begin_upload(POST, VIDEO, creator=CREATOR)
    assert str(seen[0].url) == "https://open.invalid/v2/post/publish/video/init/"
    assert seen[0].headers["authorization"] == "Bearer act.SECRET"
    body = json.loads(seen[0].content)
    assert body["source_info"] == {
        "source": "FILE_UPLOAD",
        "video_size": 50_000_123,
        "chunk_size": 10_000_000,
        "total_chunk_count": 5,
    }
    assert body["post_info"]["is_aigc"] is True
    assert body["post_info"]["title"] == "a whale"
    assert session.expires_at == clock.time + timedelta(hours=1)
    assert session.plan.total_chunk_count == 5


def test_a_draft_takes_no_post_info(connect):
    """The person decides in the app, the AI label included."""
    seen = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return begun()

    connect(handler).begin_draft(VIDEO)
    assert seen[0].url.path == "/v2/post/publish/inbox/video/init/"
    assert set(json.loads(seen[0].content)) == {"source_info"}


def test_an_address_may_be_pulled(connect):
    """Then there is nothing to upload."""
    bodies = []

    def handler(request: httpx.Request) -> httpx.Response:
        bodies.append(json.loads(request.content))
        return answer({"publish_id": "v_pub_url~v2.1"})

    client = connect(handler)
    url = "https://media.invalid/a.mp4"
    assert client.begin_pull(POST, url, duration_s=9, creator=CREATOR) == "v_pub_url~v2.1"
    assert client.begin_draft_pull(url) == "v_pub_url~v2.1"
    assert [body["source_info"]["video_url"] for body in bodies] == [url, url]


@pytest.mark.parametrize(
    ("post", "video", "error"),
    [
        (POST.model_copy(update={"privacy_level": "PUBLIC_TO_EVERYONE"}), VIDEO, errors.PrivacyNotOffered),
        (POST.model_copy(update={"title": "x" * 2201}), VIDEO, errors.InvalidParams),
        (POST, VIDEO.model_copy(update={"duration_s": 601}), errors.MediaRejected),
        (POST, VIDEO.model_copy(update={"size_bytes": 4_000_000_001}), errors.MediaRejected),
        (POST, VIDEO.model_copy(update={"size_bytes": 0}), errors.MediaRejected),
    ],
)  # fmt: skip
def test_what_cannot_be_posted_is_not_asked_for(connect, post, video, error):
    """A request counts against six a minute and fifteen a day."""
    client = connect(lambda _: pytest.fail("a request was sent"))
    with pytest.raises(error) as caught:
        client.begin_upload(post, video, creator=CREATOR)
    assert not caught.value.may_have_taken_effect


@pytest.mark.parametrize(
    ("status", "word", "error", "may_have"),
    [
        (400, "invalid_params", errors.InvalidParams, False),
        (401, "scope_not_authorized", errors.ScopeMissing, False),
        (403, "spam_risk_too_many_posts", errors.PostingCapReached, False),
        (403, "spam_risk_user_banned_from_posting", errors.PostingBanned, False),
        (403, "reached_active_user_cap", errors.PostingCapReached, False),
        (403, "spam_risk_too_many_pending_share", errors.PostingCapReached, False),
        (403, "unaudited_client_can_only_post_to_private_accounts", errors.AppNotAudited, False),
        (403, "url_ownership_unverified", errors.UrlNotVerified, False),
        (403, "privacy_level_option_mismatch", errors.PrivacyNotOffered, False),
        (429, "rate_limit_exceeded", errors.RateLimited, False),
        (500, "internal_error", errors.ServerFault, True),
        (403, "something_new", errors.UnknownTikTokError, True),
    ],
)
def test_a_refused_beginning_is_sent_once(connect, status, word, error, may_have):
    """Whatever came back; after an unknown outcome the error says so."""
    seen = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return answer({}, word, status)

    with pytest.raises(error, match=word) as caught:
        connect(handler).begin_upload(POST, VIDEO, creator=CREATOR)
    assert len(seen) == 1
    assert caught.value.may_have_taken_effect is may_have
    assert caught.value.log_id == "L1"


@pytest.mark.parametrize(
    ("failure", "may_have"),
    [
        (httpx.ReadTimeout("x"), True),
        (httpx.ConnectError("x"), False),
        (httpx.ReadError("x"), True),
    ],
)
def test_a_beginning_without_an_answer_is_not_sent_again(connect, failure, may_have):
    """Only where no connection was made is it certain that nothing began."""
    seen = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        raise failure

    with pytest.raises((errors.Unreachable, errors.GarbledAnswer)) as caught:
        connect(handler).begin_pull(POST, "https://m.invalid/a.mp4", duration_s=9, creator=CREATOR)
    assert len(seen) == 1
    assert caught.value.may_have_taken_effect is may_have


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"publish_id": "p"},
        {"publish_id": "p", "upload_url": "http://up.invalid/SECRET"},
        {"publish_id": "p", "upload_url": "file:///SECRET"},
        {"publish_id": "p", "upload_url": "SECRET"},
        {"publish_id": "p", "upload_url": "https://SECRET:a/"},
    ],
)
def test_an_answer_without_a_usable_address_is_garbled(connect, data):
    """The publication may have begun; a plain-http address would show the secret to everybody."""
    with pytest.raises(errors.GarbledAnswer) as caught:
        connect(lambda _: answer(data)).begin_upload(POST, VIDEO, creator=CREATOR)
    assert caught.value.may_have_taken_effect
    assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize(
    ("word", "error"),
    [
        ("spam_risk_too_many_posts", errors.PostingCapReached),
        ("spam_risk_user_banned_from_posting", errors.PostingBanned),
        ("reached_active_user_cap", errors.PostingCapReached),
    ],
)
def test_creator_info_refuses_with_http_200(connect, word, error):
    """The word counts, not the status; and asking changed nothing."""
    with pytest.raises(error) as caught:
        connect(lambda _: answer({}, word)).creator_info()
    assert not caught.value.may_have_taken_effect


def test_reading_is_repeated(connect):
    """Creator info and status change nothing, whatever the method says."""
    answers = [answer({}, "internal_error", 500), answer({"creator_nickname": "Tales"})]
    assert connect(lambda _: answers.pop(0)).creator_info().creator_nickname == "Tales"


@pytest.mark.parametrize("failure", [httpx.ReadTimeout("x"), httpx.ReadError("x")])
def test_a_question_without_an_answer_changed_nothing(connect, failure):
    """Although it was a POST."""

    def handler(_: httpx.Request) -> httpx.Response:
        raise failure

    with pytest.raises((errors.Unreachable, errors.GarbledAnswer)) as caught:
        connect(handler).status("p")
    assert not caught.value.may_have_taken_effect


def test_a_refused_token_is_replaced_once(connect, rotating):
    """A refused request was not carried out."""
    tokens = rotating("old", "new")
    seen = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["authorization"])
        return begun() if seen[-1] == "Bearer new" else answer({}, "access_token_invalid", 401)

    connect(handler, tokens).begin_upload(POST, VIDEO, creator=CREATOR)
    assert seen == ["Bearer old", "Bearer new"]
    assert tokens.rejected == ["old"]


def test_beginnings_keep_to_six_a_minute(connect, clock):
    """The seventh waits; each kind of request has its own count."""
    client = connect(lambda _: begun())
    for _ in range(6):
        client.begin_upload(POST, VIDEO, creator=CREATOR)
    client.begin_draft(VIDEO)
    assert clock.slept == []
    client.begin_upload(POST, VIDEO, creator=CREATOR)
    assert clock.slept == [61.0]
    assert posting_endpoints.QUERIES_PER_MINUTE[posting_endpoints.STATUS] == 30
    assert posting_endpoints.QUERIES_PER_MINUTE[posting_endpoints.CREATOR_INFO] == 20


def test_a_client_shows_no_token(connect):
    """Nor does what it holds."""
    assert "SECRET" not in repr(connect(lambda _: begun()))


@pytest.mark.parametrize(
    ("word", "error"),
    [
        ("publish_not_cancellable", errors.NotCancellable),
        ("invalid_publish_id", errors.NotFound),
        ("token_not_authorized_for_specified_publish_id", errors.NotFound),
    ],
)
def test_cancelling_says_when_it_is_too_late(connect, word, error):
    """Or that there is nothing of ours to cancel."""
    with pytest.raises(error):
        connect(lambda _: answer({}, word, 400)).cancel("p")
