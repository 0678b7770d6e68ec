"""Writes JSON that is valid for a JSON Schema, out of the words of a text.

Same schema and text, same answer. Strings are taken from the text, enumerations prefer a value
the text names, numbers and booleans follow from a digest; every limit of the schema holds.
"""

import re
from typing import Any

from dreambox_pipeline.sandbox.world.seeds import digest, fraction

Schema = dict[str, Any]

_DEEPEST = 12
_WORD = re.compile(r"[\w']+")
_FORMATS = {
    "date-time": "2026-01-01T08:00:00Z", "date": "2026-01-01", "time": "08:00:00Z",
    "email": "someone@mail.example", "uri": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}  # fmt: skip


class UnsupportedSchemaError(ValueError):
    """The schema asks for something this writer cannot promise."""


class SchemaWriter:
    """Answers *schema* from *text*.

    Args:
        schema: A JSON Schema as strict structured outputs allow it.
        text: What the model was told.
    """

    def __init__(self, schema: Schema, text: str) -> None:
        self._root = schema
        self._text = text
        self._words = _WORD.findall(text) or ["nothing"]

    def write(self) -> Any:
        """One valid value.

        Raises:
            UnsupportedSchemaError: No value can be found for a pattern or a reference.
        """
        return self._value(self._root, "answer", 0)

    def _value(self, schema: Schema, path: str, depth: int) -> Any:
        schema = self._resolved(schema)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self._choice(schema["enum"], path)
        if options := schema.get("anyOf") or schema.get("oneOf"):
            return self._value(self._option(options, depth), path, depth + 1)
        kind = schema.get("type", "object" if "properties" in schema else "string")
        if isinstance(kind, list):
            kinds = [name for name in kind if name != "null"] or ["null"]
            kind = "null" if depth > _DEEPEST and "null" in kind else kinds[0]
        return self._typed(kind, schema, path, depth)

    def _typed(self, kind: str, schema: Schema, path: str, depth: int) -> Any:
        if kind == "object":
            properties = schema.get("properties", {})
            return {
                name: self._value(part, f"{path}.{name}", depth + 1)
                for name, part in properties.items()
            }
        if kind == "array":
            return self._array(schema, path, depth)
        if kind == "string":
            return self._string(schema, path)
        if kind in ("integer", "number"):
            return self._number(schema, path, whole=kind == "integer")
        if kind == "boolean":
            return self._boolean(path)
        return None

    def _resolved(self, schema: Schema) -> Schema:
        for _ in range(_DEEPEST):
            if "$ref" in schema:
                rest = {key: value for key, value in schema.items() if key != "$ref"}
                schema = {**self._referenced(schema["$ref"]), **rest}
            elif "allOf" in schema:
                merged = {key: value for key, value in schema.items() if key != "allOf"}
                for part in schema["allOf"]:
                    merged = {**self._resolved(part), **merged}
                schema = merged
            else:
                return schema
        raise UnsupportedSchemaError("A reference of the schema leads to itself.")

    def _referenced(self, reference: str) -> Schema:
        node: Any = self._root
        for step in reference.removeprefix("#").strip("/").split("/"):
            node = node.get(step.replace("~1", "/").replace("~0", "~")) if step else node
            if not isinstance(node, dict):
                raise UnsupportedSchemaError(f"The reference {reference} leads nowhere.")
        return dict(node)

    def _option(self, options: list[Schema], depth: int) -> Schema:
        if depth > _DEEPEST:  # a recursive schema must end somewhere
            for option in options:
                if option.get("type") == "null":
                    return option
        real = [option for option in options if option.get("type") != "null"]
        return (real or options)[0]

    def _choice(self, values: list[Any], path: str) -> Any:
        text = self._text.lower()
        named = [v for v in values if isinstance(v, str) and v.lower().replace("_", " ") in text]
        return named[0] if named else values[digest(0, path, self._text) % len(values)]

    def _array(self, schema: Schema, path: str, depth: int) -> list[Any]:
        low = int(schema.get("minItems", 0))
        high = int(schema.get("maxItems", max(low, 3)))
        count = low if depth > _DEEPEST else max(low, min(high, 2))
        items = schema.get("items", {"type": "string"})
        found = [self._value(items, f"{path}[{place}]", depth + 1) for place in range(count)]
        unique = [value for place, value in enumerate(found) if value not in found[:place]]
        return unique if len(unique) >= low else found

    def _string(self, schema: Schema, path: str) -> str:
        if "format" in schema and schema["format"] in _FORMATS:
            return _FORMATS[str(schema["format"])]
        low, high = int(schema.get("minLength", 0)), int(schema.get("maxLength", 400))
        if "pattern" in schema:
            return self._matching(schema["pattern"], low, high)
        begin = digest(0, path) % max(1, len(self._words) - 8)
        value = " ".join(self._words[begin : begin + 12])
        while len(value) < low:
            value += " " + value
        trimmed: str = value[:high].rstrip()
        return trimmed if len(trimmed) >= low else value[:high]

    def _matching(self, pattern: str, low: int, high: int) -> str:
        words = [w for word in self._words for w in (word, word.lower())]
        usual = ["#4a6fa5", "00:00", "1", "12", "123", "en", "a", "abc", "a-b", "A1"]
        candidates: list[str] = [*words, *_FORMATS.values(), *usual]
        for candidate in candidates:
            if re.search(pattern, candidate) and low <= len(candidate) <= high:
                return candidate
        raise UnsupportedSchemaError(f"This double finds no string for the pattern {pattern}.")

    def _number(self, schema: Schema, path: str, *, whole: bool) -> float:
        step = schema.get("multipleOf", 1 if whole else 0.01)
        low, high = _bounds(schema, step)
        steps = int((high - low) / step + 1e-9)
        value = low + step * int(fraction(0, path, self._text) * (steps + 1))
        value = min(value, high)
        return int(value) if whole else round(value, 6)

    def _boolean(self, path: str) -> bool:
        name = path.rsplit(".", 1)[-1].lower()
        if "dream" in name:
            return (
                re.search(r"dream|soñ|sonh|träum|rêv|mimpi", self._text, re.IGNORECASE) is not None
            )
        return digest(0, path, self._text) % 2 == 0


def _bounds(schema: Schema, step: float) -> tuple[float, float]:
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    high = schema.get("maximum", schema.get("exclusiveMaximum"))
    if low is None:
        low = 0 if high is None or high > 0 else high - 10 * step
    elif "minimum" not in schema:
        low += step
    if high is None:
        high = max(low + 10 * step, 1)
    elif "maximum" not in schema:
        high -= step
    # Steps begin at a multiple, so that multipleOf holds.
    low = -(-low // step) * step
    return low, max(low, high)
