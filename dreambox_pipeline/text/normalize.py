"""Bring text into one shape: to keep (`clean`), to match (`fold`), to measure (`utf16_units`).

What people type holds control characters, invisible joiners, styled letters and accents that
come and go. Cleaning keeps everything a reader can see. Folding throws away whatever a rule
should not care about, so its result is for matching only and is never stored or shown.
"""

import re
import unicodedata

# Cc controls, Cs lone surrogates, and every invisible character that carries no meaning in
# running text. Tabs and line ends become spaces below; U+200D is judged by its neighbours.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f"
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200c\u200e\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff"
    "\ufdd0-\ufdef\ufffe\uffff]"
)
# Tag characters spell flags only behind a black flag; anywhere else they hide text.
_TAGS = re.compile("(\U0001f3f4[\U000e0020-\U000e007f]+)|[\U000e0000-\U000e007f]+")
_PICTURE = "\u00a9\u00ae\u203c-\u3299\U0001f000-\U0001faff"
_JOINER_IN_EMOJI = re.compile(
    f"(?<=[{_PICTURE}\ufe0f\U0001f3fb-\U0001f3ff])\u200d(?=[{_PICTURE}])|(\u200d)"
)
_LONE_SELECTOR = re.compile(f"(?<![{_PICTURE}#*0-9])[\ufe00-\ufe0f]")
_BLANK = re.compile(r"\s+")
_COMBINING = re.compile("[\u0300-\u036f]")
_PLAIN = str.maketrans(
    {
        "‘": "'",
        "’": "'",
        "ʼ": "'",
        "`": "'",
        "´": "'",
        "“": '"',
        "”": '"',
        "„": '"',
        "«": '"',
        "»": '"',
        "–": "-",
        "—": "-",
        "‑": "-",
        "−": "-",
        "ı": "i",
        "ø": "o",
        "ł": "l",
        "đ": "d",
    }
)


def clean(text: str) -> str:
    """*text* as a reader sees it: NFC, nothing invisible, single spaces, trimmed.

    A zero-width joiner stays between two emoji, where it makes a family or a flag, and goes
    everywhere else. Cleaning twice changes nothing.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    seen = text
    # Removing one mark can bring two others together, so repeat until nothing changes; real
    # text needs two rounds.
    while (cleaned := _clean_once(seen)) != seen:
        seen = cleaned
    return cleaned


def _clean_once(text: str) -> str:
    text = _INVISIBLE.sub("", text)
    text = _TAGS.sub(lambda found: found[1] or "", text)
    text = _JOINER_IN_EMOJI.sub(lambda found: "" if found[1] else found[0], text)
    text = _LONE_SELECTOR.sub("", text)
    return unicodedata.normalize("NFC", _BLANK.sub(" ", text)).strip()


def fold(text: str, *, keep_accents: bool = True) -> str:
    """*text* for matching: NFKC, case-folded, straight quotes, plain dashes.

    Args:
        text: Best cleaned first.
        keep_accents: False also drops accents from Latin, Greek and Cyrillic letters, because
            people leave them out on phones. Marks that make another letter (Japanese, Hindi,
            Arabic) always stay.
    """
    if text.isascii():
        return text.casefold()
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_PLAIN)
    if keep_accents:
        return folded
    bare = _COMBINING.sub("", unicodedata.normalize("NFD", folded))
    return unicodedata.normalize("NFC", bare)


def utf16_units(text: str) -> int:
    """Length of *text* in UTF-16 code units, which is how TikTok counts captions."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
