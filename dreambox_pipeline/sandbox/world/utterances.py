"""From a kind of comment to its text: grammar, then the writer's way of typing.

The kinds are the hidden truth of the world. A client never sees them, an evaluation may.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from dreambox_pipeline.sandbox.world.grammar import voices
from dreambox_pipeline.sandbox.world.grammar.languages import MOTIFS, SETTINGS, rules_by_language
from dreambox_pipeline.sandbox.world.grammar.rules import Writer
from dreambox_pipeline.sandbox.world.personas import Persona

DREAM_KINDS = frozenset(
    {
        "dream_told", "dream_short", "dream_recurring", "dream_named", "dream_long", "minor",
        "unsafe_violence", "unsafe_sexual", "unsafe_self_harm",
    }
)  # fmt: skip
# What the other languages can say; the rest falls back to their small talk.
_EVERYWHERE = frozenset(
    {
        "dream_told",
        "dream_short",
        "figurative",
        "praise",
        "joke",
        "question",
        "smalltalk",
        "hostile",
    }
)
_ANSWERS = frozenset({"yes", "yes_anonymous", "no", "unclear", "withdraw", "not_a_dream"})
_REMARKS = frozenset({"praise", "joke", "question", "figurative", "no_recall", "thread"})
_RAW = frozenset({"spam", "injection", "emoji_only", "zero_width"})
_ZERO_WIDTH = "\u200b\u200c\u200d\u2060\ufeff"


@dataclass(frozen=True, slots=True)
class Utterance:
    """A text and the truth about it. *theme* names setting and motifs of an English dream."""

    text: str
    kind: str
    lang: str
    is_dream: bool
    theme: str = ""


def utter(kind: str, persona: Persona, rng: Random) -> Utterance:
    """What *persona* writes when they write something of *kind*."""
    lang, kind = _language(kind, persona, rng)
    if kind in ("zero_width", "very_long", "dream_long"):
        return _SPECIAL[kind](persona, rng)
    theme, aliases = _theme(rng) if lang == "en" else ("", {})
    text = Writer(rules_by_language()[lang], rng, aliases).write(kind)
    text = _fill_contacts(text, rng)
    if kind in _REMARKS and lang == "en" and rng.random() < 0.3:
        text = voices.lead_in(text, rng)
    if kind not in _RAW:
        text = _voice(text, persona, rng, lang)
    is_dream = kind in DREAM_KINDS
    return Utterance(text, kind, lang, is_dream, theme if is_dream else "")


def _language(kind: str, persona: Persona, rng: Random) -> tuple[str, str]:
    if persona.lang == "en" or kind in _EVERYWHERE or kind in _ANSWERS:
        return persona.lang, kind
    # Half of the others write English when their kind of comment needs it.
    if kind == "dream_recurring" and rng.random() < 0.5:
        return persona.lang, "dream_told"
    return "en", kind


def _theme(rng: Random) -> tuple[str, dict[str, str]]:
    setting = rng.choice(SETTINGS)
    first, second = rng.sample(MOTIFS, 2)
    aliases = {
        "place": f"place_{setting}",
        "event": f"event_{first}",
        "other_event": f"event_{second}",
    }
    return f"{setting} {first} {second}", aliases


def _fill_contacts(text: str, rng: Random) -> str:
    if "<phone>" in text:
        text = text.replace("<phone>", _phone(rng))
    if "<mail>" in text:
        text = text.replace("<mail>", _mail(rng))
    return text


def _phone(rng: Random) -> str:
    area, line = rng.choice((212, 415, 312, 646, 213)), rng.randint(0, 99)
    shapes = (
        f"+1 {area} 555 01{line:02d}", f"({area}) 555-01{line:02d}", f"{area}55501{line:02d}",
        f"+44 7700 900{rng.randint(100, 999)}", f"+49 151 2345{rng.randint(1000, 9999)}",
    )  # fmt: skip
    return rng.choice(shapes)


def _mail(rng: Random) -> str:
    user = rng.choice(("dreamy", "hello", "sleepy.cat", "jo_k", "mara.w", "contact", "nina"))
    return f"{user}{rng.randint(1, 99)}@{rng.choice(('mail', 'inbox', 'post'))}.example"


def _voice(text: str, persona: Persona, rng: Random, lang: str) -> str:
    typing = persona.typing
    if lang == "en" and rng.random() < typing.short_forms:
        text = voices.shorten(text, rng)
    if rng.random() < typing.lower_case:
        text = voices.lower_keeping_links(text)
    else:
        text = voices.capitalize_sentences(text) if lang == "en" else text[:1].upper() + text[1:]
    if rng.random() < typing.drops_periods:
        text = voices.drop_periods(text, rng)
    if rng.random() < typing.typos:
        text = voices.slip(text, rng)
    if rng.random() < typing.adds_emoji:
        text += voices.tail(rng, lang)
    return text


def _zero_width(persona: Persona, rng: Random) -> Utterance:
    blank = "".join(rng.choice(_ZERO_WIDTH) for _ in range(rng.randint(3, 40)))
    if rng.random() < 0.5:
        return Utterance(blank, "zero_width", persona.lang, is_dream=False)
    told = utter("smalltalk", persona, rng)
    hidden = "".join(letter + rng.choice(_ZERO_WIDTH) for letter in told.text)
    return Utterance(hidden, "zero_width", told.lang, is_dream=False)


def _very_long(persona: Persona, rng: Random) -> Utterance:
    pieces = [utter(rng.choice(("joke", "praise", "smalltalk")), persona, rng) for _ in range(45)]
    text = " ".join(piece.text for piece in pieces)
    return Utterance(text, "very_long", persona.lang, is_dream=False)


def _dream_long(persona: Persona, rng: Random) -> Utterance:
    """A dream of several scenes, as long as a comment may be."""
    setting, *_ = theme = _theme(rng)
    writer = Writer(rules_by_language()["en"], rng, theme[1])
    scenes = [writer.write("dream_told")]
    for _ in range(rng.randint(3, 6)):
        place, motif = rng.choice(SETTINGS), rng.choice(MOTIFS)
        scene = Writer(
            rules_by_language()["en"], rng, {"p": f"place_{place}", "e": f"event_{motif}"}
        )
        scenes.append(f"Then I was {scene.write('p')} and {scene.write('e')}.")
    text = _voice(" ".join(scenes), persona, rng, "en")
    return Utterance(text, "dream_long", "en", is_dream=True, theme=setting)


_SPECIAL: dict[str, Callable[[Persona, Random], Utterance]] = {
    "zero_width": _zero_width,
    "very_long": _very_long,
    "dream_long": _dream_long,
}
