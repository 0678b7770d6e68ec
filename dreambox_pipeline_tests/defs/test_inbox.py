"""What TikTok tells by itself: a comment comes in without a look, a deleted one goes everywhere."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from dreambox_pipeline.definitions import build_defs
from dreambox_pipeline.defs import automation
from dreambox_pipeline.defs.collection import ASK_AGAIN_AFTER, VIDEOS_TAG
from dreambox_pipeline.defs.comment_changes import COMMENT_SCOPE, MAX_ATTEMPTS, comment_changes
from dreambox_pipeline.defs.comments import comments, source_videos
from dreambox_pipeline.defs.inbox import note_changes
from dreambox_pipeline.desk.testing import running_desk
from dreambox_pipeline.desk.webhooks import PATH, WebhookApp
from dreambox_pipeline.errors import StopError
from dreambox_pipeline.sandbox.world.world import InjectedComment
from dreambox_pipeline.stages.comments.changes import Change, CommentChange
from dreambox_pipeline.stages.dreams.model import DreamReport
from dreambox_pipeline.stages.posts.model import PublicationState
from dreambox_pipeline.storage.lake import COMMENTS, Lake
from dreambox_pipeline.storage.ledger import comment_history, erasures, inbox, polls, tasks
from dreambox_pipeline.storage.ledger import dreams as ledger_dreams
from dreambox_pipeline.storage.ledger import source_videos as ledger_videos
from dreambox_pipeline_tests.defs.workshop import DREAM, Workshop

EARLIER = timedelta(minutes=5)


@contextmanager
def post_box(workshop: Workshop) -> Iterator[None]:
    """The sandbox delivers its webhooks to a desk of ours while this is open."""
    parts = {name: workshop.parts[name] for name in ("ledger", "media", "keyring", "clock")}
    settings = workshop.settings
    app = WebhookApp(settings.tiktok_app_id, settings.tiktok_app_secret)
    with running_desk(**parts, webhooks=[app]) as address:
        calls = workshop.tiktok.client.app
        for event in ("COMMENT", "VIDEO"):
            calls.register_webhook(event, f"{address}{PATH}")
        yield
        for event in ("COMMENT", "VIDEO"):
            calls.delete_webhook(event)


def wait_for(found: Callable[[], bool]) -> None:
    """Deliveries come in the background, some in the next moment."""
    pause = threading.Event()
    for _ in range(200):
        if found():
            return
        pause.wait(0.05)
    raise AssertionError("it did not come in ten seconds")


def pending(workshop: Workshop) -> list[inbox.InboxEvent]:
    with workshop.ledger.read() as connection:
        return inbox.pending(connection)


def is_told(workshop: Workshop, comment_id: str, action: str) -> bool:
    return any(
        event.payload.get("comment_id") == comment_id and event.payload["comment_action"] == action
        for event in pending(workshop)
    )


def tell(
    workshop: Workshop, report: DreamReport, change: Change, *, at: datetime | None = None
) -> None:
    """The event stands in the inbox, as the desk put it there."""
    told = CommentChange(report.comment_id, report.source_video_id, change, at or workshop.now)
    with workshop.ledger.write() as connection:
        note_changes(connection, [told], now=workshop.now)


def tick(workshop: Workshop, sensor: dg.SensorDefinition, cursor: str | None = None) -> Any:
    defs = build_defs(workshop.settings, resources=workshop.parts)
    needs = {name: workshop.parts[name] for name in sensor.required_resource_keys}
    with dg.build_sensor_context(
        instance=workshop.instance, cursor=cursor, definitions=defs, resources=needs
    ) as context:
        return sensor.evaluate_tick(context)


def stored(workshop: Workshop, comment_id: str) -> dict[str, Any] | None:
    """The comment's row in the lake."""
    lake: Lake = workshop.parts["lake"]
    rows = lake.read(COMMENTS, lake.days(COMMENTS))
    return next((row for row in rows if row["comment_id"] == comment_id), None)


def collect(workshop: Workshop, day: date) -> None:
    workshop.run(comments, days=(day, day))


def is_suspended(workshop: Workshop, report: DreamReport) -> bool:
    with workshop.ledger.read() as connection:
        return report.dream_id not in {d.dream_id for d in ledger_dreams.rankable(connection)}


def traces(workshop: Workshop, text: str) -> list[Path]:
    """Files under the var folder in which the text stands."""
    files = [file for file in workshop.settings.var_dir.rglob("*") if file.is_file()]
    return [file for file in files if text.encode() in file.read_bytes()]


# A live comment


def test_a_live_comment_becomes_a_row_without_a_look(workshop):
    """TikTok tells of it, its day is collected from its video alone, and nobody needs to look any more."""
    workshop.run(source_videos)
    with workshop.ledger.write() as connection:
        for video in ledger_videos.everything(connection):
            state = polls.PollState(
                video.source_video_id,
                workshop.now,
                workshop.now,
                None,
                0,
                workshop.now + timedelta(days=9),
            )
            polls.record(connection, state)
    moments = dict.fromkeys(("since", "listed", "ticked"), workshop.now.isoformat())
    with post_box(workshop):
        workshop.sandbox.advance(5)
        said = workshop.sandbox.world.inject(
            InjectedComment(text="I dreamt of foxes", handle="fox")
        )
        workshop.sandbox.advance(300)
        wait_for(lambda: is_told(workshop, said.comment_id, "insert"))
    requests_before = comment_requests(workshop)
    result = tick(workshop, automation.new_comments_sensor, json.dumps(moments))
    assert comment_requests(workshop) == requests_before

    day = datetime.fromtimestamp(said.created_at, UTC).date()
    request = next(r for r in result.run_requests if r.partition_key == day.isoformat())
    assert said.video_id in request.tags[VIDEOS_TAG].split()
    assert "told by webhook" in request.tags["dreambox/reason"]
    collect(workshop, day)
    row = stored(workshop, said.comment_id)
    assert row["text"] == "I dreamt of foxes"

    succeed(workshop, result)
    after = tick(workshop, automation.new_comments_sensor, result.cursor)
    assert list(after.run_requests) == []
    assert not is_told(workshop, said.comment_id, "insert")
    with workshop.ledger.read() as connection:
        seen_until = polls.states(connection)[said.video_id].seen_until
    assert seen_until.timestamp() >= said.created_at


def comment_requests(workshop: Workshop) -> int:
    counts = workshop.sandbox.sandbox.counts.as_json()["counts"]
    return counts.get("GET /open_api/v1.3/business/comment/list/", 0)


def succeed(workshop: Workshop, result: Any) -> None:
    for request in result.run_requests:
        run = dg.DagsterRun(
            job_name=automation.collect_comments.name,
            status=dg.DagsterRunStatus.SUCCESS,
            tags={"dagster/run_key": request.run_key},
        )
        workshop.instance.add_run(run)


def test_a_told_comment_whose_run_failed_is_asked_for_again(workshop):
    """The event waits until its day is stored."""
    workshop.run(source_videos)
    report = workshop.tell_dream()
    tell(workshop, report, Change.WRITTEN)
    workshop.sandbox.advance(60)
    first = tick(workshop, automation.new_comments_sensor)
    workshop.sandbox.advance(ASK_AGAIN_AFTER.total_seconds())
    again = tick(workshop, automation.new_comments_sensor, first.cursor)

    assert is_told(workshop, report.comment_id, "insert")
    assert {r.run_key for r in first.run_requests}.isdisjoint(r.run_key for r in again.run_requests)
    assert again.run_requests


def test_a_told_comment_from_before_the_first_partition_is_given_up(workshop):
    """Dagster could not start a run for its day; one from tomorrow, by a clock ahead of ours, waits."""
    workshop.run(source_videos)
    report = workshop.tell_dream()
    tell(workshop, report, Change.WRITTEN, at=datetime(2020, 1, 1, tzinfo=UTC))
    tell(workshop, report, Change.WRITTEN, at=workshop.now + timedelta(days=1))
    result = tick(workshop, automation.new_comments_sensor)

    (waits,) = pending(workshop)
    assert waits.payload["timestamp"] > workshop.now.isoformat()
    assert json.loads(result.cursor)["asked"]["events"] == {}


def test_a_reply_under_a_question_has_the_answers_read_at_once(workshop):
    """Half an hour earlier than a look would; a reply under anything else starts nothing."""
    report = workshop.tell_dream()
    workshop.ask()
    cursor = workshop.now.isoformat()
    other = workshop.tell_dream("I dreamt of a blue door that nobody else could see last night")
    for number, parent in enumerate((other, report)):
        told = CommentChange(f"99{number}", parent.source_video_id, Change.WRITTEN, workshop.now)
        payload = comment_history.payload_of(
            told, comment_type="reply", parent_comment_id=parent.comment_id
        )
        with workshop.ledger.write() as connection:
            inbox.receive(
                connection, f"e{number}", event="comment.update", payload=payload, now=workshop.now
            )
        result = tick(workshop, automation.production_sensor, cursor)
        assert bool(result.run_requests) == (parent is report)
        assert pending(workshop) == []
    assert result.run_requests[0].tags["dreambox/reason"] == "1 replies under questions were told"
    assert list(tick(workshop, automation.production_sensor, result.cursor).run_requests) == []


# A deleted comment


def test_a_deleted_comment_goes_everywhere(workshop):
    """From the webhook to the queue, the lake, the ledger and the files; and it never comes back."""
    dream = "Last night I dreamt that seven violet herons rowed my bed across the frozen harbour"
    report, publication = workshop.queued_video(dream)
    day = report.told_at.date()
    workshop.run(source_videos)
    collect(workshop, day)
    assert stored(workshop, report.comment_id)
    assert traces(workshop, "violet herons")
    with post_box(workshop):
        workshop.sandbox.advance(5)
        workshop.delete_comment(report)
        workshop.sandbox.advance(300)
        wait_for(lambda: is_told(workshop, report.comment_id, "delete"))
    (request,) = tick(workshop, automation.comment_changes_sensor).run_requests
    assert request.run_key
    workshop.run(comment_changes)

    assert workshop.publication(publication.render_id).state is PublicationState.CANCELLED
    assert stored(workshop, report.comment_id) is None
    assert traces(workshop, "violet herons") == []
    with workshop.ledger.read() as connection:
        assert erasures.find(connection, report.comment_id).finished_at
    assert not is_told(workshop, report.comment_id, "delete")
    assert "No comment was deleted" in skip(workshop)

    tell(workshop, report, Change.WRITTEN, at=report.told_at)
    collect(workshop, day)
    assert stored(workshop, report.comment_id) is None


def skip(workshop: Workshop, cursor: str | None = None) -> str:
    result = tick(workshop, automation.comment_changes_sensor, cursor)
    assert list(result.run_requests) == []
    return result.skip_message


def test_a_public_post_of_a_deleted_comment_is_a_task_for_a_person(workshop):
    """TikTok lets no program take a post down."""
    report, row = workshop.queued_video()
    publish(workshop, row, post_id="7512")
    tell(workshop, report, Change.DELETED)
    workshop.run(comment_changes)

    with workshop.ledger.read() as connection:
        (task,) = tasks.open_tasks(connection, kind=tasks.TAKEDOWN)
    assert task.payload["post_id"] == "7512"


def publish(workshop: Workshop, row: Any, *, post_id: str) -> None:
    from dreambox_pipeline.storage.ledger import publications

    with workshop.ledger.write() as connection:
        publications.claim(
            connection, row.publication_id, claim_token=row.publication_id, now=workshop.now
        )
        moved = publications.get(connection, row.publication_id)
        for state in (PublicationState.INITIATED, PublicationState.PUBLISHED):
            moved = publications.move(connection, moved, state, now=workshop.now, post_id=post_id)


class BreakingLake(Lake):
    """Its disk is gone when something is removed; the first so many times."""

    def __init__(self, lake: Lake, *, times: int) -> None:
        super().__init__(lake.root)
        self.times = times

    def remove(self, *args: Any, **kwargs: Any) -> int:
        if self.times:
            self.times -= 1
            raise StopError("Tried to remove rows and the disk is gone. Mount it again.")
        return super().remove(*args, **kwargs)


@pytest.mark.expects_error_log
def test_an_erasure_that_was_cut_short_is_asked_for_and_finished_by_the_next_run(workshop):
    """The tombstone stands before anything is removed, so nothing is forgotten half-way."""
    report = workshop.tell_dream()
    collect(workshop, report.told_at.date())
    tell(workshop, report, Change.DELETED)
    first = tick(workshop, automation.comment_changes_sensor)
    lake = BreakingLake(workshop.parts["lake"], times=1)
    workshop.run(comment_changes, is_expected_to_fail=True, lake=lake)
    assert pending(workshop) == []
    assert stored(workshop, report.comment_id)

    again = tick(workshop, automation.comment_changes_sensor, first.cursor)
    assert again.run_requests
    workshop.run(comment_changes)
    assert stored(workshop, report.comment_id) is None
    assert "No comment was deleted" in skip(workshop, again.cursor)


@pytest.mark.expects_error_log
def test_a_run_killed_between_the_deed_and_its_mark_is_repeated_with_the_same_end(
    workshop, monkeypatch
):
    """An event is marked after its effect, and every effect can be had twice."""
    hidden = workshop.tell_dream()
    deleted = workshop.tell_dream("I dreamt that the moon was a slow white train over my town")
    collect(workshop, hidden.told_at.date())
    tell(workshop, hidden, Change.HIDDEN)
    tell(workshop, deleted, Change.DELETED)
    for _ in range(2):
        with monkeypatch.context() as patch:
            patch.setattr(inbox, "mark_handled", killed)
            workshop.run(comment_changes, is_expected_to_fail=True)
        assert len(pending(workshop)) == 2
    workshop.run(comment_changes)

    assert pending(workshop) == []
    assert is_suspended(workshop, hidden)
    assert stored(workshop, hidden.comment_id)["status"] == "HIDDEN"
    assert stored(workshop, deleted.comment_id) is None


def killed(*_: object, **__: object) -> None:
    raise RuntimeError("the process ends here")


# A hidden comment


def test_a_hidden_comment_suspends_its_dream_until_it_is_shown_again(workshop):
    """Everywhere it could go on, and in the lake; its text stays, because hiding can be taken back."""
    report = workshop.tell_dream()
    collect(workshop, report.told_at.date())
    tell(workshop, report, Change.HIDDEN)
    workshop.run(comment_changes)
    assert is_suspended(workshop, report)
    assert stored(workshop, report.comment_id)["status"] == "HIDDEN"

    workshop.sandbox.advance(60)
    tell(workshop, report, Change.SHOWN)
    workshop.run(comment_changes)
    assert not is_suspended(workshop, report)
    assert stored(workshop, report.comment_id)["status"] == "PUBLIC"


def test_a_comment_that_was_hidden_from_the_start_is_read_once_it_is_shown(workshop):
    """Nobody looked for a dream in it before, so its day is collected as for a new comment."""
    said = workshop.sandbox.world.inject(InjectedComment(text=DREAM, handle="shy"))
    workshop.sandbox.world.set_hidden(said, hidden=True)
    day = workshop.now.date()
    workshop.run(source_videos)
    collect(workshop, day)
    assert stored(workshop, said.comment_id)["status"] == "HIDDEN"

    workshop.sandbox.advance(60)
    workshop.sandbox.world.set_hidden(said, hidden=False)
    shown = CommentChange(said.comment_id, said.video_id, Change.SHOWN, workshop.now)
    with workshop.ledger.write() as connection:
        note_changes(connection, [shown], now=workshop.now)
    workshop.run(comment_changes)

    (event,) = pending(workshop)
    assert event.payload["comment_action"] == "insert"
    assert event.payload["comment_id"] == said.comment_id
    assert event.payload["timestamp"] == stored(workshop, said.comment_id)["created_at"].isoformat()


def test_friends_only_is_hidden_from_us(workshop):
    """Whoever tells friends alone does not tell an audience."""
    report = workshop.tell_dream()
    tell(workshop, report, Change.FRIENDS_ONLY)
    workshop.run(comment_changes)
    assert is_suspended(workshop, report)


def test_a_queued_post_of_a_hidden_comment_is_held_and_a_public_one_stays(workshop):
    """Held, not cancelled, and no takedown: hiding is often the platform's act, and it can be taken back."""
    report, row = workshop.queued_video()
    other, out = workshop.queued_video(
        "Last night I dreamt that a paper ship carried my piano away"
    )
    publish(workshop, out, post_id="7513")
    for hidden in (report, other):
        workshop.hide_comment(hidden)
        tell(workshop, hidden, Change.HIDDEN)
    workshop.run(comment_changes)

    assert workshop.publication(row.render_id).state is PublicationState.PLANNED
    assert workshop.publication(out.render_id).state is PublicationState.PUBLISHED
    with workshop.ledger.read() as connection:
        assert tasks.open_tasks(connection, kind=tasks.TAKEDOWN) == []


def test_events_that_come_in_the_wrong_order_end_as_in_the_right_one(workshop):
    """Also when the later one was dealt with by an earlier run."""
    report = workshop.tell_dream()
    tell(workshop, report, Change.SHOWN)
    workshop.run(comment_changes)
    tell(workshop, report, Change.HIDDEN, at=workshop.now - timedelta(hours=1))
    workshop.run(comment_changes)
    assert not is_suspended(workshop, report)

    tell(workshop, report, Change.SHOWN, at=workshop.now)
    tell(workshop, report, Change.HIDDEN, at=workshop.now + EARLIER)
    workshop.run(comment_changes)
    assert is_suspended(workshop, report)
    assert pending(workshop) == []


@pytest.mark.parametrize("late", [Change.WRITTEN, Change.SHOWN, Change.HIDDEN])
def test_nothing_brings_a_deleted_comment_back(workshop, late):
    """Whatever its time says."""
    report = workshop.tell_dream()
    tell(workshop, report, Change.DELETED)
    workshop.run(comment_changes)
    tell(workshop, report, late, at=workshop.now + EARLIER)
    workshop.run(comment_changes)

    assert is_suspended(workshop, report)
    collect(workshop, report.told_at.date())
    assert stored(workshop, report.comment_id) is None


# What a reading noticed


@pytest.mark.parametrize("became", ["gone", "hidden", "public"])
def test_a_comment_that_a_reading_missed_is_asked_for_by_its_id(workshop, became):
    """A gap in a list is no proof; what TikTok answers about the comment itself is."""
    report = workshop.tell_dream()
    if became == "gone":
        workshop.delete_comment(report)
    workshop.hide_comment(report, hidden=became == "hidden")
    tell(workshop, report, Change.MISSING)
    workshop.sandbox.advance(61)
    workshop.run(comment_changes)

    assert is_suspended(workshop, report) == (became != "public")
    with workshop.ledger.read() as connection:
        assert erasures.is_erased(connection, report.comment_id) == (became == "gone")


def test_a_comment_whose_video_is_gone_is_held_back_and_not_erased(workshop):
    """The account may have made the video private for a day; nobody took anything back."""
    report = workshop.tell_dream()
    tell(workshop, report, Change.MISSING)
    workshop.sandbox.advance(61)
    workshop.arm("code:40007", "business/comment/list/", times=9)
    workshop.run(comment_changes)

    assert is_suspended(workshop, report)
    with workshop.ledger.read() as connection:
        assert not erasures.is_erased(connection, report.comment_id)


def test_an_empty_answer_is_no_proof_that_somebody_deleted_something(workshop, monkeypatch):
    """TikTok may answer with empty lists when a permission is missing: held back, not erased."""
    report = workshop.tell_dream()
    tell(workshop, report, Change.MISSING)
    workshop.sandbox.advance(61)
    client = workshop.tiktok.client
    monkeypatch.setattr(client, "comments", lambda *_, **__: iter(()))
    monkeypatch.setattr(client, "comments_by_id", lambda *_, **__: iter(()))
    info = client.token_info()
    scopes = info.scopes - {COMMENT_SCOPE}
    monkeypatch.setattr(client, "token_info", lambda: info.model_copy(update={"scopes": scopes}))
    workshop.run(comment_changes)

    assert is_suspended(workshop, report)
    with workshop.ledger.read() as connection:
        assert not erasures.is_erased(connection, report.comment_id)


def test_the_only_comment_of_a_public_video_can_be_deleted(workshop, monkeypatch):
    """With nothing else under it, the granted scope and the video's own listing are the proof."""
    report = workshop.tell_dream()
    workshop.delete_comment(report)
    tell(workshop, report, Change.MISSING)
    workshop.sandbox.advance(61)
    monkeypatch.setattr(workshop.tiktok.client, "comments", lambda *_, **__: iter(()))
    workshop.run(comment_changes)

    with workshop.ledger.read() as connection:
        assert erasures.is_erased(connection, report.comment_id)


def test_a_change_that_fails_is_tried_again_and_given_up_after_a_while(workshop):
    """It stays in the inbox with its error; a hopeless one does not keep the others busy for ever."""
    report = workshop.tell_dream()
    tell(workshop, report, Change.MISSING)
    workshop.sandbox.advance(61)
    workshop.arm("code:40002", "business/comment/list/", times=MAX_ATTEMPTS)
    workshop.run(comment_changes)
    (event,) = pending(workshop)
    assert event.attempts == 1
    assert ("comment_changes", report.comment_id) in workshop.failures()
    with workshop.ledger.write() as connection:
        for _ in range(MAX_ATTEMPTS - 2):
            inbox.mark_failed(
                connection, event.event_id, error="x", now=workshop.now, give_up=False
            )
    workshop.run(comment_changes)
    assert pending(workshop) == []


# Everything else


def tell_event(workshop: Workshop, event: str, payload: dict[str, Any]) -> None:
    with workshop.ledger.write() as connection:
        inbox.receive(connection, f"id of {event}", event=event, payload=payload, now=workshop.now)


def test_news_about_posts_wait_for_publishing(workshop):
    """What is about no comment is marked; what is about a post is `published_posts`' to hear."""
    tell_event(workshop, "post.publish.complete", {"publish_id": "v_pub_url~v1.2"})
    tell_event(workshop, "brand.new.event", {})
    workshop.run(comment_changes)
    assert [event.event for event in pending(workshop)] == ["post.publish.complete"]


def test_an_authorization_that_still_works_is_no_alarm(workshop):
    """Somebody connected the account again before we looked."""
    tell_event(workshop, "authorization.removed", {"reason": 5})
    workshop.run(comment_changes)
    assert pending(workshop) == []


@pytest.mark.expects_error_log
def test_a_removed_authorization_fails_the_run_once_and_says_what_to_do(workshop):
    """After everything else was settled; nothing works until a person connects the account."""
    report = workshop.tell_dream()
    tell(workshop, report, Change.HIDDEN)
    tell_event(workshop, "authorization.removed", {"reason": 5})
    workshop.arm("code:40105", "tt_user/token_info/get/", times=9)
    workshop.arm("code:40107", "tt_user/oauth2/refresh_token/", times=9)
    result = workshop.run(comment_changes, is_expected_to_fail=True)

    (failure,) = [event for event in result.all_events if event.is_step_failure]
    assert "agree again" in failure.step_failure_data.error_display_string
    assert is_suspended(workshop, report)
    assert pending(workshop) == []
    workshop.clear_faults()
    workshop.run(comment_changes)


# comment_changes_sensor


def test_the_sensor_asks_once_and_again_after_a_while(workshop):
    """A run that failed leaves the event; the same run key would not be started again."""
    assert "No comment was deleted" in skip(workshop)
    report = workshop.tell_dream()
    tell(workshop, report, Change.HIDDEN)
    first = tick(workshop, automation.comment_changes_sensor)
    replay = tick(workshop, automation.comment_changes_sensor)
    assert [r.run_key for r in first.run_requests] == [r.run_key for r in replay.run_requests]
    assert "asked for already" in skip(workshop, first.cursor)

    workshop.sandbox.advance(ASK_AGAIN_AFTER.total_seconds())
    again = tick(workshop, automation.comment_changes_sensor, first.cursor)
    assert again.run_requests[0].run_key != first.run_requests[0].run_key

    tell(workshop, workshop.tell_dream("I dreamt my cat could speak Latin"), Change.HIDDEN)
    more = tick(workshop, automation.comment_changes_sensor, again.cursor)
    assert more.run_requests


def test_a_cursor_that_cannot_be_read_begins_anew(workshop):
    """Settling twice does no harm."""
    tell(workshop, workshop.tell_dream(), Change.HIDDEN)
    assert tick(workshop, automation.comment_changes_sensor, "{not json").run_requests
