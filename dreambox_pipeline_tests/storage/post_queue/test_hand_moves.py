"""A person moves one video: it is pinned, who was in the way is planned again, all of it is on record."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.stages.posts.model import PublicationState, Slot, TimingPolicy
from dreambox_pipeline.storage.ledger import Ledger, audit, publications
from dreambox_pipeline.storage.post_queue import hand_moves
from dreambox_pipeline_tests.storage import story

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
WISH = datetime(2026, 11, 28, 19, 30)  # noqa: DTZ001 - wall time
AT = datetime(2026, 11, 28, 18, 30, tzinfo=UTC)


@pytest.fixture
def ledger(tmp_path):
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    yield ledger
    ledger.close()


def queue_at(ledger: Ledger, number: int, at: datetime, *, is_pinned: bool = False):
    row = story.queue(ledger, number)
    with ledger.write() as connection:
        slot = Slot(at, f"{at:%Y-%m-%d %H:%M}", 1.0, "planned")
        publications.reschedule(
            connection, row, slot, policy_version=0, now=NOW, is_pinned=is_pinned
        )
    return now_of(ledger, row.publication_id)


def now_of(ledger: Ledger, publication_id: str) -> publications.PublicationRow:
    with ledger.read() as connection:
        row = publications.get(connection, publication_id)
    assert row is not None
    return row


def move(ledger: Ledger, any_id: str, wish: datetime = WISH) -> hand_moves.Moved:
    with ledger.write() as connection:
        return hand_moves.move(
            connection,
            any_id,
            wish,
            policy=TimingPolicy(),
            zone=BERLIN,
            now=NOW,
            by="operator:mia",
        )


def test_the_moved_one_is_pinned_and_the_displaced_one_is_planned_again(ledger):
    """Nobody loses a slot without getting another, and both moves are in the audit chain."""
    there = queue_at(ledger, 1, AT)
    mine = queue_at(ledger, 2, NOW + timedelta(days=1))
    moved = move(ledger, mine.publication_id)

    after = now_of(ledger, mine.publication_id)
    assert (after.slot_at, after.is_pinned) == (AT, True)
    assert after.slot_why.startswith("put here by hand by mia")
    ((row, slot),) = moved.displaced
    elsewhere = now_of(ledger, there.publication_id)
    assert row.publication_id == there.publication_id
    assert (elsewhere.slot_at, elsewhere.is_pinned) == (slot.at, False)
    assert abs(elsewhere.slot_at - AT) >= timedelta(hours=4)
    with ledger.read() as connection:
        entries = [(each.action, each.subject) for each in audit.entries(connection)]
    assert entries == [
        ("publication.moved", mine.publication_id),
        ("publication.displaced", there.publication_id),
    ]


def test_the_displaced_one_may_take_the_slot_that_became_free(ledger):
    """The plan counts it as free, because the moved video has left it."""
    there = queue_at(ledger, 1, AT)
    best = datetime(2026, 11, 23, 18, 30, tzinfo=UTC)
    mine = queue_at(ledger, 2, best)
    move(ledger, mine.render_id)
    assert now_of(ledger, there.publication_id).slot_at == best


def test_a_video_put_there_by_hand_does_not_make_room(ledger):
    """The second person is told, and both stay."""
    theirs = queue_at(ledger, 1, AT + timedelta(hours=1), is_pinned=True)
    mine = queue_at(ledger, 2, NOW + timedelta(days=1))
    moved = move(ledger, mine.publication_id)
    assert moved.displaced == ()
    assert theirs.publication_id in moved.warnings[0]
    assert now_of(ledger, theirs.publication_id) == theirs


def test_without_room_for_the_displaced_one_nothing_is_changed(ledger, monkeypatch):
    """A wish must not push an approved video out of the queue."""
    monkeypatch.setattr(hand_moves, "HORIZON_DAYS", 0)
    monkeypatch.setattr(hand_moves, "FARTHEST_DAYS", 0)
    there = queue_at(ledger, 1, AT)
    mine = queue_at(ledger, 2, NOW + timedelta(days=1))
    with pytest.raises(ItemError, match="have no free slot"):
        move(ledger, mine.publication_id)
    assert now_of(ledger, there.publication_id) == there
    assert now_of(ledger, mine.publication_id) == mine


def test_only_what_waits_can_be_moved(ledger):
    """What is on its way has left our hands, and an unknown id is said to be one."""
    row = queue_at(ledger, 1, AT)
    with ledger.write() as connection:
        publications.claim(connection, row.publication_id, claim_token="w", now=NOW)
    with pytest.raises(ItemError, match="is claimed, not planned"):
        move(ledger, row.publication_id)
    with pytest.raises(ItemError, match="Nothing in the queue has the id 'pub_nobody'"):
        move(ledger, "pub_nobody")


def test_unpinning_is_on_record_and_only_once(ledger):
    """It keeps its slot until a plan moves it."""
    row = queue_at(ledger, 1, AT, is_pinned=True)
    with ledger.write() as connection:
        hand_moves.unpin(connection, row.render_id, now=NOW, by="operator:mia")
        (entry,) = audit.entries(connection)
    assert entry.action == "publication.unpinned"
    assert not now_of(ledger, row.publication_id).is_pinned
    with (
        pytest.raises(ItemError, match="nothing to unpin"),
        ledger.write() as connection,
    ):
        hand_moves.unpin(connection, row.render_id, now=NOW, by="operator:mia")


def test_foreseeing_writes_nothing(ledger):
    """A person may look at what a wish would change before they wish it."""
    there = queue_at(ledger, 1, AT)
    mine = queue_at(ledger, 2, NOW + timedelta(days=1))
    with ledger.read() as connection:
        foreseen = hand_moves.foresee(
            connection,
            mine.publication_id,
            WISH,
            policy=TimingPolicy(),
            zone=BERLIN,
            now=NOW,
            by="reviewer:mia",
        )
    assert [row.publication_id for row, _ in foreseen.displaced] == [there.publication_id]
    assert now_of(ledger, mine.publication_id) == mine
    assert now_of(ledger, there.publication_id) == there


def test_what_is_taken_out_is_cancelled_with_a_record(ledger):
    """It was never sent, so nothing has to be undone; a second time there is nothing to take out."""
    row = queue_at(ledger, 1, AT)
    with ledger.write() as connection:
        hand_moves.take_out(connection, row.render_id, now=NOW, by="reviewer:mia")
        last = audit.entries(connection)[-1]
    assert now_of(ledger, row.publication_id).state is PublicationState.CANCELLED
    assert (last.actor, last.action) == ("reviewer:mia", "publication.taken_out")
    with ledger.write() as connection, pytest.raises(ItemError, match="cancelled, not planned"):
        hand_moves.take_out(connection, row.render_id, now=NOW, by="reviewer:mia")
