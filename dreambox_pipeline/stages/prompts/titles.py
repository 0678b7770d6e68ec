"""Short titles in the voice of someone half awake, made from a dream's facts alone.

The title is drawn on the video and read in the queue. It names what the dream is known to
hold and where, in one of many turns of phrase, chosen by the dream's id: the same dream
always has the same title, and neighbours in the feed do not sound alike.
"""

import hashlib
from collections.abc import Sequence
from typing import Final

from dreambox_pipeline.stages.dreams.model import DreamFacts, DreamReport, Setting
from dreambox_pipeline.stages.prompts.imagery import PLACES, THINGS, companions_of
from dreambox_pipeline.stages.prompts.styles import Temper, temper_of

MAX_TITLE_CHARS: Final = 60

# Not said of a dream that others appear in.
_ALONE: Final = ("alone", "no one", "nothing but")

_THING_AND_PLACE: Final = (
    "{thing} {where}",
    "{thing}, {where}",
    "I found {thing} {where}",
    "{where}, {thing}",
    "{thing} again, {where}",
    "{where}, nothing but {thing}",
    "last night {where}, {thing}",
    "alone with {thing} {where}",
    "no one {where} but {thing}",
    "{thing}, somewhere {where}",
    "back {where}, with {thing}",
    "{thing} {where}, before I woke",
)
_TWO_THINGS: Final = (
    "{thing} and {other}",
    "{thing}, then {other}",
    "between {thing} and {other}",
    "first {thing}, then {other}",
    "{other} came after {thing}",
)
_THING: Final[dict[Temper, tuple[str, ...]]] = {
    Temper.DARK: (
        "do not wake {thing}",
        "{thing} knew my way home",
        "the night of {thing}",
        "alone with {thing}",
        "{thing} would not let me go",
    ),
    Temper.STILL: (
        "what {thing} wanted",
        "last night, {thing}",
        "{thing}, before I woke",
        "nothing but {thing}",
        "I keep coming back to {thing}",
    ),
    Temper.BRIGHT: (
        "how gently {thing} came",
        "I followed {thing}",
        "{thing} stayed until morning",
        "one more night with {thing}",
        "I woke up and missed {thing}",
    ),
}
_DEED_AND_PLACE: Final = (
    "{deed} {where}",
    "{where}, {deed}",
    "still {deed}, {where}",
    "{deed} {where}, until I woke",
    "last night {where}, {deed}",
    "{deed} {where}, all night",
)
_DEED: Final = (
    "{deed}, until I woke",
    "{deed}, all night",
    "{deed}, and no one else awake",
    "still {deed}",
    "{deed} again last night",
)
_PLACE: Final[dict[Temper, tuple[str, ...]]] = {
    Temper.DARK: ("one night {where}", "no way out of {noun}", "{noun} was waiting"),
    Temper.STILL: ("a night {where}", "{noun} remembered me", "back {where}"),
    Temper.BRIGHT: ("a morning {where}", "{noun} let me stay", "I woke up {where}"),
}
_NOTHING_KNOWN: Final[dict[Temper, tuple[str, ...]]] = {
    Temper.DARK: ("the part I cannot forget", "before I could wake", "a door I did not open"),
    Temper.STILL: ("a dream without a map", "somewhere else, last night", "before I woke"),
    Temper.BRIGHT: ("I did not want to wake", "the good dream", "a place I want back"),
}


def title_for(report: DreamReport) -> str:
    """A title of at most 60 characters, always the same for the same dream and facts."""
    candidates = _candidates(report.facts)
    digest = hashlib.sha256(f"title:{report.dream_id}".encode()).digest()
    title = candidates[int.from_bytes(digest[:8], "big") % len(candidates)]
    return title[0].upper() + title[1:]


def _candidates(facts: DreamFacts) -> Sequence[str]:
    """Every phrase that fits what is known.

    A setting that was only assumed is not named, and nobody is called alone in company.
    """
    temper = temper_of(facts.mood)
    known = [THINGS[motif] for motif in dict.fromkeys(facts.motifs)]
    things = [thing.title for thing in known if not thing.is_deed]
    deeds = [thing.title for thing in known if thing.is_deed]
    is_alone = not companions_of(facts)
    has_place = facts.setting is not Setting.UNKNOWN and "setting" not in facts.inferred
    place = PLACES[facts.setting] if has_place else None
    templates: list[str] = []
    if things and place:
        templates += _THING_AND_PLACE
    if len(things) > 1:
        templates += _TWO_THINGS
    if deeds:
        templates += _DEED_AND_PLACE if place else _DEED
    if things and not (place or deeds):
        templates += _THING[temper]
    if place and not (things or deeds):
        templates += _PLACE[temper]
    if not is_alone:
        templates = [template for template in templates if not _says_alone(template)]
    words = {
        "thing": things[0] if things else "",
        "other": things[1] if len(things) > 1 else "",
        "deed": deeds[0].lower() if deeds else "",
        "where": place.where if place else "",
        "noun": place.noun if place else "",
    }
    return [template.format(**words) for template in templates or _NOTHING_KNOWN[temper]]


def _says_alone(template: str) -> bool:
    return any(words in template for words in _ALONE)
