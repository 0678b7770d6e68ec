"""Whatever closed schema is sent, the answer is valid for it."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from dreambox_pipeline.sandbox.models_api.schema_answers import (
    SchemaWriter,
    UnsupportedSchemaError,
)

small = st.integers(0, 6)
leaves = st.one_of(
    st.builds(
        lambda low, more: {"type": "string", "minLength": low, "maxLength": low + more},
        small,
        small,
    ),
    st.builds(
        lambda low, more: {"type": "integer", "minimum": low, "maximum": low + more}, small, small
    ),
    st.builds(lambda low: {"type": "number", "exclusiveMinimum": low, "maximum": low + 1}, small),
    st.just({"type": "boolean"}),
    st.just({"type": "null"}),
    st.builds(
        lambda values: {"enum": values}, st.lists(st.text(max_size=5), min_size=1, max_size=4)
    ),
)
schemas = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(
            lambda items, low, more: {"type": "array", "items": items, "minItems": low, "maxItems": low + more},
            inner, small, small,
        ),
        st.builds(
            lambda parts: {"type": "object", "properties": parts, "required": list(parts), "additionalProperties": False},
            st.dictionaries(st.text("abc_", min_size=1, max_size=4), inner, max_size=4),
        ),
        st.builds(lambda one, two: {"anyOf": [one, two]}, inner, inner),
    ),
    max_leaves=6,
)  # fmt: skip


def is_valid(value: Any, schema: dict[str, Any]) -> bool:
    """An independent reading of the parts of JSON Schema used above."""
    if "enum" in schema:
        return value in schema["enum"]
    if "anyOf" in schema:
        return any(is_valid(value, option) for option in schema["anyOf"])
    kind = schema["type"]
    if kind == "object":
        parts = schema["properties"]
        return set(value) == set(parts) and all(is_valid(value[k], parts[k]) for k in parts)
    if kind == "array":
        fits = schema["minItems"] <= len(value) <= schema["maxItems"]
        return fits and all(is_valid(item, schema["items"]) for item in value)
    leaves = {
        "string": lambda: (
            isinstance(value, str) and schema["minLength"] <= len(value) <= schema["maxLength"]
        ),
        "integer": lambda: type(value) is int and schema["minimum"] <= value <= schema["maximum"],
        "number": lambda: schema["exclusiveMinimum"] < value <= schema["maximum"],
        "boolean": lambda: isinstance(value, bool),
        "null": lambda: value is None,
    }
    return leaves[kind]()


@settings(max_examples=150, deadline=None)
@given(schema=schemas, text=st.text(max_size=80))
def test_every_answer_fits_its_schema(schema: dict[str, Any], text: str) -> None:
    """Limits, enumerations, unions and nesting hold for any text."""
    value = SchemaWriter(schema, text).write()
    assert is_valid(json.loads(json.dumps(value)), schema)
    assert value == SchemaWriter(schema, text).write()


def test_references_and_recursion_end() -> None:
    """A tree that may go on for ever stops."""
    schema = {
        "$defs": {
            "node": {
                "type": "object",
                "properties": {
                    "name": {"type": "string"},
                    "next": {"anyOf": [{"$ref": "#/$defs/node"}, {"type": "null"}]},
                },
            }
        },
        "$ref": "#/$defs/node",
    }
    value = SchemaWriter(schema, "a b c").write()
    assert TypeAdapter(dict[str, Any]).validate_python(value)["name"]


@pytest.mark.parametrize(
    "schema", [{"$ref": "#/$defs/none"}, {"$ref": "#"}, {"type": "string", "pattern": "^~{40}$"}]
)
def test_what_cannot_be_promised_is_refused(schema: dict[str, Any]) -> None:
    """Better an error than an invalid answer."""
    with pytest.raises(UnsupportedSchemaError):
        SchemaWriter(schema, "some words").write()
