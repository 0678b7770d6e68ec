"""Rules of reading a batch of comments."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dreambox_pipeline.errors import ItemError, TransientError
from dreambox_pipeline.safety.model import ScreeningAction
from dreambox_pipeline.stages.comments.model import Comment
from dreambox_pipeline.stages.dreams.model import Motif
from dreambox_pipeline.stages.dreams.reading import dream_id_for, read_comments
from dreambox_pipeline.text_engines.embedded import EmbeddedEngine

NOW = datetime(2026, 5, 1, tzinfo=UTC)


def told(text, comment_id="71", **changes):
    comment = Comment(
        comment_id=comment_id,
        source_video_id="81",
        author_id="a1",
        text=text,
        created_at=NOW - timedelta(hours=3),
        likes=4,
    )
    return replace(comment, **changes)


def read(*comments, engine=None, asks=frozenset()):
    return read_comments(comments, engine=engine or EmbeddedEngine(), asks_for_dreams=asks, now=NOW)


class ChokingEngine(EmbeddedEngine):
    """Fails the whole batch on account of one text, in detection or in extraction."""

    def __init__(self, on):
        super().__init__()
        self.on = on

    def detect(self, texts):
        if any(self.on in t.text for t in texts):
            raise ItemError("Asked for a verdict and got none. Read it by hand.")
        return super().detect(texts)

    def extract(self, texts):
        if any("thunder" in text for text in texts):
            raise ItemError("Asked for facts and got none. Read it by hand.")
        return super().extract(texts)


class ForgetfulEngine(EmbeddedEngine):
    """Answers with one result too few, whatever it is asked."""

    def detect(self, texts):
        return super().detect(texts)[1:]


class UnreachableEngine(EmbeddedEngine):
    """Never answers."""

    def detect(self, texts):
        msg = f"Sent {len(texts)} texts, no answer came. It is tried again."
        raise TransientError(msg)


def test_a_dream_becomes_a_report():
    """Everything later stages need, and where it came from."""
    (report,) = read(told("Last night I dreamt a whale swam over my school")).reports
    assert report.dream_id == dream_id_for("71")
    assert report.dream_id.startswith("drm_")
    assert len(report.dream_id) == 20
    assert (report.comment_id, report.source_video_id, report.author_id) == ("71", "81", "a1")
    assert report.engine == EmbeddedEngine().version
    assert not report.needs_review
    assert report.likes == 4
    assert Motif.WHALE in report.facts.motifs
    assert report.screening.action is ScreeningAction.PASS


def test_facts_and_report_come_from_the_redacted_text():
    """No later stage can meet the name or the number."""
    (report,) = read(
        told("I dreamt my friend Zorbina called me from 212-555-0187 on the moon")
    ).reports
    assert report.text == "I dreamt my friend [NAME] called me from [PHONE] on the moon"
    for spans in report.facts.evidence.values():
        assert all(end <= len(report.text) for _, end in spans)


@pytest.mark.parametrize(
    "changes",
    [{"is_owner": True}, {"parent_comment_id": "70"}, {"status": "HIDDEN"}],
    ids=["owner", "reply", "hidden"],
)
def test_some_comments_are_not_for_us(changes):
    """The account's own words, conversation and what was hidden are never read."""
    readings = read(told("I dreamt of a whale", **changes))
    assert readings.skipped == ["71"]
    assert not readings.reports
    assert not readings.passed_over


def test_what_is_no_dream_is_passed_over_with_its_reason():
    """So the desk can show why."""
    ((comment_id, verdict),) = read(told("this is my dream job")).passed_over
    assert comment_id == "71"
    assert "figurative:dream_goal" in verdict.reasons


def test_the_video_that_asks_changes_what_counts():
    """Only under that video."""
    story = told(
        "I was in a house with no doors and then it was raining inside, I tried to run but I was stuck"
    )
    assert not read(story).reports
    assert read(story, asks=frozenset({"81"})).reports[0].reasons


def test_a_blocked_dream_is_reported_as_blocked():
    """It is kept with its verdict, so nobody has to wonder where it went."""
    (report,) = read(told("I'm 12 and I dreamt I could fly")).reports
    assert report.screening.action is ScreeningAction.BLOCK


def test_one_bad_item_costs_only_itself():
    """In detection and in extraction."""
    readings = read(
        told("I dreamt of a whale", "1"),
        told("poison", "2"),
        told("I dreamt of thunder", "3"),
        told("I dreamt of a train", "4"),
        engine=ChokingEngine("poison"),
    )
    assert [r.comment_id for r in readings.reports] == ["1", "4"]
    assert [comment_id for comment_id, _ in readings.failures] == ["2", "3"]
    assert not any("poison" in why or "thunder" in why for _, why in readings.failures)


def test_an_engine_that_loses_answers_fails_its_items():
    """Answers are never matched to the wrong comment."""
    readings = read(told("I dreamt of a whale", "1"), told("first", "2"), engine=ForgetfulEngine())
    assert [comment_id for comment_id, _ in readings.failures] == ["1", "2"]
    assert not readings.reports


def test_an_engine_that_cannot_be_reached_is_the_callers_business():
    """Nothing was judged, so nothing is recorded."""
    with pytest.raises(TransientError):
        read(told("I dreamt of a whale"), engine=UnreachableEngine())


def test_a_comment_from_the_future_is_a_failure():
    """Its clock cannot be trusted, and age decides about consent."""
    readings = read(told("I dreamt of a whale", created_at=NOW + timedelta(days=2)))
    assert [comment_id for comment_id, _ in readings.failures] == ["71"]


def test_every_comment_is_accounted_for():
    """Once, and in one place."""
    comments = [
        told("I dreamt of a whale", "1"),
        told("nice", "2"),
        told("I dreamt", "3", is_owner=True),
        told("poison", "4"),
    ]
    readings = read(*comments, engine=ChokingEngine("poison"))
    ids = [
        *(r.comment_id for r in readings.reports),
        *(i for i, _ in readings.passed_over),
        *(i for i, _ in readings.failures),
        *readings.skipped,
    ]
    assert sorted(ids) == ["1", "2", "3", "4"]


def test_an_empty_batch_is_fine():
    """Quiet days happen."""
    assert not read().reports
