"""Find personal data in a short text: contact details, numbers, addresses, names.

Structured data is found well; names are not. Measured on foreign test sets, rules like these
find between half and four fifths of names and less of lower-case ones, so finding nothing is
no proof that nothing is there. Nothing in this package promises otherwise: what is published
is rebuilt from closed vocabularies, and this is the second lock on the same door.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

import phonenumbers
from phonenumbers import Leniency, PhoneNumberMatcher

from dreambox_pipeline.text.given_names import GIVEN_NAMES
from dreambox_pipeline.text.pii_rules import (
    CAPITALISED,
    CARD,
    LOOSE_PHONE,
    LOWER_NAME_CUE,
    MID_SENTENCE_PAIR,
    NOT_NAMES,
    PHONE_CUE,
    RULES,
    SPOKEN_PHONE,
)

# Where our comments mostly come from. A number with a + is recognised from anywhere.
_PHONE_REGIONS = ("US", "GB", "BR", "DE", "ES", "FR", "ID", "MX")
_DIGITS_OF_A_PHONE = 7


@dataclass(frozen=True, slots=True, order=True)
class PiiSpan:
    """One piece of personal data.

    Attributes:
        start, end: Character positions in the given text, end exclusive.
        kind: `EMAIL`, `URL`, `HANDLE`, `PHONE`, `ADDRESS`, `ID` or `NAME`.
        rule: Stable name of the rule that found it.
    """

    start: int
    end: int
    kind: str
    rule: str


def find_pii(text: str) -> list[PiiSpan]:
    """Personal data in *text*, in order, without overlaps; of two rivals the longer wins."""
    seen = _same_length_plain(text)
    spans = [*_by_rules(seen), *_names(seen), *_unknown_names(seen)]
    if sum(map(str.isdigit, seen)) >= _DIGITS_OF_A_PHONE:
        spans += [*_cards(seen), *_phones(seen)]
    spans += [PiiSpan(m.start(), m.end(), "PHONE", "spoken") for m in SPOKEN_PHONE.finditer(seen)]
    return _without_overlaps(spans)


def _same_length_plain(text: str) -> str:
    """Full-width and styled letters as plain ones, every position kept."""
    if text.isascii():
        return text
    plain = (unicodedata.normalize("NFKC", char) for char in text)
    return "".join(p if len(p) == 1 else c for p, c in zip(plain, text, strict=True))


def _by_rules(text: str) -> Iterator[PiiSpan]:
    for kind, rule, pattern in RULES:
        for found in pattern.finditer(text):
            start, end = _captured(found)
            if kind == "NAME" and text[start:end].split(maxsplit=1)[0].casefold() in NOT_NAMES:
                continue
            yield PiiSpan(start, end, kind, rule)


def _captured(found: re.Match[str]) -> tuple[int, int]:
    """The group that took part, or the whole match when the rule has no group."""
    group = found.lastindex or 0
    return found.start(group), found.end(group)


def _names(text: str) -> Iterator[PiiSpan]:
    for found in LOWER_NAME_CUE.finditer(text):
        if _bare(found[1]) in GIVEN_NAMES:
            yield PiiSpan(*found.span(1), "NAME", "known_after_cue")
    for found in CAPITALISED.finditer(text):
        words = [_bare(word) for word in found[0].split()]
        if words[0] in GIVEN_NAMES:
            yield PiiSpan(*found.span(), "NAME", "known_first_name")
            continue
        # "Then Jessica said": the sentence's first word is capitalised too.
        known = [i for i, word in enumerate(words) if word in GIVEN_NAMES]
        if known:
            skipped = sum(len(word) + 1 for word in found[0].split()[: known[0]])
            yield PiiSpan(found.start() + skipped, found.end(), "NAME", "known_first_name")


def _unknown_names(text: str) -> Iterator[PiiSpan]:
    """Two capitalised words in the middle of a sentence: a person more often than a place.

    Not where capitals mean nothing, in a title or a shouted line.
    """
    words = text.split()
    if sum(word[:1].isupper() for word in words) * 5 > len(words) * 2:
        return
    for found in MID_SENTENCE_PAIR.finditer(text):
        if not any(_bare(word) in NOT_NAMES for word in found[1].split()):
            yield PiiSpan(*found.span(1), "NAME", "capitalised_pair")


def _bare(word: str) -> str:
    folded = word.casefold().replace("’", "'").removesuffix("'s")
    return "".join(c for c in unicodedata.normalize("NFD", folded) if not unicodedata.combining(c))


def _cards(text: str) -> Iterator[PiiSpan]:
    for found in CARD.finditer(text):
        digits = [int(char) for char in found[0] if char.isdigit()]
        if _passes_luhn(digits):
            yield PiiSpan(*found.span(), "ID", "card")
        elif len(digits) == 16:
            yield PiiSpan(*found.span(), "ID", "sixteen_digits")


def _passes_luhn(digits: list[int]) -> bool:
    doubled = [d if i % 2 == 0 else d * 2 - 9 * (d > 4) for i, d in enumerate(reversed(digits))]
    return sum(doubled) % 10 == 0


def _phones(text: str) -> Iterator[PiiSpan]:
    for region in _PHONE_REGIONS:
        for match in PhoneNumberMatcher(text, region, leniency=Leniency.VALID):
            yield PiiSpan(match.start, match.end, "PHONE", "valid_number")
    for found in LOOSE_PHONE.finditer(text):
        digits = sum(map(str.isdigit, found[0]))
        is_said = bool(PHONE_CUE.search(text[: found.start()]))
        is_phone_like = found[0].startswith("+") or " " in found[0].strip() or "-" in found[0]
        if (is_said and 6 <= digits <= 15) or (is_phone_like and 9 <= digits <= 15):
            yield PiiSpan(*found.span(), "PHONE", "loose_number")


def _without_overlaps(spans: list[PiiSpan]) -> list[PiiSpan]:
    kept: list[PiiSpan] = []
    for span in sorted(spans, key=lambda s: (s.start - s.end, s.start, s.kind)):
        if all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return sorted(kept)


# Loading the metadata of the regions takes a moment; do it at import, not in the first comment.
for _region in _PHONE_REGIONS:
    phonenumbers.example_number(_region)
