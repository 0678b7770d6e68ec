"""Reads a stretch of a list by offset, and loses nothing when entries come and go meanwhile.

Each page begins with the last entry of the page before it (the anchor). If the anchor is there,
or any entry read before, everything that follows it in the list is still ahead of us. If not,
entries before it have gone and the list has moved towards us: the reader goes back, further each
time, until it meets something it knows. Entries that came in only repeat what was read.

Right only for a list in which entries keep their order; `comment_walk` says where they do.
"""

from collections.abc import Callable, Iterator

from dreambox_pipeline.tiktok.listing import MAX_BARREN_PAGES, Page, stuck
from dreambox_pipeline.tiktok.schemas import CommentObject

MAX_STEPS_BACK = 50
"""Steps back in one reading; a list that needs more keeps no order, and is read without them."""


class SteadyReader:
    """Gives the entries from offset *start* to *end*, each once, page by page.

    Args:
        fetch: Gives the page at an offset, with at most so many entries.
        end: Where to stop; None reads to the end of the list.
        page_size: The most entries on a page.
        repeats: Ids that TikTok mixes in anywhere; they say nothing about our place.
        precedes: Whether one entry may stand before another; None when there is no such order.
        path: The endpoint, for messages.

    Attributes:
        read_ids: The ids of all entries given.
        is_finished: The list ended before *end*.
        has_moved: Something came or went while we read.
        is_in_order: What was read so far followed `precedes`.
    """

    def __init__(
        self,
        fetch: Callable[[int, int], Page[CommentObject]],
        *,
        start: int,
        end: int | None,
        page_size: int,
        repeats: frozenset[str] = frozenset(),
        precedes: Callable[[CommentObject, CommentObject], bool] | None = None,
        path: str,
    ) -> None:
        self._fetch, self._start, self._end = fetch, start, end
        self._page_size, self._repeats, self._path = page_size, repeats, path
        self._precedes = precedes
        self._anchor: tuple[str, int] | None = None
        self._steps_back_left = MAX_STEPS_BACK
        self._counts_entries = True
        self.read_ids: set[str] = set()
        self.is_finished = False
        self.has_moved = False
        self.is_in_order = True

    def __iter__(self) -> Iterator[CommentObject]:
        """Every entry of the stretch once.

        Raises:
            StuckCursor: The list promises more and gives nothing new.
        """
        reached, barren_pages = self._start, 0
        while self._end is None or reached < self._end or not self._counts_entries:
            page, begin = self._joined_page(reached)
            self._check_order(page)
            fresh = [c for c in page.items if c.comment_id not in self.read_ids]
            self._remember(page, begin)
            for comment in fresh:
                self.read_ids.add(comment.comment_id)
                yield comment
            if not self._counts_entries and len(self.read_ids) >= (self._end or 0):
                self.is_in_order = False
            if not page.has_more:
                self.is_finished = True
                return
            before, reached = reached, self._next_offset(page, begin)
            barren_pages = 0 if fresh else barren_pages + 1
            if barren_pages > MAX_BARREN_PAGES or (reached == before and not page.items):
                raise stuck(
                    self._path,
                    entries=len(self.read_ids),
                    cursor=page.cursor,
                    barren_pages=barren_pages,
                )

    def _joined_page(self, reached: int) -> tuple[Page[CommentObject], int]:
        """The next page and where it begins: at the anchor, or as far before it as it takes."""
        if self._anchor is None or not self._counts_entries:
            return self._fetch(reached, self._count(reached)), reached
        anchor_id, begin = self._anchor
        first, back = begin, max(1, self._page_size - 1)
        while True:
            page = self._fetch(begin, self._count(begin))
            if begin == first and page.items and page.items[0].comment_id != anchor_id:
                self.has_moved = True
            if begin <= self._start or self._meets(page) or self._steps_back_left == 0:
                return page, begin
            self.has_moved = True
            self._steps_back_left -= 1
            begin, back = max(self._start, first - back), back * 2

    def _meets(self, page: Page[CommentObject]) -> bool:
        if not page.items and page.has_more:
            return True  # an empty page says nothing about our place
        met = (c.comment_id for c in page.items if c.comment_id not in self._repeats)
        return any(comment_id in self.read_ids for comment_id in met)

    def _remember(self, page: Page[CommentObject], begin: int) -> None:
        """Keep the last entry that can be an anchor, unless it would bring the same page again."""
        before = self._anchor
        self._anchor = None
        for place in range(len(page.items) - 1, -1, -1):
            found = page.items[place].comment_id
            if found not in self._repeats:
                self._anchor = found, begin + place
                break
        stands_still = self._anchor == before and before is not None and begin == before[1]
        if page.has_more and (stands_still or (page.items and self._anchor is None)):
            # Nothing here tells our place, so the next page cannot be joined.
            self._anchor, self.has_moved = None, True

    def _next_offset(self, page: Page[CommentObject], begin: int) -> int:
        """Where the next page begins: TikTok's cursor when it counts entries, else our own count.

        A cursor may be ahead of what was shown, because TikTok leaves entries out, but one that
        goes back or stands still is not followed. One that is far ahead counts something else;
        then it is followed blindly.
        """
        counted = begin + len(page.items) + page.unreadable
        cursor = page.cursor
        if cursor is not None and not self._counts_entries:
            return cursor
        if cursor is None or cursor < counted:
            return counted
        if cursor > begin + self._page_size:
            self._counts_entries = False
        return cursor

    def _count(self, begin: int) -> int:
        if self._end is None or not self._counts_entries:
            return self._page_size
        return min(self._page_size, self._end - begin)

    def _check_order(self, page: Page[CommentObject]) -> None:
        if self._precedes is None or not self.is_in_order:
            return
        pairs = zip(page.items, page.items[1:], strict=False)
        self.is_in_order = all(self._precedes(first, second) for first, second in pairs)
