"""`/v1/responses` with the real client over real HTTP."""

from collections.abc import Iterator
from typing import Literal

import openai
import pytest
from pydantic import BaseModel, Field

from dreambox_pipeline.sandbox.testing import RunningSandbox, running_sandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    """One for all tests here: nothing they do stays behind."""
    with running_sandbox() as running:
        yield running


class Scene(BaseModel):
    place: str = Field(min_length=3, max_length=20)
    mood: Literal["calm", "scary", "funny"]


class DreamReport(BaseModel):
    is_dream: bool
    vividness: float = Field(ge=0, le=1)
    people: int = Field(ge=0, le=9)
    scenes: list[Scene] = Field(min_length=1, max_length=3)
    language: str | None
    note: Scene | None


@pytest.fixture
def client(sandbox: RunningSandbox) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(
        base_url=sandbox.info["openai_base_url"], api_key=sandbox.info["api_key"], max_retries=0
    ) as made:
        yield made


def read(client: openai.OpenAI, text: str) -> DreamReport | None:
    return client.responses.parse(
        model="gpt-6-luna",
        input=[{"role": "system", "content": "dream"}, {"role": "user", "content": text}],
        text_format=DreamReport,
        reasoning={"effort": "none"},
        store=False,
    ).output_parsed


def test_structured_output_parses_and_depends_on_the_input(client: openai.OpenAI) -> None:
    """Valid for the model, the same twice, and taken from the user's words."""
    text = "last night i dreamt of a scary whale in my school"
    first, again = read(client, text), read(client, text)
    assert first is not None
    assert first == again
    assert first.is_dream
    assert first.scenes[0].mood == "scary"
    other = read(client, "best pizza in town")
    assert other is not None
    assert not other.is_dream


def test_plain_text_and_usage(client: openai.OpenAI) -> None:
    """Without a format there is text, and tokens are counted."""
    answer = client.responses.create(model="gpt-6-luna", input="hello there")
    assert "hello there" in answer.output_text
    assert answer.usage is not None
    assert answer.usage.total_tokens == answer.usage.input_tokens + answer.usage.output_tokens


def test_an_open_object_is_no_strict_schema(client: openai.OpenAI) -> None:
    """As the real API, strict wants closed objects with all properties required."""
    form = {
        "type": "json_schema",
        "name": "loose",
        "strict": True,
        "schema": {"type": "object", "properties": {"a": {"type": "string"}}},
    }
    with pytest.raises(openai.BadRequestError) as caught:
        client.responses.create(model="gpt-6-luna", input="x", text={"format": form})  # type: ignore[call-overload]
    assert caught.value.code == "invalid_json_schema"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"model": "m"},
        {"model": "m", "input": [7]},
        {"model": "m", "input": "x", "stream": True},
    ],
)
def test_wrong_requests_are_400(client: openai.OpenAI, body: dict[str, object]) -> None:
    """Model and input are needed; streaming is not spoken."""
    with pytest.raises(openai.BadRequestError):
        client.post("/responses", body=body, cast_to=object)
