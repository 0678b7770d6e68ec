"""What the ledger promises to whoever reads comments, on every database it may live in."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from dreambox_pipeline.stages.dreams.model import ConsentState, RankedDream
from dreambox_pipeline.storage.ledger import (
    Ledger,
    collected,
    consents,
    dreams,
    erasures,
    inbox,
    jobs,
    labels,
    polls,
    prompts,
    tasks,
    text_batches,
)
from dreambox_pipeline.storage.ledger.inbox import InboxEvent
from dreambox_pipeline.storage.ledger.labels import Label
from dreambox_pipeline.storage.ledger.polls import PollState
from dreambox_pipeline.storage.ledger.text_batches import BatchRow
from dreambox_pipeline.storage.tables import webhook_inbox
from dreambox_pipeline_tests.storage import story
from dreambox_pipeline_tests.storage.story import NOON

HOUR = timedelta(hours=1)
EVENT = {"comment_id": "74", "video_id": "73", "comment_action": "insert"}


def receive(ledger: Ledger, event_id: str, *, hours: int = 0) -> bool:
    with ledger.write() as connection:
        return inbox.receive(
            connection, event_id, event="comment.update", payload=EVENT, now=NOON + hours * HOUR
        )


def waiting(ledger: Ledger, *, limit: int = 500) -> list[InboxEvent]:
    with ledger.read() as connection:
        return inbox.pending(connection, limit=limit)


# The inbox


def test_an_event_that_comes_twice_is_kept_once(ledger):
    """TikTok delivers at least once; also when the first one was dealt with already."""
    assert receive(ledger, "e1")
    assert not receive(ledger, "e1", hours=1)
    assert waiting(ledger) == [InboxEvent("e1", "comment.update", EVENT, 0, NOON)]
    with ledger.write() as connection:
        inbox.mark_handled(connection, "e1", now=NOON)
    assert not receive(ledger, "e1", hours=2)
    assert waiting(ledger) == []


def test_events_come_out_in_the_order_they_came_in(ledger):
    """And no more of them at once than asked for."""
    for hours, event_id in ((2, "a"), (1, "b"), (0, "c")):
        receive(ledger, event_id, hours=hours)
    assert [event.event_id for event in waiting(ledger)] == ["c", "b", "a"]
    assert [event.event_id for event in waiting(ledger, limit=1)] == ["c"]


def test_what_was_handled_long_ago_is_forgotten_but_no_deletion(ledger):
    """What waits, what was given up and what was deleted stays, however old."""
    ids = ("waits", "given_up", "deleted", "late", "old", "of_a_post")
    with ledger.write() as connection:
        for event_id in ids:
            payload = EVENT | {"comment_action": "delete"} if event_id == "deleted" else EVENT
            payload = {"publish_id": "v1"} if event_id == "of_a_post" else payload
            inbox.receive(connection, event_id, event="x", payload=payload, now=NOON)
        inbox.mark_failed(connection, "given_up", error="never", now=NOON, give_up=True)
        for event_id in ("deleted", "old", "of_a_post"):
            inbox.mark_handled(connection, event_id, now=NOON)
        inbox.mark_handled(connection, "late", now=NOON + HOUR)

    with ledger.write() as connection:
        assert inbox.prune(connection, now=NOON + inbox.KEPT_FOR) == 0
        assert inbox.prune(connection, now=NOON + inbox.KEPT_FOR + HOUR) == 2
        left = set(connection.scalars(sa.select(webhook_inbox.c.event_id)))
    assert left == {"waits", "given_up", "deleted", "late"}


def test_a_failed_event_is_tried_again_until_it_is_given_up(ledger):
    """One event that cannot be handled does not stay at the head of the queue for ever."""
    receive(ledger, "e1")
    with ledger.write() as connection:
        inbox.mark_failed(connection, "e1", error="later", now=NOON, give_up=False)
    assert [event.attempts for event in waiting(ledger)] == [1]
    with ledger.write() as connection:
        inbox.mark_failed(connection, "e1", error="never", now=NOON, give_up=True)
    assert waiting(ledger) == []


# How far reading came


def test_a_video_s_newest_poll_replaces_the_older_one(ledger):
    """Unknown counts stay unknown."""
    first = PollState("73", NOON, None, None, 0, NOON + HOUR)
    second = replace(first, polled_at=NOON + HOUR, seen_until=NOON, comments=7, new_comments=3)
    for state in (first, second):
        with ledger.write() as connection:
            polls.record(connection, state)
        with ledger.read() as connection:
            assert polls.states(connection) == {"73": state}


def test_a_collection_goes_on_where_it_stopped_until_it_is_forgotten(ledger):
    """Each range of days for itself."""
    with ledger.write() as connection:
        for video, comments in (("b", 1), ("a", 2), ("a", 3)):
            collected.mark(connection, "2026-01/2026-02", video, comments=comments, now=NOON)
        collected.mark(connection, "another", "a", comments=9, now=NOON)
        assert collected.done(connection, "2026-01/2026-02") == {"a": 3, "b": 1}
        collected.forget(connection, "2026-01/2026-02")
        assert collected.done(connection, "2026-01/2026-02") == {}
        assert collected.done(connection, "another") == {"a": 9}


def test_a_batch_is_written_down_once(ledger):
    """A killed run finds it and the provider's id instead of paying twice."""
    with ledger.write() as connection:
        assert text_batches.find(connection, "k") is None
        assert text_batches.remember(connection, "k", items=3, now=NOON)
        text_batches.set_provider_id(connection, "k", "batch_1", now=NOON)
        text_batches.set_state(connection, "k", "in_progress", now=NOON)
        assert not text_batches.remember(connection, "k", items=4, now=NOON)
        assert text_batches.find(connection, "k") == BatchRow("k", "batch_1", "in_progress", 3)


# Tasks and labels


def test_a_task_is_opened_once_and_closed_once(ledger):
    """The same answer is asked about once, even after somebody decided."""
    payload = {"text": "hm, maybe", "answer_comment_id": "76"}
    with ledger.write() as connection:
        for key, is_new in (("76", True), ("76", False), ("77", True)):
            opened = tasks.open_task(
                connection, tasks.UNCLEAR_ANSWER, "drm_1", key=key, payload=payload, now=NOON
            )
            assert opened is is_new
        tasks.open_task(connection, tasks.TAKEDOWN, "post", payload={}, now=NOON - HOUR)
        assert [task.subject for task in tasks.open_tasks(connection)] == ["post", "drm_1", "drm_1"]
        (first, _) = tasks.open_tasks(connection, kind=tasks.UNCLEAR_ANSWER)
        assert first.payload == payload
        assert tasks.close(connection, first.task_id, outcome="yes", by="mia", now=NOON)
        assert not tasks.close(connection, first.task_id, outcome="no", by="tom", now=NOON)
        assert not tasks.close(connection, "unknown", outcome="no", by="tom", now=NOON)
        assert len(tasks.open_tasks(connection, kind=tasks.UNCLEAR_ANSWER)) == 1


def test_a_closed_task_keeps_no_words(ledger):
    """They were only there for the person to decide."""
    payload = {"text": "hm, maybe", "answer_comment_id": "76", "told_at": "2026-11-02"}
    with ledger.write() as connection:
        tasks.open_task(connection, tasks.UNCLEAR_ANSWER, "drm_1", payload=payload, now=NOON)
        task_id = f"{tasks.UNCLEAR_ANSWER}:drm_1:"
        tasks.close(connection, task_id, outcome="yes", by="mia", now=NOON)
        closed = tasks.find(connection, task_id)
    assert closed is not None
    assert closed.payload == {"answer_comment_id": "76", "told_at": "2026-11-02"}
    assert (closed.state, closed.outcome, closed.done_by, closed.done_at) == (
        "closed",
        "yes",
        "mia",
        NOON,
    )


def test_the_later_decision_about_a_comment_counts(ledger):
    """People correct themselves."""
    first = Label("74", True, "I dreamt", "en", "mia", NOON)
    second = replace(first, is_dream=False, decided_by="tom", decided_at=NOON + HOUR)
    with ledger.write() as connection:
        labels.record(connection, first)
        labels.record(connection, second)
        assert labels.everything(connection) == [second]


# Tombstones


def test_a_tombstone_is_set_once_and_finished_once(ledger):
    """The first reason stays, and so does the first end."""
    with ledger.write() as connection:
        assert erasures.request(connection, "74", dream_id=None, reason="withdrawn", now=NOON)
        assert not erasures.request(connection, "74", dream_id=None, reason="other", now=NOON)
        assert [each.reason for each in erasures.unfinished(connection)] == ["withdrawn"]
        assert erasures.is_erased(connection, "74")
        assert not erasures.is_erased(connection, "75")
        assert erasures.erased_ids(connection) == {"74"}
        assert erasures.finish(connection, "74", detail={"comments": 1}, now=NOON)
        assert not erasures.finish(connection, "74", detail={}, now=NOON + HOUR)
        assert erasures.unfinished(connection) == []
        found = erasures.find(connection, "74")
    assert found is not None
    assert (found.detail, found.finished_at) == ({"comments": 1}, NOON)


# Dreams


def save(ledger: Ledger, number: int, **changes: object) -> None:
    with ledger.write() as connection:
        dreams.save_reports(connection, [story.report(number, **changes)], now=NOON)


def rankable(ledger: Ledger) -> list[str]:
    with ledger.read() as connection:
        return [report.dream_id for report in dreams.rankable(connection)]


@pytest.mark.parametrize(
    "changes",
    [
        {"mode": "context", "needs_review": True, "signature": (3, 2**32 - 1)},
        {"duplicate_of": "drm_other", "signature": None},
    ],
)
def test_a_report_comes_back_as_it_was_saved(ledger, changes):
    """With how it was found and what it repeats; a later reading replaces both."""
    save(ledger, 1)
    save(ledger, 1, **changes)
    with ledger.read() as connection:
        assert dreams.report(connection, story.ids(1).dream_id) == story.report(1, **changes)


def test_a_suspended_dream_is_in_no_list_until_it_is_resumed(ledger):
    """A hidden comment may be shown again."""
    ids = story.make(ledger, 1)
    save(ledger, 2)
    with ledger.write() as connection:
        consents.mark_read(connection, ids.dream_id, now=NOON)
        assert consents.is_granted(connection, ids.dream_id)
        assert jobs.accepted_without_video(connection) == []
        assert prompts.granted_dreams(connection, [ids.dream_id]) == [ids.dream_id]
        for number in (1, 2):
            found = dreams.suspend(
                connection, story.ids(number).comment_id, reason="hidden", now=NOON
            )
            assert found == story.ids(number).dream_id
        assert not consents.is_granted(connection, ids.dream_id)
        assert prompts.granted_dreams(connection, [ids.dream_id]) == []
    assert rankable(ledger) == []
    with ledger.write() as connection:
        for number in (1, 2):
            assert dreams.resume(connection, story.ids(number).comment_id, reasons=["hidden"])
        assert consents.is_granted(connection, ids.dream_id)
    assert rankable(ledger) == [story.ids(2).dream_id]


def test_suspending_takes_a_dream_out_of_the_ranking_at_once(ledger):
    """Nobody is asked about a comment that was hidden a minute ago; nor does a ranking bring it back."""
    save(ledger, 1)
    ids = story.ids(1)
    place = RankedDream(ids.dream_id, 1, 0.8, {"visual": 1.0}, "why", {"weights": {"visual": 0.5}})
    with ledger.write() as connection:
        dreams.save_ranking(connection, [place], policy_version=0, now=NOON)
        assert dreams.ranking(connection) == [place]
        assert dreams.place(connection, ids.dream_id) == place
        dreams.suspend(connection, ids.comment_id, reason="hidden", now=NOON)
        assert dreams.ranking(connection) == []
        dreams.save_ranking(connection, [place], policy_version=0, now=NOON)
        assert dreams.place(connection, ids.dream_id) is None


def test_a_comment_that_is_shown_again_lifts_nothing_but_its_hiding(ledger):
    """What its dreamer declined stays declined, whatever TikTok does with the comment."""
    save(ledger, 1)
    ids = story.ids(1)
    with ledger.write() as connection:
        dreams.suspend(connection, ids.comment_id, reason="declined", now=NOON)
        dreams.suspend(connection, ids.comment_id, reason="hidden", now=NOON)
        assert dreams.resume(connection, ids.comment_id, reasons=["hidden"]) is None
    assert rankable(ledger) == []


def test_suspending_needs_a_dream_and_resuming_a_suspended_one(ledger):
    """A comment that told no dream has nothing to suspend; an erased one never comes back."""
    save(ledger, 1)
    comment_id = story.ids(1).comment_id
    with ledger.write() as connection:
        assert dreams.suspend(connection, "unknown", reason="hidden", now=NOON) is None
        assert dreams.resume(connection, comment_id, reasons=["hidden", dreams.ERASED]) is None
        dreams.suspend(connection, comment_id, reason="hidden", now=NOON)
        dreams.suspend(connection, comment_id, reason=dreams.ERASED, now=NOON)
        assert dreams.resume(connection, comment_id, reasons=["hidden", dreams.ERASED]) is None


def test_a_prompt_is_composed_for_no_suspended_dream(ledger):
    """Granted or not."""
    ids = story.ask(ledger, 1)
    with ledger.write() as connection:
        consents.record_answer(connection, ids.dream_id, state=ConsentState.GRANTED, now=NOON)
        assert prompts.dreams_without_prompt(connection) == [ids.dream_id]
        dreams.suspend(connection, ids.comment_id, reason="hidden", now=NOON)
        assert prompts.dreams_without_prompt(connection) == []


def test_a_repeated_dream_is_not_ranked(ledger):
    """The first telling is."""
    save(ledger, 1)
    save(ledger, 2, duplicate_of=story.ids(1).dream_id)
    assert rankable(ledger) == [story.ids(1).dream_id]


def test_what_needs_a_person_s_look_is_ranked_once_they_say_it_is_a_dream(ledger):
    """And what they say is none is not, whatever the engine thought."""
    save(ledger, 1, needs_review=True)
    save(ledger, 2)
    assert rankable(ledger) == [story.ids(2).dream_id]
    for number, is_dream in ((1, True), (2, False)):
        label = Label(story.ids(number).comment_id, is_dream, "words", "en", "mia", NOON)
        with ledger.write() as connection:
            labels.record(connection, label)
    assert rankable(ledger) == [story.ids(1).dream_id]
