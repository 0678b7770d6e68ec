"""Every comment exactly once, while comments are written, deleted and liked between the pages.

The other side is a small model of TikTok's list: sorted up to a reach, then by likes with some
of the first again. Reach and pages are small, so that a few comments bring every corner about.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.tiktok import errors
from dreambox_pipeline.tiktok.comment_walk import walk_comments
from dreambox_pipeline.tiktok.listing import MAX_BARREN_PAGES, Page
from dreambox_pipeline.tiktok.schemas import CommentObject

START = datetime(2026, 11, 1, tzinfo=UTC)
REACH, PAGE = 6, 3


@dataclass
class Written:
    """One comment of the model."""

    number: int
    minute: int
    likes: int = 0
    pinned: bool = False


@dataclass
class MovingList:
    """TikTok's list of comments; *changes* happens before each request.

    A change is "write", a number (the place of a comment to delete, as a share of the list), or
    a pair of numbers (the place of a comment, and the likes it gets).
    """

    comments: list[Written]
    changes: list[list[object]] = field(default_factory=list)
    repeats_every: int = 3
    requests: list[tuple[str, int, int]] = field(default_factory=list)
    obeys_ascending: bool = True
    reach: int = REACH

    def __post_init__(self) -> None:
        self.written = len(self.comments)
        self.ever_gone: set[str] = set()
        self.ever_liked: set[str] = set()

    def fetch(self, order: str, cursor: int, count: int) -> Page[CommentObject]:
        if len(self.requests) < len(self.changes):
            for change in self.changes[len(self.requests)]:
                self._change(change)
        self.requests.append((order, cursor, count))
        listed = self._listed(order)
        end = min(cursor + count, len(listed))
        return Page[CommentObject](
            items=tuple(_wire(one) for one in listed[cursor:end]),
            cursor=max(cursor, end),
            has_more=end < len(listed),
        )

    def _change(self, change: object) -> None:
        if change == "write":
            newest = max((c.minute for c in self.comments), default=0)
            self.comments.append(Written(self.written, newest + self.written % 2))
            self.written += 1
        elif self.comments and isinstance(change, tuple):
            place, likes = change
            liked = self.comments[int(place * (len(self.comments) - 1))]
            liked.likes = likes
            self.ever_liked.add(_id(liked))
        elif self.comments:
            gone = self.comments.pop(int(float(change) * (len(self.comments) - 1)))
            self.ever_gone.add(_id(gone))

    def _listed(self, order: str) -> list[Written]:
        is_ascending = order == "asc" and self.obeys_ascending
        ordered = sorted(
            self.comments, key=lambda c: (c.minute, c.number), reverse=not is_ascending
        )
        ordered.sort(key=lambda c: not c.pinned)
        first, rest = ordered[: self.reach], ordered[self.reach :]
        tail = []
        by_likes = sorted(rest, key=lambda c: (c.likes, c.minute, c.number), reverse=True)
        for place, comment in enumerate(by_likes):
            tail.append(comment)
            if place % self.repeats_every == self.repeats_every - 1:
                tail.append(first[(place * 5) % len(first)])
        return first + tail


def _id(comment: Written) -> str:
    return str(7_000_000_000_000_000_000 + comment.number)


def _wire(comment: Written) -> CommentObject:
    return CommentObject(
        comment_id=_id(comment),
        create_time=START + timedelta(minutes=comment.minute),
        likes=comment.likes,
        pinned=comment.pinned,
    )


def walked(model: MovingList, since: datetime | None = None) -> list[CommentObject]:
    return list(
        walk_comments(model.fetch, since=since, path="/list/", sorted_reach=REACH, page_size=PAGE)
    )


def people(count: int, likes: list[int] | None = None) -> list[Written]:
    """*count* comments, two a minute, so that some have the same time."""
    return [Written(n, n // 2, likes=(likes or [0])[n % len(likes or [0])]) for n in range(count)]


WRITES_AND_DELETIONS = st.lists(
    st.lists(st.one_of(st.just("write"), st.floats(0, 1)), max_size=3), max_size=14
)
LIKES = st.lists(st.integers(0, 9), min_size=1, max_size=9)


@given(count=st.integers(0, REACH), changes=WRITES_AND_DELETIONS)
@settings(max_examples=300, deadline=None)
def test_below_the_reach_no_survivor_is_lost_and_none_given_twice(count, changes):
    """Whatever is written and deleted between two pages."""
    _check_survivors(MovingList(people(count), changes))


@given(count=st.integers(REACH, 24), likes=LIKES, changes=WRITES_AND_DELETIONS)
@settings(max_examples=300, deadline=None)
def test_beyond_the_reach_no_survivor_is_lost_and_none_given_twice(count, likes, changes):
    """The rest comes by likes, repeats, and moves with every deletion before it."""
    _check_survivors(MovingList(people(count, likes), changes))


def _check_survivors(model: MovingList) -> None:
    at_start = {_id(comment) for comment in model.comments}
    given_ids = [comment.comment_id for comment in walked(model)]
    assert len(given_ids) == len(set(given_ids))
    assert at_start - model.ever_gone <= set(given_ids)


@given(count=st.integers(0, 20), changes=WRITES_AND_DELETIONS, minutes=st.integers(0, 10))
@settings(max_examples=200, deadline=None)
def test_what_is_newer_is_complete_and_nothing_older_is_given(count, changes, minutes):
    """The early end inside the sorted comments costs no newer one."""
    model = MovingList(people(count), changes)
    since = START + timedelta(minutes=minutes)
    newer = {_id(comment) for comment in model.comments if comment.minute >= minutes}
    found = walked(model, since)
    ids = [comment.comment_id for comment in found]
    assert len(ids) == len(set(ids))
    assert newer - model.ever_gone <= set(ids)
    assert all(comment.create_time >= since for comment in found)


CHANGES_WITH_LIKES = st.lists(
    st.lists(
        st.one_of(st.just("write"), st.floats(0, 1), st.tuples(st.floats(0, 1), st.integers(0, 9))),
        max_size=3,
    ),
    max_size=30,
)


@given(count=st.integers(0, 24), likes=LIKES, changes=CHANGES_WITH_LIKES)
@settings(max_examples=200, deadline=None)
def test_however_a_list_moves_the_walk_ends_and_gives_nothing_twice(count, likes, changes):
    """With likes that change between all pages, too."""
    model = MovingList(people(count, likes), changes)
    ids = [comment.comment_id for comment in walked(model)]
    assert len(ids) == len(set(ids))
    assert len(model.requests) < 200


def test_a_comment_whose_likes_carry_it_past_us_is_found_by_the_second_pass():
    """It jumps from the part we have not read into the part we have."""
    quiet = MovingList(people(30))
    walked(quiet)
    in_the_rest = next(n for n, request in enumerate(quiet.requests) if request[1] > REACH + 1)
    changes = [[] for _ in range(in_the_rest)] + [[(0.55, 9)]]
    model = MovingList(people(30), changes)
    found = {comment.comment_id for comment in walked(model)}
    assert model.ever_liked
    assert found == {_id(comment) for comment in model.comments}
    assert len(model.requests) > len(quiet.requests)


@pytest.mark.parametrize("count", [0, 1, REACH - 1, REACH, REACH + 1, 2 * REACH, 2 * REACH + 1, 40])
def test_a_list_at_rest_is_read_once_and_completely(count):
    """No second pass, and no page twice."""
    model = MovingList(people(count, [3, 1, 4, 1, 5]))
    found = {comment.comment_id for comment in walked(model)}
    assert found == {_id(comment) for comment in model.comments}
    assert len(set(model.requests)) == len(model.requests)


def test_joining_pages_costs_one_entry_a_page():
    """29 of 30 entries are new at TikTok's sizes: 1,160 comments from 40 requests."""
    model = MovingList([Written(n, n) for n in range(400)], reach=500)
    found = walk_comments(model.fetch, since=None, path="/list/")
    assert len(list(found)) == 400
    assert [cursor for _, cursor, _ in model.requests] == [29 * n for n in range(14)]


def test_an_order_that_is_not_obeyed_from_the_old_end_loses_nothing():
    """Meeting what is known would end the walk there; the rest is read from the new end instead."""
    model = MovingList(people(30, [3, 1, 4, 1, 5]), obeys_ascending=False)
    found = {comment.comment_id for comment in walked(model)}
    assert found == {_id(comment) for comment in model.comments}


def test_a_pinned_comment_neither_ends_a_walk_nor_joins_its_ends():
    """It stands first in either direction, however old it is."""
    comments = people(2 * REACH)
    comments[0].pinned = comments[-1].pinned = True
    model = MovingList(comments)
    assert len(walked(model)) == 2 * REACH
    newer = walked(model, START + timedelta(minutes=3))
    assert {comment.comment_id for comment in newer} == {_id(c) for c in comments if c.minute >= 3}


def test_a_comment_pinned_while_we_read_is_given():
    """It leaves the part ahead of us for the first page, which is read again."""

    class Pinning(MovingList):
        def fetch(self, order, cursor, count):
            if len(self.requests) == 1:
                self.comments[0].pinned = True
            return super().fetch(order, cursor, count)

    model = Pinning(people(REACH))
    assert {c.comment_id for c in walked(model)} == {_id(c) for c in model.comments}


def test_a_deletion_is_the_whole_difference_to_plain_paging():
    """The fault that this module exists for: plain paging loses one, the walk does not."""
    deletion = [[], [1.0]]
    model = MovingList(people(REACH), deletion)
    pages = [model.fetch("desc", cursor, PAGE) for cursor in (0, PAGE)]
    plain = {comment.comment_id for page in pages for comment in page.items}
    survivors = {_id(comment) for comment in model.comments}
    assert len(survivors - plain) == 1
    assert survivors <= {c.comment_id for c in walked(MovingList(people(REACH), deletion))}


def test_a_list_that_deletes_at_every_page_still_ends():
    """Steps back are counted."""
    model = MovingList(people(REACH), [[0.9]] * 200)
    walked(model)
    assert len(model.requests) < 30


@pytest.mark.parametrize("order_of_first_page", ["desc", "asc"])
def test_a_page_that_repeats_for_ever_keeps_what_it_gave(order_of_first_page):
    """In either direction: the error comes after the entries, and soon."""
    model = MovingList(people(30))
    asked = []

    def fetch(order, cursor, count):
        asked.append(order)
        if order == order_of_first_page:
            return model.fetch(order, 0, count).model_copy(update={"has_more": True})
        return model.fetch(order, cursor, count)

    walk = walk_comments(fetch, since=None, path="/list/", sorted_reach=500, page_size=PAGE)
    if order_of_first_page == "asc":
        walk = walk_comments(fetch, since=None, path="/list/", sorted_reach=REACH, page_size=PAGE)
    found = []
    with pytest.raises(errors.StuckCursor):
        found.extend(_kept(walk, found))
    assert len(found) >= PAGE
    assert len(asked) < 3 * MAX_BARREN_PAGES


def _kept(walk, found):
    for comment in walk:
        found.append(comment)
    return []
