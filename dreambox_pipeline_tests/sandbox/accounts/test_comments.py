"""Comment lists with the platform's oddities, and what the owner may do."""

from typing import TYPE_CHECKING, Any

import pytest

from dreambox_pipeline.sandbox.world.videos import Timeline

if TYPE_CHECKING:
    from dreambox_pipeline_tests.sandbox.conftest import Account

LIST = "/business/comment/list/"
REPLIES = "/business/comment/reply/list/"
REPLY = "/business/comment/reply/create/"


def recent_video(account: "Account") -> str:
    return str(account.videos()[1]["item_id"])


def viral_video(account: "Account") -> str:
    start = int(account.sandbox.world.start.timestamp())
    return Timeline(account.sandbox.info["seed"], start).video(19).video_id


def inject(account: "Account", **body: Any) -> dict[str, Any]:
    answer = account.http.post(account.sandbox.info["control_url"] + "/comments", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_comment_has_the_wire_shape(account: "Account") -> None:
    """Strings for ids and times, no parent on a top-level comment."""
    data = account.get(LIST, video_id=recent_video(account), sort_field="create_time")["data"]
    comment = data["comments"][0]
    assert len(comment["comment_id"]) == 19
    assert isinstance(comment["create_time"], str)
    assert comment["status"] in ("PUBLIC", "HIDDEN")
    assert "parent_comment_id" not in comment
    assert "reply_list" not in comment


def test_sorted_pages_cover_everything_once_below_500(account: "Account") -> None:
    """Some pages are short while there is more; together they are complete and in order."""
    video_id = recent_video(account)
    found = account.pages(LIST, video_id=video_id, sort_field="create_time", sort_order="desc")
    times = [int(comment["create_time"]) for comment in found]
    assert times == sorted(times, reverse=True)
    assert len({comment["comment_id"] for comment in found}) == len(found) > 100


def test_some_pages_are_short(account: "Account") -> None:
    """A page may hold fewer than asked for although there is more."""
    video_id, sizes, cursor = recent_video(account), [], 0
    for _ in range(20):
        params = {"video_id": video_id, "sort_field": "create_time", "cursor": cursor}
        data = account.get(LIST, max_count=10, **params)["data"]
        sizes.append((len(data["comments"]), data["has_more"]))
        cursor = data["cursor"]
        if not data["has_more"]:
            break
    assert any(size < 10 and more for size, more in sizes)


def test_without_a_sort_the_order_is_random(account: "Account") -> None:
    """Unsorted is not by time in either direction."""
    found = account.pages(LIST, video_id=recent_video(account))
    times = [int(comment["create_time"]) for comment in found]
    assert times not in (sorted(times), sorted(times, reverse=True))


def test_beyond_500_comments_come_by_likes_and_repeat(account: "Account") -> None:
    """Newest first holds for 500; then popularity, with duplicates of the first."""
    found = account.pages(LIST, video_id=viral_video(account), sort_field="create_time")
    times = [int(comment["create_time"]) for comment in found]
    ids = [comment["comment_id"] for comment in found]
    assert len(set(ids)) > 600
    assert times[:500] == sorted(times[:500], reverse=True)
    assert times[500:] != sorted(times[500:], reverse=True)
    repeated = [comment for comment in ids[500:] if comment in set(ids[:500])]
    assert repeated
    fresh = [c["likes"] for c in found[500:] if c["comment_id"] not in set(ids[:500])]
    assert fresh == sorted(fresh, reverse=True)


@pytest.mark.parametrize(
    "params",
    [
        {"max_count": 31},
        {"max_count": 0},
        {"sort_field": "age"},
        {"cursor": "x"},
        {"comment_ids": "not json"},
    ],
)
def test_bad_parameters_are_40002(account: "Account", params: dict[str, Any]) -> None:
    """Whatever is wrong with a parameter has one code."""
    assert account.get(LIST, **({"video_id": recent_video(account)} | params))["code"] == 40002


def test_a_list_only_shows_what_was_written_by_now(account: "Account") -> None:
    """No comment comes from the future, and a day brings new ones."""
    video_id = account.videos()[0]["item_id"]
    before = account.pages(LIST, video_id=video_id)
    now = account.sandbox.now.timestamp()
    assert all(int(comment["create_time"]) <= now for comment in before)
    account.sandbox.advance(20 * 3600)
    assert len(account.pages(LIST, video_id=video_id)) > len(before)


def test_hidden_comments_show_under_all_only(account: "Account") -> None:
    """Hiding takes a comment out of PUBLIC and back."""
    video_id = recent_video(account)
    comment_id = inject(account, text="hello", video_id=video_id)["comment_id"]
    account.post("/business/comment/hide/", video_id=video_id, comment_id=comment_id, action="HIDE")
    public = account.pages(LIST, video_id=video_id, status="PUBLIC")
    every = account.pages(LIST, video_id=video_id, status="ALL")
    assert comment_id not in {comment["comment_id"] for comment in public}
    assert {c["comment_id"]: c["status"] for c in every}[comment_id] == "HIDDEN"
    assert account.get(REPLIES, video_id=video_id, comment_id=comment_id)["code"] == 40007


def test_the_dreamer_answers_under_the_same_parent(account: "Account") -> None:
    """The answer comes from the same unique identifier and names its parent."""
    body = {"text": "i dreamt of a whale", "handle": "mara", "answer": "yes"}
    told = inject(account, **body)
    asked = account.post(REPLY, **told, text="may we film it?")["data"]
    assert asked["parent_comment_id"] == told["comment_id"]
    assert asked["create_time"] == str(int(account.sandbox.now.timestamp()))
    before = account.get(REPLIES, **told)["data"]["comments"]
    assert [reply["owner"] for reply in before] == [True]
    account.sandbox.advance(2 * 86_400)
    account.log_in()
    comment = account.get(
        LIST, video_id=told["video_id"], comment_ids=[told["comment_id"]], include_replies="true"
    )["data"]["comments"][0]
    answer = next(reply for reply in comment["reply_list"] if not reply["owner"])
    assert answer["unique_identifier"] == comment["unique_identifier"]
    assert answer["parent_comment_id"] == told["comment_id"]


def test_a_long_reply_is_refused_and_the_limit_is_a_switch(account: "Account") -> None:
    """150 characters by default, 1,200 when switched."""
    told = inject(account, text="i dreamt")
    assert account.post(REPLY, **told, text="x" * 151)["code"] == 40002
    switches = account.sandbox.info["control_url"] + "/switches"
    account.http.post(switches, json={"reply_max_chars": 1200})
    assert account.post(REPLY, **told, text="x" * 1200)["code"] == 0


def test_the_same_text_in_bulk_is_hidden_in_silence(account: "Account") -> None:
    """The call succeeds, but nobody sees the reply."""
    told = inject(account, text="i dreamt")
    for number in range(9):
        assert account.post(REPLY, **told, text=f"@a{number} may we film it?")["code"] == 0
    replies = account.pages(REPLIES, **told, sort_field="create_time", sort_order="asc")
    assert [reply["status"] for reply in replies].count("HIDDEN") == 1


def test_a_repeated_reply_is_posted_twice(account: "Account") -> None:
    """There is no idempotency on the platform."""
    told = inject(account, text="i dreamt")
    ids = {account.post(REPLY, **told, text="same")["data"]["comment_id"] for _ in range(2)}
    assert len(ids) == 2


def test_only_own_comments_can_be_deleted(account: "Account") -> None:
    """The owner removes their own reply, not somebody's comment."""
    told = inject(account, text="i dreamt")
    delete = "/business/comment/delete/"
    assert account.post(delete, comment_id=told["comment_id"])["code"] == 40002
    reply_id = account.post(REPLY, **told, text="hi")["data"]["comment_id"]
    assert account.post(delete, comment_id=reply_id)["code"] == 0
    assert account.get(REPLIES, **told)["data"]["comments"] == []


def test_a_deleted_comment_is_gone(account: "Account") -> None:
    """Lists, replies and answers forget it."""
    told = inject(account, text="i dreamt")
    url = f"{account.sandbox.info['control_url']}/comments/{told['comment_id']}/delete"
    assert account.http.post(url).status_code == 200
    assert (
        account.get(LIST, video_id=told["video_id"], comment_ids=[told["comment_id"]])["data"][
            "comments"
        ]
        == []
    )
    assert account.post(REPLY, **told, text="hi")["code"] == 40007


def test_a_like_is_shown(account: "Account") -> None:
    """In either case of the action, and taken back."""
    told = inject(account, text="hello")
    for action, liked in (("LIKE", True), ("unlike", False)):
        like = "/business/comment/like/"
        assert account.post(like, comment_id=told["comment_id"], action=action)["code"] == 0
        shown = account.get(LIST, video_id=told["video_id"], comment_ids=[told["comment_id"]])
        assert shown["data"]["comments"][0]["liked"] is liked


def test_the_owner_can_comment_under_an_own_video(account: "Account") -> None:
    """It is listed as the owner's, and held against the same length as a reply."""
    video_id = account.videos()[0]["item_id"]
    create = "/business/comment/create/"
    made = account.post(create, video_id=video_id, text="Tell me your dream")["data"]
    (shown,) = account.get(LIST, video_id=video_id, comment_ids=[made["comment_id"]])["data"][
        "comments"
    ]
    assert shown["owner"]
    assert shown["text"] == "Tell me your dream"
    assert "parent_comment_id" not in made
    assert account.post(create, video_id=video_id, text="x" * 151)["code"] == 40002
    assert account.post(create, video_id="404", text="x")["code"] == 40007
