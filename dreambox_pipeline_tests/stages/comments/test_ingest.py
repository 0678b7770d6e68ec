"""Rules of the one door for comments."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.stages.comments.ingest import (
    MAX_TEXT_CHARS,
    REASONS,
    make_comment,
    merge_new,
    parse_time,
)
from dreambox_pipeline.stages.comments.model import Comment, RejectedRow

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
GOOD = {
    "row": 4,
    "comment_id": "7400000000000000123",
    "source_video_id": "7400000000000000001",
    "author_id": "a1b2",
    "text": "I dreamt of a lighthouse",
    "created_at": NOW - timedelta(days=1),
    "origin": "accounts_api",
    "now": NOW,
}


def make(**changes):
    return make_comment(**{**GOOD, **changes})


def test_a_good_row_becomes_a_comment_as_it_is():
    """Ids stay text, unknown counts stay unknown."""
    comment = make()
    assert isinstance(comment, Comment)
    assert comment.comment_id == "7400000000000000123"
    assert comment.likes is None
    assert comment.replies is None
    assert comment.status == "PUBLIC"


@pytest.mark.parametrize("text", ["😭😭", "❤️", "👩‍👩‍👧"])
def test_emoji_alone_are_a_comment(text):
    """They say something."""
    assert make(text=text).text == text


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"text": ""}, "empty"),
        ({"text": "\u200b\u200d\ufeff \u2060"}, "empty"),
        ({"text": "x" * (MAX_TEXT_CHARS + 1)}, "too_long"),
        ({"text": "x" * 10_000_000}, "too_long"),
        ({"comment_id": " "}, "missing_id"),
        ({"source_video_id": ""}, "missing_id"),
        ({"comment_id": "7.4E+18"}, "damaged_id"),
        ({"source_video_id": "7400000000000000001.0"}, "damaged_id"),
        ({"comment_id": "<b>1</b>"}, "bad_id"),
        ({"comment_id": "1" * 200}, "bad_id"),
        ({"parent_comment_id": "no id!"}, "bad_id"),
        ({"author_id": "  "}, "missing_author"),
        ({"author_id": "a" * 300}, "bad_id"),
        ({"created_at": None}, "missing_time"),
        ({"created_at": " "}, "missing_time"),
        ({"created_at": "yesterday"}, "invalid_time"),
        ({"created_at": datetime(1970, 1, 1, tzinfo=UTC)}, "invalid_time"),
        ({"created_at": datetime(9999, 12, 31, 23, tzinfo=timezone(timedelta(hours=-5)))}, "invalid_time"),
        ({"created_at": datetime(2026, 4, 1)}, "naive_time"),  # noqa: DTZ001 - the subject
        ({"created_at": NOW + timedelta(days=1)}, "future_time"),
        ({"likes": -1}, "bad_count"),
        ({"likes": "1.5K"}, "bad_count"),
        ({"replies": True}, "bad_count"),
        ({"status": "DELETED"}, "bad_status"),
    ],
)  # fmt: skip
def test_a_bad_row_is_rejected_with_its_reason(changes, reason):
    """The reason is a known code and the detail never repeats a whole text."""
    rejected = make(**changes)
    assert isinstance(rejected, RejectedRow)
    assert (rejected.row, rejected.reason) == (4, reason)
    assert rejected.reason in REASONS
    assert 0 < len(rejected.detail) < 200


def test_the_longest_text_still_comes_in():
    """The limit itself is allowed, and counted after cleaning."""
    assert len(make(text="x" * MAX_TEXT_CHARS + "\u200b").text) == MAX_TEXT_CHARS


def test_a_clock_may_be_a_little_ahead():
    """Two machines rarely agree to the minute."""
    assert isinstance(make(created_at=NOW + timedelta(minutes=5)), Comment)


@pytest.mark.parametrize("parent", ["", " ", "0", None])
def test_no_parent_means_a_comment_of_its_own(parent):
    """Exports write "none" in several ways."""
    assert make(parent_comment_id=parent).parent_comment_id is None


@pytest.mark.parametrize(
    "value",
    [
        "2026-03-01T18:30:00Z",
        "2026-03-01T18:30:00.000Z",
        "2026-03-01T19:30:00+01:00",
        "2026-03-01 18:30:00 UTC",
        " 1772389800 ",
        "1772389800000",
    ],
)
def test_every_way_to_write_a_time_is_the_same_moment(value):
    """ISO with Z or offset, TikTok's export, Unix seconds and milliseconds."""
    assert parse_time(value) == datetime(2026, 3, 1, 18, 30, tzinfo=UTC)
    assert parse_time(value).tzinfo is UTC


@pytest.mark.parametrize(
    "value", ["", "soon", "2026-13-01T00:00:00Z", "99", "٢٠٢٦٠٣٠١٠", "0001-01-01T00:00:00+14:00"]
)
def test_what_is_no_time_is_none(value):
    """Never a guess."""
    assert parse_time(value) is None


@settings(max_examples=200, deadline=None)
@given(
    text=st.text(),
    comment_id=st.text(max_size=30),
    created_at=st.one_of(st.none(), st.text(max_size=30), st.datetimes(), st.integers()),
    likes=st.one_of(st.none(), st.integers(), st.text(max_size=8)),
    status=st.sampled_from(["PUBLIC", "hidden", "", "?"]),
)
def test_nothing_that_comes_in_raises(text, comment_id, created_at, likes, status):
    """Whatever the row holds, it is a comment or a reason."""
    outcome = make(
        text=text, comment_id=comment_id, created_at=created_at, likes=likes, status=status
    )
    if isinstance(outcome, Comment):
        assert 0 < len(outcome.text) <= MAX_TEXT_CHARS
        assert outcome.created_at.tzinfo is UTC
    else:
        assert outcome.reason in REASONS


COMMENTS = st.lists(
    st.builds(
        lambda number, likes, text: make(comment_id=str(number), likes=likes, text=text),
        st.integers(1, 6),
        st.one_of(st.none(), st.integers(0, 3)),
        st.sampled_from(["one", "two"]),
    ),
    max_size=12,
)


@settings(max_examples=100, deadline=None)
@given(comments=COMMENTS, order=st.randoms(use_true_random=False))
def test_merging_does_not_depend_on_order(comments, order):
    """Pages arrive in any order and overlap."""
    shuffled = list(comments)
    order.shuffle(shuffled)
    merged = merge_new({"3"}, comments)
    assert merged == merge_new({"3"}, shuffled)
    new, duplicates = merged
    ids = [c.comment_id for c in new]
    assert len(ids) == len(set(ids))
    assert "3" not in ids
    assert len(new) + len(duplicates) == len(comments)


def test_merging_twice_adds_nothing():
    """An import run again changes nothing."""
    new, _ = merge_new([], [make(comment_id="1"), make(comment_id="2")])
    again, duplicates = merge_new([c.comment_id for c in new], new)
    assert again == []
    assert duplicates == new


def test_of_two_readings_the_one_with_more_likes_is_kept():
    """Likes grow, so more of them is the younger reading."""
    new, (old,) = merge_new([], [make(likes=None), make(likes=9)])
    assert [c.likes for c in new] == [9]
    assert old.likes is None
