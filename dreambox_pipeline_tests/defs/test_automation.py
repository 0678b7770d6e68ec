"""What moves by itself: each sensor and schedule skips with a reason, asks once, and never hides an outage."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
import pytest
import sqlalchemy as sa

from dreambox_pipeline.definitions import build_defs
from dreambox_pipeline.defs import automation
from dreambox_pipeline.defs.collection import (
    ASK_AGAIN_AFTER,
    LIST_EVERY,
    VIDEOS_TAG,
)
from dreambox_pipeline.defs.comments import source_videos
from dreambox_pipeline.defs.looking import TROUBLE_WAIT, looks_allowed
from dreambox_pipeline.errors import StopError
from dreambox_pipeline.sandbox.world.world import InjectedComment
from dreambox_pipeline.stages.dreams.model import ConsentState
from dreambox_pipeline.stages.posts.model import PublicationState
from dreambox_pipeline.stages.review.model import Decision
from dreambox_pipeline.storage.lake import ENGAGEMENT_SNAPSHOTS
from dreambox_pipeline.storage.ledger import failures, polls, publications, switches
from dreambox_pipeline.storage.ledger import source_videos as ledger_videos
from dreambox_pipeline.storage.post_queue.timing import policy_now
from dreambox_pipeline.storage.tables import source_videos as source_video_rows
from dreambox_pipeline.tiktok.errors import TikTokError
from dreambox_pipeline_tests.defs.workshop import Workshop


@pytest.fixture(scope="module")
def stored_instance() -> Iterator[dg.DagsterInstance]:
    """Schedules want an instance that another process could open."""
    with dg.instance_for_test() as instance:
        yield instance


@pytest.fixture
def workshop(workshop: Workshop, stored_instance: dg.DagsterInstance) -> Workshop:
    stored_instance.wipe()
    workshop.instance.wipe()
    workshop.stored_instance = stored_instance
    return workshop


def tick(workshop: Workshop, sensor: dg.SensorDefinition, cursor: str | None = None) -> Any:
    """What the daemon would get from the sensor now."""
    defs = build_defs(workshop.settings, resources=workshop.parts)
    with dg.build_sensor_context(
        instance=workshop.instance,
        cursor=cursor,
        definitions=defs,
        resources=needs(workshop, sensor),
    ) as context:
        return sensor.evaluate_tick(context)


def turn(workshop: Workshop, schedule: dg.ScheduleDefinition) -> Any:
    """What the daemon would get from the schedule now."""
    defs = build_defs(workshop.settings, resources=workshop.parts)
    with dg.build_schedule_context(
        instance=workshop.stored_instance,
        scheduled_execution_time=datetime.now(UTC),
        repository_def=defs.get_repository_def(),
        resources=needs(workshop, schedule),
    ) as context:
        return schedule.evaluate_tick(context)


def needs(workshop: Workshop, automatic: Any) -> dict[str, Any]:
    return {name: workshop.parts[name] for name in automatic.required_resource_keys}


def keys(result: Any) -> list[str | None]:
    return [request.run_key for request in result.run_requests]


def occupy(workshop: Workshop, job_name: str) -> None:
    """A run of this job is working."""
    run = dg.DagsterRun(job_name=job_name, status=dg.DagsterRunStatus.STARTED)
    workshop.instance.add_run(run)
    workshop.stored_instance.add_run(run)


EVERYTHING = [*automation.SENSORS, *automation.SCHEDULES]


@pytest.mark.parametrize("automatic", EVERYTHING, ids=lambda each: each.name)
def test_it_is_on_and_says_what_it_does(automatic):
    """With `make up` the chain moves by itself, and a stranger can read why."""
    assert automatic.default_status.value == "RUNNING"
    assert automatic.description


@pytest.mark.parametrize(
    "automatic",
    [each for each in EVERYTHING if each is not automation.review_sensor],
    ids=lambda each: each.name,
)
def test_a_run_in_progress_is_not_doubled(workshop, automatic):
    """Another would do the same work at the same time."""
    occupy(workshop, automatic.job_name)
    is_sensor = isinstance(automatic, dg.SensorDefinition)
    result = (tick if is_sensor else turn)(workshop, automatic)

    assert list(result.run_requests) == []
    assert "in progress" in result.skip_message


# new_comments_sensor


def cursor_now(workshop: Workshop, **changes: datetime) -> str:
    """Everything up to now was seen, and the videos were just listed."""
    moments = dict.fromkeys(("since", "listed", "ticked"), workshop.now) | changes
    return json.dumps({name: moment.isoformat() for name, moment in moments.items()})


def look(workshop: Workshop, cursor: str | None) -> Any:
    """A tick a minute later, so that half of TikTok's minute may be spent."""
    workshop.sandbox.advance(60)
    return tick(workshop, automation.new_comments_sensor, cursor)


def write(workshop: Workshop, text: str = "I dreamt of rain", **more: Any) -> Any:
    workshop.sandbox.advance(5)
    return workshop.sandbox.world.inject(InjectedComment(text=text, handle="rainy", **more))


def poll_states(workshop: Workshop) -> dict[str, polls.PollState]:
    with workshop.ledger.read() as connection:
        return polls.states(connection)


def end_runs(workshop: Workshop, result: Any, status: dg.DagsterRunStatus) -> None:
    """The requested runs are over."""
    for key in keys(result):
        run = dg.DagsterRun(
            job_name=automation.collect_comments.name, status=status, tags={"dagster/run_key": key}
        )
        workshop.instance.add_run(run)


def test_without_new_comments_the_sensor_skips_and_each_look_is_remembered(workshop):
    """An empty tick costs no run, and decides when the next look is worth a request."""
    workshop.run(source_videos)
    cursor = cursor_now(workshop)
    workshop.sandbox.advance(1)
    result = tick(workshop, automation.new_comments_sensor, cursor)

    assert list(result.run_requests) == []
    assert "Nothing new under the" in result.skip_message
    states = poll_states(workshop)
    assert states
    assert all(state.due_at > workshop.now and not state.new_comments for state in states.values())


def test_a_new_comment_requests_its_day_and_notes_it(workshop):
    """Once: with the new cursor the same comment is asked for already; a repeated tick asks for the same run."""
    workshop.run(source_videos)
    before = cursor_now(workshop)
    said = write(workshop)
    first = look(workshop, before)
    replay = tick(workshop, automation.new_comments_sensor, before)
    after = tick(workshop, automation.new_comments_sensor, first.cursor)

    (request,) = first.run_requests
    assert request.partition_key == workshop.now.date().isoformat()
    assert said.video_id in request.tags[VIDEOS_TAG].split()
    assert "new comments under" in request.tags["dreambox/reason"]
    looks = json.loads(first.cursor)["asked"]["looks"]
    assert datetime.fromisoformat(looks[said.video_id]["seen"]).timestamp() >= said.created_at
    assert keys(first) == keys(replay)
    assert list(after.run_requests) == []


def test_a_collecting_run_that_succeeded_counts_as_seen(workshop):
    """Its comments are stored, so they are old from then on, and the video is followed closely."""
    workshop.run(source_videos)
    before = cursor_now(workshop)
    said = write(workshop)
    first = look(workshop, before)
    assert said.video_id not in poll_states(workshop)
    end_runs(workshop, first, dg.DagsterRunStatus.SUCCESS)
    after = tick(workshop, automation.new_comments_sensor, first.cursor)

    assert list(after.run_requests) == []
    assert json.loads(after.cursor)["asked"] is None
    state = poll_states(workshop)[said.video_id]
    assert state.seen_until.timestamp() >= said.created_at
    assert state.new_comments >= 1
    assert state.due_at - state.polled_at < timedelta(hours=1)


@pytest.mark.parametrize("status", [dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED])
def test_a_collecting_run_that_failed_is_asked_for_again(workshop, status):
    """Its comments are not stored and must not be forgotten; a new key, or Dagster would not start it."""
    workshop.run(source_videos)
    before = cursor_now(workshop)
    said = write(workshop)
    first = look(workshop, before)
    end_runs(workshop, first, status)
    at_once = tick(workshop, automation.new_comments_sensor, first.cursor)
    workshop.sandbox.advance(ASK_AGAIN_AFTER.total_seconds())
    second = tick(workshop, automation.new_comments_sensor, first.cursor)

    assert list(at_once.run_requests) == []
    assert "will be asked for again" in at_once.skip_message
    assert said.video_id in second.run_requests[0].tags[VIDEOS_TAG].split()
    assert not set(keys(first)) & set(keys(second))


def test_a_run_that_left_the_video_out_is_asked_for_again(workshop):
    """It succeeded for the others; that video's comments are still to come."""
    workshop.run(source_videos)
    before = cursor_now(workshop)
    said = write(workshop)
    first = look(workshop, before)
    end_runs(workshop, first, dg.DagsterRunStatus.SUCCESS)
    with workshop.ledger.write() as connection:
        failures.record(
            connection,
            stage="comments",
            item_id=said.video_id,
            error=ValueError("x"),
            now=workshop.now,
        )
    workshop.sandbox.advance(ASK_AGAIN_AFTER.total_seconds())
    again = tick(workshop, automation.new_comments_sensor, first.cursor)
    assert again.run_requests

    end_runs(workshop, again, dg.DagsterRunStatus.SUCCESS)
    with workshop.ledger.write() as connection:
        failures.clear(connection, stage="comments", item_id=said.video_id)
    tick(workshop, automation.new_comments_sensor, again.cursor)
    assert said.video_id in poll_states(workshop)


def test_a_video_that_is_left_out_does_not_keep_the_others_waiting(workshop):
    """What was stored counts at once; only the rest is asked for again, however often."""
    workshop.run(source_videos)
    before = cursor_now(workshop)
    said = write(workshop)
    with workshop.ledger.read() as connection:
        other = next(
            video.source_video_id
            for video in ledger_videos.everything(connection)
            if video.source_video_id != said.video_id
        )
    write(workshop, video_id=other)
    first = look(workshop, before)
    assert {said.video_id, other} <= set(first.run_requests[0].tags[VIDEOS_TAG].split())
    end_runs(workshop, first, dg.DagsterRunStatus.SUCCESS)
    with workshop.ledger.write() as connection:
        failures.record(
            connection, stage="comments", item_id=other, error=ValueError("x"), now=workshop.now
        )
    waiting = tick(workshop, automation.new_comments_sensor, first.cursor)

    assert "will be asked for again" in waiting.skip_message
    states = poll_states(workshop)
    assert states[said.video_id].seen_until
    assert other not in states or states[other].seen_until is None
    workshop.sandbox.advance(ASK_AGAIN_AFTER.total_seconds())
    again = tick(workshop, automation.new_comments_sensor, waiting.cursor)
    assert other in again.run_requests[0].tags[VIDEOS_TAG].split()
    assert set(keys(first)).isdisjoint(keys(again))


def test_a_tick_killed_before_dagster_noted_it_loses_nothing(workshop):
    """The cursor was never stored; the videos with news stayed due, so the next tick finds them."""
    workshop.run(source_videos)
    before = cursor_now(workshop)
    said = write(workshop)
    lost = look(workshop, before)
    again = look(workshop, before)

    assert said.video_id in lost.run_requests[0].tags[VIDEOS_TAG]
    assert said.video_id in again.run_requests[0].tags[VIDEOS_TAG]


def test_a_page_full_of_news_asks_for_every_day_since_the_last_look(workshop):
    """One page is read; what lies behind it is the runs' to read."""
    workshop.run(source_videos)
    before = cursor_now(workshop, since=workshop.now - timedelta(days=3))
    for number in range(31):
        workshop.sandbox.world.inject(InjectedComment(text=f"dream {number}", handle=f"h{number}"))
    newest_video = workshop.sandbox.world.public_videos()[0]
    workshop.sandbox.advance(1)
    asked_before = comment_requests(workshop)
    found = look(workshop, before)

    posted = datetime.fromtimestamp(newest_video.created_at, UTC)
    first_day = max(posted, workshop.now - timedelta(days=3)).date()
    days = {request.partition_key for request in found.run_requests}
    assert {first_day.isoformat(), workshop.now.date().isoformat()} <= days
    looked_at = json.loads(found.cursor)["asked"]["looks"]
    assert looked_at[newest_video.video_id]["new"] == 30
    assert comment_requests(workshop) - asked_before <= 25


def comment_requests(workshop: Workshop) -> int:
    counts = workshop.sandbox.sandbox.counts.as_json()["counts"]
    return counts.get("GET /open_api/v1.3/business/comment/list/", 0)


def test_a_tick_spends_half_of_the_limit_at_most(workshop):
    """The other half is the runs' that read what the looks found; a tick soon after the last has less."""
    workshop.run(source_videos)
    before = comment_requests(workshop)
    look(workshop, cursor_now(workshop, since=workshop.now - timedelta(days=30)))
    # A short page costs one more request than planned.
    assert 1 <= comment_requests(workshop) - before <= 25

    assert looks_allowed(40, timedelta(hours=1)) == 20
    assert looks_allowed(40, timedelta(seconds=30)) == 10
    assert looks_allowed(40, timedelta(0)) == 1


def test_a_used_up_limit_ends_the_looks_and_not_the_tick(workshop):
    """A sensor waits seconds, not minutes; what is due stays due."""
    workshop.run(source_videos)
    workshop.tiktok.glance._transport._limiter.refused("/business/comment/list/", for_s=300)
    result = look(workshop, cursor_now(workshop))

    assert "Nothing new under the 0 videos" in result.skip_message
    assert poll_states(workshop) == {}


def test_a_deleted_video_does_not_blind_the_sensor(workshop):
    """Its comments are gone; the others' are still seen."""
    workshop.run(source_videos)
    before = cursor_now(workshop)
    workshop.sandbox.advance(61)
    workshop.arm("code:40007", "business/comment/list/", times=99)

    assert "Nothing new" in tick(workshop, automation.new_comments_sensor, before).skip_message


def test_trouble_with_one_video_does_not_blind_the_sensor(workshop):
    """It goes behind the others for a while; they are looked at in the same tick."""
    workshop.run(source_videos)
    before = cursor_now(workshop)
    write(workshop)
    workshop.arm("code:50000", "business/comment/list/", times=4)
    result = look(workshop, before)

    assert result.cursor
    waiting = [s for s in poll_states(workshop).values() if s.due_at == workshop.now + TROUBLE_WAIT]
    assert len(waiting) == 1
    assert len(poll_states(workshop)) > 1


def test_the_first_tick_lists_the_videos(workshop):
    """Nothing is known yet, so today is collected whole, and with it the videos."""
    result = tick(workshop, automation.new_comments_sensor)

    (request,) = result.run_requests
    assert request.partition_key == workshop.now.date().isoformat()
    assert VIDEOS_TAG not in request.tags


def test_a_cursor_of_an_earlier_version_begins_anew(workshop):
    """It looks a day back and lists the videos, instead of failing at every tick."""
    workshop.run(source_videos)
    old = json.dumps({"seen": workshop.now.isoformat(), "listed": workshop.now.isoformat()})

    assert tick(workshop, automation.new_comments_sensor, old).run_requests


def test_a_video_posted_just_now_is_seen_at_once(workshop):
    """The newest videos are listed at every tick; an unknown one has all of them listed."""
    workshop.run(source_videos)
    cursor = cursor_now(workshop)
    with workshop.ledger.write() as connection:
        newest = ledger_videos.everything(connection)[0]
        connection.execute(
            sa.delete(source_video_rows).where(
                source_video_rows.c.source_video_id == newest.source_video_id
            )
        )
    workshop.sandbox.advance(1)
    result = tick(workshop, automation.new_comments_sensor, cursor)

    assert "read whole" in result.run_requests[0].tags["dreambox/reason"]


def test_every_six_hours_the_newest_days_are_read_whole(workshop):
    """For comments that TikTok released late, and for those it hides now; yesterday's end too."""
    workshop.run(source_videos)
    workshop.sandbox.advance((24 - workshop.now.hour + 2) * 3600)
    result = tick(
        workshop,
        automation.new_comments_sensor,
        cursor_now(workshop, listed=workshop.now - LIST_EVERY),
    )

    days = [request.partition_key for request in result.run_requests]
    today = workshop.now.date()
    assert {(today - timedelta(days=1)).isoformat(), today.isoformat()} <= set(days)
    assert all(VIDEOS_TAG not in request.tags for request in result.run_requests)


def test_a_second_listing_of_the_same_day_is_another_run(workshop):
    """Dagster starts a run key only once: with the first one's key nothing would be read again."""
    workshop.run(source_videos)
    workshop.sandbox.advance((24 - workshop.now.hour + 12) * 3600)
    first = tick(
        workshop,
        automation.new_comments_sensor,
        cursor_now(workshop, listed=workshop.now - LIST_EVERY),
    )
    again = tick(workshop, automation.new_comments_sensor, first.cursor)
    end_runs(workshop, first, dg.DagsterRunStatus.SUCCESS)
    workshop.sandbox.advance(int(LIST_EVERY.total_seconds()))
    second = tick(workshop, automation.new_comments_sensor, first.cursor)

    assert not again.run_requests
    assert first.run_requests
    assert second.run_requests
    assert set(keys(first)).isdisjoint(keys(second))


@pytest.mark.parametrize("kind", ["code:50000", "garbage", "code:40102"])
@pytest.mark.parametrize("path", ["business/comment/list/", "business/video/list/"])
def test_an_outage_fails_the_tick_and_keeps_the_cursor(workshop, kind, path):
    """A skip would look like silence; a failed tick shows in Dagster and comes again."""
    workshop.run(source_videos)
    workshop.sandbox.advance(61)
    workshop.arm(kind, path, times=99)

    with pytest.raises(TikTokError):
        tick(workshop, automation.new_comments_sensor, cursor_now(workshop))


# production_sensor


def test_with_no_dreams_production_skips(workshop):
    """No row, no run."""
    result = tick(workshop, automation.production_sensor)

    assert "No dream is waiting" in result.skip_message


def test_a_dream_requests_production_once_and_again_only_after_a_while(workshop):
    """The cursor is when production was last requested."""
    workshop.tell_dream()
    first = tick(workshop, automation.production_sensor)
    replay = tick(workshop, automation.production_sensor)
    after = tick(workshop, automation.production_sensor, first.cursor)

    assert len(first.run_requests) == 1
    assert first.run_requests[0].tags["dreambox/reason"]
    assert keys(first) == keys(replay)
    assert list(after.run_requests) == []
    workshop.sandbox.advance(6 * 60)
    assert tick(workshop, automation.production_sensor, first.cursor).run_requests


def test_an_open_question_is_looked_at_every_half_hour(workshop):
    """People answer within hours, not seconds."""
    workshop.tell_dream()
    workshop.ask()
    cursor = workshop.now.isoformat()
    assert list(tick(workshop, automation.production_sensor, cursor).run_requests) == []

    workshop.sandbox.advance(31 * 60)
    assert tick(workshop, automation.production_sensor, cursor).run_requests


def test_an_unconfirmed_question_is_a_reason_of_its_own(workshop):
    """Nobody else is pending, and still somebody has to look what became of it."""
    workshop.tell_dream()
    workshop.arm("timeout_before", "business/comment/reply/create/")
    workshop.ask()
    cursor = workshop.now.isoformat()
    workshop.sandbox.advance(6 * 60)

    (request,) = tick(workshop, automation.production_sensor, cursor).run_requests
    assert "dreamers may be asked" in request.tags["dreambox/reason"]


def test_a_granted_dream_is_looked_at_until_it_is_posted_and_then_once_a_day(workshop):
    """A withdrawal must be noticed also when nobody else is pending, and not by one request a run for ever."""
    report, row = workshop.queued_video()

    def is_looked_at(after: timedelta) -> bool:
        cursor = workshop.now.isoformat()
        workshop.sandbox.advance(after.total_seconds())
        return bool(tick(workshop, automation.production_sensor, cursor).run_requests)

    assert not is_looked_at(timedelta(minutes=29))
    assert is_looked_at(timedelta(minutes=31))
    with workshop.ledger.write() as connection:
        publications.claim(
            connection, row.publication_id, claim_token=row.publication_id, now=workshop.now
        )
        moved = publications.get(connection, row.publication_id)
        for state in (PublicationState.INITIATED, PublicationState.PUBLISHED):
            moved = publications.move(connection, moved, state, now=workshop.now, post_id="75")
    workshop.sandbox.advance(timedelta(days=1).total_seconds())
    workshop.ask()
    assert not is_looked_at(timedelta(hours=23))
    assert is_looked_at(timedelta(hours=2))

    workshop.say(report, "please take my dream back, don't use it")
    workshop.ask()
    assert workshop.consent(report) is ConsentState.WITHDRAWN
    assert not is_looked_at(timedelta(days=2))


def test_a_granted_dream_does_not_wait(workshop):
    """Rows between prompt and video are taken up at once."""
    workshop.granted_dream()

    assert tick(workshop, automation.production_sensor, workshop.now.isoformat()).run_requests


# review_sensor


def test_without_decisions_the_review_sensor_skips(workshop):
    """Nobody decided anything."""
    workshop.finished_video()
    result = tick(workshop, automation.review_sensor)

    assert "Nobody decided" in result.skip_message


def test_decisions_are_reported_once_and_have_the_queue_planned(workshop):
    """One event for a batch, with counts and no reviewer's words; the cursor moves behind it."""
    _, video = workshop.finished_video()
    workshop.decide(video, Decision.APPROVE)
    first = tick(workshop, automation.review_sensor)
    replay = tick(workshop, automation.review_sensor)
    after = tick(workshop, automation.review_sensor, first.cursor)

    (event,) = first.asset_events
    assert event.asset_key == dg.AssetKey("review_decisions")
    assert event.metadata["approve"].value == 1
    assert keys(first) == keys(replay) == [f"review:{first.cursor}"]
    assert list(after.run_requests) == []

    workshop.decide(video, Decision.REJECT)
    later = tick(workshop, automation.review_sensor, first.cursor)
    assert later.asset_events[0].metadata["reject"].value == 1
    assert int(later.cursor) > int(first.cursor)


# posting_schedule


def test_posting_skips_when_no_slot_has_come(workshop):
    """A planned video is no reason before its moment; the tick names it, and when it comes."""
    assert "No slot has come: the queue is empty." in (
        turn(workshop, automation.posting_schedule).skip_message
    )
    _, row = workshop.queued_video()
    workshop.pass_time_until(row.slot_at - timedelta(hours=2, minutes=5))
    result = turn(workshop, automation.posting_schedule)

    assert "No slot has come: the next of 1 is" in result.skip_message
    assert f"{row.slot_local} UTC (UTC+00:00), in 2 h " in result.skip_message


def test_posting_skips_while_it_is_paused_and_says_why(workshop):
    """Nothing is due until a person resumes; what was sent before is still followed up."""
    _, row = workshop.queued_video()
    _, sent = workshop.queued_video()
    workshop.pass_time_until(row.slot_at)
    with workshop.ledger.write() as connection:
        publications.claim(
            connection, sent.publication_id, claim_token=sent.publication_id, now=workshop.now
        )
        switches.pause_posting(connection, reason="trouble", by="operator", now=workshop.now)
    said = turn(workshop, automation.posting_schedule).skip_message
    assert "by operator: trouble" in said
    assert "1 are in the queue. On their way: 1." in said

    workshop.sandbox.advance(11 * 60)
    (follow_up,) = turn(workshop, automation.posting_schedule).run_requests
    assert follow_up.tags["dreambox/reason"] == "1 sent and not confirmed"


def test_posting_runs_when_a_slot_has_come_or_an_outcome_is_open(workshop):
    """And says which of them."""
    _, row = workshop.queued_video()
    workshop.pass_time_until(row.slot_at)
    (due,) = turn(workshop, automation.posting_schedule).run_requests
    with workshop.ledger.write() as connection:
        publications.claim(
            connection, row.publication_id, claim_token=row.publication_id, now=workshop.now
        )
    just_claimed = turn(workshop, automation.posting_schedule)
    workshop.pass_time_until(workshop.now + timedelta(minutes=11))
    (in_flight,) = turn(workshop, automation.posting_schedule).run_requests

    assert "No slot has come" in just_claimed.skip_message, "its worker may still be waiting"
    assert due.tags["dreambox/reason"] == "1 due"
    assert in_flight.tags["dreambox/reason"] == "1 sent and not confirmed"


def test_posting_runs_when_an_approved_video_has_no_slot(workshop):
    """The review sensor may have been off."""
    _, video = workshop.finished_video()
    workshop.decide(video, Decision.APPROVE)
    (request,) = turn(workshop, automation.posting_schedule).run_requests

    assert request.tags["dreambox/reason"] == "1 approved and not in the queue"


# audience_sensor


def test_follower_activity_is_read_once_a_day_before_anything_is_posted(workshop):
    """The first slots are chosen by it; TikTok has it a day or two late, so weeks are asked for."""
    (asked,) = tick(workshop, automation.audience_sensor).run_requests
    first, last = (asked.tags[f"dagster/asset_partition_range_{end}"] for end in ("start", "end"))
    assert last == workshop.now.date().isoformat()
    assert first == (workshop.now - timedelta(days=28)).date().isoformat()

    cursor = workshop.now.isoformat()
    workshop.sandbox.advance(3600)
    assert "once a day is enough" in tick(workshop, automation.audience_sensor, cursor).skip_message
    workshop.sandbox.advance(24 * 3600)
    assert tick(workshop, automation.audience_sensor, cursor).run_requests


def test_the_run_it_asks_for_stores_activity_that_slots_then_go_by(workshop):
    """From TikTok's answer to the reason of a slot, through the real job."""
    (asked,) = tick(workshop, automation.audience_sensor).run_requests
    workshop.sandbox.advance(61)
    job = build_defs(workshop.settings, resources=workshop.parts).resolve_job_def(
        automation.measure_audience.name
    )
    assert job.execute_in_process(instance=workshop.instance, tags=asked.tags).success
    _, row = workshop.queued_video()
    assert "follower activity of the last" in row.slot_why or "less-tried" in row.slot_why
    with workshop.ledger.read() as connection:
        policy = policy_now(
            connection, workshop.parts["lake"], workshop.parts["zone"], workshop.now
        )
    assert policy.activity_days >= 20
    assert policy.note.startswith("Follower activity of the last")


# engagement_schedule


def test_nothing_is_measured_before_anything_is_published(workshop):
    """There is nothing to read."""
    result = turn(workshop, automation.engagement_schedule)

    assert "Nothing has been published" in result.skip_message


def test_posts_are_measured_when_the_newest_reading_is_hours_old(workshop):
    """Today's partition, and not twice within six hours."""
    _, row = workshop.queued_video()
    with workshop.ledger.write() as connection:
        publications.claim(
            connection, row.publication_id, claim_token=row.publication_id, now=workshop.now
        )
        moved = publications.get(connection, row.publication_id)
        for state in (PublicationState.INITIATED, PublicationState.PUBLISHED):
            moved = publications.move(connection, moved, state, now=workshop.now, post_id="75")
    (request,) = turn(workshop, automation.engagement_schedule).run_requests
    assert request.partition_key == workshop.now.date().isoformat()

    reading = dict.fromkeys(ENGAGEMENT_SNAPSHOTS.schema.names) | {
        "post_id": "75",
        "taken_at": workshop.now,
    }
    workshop.parts["lake"].upsert(ENGAGEMENT_SNAPSHOTS, workshop.now.date(), [reading])
    assert "recent enough" in turn(workshop, automation.engagement_schedule).skip_message

    workshop.sandbox.advance(timedelta(hours=7).total_seconds())
    assert turn(workshop, automation.engagement_schedule).run_requests


@pytest.mark.parametrize("schedule", automation.SCHEDULES, ids=lambda each: each.name)
def test_a_stopped_clock_fails_the_tick(workshop, schedule):
    """No time, no guess: posting in the wrong hour would be worse than not posting."""
    from dreambox_pipeline.clock import RemoteClock

    workshop.parts["clock"] = RemoteClock("http://127.0.0.1:9/clock")

    with pytest.raises(dg.DagsterError, match=schedule.name) as caught:
        turn(workshop, schedule)
    assert isinstance(caught.value.__cause__, StopError)


# jobs


@pytest.mark.parametrize("job", automation.JOBS, ids=lambda job: job.name)
def test_every_job_resolves_against_the_definitions(workshop, job):
    """What a sensor starts exists, with all its assets and resources."""
    defs = build_defs(workshop.settings, resources=workshop.parts)

    assert defs.resolve_job_def(job.name).nodes


def test_the_definitions_can_be_loaded(workshop):
    """Dagster's own validation of the whole project."""
    dg.Definitions.validate_loadable(build_defs(workshop.settings, resources=workshop.parts))
