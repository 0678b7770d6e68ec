"""Rules, a person, time and the dreamer move one consent; whatever the order, the drawing holds."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.stages.dreams.consent import TRANSITIONS, Reading, read_by_person
from dreambox_pipeline.stages.dreams.model import ConsentState
from dreambox_pipeline.storage.ledger import Ledger, consents, decisions, dreams, tasks
from dreambox_pipeline.storage.tables import dreams as dream_rows
from dreambox_pipeline.storage.tables import metadata
from dreambox_pipeline_tests.stages.dreams.test_ranking import report

S = ConsentState
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DREAM = report(1, text="I dreamt of a whale")


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    ledger = Ledger(f"sqlite:///{tmp_path_factory.mktemp('consent') / 'ledger.sqlite'}")
    yield ledger
    ledger.close()


def begin(connection) -> None:
    for table in reversed(metadata.sorted_tables):
        connection.execute(sa.delete(table))
    dreams.save_reports(connection, [DREAM], now=NOW)
    consents.record_question(
        connection, DREAM.dream_id, wording_version="2026-11:en:1", text="May we?",
        question_comment_id="70", now=NOW,
    )  # fmt: skip


def step(connection, event: str, number: int) -> None:
    """One thing that may happen, at its own time; what the machine forbids is refused."""
    at = NOW + timedelta(hours=number)
    if event == "unclear":
        if consents.states(connection)[DREAM.dream_id] is S.ASKED:
            payload = {"reply": "hm?", "handle": "luna", "answered_at": at.isoformat()}
            tasks.open_task(
                connection, tasks.UNCLEAR_ANSWER, DREAM.dream_id, key=str(number), payload=payload, now=at
            )  # fmt: skip
        return
    if event in set(Reading):
        decision = read_by_person(
            Reading(event), comment_id=f"9{number}", text_sha256="0" * 64, answered_at=at
        )
        if decision:
            decisions.store(connection, DREAM.dream_id, decision, handle="luna", now=at)
        return
    state = {"silence": S.EXPIRED, "withdrawal": S.WITHDRAWN}[event]
    consents.record_answer(connection, DREAM.dream_id, state=state, now=at)
    decisions.close_unclear(connection, DREAM.dream_id, outcome=state.value, now=at)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    events=st.lists(
        st.sampled_from(["unclear", "silence", "withdrawal", *Reading]), min_size=1, max_size=7
    )
)
def test_any_history_follows_the_drawing(ledger, events: list[str]) -> None:
    """Only drawn arrows, credit only while granted and wanted, no task once it is decided."""
    history = [S.ASKED]
    with ledger.write() as connection:
        begin(connection)
        for number, event in enumerate(events):
            with connection.begin_nested() as savepoint:
                try:
                    step(connection, event, number)
                except ItemError:
                    savepoint.rollback()
            history.append(consents.states(connection)[DREAM.dream_id])
        moved = [pair for pair in itertools.pairwise(history) if pair[0] is not pair[1]]
        assert all(to in TRANSITIONS[state] for state, to in moved)
        credit = consents.credit_of(connection, DREAM.dream_id)
        assert credit is None or (history[-1] is S.GRANTED and Reading.GRANTED_BY_HANDLE in events)
        is_waiting = bool(tasks.open_tasks(connection, kind=tasks.UNCLEAR_ANSWER))
        assert not is_waiting or history[-1] is S.ASKED
        text = connection.scalar(sa.select(dream_rows.c.text))
        assert (text == "") is (S.DECLINED in history)
