"""Decide by rules whether a text may go on, needs a person, or ends here.

    block    sexual content, minors, self-harm methods, slurs with threats: nobody may approve it
    review   anything a person should see first, and every language we have no words for
    pass     the rest; the finished video still needs a person's approval

Rules are data, in `screening_rules`. They look at the text as written, with digits read as
letters, with spaced letters joined, and with emoji taken out, so decoration hides nothing.
The same rules screen a dream, a prompt and a caption.
"""

import re

from dreambox_pipeline.safety.injection import find_injection, unmask
from dreambox_pipeline.safety.model import Screening, ScreeningAction
from dreambox_pipeline.safety.screening_rules import RULES
from dreambox_pipeline.text.normalize import clean, fold

# Languages the rules have words in. Elsewhere silence means nothing, so a person looks.
COVERED_LANGUAGES = frozenset({"en", "es", "pt", "de", "fr", "id", "ms"})
_PICTURES = re.compile(
    "[\u200d\u203c-\u3299\ufe0f\U0001f000-\U0001faff]+(?<![\u3040-\u30ff\u3005])"
)
_LATIN = re.compile(r"[^\W\d_]")
_REPEATED = re.compile(r"([a-z])\1+")
_STARRED = str.maketrans({"*": "", "_": "", "~": "", "|": ""})


def screen(text: str, *, lang: str) -> Screening:
    """The verdict on *text* with every reason that led to it.

    Args:
        text: Redacted or made by us; cleaned here again.
        lang: ISO 639-1 code, or `und`. A wrong guess can cost a review, never skip a block.
    """
    readings = _readings(clean(text))
    matched = [
        rule
        for rule in RULES
        if lang not in rule.not_in
        and any(
            rule.pattern.search(r) and (not rule.together_with or rule.together_with.search(r))
            for r in readings
        )
    ]
    blocked = _codes([rule.code for rule in matched if rule.action is ScreeningAction.BLOCK])
    if blocked:
        return Screening(ScreeningAction.BLOCK, blocked)
    reasons = [rule.code for rule in matched]
    reasons += [f"injection:{code}" for code in find_injection(text)]
    if not _is_covered(text, lang):
        reasons.append("language_not_covered")
    action = ScreeningAction.REVIEW if reasons else ScreeningAction.PASS
    return Screening(action, _codes(reasons))


def _readings(cleaned: str) -> tuple[str, ...]:
    """Everything the text may say to a reader: with and without pictures, unmasked."""
    folded = fold(cleaned, keep_accents=False)
    spellings = dict.fromkeys(
        (
            folded,
            " ".join(_PICTURES.sub("", folded).split()),
            " ".join(_PICTURES.sub(" ", folded).split()),
        )
    )
    readings: dict[str, None] = {}
    for spelling in spellings:
        readings.update(dict.fromkeys(unmask(spelling)))
        readings[spelling.translate(_STARRED)] = None
        # Stretched and mistyped words: "hoorny". Words with two equal letters match above.
        readings[_REPEATED.sub(r"\1", spelling)] = None
    return tuple(readings)


def _is_covered(text: str, lang: str) -> bool:
    if lang in COVERED_LANGUAGES:
        return True
    # Too short to name its language: Latin letters are at least looked through by the rules.
    letters = _LATIN.findall(text)
    return lang == "und" and all(letter < "\u0250" for letter in letters)


def _codes(codes: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(codes))
