"""Text that fits a caption: counted as TikTok counts, cut only between letters, obeying no stranger.

TikTok counts UTF-16 code units, so most emoji count as two and a family of four as eleven. A
letter is a grapheme cluster (Unicode Annex 29) and is never torn apart: one that does not fit
is left out whole.
"""

import unicodedata
from typing import Final

import regex  # type: ignore[import-untyped]  # it ships no type information

from dreambox_pipeline.text.normalize import utf16_units

ELLIPSIS: Final = "…"
JOINERS: Final = "\u200c\u200d"
"""Persian words and family emoji are spelled with them."""

_LETTERS: Final = regex.compile(r"\X")
# Everything that begins a mention or a hashtag, on TikTok or where a caption is copied to.
_SIGNS: Final = frozenset("@#＠＃﹫﹟")
# Controls, invisible formatting (which can reverse a line), broken halves, private and unknown signs.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_RIGHT_TO_LEFT: Final = frozenset({"R", "AL"})


def one_line(text: str, max_units: int) -> str:
    """*text* without mentions, tags, controls and line breaks, at most *max_units* UTF-16 units."""
    plain = unicodedata.normalize("NFC", "".join(_harmless(char) for char in text))
    return shortened(" ".join(plain.split()).strip(JOINERS + " "), max_units)


def shortened(text: str, max_units: int) -> str:
    """*text*, or as many of its first words as fit with an ellipsis; never half a letter.

    Where the first word alone is too long, it is cut between its letters.
    """
    if utf16_units(text) <= max_units:
        return text
    room = max_units - utf16_units(ELLIPSIS)
    kept: list[str] = []
    for letter in _LETTERS.findall(text):
        room -= utf16_units(letter)
        if room < 0:
            break
        kept.append(letter)
    head, space, _ = "".join(kept).rpartition(" ")
    cut = (head if space else "".join(kept)).rstrip(JOINERS + " ,;:-–—")
    return f"{cut}{ELLIPSIS}" if cut else ""


def is_right_to_left(text: str) -> bool:
    """Whether *text* has letters of a script that is read from right to left."""
    return any(unicodedata.bidirectional(char) in _RIGHT_TO_LEFT for char in text)


def unseen_in(text: str) -> list[str]:
    """Characters in *text* that nobody sees and that can deceive, as code points; line ends are fine."""
    found = {
        char
        for char in text
        if char not in JOINERS + "\n" and unicodedata.category(char) in _UNSEEN - {"Cn", "Co"}
    }
    # A flag such as Scotland's is spelled with invisible tags.
    return sorted(f"U+{ord(char):04X}" for char in found if not 0xE0020 <= ord(char) <= 0xE007F)


def _harmless(char: str) -> str:
    if char in JOINERS:
        return char
    if char.isspace() or char in _SIGNS:
        return " "
    return "" if unicodedata.category(char) in _UNSEEN else char
