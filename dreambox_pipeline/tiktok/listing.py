"""Walking TikTok's listings: every entry once, an end for certain, and never a silent gap.

A page may be short or empty and still have more after it; a cursor may stand still; beyond the
first 500 comments the order changes and entries repeat. Only the walk is here, not the requests.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, TypeVar

import structlog
from pydantic import ValidationError

from dreambox_pipeline.tiktok.errors import StuckCursor
from dreambox_pipeline.tiktok.schemas import CommentObject, WireObject

SORTED_COMMENTS = 500
"""How many comments of a video follow the order asked for; the rest come by likes."""

MAX_EMPTY_PAGES = 20
"""Empty pages in a row, each with a new cursor, after which a listing is broken."""

Entry = TypeVar("Entry", bound=WireObject)
_log = structlog.get_logger(__name__)


class Page(WireObject, Generic[Entry]):
    """One page of a listing.

    Attributes:
        cursor: Where the next page begins, or None.
        has_more: A page may be short, even empty, and still have more after it.
        unreadable: How many entries could not be read and were left out.
    """

    items: tuple[Entry, ...]
    cursor: int | None
    has_more: bool
    unreadable: int = 0


def read_page(data: Mapping[str, Any], *, key: str, of: type[Entry]) -> Page[Entry]:
    """The page in *data*, whose entries are under *key*. Unreadable entries are counted, not raised."""
    raw = data.get(key)
    entries: Sequence[object] = raw if isinstance(raw, list) else ()
    read = [_read_entry(entry, of) for entry in entries]
    items = tuple(item for item in read if item is not None)
    return Page[Entry](
        items=items,
        cursor=_cursor(data.get("cursor")),
        has_more=data.get("has_more") is True,
        unreadable=len(read) - len(items),
    )


def _read_entry(entry: object, of: type[Entry]) -> Entry | None:
    try:
        return of.model_validate(entry)
    except ValidationError:
        return None


def _cursor(value: object) -> int | None:
    try:
        return int(str(value))
    except ValueError:
        return None


def walk_pages(
    fetch: Callable[[int | None], Page[Entry]],
    *,
    identity: Callable[[Entry], str],
    path: str,
) -> Iterator[Entry]:
    """Every entry of a listing once, page by page, as long as the caller keeps asking.

    Raises:
        StuckCursor: The listing promises more and does not move. What was yielded is good.
    """
    seen: set[str] = set()
    cursors: set[int | None] = {None}
    cursor: int | None = None
    empty_pages = 0
    while True:
        page = fetch(cursor)
        _report_unreadable(page, path)
        for item in page.items:
            if identity(item) not in seen:
                seen.add(identity(item))
                yield item
        if not page.has_more:
            return
        empty_pages = 0 if page.items else empty_pages + 1
        if page.cursor in cursors or empty_pages > MAX_EMPTY_PAGES:
            raise StuckCursor(
                f"Listing {path} says there is more after {len(seen)} entries, but cursor "
                f"{page.cursor} was already used or {empty_pages} pages in a row were empty. "
                f"{StuckCursor.advice}",
                path=path,
            )
        cursor = page.cursor
        cursors.add(cursor)


def newest_first_until(
    since: datetime | None, comments: Iterator[CommentObject]
) -> Iterator[CommentObject]:
    """*comments* written at or after *since*.

    Inside the first 500 the first older comment ends the walk and saves the remaining requests.
    A pinned one does not: it may stand first however old it is. Comments without a time are kept.
    """
    for position, comment in enumerate(comments):
        is_old = (
            since is not None and comment.create_time is not None and comment.create_time < since
        )
        if not is_old:
            yield comment
        elif position < SORTED_COMMENTS and not comment.pinned:
            return


def _report_unreadable(page: Page[Entry], path: str) -> None:
    if page.unreadable:
        # Without an id an entry can be neither stored nor found again; its text is not logged.
        _log.warning("tiktok.unreadable_entries", path=path, entries=page.unreadable)
