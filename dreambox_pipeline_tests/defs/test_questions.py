"""Questions take turns in their words, go to nobody who is suspended, and are looked at afterwards."""

from typing import Any

from dreambox_pipeline.defs.questions import QUESTION, SHOWN_AFTER, ask_dreamers
from dreambox_pipeline.stages.dreams.consent import HIDDEN_BEFORE_PAUSE
from dreambox_pipeline.stages.dreams.model import ConsentState, DreamReport
from dreambox_pipeline.storage.ledger import dreams as ledger_dreams
from dreambox_pipeline.storage.ledger import outbox, tasks
from dreambox_pipeline_tests.defs.test_consent import REPLY, outbox_state
from dreambox_pipeline_tests.defs.workshop import Workshop

S = ConsentState


def open_tasks(workshop: Workshop, kind: str) -> list[tasks.Task]:
    with workshop.ledger.read() as connection:
        return tasks.open_tasks(connection, kind=kind)


def test_neighbours_are_asked_in_different_words(workshop):
    """Alike replies in bulk are what the platform hides."""
    reports = [workshop.tell_dream() for _ in range(6)]
    workshop.ask()
    asked = [workshop.own_replies(report)[0] for report in reports]
    assert len(set(asked)) == len(asked)


def test_a_suspended_dream_is_not_asked_about(workshop):
    """Not when it is chosen, and not when the question was written down before."""
    report = workshop.tell_dream()
    workshop.arm("code:60001", REPLY)
    workshop.ask()
    assert outbox_state(workshop, report.dream_id) == "pending"
    with workshop.ledger.write() as connection:
        ledger_dreams.suspend(connection, report.comment_id, reason="hidden", now=workshop.now)
    workshop.ask()
    assert outbox_state(workshop, report.dream_id) == "failed"
    assert workshop.own_replies(report) == []


def question_of(workshop: Workshop, report: DreamReport) -> Any:
    """Our question as the world has it."""
    (ours,) = [r for r in workshop.sandbox.world.replies(workshop.comment_of(report)) if r.is_owner]
    return ours


def test_a_question_that_everybody_sees_is_looked_at_once(workshop):
    """Minutes later it is found under the comment, and nobody is bothered."""
    report = workshop.tell_dream()
    workshop.ask()
    workshop.sandbox.advance(SHOWN_AFTER.total_seconds())
    workshop.ask()
    assert outbox_state(workshop, report.dream_id) == "shown"
    assert open_tasks(workshop, tasks.HIDDEN_QUESTION) == []


def test_a_hidden_question_is_a_task_and_several_are_a_pause(workshop):
    """The platform says nothing, so we look; three in a day and nobody else is asked."""
    reports = [workshop.tell_dream() for _ in range(HIDDEN_BEFORE_PAUSE)]
    workshop.ask()
    for report in reports:
        workshop.sandbox.world.set_hidden(question_of(workshop, report), hidden=True)
    workshop.sandbox.advance(SHOWN_AFTER.total_seconds())
    workshop.ask()
    found = open_tasks(workshop, tasks.HIDDEN_QUESTION)
    assert {task.subject for task in found} == {report.dream_id for report in reports}

    late = workshop.tell_dream()
    workshop.ask()
    assert workshop.consent(late) is S.NONE
    workshop.sandbox.advance(86_400)
    workshop.ask()
    assert workshop.consent(late) is S.ASKED


def test_a_question_that_is_not_listed_is_hidden_too(workshop):
    """Nobody replied, and our reply does not appear at all: that is no reason not to look."""
    report = workshop.tell_dream()
    workshop.ask()
    workshop.sandbox.world.delete_comment(question_of(workshop, report))
    workshop.sandbox.advance(SHOWN_AFTER.total_seconds())
    workshop.ask()
    assert outbox_state(workshop, report.dream_id) == "hidden"
    assert [task.subject for task in open_tasks(workshop, tasks.HIDDEN_QUESTION)] == [
        report.dream_id
    ]


def test_what_was_written_down_waits_when_questions_are_hidden(workshop):
    """A question that could not be sent yet is held back by the pause like any other."""
    reports = [workshop.tell_dream() for _ in range(HIDDEN_BEFORE_PAUSE)]
    workshop.ask()
    late = workshop.tell_dream()
    workshop.arm("code:60001", REPLY)
    workshop.ask()
    assert outbox_state(workshop, late.dream_id) == "pending"
    for report in reports:
        workshop.sandbox.world.set_hidden(question_of(workshop, report), hidden=True)
    workshop.sandbox.advance(SHOWN_AFTER.total_seconds())
    workshop.ask()
    assert outbox_state(workshop, late.dream_id) == "pending"
    assert workshop.own_replies(late) == []


def test_two_workers_that_read_one_question_send_it_once(workshop, monkeypatch):
    """The second finds that it was taken since, and leaves it alone."""
    report = workshop.tell_dream()
    workshop.arm("code:60001", REPLY)
    workshop.ask()
    with workshop.ledger.read() as connection:
        stale = outbox.unsent(connection, QUESTION)
    workshop.ask()
    assert len(workshop.own_replies(report)) == 1
    # The slower worker had read its list before the other one sent.
    monkeypatch.setattr(outbox, "unsent", lambda _connection, _kind: stale)
    batch = ask_dreamers(
        tiktok=workshop.tiktok, ledger=workshop.ledger, clock=workshop.parts["clock"],
        limit=5, ids=[], log=lambda _line: None,
    )  # fmt: skip
    assert len(batch.failed) == 1
    assert len(workshop.own_replies(report)) == 1
    assert outbox_state(workshop, report.dream_id) == "sent"
