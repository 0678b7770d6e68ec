"""Value types for engagement."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class EngagementSnapshot:
    """One reading of one post's lifetime counters. None means the platform did not say; it is not 0.

    Attributes:
        taken_at: When we asked, aware UTC.
        average_time_watched_s: Seconds.
        full_video_watched_rate: From 0 to 1.
    """

    post_id: str
    taken_at: datetime
    views: int | None
    likes: int | None
    comments: int | None
    shares: int | None
    favorites: int | None
    reach: int | None
    total_time_watched_s: float | None
    average_time_watched_s: float | None
    full_video_watched_rate: float | None
    new_followers: int | None


@dataclass(frozen=True, slots=True)
class AccountMetric:
    """The account on one day, in UTC.

    Attributes:
        audience_activity: Active followers by hour of day, 24 counts, or None.
    """

    day: str
    followers: int | None
    video_views: int | None
    profile_views: int | None
    likes: int | None
    comments: int | None
    shares: int | None
    audience_activity: tuple[int, ...] | None
