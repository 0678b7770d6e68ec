"""Video and account numbers as the platform reports them: a day late, and often not at all.

Metrics are those of the last finished UTC day that is at least 24 hours old, so a new post has
none for one to two days. Missing numbers are null or left out, never 0.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from dreambox_pipeline.sandbox.world.engagement import Performance
from dreambox_pipeline.sandbox.world.seeds import dice, digest, fraction
from dreambox_pipeline.sandbox.world.videos import DAY, Video
from dreambox_pipeline.sandbox.world.world import World

FROZEN_AFTER_S = 365 * DAY
# Missing when the video had no views for a week.
_ONLY_WHEN_ACTIVE = frozenset(
    {"reach", "full_video_watched_rate", "total_time_watched", "average_time_watched",
     "impression_sources", "audience_countries"}
)  # fmt: skip
_REGISTERED_BUSINESS_ONLY = (
    "website_clicks", "phone_number_clicks", "lead_submissions", "app_download_clicks",
    "email_clicks", "address_clicks",
)  # fmt: skip
REAL_TIME_FIELDS = (
    "item_id", "media_type", "is_ad", "thumbnail_url", "share_url", "embed_url", "caption",
    "create_time", "video_duration",
)  # fmt: skip
LATE_FIELDS = (
    "likes", "comments", "shares", "favorites", "reach", "video_views", "total_time_watched",
    "average_time_watched", "full_video_watched_rate", "new_followers", "profile_views",
    "video_view_retention", "engagement_likes", "impression_sources", "audience_genders",
    "audience_countries", "audience_cities", "audience_types", *_REGISTERED_BUSINESS_ONLY,
)  # fmt: skip
VIDEO_FIELDS = frozenset({*REAL_TIME_FIELDS, *LATE_FIELDS})


def reported_until(now: int) -> int:
    """The Unix second up to which metrics are known at *now*."""
    return (now - DAY) // DAY * DAY


def video_object(world: World, video: Video, fields: list[str]) -> dict[str, Any]:
    """The requested *fields* of *video*, late or missing where the platform's would be."""
    moment = min(reported_until(world.now), video.created_at + FROZEN_AFTER_S)
    known = _real_time(world, video)
    wanted = set(fields)
    if wanted & set(LATE_FIELDS) and moment > video.created_at:
        known |= _late(world, video, moment, with_comments="comments" in wanted)
    found = {name: known[name] for name in fields if name in known}
    # Two habits of the platform: some missing numbers are null, some are not there at all.
    nulls = (name for name in fields if name not in known and digest(0, video.video_id, name) % 2)
    return found | dict.fromkeys(nulls)


def _real_time(world: World, video: Video) -> dict[str, Any]:
    now, username = world.now, world.accounts.main.username
    return {
        "item_id": video.video_id,
        "media_type": "VIDEO",
        "is_ad": False,
        "thumbnail_url": f"https://p16-sign.example/{video.video_id}.jpeg?x-expires={now + 21_600}",
        "share_url": f"https://www.tiktok.com/@{username}/video/{video.video_id}",
        "embed_url": f"https://www.tiktok.com/player/v1/{video.video_id}",
        "caption": video.caption,
        "create_time": str(video.created_at),
        "video_duration": video.duration_s,
    }


def _late(world: World, video: Video, moment: int, *, with_comments: bool) -> dict[str, Any]:
    numbers = world.engagement.performance(video, moment)
    known: dict[str, Any] = {
        "likes": numbers.likes,
        "shares": numbers.shares,
        "favorites": numbers.favorites,
        "reach": numbers.reach,
        "video_views": numbers.views,
        "total_time_watched": round(numbers.average_time_watched * numbers.views, 2),
        "average_time_watched": numbers.average_time_watched,
        "full_video_watched_rate": numbers.full_video_watched_rate,
        "new_followers": numbers.new_followers,
        "profile_views": numbers.profile_views,
    }
    known |= _breakdowns(world, video, numbers)
    if with_comments:
        known["comments"] = world.comment_count(video, moment)
    if numbers.recent_views < 1:
        known = {name: value for name, value in known.items() if name not in _ONLY_WHEN_ACTIVE}
    return known


def _breakdowns(world: World, video: Video, numbers: Performance) -> dict[str, Any]:
    rng = dice(world.seed, "breakdown", video.video_id)
    seconds = range(int(video.duration_s) + 1)
    lasting = numbers.full_video_watched_rate
    retention = [
        {
            "second": str(second),
            "percentage": round(lasting + (1 - lasting) * 0.8**second, 4),
        }
        for second in seconds
    ]
    women = rng.uniform(0.5, 0.66)
    new = rng.uniform(0.6, 0.85)
    for_you = rng.uniform(0.7, 0.9)
    return {
        "video_view_retention": retention,
        "engagement_likes": _spread("second", [str(s) for s in seconds], rng.random()),
        "impression_sources": [
            {"impression_source": "For You", "percentage": round(for_you, 4)},
            {"impression_source": "Personal Profile", "percentage": round((1 - for_you) * 0.6, 4)},
            {"impression_source": "Search", "percentage": round((1 - for_you) * 0.4, 4)},
        ],
        "audience_genders": [
            {"gender": "Female", "percentage": round(women, 4)},
            {"gender": "Male", "percentage": round(0.97 - women, 4)},
            {"gender": "Other", "percentage": 0.03},
        ],
        "audience_countries": _spread("country", ["US", "GB", "MX", "BR", "DE", "ID"], 0.55),
        "audience_cities": _spread("city_name", ["New York", "London", "Berlin"], 0.4),
        "audience_types": [
            {"type": "NEW_VIEWER", "percentage": round(new, 4)},
            {"type": "RETURN_VIEWER", "percentage": round(1 - new, 4)},
        ],
    }


def _spread(name: str, values: list[str], ratio: float) -> list[dict[str, Any]]:
    weights = [max(0.05, ratio) ** place for place in range(len(values))]
    return [
        {name: value, "percentage": round(weight / sum(weights), 4)}
        for value, weight in zip(values, weights, strict=True)
    ]


def account_day(world: World, day: datetime) -> dict[str, Any]:
    """One entry of `metrics[]` of the account for the UTC *day*."""
    begin = int(day.timestamp())
    end = begin + DAY
    posts = [video for video in world.public_videos() if video.created_at < end]
    gained = dict.fromkeys(("views", "likes", "shares", "profile_views"), 0)
    for video in posts:
        before = world.engagement.performance(video, begin)
        after = world.engagement.performance(video, end)
        for name in gained:
            gained[name] += getattr(after, name) - getattr(before, name)
    followers = world.engagement.followers_at(end, int(world.start.timestamp()))
    change = followers - world.engagement.followers_at(begin, int(world.start.timestamp()))
    lost = 3 + digest(world.seed, "lost", begin) % 9
    return {
        "date": day.strftime("%Y-%m-%d"),
        "video_views": gained["views"],
        "unique_video_views": int(gained["views"] * 0.87),
        "profile_views": gained["profile_views"],
        "likes": gained["likes"],
        "comments": comments_between(world, begin, end),
        "shares": gained["shares"],
        "engaged_audience": int(gained["likes"] * 0.9),
        "followers_count": followers,
        "daily_total_followers": followers,
        "daily_new_followers": max(0, change) + lost,
        "daily_lost_followers": lost + max(0, -change),
        "audience_activity": audience_activity(world, begin, followers),
    }


def comments_between(world: World, begin: int, end: int) -> int:
    """Top-level comments written from *begin* to *end*."""
    videos = (video for video in world.public_videos() if video.public_at < end)
    written = (comment for video in videos for comment in world.thread(video).comments)
    return sum(begin <= comment.created_at < end for comment in written)


def audience_activity(world: World, day: int, followers: int) -> list[dict[str, Any]]:
    """Followers online by UTC hour; it follows the hidden hour effect, with noise."""
    factors = world.engagement.effects.hours
    return [
        {
            "hour": str(hour),
            "count": int(
                followers * 0.21 * factors[hour]
                * (0.85 + 0.3 * fraction(world.seed, "activity", day, hour))
            ),
        }
        for hour in range(24)
    ]  # fmt: skip


def days_between(first: str, last: str) -> list[datetime]:
    """All UTC days from *first* to *last*, both `YYYY-MM-DD` and included.

    Raises:
        ValueError: A date is not of that form.
    """
    day = datetime.strptime(first, "%Y-%m-%d").replace(tzinfo=UTC)
    end = datetime.strptime(last, "%Y-%m-%d").replace(tzinfo=UTC)
    return [day + timedelta(days=number) for number in range((end - day).days + 1)]
