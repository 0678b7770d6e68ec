"""`/v1/responses`: text in, structured output out, on the real wire shape.

With a `json_schema` format the answer is valid JSON for that schema, made from the input's
words; otherwise it is a short plain text. Instructions hidden in the input have no effect,
which is the point of a double; its bad days are switched on (see `behaviour`).
"""

import asyncio
import json
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dreambox_pipeline.sandbox.models_api.behaviour import Behaviour
from dreambox_pipeline.sandbox.models_api.caption_answers import caption_answer
from dreambox_pipeline.sandbox.models_api.dream_answers import dream_answer, told_in
from dreambox_pipeline.sandbox.models_api.errors import ModelApiError, invalid, missing
from dreambox_pipeline.sandbox.models_api.model_rules import check_parameters
from dreambox_pipeline.sandbox.models_api.prompt_answers import prompt_answer
from dreambox_pipeline.sandbox.models_api.schema_answers import (
    SchemaWriter,
    UnsupportedSchemaError,
)
from dreambox_pipeline.sandbox.world.seeds import digest
from dreambox_pipeline.sandbox.world.world import World

_REFUSED_WHOLE: dict[str, tuple[int, str, dict[str, str]]] = {
    "no_quota": (
        429,
        "You exceeded your current quota, please check your plan and billing details.",
        {"kind": "insufficient_quota", "code": "insufficient_quota"},
    ),
    "forbidden": (
        403,
        "Project does not have access to this model.",
        {"kind": "invalid_request_error", "code": "model_not_found"},
    ),
}


class ResponsesApi:
    """The responses endpoint on the world's clock."""

    def __init__(self, world: World, behaviour: Behaviour) -> None:
        self._world = world
        self._behaviour = behaviour

    async def create(self, request: Request) -> Response:
        """`POST /v1/responses`."""
        try:
            body = await request.json()
        except ValueError as error:
            raise ModelApiError(400, "The request body is not valid JSON.") from error
        if not isinstance(body, dict):
            raise missing("model")
        answer = self.answer(body)
        await asyncio.sleep(self._behaviour.slow_s)
        return JSONResponse(answer)

    def answer(self, body: dict[str, Any]) -> dict[str, Any]:
        """The response object to one request, alone or in a batch.

        Raises:
            ModelApiError: The request is refused as a whole.
        """
        check_parameters(body)
        if body.get("stream"):
            raise invalid("stream", "This double does not stream.")
        text = _input_text(body.get("input"))
        form = _format(body)
        mode = self._behaviour.mode_for(text)
        if mode in _REFUSED_WHOLE:
            status, message, named = _REFUSED_WHOLE[mode]
            raise ModelApiError(status, message, kind=named["kind"], code=named["code"])
        answer = _answer(form, text, body, mode)
        return self._wire(body, form, text, _Said.of(answer, mode, body.get("max_output_tokens")))

    def _wire(
        self, body: dict[str, Any], form: dict[str, Any], text: str, answer: "_Said"
    ) -> dict[str, Any]:
        named = (str(body["model"]), text, answer.text)
        name = f"{digest(self._world.seed, 'response', *named):016x}"
        asked = _tokens(text) + _tokens(str(body.get("instructions") or ""))
        said = _tokens(answer.text)
        message = {
            "id": f"msg_{name}",
            "type": "message",
            "role": "assistant",
            "status": answer.status,
            "content": [answer.content()],
        }
        is_cut = answer.status == "incomplete"
        return {
            "id": f"resp_{name}",
            "object": "response",
            "created_at": self._world.now,
            "status": answer.status,
            "error": None,
            "incomplete_details": {"reason": "max_output_tokens"} if is_cut else None,
            "instructions": body.get("instructions"),
            "max_output_tokens": body.get("max_output_tokens"),
            "metadata": body.get("metadata") or {},
            "model": body["model"],
            "output": [message],
            "parallel_tool_calls": True,
            "previous_response_id": None,
            "reasoning": body.get("reasoning") or {"effort": None, "summary": None},
            "store": body.get("store", True),
            "temperature": body.get("temperature", 1.0),
            "text": {"format": form},
            "tool_choice": "auto",
            "tools": [],
            "top_p": body.get("top_p", 1.0),
            "truncation": "disabled",
            "usage": {
                "input_tokens": asked,
                "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
                "output_tokens": said,
                "output_tokens_details": {"reasoning_tokens": 0},
                "total_tokens": asked + said,
            },
            "user": body.get("user"),
        }


@dataclass(frozen=True, slots=True)
class _Said:
    """What the model said, and whether it came to its end."""

    text: str
    status: str = "completed"
    is_refusal: bool = False

    @classmethod
    def of(cls, answer: str, mode: str, most_tokens: int | None) -> "_Said":
        if mode == "refuse":
            return cls("I'm sorry, but I can't help with that.", is_refusal=True)
        if mode == "truncate":
            return cls(answer[: len(answer) // 2], "incomplete")
        if most_tokens is not None and _tokens(answer) > most_tokens:
            return cls(answer[: 4 * most_tokens], "incomplete")
        return cls(answer)

    def content(self) -> dict[str, Any]:
        if self.is_refusal:
            return {"type": "refusal", "refusal": self.text}
        return {"type": "output_text", "text": self.text, "annotations": [], "logprobs": []}


def _input_text(given: Any) -> str:
    """The user's words; instructions to the model are left out."""
    if isinstance(given, str):
        return given
    if not isinstance(given, list):
        raise missing("input")
    texts: list[str] = []
    for message in given:
        if not isinstance(message, dict):
            raise invalid("input", "Every input item must be an object.")
        if message.get("role") in ("system", "developer"):
            continue
        content = message.get("content", "")
        parts = [content] if isinstance(content, str) else [p.get("text", "") for p in content]
        texts.extend(parts)
    return "\n".join(texts)


def _format(body: dict[str, Any]) -> dict[str, Any]:
    form = (body.get("text") or {}).get("format") or {"type": "text"}
    if form.get("type") not in ("text", "json_object", "json_schema"):
        raise invalid("text.format.type", f"Unknown format '{form.get('type')}'.")
    if form["type"] == "json_schema":
        if not isinstance(form.get("schema"), dict):
            raise missing("text.format.schema")
        if form.get("strict"):
            _check_strict(form["schema"], str(form.get("name")), ())
    return dict(form)


def _check_strict(schema: Any, name: str, context: tuple[str, ...]) -> None:
    """Strict schemas close every object and require every property, or are refused."""
    if isinstance(schema, list):
        for part in schema:
            _check_strict(part, name, context)
    if not isinstance(schema, dict):
        return
    if isinstance(properties := schema.get("properties"), dict):
        if schema.get("additionalProperties") is not False:
            raise _bad_schema(name, context, "'additionalProperties' must be false")
        if set(schema.get("required", ())) != set(properties):
            raise _bad_schema(name, context, "'required' must name every property")
    for key, part in schema.items():
        if key not in ("enum", "const", "required", "default"):
            _check_strict(part, name, (*context, key))


def _bad_schema(name: str, context: tuple[str, ...], what: str) -> ModelApiError:
    return ModelApiError(
        400,
        f"Invalid schema for response_format '{name}': In context={context}, {what}.",
        param="text.format.schema",
        code="invalid_json_schema",
    )


def _answer(form: dict[str, Any], text: str, body: dict[str, Any], mode: str) -> str:
    if mode == "unreadable":
        return "Sure! Here is what I think about this comment."
    if form["type"] == "text":
        words = " ".join(text.split()[:30])
        return f"You wrote: {words}" if words else "You wrote nothing."
    if form["type"] == "json_object":
        return json.dumps({"text": " ".join(text.split()[:30])}, ensure_ascii=False)
    value = _structured(form["schema"], text, is_hostile=mode == "hostile")
    if mode == "echo":
        value = _with_texts(value, str(body.get("instructions") or ""))
    return json.dumps(value, ensure_ascii=False)


def _structured(schema: dict[str, Any], text: str, *, is_hostile: bool) -> Any:
    if (worded := prompt_answer(schema, text, is_hostile=is_hostile)) is not None:
        return worded
    if (worded := caption_answer(schema, text, is_hostile=is_hostile)) is not None:
        return worded
    told = told_in(text)
    if told is not None and (answer := dream_answer(schema, told)) is not None:
        return answer
    try:
        return SchemaWriter(schema, text).write()
    except UnsupportedSchemaError as error:
        raise invalid("text.format.schema", str(error)) from error


def _with_texts(value: Any, words: str) -> Any:
    """*value* with *words* in its `quote`, `scene` and `hook` fields, as of a model that was talked into it."""
    if isinstance(value, list):
        return [_with_texts(item, words) for item in value]
    if isinstance(value, dict):
        return {
            name: words if name in ("quote", "scene", "hook") else _with_texts(item, words)
            for name, item in value.items()
        }
    return value


def _tokens(text: str) -> int:
    """About four characters to a token, as usual for English."""
    return (len(text) + 3) // 4
