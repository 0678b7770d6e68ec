"""Asking a model over real HTTP: what is sent, what is believed, what stops."""

import json
import logging
import traceback
from collections.abc import Callable

import httpx2
import openai
import pytest
from pydantic import SecretStr

from dreambox_pipeline.errors import StopError, TransientError
from dreambox_pipeline.sandbox.faults import Fault
from dreambox_pipeline.sandbox.testing import RunningSandbox
from dreambox_pipeline.text_engines.openai.answers import NoAnswer
from dreambox_pipeline.text_engines.openai.batch_files import request_lines
from dreambox_pipeline.text_engines.openai.questions import Question
from dreambox_pipeline.text_engines.openai.schemas import DreamVerdict, FactsAnswer
from dreambox_pipeline.text_engines.openai.server import GIVE_UP_AFTER, ModelServer
from dreambox_pipeline_tests.text_engines.openai.doubles import Wire, armed

WHALE = Question("detect", "last night i dreamt of a whale")
Connect = Callable[..., ModelServer]


def test_answers_come_validated(server: ModelServer) -> None:
    """Both purposes, each in its own schema."""
    verdict, wait_s = server.ask(WHALE)
    assert isinstance(verdict, DreamVerdict)
    assert wait_s is None
    facts, _ = server.ask(Question("extract", "a whale sang over my school"))
    assert isinstance(facts, FactsAnswer)
    assert [item.value.value for item in facts.motifs] == ["whale"]


@pytest.mark.parametrize("question", [WHALE, Question("extract", "a whale")])
def test_a_batch_sends_what_a_call_sends(server: ModelServer, question: Question) -> None:
    """Only the marker differs: the same model, instructions, caps, and the client's own schema."""
    wire = Wire(server)
    server.ask(question)
    (called,) = wire.bodies()
    line = json.loads(request_lines([question], model=server.model, rng=server.rng))
    assert line["url"] == "/v1/responses"
    assert line["custom_id"] == question.key
    assert {**line["body"], "input": 0} == {**called, "input": 0}


def test_no_log_holds_a_comment(server: ModelServer, caplog: pytest.LogCaptureFixture) -> None:
    """Nor the key, at the most talkative level of every library on the way; erasures reach no log."""
    with caplog.at_level(logging.DEBUG):
        server.ask(WHALE)
    assert caplog.records
    assert "whale" not in caplog.text
    assert "sandbox-key" not in caplog.text


@pytest.mark.parametrize("model", ["gpt-6-luna", "gpt-5-mini", "o4-mini", "gpt-4.1-mini"])
def test_every_family_takes_our_parameters(connect: Connect, model: str) -> None:
    """A wrong one would be a 400 that stops everything."""
    assert isinstance(connect(model=model).ask(WHALE)[0], DreamVerdict)


@pytest.mark.parametrize(
    ("mode", "why"),
    [
        ("refuse", NoAnswer.REFUSED),
        ("truncate", NoAnswer.CUT_OFF),
        ("echo", NoAnswer.LEAKED),
        ("unreadable", NoAnswer.UNREADABLE),
    ],
)
def test_bad_answers_are_asked_for_once(
    sandbox: RunningSandbox, connect: Connect, mode: str, why: NoAnswer
) -> None:
    """Never again with a looser schema, even when the client may repeat calls."""
    server = connect(max_retries=2)
    wire = Wire(server)
    sandbox.sandbox.models.set_switch("response_mode", mode)
    assert server.ask(WHALE) == (why, None)
    assert len(wire.requests) == 1


@pytest.mark.parametrize("mode", ["no_quota", "forbidden"])
def test_what_a_person_must_see_to_stops(
    sandbox: RunningSandbox, server: ModelServer, mode: str
) -> None:
    """However many questions there are."""
    sandbox.sandbox.models.set_switch("response_mode", mode)
    with pytest.raises(StopError):
        server.ask_all([Question("detect", f"whale {number}") for number in range(30)])


def test_an_unknown_model_stops(connect: Connect) -> None:
    """With the setting to correct."""
    with pytest.raises(StopError, match="DREAMBOX_OPENAI_MODEL"):
        connect(model="no-such-model").ask_all([WHALE])


def test_the_key_is_nowhere_to_be_read(connect: Connect) -> None:
    """Not in the object, not in the error, not in what a traceback would print."""
    server = connect(api_key=SecretStr("sk-very-secret"), base_url=connect().address)
    with pytest.raises(StopError) as caught:
        server.ask_all([WHALE])
    shown = "".join(traceback.format_exception(caught.value)) + repr(server)
    assert "sk-very-secret" not in shown
    assert "Incorrect API key" not in shown
    assert "DREAMBOX_OPENAI_API_KEY" in shown
    assert caught.value.__context__ is None


def test_a_server_that_repeats_the_key_is_not_quoted(connect: Connect) -> None:
    """Not even where a code should be."""
    server = connect(api_key=SecretStr("sk-very-secret"))
    response = httpx2.Response(
        400,
        json={"error": {"message": "?", "code": "bad sk-very-secret", "param": None}},
        request=httpx2.Request("POST", server.address),
    )
    error = server.client._make_status_error_from_response(response)
    meaning = server.meaning_of(error)
    assert isinstance(meaning, StopError)
    assert "sk-very-secret" not in str(meaning)
    assert "[key]" in str(meaning)


def test_a_login_in_the_address_is_not_shown() -> None:
    """Some servers sit behind one."""
    server = ModelServer(
        api_key=SecretStr("k"), base_url="http://me:hush@127.0.0.1:9/v1?token=hush", model="m"
    )
    assert "hush" not in repr(server)


@pytest.mark.parametrize("kind", ["http_500", "http_429", "garbage", "html", "close_mid_body"])
def test_one_lost_question_leaves_the_others(
    sandbox: RunningSandbox, server: ModelServer, kind: str
) -> None:
    """It is told apart from those that were answered."""
    questions = [Question("detect", f"i dreamt of a whale {number}") for number in range(4)]
    armed(sandbox).append(Fault("/v1/responses", kind, times=1))
    answers = server.ask_all(questions)
    assert sum(answer is NoAnswer.UNREACHABLE for answer in answers.values()) == 1
    assert sum(isinstance(answer, DreamVerdict) for answer in answers.values()) == 3


def test_when_all_are_lost_the_run_is_tried_again(
    sandbox: RunningSandbox, server: ModelServer
) -> None:
    """After as long as the server said."""
    armed(sandbox).append(Fault("/v1/responses", "http_429", times=9))
    with pytest.raises(TransientError) as caught:
        server.ask_all([WHALE])
    assert caught.value.retry_after_s == 2


def test_a_server_that_is_gone_is_not_asked_a_thousand_times(
    sandbox: RunningSandbox, server: ModelServer
) -> None:
    """After some questions in a row without an answer the rest is not asked."""
    wire = Wire(server)
    armed(sandbox).append(Fault("/v1/responses", "http_500", times=1_000))
    with pytest.raises(TransientError):
        server.ask_all([Question("detect", f"whale {number}") for number in range(200)])
    assert GIVE_UP_AFTER <= len(wire.requests) < 2 * GIVE_UP_AFTER


def test_a_slow_answer_is_a_lost_one(sandbox: RunningSandbox, connect: Connect) -> None:
    """Nobody waits longer than the timeout."""
    sandbox.sandbox.models.set_switch("response_delay_s", 5)
    assert connect(timeout_s=0.2).ask(WHALE)[0] is NoAnswer.UNREACHABLE


def test_the_client_repeats_what_was_limited(sandbox: RunningSandbox, connect: Connect) -> None:
    """A few times, by itself, as the official client does."""
    armed(sandbox).append(Fault("/v1/responses", "http_500", times=1))
    assert isinstance(connect(max_retries=1).ask(WHALE)[0], DreamVerdict)
    assert openai.DEFAULT_MAX_RETRIES == 2
