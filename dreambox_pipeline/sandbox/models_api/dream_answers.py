"""Sensible answers about dreams, for schemas that ask about one comment.

A client that wraps a comment as `{"comment": ...}` gets an answer read from that comment by a
small lexicon of the double's own; the schema decides what is asked. Lists of `{value, quote}`
get the values that the comment names, each with the word that names it.
"""

import json
import re
from typing import Any

Schema = dict[str, Any]

_OWN = re.compile(
    r"\b(?:i|we)\b[^.!?]{0,30}\b(?:dreamt|dreamed|(?:dream|nightmare)\b(?! (?:job|car|house|team|guy|man)))|"
    r"\bin (?:my|a|the|this) dream|\bmy (?:weirdest |last |craziest )?(?:dream|nightmare) (?:was|is|had)|"
    r"so[ñn][eé]\b|sonhei|mimpi|getr[aä]umt|tr[aä]umte|im traum|r[eê]v[eé]\b|en r[eê]ve|sognato",
    re.IGNORECASE,
)
_NOT_OWN = re.compile(
    r"\b(?:dream (?:job|car|house|team|guy|man|vacation)|dreams? come true|in your dreams|dream on|sweet dreams|"
    r"american dream|can'?t remember)\b",
    re.IGNORECASE,
)
_QUESTION = re.compile(r"\?\s*$")
_LANGUAGES = (
    ("es", r"so[ñn][eé]\b|estaba|una\b"), ("pt", r"sonhei|estava|\buma\b"), ("de", r"tr[aä]um|\bich\b"),
    ("fr", r"r[eê]v[eé]|\bj'|une\b"), ("id", r"mimpi|\baku\b"), ("en", r"\b(?:i|the|my|dream)\b"),
)  # fmt: skip
# Words besides the value's own name. Word beginnings.
_ALSO = {
    "ocean": "sea|beach|laut|meer|mar", "school": "classroom|escuela|schule|sekolah", "house": "home|rumah|haus|casa",
    "city": "street|town|kota|stadt|ciudad", "sky": "clouds|langit|himmel|cielo", "forest": "woods|hutan|wald|bosque",
    "family": "mom|mum|mother|dad|father|sister|brother|grandma|abuela|ibu|oma", "child": "kid|baby|little girl|little boy",
    "public_figure": "celebrity|singer|president|actor", "crowd": "people", "happiness": "happy|joy|wonderful",
    "apprehension": "scared|afraid|terrified|panic|angst|miedo|takut", "sadness": "sad|cried|crying", "anger": "angry|mad",
    "confusion": "confused|weird", "chase": "chased|chasing", "falling": "fell", "flying": "flew", "teeth": "tooth",
    "sound": "music|singing|heard|noise", "touch": "felt|soft", "temperature": "cold|warm|hot", "pain": "hurt",
    "stars": "star", "flood": "tsunami", "whale": "ballena|paus|wal", "gold": "golden", "grey": "gray|silver",
    "pleasant": "happy|beautiful|calm|fun", "nightmare": "nightmare|terrified|panic", "unpleasant": "scared|sad|afraid",
}  # fmt: skip
_ACTIONS = {
    "flying": "flying|flew", "falling": "falling|fell", "running": "running|ran", "swimming": "swimming|swam",
    "being chased": "chased", "singing": "singing|sang", "walking": "walking|walked", "hiding": "hiding|hid",
    "riding": "riding|rode", "dancing": "dancing|danced", "opening a door": "opened", "losing teeth": "teeth",
}  # fmt: skip


def told_in(text: str) -> dict[str, Any] | None:
    """The JSON object with a `comment` in the user's words, if there is one."""
    for line in text.splitlines():
        try:
            found = json.loads(line)
        except ValueError:
            continue
        if isinstance(found, dict) and isinstance(found.get("comment"), str):
            return found
    return None


def dream_answer(schema: Schema, told: dict[str, Any]) -> dict[str, Any] | None:
    """An answer to *schema* about the comment, or None when the schema asks something else."""
    asked = schema.get("properties", {})
    if {"kind", "probability", "quote"} <= set(asked):
        return _verdict(schema, told)
    if {"setting", "motifs", "mood"} <= set(asked):
        return {name: _part(schema, part, told["comment"]) for name, part in asked.items()}
    return None


def _verdict(schema: Schema, told: dict[str, Any]) -> dict[str, Any]:
    comment: str = told["comment"]
    own = _OWN.search(comment)
    if own and not (_NOT_OWN.search(comment) or _QUESTION.search(comment)):
        kind, probability = "own_dream", 0.93
    elif told.get("video_asks_for_dreams") and len(comment.split()) >= 12:
        kind, probability = "own_dream", 0.71
    elif _NOT_OWN.search(comment):
        kind, probability = "figurative", 0.04
    else:
        kind, probability = "other", 0.08
    kinds = _resolved(schema, schema["properties"]["kind"]).get("enum", [kind])
    answer = {
        "kind": kind if kind in kinds else kinds[-1],
        "probability": probability,
        "lang": next(
            (lang for lang, words in _LANGUAGES if re.search(words, comment.lower())), "en"
        ),
        "quote": own[0] if own else " ".join(comment.split()[:8]),
    }
    return {name: answer.get(name, "") for name in schema["properties"]}


def _part(root: Schema, part: Schema, comment: str) -> Any:
    part = _resolved(root, part)
    if part.get("type") == "array":
        item = _resolved(root, part["items"])
        return _seen(root, item, comment)
    if "enum" in part:
        named = [value for value in part["enum"] if _find(value, comment)]
        return (named or [value for value in part["enum"] if value == "mixed"] or part["enum"])[0]
    seen = _seen(root, part, comment)
    values = _resolved(root, part["properties"]["value"])["enum"]
    return seen[0] if seen else {"value": values[-1], "quote": ""}


def _seen(root: Schema, item: Schema, comment: str) -> list[dict[str, str]]:
    value = _resolved(root, item["properties"]["value"])
    if "enum" not in value:
        found = {name: _search(words, comment) for name, words in _ACTIONS.items()}
    else:
        found = {name: _find(name, comment) for name in value["enum"]}
    return [{"value": name, "quote": quote} for name, quote in found.items() if quote]


def _find(name: str, comment: str) -> str | None:
    return _search("|".join(filter(None, (name.replace("_", " "), _ALSO.get(name)))), comment)


def _search(words: str, comment: str) -> str | None:
    found = re.search(rf"\b(?:{words})\w*", comment, re.IGNORECASE)
    return found[0] if found else None


def _resolved(root: Schema, part: Schema) -> Schema:
    name = part.get("$ref", "").removeprefix("#/$defs/")
    return root["$defs"][name] if name else part
