"""`/v1/responses`: text in, structured output out, on the real wire shape.

With a `json_schema` format the answer is valid JSON for that schema, made from the input's
words; otherwise it is a short plain text. Nothing is understood here: instructions hidden in
the input have no effect, which is the point of a double.
"""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dreambox_pipeline.sandbox.models_api.errors import ModelApiError, invalid, missing
from dreambox_pipeline.sandbox.models_api.schema_answers import (
    SchemaWriter,
    UnsupportedSchemaError,
)
from dreambox_pipeline.sandbox.world.seeds import digest
from dreambox_pipeline.sandbox.world.world import World


class ResponsesApi:
    """The responses endpoint on the world's clock."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def create(self, request: Request) -> Response:
        """`POST /v1/responses`."""
        try:
            body = await request.json()
        except ValueError as error:
            raise ModelApiError(400, "The request body is not valid JSON.") from error
        if not isinstance(body, dict) or not body.get("model"):
            raise missing("model")
        if body.get("stream"):
            raise invalid("stream", "This double does not stream.")
        text = _input_text(body.get("input"))
        form = _format(body)
        answer = _answer(form, text)
        return JSONResponse(self._wire(body, form, text, answer))

    def _wire(
        self, body: dict[str, Any], form: dict[str, Any], text: str, answer: str
    ) -> dict[str, Any]:
        name = f"{digest(self._world.seed, 'response', str(body['model']), text, answer):016x}"
        asked, said = _tokens(text) + _tokens(str(body.get("instructions") or "")), _tokens(answer)
        content = {"type": "output_text", "text": answer, "annotations": [], "logprobs": []}
        message = {
            "id": f"msg_{name}",
            "type": "message",
            "role": "assistant",
            "status": "completed",
            "content": [content],
        }
        return {
            "id": f"resp_{name}",
            "object": "response",
            "created_at": self._world.now,
            "status": "completed",
            "error": None,
            "incomplete_details": None,
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


def _answer(form: dict[str, Any], text: str) -> str:
    if form["type"] == "text":
        words = " ".join(text.split()[:30])
        return f"You wrote: {words}" if words else "You wrote nothing."
    if form["type"] == "json_object":
        return json.dumps({"text": " ".join(text.split()[:30])}, ensure_ascii=False)
    try:
        return json.dumps(SchemaWriter(form["schema"], text).write(), ensure_ascii=False)
    except UnsupportedSchemaError as error:
        raise invalid("text.format.schema", str(error)) from error


def _tokens(text: str) -> int:
    """About four characters to a token, as usual for English."""
    return (len(text) + 3) // 4
