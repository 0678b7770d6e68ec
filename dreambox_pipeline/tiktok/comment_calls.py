"""Comments and replies under the account's own videos: reading, answering, hiding, liking.

How a list is walked without losing an entry is in `comment_walk`. Nothing here knows what the
comments are wanted for.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Literal

from dreambox_pipeline.tiktok.calls import AccountCalls
from dreambox_pipeline.tiktok.comment_walk import FetchOrdered, Order, walk_comments
from dreambox_pipeline.tiktok.endpoints import (
    COMMENT_CREATE,
    COMMENT_DELETE,
    COMMENT_HIDE,
    COMMENT_IDS_PER_REQUEST,
    COMMENT_LIKE,
    COMMENT_LIST,
    COMMENTS_PER_PAGE,
    MAX_REPLY_CHARS,
    REPLY_CREATE,
    REPLY_LIST,
)
from dreambox_pipeline.tiktok.errors import InvalidParams
from dreambox_pipeline.tiktok.listing import Page, read_page, walk_pages
from dreambox_pipeline.tiktok.oauth import read_object
from dreambox_pipeline.tiktok.schemas import CommentObject
from dreambox_pipeline.tiktok.tokens import TokenSource
from dreambox_pipeline.tiktok.transport import Transport

CommentStatus = Literal["PUBLIC", "ALL"]


class CommentCalls(AccountCalls):
    """The calls about comments.

    Args:
        transport: Sends the requests.
        tokens: Gives access tokens.
        max_reply_chars: Longer texts are refused before they are sent.
    """

    def __init__(
        self, transport: Transport, tokens: TokenSource, *, max_reply_chars: int = MAX_REPLY_CHARS
    ) -> None:
        super().__init__(transport, tokens)
        self._max_reply_chars = max_reply_chars

    def comments(
        self,
        video_id: str,
        *,
        since: datetime | None = None,
        status: CommentStatus = "ALL",
        include_replies: bool = False,
    ) -> Iterator[CommentObject]:
        """Comments under one own video, each once; the newest 500 come first and newest first.

        TikTok keeps an order for 500 comments only, so *since* ends the walk inside the newest
        500, and beyond them it only filters. What else a long video takes is in `comment_walk`.

        Args:
            video_id: An `item_id` of `videos`.
            since: Leave out comments written before this moment. None reads them all.
            status: `ALL` also gives hidden ones, which is how a withdrawal can be noticed.
            include_replies: Fill `reply_list` with up to three replies, in TikTok's choice.

        Raises:
            StuckCursor: TikTok promises more and gives nothing new. What was given is good.
        """
        params: dict[str, object] = {"video_id": video_id, "status": status}
        if include_replies:
            params["include_replies"] = True
        return walk_comments(self._ordered(COMMENT_LIST, params), since=since, path=COMMENT_LIST)

    def comment(self, video_id: str, comment_id: str) -> CommentObject | None:
        """One comment or reply, hidden ones too; None when it is gone."""
        return next(self.comments_by_id(video_id, [comment_id]), None)

    def comments_by_id(self, video_id: str, ids: Iterable[str]) -> Iterator[CommentObject]:
        """Those of *ids* that exist under the video, comments or replies, hidden ones too.

        Any number; they are asked for in parts of 30, and what is gone is not given.
        """
        wanted = [*dict.fromkeys(ids)]
        for start in range(0, len(wanted), COMMENT_IDS_PER_REQUEST):
            part = wanted[start : start + COMMENT_IDS_PER_REQUEST]
            params = {"video_id": video_id, "comment_ids": part, "status": "ALL"}
            found = walk_pages(
                self._pages(COMMENT_LIST, "comments", CommentObject, _sorted_pages(params)),
                identity=lambda comment: comment.comment_id,
                path=COMMENT_LIST,
            )
            yield from (comment for comment in found if comment.comment_id in part)

    def replies(
        self, video_id: str, comment_id: str, *, status: CommentStatus = "ALL"
    ) -> Iterator[CommentObject]:
        """Replies to one comment, newest first, each once. Replies to a hidden one cannot be read."""
        params = {"video_id": video_id, "comment_id": comment_id, "status": status}
        return walk_comments(self._ordered(REPLY_LIST, params), since=None, path=REPLY_LIST)

    def reply(self, video_id: str, comment_id: str, text: str) -> CommentObject:
        """Reply in public to *comment_id*. Sent once; there is no idempotency key.

        Raises:
            InvalidParams: Empty or too long. Nothing was sent.
            TikTokError: With `may_have_taken_effect`, look in `replies` for an own reply first.
        """
        self._check_text(text, path=REPLY_CREATE)
        body = {"video_id": video_id, "comment_id": comment_id, "text": text}
        return read_object(self._post(REPLY_CREATE, body), CommentObject, path=REPLY_CREATE)

    def create_comment(self, video_id: str, text: str) -> CommentObject:
        """Comment in public under an own video. Sent once; there is no idempotency key.

        Raises:
            InvalidParams: Empty or too long. Nothing was sent.
            TikTokError: With `may_have_taken_effect`, look in `comments` for an own one first.
        """
        self._check_text(text, path=COMMENT_CREATE)
        data = self._post(COMMENT_CREATE, {"video_id": video_id, "text": text})
        return read_object(data, CommentObject, path=COMMENT_CREATE)

    def hide(self, video_id: str, comment_id: str) -> None:
        """Hide a comment from the public; its author still sees it. Doing it twice changes nothing."""
        body = {"video_id": video_id, "comment_id": comment_id, "action": "HIDE"}
        self._post(COMMENT_HIDE, body)

    def unhide(self, video_id: str, comment_id: str) -> None:
        """Show a hidden comment again."""
        body = {"video_id": video_id, "comment_id": comment_id, "action": "UNHIDE"}
        self._post(COMMENT_HIDE, body)

    def like(self, comment_id: str) -> None:
        """Like a comment as the account. Doing it twice changes nothing."""
        self._post(COMMENT_LIKE, {"comment_id": comment_id, "action": "LIKE"})

    def unlike(self, comment_id: str) -> None:
        """Take the account's like back."""
        self._post(COMMENT_LIKE, {"comment_id": comment_id, "action": "UNLIKE"})

    def delete_comment(self, comment_id: str) -> None:
        """Delete a comment or reply of the account itself, for good, with the replies under it.

        Raises:
            ItemError: It is somebody else's (hide it instead) or gone already.
        """
        self._post(COMMENT_DELETE, {"comment_id": comment_id})

    def _ordered(self, path: str, params: Mapping[str, object]) -> FetchOrdered:
        def fetch(order: Order, cursor: int, count: int) -> Page[CommentObject]:
            # Without a sort field the order is random and paging would miss comments.
            whole = {**params, "sort_field": "create_time", "sort_order": order}
            place = {"cursor": cursor or None, "max_count": count}
            return read_page(self._get(path, {**whole, **place}), key="comments", of=CommentObject)

        return fetch

    def _check_text(self, text: str, *, path: str) -> None:
        if not text.strip() or len(text) > self._max_reply_chars:
            raise InvalidParams(
                f"A text of {len(text)} characters was not sent: TikTok takes 1 to "
                f"{self._max_reply_chars}. Shorten it.",
                path=path,
            )


def _sorted_pages(params: Mapping[str, object]) -> dict[str, object]:
    ordered = {"sort_field": "create_time", "sort_order": "desc"}
    return {**params, **ordered, "max_count": COMMENTS_PER_PAGE}
