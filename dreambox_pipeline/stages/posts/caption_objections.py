"""Whether another writer's words may stand in a caption: every reason to say no, in one place.

A language model's words are judged as strictly as a stranger's. They may say what the dream is
known to hold, and nothing else: no mention, hashtag or link, nothing unseen that turns a line
around, no name, no brand, nobody's age, nothing that asks for likes. What fails once is not
mended: the embedded words stand instead.
"""

import re
from typing import Final

import regex  # type: ignore[import-untyped]  # it ships no type information

from dreambox_pipeline.safety.injection import find_injection
from dreambox_pipeline.safety.model import ScreeningAction
from dreambox_pipeline.safety.screening import COVERED_LANGUAGES, screen
from dreambox_pipeline.stages.dreams.extraction import extract_facts
from dreambox_pipeline.stages.dreams.model import DreamFacts, Motif, Setting
from dreambox_pipeline.stages.posts.caption_writer import MAX_ALT_UNITS, CaptionBrief
from dreambox_pipeline.stages.prompts.wording import BRANDS, MINOR
from dreambox_pipeline.text.given_names import GIVEN_NAMES
from dreambox_pipeline.text.normalize import fold, utf16_units
from dreambox_pipeline.text.pii import find_pii

# "Gliding", "it fell silent", "light": words a good description needs, whatever was dreamt.
_FIGURES_OF_SPEECH: Final = {Motif.FLYING, Motif.FALLING, Motif.CHASE, Motif.LIGHT}
_SHORTEST: Final = {"hook": 12, "alt_text": 20}

# Latin letters, their accents, and the marks of plain prose on one line: no digit, quote, at,
# hash, slash, bracket or emoji, and nothing that is not seen. All our languages are written so.
_PLAIN: Final = regex.compile(r"[\p{Latin}\u0300-\u036f ,.;:!?¡¿'’…–—-]+")
_LINK: Final = re.compile(r"\w\.\w{2,}|\bwww\b|\bhttps?\b", re.IGNORECASE)
# A capital that does not begin a sentence is a name, but in German, and the English "I".
_NAME: Final = re.compile(r"(?<=[^\s.:;!?…¿¡–—-] )(?!I\b)[A-Z]")
_WORD: Final = re.compile(r"[^\W\d_]+")
_BEGGING: Final = re.compile(
    r"\b(?:follow|subscribe|like and|likes?|share this|tag (?:a|your)|link in|bio|comment below|duet|viral|fyp|"
    r"folg\w*|abonnier\w*|teil\w* (?:das|dies)|sig(?:ue|an)(?:me)?|suscr[ií]b\w*|comparte|abonne\w*|partage\w*|"
    r"seguimi|iscriviti|condividi|siga|curta|compartilh\w*|inscreva\w*|ikuti|bagikan)\b",
    re.IGNORECASE,
)


def objection(hook: str, alt_text: str, brief: CaptionBrief) -> str | None:
    """A short code for the first reason why these words may not be used; None when they may."""
    limits = {"hook": brief.max_units, "alt_text": MAX_ALT_UNITS}
    for name, text in (("hook", hook), ("alt_text", alt_text)):
        if not _SHORTEST[name] <= utf16_units(text) <= limits[name]:
            return f"{name}_length"
        if not _PLAIN.fullmatch(text):
            return f"{name}_characters"
    said = f"{hook} {alt_text}"
    return _content(hook, alt_text, brief) or _safety(said, brief.lang)


def _content(hook: str, alt_text: str, brief: CaptionBrief) -> str | None:
    said = f"{hook} {alt_text}"
    folded = fold(said, keep_accents=False)
    words = set(_WORD.findall(folded))
    ours = set(_WORD.findall(fold(brief.title, keep_accents=False)))
    # German writes every noun with one.
    has_capital = brief.lang != "de" and (_NAME.search(hook) or _NAME.search(alt_text))
    found = {
        "link": _LINK.search(said),
        "begging": _BEGGING.search(said),
        "brand": words & BRANDS,
        "name": has_capital or words & (GIVEN_NAMES - ours),
        "minor": MINOR.search(folded),
    }
    return next((code for code, hit in found.items() if hit), None) or _foreign(said, brief.facts)


def _foreign(said: str, facts: DreamFacts) -> str | None:
    """Something the dream does not hold, found as the embedded engine finds it in a comment."""
    found = extract_facts(said)
    if set(found.motifs) - set(facts.motifs) - _FIGURES_OF_SPEECH:
        return "other_motif"
    is_named = "setting" not in found.inferred and found.setting is not Setting.UNKNOWN
    return "other_setting" if is_named and found.setting is not facts.setting else None


def _safety(said: str, lang: str) -> str | None:
    if find_injection(said):
        return "injection"
    if find_pii(said):
        return "personal_data"
    # Latin letters in a language without words of its own are looked through by all the rules.
    verdict = screen(said, lang=lang if lang in COVERED_LANGUAGES else "und")
    return None if verdict.action is ScreeningAction.PASS else f"screened_{verdict.reasons[0]}"
