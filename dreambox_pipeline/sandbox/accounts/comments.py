"""Comments on the wire: lists with the platform's oddities, and what the owner may do.

Unsorted lists come in random order, pages may be short while there is more, and beyond 500
comments the rest comes by likes and repeats some of the first 500.
"""

from typing import Any

from dreambox_pipeline.sandbox.accounts.envelope import NOT_EXIST, PARAM_ERROR, ApiError, Params
from dreambox_pipeline.sandbox.world.crowd import Comment
from dreambox_pipeline.sandbox.world.seeds import digest
from dreambox_pipeline.sandbox.world.videos import Video
from dreambox_pipeline.sandbox.world.world import World

_SORTED_REACH = 500
_REPEATS_EVERY = 9
_SPAM_WINDOW_S = 3600
_SPAM_COPIES = 8
_TEXT_LIMITS = (150, 1200)


class CommentsApi:
    """The comment endpoints.

    Args:
        world: The world whose comments these are.
        reply_max_chars: The documentation says 150 and 1,200 at different dates; a switch.
    """

    def __init__(self, world: World, *, reply_max_chars: int = _TEXT_LIMITS[0]) -> None:
        self._world = world
        self.reply_max_chars = reply_max_chars

    def list_comments(self, params: Params) -> dict[str, Any]:
        """`GET /business/comment/list/`."""
        video = self._video(params)
        ids = params.strings("comment_ids", at_most=30)
        found = self._world.comments(video)
        if ids:
            every = found + [r for comment in found for r in self._world.replies(comment)]
            found = [comment for comment in every if comment.comment_id in ids]
        include_replies = params.flag("include_replies")
        return self._page(params, found, video.video_id, include_replies=include_replies)

    def list_replies(self, params: Params) -> dict[str, Any]:
        """`GET /business/comment/reply/list/`."""
        video = self._video(params)
        parent = self._comment(params, video)
        if self._world.is_hidden(parent):
            raise ApiError(NOT_EXIST, "The comment is hidden; its replies cannot be listed.")
        return self._page(params, self._world.replies(parent), parent.comment_id)

    def create_reply(self, params: Params) -> dict[str, Any]:
        """`POST /business/comment/reply/create/`; repeats post twice, bulk text is hidden."""
        asked = self._comment(params, self._video(params))
        text = self._text(params)
        reply = self._world.reply(asked, text, is_hidden=self._looks_like_bulk(text))
        return _written(reply) | {"parent_comment_id": reply.parent_comment_id}

    def create_comment(self, params: Params) -> dict[str, Any]:
        """`POST /business/comment/create/`; the owner's own, and a repeat posts twice, too."""
        video = self._video(params)
        text = self._text(params)
        return _written(self._world.comment_as_owner(video, text))

    def hide(self, params: Params) -> dict[str, Any]:
        """`POST /business/comment/hide/`."""
        comment = self._comment(params, self._video(params))
        action = params.choice("action", ("HIDE", "UNHIDE"), "HIDE")
        self._world.set_hidden(comment, hidden=action == "HIDE")
        return {}

    def like(self, params: Params) -> dict[str, Any]:
        """`POST /business/comment/like/`; the case of the action is undocumented, both work."""
        comment = self._comment(params)
        action = params.text("action").upper()
        if action not in ("LIKE", "UNLIKE"):
            raise ApiError(PARAM_ERROR, "action: Must be one of LIKE, UNLIKE.")
        self._world.set_liked(comment, liked=action == "LIKE")
        return {}

    def delete(self, params: Params) -> dict[str, Any]:
        """`POST /business/comment/delete/`; only the owner's own comments."""
        comment = self._comment(params)
        if not comment.is_owner:
            raise ApiError(PARAM_ERROR, "comment_id: Only own comments can be deleted.")
        self._world.delete_comment(comment)
        return {}

    def _text(self, params: Params) -> str:
        text = params.text("text")
        if len(text) > self.reply_max_chars:
            raise ApiError(PARAM_ERROR, f"text: Longer than maximum length {self.reply_max_chars}.")
        return text

    def _looks_like_bulk(self, text: str) -> bool:
        said = _shape(text)
        recent = self._world.recent_reply_texts(_SPAM_WINDOW_S)
        return sum(_shape(other) == said for other in recent) >= _SPAM_COPIES

    def _video(self, params: Params) -> Video:
        video_id = params.text("video_id")
        video = self._world.find_video(video_id)
        if video is None:
            raise ApiError(NOT_EXIST, f"The video {video_id} does not exist or is not yours.")
        return video

    def _comment(self, params: Params, video: Video | None = None) -> Comment:
        comment_id = params.text("comment_id")
        comment = self._world.find_comment(comment_id)
        if comment is None or (video is not None and comment.video_id != video.video_id):
            raise ApiError(NOT_EXIST, f"The comment {comment_id} does not exist.")
        return comment

    def _page(
        self, params: Params, found: list[Comment], name: str, *, include_replies: bool = False
    ) -> dict[str, Any]:
        if params.choice("status", ("PUBLIC", "ALL"), "ALL") == "PUBLIC":
            found = [comment for comment in found if not self._world.is_hidden(comment)]
        ordered = self._in_order(params, found)
        cursor = params.integer("cursor", default=0, low=0, high=10**9)
        asked_for = params.integer("max_count", default=20, low=1, high=30)
        taken = ordered[cursor : cursor + self._page_size(asked_for, name, cursor)]
        reached = cursor + len(taken)
        return {
            "comments": [self._wire(comment, include_replies=include_replies) for comment in taken],
            "cursor": reached,
            "has_more": reached < len(ordered),
        }

    def _page_size(self, asked_for: int, name: str, cursor: int) -> int:
        chance = digest(self._world.seed, "short-page", name, cursor)
        shorter = chance % 4 if chance % 5 == 0 else 0
        return max(1, asked_for - shorter)

    def _in_order(self, params: Params, found: list[Comment]) -> list[Comment]:
        field = params.choice("sort_field", ("likes", "replies", "create_time"), "")
        direction = params.choice("sort_order", ("asc", "desc", "smart"), "smart")
        now = self._world.now
        if not field:
            # Random, but one shuffle a day: pages of one walk still fit together.
            return sorted(found, key=lambda c: digest(now // 86_400, "shuffle", c.comment_id))
        keys = {
            "likes": lambda c: (c.likes_at(now), c.created_at),
            "replies": lambda c: (len(self._world.replies(c)), c.created_at),
            "create_time": lambda c: (c.created_at, c.comment_id),
        }
        ordered = sorted(found, key=keys[field], reverse=direction != "asc")
        return _with_tail(ordered, now)

    def _wire(self, comment: Comment, *, include_replies: bool = False) -> dict[str, Any]:
        world, author, now = self._world, comment.author, self._world.now
        is_reply = comment.parent_comment_id is not None
        replies = [] if is_reply else world.replies(comment)
        expires = now + 86_400
        wire: dict[str, Any] = {
            "comment_id": comment.comment_id,
            "video_id": comment.video_id,
            "unique_identifier": author.unique_identifier,
            "user_id": author.user_id,
            "create_time": str(comment.created_at),
            "text": comment.utterance.text,
            "likes": comment.likes_at(now),
            "replies": len(replies),
            "owner": comment.is_owner,
            "liked": world.is_liked(comment),
            "pinned": False,
            "status": "HIDDEN" if world.is_hidden(comment) else "PUBLIC",
            "username": world.username_of(comment),
            "display_name": author.display_name,
            "profile_image": f"https://p16-sign.example/{author.user_id[:16]}.jpeg?x-expires={expires}",
        }
        if is_reply:
            wire["parent_comment_id"] = comment.parent_comment_id
        if include_replies and not is_reply:
            # "Smart" order is not the newest first: the owner's and the liked ones win.
            best = sorted(replies, key=lambda r: (not r.is_owner, -r.likes_at(now)))[:3]
            wire["reply_list"] = [self._wire(reply) for reply in best]
        return wire


def _written(comment: Comment) -> dict[str, Any]:
    """What the platform answers about a comment just written."""
    return {
        "comment_id": comment.comment_id,
        "video_id": comment.video_id,
        "create_time": str(comment.created_at),
        "text": comment.utterance.text,
        "unique_identifier": comment.author.unique_identifier,
        "user_id": comment.author.user_id,
    }


def _with_tail(ordered: list[Comment], now: int) -> list[Comment]:
    """The first 500 as sorted, then the rest by likes with some of the first again."""
    first, rest = ordered[:_SORTED_REACH], ordered[_SORTED_REACH:]
    tail: list[Comment] = []
    for place, comment in enumerate(sorted(rest, key=lambda c: c.likes_at(now), reverse=True)):
        tail.append(comment)
        if place % _REPEATS_EVERY == _REPEATS_EVERY - 1:
            tail.append(first[(place * 37) % len(first)])
    return first + tail


def _shape(text: str) -> str:
    """The text without what differs by person, to see bulk: no handles, digits or emoji."""
    words = (word for word in text.lower().split() if not word.startswith("@"))
    return " ".join("".join(ch for ch in word if ch.isalpha()) for word in words).strip()
