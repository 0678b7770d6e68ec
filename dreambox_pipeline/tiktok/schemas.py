"""TikTok's objects as they come over the wire, read with tolerance and without guessing.

TikTok adds fields and leaves others out: unknown ones are ignored, missing metrics are None and
never 0. Field names are TikTok's own. How single values are read is in `fields`; what they mean
to anybody is not said here.
"""

from datetime import date, datetime, timedelta
from typing import Annotated

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    WrapValidator,
)

from dreambox_pipeline.tiktok.fields import (
    Change,
    Count,
    Flag,
    NoneIsEmpty,
    Rate,
    Scopes,
    Seconds,
    Text,
    TikTokId,
    UnixTime,
    or_empty,
    or_none,
)


class WireObject(BaseModel):
    """Base of everything read from TikTok: frozen, and unknown fields are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Share(WireObject):
    """One part of a distribution, or one second of a curve.

    Attributes:
        label: What the part is, in TikTok's word: a country, a source, a second.
        percentage: From 0 to 1, or None.
    """

    label: str
    percentage: Rate


_LABELS = ("second", "impression_source", "gender", "country", "city_name", "type", "age")


def _shares(value: object) -> object:
    """Read TikTok's lists of `{<what>: …, "percentage": …}`; None stays None."""
    if not isinstance(value, list):
        return None
    parts = [part for part in value if isinstance(part, dict)]
    return [
        {"label": str(part[key]), "percentage": part.get("percentage")}
        for part in parts
        for key in _LABELS
        if part.get(key) is not None
    ]


Shares = Annotated[tuple[Share, ...] | None, Field(default=None), BeforeValidator(_shares)]


class VideoObject(WireObject):
    """One public post of the account, with lifetime totals; None where TikTok said nothing.

    Attributes:
        create_time: Aware UTC.
        video_duration, total_time_watched, average_time_watched: Seconds.
        full_video_watched_rate: From 0 to 1.
        video_views: Organic and paid.
    """

    item_id: TikTokId
    caption: Text = ""
    create_time: UnixTime = None
    media_type: str | None = None
    is_ad: Flag = False
    share_url: str | None = None
    embed_url: str | None = None
    thumbnail_url: str | None = None
    video_duration: Seconds
    video_views: Count
    likes: Count
    comments: Count
    shares: Count
    favorites: Count
    reach: Count
    total_time_watched: Seconds
    average_time_watched: Seconds
    full_video_watched_rate: Rate
    new_followers: Change
    profile_views: Count
    video_view_retention: Shares
    engagement_likes: Shares
    impression_sources: Shares
    audience_genders: Shares
    audience_countries: Shares
    audience_cities: Shares
    audience_types: Shares


class CommentObject(WireObject):
    """One comment or reply.

    Attributes:
        unique_identifier: The commenter, stable over time and over webhooks; None if not sent.
        create_time: Aware UTC.
        owner: Written by the account itself.
        status: `PUBLIC` or `HIDDEN`.
        parent_comment_id: On replies only.
        reply_list: At most three, and only when asked for.
    """

    comment_id: TikTokId
    video_id: TikTokId | None = None
    unique_identifier: str | None = None
    username: str | None = None
    display_name: str | None = None
    create_time: UnixTime = None
    text: Text = ""
    image_url: str | None = None
    likes: Count
    replies: Count
    owner: Flag = False
    liked: Flag = False
    pinned: Flag = False
    status: str = "PUBLIC"
    parent_comment_id: Annotated[TikTokId | None, BeforeValidator(lambda value: value or None)] = (
        None
    )
    reply_list: Annotated[tuple["CommentObject", ...], WrapValidator(or_empty)] = ()


class HourActivity(WireObject):
    """Active followers in one hour of the day; TikTok does not state the zone, UTC is assumed."""

    hour: Annotated[int, Field(ge=0, le=23)]
    count: Annotated[int, Field(ge=0)]


class DayMetrics(WireObject):
    """The account on one UTC day. Deltas may be negative."""

    date: date
    video_views: Count
    unique_video_views: Count
    profile_views: Count
    likes: Count
    comments: Count
    shares: Count
    engaged_audience: Count
    followers_count: Count
    daily_total_followers: Count
    daily_new_followers: Change
    daily_lost_followers: Change
    audience_activity: Annotated[
        tuple[HourActivity, ...] | None, Field(default=None), WrapValidator(or_none)
    ]

    def active_followers_by_hour(self) -> tuple[int, ...] | None:
        """24 counts, midnight first, or None unless all 24 hours were sent."""
        by_hour = {part.hour: part.count for part in self.audience_activity or ()}
        return tuple(by_hour[hour] for hour in range(24)) if len(by_hour) == 24 else None


class AccountProfile(WireObject):
    """The account as it is now, and one `DayMetrics` per day asked for."""

    username: str | None = None
    display_name: str | None = None
    bio_description: str | None = None
    profile_image: str | None = None
    is_business_account: bool | None = None
    is_verified: bool | None = None
    followers_count: Count
    following_count: Count
    total_likes: Count
    videos_count: Count
    metrics: Annotated[tuple[DayMetrics, ...], NoneIsEmpty] = ()


class VideoSettings(WireObject):
    """What the account allows when a video is posted. `*_disabled` must be obeyed."""

    privacy_level_options: Annotated[tuple[str, ...], NoneIsEmpty] = ()
    comment_disabled: Flag = False
    duet_disabled: Flag = False
    stitch_disabled: Flag = False
    max_video_post_duration_sec: Count


class PublishStatus(WireObject):
    """Where a publication is, in TikTok's words.

    Attributes:
        status: `PROCESSING_DOWNLOAD`, `PUBLISH_COMPLETE`, `FAILED`, `SEND_TO_USER_INBOX`, or
            a word TikTok adds later.
        post_ids: Only once complete and public; may come minutes after, or never.
        reason: On `FAILED`.
    """

    status: str
    post_ids: Annotated[tuple[TikTokId, ...], NoneIsEmpty] = ()
    reason: str | None = None


class TokenPair(WireObject):
    """What connecting or refreshing gives. Store both tokens: the old refresh token is void.

    Attributes:
        open_id: The account, sent as `business_id` in all calls.
        expires_in: Seconds from *issued_at*; a day.
        refresh_token_expires_in: Seconds from *issued_at*; a year from the first consent, and
            refreshing does not restart it.
    """

    access_token: Annotated[SecretStr, Field(min_length=1)]
    refresh_token: Annotated[SecretStr, Field(min_length=1)]
    open_id: TikTokId
    expires_in: Annotated[int, Field(gt=0)]
    refresh_token_expires_in: Annotated[int, Field(ge=0)]
    scopes: Scopes
    issued_at: datetime

    @property
    def expires_at(self) -> datetime:
        """When the access token ends, aware UTC."""
        return self.issued_at + timedelta(seconds=self.expires_in)

    @property
    def refresh_expires_at(self) -> datetime:
        """When the account's owner must agree again, aware UTC."""
        return self.issued_at + timedelta(seconds=self.refresh_token_expires_in)


class TokenInfo(WireObject):
    """What an access token may do. `creator_id` is the account's `open_id`."""

    app_id: TikTokId
    creator_id: TikTokId
    scopes: Scopes


class WebhookRegistration(WireObject):
    """Where one kind of event is delivered.

    Attributes:
        item_list: Only these videos' comments; empty means all.
    """

    event_type: str
    callback_url: str
    item_list: Annotated[tuple[TikTokId, ...], NoneIsEmpty] = ()


class UrlProperty(WireObject):
    """An address that videos may be fetched from, once it is proven to be ours.

    Attributes:
        property_type: 1 for a domain, 2 for everything under an address.
        property_status: 1 is verified and 2 failed; 0 seems to be waiting.
        signature: What has to be found in the file, or in the domain's TXT record.
        file_name: To be served right under the address.
    """

    property_type: int
    url: str
    property_status: int = 0
    signature: Text = ""
    file_name: Text = ""

    @property
    def is_verified(self) -> bool:
        """TikTok takes videos from there."""
        return self.property_status == 1


class PostInfo(BaseModel):
    """How a video is posted. What is None is not sent, so TikTok's default holds.

    Attributes:
        caption: At most 2,200 UTF-16 units and 30 mentions.
        is_ai_generated: Permanent once posted. There is no default here: say it.
        thumbnail_offset: Milliseconds into the video.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    caption: str
    is_ai_generated: bool
    is_brand_organic: bool = False
    is_branded_content: bool = False
    disable_comment: bool | None = None
    disable_duet: bool | None = None
    disable_stitch: bool | None = None
    thumbnail_offset: Annotated[int, Field(ge=0)] | None = None
