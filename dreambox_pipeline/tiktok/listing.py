"""Walking TikTok's listings: every entry once, an end for certain, and never a silent gap.

A page may be short or empty and still have more after it; a cursor may stand still; a page may
repeat for ever. `walk_pages` trusts the cursor, which is right for videos: theirs is a time.
Comments are walked in `comment_walk`. Requests are not made here.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Generic, TypeVar

import structlog
from pydantic import ValidationError

from dreambox_pipeline.tiktok.errors import StuckCursor
from dreambox_pipeline.tiktok.schemas import WireObject

MAX_BARREN_PAGES = 40
"""Pages in a row with nothing new on them after which a listing is broken.

The 500 entries that TikTok may repeat are 17 full pages; a page that repeats for ever costs a minute.
"""

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
    barren_pages = 0
    while True:
        page = fetch(cursor)
        report_unreadable(page, path)
        known = len(seen)
        for item in page.items:
            if identity(item) not in seen:
                seen.add(identity(item))
                yield item
        if not page.has_more:
            return
        barren_pages = 0 if len(seen) > known else barren_pages + 1
        if page.cursor is None or page.cursor in cursors or barren_pages > MAX_BARREN_PAGES:
            raise stuck(path, entries=len(seen), cursor=page.cursor, barren_pages=barren_pages)
        cursor = page.cursor
        cursors.add(cursor)


def stuck(path: str, *, entries: int, cursor: int | None, barren_pages: int) -> StuckCursor:
    """The error for a listing that promises more than it gives."""
    return StuckCursor(
        f"Listing {path} says there is more after {entries} entries, but leads on to cursor "
        f"{cursor}, and {barren_pages} pages in a row had nothing new. {StuckCursor.advice}",
        path=path,
    )


def report_unreadable(page: Page[Any], path: str) -> None:
    """Log how many entries of *page* were left out, if any."""
    if page.unreadable:
        # Without an id an entry can be neither stored nor found again; its text is not logged.
        _log.warning("tiktok.unreadable_entries", path=path, entries=page.unreadable)
