"""What became of a comment after it was written: deleted, hidden, shown again. Pure.

Two roads tell it: webhooks, at least once and in any order, and a second reading of the same
comments. Both end here as a `CommentChange`, so both have the same effect. Of several changes of
one comment the newest counts; a deletion counts for ever, because an erased comment never returns.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Change(StrEnum):
    """What happened, in the platform's words where it has one.

    DELETED erases everything that was made of the comment. HIDDEN and FRIENDS_ONLY hold it back
    until SHOWN. MISSING is a comment that a whole reading did not find: only asking for it by its
    id can tell whether it is gone.
    """

    WRITTEN = "insert"
    DELETED = "delete"
    HIDDEN = "set_to_hidden"
    FRIENDS_ONLY = "set_to_friends_only"
    SHOWN = "set_to_public"
    MISSING = "missing"

    @property
    def holds_back(self) -> bool:
        """The comment may not be used for now."""
        return self in (Change.HIDDEN, Change.FRIENDS_ONLY)


@dataclass(frozen=True, slots=True)
class CommentChange:
    """One change of one comment. `at` is the platform's time of it, aware."""

    comment_id: str
    source_video_id: str
    change: Change
    at: datetime


def newest_of_each(changes: Iterable[CommentChange]) -> dict[str, CommentChange]:
    """Comment id to the change that counts, whatever order they came in.

    A deletion beats everything. Otherwise the later wins, and of two at the same moment the one
    that shows less, so that a doubt never publishes what somebody withdrew.
    """
    newest: dict[str, CommentChange] = {}
    for change in changes:
        known = newest.get(change.comment_id)
        if known is None or _weight(change) > _weight(known):
            newest[change.comment_id] = change
    return newest


def changes_between(
    stored: Mapping[str, str],
    found: Mapping[str, str],
    *,
    source_video_id: str,
    is_whole: bool,
    now: datetime,
) -> list[CommentChange]:
    """How a reading of one video differs from what is stored of it.

    Args:
        stored: Comment id to status (`PUBLIC` or `HIDDEN`), of the stretch of time that was read.
        found: The same, as just read.
        source_video_id: The video of all of them.
        is_whole: Everything in that stretch was read, so what is not there is missing. False
            when the reading broke off or TikTok's order beyond 500 comments may have hidden some.
        now: The moment of the reading.
    """
    kinds = {
        comment_id: Change.HIDDEN if status == "HIDDEN" else Change.SHOWN
        for comment_id, status in found.items()
        if stored.get(comment_id, status) != status
    }
    if is_whole:
        kinds |= dict.fromkeys(sorted(stored.keys() - found.keys()), Change.MISSING)
    return [
        CommentChange(comment_id, source_video_id, change, now)
        for comment_id, change in kinds.items()
    ]


def changes_in_day(
    stored: Iterable[Mapping[str, Any]],
    found: Iterable[Mapping[str, Any]],
    *,
    whole: Container[str],
    read_at: Mapping[str, datetime],
    now: datetime,
) -> list[CommentChange]:
    """How a reading of one day differs from what is stored of it, for `changes_between` by video.

    Args:
        stored: Rows with `comment_id`, `source_video_id`, `parent_comment_id`, `status`, `origin`.
        found: The same, as just read.
        whole: Videos whose comments of that day were all read. One that TikTok no longer has is
            none of them: its comments are not missing one by one.
        read_at: Video id to when its reading began. A change is not newer than that: what a webhook
            told between the reading and now is the newer word.
        now: For videos that `read_at` does not name.
        now: The moment of the reading.

    Replies and imported comments are left out: a reading does not list them.
    """
    before, after = _by_video(stored), _by_video(found)
    return [
        change
        for video_id, statuses in before.items()
        for change in changes_between(
            statuses,
            after.get(video_id, {}),
            source_video_id=video_id,
            is_whole=video_id in whole,
            now=read_at.get(video_id, now),
        )
    ]


def _by_video(rows: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    videos: dict[str, dict[str, str]] = {}
    for row in rows:
        if row["parent_comment_id"] is None and row["origin"] == "accounts_api":
            videos.setdefault(row["source_video_id"], {})[row["comment_id"]] = row["status"]
    return videos


_SHOWS_LESS = (
    Change.WRITTEN,
    Change.SHOWN,
    Change.MISSING,
    Change.FRIENDS_ONLY,
    Change.HIDDEN,
    Change.DELETED,
)


def _weight(change: CommentChange) -> tuple[bool, datetime, int]:
    return change.change is Change.DELETED, change.at, _SHOWS_LESS.index(change.change)
