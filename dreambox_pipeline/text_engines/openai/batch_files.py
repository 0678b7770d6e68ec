"""The two files of a batch: one request per line out, one result per line back in any order."""

import json
import random
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from dreambox_pipeline.text_engines.openai.answers import Answer, Answers, NoAnswer, read_answer
from dreambox_pipeline.text_engines.openai.faults import REFUSING
from dreambox_pipeline.text_engines.openai.questions import (
    Question,
    answer_format,
    parameters_of,
)


def request_lines(questions: Sequence[Question], *, model: str, rng: random.Random) -> bytes:
    """The file to upload; a line's `custom_id` is its question's key."""
    lines = (
        {
            "custom_id": question.key,
            "method": "POST",
            "url": "/v1/responses",
            "body": {
                **parameters_of(question, model, rng),
                "text": {"format": answer_format(question)},
            },
        }
        for question in questions
    )
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


def read_lines(content: str, schemas: Mapping[str, type[BaseModel]]) -> Answers:
    """Answers by key, from a file of results or of errors; lines of others are passed over."""
    answers: dict[str, Answer] = {}
    for line in content.split("\n"):
        result = _parsed(line)
        key = result.get("custom_id")
        if isinstance(key, str) and key in schemas:
            answers[key] = _answer(result, schemas[key])
    return answers


def _parsed(line: str) -> dict[str, Any]:
    try:
        result = json.loads(line)
    except ValueError:
        return {}
    return result if isinstance(result, dict) else {}


def _answer(result: dict[str, Any], schema: type[BaseModel]) -> Answer:
    response = result.get("response")
    response = response if isinstance(response, dict) else {}
    body = response.get("body")
    if not isinstance(body, dict):
        return NoAnswer.MISSING
    if response.get("status_code") != 200:
        error = body.get("error")
        code = error.get("code") if isinstance(error, dict) else None
        return NoAnswer.REFUSED if code in REFUSING else NoAnswer.MISSING
    return read_answer(body, schema)
