"""What is sent as a schema fits the rules of strict structured outputs, and our own types."""

from typing import Any

import pytest

from dreambox_pipeline.stages.dreams.model import DreamFacts, Emotion, Motif, Role, Sense, Setting
from dreambox_pipeline.text_engines.openai.questions import SCHEMAS
from dreambox_pipeline.text_engines.openai.schemas import Colour, FactsAnswer

OUR_OWN_WORK = {"visual_detail", "evidence", "inferred"}
KEYWORDS = {
    "$defs", "$ref", "title", "description", "type", "properties", "required",
    "additionalProperties", "items", "enum",
}  # fmt: skip


def parts_of(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Every schema inside a schema."""
    inner = [
        *schema.get("$defs", {}).values(),
        *schema.get("properties", {}).values(),
        *([schema["items"]] if "items" in schema else []),
    ]
    return [schema, *(part for one in inner for part in parts_of(one))]


@pytest.mark.parametrize("purpose", SCHEMAS)
def test_a_schema_is_strict(purpose: str) -> None:
    """Objects are closed and require everything; nothing but keywords every server knows."""
    for part in parts_of(SCHEMAS[purpose].model_json_schema()):
        assert set(part) <= KEYWORDS
        assert "$ref" not in part or set(part) == {"$ref"}
        if part.get("type") == "object":
            assert part["additionalProperties"] is False
            assert set(part["required"]) == set(part["properties"])


def test_facts_are_asked_for_field_by_field() -> None:
    """A field added to `DreamFacts` is asked for, or is our own work."""
    assert set(FactsAnswer.model_fields) == set(DreamFacts.model_fields) - OUR_OWN_WORK


def test_vocabularies_are_the_closed_ones() -> None:
    """Every enumeration of `DreamFacts` is sent whole, and colours are a list too."""
    sent = {tuple(p["enum"]) for p in parts_of(FactsAnswer.model_json_schema()) if "enum" in p}
    for known in (Setting, Role, Emotion, Motif, Sense, Colour):
        assert tuple(item.value for item in known) in sent
