"""`dreambox schedule` tells the coming two weeks and why, changes nothing, and moves what it is told to."""

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import pytest

from dreambox_pipeline.cli import schedule
from dreambox_pipeline.cli.pausing import run_pause
from dreambox_pipeline.defs.resources import resources_from
from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.stages.posts.model import PublicationState as S
from dreambox_pipeline.stages.review.model import Decision, ReviewEvent
from dreambox_pipeline.storage.lake import ACCOUNT_METRICS
from dreambox_pipeline.storage.ledger import publications, reviews
from dreambox_pipeline_tests.storage import story

NOW = datetime(2027, 3, 20, 9, tzinfo=UTC)
"""A week before the clocks change in Berlin."""
UNKNOWN = dict.fromkeys(ACCOUNT_METRICS.schema.names)


@pytest.fixture
def parts(settings, monkeypatch):
    """In Berlin, at a moment of the test's choice."""
    settings = settings.model_copy(update={"time_zone": "Europe/Berlin"})
    parts = resources_from(settings) | {"clock": lambda: NOW}
    monkeypatch.setattr(schedule, "resources_from", lambda _settings: parts)
    yield parts
    parts["ledger"].close()


@pytest.fixture
def ledger(parts):
    return parts["ledger"]


def approve(ledger, number: int, decision: Decision = Decision.APPROVE) -> None:
    ids, content_hash = story.ids(number), story.video(number).content_hash
    with ledger.write() as connection:
        event = ReviewEvent(0, ids.render_id, content_hash, decision, "mia", "", NOW)
        reviews.append(connection, event)


def queue_at(ledger, number: int, at: datetime, **changes) -> publications.PublicationRow:
    """A planned video at this moment, under the policy that is in force."""
    row = story.queue(ledger, number)
    with ledger.write() as connection:
        slot = story.Slot(at, f"slot {number}", 1.0, f"reason {number}")
        publications.reschedule(connection, row, slot, policy_version=0, now=NOW, **changes)
        found = publications.get(connection, row.publication_id)
    assert found is not None
    return found


def shown(settings, console, *, days: int = 14) -> str:
    schedule.run_show(settings, console, days=days, as_json=False)
    return console.export_text()


def everything(ledger) -> list:
    with ledger.read() as connection:
        return [asdict(row) for row in publications.everything(connection)]


def test_the_calendar_has_every_slot_with_its_offset_value_and_reason(settings, console, ledger):
    """Local time before and after the change of clocks, which is said plainly."""
    before = queue_at(ledger, 1, datetime(2027, 3, 26, 18, 30, tzinfo=UTC))
    after = queue_at(ledger, 2, datetime(2027, 3, 28, 17, 30, tzinfo=UTC), is_pinned=True)
    said = shown(settings, console)
    assert "The coming 14 days in Europe/Berlin. A dry run: nothing is changed." in said
    assert "It is Sat 2027-03-20 10:00 UTC+01:00." in said
    assert "On Sun 2027-03-28 clocks go forward 1 h: Sun 2027-03-28 02:00 becomes" in said
    assert "Sun 2027-03-28  clocks change" in said
    assert (
        f"19:30 UTC+01:00  1.00x  {before.publication_id}  The whale at school  (planned)" in said
    )
    assert f"19:30 UTC+02:00  1.00x  {after.publication_id}  The whale at school pinned" in said
    assert "reason 1" in said
    assert "Sat 2027-03-20  no post" in said
    assert "Nothing waits without a slot." in said


def test_it_tells_what_the_next_run_would_do_and_does_not_do_it(settings, console, ledger):
    """A new approval, a missed slot, a withdrawn approval: all as they would be, none written."""
    missed = queue_at(ledger, 1, NOW - timedelta(hours=3))
    queue_at(ledger, 2, NOW + timedelta(days=2))
    approve(ledger, 2, Decision.REJECT)
    story.make(ledger, 3)
    approve(ledger, 3)
    story.make(ledger, 4)
    before = everything(ledger)
    said = shown(settings, console)
    assert f"missed its slot {missed.slot_local}; the next run moves it here" in said
    assert "approved; the next run queues it here" in said
    assert (
        "A slot that is missed by 2 h (the machine was off, or posting paused) is not used" in said
    )
    assert "The next run takes it out of the queue" in said
    assert "It waits for a person's review at the desk" in said
    assert everything(ledger) == before


def test_a_pause_is_said_first(settings, console, ledger, parts):
    """Otherwise the calendar would promise what will not happen."""
    ledger.migrate()
    run_pause(settings, console, reason="trouble")
    console.export_text()
    assert "Posting is paused since" in shown(settings, console)
    assert parts["ledger"] is ledger


def test_without_posts_it_says_that_it_goes_by_follower_activity(settings, console, ledger, parts):
    """Every slot's reason does, too."""
    for ago in range(1, 8):
        day = (NOW - timedelta(days=ago)).date()
        counts = [900 if hour == 12 else 100 for hour in range(24)]
        parts["lake"].upsert(
            ACCOUNT_METRICS, day, [UNKNOWN | {"day": day.isoformat(), "audience_activity": counts}]
        )
    story.make(ledger, 1)
    approve(ledger, 1)
    said = shown(settings, console)
    assert "Follower activity of the last 7 days and a weak prior, no posts yet." in said
    assert "from follower activity of the last 7 days and a weak prior, no posts yet" in said
    assert "13:30 UTC+01:00" in said


def test_json_has_the_same_for_programs(settings, console, ledger):
    """Times with their offset, and nothing that needs a person's eyes."""
    row = queue_at(ledger, 1, datetime(2027, 3, 26, 18, 30, tzinfo=UTC))
    queue_at(ledger, 2, datetime(2027, 4, 20, 17, 30, tzinfo=UTC))
    schedule.run_show(settings, console, days=14, as_json=True)
    found = json.loads(console.export_text())
    (slot,) = found["slots"]
    assert slot["publication_id"] == row.publication_id
    assert slot["local"] == "Fri 2027-03-26 19:30"
    assert slot["at"] == "2027-03-26T18:30:00+00:00"
    assert found["clock_changes"][0]["day"] == "2027-03-28"
    assert (found["first_day"], found["last_day"]) == ("2027-03-20", "2027-04-02")
    assert found["later"] == 1


def test_a_move_says_what_it_changed(settings, console, ledger):
    """The wish, who made room, and which of our rules it breaks."""
    first = queue_at(ledger, 1, datetime(2027, 3, 26, 18, 30, tzinfo=UTC))
    second = queue_at(ledger, 2, datetime(2027, 3, 28, 17, 30, tzinfo=UTC))
    wish = datetime(2027, 3, 26, 20, 0)  # noqa: DTZ001 - wall time
    schedule.run_move(second.render_id, wish, settings, console)
    said = console.export_text()
    assert f"{second.publication_id} moved from slot 2 to Fri 2027-03-26 20:00 UTC+01:00" in said
    assert f"{first.publication_id} made room: from slot 1 to" in said
    schedule.run_move(second.publication_id, wish.replace(hour=3), settings, console)
    assert "quiet hours" in console.export_text()
    schedule.run_unpin(second.publication_id, settings, console)
    assert "until a new timing policy moves it" in console.export_text()
    with pytest.raises(ItemError, match="nothing to unpin"):
        schedule.run_unpin(second.publication_id, settings, console)


def test_what_is_removed_leaves_the_queue_until_it_is_approved_again(settings, console, ledger):
    """The plan's next run leaves it out, and says what brings it back."""
    row = queue_at(ledger, 1, datetime(2027, 3, 26, 18, 30, tzinfo=UTC))
    schedule.run_remove(row.render_id, settings, console)
    said = console.export_text()
    assert f"{row.publication_id} is out of the queue; its slot was slot 1." in said
    assert "Approving its video again" in said
    with ledger.read() as connection:
        assert publications.get(connection, row.publication_id).state is S.CANCELLED
    assert "taken out of the queue" in shown(settings, console)
    with pytest.raises(ItemError, match="cancelled, not planned"):
        schedule.run_remove(row.publication_id, settings, console)


def test_a_time_that_is_none_is_a_message(dreambox):
    """With the form that is wanted."""
    done = dreambox("schedule", "move", "pub_1", "tomorrow at eight")
    assert done.returncode == 2
    assert "%Y-%m-%d %H:%M" in done.stderr
    assert "Traceback" not in done.stderr
