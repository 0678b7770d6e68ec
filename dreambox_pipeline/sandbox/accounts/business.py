"""The account and its videos on the wire: `business/get` and `business/video/list`."""

from datetime import UTC, datetime, timedelta
from typing import Any

from dreambox_pipeline.sandbox.accounts import metrics
from dreambox_pipeline.sandbox.accounts.envelope import PARAM_ERROR, ApiError, Params
from dreambox_pipeline.sandbox.world.seeds import digest
from dreambox_pipeline.sandbox.world.videos import DAY, Video
from dreambox_pipeline.sandbox.world.world import World

_PROFILE_FIELDS = (
    "is_business_account", "username", "display_name", "profile_image", "profile_deep_link",
    "bio_description", "is_verified", "following_count", "followers_count", "total_likes",
    "videos_count",
)  # fmt: skip
_DAILY_FIELDS = (
    "video_views", "unique_video_views", "profile_views", "likes", "comments", "shares",
    "engaged_audience", "followers_count", "daily_total_followers", "daily_new_followers",
    "daily_lost_followers", "bio_link_clicks", "email_clicks", "phone_number_clicks",
    "address_clicks", "app_download_clicks", "lead_submissions", "audience_activity",
)  # fmt: skip
_SHARE_FIELDS = ("audience_ages", "audience_genders", "audience_countries", "audience_cities")
_LOOK_BACK_DAYS = 60


class BusinessApi:
    """The account and video endpoints."""

    def __init__(self, world: World) -> None:
        self._world = world

    def get(self, params: Params) -> dict[str, Any]:
        """`GET /business/get/`."""
        fields = params.strings("fields") or ["display_name", "profile_image"]
        _check_fields(fields, {*_PROFILE_FIELDS, *_DAILY_FIELDS, *_SHARE_FIELDS})
        profile = self._profile(params.text("business_id"))
        data = {name: profile[name] for name in fields if name in profile}
        if wanted := [name for name in fields if name in _DAILY_FIELDS]:
            data["metrics"] = self._metrics(params, wanted)
        shares = _audience_shares()
        return data | {name: shares[name] for name in fields if name in shares}

    def list_videos(self, params: Params) -> dict[str, Any]:
        """`GET /business/video/list/`; the cursor is a UTC millisecond, older posts follow."""
        fields = params.strings("fields") or ["item_id"]
        _check_fields(fields, metrics.VIDEO_FIELDS)
        count = params.integer("max_count", default=10, low=1, high=20)
        now_ms = self._world.now * 1000 + 999
        cursor = params.integer("cursor", default=now_ms, low=0, high=10**14)
        ids = self._wanted_ids(params)
        older = [
            video
            for video in self._world.public_videos()
            if video.created_at * 1000 < cursor and (ids is None or video.video_id in ids)
        ]
        taken = older[: self._page_size(count, cursor)]
        return {
            "videos": [metrics.video_object(self._world, video, fields) for video in taken],
            "cursor": taken[-1].created_at * 1000 if taken else cursor,
            "has_more": len(taken) < len(older),
        }

    def _wanted_ids(self, params: Params) -> set[str] | None:
        filters = params.mapping("filters")
        ids = filters.get("video_ids")
        if ids is None:
            return set() if filters.get("ad_post_only") else None
        if not isinstance(ids, list) or not all(isinstance(item, str) for item in ids):
            raise ApiError(PARAM_ERROR, "filters.video_ids: Not a valid list of strings.")
        return set(ids)

    def _page_size(self, count: int, cursor: int) -> int:
        chance = digest(self._world.seed, "short-video-page", cursor // DAY)
        return max(1, count - (chance % 3 if chance % 4 == 0 else 0))

    def _profile(self, open_id: str) -> dict[str, Any]:
        world = self._world
        username = world.accounts.get(open_id).username
        posts = world.public_videos()
        followers = world.engagement.followers_at(world.now, int(world.start.timestamp()))
        return {
            "is_business_account": True,
            "username": username,
            "display_name": "DreamBox Tales",
            "profile_image": f"https://p16-sign.example/owner.jpeg?x-expires={world.now + 86_400}",
            "profile_deep_link": f"https://www.tiktok.com/@{username}",
            "bio_description": "You tell a dream. We show it. 🌙",
            "is_verified": False,
            "following_count": 148,
            "followers_count": followers,
            "total_likes": sum(self._likes(video) for video in posts),
            "videos_count": len(posts),
        }

    def _likes(self, video: Video) -> int:
        return self._world.engagement.performance(video, self._world.now).likes

    def _metrics(self, params: Params, wanted: list[str]) -> list[dict[str, Any]]:
        today = datetime.fromtimestamp(self._world.now, UTC)
        first = params.text("start_date", f"{today - timedelta(days=7):%Y-%m-%d}")
        last = params.text("end_date", f"{today - timedelta(days=1):%Y-%m-%d}")
        try:
            days = metrics.days_between(first, last)
        except ValueError as error:
            raise ApiError(PARAM_ERROR, "start_date, end_date: Must be YYYY-MM-DD.") from error
        if not days or (today - days[0]).days > _LOOK_BACK_DAYS:
            raise ApiError(PARAM_ERROR, f"start_date: Within the last {_LOOK_BACK_DAYS} days.")
        return [self._day(day, wanted) for day in days]

    def _day(self, day: datetime, wanted: list[str]) -> dict[str, Any]:
        named = {"date": day.strftime("%Y-%m-%d")}
        # A day is known once it is over and another day has passed.
        if day.timestamp() + DAY > metrics.reported_until(self._world.now):
            return named
        known = metrics.account_day(self._world, day)
        return named | {name: known[name] for name in wanted if name in known}


def _check_fields(fields: list[str], known: set[str] | frozenset[str]) -> None:
    if unknown := sorted(set(fields) - known):
        raise ApiError(PARAM_ERROR, f"fields: Unknown fields {', '.join(unknown)}.")


def _audience_shares() -> dict[str, list[dict[str, Any]]]:
    def shares(name: str, values: dict[str, float]) -> list[dict[str, Any]]:
        return [{name: value, "percentage": share} for value, share in values.items()]

    return {
        "audience_ages": shares(
            "age", {"18-24": 0.46, "25-34": 0.31, "35-44": 0.14, "45-54": 0.06, "55+": 0.03}
        ),
        "audience_genders": shares("gender", {"Female": 0.58, "Male": 0.39, "Other": 0.03}),
        "audience_countries": shares("country", {"US": 0.41, "GB": 0.11, "MX": 0.08, "BR": 0.07}),
        "audience_cities": shares("city_name", {"New York": 0.05, "London": 0.04, "Berlin": 0.02}),
    }
