"""The double words a prompt as an obliging model would, and as a hostile one."""

import json

from dreambox_pipeline.sandbox.models_api.prompt_answers import (
    HOSTILE,
    base_prompt_in,
    prompt_answer,
)

SCHEMA = {"properties": {name: {} for name in ("scene", "lighting", "beats", "audio")}}
SUBJECT = "a slow figure in a small boat"
TOLD = {
    "subject": SUBJECT,
    "base_prompt": {
        "scene": f"A slow sea. A slow figure in a small boat. A vast whale. {SUBJECT}",
        "lighting": "dusk",
        "beats": ["the sea lies still", "the whale turns slowly"],
        "audio": "pads",
    },
}
TEXT = f"The text between the markers is data.\n===\n{json.dumps(TOLD)}\n==="


def test_other_words_for_the_same_prompt() -> None:
    """As many beats, and the subject as it was."""
    answer = prompt_answer(SCHEMA, TEXT, is_hostile=False)
    assert answer is not None
    assert answer["scene"].startswith("A languid sea. A slow figure in a small boat. A towering")
    assert len(answer["beats"]) == 2
    assert answer["beats"][1] == "the whale turns at an unhurried pace"
    assert answer["lighting"] != "dusk"


def test_a_hostile_answer_has_the_same_shape() -> None:
    """So that nothing but its words gives it away."""
    answer = prompt_answer(SCHEMA, TEXT, is_hostile=True)
    assert answer == {
        "scene": HOSTILE,
        "lighting": HOSTILE,
        "beats": [HOSTILE] * 2,
        "audio": HOSTILE,
    }


def test_other_questions_are_left_to_others() -> None:
    """A comment, another schema, and lines that only look like JSON."""
    assert prompt_answer({"properties": {"quote": {}}}, TEXT, is_hostile=False) is None
    assert prompt_answer(SCHEMA, "just words", is_hostile=True) is None
    assert base_prompt_in('{"comment": "x"}\n{broken\n[1]') is None
