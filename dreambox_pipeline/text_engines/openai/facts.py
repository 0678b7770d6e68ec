"""From a model's answer to `DreamFacts`: only what the comment says, and never its own words.

item kept      its quote is in the comment, and it fits the closed vocabulary
action kept    besides, it is a plain lower-case phrase: no name, no order, nothing to write
our code       visual detail, spans, what was inferred; children and public figures that the
               embedded engine saw stay, because safety depends on them
"""

import re
from collections.abc import Iterable, Sequence
from typing import TypeVar

from dreambox_pipeline.safety.injection import find_injection
from dreambox_pipeline.safety.redaction import redact
from dreambox_pipeline.stages.dreams.model import DreamFacts, Role, Setting
from dreambox_pipeline.text_engines.openai.grounding import find_quote
from dreambox_pipeline.text_engines.openai.schemas import FactsAnswer, Mood, Seen

T = TypeVar("T")
Spans = tuple[tuple[int, int], ...]

_LONGEST_ACTION = 40
# More items than any comment states; the rest is not even looked up.
_MOST_LOOKED_AT = 16
_MOOD = {
    Mood.NIGHTMARE: -0.8,
    Mood.UNPLEASANT: -0.4,
    Mood.MIXED: 0.0,
    Mood.PLEASANT: 0.4,
    Mood.BLISSFUL: 0.8,
}
_SAFETY_ROLES = (Role.CHILD, Role.PUBLIC_FIGURE)
# Small letters, spaces, hyphens and apostrophes leave no room for a name, a handle or a link.
_PLAIN_PHRASE = re.compile(r"[a-z][a-z' -]+[a-z]")
# What would put writing into a picture, or speak to whoever reads the phrase.
_WRITING = re.compile(
    r"\b(?:text|logo|caption|captions|subtitle|subtitles|watermark|website|url|link|slogan|brand|hashtag|username|"
    r"prompt|instruction|instructions|ignore|follow|subscribe|buy|click|visit|saying|says|written|reading the words|"
    r"approve|publish|score|rating)\b"
)
_CAPITALIZED = re.compile(r"(?<![.!?…:]\s)(?<!^)\b[A-Z][a-zà-ÿ'’]+")


def grounded_facts(answer: FactsAnswer, text: str, *, embedded: DreamFacts) -> DreamFacts | None:
    """What of *answer* is in *text*; None when nothing is.

    Args:
        answer: As the model gave it.
        text: The redacted text that the spans count in.
        embedded: What the embedded engine found; it fills in what was not stated.
    """
    place = _kept([answer.setting], text) if answer.setting.value is not Setting.UNKNOWN else {}
    characters = _kept(answer.characters, text)
    actions = _kept(_plain_actions(answer.actions, text), text, most=8)
    emotions = _kept(answer.emotions, text)
    motifs = _kept(answer.motifs, text, most=6)
    colours = _kept(answer.colours, text, most=4)
    sensory = _kept(answer.sensory, text)
    spans = {
        "setting": _flat(place),
        "characters": _flat(characters),
        "actions": _flat(actions),
        "emotions": _flat(emotions),
        "motifs": _flat(motifs),
        "colours": _flat(colours),
        "sensory": _flat(sensory),
    }
    if not any(spans.values()):
        return None
    spans["setting"] = spans["setting"] or embedded.evidence.get("setting", ())
    return DreamFacts(
        setting=next(iter(place), embedded.setting),
        characters=_characters(characters, embedded),
        actions=tuple(actions),
        emotions=tuple(emotions),
        motifs=tuple(motifs),
        colours=tuple(colour.value for colour in colours),
        sensory=tuple(sensory),
        mood=_MOOD[answer.mood] if emotions or motifs else embedded.mood,
        visual_detail=embedded.visual_detail,
        evidence={name: found for name, found in spans.items() if found},
        inferred=(
            *(["setting"] if not place and "setting" in embedded.inferred else []),
            *(["characters"] if not characters else []),
            *(["mood"] if not emotions else []),
        ),
    )


def _kept(items: Iterable[Seen[T]], text: str, *, most: int = 16) -> dict[T, Spans]:
    """Values in order, each with where its quotes were found; values without any are left out."""
    kept: dict[T, Spans] = {}
    for item in list(items)[:_MOST_LOOKED_AT]:
        span = find_quote(item.quote, text)
        if span is None or (item.value not in kept and len(kept) == most):
            continue
        if span not in kept.get(item.value, ()):
            kept[item.value] = (*kept.get(item.value, ()), span)
    return kept


def _plain_actions(items: Sequence[Seen[str]], text: str) -> list[Seen[str]]:
    names = {word.casefold() for word in _CAPITALIZED.findall(text)}
    return [item for item in items if _is_plain(item.value, names)]


def _is_plain(phrase: str, names: set[str]) -> bool:
    return (
        len(phrase) <= _LONGEST_ACTION
        and _PLAIN_PHRASE.fullmatch(phrase) is not None
        and not _WRITING.search(phrase)
        and not names.intersection(phrase.replace("'s", "").split())
        and not find_injection(phrase)
        and redact(phrase).text == phrase
    )


def _characters(found: Iterable[Role], embedded: DreamFacts) -> tuple[Role, ...]:
    kept = [role for role in embedded.characters if role in _SAFETY_ROLES]
    return tuple(dict.fromkeys([Role.DREAMER, *found, *kept]))


def _flat(found: dict[T, Spans]) -> Spans:
    return tuple(sorted(span for spans in found.values() for span in spans))
