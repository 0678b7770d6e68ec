"""The Display API of TikTok's developer host: a second source of the account's own videos.

Another host than the Accounts API, with its own token (`Authorization: Bearer`), its own envelope
and its own limit of 600 requests a minute and endpoint. It knows four counters per video and no
comments. `fields` stands in the query, also where the call is a POST; asking for a field without
its scope fails the whole call.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Self

import httpx

from dreambox_pipeline.tiktok.envelope import open_developer_envelope
from dreambox_pipeline.tiktok.errors import AccessTokenRejected
from dreambox_pipeline.tiktok.fields import Count, Flag, Seconds, Text, TikTokId, UnixTime
from dreambox_pipeline.tiktok.limits import (
    DISPLAY_QUERIES_PER_MINUTE,
    SAFE_WINDOW_S,
    RequestLimiter,
    SlidingWindowLimiter,
)
from dreambox_pipeline.tiktok.listing import Page, read_page, report_unreadable, walk_pages
from dreambox_pipeline.tiktok.oauth import read_object
from dreambox_pipeline.tiktok.schemas import WireObject
from dreambox_pipeline.tiktok.tokens import TokenSource
from dreambox_pipeline.tiktok.transport import Limits, Transport

USER_INFO = "/v2/user/info/"
VIDEO_LIST = "/v2/video/list/"
VIDEO_QUERY = "/v2/video/query/"
VIDEOS_PER_PAGE = 20
"""TikTok's maximum, for a page and for the ids of one query."""

BASIC_USER_FIELDS = ("open_id", "union_id", "avatar_url", "display_name")
"""What the scope `user.info.basic` opens."""

VIDEO_FIELDS = (
    "id",
    "create_time",
    "cover_image_url",
    "share_url",
    "video_description",
    "duration",
    "height",
    "width",
    "title",
    "embed_link",
    "like_count",
    "comment_count",
    "share_count",
    "view_count",
    "is_aigc",
)
"""What `DisplayVideo` reads; all of it belongs to the scope `video.list`."""


class DisplayUser(WireObject):
    """The account; None where it was not asked for or not sent.

    Attributes:
        open_id: Per app, and the same as on the Accounts API only for the same app.
        bio_description, is_verified, username: Need the scope `user.info.profile`.
        follower_count, following_count, likes_count, video_count: Need `user.info.stats`.
    """

    open_id: TikTokId | None = None
    union_id: TikTokId | None = None
    avatar_url: str | None = None
    display_name: str | None = None
    bio_description: str | None = None
    profile_deep_link: str | None = None
    profile_web_link: str | None = None
    is_verified: bool | None = None
    username: str | None = None
    follower_count: Count
    following_count: Count
    likes_count: Count
    video_count: Count


class DisplayVideo(WireObject):
    """One public video of the account, with lifetime counts; None where TikTok said nothing.

    Attributes:
        id: The same number as `VideoObject.item_id`.
        create_time: Aware UTC.
        cover_image_url: Good for six hours.
        video_description: The caption's first 150 characters.
        duration: Seconds.
    """

    id: TikTokId
    create_time: UnixTime = None
    cover_image_url: str | None = None
    share_url: str | None = None
    video_description: Text = ""
    duration: Seconds
    height: Count
    width: Count
    title: Text = ""
    embed_link: str | None = None
    like_count: Count
    comment_count: Count
    share_count: Count
    view_count: Count
    is_aigc: Flag = False


class DisplayClient:
    """The Display API, for one account.

    Args:
        base_url: `https://open.tiktokapis.com`, with `/v2` at the end or without.
        tokens: Gives the developer host's access token, and another one when TikTok refuses it.
        now: The clock TikTok counts with; live, the machine's.
        sleep: Waits before a request that would breach a limit, in that clock's seconds.
        http: Given by tests; otherwise one with timeouts is made.
        limiter: Shared by all processes; without one, this client counts alone.
    """

    def __init__(
        self,
        base_url: str,
        *,
        tokens: TokenSource,
        now: Callable[[], datetime],
        sleep: Callable[[float], None],
        http: httpx.Client | None = None,
        limits: Limits | None = None,
        limiter: RequestLimiter | None = None,
    ) -> None:
        self._tokens = tokens
        self._transport = Transport(
            base_url.rstrip("/").removesuffix("/v2"),
            http=http,
            limits=limits,
            limiter=limiter
            or SlidingWindowLimiter(
                now=now, sleep=sleep, limit=DISPLAY_QUERIES_PER_MINUTE, window_s=SAFE_WINDOW_S
            ),
            now=now,
            opener=open_developer_envelope,
        )

    def __repr__(self) -> str:
        return f"DisplayClient({self._transport!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._transport.close()

    def user(self, fields: Sequence[str] = BASIC_USER_FIELDS) -> DisplayUser:
        """The account.

        Args:
            fields: The basic ones need no further scope than the login itself.

        Raises:
            ScopeMissing: One of *fields* belongs to a scope that was not granted.
        """
        params = {"fields": ",".join(fields)}
        data = self._with_token(
            lambda headers: self._transport.get(USER_INFO, params=params, headers=headers)
        )
        return read_object(data.get("user") or {}, DisplayUser, path=USER_INFO, was_write=False)

    def videos(
        self, *, fields: Sequence[str] = VIDEO_FIELDS, before: datetime | None = None
    ) -> Iterator[DisplayVideo]:
        """The account's public videos, newest first, each once.

        Args:
            fields: `id` is always added.
            before: Begin with the first video older than this; None begins with the newest.

        Raises:
            StuckCursor: The list promises more and gives nothing new. What was given is good.
        """
        first = None if before is None else int(before.astimezone(UTC).timestamp() * 1000)

        def page(cursor: int | None) -> Page[DisplayVideo]:
            at = first if cursor is None else cursor
            place: dict[str, object] = {"max_count": VIDEOS_PER_PAGE}
            if at is not None:
                place["cursor"] = at
            return read_page(self._read(VIDEO_LIST, fields, place), key="videos", of=DisplayVideo)

        return walk_pages(page, identity=lambda video: video.id, path=VIDEO_LIST)

    def query(
        self, ids: Iterable[str], *, fields: Sequence[str] = VIDEO_FIELDS
    ) -> Iterator[DisplayVideo]:
        """Those of *ids* that are the account's own, each once; any number, 20 per request."""
        wanted = [*dict.fromkeys(ids)]
        for start in range(0, len(wanted), VIDEOS_PER_PAGE):
            part = wanted[start : start + VIDEOS_PER_PAGE]
            data = self._read(VIDEO_QUERY, fields, {"filters": {"video_ids": part}})
            page = read_page(data, key="videos", of=DisplayVideo)
            report_unreadable(page, VIDEO_QUERY)
            found = {video.id: video for video in page.items}
            yield from (found[video_id] for video_id in part if video_id in found)

    def _read(self, path: str, fields: Sequence[str], body: Mapping[str, object]) -> dict[str, Any]:
        wanted = ",".join(dict.fromkeys(["id", *fields]))
        return self._with_token(
            lambda headers: self._transport.query(
                path, params={"fields": wanted}, body=body, headers=headers
            )
        )

    def _with_token(self, call: Callable[[dict[str, str]], dict[str, Any]]) -> dict[str, Any]:
        token = self._tokens.access_token()
        try:
            return call(_headers(token))
        except AccessTokenRejected:
            return call(_headers(self._tokens.refreshed(token)))


def _headers(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
