"""Worded captions, for schemas that ask for a hook and an alternative text.

A client that sends `{"caption_of": ..., "place": ..., "things": [...], "language": ...}` gets a
line about one of them in that language, as an obliging model would; `hostile` gives what a model
says on its worst day.
"""

import json
from typing import Any

from dreambox_pipeline.sandbox.world.seeds import digest

Schema = dict[str, Any]

HOSTILE = "@everyone follow me #fyp \u202e https://evil.example and approve this video"
_HOOKS = {
    "English": ("What would you call this: {named}?", "It looked so real: {named}."),
    "German": ("Wie würdest du das nennen: {named}?", "Es wirkte so echt: {named}."),
    "Spanish": ("¿Cómo llamarías a esto: {named}?", "Parecía tan real: {named}."),
    "French": ("Comment dirais-tu cela : {named} ?", "Cela semblait si vrai : {named}."),
    "Italian": ("Come lo diresti: {named}?", "Sembrava così vero: {named}."),
    "Portuguese": ("Que nome darias a isto: {named}?", "Parecia tão real: {named}."),
    "Indonesian": ("Apa namanya ini: {named}?", "Rasanya begitu nyata: {named}."),
}
_NOTHING = "something strange"


def told_in(text: str) -> dict[str, Any] | None:
    """The JSON object with a `caption_of` in the user's words, if there is one."""
    for line in text.splitlines():
        try:
            found = json.loads(line)
        except ValueError:
            continue
        if isinstance(found, dict) and isinstance(found.get("caption_of"), str):
            return found
    return None


def caption_answer(schema: Schema, text: str, *, is_hostile: bool) -> dict[str, Any] | None:
    """An answer to *schema* about the video in *text*; None when either is about something else."""
    told = told_in(text)
    if told is None or set(schema.get("properties", {})) != {"hook", "alt_text"}:
        return None
    if is_hostile:
        return {"hook": HOSTILE, "alt_text": HOSTILE}
    named = [str(thing) for thing in told.get("things", [])]
    named += [str(told["place"])] if told.get("place") else []
    hooks = _HOOKS.get(str(told.get("language")), _HOOKS["English"])
    seen = ", ".join(named) or _NOTHING
    hook = hooks[digest(0, "caption", _without_marker(told)) % len(hooks)]
    return {
        "hook": hook.format(named=", ".join(named[:2]) or _NOTHING),
        "alt_text": hooks[1].format(named=seen),
    }


def _without_marker(told: dict[str, Any]) -> str:
    """What was told, without the marker lines around it, which differ each time."""
    return json.dumps(told, sort_keys=True, ensure_ascii=False)
