"""Read TikTok's "Download your data" archive: the account's own videos, and what it wrote itself.

    Post > Posts > VideoList          {Date, Link, Title}
    Comment > Comments > CommentsList {date, comment, "original post link"}

Other people's comments are not in it. Nor are ids: a video's stands in its link, and one of our
replies has none and does not say whom it answers. So it can show that we asked something under a
video at some time, and never that a certain dreamer was asked or agreed. Sections come and go
with the years: keys differ in case, and an empty list may be null, [] or {}. Watched and liked
videos are in similar lists and are other people's; they are never read.
"""

import hashlib
import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace

from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.stages.comments.ingest import make_comment, parse_time
from dreambox_pipeline.stages.comments.invitation import asks_for_dreams
from dreambox_pipeline.stages.comments.model import Comment, RejectedRow, SourceVideo
from dreambox_pipeline.text.normalize import clean

ORIGIN = "archive"

NO_VIDEO_ID = "no_video_id"
OTHERS_VIDEO = "others_video"

REASONS: dict[str, str] = {
    NO_VIDEO_ID: "The link leads to no video page, so nobody can tell which video is meant.",
    OTHERS_VIDEO: "The comment was written under somebody else's video; it is not kept.",
}
"""In addition to `ingest.REASONS`."""

_OWN_VIDEOS: set[tuple[str, ...]] = {
    ("post", "posts", "videolist"),
    ("video", "videos", "videolist"),
}
_OWN_COMMENTS: set[tuple[str, ...]] = {("comment", "comments", "commentslist")}
_VIDEO_ID = re.compile(r"/(?:video|photo|v)/(\d{15,20})(?![0-9])")
_PENDING_ID = "archive:pending"
# The sections lie three to five deep; deeper nesting is not TikTok's.
_MAX_DEPTH = 8


@dataclass(frozen=True, slots=True)
class Archive:
    """What an archive tells about the account.

    Attributes:
        entries: How many items the two lists hold; each ends in one of the others.
        videos: Own videos, each once, in the archive's order. Their comment counts are unknown.
        comments: Own comments and replies under own videos, `is_owner`, with derived ids.
        rejected: The rest, with reasons; `row` counts within its list.
    """

    entries: int
    videos: tuple[SourceVideo, ...]
    comments: tuple[Comment, ...]
    rejected: tuple[RejectedRow, ...]


def read_archive(text: str, *, owner_id: str, known_videos: Collection[str] = ()) -> Archive:
    """Everything the archive's JSON says about own videos and own comments.

    Args:
        text: The content of `user_data_tiktok.json`.
        owner_id: Keyed hash that stands for the account as an author.
        known_videos: Ids of own videos that other sources named.

    Raises:
        ItemError: It is no JSON, or holds neither list: not this archive.
    """
    root = _parsed(text)
    videos = list(_items(root, _OWN_VIDEOS))
    comments = list(_items(root, _OWN_COMMENTS))
    rejected: list[RejectedRow] = []
    own: dict[str, SourceVideo] = {}
    for row, item in videos:
        video = _video(row, item)
        if isinstance(video, RejectedRow):
            rejected.append(video)
        else:
            own.setdefault(video.source_video_id, video)
    ours = {*own, *known_videos}
    written: dict[str, Comment] = {}
    for row, item in comments:
        comment = _comment(row, item, owner_id=owner_id, own=ours)
        if isinstance(comment, RejectedRow):
            rejected.append(comment)
        else:
            written.setdefault(comment.comment_id, comment)
    return Archive(
        len(videos) + len(comments), tuple(own.values()), tuple(written.values()), tuple(rejected)
    )


def _parsed(text: str) -> object:
    try:
        root = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        said = str(error)[:120] or type(error).__name__
        raise ItemError(
            f"Read TikTok's archive as JSON and it broke: {said}. Download it again; on TikTok's page choose JSON, "
            "not TXT."
        ) from error
    paths = {path[-3:] for path, _ in _walk(root)}
    if not paths & (_OWN_VIDEOS | _OWN_COMMENTS):
        found = ", ".join(map(str, root))[:200] if isinstance(root, dict) else type(root).__name__
        raise ItemError(
            f"Looked for Post > Posts > VideoList and Comment > Comments > CommentsList and found: {found or 'nothing'}. "
            "Expected the user_data_tiktok.json of TikTok's data download; ask for all data there, as JSON."
        )
    return root


def _walk(value: object, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    """Every named value with the names above it, in one spelling. Lists are not entered."""
    if not isinstance(value, dict) or len(path) > _MAX_DEPTH:
        return
    for name, inner in value.items():
        inside = (*path, _spelled(name))
        yield inside, inner
        yield from _walk(inner, inside)


def _items(root: object, wanted: set[tuple[str, ...]]) -> Iterator[tuple[int, object]]:
    row = 0
    for path, value in _walk(root):
        if path[-3:] in wanted and isinstance(value, list):  # otherwise null or {}: empty
            for item in value:
                row += 1
                yield row, item


def _spelled(name: object) -> str:
    return re.sub(r"[^a-z0-9]", "", str(name).lower())


def _fields(item: object) -> Mapping[str, str]:
    """An item's texts by their names in one spelling; anything that is no text counts as missing."""
    if not isinstance(item, dict):
        return {}
    return {_spelled(name): value for name, value in item.items() if isinstance(value, str)}


def _video(row: int, item: object) -> SourceVideo | RejectedRow:
    fields = _fields(item)
    link = fields.get("link", "")
    video_id = _VIDEO_ID.search(link)
    if video_id is None:
        return RejectedRow(row, NO_VIDEO_ID, f"Post {row} has no link to a video page.")
    moment = parse_time(fields.get("date", ""))
    if moment is None or moment.tzinfo is None:
        return RejectedRow(
            row, "invalid_time", f"Post {row} has the date {fields.get('date', '')[:40]!r}."
        )
    caption = clean(fields.get("title", ""))
    return SourceVideo(
        source_video_id=video_id[1],
        caption=caption,
        created_at=moment,
        # Links to TikTok's file servers hold signatures and end within days.
        share_url=link.partition("?")[0] if "tiktok" in link else None,
        asks_for_dreams=asks_for_dreams(caption),
    )


def _comment(
    row: int, item: object, *, owner_id: str, own: Collection[str]
) -> Comment | RejectedRow:
    fields = _fields(item)
    link = fields.get("originalposturl") or fields.get("originalpostlink") or ""
    video_id = _VIDEO_ID.search(link)
    if video_id is None:
        return RejectedRow(row, NO_VIDEO_ID, f"Comment {row} has no link to a video page.")
    if video_id[1] not in own:
        return RejectedRow(row, OTHERS_VIDEO, f"Comment {row} is under somebody else's video.")
    comment = make_comment(
        row=row,
        comment_id=_PENDING_ID,
        source_video_id=video_id[1],
        author_id=owner_id,
        text=fields.get("comment", ""),
        created_at=fields.get("date", ""),
        is_owner=True,
        origin=ORIGIN,
    )
    if isinstance(comment, RejectedRow):
        return comment
    return replace(comment, comment_id=_derived_id(comment))


def _derived_id(comment: Comment) -> str:
    """The same entry gets the same id from every archive."""
    parts = (comment.source_video_id, comment.created_at.isoformat(), comment.text)
    return f"archive:{hashlib.sha256('|'.join(parts).encode()).hexdigest()[:24]}"
