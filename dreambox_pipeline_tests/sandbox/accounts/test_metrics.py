"""Numbers come a day late, and what is unknown is not 0."""

from typing import TYPE_CHECKING

from dreambox_pipeline.sandbox.accounts.metrics import LATE_FIELDS

if TYPE_CHECKING:
    from dreambox_pipeline_tests.sandbox.conftest import Account


def test_a_new_video_has_no_numbers_for_a_day_or_two(account: "Account") -> None:
    """Null or missing at first, then growing every day."""
    while account.sandbox.world.public_videos()[0].created_at < account.sandbox.world.now - 3600:
        account.sandbox.advance(3600)
    video_id = account.sandbox.world.public_videos()[0].video_id

    def numbers() -> dict:
        account.log_in()
        return account.videos(*LATE_FIELDS, filters={"video_ids": [video_id]})[0]

    first = numbers()
    assert all(first.get(name) is None for name in LATE_FIELDS)
    assert any(name not in first for name in LATE_FIELDS)
    account.sandbox.advance(23 * 3600)
    assert numbers().get("video_views") is None
    account.sandbox.advance(26 * 3600)
    second = numbers()
    assert second["video_views"] > 0
    assert 0 < second["full_video_watched_rate"] < 1
    assert second["video_view_retention"][0]["second"] == "0"
    account.sandbox.advance(2 * 86_400)
    assert numbers()["video_views"] > second["video_views"]


def test_a_quiet_video_loses_its_reach(account: "Account") -> None:
    """After a week without views some fields are missing, the totals stay."""
    oldest = account.sandbox.world.public_videos()[-1].video_id
    shown = account.videos("reach", "video_views", filters={"video_ids": [oldest]})[0]
    assert shown.get("reach") is None
    assert shown["video_views"] > 0


def test_video_pages_walk_back_in_time(account: "Account") -> None:
    """The cursor is a millisecond; pages may be short, none repeats."""
    found, cursor, more = [], None, True
    while more:
        asked = {"max_count": 7} | ({} if cursor is None else {"cursor": cursor})
        data = account.get("/business/video/list/", fields=["item_id", "create_time"], **asked)
        found += data["data"]["videos"]
        cursor, more = data["data"]["cursor"], data["data"]["has_more"]
    times = [int(video["create_time"]) for video in found]
    assert times == sorted(times, reverse=True)
    assert len({video["item_id"] for video in found}) == len(found) == 30


def test_the_account_reports_days_and_hours_as_strings(account: "Account") -> None:
    """24 hours as strings, and nothing for a day that is not over."""
    fields = ["followers_count", "audience_activity", "video_views", "comments"]
    data = account.get("/business/get/", fields=fields)["data"]
    known = [day for day in data["metrics"] if "audience_activity" in day]
    assert len(data["metrics"]) == 7
    assert 5 <= len(known) < 7
    hours = known[0]["audience_activity"]
    assert [hour["hour"] for hour in hours] == [str(number) for number in range(24)]
    assert data["followers_count"] > 100


def test_too_long_a_look_back_and_unknown_fields_are_40002(account: "Account") -> None:
    """60 days at most, documented fields only."""
    params = {"fields": ["video_views"], "start_date": "2025-01-01"}
    assert account.get("/business/get/", **params)["code"] == 40002
    assert account.get("/business/get/", fields=["secret"])["code"] == 40002
    assert account.get("/business/video/list/", fields=["item_id", "secret"])["code"] == 40002
