"""The account, its videos, and publishing one: the calls of the Accounts API about them.

TikTok fetches a video from an address; there is no upload. Nothing here decides what is posted.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import TypedDict

from dreambox_pipeline.tiktok.calls import AccountCalls
from dreambox_pipeline.tiktok.endpoints import (
    PROFILE,
    PROFILE_FIELDS,
    PUBLISH,
    PUBLISH_STATUS,
    SETTINGS,
    VIDEO_FIELDS,
    VIDEO_LIST,
    VIDEOS_PER_PAGE,
)
from dreambox_pipeline.tiktok.fields import TikTokId
from dreambox_pipeline.tiktok.listing import walk_pages
from dreambox_pipeline.tiktok.oauth import read_object
from dreambox_pipeline.tiktok.schemas import (
    AccountProfile,
    PostInfo,
    PublishStatus,
    VideoObject,
    VideoSettings,
    WireObject,
)


class VideoFilters(TypedDict, total=False):
    """Which videos to list; nothing means all public ones."""

    video_ids: Sequence[str]
    ad_post_only: bool


class PublishReceipt(WireObject):
    """TikTok's answer to a publish request. TikTok calls the publish id `share_id`."""

    share_id: TikTokId


class VideoCalls(AccountCalls):
    """The calls about the account and its videos."""

    def profile(
        self, start: date, end: date, fields: Sequence[str] = PROFILE_FIELDS
    ) -> AccountProfile:
        """The account now, and its metrics for the UTC days from *start* to *end*, both included.

        TikTok looks back 60 days at most; recent days come 24 to 48 hours late.
        """
        params = {"start_date": start.isoformat(), "end_date": end.isoformat(), "fields": [*fields]}
        return read_object(
            self._get(PROFILE, params), AccountProfile, path=PROFILE, was_write=False
        )

    def videos(
        self, *, fields: Sequence[str] = VIDEO_FIELDS, filters: VideoFilters | None = None
    ) -> Iterator[VideoObject]:
        """The account's public videos with their insights, newest first, each once.

        Args:
            fields: `item_id` is always added: nothing can be done with a video without one.
            filters: Any number of `video_ids`; they are asked for in pages of 20.
        """
        wanted = [*dict.fromkeys(["item_id", *fields])]
        for part in _filter_pages(filters):
            params = {"fields": wanted, "filters": part, "max_count": VIDEOS_PER_PAGE}
            yield from walk_pages(
                self._pages(VIDEO_LIST, "videos", VideoObject, params),
                identity=lambda video: video.item_id,
                path=VIDEO_LIST,
            )

    def video_settings(self) -> VideoSettings:
        """What the account allows now; ask before each post."""
        return read_object(self._get(SETTINGS, {}), VideoSettings, path=SETTINGS, was_write=False)

    def publish(self, video_url: str, post_info: PostInfo) -> str:
        """Ask TikTok to fetch *video_url* and post it in public. Returns the publish id. Sent once.

        Raises:
            TikTokError: With `may_have_taken_effect`, the post may exist: look in `videos` before
                any second request, and let a person decide.
        """
        info = post_info.model_dump(exclude_none=True)
        data = self._post(PUBLISH, {"video_url": video_url, "post_info": info})
        return read_object(data, PublishReceipt, path=PUBLISH).share_id

    def publish_status(self, publish_id: str) -> PublishStatus:
        """Where a publication is. Post ids may come minutes after completion, or never."""
        data = self._get(PUBLISH_STATUS, {"publish_id": publish_id})
        return read_object(data, PublishStatus, path=PUBLISH_STATUS, was_write=False)


def _filter_pages(filters: VideoFilters | None) -> Iterator[VideoFilters | None]:
    ids = [*dict.fromkeys((filters or {}).get("video_ids", ()))]
    if filters is None or "video_ids" not in filters:
        yield filters
        return
    for start in range(0, len(ids), VIDEOS_PER_PAGE):
        yield {**filters, "video_ids": ids[start : start + VIDEOS_PER_PAGE]}
