"""The world joins what the seed makes with what clients did."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dreambox_pipeline.sandbox.world.changes import comment_changes
from dreambox_pipeline.sandbox.world.publications import ProbedFile
from dreambox_pipeline.sandbox.world.videos import DAY, StyleMeasure
from dreambox_pipeline.sandbox.world.world import World
from dreambox_pipeline.sandbox.world.written import InjectedComment

PRESENT = datetime(2026, 5, 31, 12, tzinfo=UTC)


def world(path: Path | None = None) -> World:
    return World(seed=7, state_path=path, wall=lambda: PRESENT)


def publish(of: World) -> str:
    share_id = of.publications.request(now=of.now, video_url="http://127.0.0.1/x", post_info={})
    file = ProbedFile(6.0, 720, 1280, 30.0, 1000, "0" * 64, StyleMeasure(0.5, 0.5, 0.5, 0.5))
    of.publications.fetched(share_id, file, now=of.now)
    return share_id


def test_the_present_begins_ninety_days_before_the_real_one_at_eight() -> None:
    """History lies behind it, and the videos of the next weeks are not public yet."""
    made = world()
    assert made.clock.now() == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert len(made.public_videos()) == 30
    made.clock.advance(60 * DAY)
    assert len(made.public_videos()) > 38


def test_order_of_asking_changes_nothing() -> None:
    """Threads are the same whichever is asked first, now or later."""
    one, other = world(), world()
    videos = one.public_videos()
    before = [one.comments(video) for video in videos]
    other.clock.advance(30 * DAY)
    late = {video.video_id: other.comments(video) for video in reversed(videos)}
    for video, found in zip(videos, before, strict=True):
        still = {comment.comment_id for comment in late[video.video_id]}
        gone = [comment for comment in found if comment.comment_id not in still]
        assert all(c.deleted_at is not None for c in gone)


def test_a_post_gathers_views_and_comments_of_its_own() -> None:
    """The audience watches what the API published."""
    made = world()
    publish(made)
    made.clock.advance(10 * DAY)
    video = next(video for video in made.public_videos() if video.published_by_api)
    assert made.comments(video)
    assert made.engagement.views_at(video, made.now) > 500


def test_what_clients_did_is_there_after_a_restart(tmp_path: Path) -> None:
    """Publication, reply, like, hiding and deletion."""
    path = tmp_path / "world.sqlite"
    first = world(path)
    share_id = publish(first)
    kept, removed = (first.inject(InjectedComment(f"dream {n}")) for n in range(2))
    first.reply(kept, "may we?")
    first.set_liked(kept, liked=True)
    first.set_hidden(kept, hidden=True)
    first.delete_comment(removed)
    first.clock.advance(400)
    known = first.publications.progress(share_id, first.now)
    first.close()
    second = world(path)
    again = second.find_comment(kept.comment_id)
    assert again == kept
    assert second.is_liked(again)
    assert second.is_hidden(again)
    assert any(reply.is_owner for reply in second.replies(again))
    assert second.find_comment(removed.comment_id) is None
    assert second.publications.progress(share_id, second.now) == known
    second.close()


def test_a_deleted_comment_takes_its_replies_along() -> None:
    """Nothing hangs in the air."""
    made = world()
    told = made.inject(InjectedComment("dream"))
    reply = made.reply(told, "may we?")
    made.delete_comment(told)
    assert made.find_comment(reply.comment_id) is None


def test_changes_are_told_once_with_their_time() -> None:
    """Insert and delete, in the window they happened in."""
    made = world()
    start = made.now
    made.clock.advance(10)
    told = made.inject(InjectedComment("dream"))
    made.clock.advance(10)
    made.delete_comment(told)
    changes = [
        (action, at - start)
        for comment, action, at in comment_changes(made, start, made.now)
        if comment.comment_id == told.comment_id
    ]
    assert changes == [("insert", 10), ("delete", 20)]
    assert list(comment_changes(made, made.now, made.now)) == []


def test_injecting_under_something_missing_is_an_error() -> None:
    """A wrong id is a mistake of the test, and said so."""
    made = world()
    with pytest.raises(LookupError, match="does not exist"):
        made.inject(InjectedComment("x", video_id="1"))
    with pytest.raises(LookupError, match="does not exist"):
        made.inject(InjectedComment("x", parent_comment_id="1"))


def test_the_time_is_reserved_ahead_so_that_a_crash_cannot_turn_it_back(tmp_path: Path) -> None:
    """What was shown before a kill is not later than what is shown after."""
    path = tmp_path / "world.sqlite"
    first = World(seed=7, state_path=path, speed=100.0, wall=lambda: PRESENT)
    first.save_clock(ahead_s=3)
    shown = first.clock.now()
    second = World(seed=7, state_path=path, speed=100.0, wall=lambda: PRESENT)
    assert second.clock.now() == shown + timedelta(seconds=300)
    second.close()
    first.state.close()
