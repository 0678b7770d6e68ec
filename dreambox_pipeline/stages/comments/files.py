"""Read the owner's import files: CSV, JSON Lines and JSON, in the API's own terms.

    comment_id, video_id, parent_comment_id, username, text, create_time, likes, replies, status

Files come out of spreadsheets and scripts, so anything may be wrong with any row. A bad row is
reported with its line and the reading goes on behind it. Only a file that cannot be this
format at all is an error. Handles never leave here: `author_id_for` hashes them.
"""

import csv
import hashlib
import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.stages.comments.ingest import encodable, make_comment
from dreambox_pipeline.stages.comments.model import Comment, RejectedRow

COLUMNS = (
    "comment_id",
    "video_id",
    "parent_comment_id",
    "username",
    "text",
    "create_time",
    "likes",
    "replies",
    "status",
)
REQUIRED_COLUMNS = frozenset({"video_id", "text", "create_time"})
ORIGIN = "import"

# Below the limit of the csv module (131,072), which is global to the process and stays as it is.
_MAX_RECORD_CHARS = 100_000
# A quoted text may hold line ends; behind this many it is a quote that someone forgot.
_MAX_RECORD_LINES = 200
_DELIMITERS = (",", ";", "\t")
# Stands in for the id until the other fields are checked and it can be derived from them.
_PENDING_ID = "csv:pending"

Row = Comment | RejectedRow
AuthorIdFor = Callable[[str], str]


def read_csv(lines: Iterable[str], *, author_id_for: AuthorIdFor, now: datetime) -> Iterator[Row]:
    """Comments and rejected rows of a CSV file, in its order.

    Args:
        lines: Physical lines, with or without their ends, decoded with `errors="replace"`.
        author_id_for: Keyed hash of a handle.
        now: Aware; later comments are refused.

    Raises:
        ItemError: Before the first row: the header misses a column we cannot do without.
    """
    source = _Lines(lines)
    header_line = source.take()
    header, delimiter = _header(header_line[1] if header_line else "")
    return _csv_rows(source, header, delimiter, author_id_for=author_id_for, now=now)


def read_jsonl(lines: Iterable[str], *, author_id_for: AuthorIdFor, now: datetime) -> Iterator[Row]:
    """Comments and rejected rows of a file with one JSON object per line; see `read_csv`."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        if rejected := _damage(number, line):
            yield rejected
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield RejectedRow(number, "bad_json", f"Line {number} is not JSON: {_said(error)}.")
            continue
        yield _from_object(number, value, author_id_for=author_id_for, now=now)


def read_json(text: str, *, author_id_for: AuthorIdFor, now: datetime) -> Iterator[Row]:
    """Comments and rejected rows of a JSON array, or of `{"comments": [...]}`.

    Raises:
        ItemError: The text is not JSON, or holds no list of comments.
    """
    try:
        value = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise ItemError(
            f"Read the file as JSON and it broke: {_said(error)}. If it holds one object per line, "
            "name it .jsonl."
        ) from error
    rows = value.get("comments") if isinstance(value, dict) else value
    if not isinstance(rows, list):
        raise ItemError(
            "The JSON file holds no list of comments. Expected an array of objects, or an object "
            'with the array under "comments".'
        )
    return (
        _from_object(number, row, author_id_for=author_id_for, now=now)
        for number, row in enumerate(rows, start=1)
    )


class _Lines:
    """Physical lines with their numbers, which can be put back."""

    def __init__(self, lines: Iterable[str]) -> None:
        self._rest = enumerate(lines, start=1)
        self._returned: deque[tuple[int, str]] = deque()

    def take(self) -> tuple[int, str] | None:
        if self._returned:
            return self._returned.popleft()
        number, line = next(self._rest, (0, ""))
        return (number, line.rstrip("\r\n")) if number else None

    def put_back(self, lines: Sequence[tuple[int, str]]) -> None:
        self._returned.extendleft(reversed(lines))


def _header(line: str) -> tuple[list[str], str]:
    line = line.removeprefix("\ufeff")[:_MAX_RECORD_CHARS].replace("\x00", "")
    best: list[str] = []
    for delimiter in _DELIMITERS:
        names = [name.strip().lower() for name in _split(line, delimiter) or []]
        if set(names) >= REQUIRED_COLUMNS:
            return names, delimiter
        best = max(best, names, key=len)
    found = ", ".join(name[:30] for name in best[:20]) or "nothing"
    raise ItemError(
        f"Read the first line as the CSV header and found: {found}. Expected the columns "
        f"{', '.join(COLUMNS)}; {', '.join(sorted(REQUIRED_COLUMNS))} must be there. "
        "Add the header line, or rename the columns."
    )


def _csv_rows(
    source: _Lines,
    header: Sequence[str],
    delimiter: str,
    *,
    author_id_for: AuthorIdFor,
    now: datetime,
) -> Iterator[Row]:
    while (first := source.take()) is not None:
        number, line = first
        if not line.strip():
            continue
        fields = _damage(number, line) or _fields(first, source, len(header), delimiter)
        if isinstance(fields, RejectedRow):
            yield fields
            continue
        named = dict(zip(header, fields, strict=True))
        yield _from_fields(number, named, author_id_for=author_id_for, now=now)


def _damage(number: int, line: str) -> RejectedRow | None:
    if len(line) > _MAX_RECORD_CHARS:
        return RejectedRow(number, "too_long", f"Line {number} has {len(line):,} characters.")
    if "\x00" in line:
        return RejectedRow(number, "nul_byte", f"Line {number} holds a NUL byte. Save as UTF-8.")
    if "\ufffd" in line:
        return RejectedRow(
            number, "undecodable", f"Line {number} holds bytes that are not UTF-8. Save as UTF-8."
        )
    return None


def _fields(
    first: tuple[int, str], source: _Lines, expected: int, delimiter: str
) -> list[str] | RejectedRow:
    """The fields of the record that starts in *first*; on failure only that line is used up."""
    number, record = first
    behind: list[tuple[int, str]] = []
    is_open = _ends_in_quotes(record, delimiter)
    while is_open and len(behind) < _MAX_RECORD_LINES and len(record) <= _MAX_RECORD_CHARS:
        following = source.take()
        if following is None:
            break
        behind.append(following)
        if _damage(*following):
            break
        record = f"{record}\n{following[1]}"
        is_open = _ends_in_quotes(record, delimiter) if '"' in following[1] else True
    if not is_open and len(record) <= _MAX_RECORD_CHARS:
        fields = _split(record, delimiter)
        if fields is None:
            source.put_back(behind)
            return RejectedRow(number, "bad_csv", f"Line {number} holds a line end outside quotes.")
        if len(fields) == expected:
            return fields
        if not behind:
            return RejectedRow(
                number,
                "field_count",
                f"Line {number} has {len(fields)} fields, the header has {expected}. "
                "Put quotes around texts that hold the separator.",
            )
    # The quote swallowed rows that are none of its business: give them back.
    source.put_back(behind)
    return RejectedRow(
        number, "unbalanced_quote", f"Line {number} opens a quoted text and does not close it."
    )


def _split(record: str, delimiter: str) -> list[str] | None:
    """The fields of a record, or None when the csv module refuses it."""
    try:
        return next(csv.reader([record], delimiter=delimiter), [])
    except csv.Error:
        return None


def _ends_in_quotes(record: str, delimiter: str) -> bool:
    """Whether a reader would be inside quotes behind *record*; a quote opens only at a field's start."""
    if '"' not in record:
        return False
    inside, at_start, i = False, True, 0
    while i < len(record):
        char = record[i]
        if inside:
            if char == '"' and record[i + 1 : i + 2] == '"':
                i += 1
            elif char == '"':
                inside = False
        elif char == '"' and at_start:
            inside = True
        at_start = not inside and char == delimiter
        i += 1
    return inside


def _from_object(number: int, value: object, *, author_id_for: AuthorIdFor, now: datetime) -> Row:
    if not isinstance(value, dict):
        return RejectedRow(number, "bad_json", f"Row {number} is no JSON object.")
    fields = {str(key).lower(): _as_text(item) for key, item in value.items()}
    if "\x00" in fields.get("text", ""):
        return RejectedRow(number, "nul_byte", f"Row {number} holds a NUL character.")
    return _from_fields(number, fields, author_id_for=author_id_for, now=now)


def _as_text(value: object) -> str:
    """JSON's null is empty; whole numbers keep every digit; the rest fails where it is checked."""
    return "" if value is None else str(value)


def _from_fields(
    number: int, fields: Mapping[str, str], *, author_id_for: AuthorIdFor, now: datetime
) -> Row:
    given_id = fields.get("comment_id", "").strip()
    # Without a handle the author is unknown, and unknown is not one person who wrote them all.
    handle = fields.get("username", "").strip() or f"unknown:{given_id or fields.get('text', '')}"
    comment = make_comment(
        row=number,
        comment_id=given_id or _PENDING_ID,
        source_video_id=fields.get("video_id", ""),
        author_id=author_id_for(encodable(handle)),
        text=fields.get("text", ""),
        created_at=fields.get("create_time", ""),
        parent_comment_id=fields.get("parent_comment_id", ""),
        likes=fields.get("likes", ""),
        replies=fields.get("replies", ""),
        is_owner=fields.get("owner", "").strip().lower() in {"true", "1", "yes"},
        status=fields.get("status", ""),
        origin=ORIGIN,
        now=now,
    )
    if given_id or isinstance(comment, RejectedRow):
        return comment
    return replace(comment, comment_id=_synthetic_id(comment))


def _synthetic_id(comment: Comment) -> str:
    """The same row gets the same id in every import, wherever in the file it stands."""
    parts = (
        comment.source_video_id,
        comment.author_id,
        comment.created_at.isoformat(),
        comment.text,
    )
    return f"csv:{hashlib.sha256('|'.join(parts).encode()).hexdigest()[:24]}"


def _said(error: Exception) -> str:
    return str(error)[:120] or type(error).__name__
