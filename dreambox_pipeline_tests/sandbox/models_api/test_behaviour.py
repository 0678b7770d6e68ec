"""The double's bad days, the parameters each model takes, and its answers about dreams."""

import json
from collections.abc import Iterator
from typing import Any

import openai
import pytest

from dreambox_pipeline.sandbox.models_api.dream_answers import told_in
from dreambox_pipeline.sandbox.testing import RunningSandbox, running_sandbox

VERDICT = {
    "type": "object",
    "properties": {
        "kind": {"enum": ["own_dream", "figurative", "other"]},
        "probability": {"type": "number"},
        "lang": {"type": "string"},
        "quote": {"type": "string"},
    },
    "required": ["kind", "probability", "lang", "quote"],
    "additionalProperties": False,
}


@pytest.fixture(scope="module")
def world() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def sandbox(world: RunningSandbox) -> Iterator[RunningSandbox]:
    yield world
    world.sandbox.models.set_switch("response_mode", "normal")


@pytest.fixture
def client(sandbox: RunningSandbox) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(
        base_url=sandbox.info["openai_base_url"], api_key=sandbox.info["api_key"], max_retries=0
    ) as made:
        yield made


def ask(client: openai.OpenAI, comment: str, **changes: Any) -> openai.types.responses.Response:
    data = json.dumps({"comment": comment} | changes.pop("told", {}))
    form = {"type": "json_schema", "name": "v", "strict": True, "schema": VERDICT}
    known: dict[str, Any] = {
        "model": "gpt-6-luna",
        "input": f"==\n{data}\n==",
        "text": {"format": form},
    }
    return client.responses.create(**known | changes)


@pytest.mark.parametrize(
    ("comment", "kind", "lang"),
    [
        ("last night i dreamt of a whale", "own_dream", "en"),
        ("anoche soñé con una ballena", "own_dream", "es"),
        ("ich habe geträumt dass ich fliege", "own_dream", "de"),
        ("aku mimpi dikejar anjing", "own_dream", "id"),
        ("this is my dream job", "figurative", "en"),
        ("first!", "other", "en"),
    ],
)
def test_dreams_are_told_from_other_comments(
    client: openai.OpenAI, comment: str, kind: str, lang: str
) -> None:
    """Well enough for a double; the quote is from the comment."""
    said = json.loads(ask(client, comment).output_text)
    assert (said["kind"], said["lang"]) == (kind, lang)
    assert said["quote"] in comment
    assert (said["probability"] > 0.5) == (kind == "own_dream")


def test_a_video_that_asks_for_dreams_is_heard(client: openai.OpenAI) -> None:
    """Then a story need not say that it is one."""
    story = "so there was a staircase that never ended and my teeth turned into piano keys"
    kinds = [
        json.loads(ask(client, story, told={"video_asks_for_dreams": asks}).output_text)["kind"]
        for asks in (False, True)
    ]
    assert kinds == ["other", "own_dream"]


def test_a_comment_is_found_between_other_lines() -> None:
    """Anything that is not an object with a comment is passed over."""
    assert told_in('data:\n[1]\n{"x": 1}\n{"comment": 7}\n{"comment": "hi"}') == {"comment": "hi"}
    assert told_in("no JSON at all") is None


def test_bad_days_on_the_wire(sandbox: RunningSandbox, client: openai.OpenAI) -> None:
    """A refusal is a part of its own, a cut answer says why, an echo holds the instructions."""
    models = sandbox.sandbox.models
    models.set_switch("response_mode", "refuse")
    refused = ask(client, "whale")
    assert refused.status == "completed"
    assert refused.output[0].content[0].type == "refusal"
    models.set_switch("response_mode", "truncate")
    cut = ask(client, "whale")
    assert cut.status == "incomplete"
    assert cut.incomplete_details is not None
    assert cut.incomplete_details.reason == "max_output_tokens"
    models.set_switch("response_mode", "echo")
    assert (
        json.loads(ask(client, "whale", instructions="hush 44").output_text)["quote"] == "hush 44"
    )
    models.set_switch("response_mode", "unreadable")
    with pytest.raises(ValueError, match="Expecting value"):
        json.loads(ask(client, "whale").output_text)


def test_a_mode_can_be_for_some_comments_only(
    sandbox: RunningSandbox, client: openai.OpenAI
) -> None:
    """By a word in them."""
    sandbox.sandbox.models.set_switch("response_mode", "refuse:whale")
    assert ask(client, "a WHALE").output[0].content[0].type == "refusal"
    assert ask(client, "a cat").output[0].content[0].type == "output_text"


@pytest.mark.parametrize(
    ("mode", "error"),
    [("no_quota", openai.RateLimitError), ("forbidden", openai.PermissionDeniedError)],
)
def test_accounts_have_bad_days_too(
    sandbox: RunningSandbox, client: openai.OpenAI, mode: str, error: type[openai.APIStatusError]
) -> None:
    """With the codes of the real API."""
    sandbox.sandbox.models.set_switch("response_mode", mode)
    with pytest.raises(error) as caught:
        ask(client, "whale")
    assert caught.value.code in ("insufficient_quota", "model_not_found")


def test_long_answers_are_cut_where_the_caller_said(client: openai.OpenAI) -> None:
    """`max_output_tokens` counts."""
    assert ask(client, "whale " * 50, max_output_tokens=16).status == "incomplete"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"model": "gpt-6-luna", "temperature": 0}, "unsupported_parameter"),
        ({"model": "gpt-4.1-mini", "reasoning": {"effort": "none"}}, "unsupported_parameter"),
        ({"model": "gpt-5-mini", "reasoning": {"effort": "none"}}, "unsupported_value"),
        ({"model": "gpt-5.6-luna", "reasoning": {"effort": "minimal"}}, "unsupported_value"),
        ({"max_output_tokens": 1}, "integer_below_min_value"),
    ],
)
def test_models_refuse_parameters_of_other_families(
    client: openai.OpenAI, changes: dict[str, Any], code: str
) -> None:
    """With 400, as the real API does."""
    with pytest.raises(openai.BadRequestError) as caught:
        ask(client, "whale", **changes)
    assert caught.value.code == code


def test_an_unknown_model_is_404(client: openai.OpenAI) -> None:
    """The one name the double does not know."""
    with pytest.raises(openai.NotFoundError):
        ask(client, "whale", model="no-such-model")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("response_mode", "angry"),
        ("response_mode", 7),
        ("batch_mode", "x"),
        ("response_delay_s", -1),
    ],
)
def test_switches_say_what_they_take(sandbox: RunningSandbox, name: str, value: object) -> None:
    """A wrong value is refused; a name of somebody else's is left to them."""
    with pytest.raises(ValueError, match=name):
        sandbox.sandbox.models.set_switch(name, value)
    assert not sandbox.sandbox.models.set_switch("rate_limits", False)
