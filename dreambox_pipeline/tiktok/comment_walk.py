"""Every comment of a video exactly once, although the list moves while it is read.

TikTok's cursor counts entries from the start of the list, and the order asked for holds for the
first 500 (`SORTED_COMMENTS`); the rest comes by likes and repeats some of the first. A deletion
between two pages shifts all that follows by one, so plain paging would skip a comment for good.

1. The newest 500 are read newest first, each page joined to the one before it (`steady_reader`).
   That is all for a video with fewer, and for a walk that only wants what is new.
2. Then the oldest 500, oldest first, until they meet what is known: up to 1,000 without the rest.
3. Only what lies between is left, and comes from the rest by likes. A comment that is promoted
   into the oldest 500 meanwhile, because one of them was deleted, is found by reading their end
   again. If anything moved, all of this step is done again, at most `MAX_PASSES` times.

So whatever is written or deleted meanwhile, a comment that exists during the whole walk is given
once. In step 3 only, likes that change between two pages can in rare cases hide one for this walk.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Literal

import structlog

from dreambox_pipeline.tiktok.endpoints import COMMENTS_PER_PAGE
from dreambox_pipeline.tiktok.listing import Page, report_unreadable
from dreambox_pipeline.tiktok.schemas import CommentObject
from dreambox_pipeline.tiktok.steady_reader import SteadyReader

SORTED_COMMENTS = 500
"""How many comments of a video follow the order asked for; the rest come by likes."""

MAX_PASSES = 3
"""How often the rest beyond the sorted comments is read while it keeps moving."""

Order = Literal["asc", "desc"]
FetchOrdered = Callable[[Order, int, int], Page[CommentObject]]
"""Gives the page of an order that begins at an offset and holds at most so many entries."""

_log = structlog.get_logger(__name__)


def walk_comments(
    fetch: FetchOrdered,
    *,
    since: datetime | None,
    path: str,
    sorted_reach: int = SORTED_COMMENTS,
    page_size: int = COMMENTS_PER_PAGE,
) -> Iterator[CommentObject]:
    """Comments written at or after *since*, each once, as far as the caller keeps asking.

    Inside the newest 500 the first older comment ends the walk. A pinned one does not: it may
    stand first however old it is. Comments without a time are kept, whatever *since* is.

    Raises:
        StuckCursor: The list promises more and gives nothing new. What was yielded is good.
    """
    walk = _Walk(fetch, path=path, reach=sorted_reach, page_size=page_size)
    given: set[str] = set()
    for comment in walk.everything(since):
        if comment.comment_id not in given and not _is_older(comment, since):
            given.add(comment.comment_id)
            yield comment


def _is_older(comment: CommentObject, since: datetime | None) -> bool:
    return since is not None and comment.create_time is not None and comment.create_time < since


class _Walk:
    """One walk over one video's comments; gives some of them several times."""

    def __init__(self, fetch: FetchOrdered, *, path: str, reach: int, page_size: int) -> None:
        self._fetch_ordered, self._path = fetch, path
        self._reach, self._page_size = reach, page_size

    def everything(self, since: datetime | None) -> Iterator[CommentObject]:
        newest = self._reader("desc", end=self._reach)
        for comment in newest:
            if _is_older(comment, since) and not comment.pinned and newest.is_in_order:
                break
            yield comment
        else:
            if not newest.is_finished:
                yield from self._older(newest)
        if newest.has_moved:
            # What came in at the head, or was pinned there, stands on the first page.
            yield from self._fetch("desc", 0, self._page_size).items

    def _older(self, newest: SteadyReader) -> Iterator[CommentObject]:
        oldest = self._reader("asc", end=self._reach)
        for comment in oldest:
            if not oldest.is_in_order:
                # The order is not obeyed from this end, so meeting what is known means nothing.
                _log.warning("tiktok.ascending_order_ignored", path=self._path)
                yield from self._rest("desc", newest.read_ids)
                return
            if comment.comment_id in newest.read_ids and not comment.pinned:
                return
            yield comment
        if not oldest.is_finished:
            yield from self._rest("asc", oldest.read_ids)

    def _rest(self, order: Order, sorted_ids: set[str]) -> Iterator[CommentObject]:
        for _ in range(MAX_PASSES):
            rest = self._reader(order, start=self._reach, repeats=sorted_ids)
            yield from rest
            promoted = False
            for comment in self._promoted(order, sorted_ids):
                promoted = True
                yield comment
            if not (rest.has_moved or promoted):
                return
        _log.warning("tiktok.comments_kept_moving", path=self._path, passes=MAX_PASSES)

    def _promoted(self, order: Order, sorted_ids: set[str]) -> Iterator[CommentObject]:
        """What moved from the rest to the end of the sorted comments, backwards page by page."""
        begin = self._reach
        while begin > 0:
            end, begin = begin, max(0, begin - self._page_size)
            found = self._fetch(order, begin, end - begin).items
            unknown = [c for c in found if c.comment_id not in sorted_ids]
            is_joined = bool(found) and found[0] not in unknown
            sorted_ids.update(comment.comment_id for comment in unknown)
            yield from unknown
            if is_joined:
                return

    def _reader(
        self,
        order: Order,
        *,
        start: int = 0,
        end: int | None = None,
        repeats: set[str] | frozenset[str] = frozenset(),
    ) -> SteadyReader:
        return SteadyReader(
            lambda offset, count: self._fetch(order, offset, count),
            start=start,
            end=end,
            page_size=self._page_size,
            repeats=frozenset(repeats),
            precedes=_before(order) if end is not None else None,
            path=self._path,
        )

    def _fetch(self, order: Order, offset: int, count: int) -> Page[CommentObject]:
        page = self._fetch_ordered(order, offset, count)
        report_unreadable(page, self._path)
        return page


def _before(order: Order) -> Callable[[CommentObject, CommentObject], bool]:
    """Whether one comment may stand before another; pinned ones may stand anywhere."""

    def precedes(first: CommentObject, second: CommentObject) -> bool:
        if first.pinned or second.pinned or not (first.create_time and second.create_time):
            return True
        if order == "asc":
            return first.create_time <= second.create_time
        return first.create_time >= second.create_time

    return precedes
