"""The developer host's Display API: another envelope, the same tree of errors."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import httpx
import pytest

from dreambox_pipeline.errors import ItemError, StopError, TransientError
from dreambox_pipeline.sandbox.testing import running_sandbox
from dreambox_pipeline.tiktok import errors
from dreambox_pipeline.tiktok.display import DisplayClient
from dreambox_pipeline.tiktok.tokens import StaticTokens


@pytest.fixture
def display(clock) -> Callable[..., DisplayClient]:
    """Makes a client that talks to *handler*."""

    def make(handler, base_url: str = "https://open.invalid") -> DisplayClient:
        return DisplayClient(
            base_url,
            tokens=StaticTokens("act.SECRET", business_id="open_id_1"),
            now=clock.now,
            sleep=clock.sleep,
            http=httpx.Client(transport=httpx.MockTransport(handler)),
        )

    return make


def answer(
    data: object, code: object = "ok", status: int = 200, headers: object = None
) -> httpx.Response:
    error = {"code": code, "message": "said so", "log_id": "2022XYZ"}
    return httpx.Response(status, json={"data": data, "error": error}, headers=headers)


@pytest.mark.parametrize("base_url", ["https://open.invalid", "https://open.invalid/v2/"])
def test_the_account_is_asked_for_by_fields_in_the_query(display, base_url):
    """With a bearer token; the version may stand in the address or not."""
    requests = []

    def handler(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return answer({"user": {"open_id": "o-1", "display_name": "Tales", "video_count": 30}})

    user = display(handler, base_url).user(["open_id", "video_count"])
    assert (user.open_id, user.video_count, user.follower_count) == ("o-1", 30, None)
    assert str(requests[0].url) == (
        "https://open.invalid/v2/user/info/?fields=open_id%2Cvideo_count"
    )
    assert requests[0].headers["Authorization"] == "Bearer act.SECRET"


def test_videos_page_back_by_milliseconds(display):
    """The cursor is a time; ids are asked for and kept exact, unknown counts stay unknown."""
    bodies = []
    pages = {
        None: {"videos": [{"id": 7247303576418566913}], "cursor": 3000, "has_more": True},
        3000: {"videos": [], "cursor": 2000, "has_more": True},
        2000: {"videos": [{"id": "5", "create_time": 1763794929}], "has_more": False},
    }

    def handler(request: httpx.Request) -> httpx.Response:
        bodies.append(json.loads(request.content))
        assert request.url.params["fields"] == "id,view_count"
        return answer(pages[bodies[-1].get("cursor")])

    videos = list(display(handler).videos(fields=["view_count"]))
    assert [video.id for video in videos] == ["7247303576418566913", "5"]
    assert videos[0].view_count is None
    assert videos[1].create_time == datetime(2025, 11, 22, 7, 2, 9, tzinfo=UTC)
    assert bodies[0] == {"max_count": 20}


def test_the_walk_may_begin_in_the_past(display):
    """TikTok takes a time of ours as the cursor."""
    bodies = []

    def handler(request: httpx.Request) -> httpx.Response:
        bodies.append(json.loads(request.content))
        return answer({"videos": [], "has_more": False})

    assert list(display(handler).videos(before=datetime(2026, 1, 1, tzinfo=UTC))) == []
    assert bodies[0]["cursor"] == 1_767_225_600_000


def test_a_list_that_stands_still_ends_with_an_error(display):
    """What was given before is good."""
    listing = display(
        lambda _: answer({"videos": [{"id": "1"}], "cursor": 9, "has_more": True})
    ).videos()
    assert next(listing).id == "1"
    with pytest.raises(errors.StuckCursor):
        next(listing)


def test_many_ids_are_asked_for_in_parts_and_given_in_order(display):
    """Twenty in one request; others' and deleted ones are not given."""
    asked = []

    def handler(request: httpx.Request) -> httpx.Response:
        ids = json.loads(request.content)["filters"]["video_ids"]
        asked.append(len(ids))
        return answer({"videos": [{"id": i} for i in reversed(ids) if i != "3"]})

    ids = [str(n) for n in range(45)]
    found = [video.id for video in display(handler).query([*ids, "1"])]
    assert found == [i for i in ids if i != "3"]
    assert asked == [20, 20, 5]


@pytest.mark.parametrize(
    ("status", "code", "cls", "what_next"),
    [
        (401, "scope_not_authorized", errors.ScopeMissing, StopError),
        (400, "scope_permission_missed", errors.ScopeMissing, StopError),
        (400, "invalid_params", errors.InvalidParams, ItemError),
        (400, "invalid_param", errors.InvalidParams, ItemError),
        (429, "rate_limit_exceeded", errors.RateLimited, TransientError),
        (500, "internal_error", errors.ServerFault, TransientError),
        (400, "brand_new_rule", errors.UnknownTikTokError, ItemError),
        (500, "ok", errors.ServerFault, TransientError),
    ],
)
def test_each_word_means_retry_skip_or_stop(display, status, code, cls, what_next):
    """The same classes as on the Accounts API; unknown words are named."""
    with pytest.raises(cls) as caught:
        display(lambda _: answer({}, code, status)).user()
    assert isinstance(caught.value, what_next)
    assert code in str(caught.value)
    assert "said so" in str(caught.value)
    assert caught.value.log_id == "2022XYZ"
    assert not caught.value.may_have_taken_effect
    assert "SECRET" not in str(caught.value)


@pytest.mark.parametrize(
    ("response", "cls"),
    [
        (httpx.Response(200, html="<h1>login</h1>"), errors.GarbledAnswer),
        (httpx.Response(200, json={"data": {}}), errors.GarbledAnswer),
        (httpx.Response(200, json={"error": {"code": 5}}), errors.GarbledAnswer),
        (httpx.Response(502, text="bad gateway"), errors.ServerFault),
        (httpx.Response(404, text="nginx"), errors.ApiMismatch),
    ],
)
def test_what_is_not_tiktoks_envelope_is_an_error_by_status(display, response, cls):
    """Something on the way may answer."""
    with pytest.raises(cls):
        display(lambda _: response).user()


def test_a_stumble_of_a_list_is_repeated_although_it_is_a_post(display):
    """It only reads."""
    answers = [answer({}, "internal_error", 500), answer({"videos": [{"id": "1"}]})]
    assert [v.id for v in display(lambda _: answers.pop(0)).videos()] == ["1"]


def test_a_refusal_closes_the_endpoint_for_a_minute(display, clock):
    """The developer host counts in a sliding minute and locks nothing; it may say how long."""
    answers = [
        answer({}, "rate_limit_exceeded", 429),
        answer({}, "rate_limit_exceeded", 429, {"retry-after": "40"}),
        answer({"user": {}}),
    ]
    client = display(lambda _: answers.pop(0))
    for _ in range(2):
        with pytest.raises(errors.RateLimited):
            client.user()
    client.user()
    assert clock.slept == [60.0, 40.0]


@pytest.fixture(scope="module")
def sandbox() -> Iterator:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def real(sandbox) -> Iterator[DisplayClient]:
    """A client of the sandbox's developer host, with a token of that host."""
    form = {
        "client_key": sandbox.info["app_id"],
        "client_secret": sandbox.info["app_secret"],
        "grant_type": "authorization_code",
        "code": sandbox.auth_code(),
        "redirect_uri": "https://dreambox.invalid/callback/",
    }
    url = sandbox.info["tiktok_developer_base_url"]
    pair = httpx.post(f"{url}/v2/oauth/token/", data=form, trust_env=False).json()
    with DisplayClient(
        url,
        tokens=StaticTokens(pair["access_token"], business_id=pair["open_id"]),
        now=lambda: sandbox.now,
        sleep=sandbox.advance,
    ) as client:
        yield client


class TwoTokens:
    """Gives another token when the first one is refused."""

    def business_id(self) -> str:
        return "open_id_1"

    def access_token(self) -> str:
        return "act.OLD"

    def refreshed(self, rejected: str) -> str:
        assert rejected == "act.OLD"
        return "act.NEW"


def test_a_refused_token_is_renewed_and_the_call_repeated_once(clock):
    """Access tokens live a day; a listing must not end with one."""
    seen = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["Authorization"])
        if seen[-1] == "Bearer act.OLD":
            return answer({}, "access_token_invalid", 401)
        return answer({"user": {"open_id": "open_id_1"}})

    with DisplayClient(
        "https://open.invalid",
        tokens=TwoTokens(),
        now=clock.now,
        sleep=clock.sleep,
        http=httpx.Client(transport=httpx.MockTransport(handler)),
    ) as client:
        assert client.user().open_id == "open_id_1"
    assert seen == ["Bearer act.OLD", "Bearer act.NEW"]


def test_a_fixed_token_that_is_refused_ends_the_call(display):
    """Nobody can renew it."""
    with pytest.raises(errors.AccessTokenRejected):
        display(lambda _: answer({}, "access_token_invalid", 401)).user()


def test_both_hosts_know_the_same_videos(sandbox, real):
    """So one can stand in for the other."""
    own = {video.video_id: video for video in sandbox.world.public_videos()}
    listed = list(real.videos())
    assert {video.id for video in listed} == set(own)
    assert len(listed) == len(own) > 20
    assert listed[0].create_time.timestamp() == own[listed[0].id].created_at
    some = [*own][3:28]
    assert [video.id for video in real.query([*some, "404"])] == some
    assert real.user(["username"]).username == sandbox.world.owner.username


def test_a_token_that_was_revoked_stops_the_run(sandbox, real):
    """A person has to agree again."""
    real.user()
    sandbox.advance(25 * 3600)
    with pytest.raises(errors.AccessTokenRejected):
        real.user()
