"""Asking dreamers once, and reading their answers, against a TikTok that fails in between."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from dreambox_pipeline.defs.dreams import dream_ranking
from dreambox_pipeline.defs.questions import QUESTION, SHOWN_AFTER, ask_dreamers
from dreambox_pipeline.safety.audit import AuditEntry, verify
from dreambox_pipeline.safety.consent_wording import question_for
from dreambox_pipeline.stages.dreams.consent import ANSWER_WINDOW
from dreambox_pipeline.stages.dreams.model import ConsentState, DreamReport
from dreambox_pipeline.stages.posts.model import PublicationState
from dreambox_pipeline.storage.ledger import consents, erasures, outbox
from dreambox_pipeline.storage.tables import audit_log
from dreambox_pipeline.storage.tables import outbox as outbox_table
from dreambox_pipeline_tests.defs.workshop import Workshop, events_text

REPLY = "business/comment/reply/create/"
S = ConsentState


def outbox_state(workshop: Workshop, dream_id: str) -> str:
    with workshop.ledger.read() as connection:
        return connection.scalar(
            sa.select(outbox_table.c.state).where(outbox_table.c.key == f"{QUESTION}:{dream_id}")
        )


def credit(workshop: Workshop, dream_id: str) -> str | None:
    with workshop.ledger.read() as connection:
        return consents.credit_of(connection, dream_id)


def tombstone(workshop: Workshop, report: DreamReport) -> tuple[str, bool] | None:
    """Why the comment is erased and whether that is done; None when it is not."""
    with workshop.ledger.read() as connection:
        found = erasures.find(connection, report.comment_id)
    return (found.reason, found.finished_at is not None) if found else None


# Asking


def test_a_dreamer_is_asked_once(workshop):
    """However often the asset runs, one question stands under the comment."""
    report = workshop.tell_dream()
    for _ in range(3):
        workshop.ask()

    assert workshop.own_replies(report) == [question_for(report.dream_id, report.lang).text]
    assert workshop.consent(report) is S.ASKED
    assert outbox_state(workshop, report.dream_id) == "sent"


def test_only_the_named_or_the_best_are_asked(workshop):
    """`limit` and `ids` in the launchpad mean what they say."""
    first, second = workshop.tell_dream(), workshop.tell_dream()
    workshop.ask(limit=1, ids=[second.dream_id])
    assert [workshop.consent(r) for r in (first, second)] == [S.NONE, S.ASKED]

    workshop.ask(limit=0)
    assert workshop.consent(first) is S.NONE


@pytest.mark.parametrize("kind", ["timeout_after", "close_mid_body"])
def test_a_question_without_an_answer_is_looked_up_and_not_asked_twice(workshop, kind):
    """TikTok wrote the reply and the answer was lost: the next run finds it under the comment."""
    report = workshop.tell_dream()
    workshop.arm(kind, REPLY)
    workshop.ask()
    assert workshop.consent(report) is S.NONE
    assert outbox_state(workshop, report.dream_id) == "unknown"
    assert len(workshop.own_replies(report)) == 1
    assert ("consents", report.dream_id) in workshop.failures()

    workshop.ask()
    assert workshop.consent(report) is S.ASKED
    assert len(workshop.own_replies(report)) == 1
    assert workshop.failures() == {}


@pytest.mark.parametrize(
    ("kind", "state"),
    [("timeout_before", "unknown"), ("html", "unknown"), ("code:50000", "unknown"),
     ("code:40100", "pending"), ("code:60001", "pending")],
)  # fmt: skip
def test_a_question_that_did_not_go_out_is_sent_later(workshop, kind, state):
    """At once when TikTok surely did not act, after a while when nobody knows: it stands there once."""
    report = workshop.tell_dream()
    workshop.arm(kind, REPLY)
    workshop.ask()
    assert outbox_state(workshop, report.dream_id) == state
    assert workshop.own_replies(report) == []

    if state == "unknown":
        workshop.ask()
        assert workshop.own_replies(report) == [], "it may yet appear under the comment"
        assert "looks again" in workshop.failures()["consents", report.dream_id]
    # A refusal for asking too fast (40100) holds every process back for five minutes.
    workshop.sandbox.advance(SHOWN_AFTER.total_seconds())
    workshop.ask()
    assert workshop.consent(report) is S.ASKED
    assert len(workshop.own_replies(report)) == 1


def test_a_refused_question_is_not_repeated_and_does_not_take_anothers_place(workshop):
    """A reply that TikTok will not take is over; the next dreamer is asked instead."""
    first, second = workshop.tell_dream(), workshop.tell_dream()
    workshop.arm("code:40002", REPLY)
    workshop.ask(limit=1)
    refused = [r for r in (first, second) if outbox_state(workshop, r.dream_id) == "failed"]
    assert len(refused) == 1

    workshop.ask(limit=1)
    (asked,) = [r for r in (first, second) if r is not refused[0]]
    assert workshop.consent(asked) is S.ASKED
    assert workshop.own_replies(refused[0]) == []


class Killed(BaseException):
    """The process is gone; nothing of ours may catch it."""


@dataclass
class DyingAccount:
    """The account's client until the moment around a reply, when the process dies."""

    account: Any
    is_sent_before_death: bool

    @property
    def client(self) -> "DyingAccount":
        return self

    def replies(self, *args: Any) -> Any:
        return self.account.client.replies(*args)

    def reply(self, *args: Any) -> None:
        if self.is_sent_before_death:
            self.account.client.reply(*args)
        raise Killed


@pytest.mark.parametrize("is_sent_before_death", [True, False])
def test_a_killed_run_asks_nobody_twice(workshop, is_sent_before_death):
    """The attempt is written down before the request, so a rerun looks before it sends."""
    report = workshop.tell_dream()
    workshop.run(dream_ranking)
    with pytest.raises(Killed):
        ask_dreamers(
            tiktok=DyingAccount(workshop.tiktok, is_sent_before_death),
            ledger=workshop.ledger,
            clock=workshop.parts["clock"],
            limit=5,
            ids=[],
            log=lambda _line: None,
        )
    assert outbox_state(workshop, report.dream_id) == "unknown"

    workshop.ask()
    workshop.sandbox.advance(SHOWN_AFTER.total_seconds())
    workshop.ask()
    workshop.ask()
    assert workshop.consent(report) is S.ASKED
    assert len(workshop.own_replies(report)) == 1


def test_a_comment_deleted_before_the_question_is_left_out_for_good(workshop):
    """There is nobody to ask any more, and no run asks again."""
    gone, other = workshop.tell_dream(), workshop.tell_dream()
    workshop.delete_comment(gone)
    workshop.ask()

    assert workshop.consent(gone) is S.NONE
    assert workshop.consent(other) is S.ASKED
    assert outbox_state(workshop, gone.dream_id) == "failed"


def test_a_comment_deleted_while_the_outcome_is_unknown_is_given_up(workshop):
    """A lost answer and then a deletion: the row does not stay open for ever."""
    report = workshop.tell_dream()
    workshop.arm("timeout_after", REPLY)
    workshop.ask()
    workshop.delete_comment(report)
    workshop.ask()

    assert outbox_state(workshop, report.dream_id) == "failed"
    with workshop.ledger.read() as connection:
        assert outbox.unsent(connection, QUESTION) == []


def test_a_comment_hidden_while_the_outcome_is_unknown_is_not_given_up(workshop):
    """What stands under it cannot be read, so nothing is sent and nothing is decided."""
    report = workshop.tell_dream()
    workshop.arm("timeout_after", REPLY)
    workshop.ask()
    workshop.hide_comment(report)
    workshop.sandbox.advance(SHOWN_AFTER.total_seconds())
    workshop.ask()
    assert outbox_state(workshop, report.dream_id) == "unknown"

    workshop.hide_comment(report, hidden=False)
    workshop.ask()
    assert workshop.consent(report) is S.ASKED
    assert len(workshop.own_replies(report)) == 1


# Answers


@pytest.mark.parametrize(
    ("text", "state", "is_credited"),
    [
        ("yes please!", S.GRANTED, True),
        ("yes but anonymous", S.GRANTED, False),
        ("no thanks", S.DECLINED, False),
        ("what is this about?", S.ASKED, False),
    ],
)
def test_the_dreamers_answer_is_read(workshop, text, state, is_credited):
    """Yes, yes without a name, no, and words that are neither."""
    report = workshop.tell_dream()
    workshop.ask()
    workshop.say(report, text)
    result = workshop.ask()

    handle = workshop.comment_of(report).author.username
    assert workshop.consent(report) is state
    assert credit(workshop, report.dream_id) == (handle if is_credited else None)
    assert handle not in events_text(result)


def test_somebody_elses_yes_is_not_consent(workshop):
    """Only the person who wrote the dream can give it away."""
    report = workshop.tell_dream()
    workshop.ask()
    workshop.say(report, "yes please!", handle="helpful.stranger")
    workshop.ask()

    assert workshop.consent(report) is S.ASKED


def test_a_yes_from_before_the_question_is_no_answer(workshop):
    """Nothing had been asked yet."""
    report = workshop.tell_dream()
    workshop.say(report, "yes")
    workshop.ask()
    workshop.ask()

    assert workshop.consent(report) is S.ASKED


def test_an_old_question_expires(workshop):
    """Two weeks of silence are a no, and nobody is asked again."""
    report = workshop.tell_dream()
    workshop.ask()
    workshop.sandbox.advance(ANSWER_WINDOW.total_seconds() - 3600)
    workshop.ask()
    assert workshop.consent(report) is S.ASKED

    workshop.sandbox.advance(2 * 3600)
    workshop.ask()
    workshop.ask()
    assert workshop.consent(report) is S.EXPIRED
    assert len(workshop.own_replies(report)) == 1


def test_an_answer_given_in_time_counts_although_it_is_read_late(workshop):
    """The machine may have been off; the dreamer was not."""
    report = workshop.tell_dream()
    workshop.ask()
    workshop.say(report, "yes")
    workshop.sandbox.advance((ANSWER_WINDOW + timedelta(days=1)).total_seconds())
    workshop.ask()

    assert workshop.consent(report) is S.GRANTED


@pytest.mark.parametrize(("has_granted", "state"), [(False, S.DECLINED), (True, S.WITHDRAWN)])
def test_a_deleted_comment_takes_the_dream_back(workshop, has_granted, state):
    """Before an answer it is a no, after a yes a withdrawal."""
    report = workshop.tell_dream()
    workshop.ask()
    if has_granted:
        workshop.say(report, "yes")
        workshop.ask()
    workshop.delete_comment(report)
    workshop.ask()

    assert workshop.consent(report) is state
    assert credit(workshop, report.dream_id) is None


@pytest.mark.parametrize(("has_granted", "state"), [(False, S.ASKED), (True, S.GRANTED)])
def test_a_hidden_comment_takes_nothing_back(workshop, has_granted, state):
    """Hiding is somebody's moderation; its replies cannot be read, which is no answer."""
    report = workshop.tell_dream()
    workshop.ask()
    if has_granted:
        workshop.say(report, "yes")
        workshop.ask()
    workshop.hide_comment(report)
    workshop.ask()
    assert workshop.consent(report) is state
    assert workshop.failures() == {}

    workshop.hide_comment(report, hidden=False)
    workshop.say(report, "no, please do not use my dream")
    workshop.ask()
    assert workshop.consent(report) is (S.WITHDRAWN if has_granted else S.DECLINED)


def test_a_hidden_comment_expires_like_any_other(workshop):
    """Two weeks without an answer are over, whoever hid it."""
    report = workshop.tell_dream()
    workshop.ask()
    workshop.hide_comment(report)
    workshop.sandbox.advance(ANSWER_WINDOW.total_seconds())
    workshop.ask()

    assert workshop.consent(report) is S.EXPIRED


def test_a_no_that_a_later_yes_overruled_stays_overruled(workshop):
    """The older no is not taken for a withdrawal when the replies are read again."""
    report = workshop.tell_dream()
    workshop.ask()
    workshop.say(report, "no, delete this")
    workshop.say(report, "ok yes, go ahead")
    for _ in range(3):
        workshop.ask()

    assert workshop.consent(report) is S.GRANTED


def test_a_withdrawal_empties_the_queue_of_that_dream(workshop):
    """Whoever takes it back after the video was planned is not posted."""
    report, row = workshop.queued_video()
    assert row.state is PublicationState.PLANNED
    workshop.say(report, "I changed my mind, please don't use my dream")
    workshop.ask()

    assert workshop.consent(report) is S.WITHDRAWN
    assert workshop.publication(row.render_id).state is PublicationState.CANCELLED
    assert tombstone(workshop, report) == ("withdrawn", True)
    assert not workshop.media.path(row.content_hash, ".mp4").exists()


def test_trouble_with_one_thread_leaves_the_other_answers_read(workshop):
    """The batch goes on, and the next run reads what was left out."""
    reports = [workshop.tell_dream() for _ in range(3)]
    workshop.ask()
    for report in reports:
        workshop.say(report, "yes")
    workshop.arm("garbage", "business/comment/reply/list/", times=4)
    workshop.ask()

    granted = [report for report in reports if workshop.consent(report) is S.GRANTED]
    assert len(granted) == 2
    assert len(workshop.failures()) == 1
    workshop.ask()
    assert all(workshop.consent(report) is S.GRANTED for report in reports)


def test_questions_and_answers_are_in_the_audit_chain(workshop):
    """Who was asked what, and what proves the answer, in a chain that holds together."""
    report = workshop.tell_dream()
    workshop.ask()
    workshop.say(report, "yes")
    workshop.ask()

    with workshop.ledger.read() as connection:
        rows = connection.execute(sa.select(audit_log).order_by(audit_log.c.seq)).mappings().all()
    entries = [AuditEntry(**row) for row in rows]
    told = [entry.action for entry in entries if entry.action.startswith("consent.")]
    assert told == ["consent.asked", "consent.granted"]
    assert verify(entries) is None
