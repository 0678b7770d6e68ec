"""What rules cannot read goes to a person; without a yes, words are let go of or erased."""

import pytest

from dreambox_pipeline.stages.dreams.consent import ANSWER_WINDOW
from dreambox_pipeline.stages.dreams.model import ConsentState, DreamReport
from dreambox_pipeline.storage.ledger import dreams as ledger_dreams
from dreambox_pipeline.storage.ledger import tasks, tellings
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
