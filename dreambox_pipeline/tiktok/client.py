"""The Accounts API for one connected account, as methods that return values and raise `TikTokError`.

Listings are walked page by page with TikTok's habits in mind: short and empty pages that are not
the end, repeated entries, cursors that stand still. A refused token is refreshed once and the
call repeated, which is safe for writes too: a refused call was not carried out. Nothing here
knows what the comments are wanted for.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal, Self, TypedDict, TypeVar

import httpx
from pydantic import SecretStr

from dreambox_pipeline.tiktok.endpoints import (
    COMMENT_LIST,
    COMMENTS_PER_PAGE,
    MAX_REPLY_CHARS,
    PROFILE,
    PROFILE_FIELDS,
    PUBLISH,
    PUBLISH_STATUS,
    REPLY_CREATE,
    REPLY_LIST,
    SETTINGS,
    VIDEO_FIELDS,
    VIDEO_LIST,
    VIDEOS_PER_PAGE,
)
from dreambox_pipeline.tiktok.errors import AccessTokenRejected, InvalidParams
from dreambox_pipeline.tiktok.fields import TikTokId
from dreambox_pipeline.tiktok.limits import PUBLISHES_PER_MINUTE, SlidingWindowLimiter
from dreambox_pipeline.tiktok.listing import Page, newest_first_until, read_page, walk_pages
from dreambox_pipeline.tiktok.oauth import TokenEndpoint, read_object
from dreambox_pipeline.tiktok.schemas import (
    AccountProfile,
    CommentObject,
    PostInfo,
    PublishStatus,
    TokenInfo,
    TokenPair,
    VideoObject,
    VideoSettings,
    WireObject,
)
from dreambox_pipeline.tiktok.tokens import TokenSource
from dreambox_pipeline.tiktok.transport import Limits, Transport

CommentStatus = Literal["PUBLIC", "ALL"]
Entry = TypeVar("Entry", bound=WireObject)
Answer = TypeVar("Answer")


class VideoFilters(TypedDict, total=False):
    """Which videos to list; nothing means all public ones."""

    video_ids: Sequence[str]
    ad_post_only: bool


class PublishReceipt(WireObject):
    """TikTok's answer to a publish request. TikTok calls the publish id `share_id`."""

    share_id: TikTokId


class AccountsClient:
    """TikTok's Accounts API, for one account.

    Args:
        base_url: With the version: `https://business-api.tiktok.com/open_api/v1.3`.
        app_id, app_secret: From TikTok's developer portal.
        tokens: Gives the access token, and another one when TikTok refuses it.
        now: The clock TikTok counts with; live, the machine's.
        sleep: Waits before a request that would breach a limit, in that clock's seconds.
        http: Given by tests; otherwise one with timeouts is made.
    """

    def __init__(
        self,
        base_url: str,
        *,
        app_id: str,
        app_secret: str | SecretStr,
        tokens: TokenSource,
        now: Callable[[], datetime],
        sleep: Callable[[float], None],
        http: httpx.Client | None = None,
        limits: Limits | None = None,
        max_reply_chars: int = MAX_REPLY_CHARS,
    ) -> None:
        secret = app_secret if isinstance(app_secret, SecretStr) else SecretStr(app_secret)
        limiter = SlidingWindowLimiter(now=now, sleep=sleep, limits={PUBLISH: PUBLISHES_PER_MINUTE})
        self._transport = Transport(base_url, http=http, limits=limits, before_try=limiter.wait)
        self._oauth = TokenEndpoint(self._transport, app_id=app_id, app_secret=secret, now=now)
        self._tokens = tokens
        self._max_reply_chars = max_reply_chars

    def __repr__(self) -> str:
        return f"AccountsClient({self._transport!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._transport.close()

    def exchange_code(self, auth_code: str, redirect_uri: str) -> TokenPair:
        """See `TokenEndpoint.exchange_code`."""
        return self._oauth.exchange_code(auth_code, redirect_uri)

    def refresh(self, refresh_token: str) -> TokenPair:
        """See `TokenEndpoint.refresh`."""
        return self._oauth.refresh(refresh_token)

    def token_info(self) -> TokenInfo:
        """What the current access token may do: compare `scopes` at start-up."""
        return self._with_token(self._oauth.token_info)

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
        """The account's public videos, newest first, each once.

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

    def comments(
        self, video_id: str, *, since: datetime | None = None, status: CommentStatus = "ALL"
    ) -> Iterator[CommentObject]:
        """Comments under one own video, newest first, each once.

        TikTok keeps the order for the first 500 only; after that come the rest by likes. So
        *since* ends the walk inside the first 500, and beyond them it only filters.

        Args:
            video_id: An `item_id` of `videos`.
            since: Leave out comments written before this moment. None reads them all.
            status: `ALL` also gives hidden ones, which is how a withdrawal can be noticed.
        """
        params = _comment_params(status) | {"video_id": video_id}
        listed = walk_pages(
            self._pages(COMMENT_LIST, "comments", CommentObject, params),
            identity=lambda comment: comment.comment_id,
            path=COMMENT_LIST,
        )
        return newest_first_until(since, listed)

    def comment(self, video_id: str, comment_id: str) -> CommentObject | None:
        """One comment or reply, hidden ones too; None when it is gone."""
        params = {"video_id": video_id, "comment_ids": [comment_id], "status": "ALL"}
        page = read_page(self._get(COMMENT_LIST, params), key="comments", of=CommentObject)
        return next((found for found in page.items if found.comment_id == comment_id), None)

    def replies(
        self, video_id: str, comment_id: str, *, status: CommentStatus = "ALL"
    ) -> Iterator[CommentObject]:
        """Replies to one comment, newest first, each once. Replies to a hidden one cannot be read."""
        params = _comment_params(status) | {"video_id": video_id, "comment_id": comment_id}
        return walk_pages(
            self._pages(REPLY_LIST, "comments", CommentObject, params),
            identity=lambda comment: comment.comment_id,
            path=REPLY_LIST,
        )

    def reply(self, video_id: str, comment_id: str, text: str) -> CommentObject:
        """Reply in public to *comment_id*. Sent once; there is no idempotency key.

        Raises:
            InvalidParams: Empty or too long. Nothing was sent.
            TikTokError: With `may_have_taken_effect`, look in `replies` for an own reply first.
        """
        if not text.strip() or len(text) > self._max_reply_chars:
            raise InvalidParams(
                f"A reply of {len(text)} characters was not sent: TikTok takes 1 to "
                f"{self._max_reply_chars}. Shorten it.",
                path=REPLY_CREATE,
            )
        data = self._post(
            REPLY_CREATE, {"video_id": video_id, "comment_id": comment_id, "text": text}
        )
        return read_object(data, CommentObject, path=REPLY_CREATE)

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

    def _pages(
        self, path: str, key: str, of: type[Entry], params: Mapping[str, object]
    ) -> Callable[[int | None], Page[Entry]]:
        def page(cursor: int | None) -> Page[Entry]:
            return read_page(self._get(path, {**params, "cursor": cursor}), key=key, of=of)

        return page

    def _get(self, path: str, params: Mapping[str, object]) -> dict[str, Any]:
        def call(token: str) -> dict[str, Any]:
            whole = {"business_id": self._tokens.business_id(), **params}
            return self._transport.get(path, params=whole, headers={"Access-Token": token})

        return self._with_token(call)

    def _post(self, path: str, body: Mapping[str, object]) -> dict[str, Any]:
        def call(token: str) -> dict[str, Any]:
            whole = {"business_id": self._tokens.business_id(), **body}
            return self._transport.post(path, body=whole, headers={"Access-Token": token})

        return self._with_token(call)

    def _with_token(self, call: Callable[[str], Answer]) -> Answer:
        token = self._tokens.access_token()
        try:
            return call(token)
        except AccessTokenRejected:
            return call(self._tokens.refreshed(token))


def _comment_params(status: CommentStatus) -> dict[str, object]:
    # Without a sort field the order is random and paging would miss comments.
    return {
        "status": status,
        "sort_field": "create_time",
        "sort_order": "desc",
        "max_count": COMMENTS_PER_PAGE,
    }


def _filter_pages(filters: VideoFilters | None) -> Iterator[VideoFilters | None]:
    ids = [*dict.fromkeys((filters or {}).get("video_ids", ()))]
    if filters is None or "video_ids" not in filters:
        yield filters
        return
    for start in range(0, len(ids), VIDEOS_PER_PAGE):
        yield {**filters, "video_ids": ids[start : start + VIDEOS_PER_PAGE]}
