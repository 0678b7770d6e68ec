"""Checks values against the pinned extract of OpenAI's published description of `/videos`.

It knows the few words of JSON Schema that the extract uses, and refuses an extract with others.
"""

import json
from pathlib import Path
from typing import Any

CONTRACT = json.loads(
    Path(__file__).with_name("openai_videos_contract.json").read_text(encoding="utf-8")
)
_SCHEMAS = CONTRACT["components"]["schemas"]
_KNOWN = {
    "$ref", "type", "enum", "anyOf", "oneOf", "properties", "required", "minLength", "maxLength",
    "format", "default",
}  # fmt: skip
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "object": (dict,),
    "null": (type(None),),
}


def fields_of(name: str) -> set[str]:
    """The properties the schema called *name* has."""
    return set(_SCHEMAS[name]["properties"])


def mistakes(value: object, name: str) -> list[str]:
    """What is wrong with *value* by the schema called *name*; empty when nothing is."""
    return _mistakes(value, _SCHEMAS[name], name)


def _mistakes(value: Any, schema: dict[str, Any], at: str) -> list[str]:
    assert set(schema) <= _KNOWN, f"{at} has words this check does not know: {set(schema) - _KNOWN}"
    if "$ref" in schema:
        return _mistakes(value, _SCHEMAS[schema["$ref"].rpartition("/")[2]], at)
    if options := schema.get("anyOf") or schema.get("oneOf"):
        tries = [_mistakes(value, option, at) for option in options]
        return [] if [] in tries else [f"{at}: none of {tries}"]
    if schema.get("format") == "binary":
        return [] if isinstance(value, dict) and value.get("file") else [f"{at}: no file"]
    found = _value_mistakes(value, schema, at)
    if not isinstance(value, dict):
        return found
    found += [f"{at}.{name}: missing" for name in schema.get("required", ()) if name not in value]
    for name in set(schema.get("properties", {})) & set(value):
        found += _mistakes(value[name], schema["properties"][name], f"{at}.{name}")
    return found


def _value_mistakes(value: Any, schema: dict[str, Any], at: str) -> list[str]:
    if not isinstance(value, _TYPES[schema["type"]]) or isinstance(value, bool):
        return [f"{at}: {value!r} is no {schema['type']}"]
    found = []
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{at}: {value!r} is none of {schema['enum']}")
    if isinstance(value, str) and not (
        schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value))
    ):
        found.append(f"{at}: {len(value)} characters")
    return found
