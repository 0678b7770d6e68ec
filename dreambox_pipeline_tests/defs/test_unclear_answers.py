"""What rules cannot read goes to a person; without a yes, words are let go of or erased."""

import pytest
import sqlalchemy as sa

from dreambox_pipeline.stages.dreams.consent import ANSWER_WINDOW
from dreambox_pipeline.stages.dreams.model import ConsentState, DreamReport
from dreambox_pipeline.storage.ledger import consents, tasks, tellings
from dreambox_pipeline.storage.ledger import dreams as ledger_dreams
from dreambox_pipeline.storage.tables import videos
from dreambox_pipeline_tests.defs.test_consent import tombstone
from dreambox_pipeline_tests.defs.test_questions import open_tasks
from dreambox_pipeline_tests.defs.workshop import Workshop

S = ConsentState


def words_of(workshop: Workshop, report: DreamReport) -> tuple[str, str | None]:
    """What the ledger keeps of the dream's words, and why it is suspended."""
    with workshop.ledger.read() as connection:
        kept = ledger_dreams.report(connection, report.dream_id)
        assert kept is not None
        return kept.text, tellings.suspended_because(connection, report.dream_id)


def test_an_unclear_answer_becomes_a_task_once(workshop):
    """Redacted, with the proof; reading the thread again adds nothing."""
    report = workshop.tell_dream()
    workshop.ask()
    workshop.say(report, "maybe?? write me at luna@example.org")
    for _ in range(2):
        workshop.ask()
    (task,) = open_tasks(workshop, tasks.UNCLEAR_ANSWER)
    assert task.subject == report.dream_id
    assert task.payload["reply"] == "maybe?? write me at [EMAIL]"
    assert task.payload["handle"] == workshop.comment_of(report).author.username
    assert workshop.consent(report) is S.ASKED


@pytest.mark.parametrize(("text", "state"), [("yes please!", S.GRANTED), ("no", S.DECLINED)])
def test_a_later_clear_answer_closes_the_task(workshop, text, state):
    """The dreamer's own plain word wins over what waits for a person."""
    report = workshop.tell_dream()
    workshop.ask()
    workshop.say(report, "maybe?")
    workshop.ask()
    workshop.say(report, text)
    workshop.ask()
    assert workshop.consent(report) is state
    assert open_tasks(workshop, tasks.UNCLEAR_ANSWER) == []


def test_a_question_back_keeps_the_question_open(workshop):
    """Two weeks count from the dreamer's last words; then the task goes with the question."""
    report = workshop.tell_dream()
    workshop.ask()
    workshop.sandbox.advance(ANSWER_WINDOW.total_seconds() - 86_400)
    workshop.say(report, "how would it look?")
    workshop.sandbox.advance(2 * 86_400)
    workshop.ask()
    assert workshop.consent(report) is S.ASKED
    workshop.sandbox.advance(ANSWER_WINDOW.total_seconds())
    workshop.ask()
    assert workshop.consent(report) is S.EXPIRED
    assert open_tasks(workshop, tasks.UNCLEAR_ANSWER) == []


@pytest.mark.parametrize(("text", "state"), [("no thanks", S.DECLINED), (None, S.EXPIRED)])
def test_without_a_yes_the_words_are_let_go(workshop, text, state):
    """The row stays, so that nobody is asked twice; what was told does not."""
    report = workshop.tell_dream()
    workshop.ask()
    if text:
        workshop.say(report, text)
    else:
        workshop.sandbox.advance(ANSWER_WINDOW.total_seconds())
    workshop.ask()
    assert words_of(workshop, report) == ("", state.value)
    assert tombstone(workshop, report) is None


@pytest.mark.parametrize("has_granted", [True, False])
def test_delete_it_erases_everything(workshop, has_granted):
    """Before or after a yes, and a deleted comment does the same."""
    told, gone = workshop.tell_dream(), workshop.tell_dream()
    workshop.ask()
    if has_granted:
        workshop.say(told, "yes")
        workshop.say(gone, "yes")
        workshop.ask()
    workshop.say(told, "please delete my dream")
    workshop.delete_comment(gone)
    workshop.ask()
    reason = "withdrawn" if has_granted else "asked_for_removal"
    assert tombstone(workshop, told) == (reason, True)
    assert tombstone(workshop, gone) == ("comment_deleted", True)
    for report in (told, gone):
        assert workshop.consent(report) is (S.WITHDRAWN if has_granted else S.DECLINED)
        assert words_of(workshop, report)[0] == ""


def test_an_answered_or_erased_dream_gets_no_task(workshop, monkeypatch):
    """A worker that was reading the thread meanwhile must not keep the words once more."""
    report = workshop.tell_dream()
    workshop.ask()
    workshop.say(report, "maybe?")
    with workshop.ledger.read() as connection:
        questions = consents.open_questions(connection, now=workshop.now)
    with workshop.ledger.write() as connection:
        workshop.answer(connection, report, S.DECLINED)
    monkeypatch.setattr(consents, "open_questions", lambda _connection, now: questions)  # noqa: ARG005 - its name
    workshop.ask()
    assert open_tasks(workshop, tasks.UNCLEAR_ANSWER) == []


def test_a_yes_with_second_thoughts_waits_for_a_person(workshop):
    """Who sees both replies; calling it no answer grants nothing, the dreamer's next yes does."""
    report = workshop.tell_dream()
    workshop.ask()
    workshop.say(report, "yes")
    workshop.say(report, "wait what")
    workshop.ask()
    assert workshop.consent(report) is S.ASKED
    (task,) = open_tasks(workshop, tasks.UNCLEAR_ANSWER)
    assert (task.payload["said_before"], task.payload["reply"]) == (["yes"], "wait what")
    with workshop.ledger.write() as connection:
        tasks.close(
            connection, task.task_id, outcome="no_answer", by="reviewer:mia", now=workshop.now
        )
    workshop.ask()
    assert workshop.consent(report) is S.ASKED
    workshop.say(report, "ah ok, go ahead!")
    workshop.ask()
    assert workshop.consent(report) is S.GRANTED


def credit_of(workshop: Workshop, report: DreamReport) -> str | None:
    with workshop.ledger.read() as connection:
        return consents.credit_of(connection, report.dream_id)


def test_who_does_not_want_to_be_named_any_more_is_not(workshop):
    """Before a video shows the name it is only dropped; the dream goes on."""
    report = workshop.tell_dream()
    workshop.ask()
    workshop.say(report, "yes")
    workshop.ask()
    assert credit_of(workshop, report) is not None
    workshop.say(report, "but please don't use my name")
    workshop.ask()
    assert workshop.consent(report) is S.GRANTED
    assert credit_of(workshop, report) is None


@pytest.mark.parametrize(("credit", "state"), [("luna.dreams", S.WITHDRAWN), (None, S.GRANTED)])
def test_a_video_that_shows_an_unwanted_name_is_withdrawn(workshop, credit, state):
    """The name is in its picture; an anonymous one is no reason."""
    report, video = workshop.finished_video()
    with workshop.ledger.write() as connection:
        connection.execute(
            sa.update(videos).where(videos.c.render_id == video.render_id).values(credit=credit)
        )
    workshop.say(report, "please remove my name")
    workshop.ask()
    assert workshop.consent(report) is state


def test_a_no_to_a_hidden_dream_outlives_the_hiding(workshop):
    """A comment that is shown again brings back nothing that was let go of."""
    report = workshop.tell_dream()
    workshop.ask()
    with workshop.ledger.write() as connection:
        ledger_dreams.suspend(connection, report.comment_id, reason="hidden", now=workshop.now)
        tellings.let_go(connection, report.dream_id, reason="expired", now=workshop.now)
        assert ledger_dreams.resume(connection, report.comment_id, reasons=("hidden",)) is None
    assert words_of(workshop, report) == ("", "expired")


def test_a_doubt_after_the_yes_goes_to_a_person_and_a_new_yes_settles_it(workshop):
    """Neither a withdrawal nor nothing: it stays granted, and is not posted meanwhile."""
    report = workshop.tell_dream()
    workshop.ask()
    workshop.say(report, "yes")
    workshop.ask()
    workshop.say(report, "hmm maybe not")
    for _ in range(2):
        workshop.ask()
    assert workshop.consent(report) is S.GRANTED
    (task,) = open_tasks(workshop, tasks.DOUBTED_YES)
    assert (task.subject, task.payload["reply"]) == (report.dream_id, "hmm maybe not")
    workshop.say(report, "ok yes do it!")
    workshop.ask()
    assert open_tasks(workshop, tasks.DOUBTED_YES) == []
    assert workshop.consent(report) is S.GRANTED


def test_joy_after_the_yes_bothers_nobody(workshop):
    """People go on talking."""
    report = workshop.tell_dream()
    workshop.ask()
    workshop.say(report, "yes")
    workshop.ask()
    workshop.say(report, "so excited to see it!!")
    workshop.ask()
    assert open_tasks(workshop, tasks.DOUBTED_YES) == []
