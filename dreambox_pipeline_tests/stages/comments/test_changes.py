"""What became of a comment: the newest news counts, and a deletion for ever."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreambox_pipeline.stages.comments.changes import (
    Change,
    CommentChange,
    changes_between,
    changes_in_day,
    newest_of_each,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def change(kind: Change, minute: int = 0, comment_id: str = "1") -> CommentChange:
    return CommentChange(comment_id, "7", kind, NOW + minute * MINUTE)


def counts(*changes: CommentChange) -> Change:
    (only,) = newest_of_each(changes).values()
    return only.change


def test_the_later_wins_whatever_arrived_first():
    """Webhooks overtake each other."""
    hidden, shown = change(Change.HIDDEN, 1), change(Change.SHOWN, 2)
    assert counts(hidden, shown) is counts(shown, hidden) is Change.SHOWN
    assert counts(change(Change.HIDDEN, 3), shown) is Change.HIDDEN


@pytest.mark.parametrize("later", [Change.WRITTEN, Change.SHOWN, Change.HIDDEN, Change.MISSING])
def test_a_deleted_comment_never_comes_back(later):
    """A delayed insert, or a clock that is wrong by an hour, does not resurrect it."""
    assert counts(change(Change.DELETED, 1), change(later, 60)) is Change.DELETED


def test_at_the_same_moment_the_one_that_shows_less_wins():
    """TikTok's times are whole seconds; a doubt never publishes what somebody withdrew."""
    assert counts(change(Change.SHOWN), change(Change.HIDDEN)) is Change.HIDDEN
    assert counts(change(Change.FRIENDS_ONLY), change(Change.SHOWN)) is Change.FRIENDS_ONLY


@given(
    st.lists(
        st.builds(change, st.sampled_from(Change), st.integers(0, 5), st.sampled_from("123"))
    ).flatmap(lambda found: st.tuples(st.just(found), st.permutations(found)))
)
def test_the_order_of_arrival_never_matters(both):
    """Any two orders of the same news end the same, comment by comment."""
    first, second = both
    assert newest_of_each(first) == newest_of_each(second)
    assert newest_of_each(first + second) == newest_of_each(first)


def between(stored: dict[str, str], found: dict[str, str], *, is_whole: bool = True):
    changes = changes_between(stored, found, source_video_id="7", is_whole=is_whole, now=NOW)
    assert all(each.at == NOW and each.source_video_id == "7" for each in changes)
    return {each.comment_id: each.change for each in changes}


def test_a_reading_notices_hidden_shown_and_missing_comments():
    """And says nothing of what is as it was, or new."""
    stored = {"hid": "PUBLIC", "came_back": "HIDDEN", "gone": "PUBLIC", "same": "PUBLIC"}
    found = {"hid": "HIDDEN", "came_back": "PUBLIC", "same": "PUBLIC", "new": "HIDDEN"}
    assert between(stored, found) == {
        "hid": Change.HIDDEN,
        "came_back": Change.SHOWN,
        "gone": Change.MISSING,
    }


def test_a_reading_that_broke_off_misses_nobody():
    """What was not read may still be there."""
    assert between({"1": "PUBLIC", "2": "PUBLIC"}, {"1": "HIDDEN"}, is_whole=False) == {
        "1": Change.HIDDEN
    }


def row(comment_id: str, video: str = "7", status: str = "PUBLIC", **more: object):
    rest = {"parent_comment_id": None, "origin": "accounts_api"}
    ids = {"comment_id": comment_id, "source_video_id": video, "status": status}
    return ids | rest | more


def test_a_day_is_compared_video_by_video():
    """A video that was not read to its end, or is gone itself, has no missing comments."""
    stored = [row("1"), row("2"), row("3", "8"), row("4", "9"), row("5", "9")]
    found = [row("1", status="HIDDEN"), row("4", "9", "HIDDEN")]
    changes = changes_in_day(stored, found, whole={"7"}, read_at={}, now=NOW)
    assert {(c.comment_id, c.source_video_id, c.change) for c in changes} == {
        ("1", "7", Change.HIDDEN),
        ("2", "7", Change.MISSING),
        ("4", "9", Change.HIDDEN),
    }


def test_replies_and_imported_comments_are_not_missing():
    """A reading of a video does not list them."""
    stored = [row("1", parent_comment_id="0"), row("2", origin="import")]
    assert changes_in_day(stored, [], whole={"7"}, read_at={}, now=NOW) == []


def test_a_change_is_as_old_as_the_reading_that_noticed_it():
    """A reading of hours ago is merged now; what a webhook told in between is the newer word."""
    read_at = NOW - timedelta(hours=5)
    stored = [row("1", status="HIDDEN"), row("2", "8", status="HIDDEN")]
    found = [row("1"), row("2", "8")]
    changes = changes_in_day(stored, found, whole={"7"}, read_at={"7": read_at}, now=NOW)
    assert {change.comment_id: change.at for change in changes} == {"1": read_at, "2": NOW}


@pytest.mark.parametrize("kind", Change)
def test_what_holds_a_dream_back_can_be_taken_back(kind):
    """Hiding suspends; deleting is not hiding."""
    assert kind.holds_back == (kind in {Change.HIDDEN, Change.FRIENDS_ONLY})
