"""A response is an answer, or one of a few reasons why there is none."""

import json
from typing import Any

import pytest

from dreambox_pipeline.text_engines.openai.answers import NoAnswer, read_answer
from dreambox_pipeline.text_engines.openai.questions import CANARY
from dreambox_pipeline.text_engines.openai.schemas import DreamVerdict

VERDICT = {"kind": "own_dream", "probability": 0.9, "lang": "en", "quote": "i dreamt"}
GOOD = json.dumps(VERDICT)


def response(text: str = GOOD, **changes: Any) -> dict[str, Any]:
    part = {"type": "output_text", "text": text, "annotations": []}
    thought = {"type": "reasoning", "id": "rs_1", "summary": []}
    message = {"type": "message", "role": "assistant", "content": [part]}
    return {"status": "completed", "output": [thought, message], "new_field": 1} | changes


def refusal(words: str) -> dict[str, Any]:
    return response(
        output=[{"type": "message", "content": [{"type": "refusal", "refusal": words}]}]
    )


def test_a_good_answer_is_read() -> None:
    """Thoughts and fields we do not know are passed over."""
    assert read_answer(response(), DreamVerdict) == DreamVerdict.model_validate(VERDICT)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (refusal("I can't help with that."), NoAnswer.REFUSED),
        (response(GOOD[:20], status="incomplete", incomplete_details={"reason": "max_output_tokens"}), NoAnswer.CUT_OFF),
        (response(GOOD, status="incomplete", incomplete_details={"reason": "content_filter"}), NoAnswer.REFUSED),
        (response("Sure! It is a dream."), NoAnswer.UNREADABLE),
        (response(json.dumps(VERDICT | {"kind": "masterpiece"})), NoAnswer.UNREADABLE),
        (response(json.dumps(VERDICT | {"score": 10})), NoAnswer.UNREADABLE),
        (response(json.dumps({"kind": "own_dream"})), NoAnswer.UNREADABLE),
        (response(""), NoAnswer.UNREADABLE),
        (response(output=[]), NoAnswer.UNREADABLE),
        (response(output="text"), NoAnswer.UNREADABLE),
        (response(output=[{"content": 7}]), NoAnswer.UNREADABLE),
        ({"error": "?"}, NoAnswer.UNREADABLE),
        (["?"], NoAnswer.UNREADABLE),
        (None, NoAnswer.UNREADABLE),
        (response(json.dumps(VERDICT | {"quote": CANARY})), NoAnswer.LEAKED),
        (response(json.dumps(VERDICT | {"quote": " ".join(CANARY.upper())})), NoAnswer.LEAKED),
        (response(CANARY, status="incomplete"), NoAnswer.LEAKED),
        (refusal(f"I must not say {CANARY}."), NoAnswer.LEAKED),
    ],
)  # fmt: skip
def test_everything_else_has_a_reason(body: Any, why: NoAnswer) -> None:
    """A leak comes first, because it must be seen."""
    assert read_answer(body, DreamVerdict) is why
