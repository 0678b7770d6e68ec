"""Who words a caption: the port, and the writer that needs nothing but the dream's facts.

A writer gives a first line and a description of the picture. Credit, disclosure and hashtags
are the program's, see `caption`: no writer can leave them out or add any.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from dreambox_pipeline.stages.dreams.model import DreamFacts, Setting
from dreambox_pipeline.stages.posts.caption_language import Lines, Wording, wording_for
from dreambox_pipeline.stages.posts.caption_text import one_line
from dreambox_pipeline.stages.prompts.imagery import PLACES, THINGS
from dreambox_pipeline.stages.prompts.styles import temper_of

EMBEDDED_WRITER: Final = "embedded"
MAX_ALT_UNITS: Final = 300
"""One or two sentences, in UTF-16 units: who listens to them wants to go on."""

MAX_HOOK_UNITS: Final = 150
"""One line on a phone, two at most, in UTF-16 units."""

_ONLY_FOR_MODELS: Final = {
    ", no signs": "",
    " unbranded": "",
    " unmarked": "",
    "the figure": "a figure in a long dark coat",
    ", coat trailing": "",
}


@dataclass(frozen=True, slots=True)
class CaptionBrief:
    """All that a writer is told: nothing a dreamer wrote is among it.

    Attributes:
        title: The video's title, made from the facts.
        facts: For their closed vocabularies only.
        lang: ISO 639-1.
        seed: The render's id: the same video is always captioned alike, two videos hardly ever.
        max_units: Of the first line, in UTF-16 units.
    """

    title: str
    facts: DreamFacts
    lang: str
    seed: str
    max_units: int = MAX_HOOK_UNITS


@dataclass(frozen=True, slots=True)
class CaptionWords:
    """What a writer says about a video.

    Attributes:
        hook: The first line, which makes a person stop.
        alt_text: What is seen, in one or two sentences, at most `MAX_ALT_UNITS`.
        writer: `embedded`, a language model's name and version, or `embedded (fallback: …)`.
    """

    hook: str
    alt_text: str
    writer: str

    @property
    def is_fallback(self) -> bool:
        """A language model was asked, and its answer was not used."""
        return self.writer.startswith(f"{EMBEDDED_WRITER} (")


class CaptionWriter(Protocol):
    """Something that words captions."""

    name: str

    def write(self, brief: CaptionBrief) -> CaptionWords:
        """The words for one video; the embedded ones, with the reason, where its own will not do.

        Raises:
            StopError: The key, the model or the address is wrong.
        """
        ...


class EmbeddedCaptionWriter:
    """First lines a person reviewed, filled with what the dream is known to hold."""

    name = EMBEDDED_WRITER

    def write(self, brief: CaptionBrief) -> CaptionWords:
        """See `CaptionWriter.write`; never fails."""
        wording = wording_for(brief.lang)
        hook = _hook(brief, wording)
        return CaptionWords(one_line(hook, brief.max_units), _alt_text(brief, wording), self.name)


def fallen_back(brief: CaptionBrief, reason: str) -> CaptionWords:
    """The embedded words, because another writer's cannot be used for this *reason*."""
    words = EmbeddedCaptionWriter().write(brief)
    return replace(words, writer=f"{EMBEDDED_WRITER} (fallback: {reason})")


def _hook(brief: CaptionBrief, wording: Wording) -> str:
    things = _things(brief.facts, wording)
    lines = _candidates(wording.lines, len(things), brief)
    dice = hashlib.sha256(f"caption:{brief.seed}".encode(errors="surrogatepass")).digest()
    line = lines[int.from_bytes(dice[:8], "big") % len(lines)]
    # The place may come first or last, and of three things two are named.
    turn = dice[8] % len(things) if things else 0
    shown = [*things[turn:], *things[:turn]][:2]
    names = dict(zip("ab", shown, strict=False))
    return line.format(**names, **{key.upper(): _begun(name) for key, name in names.items()})


def _candidates(lines: Lines, things: int, brief: CaptionBrief) -> Sequence[str]:
    if not things:
        return lines.none
    known = lines.two if things > 1 else lines.one
    return [*known[None], *known.get(temper_of(brief.facts.mood), ())]


def _things(facts: DreamFacts, wording: Wording) -> list[str]:
    """Two motifs and the place, as far as the dream names them."""
    motifs = [wording.motifs[motif] for motif in dict.fromkeys(facts.motifs)][:2]
    is_told = facts.setting is not Setting.UNKNOWN and "setting" not in facts.inferred
    return [*motifs, *([wording.settings[facts.setting]] if is_told else [])]


def _alt_text(brief: CaptionBrief, wording: Wording) -> str:
    """What is seen, in a sentence or two: who listens to it hears an "and", not a list of keywords."""
    if wording is wording_for("en"):
        text = _described(brief.facts, wording)
    else:
        seen = _things(brief.facts, wording)
        text = f"{wording.seen} {_listed(seen, wording)}." if seen else wording.unseen
    return one_line(text, MAX_ALT_UNITS)


def _described(facts: DreamFacts, wording: Wording) -> str:
    """In English, where the prompt's own phrases say what a thing looks like."""
    shown = [_for_people(THINGS[motif].shown) for motif in dict.fromkeys(facts.motifs)][:2]
    things = ", and ".join(shown)
    if facts.setting is Setting.UNKNOWN:
        return f"{wording.seen} {things}." if things else wording.unseen
    place = f"{wording.seen} {_for_people(PLACES[facts.setting].scene)}."
    return f"{place} In it: {things}." if things else place


def _for_people(phrase: str) -> str:
    """A phrase of a prompt without what only a video model has to be told."""
    for told, said in _ONLY_FOR_MODELS.items():
        phrase = phrase.replace(told, said)
    return phrase


def _listed(things: Sequence[str], wording: Wording) -> str:
    *others, last = things
    return f"{', '.join(others)} {wording.joiner} {last}" if others else last


def _begun(name: str) -> str:
    return name[:1].upper() + name[1:]
