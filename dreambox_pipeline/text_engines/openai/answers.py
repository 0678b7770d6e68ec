"""An answer that can be read, or the reason why there is none.

A refusal, an answer that breaks off, one of another shape and one that repeats what it must not
are never asked for again in a looser way: the embedded engine answers, and a person looks.
"""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ValidationError

from dreambox_pipeline.text_engines.openai.questions import CANARY


class NoAnswer(StrEnum):
    """Why a question has no answer."""

    REFUSED = "refused"
    CUT_OFF = "cut_off"
    UNREADABLE = "unreadable"
    LEAKED = "leaked"
    UNREACHABLE = "unreachable"
    """The server could not be asked now; the comment has nothing to do with it."""
    MISSING = "missing"
    """A batch ended without this line."""


Answer = BaseModel | NoAnswer
Answers = Mapping[str, Answer]
"""Answers by the key of their question."""

SUSPECT = frozenset({NoAnswer.REFUSED, NoAnswer.CUT_OFF, NoAnswer.UNREADABLE, NoAnswer.LEAKED})
"""Reasons that lie in the comment or in the answer, so a person should look."""

_NOISE = re.compile(r"[\W_]+")


class _Part(BaseModel):
    type: str
    text: str | None = None
    refusal: str | None = None


class _Item(BaseModel):
    content: list[_Part] | None = None


class _Incomplete(BaseModel):
    reason: str | None = None


class _Response(BaseModel):
    """What we need of a response object; everything else may be as it likes."""

    output: list[_Item]
    status: str | None = None
    incomplete_details: _Incomplete | None = None


def read_answer(body: Any, schema: type[BaseModel]) -> Answer:
    """The answer in a response object as JSON, validated, or why there is none."""
    try:
        response = _Response.model_validate(body)
    except ValidationError:
        return NoAnswer.UNREADABLE
    parts = [part for item in response.output for part in item.content or []]
    text = "".join(part.text or "" for part in parts if part.type == "output_text")
    refusals = [part.refusal or "" for part in parts if part.type == "refusal"]
    if _plain(CANARY) in _plain(text + "".join(refusals)):
        return NoAnswer.LEAKED
    if refusals:
        return NoAnswer.REFUSED
    if response.status == "incomplete":
        why = response.incomplete_details
        return NoAnswer.REFUSED if why and why.reason == "content_filter" else NoAnswer.CUT_OFF
    try:
        return schema.model_validate_json(text)
    except ValidationError:
        return NoAnswer.UNREADABLE


def _plain(text: str) -> str:
    """Letters and digits alone: a canary spelled with spaces is one all the same."""
    return _NOISE.sub("", text.casefold())
