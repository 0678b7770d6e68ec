"""The methods of the client, against a server that is a function."""

import json
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest

from dreambox_pipeline.tiktok import errors
from dreambox_pipeline.tiktok.schemas import PostInfo

START = datetime(2026, 11, 1, tzinfo=UTC)


def comment(number: int, **fields: object) -> dict[str, object]:
    """Comment *number*, written *number* minutes before `START`."""
    moment = int((START - timedelta(minutes=number)).timestamp())
    return {
        "comment_id": str(7_000_000_000_000_000_000 + number),
        "create_time": str(moment),
    } | fields


class CommentServer:
    """Serves *comments* by cursor, in pages that may be shorter than asked for."""

    def __init__(self, comments: list[dict[str, object]], *, page: int = 30) -> None:
        self.comments, self.page = comments, page
        self.queries: list[dict[str, str]] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        query = dict(request.url.params)
        self.queries.append(query)
        start = int(query.get("cursor", 0))
        end = start + min(self.page, int(query["max_count"]))
        data = {
            "comments": self.comments[start:end],
            "cursor": end,
            "has_more": end < len(self.comments),
        }
        return httpx.Response(200, json={"code": 0, "data": data})


def test_comments_are_asked_for_newest_first(connect):
    """Unsorted, TikTok's order is random and paging would miss some."""
    server = CommentServer([comment(n) for n in range(70)])
    found = list(connect(server).comments("7203946942097902849"))
    assert [c.comment_id for c in found] == [c["comment_id"] for c in server.comments]
    assert server.queries[0] == {
        "business_id": "open-id_1",
        "video_id": "7203946942097902849",
        "status": "ALL",
        "sort_field": "create_time",
        "sort_order": "desc",
        "max_count": "30",
    }
    assert [q.get("cursor") for q in server.queries] == [None, "29", "58"]


@pytest.mark.parametrize("page", [1, 7, 30])
def test_short_pages_are_not_the_end(connect, page):
    """A page may hold fewer than asked for while there is more."""
    server = CommentServer([comment(n) for n in range(21)], page=page)
    assert len(list(connect(server).comments("1"))) == 21


def test_since_ends_the_walk_inside_the_first_500(connect):
    """What was read last time costs no requests this time."""
    server = CommentServer([comment(n) for n in range(400)])
    found = list(connect(server).comments("1", since=START - timedelta(minutes=40)))
    assert len(found) == 41
    assert len(server.queries) == 2


def test_since_only_filters_beyond_the_first_500(connect):
    """There the order is by likes, so an old comment says nothing about the next one."""
    tail = [comment(900), comment(3), comment(901), comment(450_000), comment(501)]
    server = CommentServer([comment(n) for n in range(500)] + tail)
    found = list(connect(server).comments("1", since=START - timedelta(minutes=600)))
    assert len(found) == 501
    assert found[-1].comment_id == tail[-1]["comment_id"]


def test_a_pinned_comment_does_not_end_the_walk(connect):
    """It stands first however old it is."""
    server = CommentServer([comment(99_999, pinned=True), comment(1), comment(2)])
    found = list(connect(server).comments("1", since=START - timedelta(minutes=10)))
    assert [c.comment_id[-1] for c in found] == ["1", "2"]


def test_a_comment_without_a_time_is_kept(connect):
    """We cannot tell its age, so it is not thrown away."""
    server = CommentServer([comment(1, create_time=None), comment(2)])
    assert len(list(connect(server).comments("1", since=START - timedelta(days=1)))) == 2


def test_unreadable_entries_are_left_out_and_the_rest_kept(connect):
    """One broken entry does not cost us the page."""
    broken = [
        None,
        {},
        {"comment_id": None},
        {"comment_id": 1.5e18},
        "text",
        comment(9, create_time="x"),
    ]
    server = CommentServer([*broken, comment(1)])
    assert [c.comment_id[-1] for c in connect(server).comments("1")] == ["1"]


def test_a_page_that_repeats_for_ever_ends_with_an_error(connect, envelope):
    """Neither an endless loop nor a silent gap; what was given before is good."""
    pages = []

    def handler(request: httpx.Request) -> httpx.Response:
        pages.append(request)
        return envelope({"comments": [comment(1)], "cursor": 30, "has_more": True})

    listing = connect(handler).comments("1")
    assert next(listing).comment_id == comment(1)["comment_id"]
    with pytest.raises(errors.StuckCursor, match="after 1 entries"):
        next(listing)
    assert len(pages) < 50


@pytest.mark.parametrize("cursor", [0, 3, -1, None])
def test_a_cursor_that_goes_backwards_is_not_followed(connect, cursor):
    """We count ourselves, so every comment still comes once."""

    class Backwards(CommentServer):
        def __call__(self, request: httpx.Request) -> httpx.Response:
            body = json.loads(super().__call__(request).content)
            body["data"]["cursor"] = cursor
            return httpx.Response(200, json=body)

    server = Backwards([comment(n) for n in range(95)])
    found = [c.comment_id for c in connect(server).comments("1")]
    assert found == [c["comment_id"] for c in server.comments]


def test_a_cursor_that_counts_something_else_is_followed(connect, envelope):
    """A list whose cursor is no number of entries is read as TikTok leads on."""
    pages = {
        None: {"comments": [comment(1)], "cursor": 90_000, "has_more": True},
        "90000": {"comments": [comment(2)], "cursor": 4_000, "has_more": True},
        "4000": {"comments": [comment(3)], "cursor": 0, "has_more": False},
    }
    client = connect(lambda request: envelope(pages[request.url.params.get("cursor")]))
    assert [c.comment_id[-1] for c in client.comments("1")] == ["1", "2", "3"]


@pytest.mark.parametrize("cursor", [None, "soon", {}])
def test_more_without_a_cursor_ends_with_an_error(connect, envelope, cursor):
    """`has_more` with nowhere to go on from."""

    def handler(_: httpx.Request) -> httpx.Response:
        return envelope({"comments": [], "cursor": cursor, "has_more": True})

    with pytest.raises(errors.StuckCursor):
        list(connect(handler).comments("1"))


def test_endless_empty_pages_end_with_an_error(connect, envelope):
    """A cursor that moves for ever over nothing."""
    pages = []

    def handler(request: httpx.Request) -> httpx.Response:
        pages.append(request)
        return envelope({"comments": [], "cursor": len(pages), "has_more": True})

    with pytest.raises(errors.StuckCursor):
        list(connect(handler).comments("1"))
    assert len(pages) < 50


@pytest.mark.parametrize(
    ("sent", "name", "expected"),
    [
        ({"unique_identifier": None, "username": None}, "unique_identifier", None),
        ({"username": None, "display_name": None}, "username", None),
        ({"text": "", "image_url": "https://img.invalid/a.jpg"}, "text", ""),
        ({"text": None, "image_url": "https://img.invalid/a.jpg"}, "text", ""),
        (
            {"text": "I\u0000 dreamt\u0007\u202e of\u200b you"},
            "text",
            "I\0 dreamt\a\u202e of\u200b you",
        ),
        ({"comment_id": 7247303576418566913}, "comment_id", "7247303576418566913"),
        ({"video_id": 7203946942097902849}, "video_id", "7203946942097902849"),
        ({"parent_comment_id": 0}, "parent_comment_id", None),
        ({"likes": "many"}, "likes", None),
        ({"reply_list": "?"}, "reply_list", ()),
    ],
)
def test_an_odd_comment_is_still_a_comment(connect, sent, name, expected):
    """A vanished author, a picture, numbers for ids: kept exactly, and nothing is made up."""
    (found,) = connect(CommentServer([comment(1, **sent)])).comments("1")
    assert getattr(found, name) == expected


def test_replies_can_come_with_their_comments(connect):
    """At most three, in TikTok's choice; only when asked for."""
    answers = [comment(2, parent_comment_id="1"), comment(3, parent_comment_id="1")]
    server = CommentServer([comment(1, reply_list=answers)])
    (found,) = connect(server).comments("1", include_replies=True)
    assert [reply.comment_id[-1] for reply in found.reply_list] == ["2", "3"]
    assert server.queries[0]["include_replies"] == "true"


def test_many_comments_are_asked_for_by_id_in_parts(connect, envelope):
    """Thirty in one request; what is gone is not given, and what was not asked for neither."""
    asked = []

    def handler(request: httpx.Request) -> httpx.Response:
        ids = json.loads(request.url.params["comment_ids"])
        asked.append(len(ids))
        found = [{"comment_id": i} for i in ids if i != "5"]
        return envelope({"comments": [*found, {"comment_id": "999"}], "has_more": False})

    client = connect(handler)
    ids = [str(n) for n in range(65)]
    found = [c.comment_id for c in client.comments_by_id("1", [*ids, "0"])]
    assert found == [i for i in ids if i != "5"]
    assert asked == [30, 30, 5]
    assert client.comment("1", "5") is None
    assert list(client.comments_by_id("1", [])) == []


@pytest.mark.parametrize(
    ("call", "path", "body"),
    [
        (
            lambda c: c.hide("1", "2"),
            "hide",
            {"video_id": "1", "comment_id": "2", "action": "HIDE"},
        ),
        (
            lambda c: c.unhide("1", "2"),
            "hide",
            {"video_id": "1", "comment_id": "2", "action": "UNHIDE"},
        ),
        (lambda c: c.like("2"), "like", {"comment_id": "2", "action": "LIKE"}),
        (lambda c: c.unlike("2"), "like", {"comment_id": "2", "action": "UNLIKE"}),
        (lambda c: c.delete_comment("2"), "delete", {"comment_id": "2"}),
    ],
)
def test_what_the_owner_does_to_a_comment_is_one_request(connect, envelope, call, path, body):
    """With TikTok's words for it, and no answer but that it worked."""
    requests = []

    def handler(request: httpx.Request) -> httpx.Response:
        requests.append((request.url.path, json.loads(request.content)))
        return envelope({})

    assert call(connect(handler)) is None
    expected = {"business_id": "open-id_1"} | body
    assert requests == [(f"/open_api/v1.3/business/comment/{path}/", expected)]


def test_an_own_comment_is_created_under_a_video(connect, envelope):
    """Sent once, and held against the same length as a reply."""
    bodies = []

    def handler(request: httpx.Request) -> httpx.Response:
        bodies.append(json.loads(request.content))
        return envelope({"comment_id": "5", "create_time": "1763795000"})

    client = connect(handler)
    assert client.create_comment("1", "Tell me your dream").comment_id == "5"
    assert bodies == [{"business_id": "open-id_1", "video_id": "1", "text": "Tell me your dream"}]
    with pytest.raises(errors.InvalidParams):
        client.create_comment("1", "x" * 151)
    assert len(bodies) == 1


def test_an_account_without_comments_is_an_empty_listing(connect, envelope):
    """Also when TikTok sends null for the list, or no data at all."""
    for data in [{"comments": [], "has_more": False}, {"comments": None}, {}, None]:
        assert list(connect(lambda _, data=data: envelope(data)).comments("1")) == []


def test_videos_page_by_time_and_always_ask_for_the_id(connect, envelope):
    """The cursor is milliseconds and moves backwards."""
    queries = []
    pages = {
        None: {"videos": [{"item_id": "3"}], "cursor": 3000, "has_more": True},
        "3000": {"videos": [], "cursor": 2000, "has_more": True},
        "2000": {"videos": [{"item_id": "2", "likes": None}], "cursor": 1000, "has_more": False},
    }

    def handler(request: httpx.Request) -> httpx.Response:
        queries.append(request.url.params)
        return envelope(pages[request.url.params.get("cursor")])

    videos = list(connect(handler).videos(fields=["likes"]))
    assert [v.item_id for v in videos] == ["3", "2"]
    assert videos[0].likes is None
    assert json.loads(queries[0]["fields"]) == ["item_id", "likes"]
    assert queries[0]["max_count"] == "20"


def test_many_video_ids_are_asked_for_in_parts(connect, envelope):
    """At most 20 in one request, each once; none asked for means no request."""
    asked = []

    def handler(request: httpx.Request) -> httpx.Response:
        ids = json.loads(request.url.params["filters"])["video_ids"]
        asked.append(len(ids))
        return envelope({"videos": [{"item_id": i} for i in ids], "has_more": False})

    client = connect(handler)
    ids = [str(n) for n in range(45)]
    assert [v.item_id for v in client.videos(filters={"video_ids": [*ids, "0"]})] == ids
    assert asked == [20, 20, 5]
    assert list(client.videos(filters={"video_ids": []})) == []
    assert len(asked) == 3


def test_replies_are_listed_under_their_comment(connect):
    """The same walk, on the endpoint for replies."""
    server = CommentServer([comment(n, parent_comment_id="1") for n in range(31)])
    found = list(connect(server).replies("9", "1", status="PUBLIC"))
    assert len(found) == 31
    assert {c.parent_comment_id for c in found} == {"1"}
    assert server.queries[0]["comment_id"] == "1"
    assert server.queries[0]["status"] == "PUBLIC"


def test_a_reply_names_video_comment_and_account(connect, envelope):
    """And gives back the new comment."""
    bodies = []

    def handler(request: httpx.Request) -> httpx.Response:
        bodies.append(json.loads(request.content))
        return envelope({"comment_id": "5", "parent_comment_id": "2", "create_time": "1763795000"})

    reply = connect(handler).reply("1", "2", "May we film your dream?")
    assert reply.comment_id == "5"
    assert bodies == [
        {
            "business_id": "open-id_1",
            "video_id": "1",
            "comment_id": "2",
            "text": "May we film your dream?",
        }
    ]


@pytest.mark.parametrize("text", ["", "  ", "x" * 151])
def test_an_empty_or_long_reply_is_not_sent(connect, text):
    """150 characters is the smaller of TikTok's two documented limits."""

    def handler(request: httpx.Request) -> httpx.Response:
        raise AssertionError(request)

    with pytest.raises(errors.InvalidParams):
        connect(handler).reply("1", "2", text)


def test_publishing_sends_the_ai_flag_and_gives_a_publish_id(connect, envelope):
    """What is not set is not sent, so TikTok's defaults hold."""
    bodies = []

    def handler(request: httpx.Request) -> httpx.Response:
        bodies.append(json.loads(request.content))
        return envelope({"share_id": "v_pub_url~v1.2345123456789123456"})

    info = PostInfo(caption="A whale", is_ai_generated=True, disable_duet=True)
    publish_id = connect(handler).publish("https://media.invalid/a.mp4", info)
    assert publish_id == "v_pub_url~v1.2345123456789123456"
    assert bodies[0]["post_info"] == {
        "caption": "A whale",
        "is_ai_generated": True,
        "is_brand_organic": False,
        "is_branded_content": False,
        "disable_duet": True,
    }


def test_a_publish_without_an_id_may_have_happened(connect, envelope):
    """TikTok said OK and forgot to say what; that is not a failure one may repeat."""
    with pytest.raises(errors.GarbledAnswer) as caught:
        connect(lambda _: envelope({})).publish(
            "https://media.invalid/a.mp4", PostInfo(caption="", is_ai_generated=True)
        )
    assert caught.value.may_have_taken_effect


def test_publish_status_keeps_tiktoks_words(connect, envelope):
    """Post ids are text, also when they come as numbers."""
    data = {"status": "PUBLISH_COMPLETE", "post_ids": [7572112876543210987, "8"], "reason": None}
    status = connect(lambda _: envelope(data)).publish_status("v_pub_url~1")
    assert status.status == "PUBLISH_COMPLETE"
    assert status.post_ids == ("7572112876543210987", "8")


def test_a_refused_token_is_refreshed_once_and_the_call_repeated(connect, envelope, rotating):
    """Writes too: a refused call was not carried out."""
    tokens = rotating("act.old", "act.new")
    used = []

    def handler(request: httpx.Request) -> httpx.Response:
        used.append(request.headers["Access-Token"])
        if used[-1] == "act.old":
            return envelope({}, code=40102, message="Access token expired")
        return envelope({"share_id": "p1"})

    info = PostInfo(caption="", is_ai_generated=True)
    assert connect(handler, tokens).publish("https://media.invalid/a.mp4", info) == "p1"
    assert used == ["act.old", "act.new"]
    assert tokens.rejected == ["act.old"]


def test_a_token_refused_twice_stops_the_run(connect, envelope, rotating):
    """Refreshing again and again would not help; a person must."""
    tokens = rotating("act.1", "act.2", "act.3")
    with pytest.raises(errors.AccessTokenRejected):
        connect(lambda _: envelope({}, code=40105), tokens).video_settings()
    assert tokens.rejected == ["act.1"]


def test_tokens_are_exchanged_and_refreshed_without_an_access_token(connect, envelope, clock):
    """Both give a pair stamped with the time it was asked for."""
    requests = []

    def handler(request: httpx.Request) -> httpx.Response:
        requests.append((request.url.path, json.loads(request.content), request.headers))
        return envelope(
            {
                "access_token": "act.A",
                "refresh_token": "rft.B",
                "open_id": "o-_1",
                "expires_in": 86400,
                "refresh_token_expires_in": 31536000,
                "scope": "video.list, comment.list,",
                "token_type": "Bearer",
            }
        )

    client = connect(handler)
    pair = client.exchange_code("code*!", "https://x.invalid/cb/")
    assert pair.scopes == {"video.list", "comment.list"}
    assert pair.expires_at == clock.now() + timedelta(days=1)
    assert pair.refresh_expires_at == clock.now() + timedelta(days=365)
    assert "act.A" not in repr(pair)
    assert "rft.B" not in str(pair)
    assert client.refresh("rft.B").access_token.get_secret_value() == "act.A"
    (path, body, headers), (refresh_path, refresh_body, _) = requests
    assert path.endswith("/tt_user/oauth2/token/")
    assert body["auth_code"] == "code*!"
    assert body["client_id"] == "sandbox_app"
    assert refresh_path.endswith("/tt_user/oauth2/refresh_token/")
    assert refresh_body["grant_type"] == "refresh_token"
    assert "access-token" not in headers


def test_revoking_ends_the_consent_without_an_access_token_header(connect, envelope):
    """The token stands in the body, with the app's id and secret."""
    requests = []

    def handler(request: httpx.Request) -> httpx.Response:
        requests.append((request.url.path, json.loads(request.content), request.headers))
        return envelope({})

    connect(handler).revoke()
    ((path, body, headers),) = requests
    assert path.endswith("/tt_user/oauth2/revoke/")
    assert body == {
        "client_id": "sandbox_app",
        "client_secret": "sandbox_secret",
        "access_token": "act.SECRET-TOKEN",
    }
    assert "access-token" not in headers


def test_token_info_tells_the_granted_scopes(connect, envelope):
    """Compared at start-up with what is needed."""
    info = connect(
        lambda _: envelope({"app_id": 7, "creator_id": "o", "scope": "comment.list"})
    ).token_info()
    assert info.scopes == {"comment.list"}
    assert info.app_id == "7"


def test_the_profile_has_one_row_per_day(connect, envelope):
    """Activity needs all 24 hours, otherwise it is unknown."""
    hours = [{"hour": str(h), "count": h} for h in range(24)]
    queries = []

    def handler(request: httpx.Request) -> httpx.Response:
        queries.append(request.url.params)
        days = [
            {"date": "2026-11-01", "video_views": 5, "audience_activity": hours},
            {"date": "2026-11-02", "audience_activity": hours[:5]},
            {"date": "2026-11-03", "daily_new_followers": -2, "audience_activity": "?"},
        ]
        return envelope({"followers_count": 120, "metrics": days})

    profile = connect(handler).profile(date(2026, 11, 1), date(2026, 11, 3))
    assert profile.followers_count == 120
    assert profile.metrics[0].active_followers_by_hour() == tuple(range(24))
    assert profile.metrics[1].active_followers_by_hour() is None
    assert profile.metrics[1].video_views is None
    assert profile.metrics[2].daily_new_followers == -2
    assert profile.metrics[2].active_followers_by_hour() is None
    assert queries[0]["start_date"] == "2026-11-01"


def test_the_client_stays_below_forty_a_minute(connect, envelope, clock):
    """The 41st request of a minute waits for the first to be a minute, and a second, old."""
    client = connect(lambda _: envelope({}))
    for _ in range(41):
        client.video_settings()
    assert clock.slept == [61.0]


def test_the_client_gives_its_connections_back(connect, envelope):
    """As a context manager, too."""
    with connect(lambda _: envelope({})) as client:
        client.video_settings()
    with pytest.raises(RuntimeError):
        client.video_settings()
