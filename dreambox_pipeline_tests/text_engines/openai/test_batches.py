"""Batches are answered once, paid once, and found again by whoever comes next."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from dreambox_pipeline.errors import StopError, TransientError
from dreambox_pipeline.sandbox.faults import Fault
from dreambox_pipeline.sandbox.testing import RunningSandbox
from dreambox_pipeline.stages.dreams.engine import CommentIn
from dreambox_pipeline.text_engines.openai.answers import NoAnswer
from dreambox_pipeline.text_engines.openai.batch_files import read_lines
from dreambox_pipeline.text_engines.openai.batches import LONGEST_BATCH, BatchRuns, grouped
from dreambox_pipeline.text_engines.openai.engine import OpenAIEngine
from dreambox_pipeline.text_engines.openai.questions import Question
from dreambox_pipeline.text_engines.openai.schemas import DreamVerdict
from dreambox_pipeline.text_engines.openai.server import ModelServer
from dreambox_pipeline_tests.text_engines.openai.doubles import (
    Killed,
    MemoryBatches,
    Wire,
    WordGate,
    armed,
)

Connect = Callable[..., ModelServer]


class Desk:
    """One process after another over one store and one sandbox."""

    def __init__(self, sandbox: RunningSandbox, connect: Connect) -> None:
        self.sandbox = sandbox
        self.connect = connect
        self.store = MemoryBatches()
        self.before = self.batches()

    def runs(self, **changes: Any) -> BatchRuns:
        server = changes.pop("server", None) or self.connect()
        return BatchRuns(server, self.store, sleep=self.sandbox.advance, **changes)

    def batches(self) -> int:
        return len(self.sandbox.world.state.all("model_batch"))

    @property
    def paid(self) -> int:
        """Batches created since this test began."""
        return self.batches() - self.before


@pytest.fixture
def desk(sandbox: RunningSandbox, connect: Connect) -> Desk:
    return Desk(sandbox, connect)


def numbered(desk: Desk, count: int = 9) -> list[Question]:
    """Questions nobody asked before in this world."""
    return [Question("detect", f"i dreamt of whale {desk.before} {n}") for n in range(count)]


def test_results_find_their_questions(desk: Desk) -> None:
    """They come back in any order; the provider's id and state are written down."""
    questions = numbered(desk)
    answers, rest = desk.runs().run(questions, smallest=2)
    assert list(rest) == []
    assert set(answers) == {question.key for question in questions}
    assert all(isinstance(answer, DreamVerdict) for answer in answers.values())
    ((provider_id, state, items),) = desk.store.rows.values()
    assert provider_id.startswith("batch_")
    assert (state, items) == ("completed", 9)


def test_a_second_run_is_free(desk: Desk) -> None:
    """The same questions in any order are the same batch, and the same answers."""
    questions = numbered(desk)
    first = desk.runs().run(questions, smallest=2)[0]
    assert desk.runs().run(questions, smallest=2)[0] == first
    assert desk.paid == 1


def test_a_batch_still_running_is_given_back_and_found_again(desk: Desk) -> None:
    """No run holds a worker for a day."""
    questions = numbered(desk)
    with pytest.raises(TransientError, match="still running") as caught:
        desk.runs(patience_s=0).run(questions, smallest=2)
    assert caught.value.retry_after_s == 1_800
    assert next(iter(desk.store.rows.values()))[1] == "validating"
    desk.sandbox.advance(120)
    answers, _ = desk.runs(patience_s=0).run(questions, smallest=2)
    assert len(answers) == 9
    assert desk.paid == 1


@pytest.mark.parametrize("step", range(5))
def test_killed_at_any_write_it_pays_once(desk: Desk, step: int) -> None:
    """find, remember, set_provider_id, set_state, find: the next process ends the same work."""
    questions = numbered(desk)
    desk.store.dies_at = step
    try:
        desk.runs().run(questions, smallest=2)
    except Killed:
        pass
    else:
        assert step == 4
    desk.store.dies_at = None
    answers, _ = desk.runs().run(questions, smallest=2)
    assert all(isinstance(answer, DreamVerdict) for answer in answers.values())
    assert desk.paid == 1


@pytest.mark.parametrize("step", range(5))
def test_killed_at_any_answer_it_pays_once(desk: Desk, step: int) -> None:
    """After the look at the list, the upload, the creation, a look, and the results."""
    questions = numbered(desk)
    server = desk.connect()
    Wire(server).dies_after = step
    with pytest.raises(Killed):
        desk.runs(server=server).run(questions, smallest=2)
    answers, _ = desk.runs().run(questions, smallest=2)
    assert all(isinstance(answer, DreamVerdict) for answer in answers.values())
    assert desk.paid == 1


def test_a_lost_ledger_does_not_pay_again(desk: Desk) -> None:
    """The batch itself carries our key."""
    questions = numbered(desk)
    desk.runs().run(questions, smallest=2)
    desk.store = MemoryBatches()
    desk.runs().run(questions, smallest=2)
    assert desk.paid == 1


@pytest.mark.parametrize("kind", ["timeout_after", "http_500", "garbage", "close_mid_body"])
@pytest.mark.parametrize("path", ["/v1/files", "/v1/batches"])
def test_a_lost_answer_pays_once(desk: Desk, path: str, kind: str) -> None:
    """A creation whose answer never came may have happened; it is looked for, not repeated."""
    questions = numbered(desk)
    # The first call to /v1/batches is the look at the list.
    armed(desk.sandbox).append(Fault(path, kind, skip=int(path == "/v1/batches")))
    with pytest.raises(TransientError, match="found again"):
        desk.runs().run(questions, smallest=2)
    answers, _ = desk.runs().run(questions, smallest=2)
    assert len(answers) == 9
    assert desk.paid == 1


@pytest.mark.parametrize("mode", ["errors", "loses_lines"])
def test_lines_without_a_result_are_missing(desk: Desk, mode: str) -> None:
    """The others count; and the next run asks nobody again."""
    desk.sandbox.sandbox.models.set_switch("batch_mode", mode)
    questions = numbered(desk)
    answers, _ = desk.runs().run(questions, smallest=2)
    assert sum(answer is NoAnswer.MISSING for answer in answers.values()) == 3
    assert desk.runs().run(questions, smallest=2)[0] == answers
    assert desk.paid == 1


def test_an_expired_batch_counts_with_what_it_did(desk: Desk) -> None:
    """Half is there after a day; the rest is missing, now and later."""
    desk.sandbox.sandbox.models.set_switch("batch_mode", "expires")
    questions = numbered(desk, 8)
    answers, _ = desk.runs(patience_s=200_000).run(questions, smallest=2)
    assert sum(isinstance(answer, DreamVerdict) for answer in answers.values()) == 4
    assert next(iter(desk.store.rows.values()))[1] == "expired"
    assert desk.runs().run(questions, smallest=2)[0] == answers
    assert desk.paid == 1


def test_a_cancelled_batch_counts_with_what_it_did(desk: Desk) -> None:
    """Somebody stopped it on purpose."""
    questions = numbered(desk)
    with pytest.raises(TransientError):
        desk.runs(patience_s=0).run(questions, smallest=2)
    (row,) = desk.store.rows.values()
    desk.connect().client.batches.cancel(row[0])
    desk.sandbox.advance(60)
    answers, _ = desk.runs(patience_s=0).run(questions, smallest=2)
    assert set(answers.values()) == {NoAnswer.MISSING}
    assert row[1] == "cancelled"


def test_a_full_queue_is_tried_again_later(desk: Desk) -> None:
    """A batch that failed was never begun, so it is made anew."""
    questions = numbered(desk)
    desk.sandbox.sandbox.models.set_switch("batch_mode", "fails")
    with pytest.raises(TransientError, match="token_limit_exceeded"):
        desk.runs().run(questions, smallest=2)
    desk.sandbox.sandbox.models.set_switch("batch_mode", "normal")
    answers, _ = desk.runs().run(questions, smallest=2)
    assert all(isinstance(answer, DreamVerdict) for answer in answers.values())
    assert desk.paid == 2


def test_results_that_were_deleted_are_asked_for_anew(desk: Desk) -> None:
    """Nobody else has them."""
    questions = numbered(desk)
    first, _ = desk.runs().run(questions, smallest=2)
    desk.sandbox.advance(8 * 86_400)
    again, _ = desk.runs().run(questions, smallest=2)
    assert again == first
    assert desk.paid == 2
    assert desk.runs().run(questions, smallest=2)[0] == first
    assert desk.paid == 2


def test_a_batch_the_server_forgot_is_made_anew(desk: Desk) -> None:
    """Another project's key, or a provider that cleans up."""
    questions = numbered(desk)
    desk.runs().run(questions, smallest=2)
    (row,) = desk.store.rows.values()
    desk.sandbox.world.state.remove("model_batch", row[0])
    assert len(desk.runs().run(questions, smallest=2)[0]) == 9


def test_a_wrong_key_stops(desk: Desk) -> None:
    """A person must act."""
    server = desk.connect(api_key=SecretStr("sk-wrong"))
    with pytest.raises(StopError, match="DREAMBOX_OPENAI_API_KEY"):
        desk.runs(server=server).run(numbered(desk), smallest=2)


def test_the_engine_uses_batches_from_a_number_on(desk: Desk) -> None:
    """Below it asks at once; either way the verdicts are the same."""
    server = desk.connect()
    engine = OpenAIEngine(
        server, embedded=WordGate(), batches=desk.runs(server=server), batch_from=3
    )
    comments = [
        CommentIn(str(n), f"i dreamt of {word}")
        for n, word in enumerate(["a cat", "a dog", "a whale"])
    ]
    two = engine.detect(comments[:2])
    assert desk.paid == 0
    three = engine.detect(comments)
    assert desk.paid == 1
    assert three[:2] == two
    assert [v.engine for v in three] == [engine.version] * 3
    found = engine.extract([c.text for c in comments])
    assert desk.paid == 2
    assert [f.engine for f in found] == [engine.version] * 3


@settings(max_examples=25, deadline=None)
@given(count=st.integers(0, 3_500), smallest=st.integers(1, 300))
def test_questions_are_cut_into_batches_and_a_rest(count: int, smallest: int) -> None:
    """Nothing is lost, nothing doubled, no batch too small or too big."""
    questions = [Question("detect", f"q{n}") for n in range(count)]
    groups, rest = grouped(questions, smallest=smallest)
    assert [q for group in [*groups, rest] for q in group] == questions
    assert all(smallest <= len(group) <= LONGEST_BATCH for group in groups)
    assert len(rest) < smallest


def test_more_comments_leave_earlier_batches_as_they_are() -> None:
    """A day that grows pays for its new end only."""
    questions = [Question("detect", f"question {n}") for n in range(6_000)]
    before, _ = grouped(questions[:5_000], smallest=50)
    after, _ = grouped(questions, smallest=50)
    assert len(before) > 2
    assert after[: len(before) - 1] == before[:-1]


@pytest.mark.parametrize(
    "line",
    [
        "", "not json", "[]", "7", '{"custom_id": 7}', '{"custom_id": "unknown"}',
        '{"custom_id": "k"}', '{"custom_id": "k", "response": "?"}', '{"custom_id": "k", "response": {"status_code": 200}}',
        '{"custom_id": "k", "response": {"status_code": 500, "body": {"error": {"code": "x"}}}}',
        '{"custom_id": "k", "response": {"body": {"error": "x"}}}',
    ],
)  # fmt: skip
def test_odd_lines_are_no_answers(line: str) -> None:
    """A broken line costs itself only."""
    assert set(read_lines(line, {"k": DreamVerdict}).values()) <= {NoAnswer.MISSING}


def test_a_line_refused_by_policy_is_a_refusal() -> None:
    """So a person looks."""
    line = '{"custom_id": "k", "response": {"status_code": 400, "body": {"error": {"code": "invalid_prompt"}}}}'
    assert read_lines(line, {"k": DreamVerdict}) == {"k": NoAnswer.REFUSED}
