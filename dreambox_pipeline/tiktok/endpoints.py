"""Addresses of the Accounts API, what we ask each for, and how much fits in one request."""

VIDEO_LIST = "/business/video/list/"
COMMENT_LIST = "/business/comment/list/"
REPLY_LIST = "/business/comment/reply/list/"
REPLY_CREATE = "/business/comment/reply/create/"
COMMENT_CREATE = "/business/comment/create/"
COMMENT_LIKE = "/business/comment/like/"
COMMENT_HIDE = "/business/comment/hide/"
COMMENT_DELETE = "/business/comment/delete/"
PROFILE = "/business/get/"
SETTINGS = "/business/video/settings/"
PUBLISH = "/business/video/publish/"
PUBLISH_STATUS = "/business/publish/status/"
PROPERTY_ADD = "/business/property/add/"
PROPERTY_VERIFY = "/business/property/verify/"
PROPERTY_DELETE = "/business/property/delete/"
PROPERTY_LIST = "/business/property/list/"
WEBHOOK_UPDATE = "/business/webhook/update/"
WEBHOOK_DELETE = "/business/webhook/delete/"
WEBHOOK_LIST = "/business/webhook/list/"

VIDEOS_PER_PAGE = 20
COMMENTS_PER_PAGE = 30
COMMENT_IDS_PER_REQUEST = 30
WEBHOOK_ITEMS = 100
"""TikTok's maxima; a larger number is refused with 40002."""

MAX_REPLY_CHARS = 150
"""Documented as 150 and as 1,200 at different dates; the smaller one always works."""

VIDEO_FIELDS = (
    "item_id",
    "caption",
    "create_time",
    "media_type",
    "is_ad",
    "share_url",
    "embed_url",
    "thumbnail_url",
    "video_duration",
    "video_views",
    "likes",
    "comments",
    "shares",
    "favorites",
    "reach",
    "total_time_watched",
    "average_time_watched",
    "full_video_watched_rate",
    "new_followers",
    "profile_views",
    "video_view_retention",
    "engagement_likes",
    "impression_sources",
    "audience_genders",
    "audience_countries",
    "audience_cities",
    "audience_types",
)
"""What `VideoObject` reads. From `total_time_watched` on, the scope `video.insights` is needed."""

PROFILE_FIELDS = (
    "username",
    "display_name",
    "is_business_account",
    "is_verified",
    "followers_count",
    "following_count",
    "total_likes",
    "videos_count",
    "video_views",
    "unique_video_views",
    "profile_views",
    "likes",
    "comments",
    "shares",
    "engaged_audience",
    "daily_total_followers",
    "daily_new_followers",
    "daily_lost_followers",
    "audience_activity",
)
"""What `AccountProfile` and `DayMetrics` read."""
