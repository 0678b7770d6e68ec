"""The one door through which a comment comes in, whatever carried it here.

The API client's pages and imported files both end in `make_comment`, so a comment means the
same everywhere: cleaned text, ids as text, an aware UTC time, unknown counts as None. A row
that cannot become a comment becomes a `RejectedRow` with a reason; nothing raises, and the
batch goes on.
"""

import re
from collections.abc import Collection, Iterable
from datetime import UTC, datetime, timedelta

from dreambox_pipeline.stages.comments.model import Comment, RejectedRow
from dreambox_pipeline.text.normalize import clean

# TikTok itself allows 150 characters, or 2,200 by other documents; this is room for both and
# a bound for everything behind it.
MAX_TEXT_CHARS = 10_000
# Invisible characters can be most of a text. Beyond this it is not worth cleaning.
_MAX_RAW_CHARS = 100_000
# Clocks differ a little; a comment from tomorrow is a damaged row.
_CLOCK_SKEW = timedelta(hours=1)
# TikTok opened in September 2016.
_EARLIEST = datetime(2016, 9, 1, tzinfo=UTC)
_MAX_COUNT = 10**11

REASONS: dict[str, str] = {
    "empty": "Nothing is left of the text once invisible characters are removed.",
    "too_long": f"The text has more than {MAX_TEXT_CHARS} characters.",
    "missing_id": "The row has no id, or none of the video it belongs to.",
    "bad_id": "An id holds characters that no TikTok id has, or too many.",
    "damaged_id": "A spreadsheet turned an id into a rounded number; its digits are lost.",
    "missing_author": "The row does not say who wrote the comment.",
    "missing_time": "The row does not say when the comment was written.",
    "invalid_time": "The time cannot be read, or lies before TikTok existed.",
    "naive_time": "The time has no time zone.",
    "future_time": "The time lies in the future.",
    "bad_count": "Likes or replies are not a whole number of at least 0.",
    "bad_status": "The status is neither PUBLIC nor HIDDEN.",
    "undecodable": "The row holds bytes that are not UTF-8.",
    "nul_byte": "The row holds a NUL byte: the file is damaged or not text.",
    "field_count": "The row has more or fewer fields than the header.",
    "bad_csv": "The row cannot be read as CSV, for example because of a line end in its middle.",
    "unbalanced_quote": "A quoted field is opened and never closed.",
    "bad_json": "The row is not a JSON object.",
}

_ID = re.compile(r"[A-Za-z0-9_.:+/=-]{1,128}")
_ROUNDED = re.compile(r"\d+[.,]\d+(?:[eE]\+?\d+)?|\d+[eE]\+?\d+")
_WHOLE = re.compile(r"\d{1,12}")
_EPOCH = re.compile(r"\d{9,13}")
_SPACED_TIME = re.compile(
    r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?) ?(?:UTC|GMT|Z)", re.IGNORECASE
)


class _RejectedError(Exception):
    """Carries a reason from a check to `make_comment`; never leaves this module."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.detail = detail


def make_comment(
    *,
    row: int,
    comment_id: str,
    source_video_id: str,
    author_id: str,
    text: str,
    created_at: datetime | str | int | None,
    parent_comment_id: str | None = None,
    likes: int | str | None = None,
    replies: int | str | None = None,
    is_owner: bool = False,
    status: str = "PUBLIC",
    origin: str,
    now: datetime | None = None,
) -> Comment | RejectedRow:
    """One comment, or the reason why this row is none. Never raises on any content.

    Args:
        row: 1-based position in the file or page, for the report.
        comment_id: TikTok's, or one derived from the row.
        source_video_id: The video it was written under.
        author_id: Keyed hash of the commenter's identity; never the handle.
        text: As the platform gave it; it is cleaned here.
        parent_comment_id: Set on replies; empty and 0 mean none.
        created_at: A datetime, or what `parse_time` reads.
        likes: A count, its digits, or None or empty when unknown.
        replies: As *likes*.
        is_owner: Written by the account itself.
        status: `PUBLIC` or `HIDDEN` in any case; empty counts as `PUBLIC`.
        origin: `accounts_api` or `import`.
        now: Aware; when given, times in the future are refused.
    """
    try:
        return Comment(
            comment_id=_check_id(comment_id, "comment_id"),
            source_video_id=_check_id(source_video_id, "video_id"),
            author_id=_check_author(author_id),
            text=_check_text(text),
            created_at=_check_time(created_at, now),
            parent_comment_id=_check_id(parent_comment_id, "parent_comment_id")
            if parent_comment_id and parent_comment_id.strip() not in {"", "0"}
            else None,
            likes=_check_count(likes, "likes"),
            replies=_check_count(replies, "replies"),
            is_owner=is_owner,
            status=_check_status(status),
            origin=origin,
        )
    except _RejectedError as rejected:
        return RejectedRow(row=row, reason=rejected.reason, detail=rejected.detail)


def parse_time(value: str) -> datetime | None:
    """The moment *value* names, aware and in UTC; None when it names none.

    Reads ISO 8601 with an offset or Z, Unix seconds or milliseconds, and TikTok's
    "2026-03-01 18:30:00 UTC". A time without a zone comes back without one.
    """
    value = value.strip()
    try:
        if _EPOCH.fullmatch(value) and value.isascii():
            number = int(value)
            # Eleven digits of seconds would be the year 5138: from there it is milliseconds.
            return datetime.fromtimestamp(number / 1000 if number >= 10**11 else number, tz=UTC)
        if spaced := _SPACED_TIME.fullmatch(value):
            value = f"{spaced[1]}T{spaced[2]}+00:00"
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC) if moment.tzinfo else moment
    except (ValueError, OverflowError, OSError):
        return None


def encodable(identity: str) -> str:
    """*identity* with lone surrogates, which JSON may hold, written out, so that it can be hashed."""
    return identity.encode("utf-8", "backslashreplace").decode()


def merge_new(
    existing_ids: Collection[str], comments: Iterable[Comment]
) -> tuple[list[Comment], list[Comment]]:
    """Comments not seen before, each once, and the rest.

    The answer does not depend on the order of *comments*: of two with one id the one with more
    likes and replies, the younger reading, is kept, and both lists are sorted by time and id.
    """
    known = frozenset(existing_ids)
    new: dict[str, Comment] = {}
    duplicates: list[Comment] = []
    for comment in sorted(comments, key=_reading_order, reverse=True):
        if comment.comment_id in known or comment.comment_id in new:
            duplicates.append(comment)
        else:
            new[comment.comment_id] = comment
    return sorted(new.values(), key=_by_time), sorted(duplicates, key=_by_time)


def _reading_order(comment: Comment) -> tuple[int, int, str]:
    likes = -1 if comment.likes is None else comment.likes
    replies = -1 if comment.replies is None else comment.replies
    return likes, replies, repr(comment)


def _by_time(comment: Comment) -> tuple[datetime, str, str]:
    return comment.created_at, comment.comment_id, repr(comment)


def _check_id(value: str | None, column: str) -> str:
    value = (value or "").strip()
    if not value:
        raise _RejectedError("missing_id", f"Column {column} is empty. Fill it from the export.")
    if _ROUNDED.fullmatch(value):
        raise _RejectedError(
            "damaged_id",
            f"{column} reads {value[:40]!r}: a spreadsheet rounded it. "
            "Export again and keep ids as text.",
        )
    if not _ID.fullmatch(value):
        raise _RejectedError("bad_id", f"{column} reads {value[:40]!r}, which is no TikTok id.")
    return value


def _check_author(value: str) -> str:
    value = value.strip()
    if not value:
        raise _RejectedError("missing_author", "The row names no author.")
    if len(value) > 256:
        raise _RejectedError("bad_id", f"The author's id has {len(value)} characters.")
    return value


def _check_text(text: str) -> str:
    if len(text) > _MAX_RAW_CHARS:
        raise _RejectedError("too_long", f"The text has {len(text):,} characters.")
    cleaned = clean(text)
    if not cleaned:
        raise _RejectedError("empty", f"{len(text)} characters, none of them visible.")
    if len(cleaned) > MAX_TEXT_CHARS:
        raise _RejectedError(
            "too_long", f"The text has {len(cleaned):,} characters; {MAX_TEXT_CHARS:,} are read."
        )
    return cleaned


def _check_time(value: datetime | str | int | None, now: datetime | None) -> datetime:
    if value is None or (isinstance(value, str) and not value.strip()):
        raise _RejectedError("missing_time", "Column create_time is empty.")
    moment = value if isinstance(value, datetime) else parse_time(str(value))
    if moment is None:
        raise _RejectedError(
            "invalid_time",
            f"create_time reads {str(value)[:40]!r}. Use ISO 8601 with an offset, or Unix seconds.",
        )
    if moment.tzinfo is None:
        raise _RejectedError(
            "naive_time", f"create_time {moment.isoformat()} has no zone. Add Z for UTC."
        )
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        raise _RejectedError("invalid_time", "create_time lies outside the calendar.") from None
    if moment < _EARLIEST:
        raise _RejectedError("invalid_time", f"{moment.isoformat()} is before TikTok existed.")
    if now is not None and moment > now + _CLOCK_SKEW:
        raise _RejectedError("future_time", f"{moment.isoformat()} is later than now.")
    return moment


def _check_count(value: int | str | None, column: str) -> int | None:
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, str) and _WHOLE.fullmatch(value.strip()):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MAX_COUNT:
        raise _RejectedError("bad_count", f"{column} reads {str(value)[:40]!r}.")
    return value


def _check_status(value: str) -> str:
    status = value.strip().upper() or "PUBLIC"
    if status not in {"PUBLIC", "HIDDEN"}:
        raise _RejectedError("bad_status", f"status reads {value[:40]!r}.")
    return status
