"""Prompts in a language model's words, over real HTTP against the running double."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from pydantic import SecretStr

from dreambox_pipeline.errors import StopError, TransientError
from dreambox_pipeline.sandbox.faults import Fault
from dreambox_pipeline.sandbox.models_api.prompt_answers import HOSTILE
from dreambox_pipeline.sandbox.testing import RunningSandbox
from dreambox_pipeline.stages.prompts.composition import compose_prompt
from dreambox_pipeline.stages.prompts.model import VideoPrompt
from dreambox_pipeline.stages.prompts.rendering import to_prose
from dreambox_pipeline.stages.prompts.styles import STYLES
from dreambox_pipeline.stages.prompts.writer import PromptWriter, Written
from dreambox_pipeline.text_engines.openai.prompt_questions import PromptWording
from dreambox_pipeline.text_engines.openai.prompt_writer import OpenAIPromptWriter
from dreambox_pipeline.text_engines.openai.server import ModelServer
from dreambox_pipeline_tests.stages.prompts.test_composition import report
from dreambox_pipeline_tests.text_engines.openai.doubles import Wire, armed

RAW = "i dreamt my friend Xanthippe and @sleepy.jo rode a whale past the Kwik-E-Mart"
DREAM = report(
    text=RAW,
    setting="ocean",
    motifs=("whale",),
    characters=("dreamer", "friend"),
    actions=("rode past xanthippe",),
    colours=("xanthippe red",),
    emotions=("happiness",),
    mood=0.5,
)
STYLE = STYLES["violet_dusk"]


@pytest.fixture
def writer(server: ModelServer) -> OpenAIPromptWriter:
    return OpenAIPromptWriter(server)


def base(dream: Any = DREAM) -> VideoPrompt:
    return compose_prompt(dream, style=STYLE, seed=3, duration_s=6.0)


def written(writer: PromptWriter, dream: Any = DREAM) -> Written:
    return writer.write(base(dream), dream.facts, STYLE)


def test_a_model_words_the_prompt_and_decides_nothing(writer: OpenAIPromptWriter) -> None:
    """Scene, light, beats and sound are its own; everything else is ours to the last byte."""
    ours, theirs = base(), written(writer)
    worded = {"scene", "lighting", "beats", "audio"}
    assert theirs.writer == writer.name
    assert writer.name.startswith("openai:gpt-6-luna+wording-")
    assert theirs.prompt != ours
    assert theirs.prompt.model_dump(exclude=worded) == ours.model_dump(exclude=worded)
    assert [beat.at_s for beat in theirs.prompt.beats] == [beat.at_s for beat in ours.beats]
    assert ours.subject.casefold() in theirs.prompt.scene.casefold()


def test_only_facts_are_sent(server: ModelServer, writer: OpenAIPromptWriter) -> None:
    """No word of the comment, not even an extracted phrase, and nothing is kept by the server."""
    wire = Wire(server)
    written(writer)
    (body,) = wire.bodies()
    sent = json.dumps(body).casefold()
    assert "xanthippe" not in sent
    assert "sleepy" not in sent
    assert "kwik" not in sent
    assert body["store"] is False
    form = body["text"]["format"]
    assert (form["type"], form["strict"], form["name"]) == ("json_schema", True, "PromptWording")
    assert form["schema"]["additionalProperties"] is False
    assert set(form["schema"]["required"]) == set(PromptWording.model_fields)
    assert "sandbox-key" not in repr(writer)


@pytest.mark.parametrize(
    ("mode", "reason"),
    [
        ("refuse", "refused"),
        ("truncate", "cut_off"),
        ("unreadable", "unreadable"),
        ("echo", "leaked"),
        ("hostile", "scene_characters"),
    ],
)
def test_an_answer_that_cannot_be_used_leaves_our_words(
    sandbox: RunningSandbox, writer: OpenAIPromptWriter, mode: str, reason: str
) -> None:
    """And the reason is written down."""
    sandbox.sandbox.models.set_switch("response_mode", mode)
    result = written(writer)
    assert result == Written(base(), f"embedded (fallback: {reason})")
    assert HOSTILE not in to_prose(result.prompt)


def test_one_refusal_is_one_prompts(sandbox: RunningSandbox, writer: OpenAIPromptWriter) -> None:
    """The next dream is asked about as usual."""
    sandbox.sandbox.models.set_switch("response_mode", "refuse:whale")
    cat = report(setting="meadow", motifs=("cat",))
    assert written(writer).is_fallback
    assert not written(writer, cat).is_fallback


@pytest.mark.parametrize(
    "kind", ["http_500", "http_429", "garbage", "html", "html_200", "close_mid_body"]
)
def test_a_server_that_does_not_answer_keeps_the_dream_waiting(
    sandbox: RunningSandbox, writer: OpenAIPromptWriter, kind: str
) -> None:
    """A prompt is made once, so nobody settles for less because of a bad minute."""
    armed(sandbox).append(Fault("/v1/responses", kind, times=1))
    with pytest.raises(TransientError, match="DREAMBOX_PROMPT_WRITER"):
        written(writer)
    assert not written(writer).is_fallback


def test_the_wait_a_server_asks_for_is_passed_on(
    sandbox: RunningSandbox, writer: OpenAIPromptWriter
) -> None:
    """A 429 says for how long."""
    armed(sandbox).append(Fault("/v1/responses", "http_429", times=1))
    with pytest.raises(TransientError) as caught:
        written(writer)
    assert caught.value.retry_after_s is not None
    armed(sandbox).append(Fault("/v1/responses", "http_429_bare", times=1))
    with pytest.raises(TransientError) as caught:
        written(writer)
    assert caught.value.retry_after_s is None


def test_what_a_person_must_see_to_stops(
    sandbox: RunningSandbox, connect: Callable[..., ModelServer]
) -> None:
    """A wrong key, a wrong model, no credit; the key is not repeated."""
    key = "sk-wrong-12345"
    for server in (connect(api_key=SecretStr(key)), connect(model="no-such-model")):
        with pytest.raises(StopError) as caught:
            written(OpenAIPromptWriter(server))
        assert key not in str(caught.value)
    sandbox.sandbox.models.set_switch("response_mode", "no_quota")
    with pytest.raises(StopError, match="DREAMBOX_PROMPT_WRITER"):
        written(OpenAIPromptWriter(connect()))


def test_nobody_at_the_address_is_worth_waiting_for(connect: Callable[..., ModelServer]) -> None:
    """The server may be on its way up."""
    with pytest.raises(TransientError):
        written(OpenAIPromptWriter(connect(base_url="http://127.0.0.1:9/v1")))
