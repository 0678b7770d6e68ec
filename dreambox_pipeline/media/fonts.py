"""Which typefaces there are, and which texts they can draw.

The faces come with matplotlib: DejaVu covers Latin, Cyrillic, Greek, Hebrew, Arabic and more.
A character without a glyph is drawn by every library as an empty box. That never reaches a
video here: a text is drawn whole in one face that has all of it, or not at all.
"""

import unicodedata
from functools import lru_cache
from pathlib import Path

import matplotlib as mpl
from matplotlib.ft2font import FT2Font
from PIL import ImageFont

from dreambox_pipeline.errors import ItemError

SERIF_BOLD = ("DejaVuSerif-Bold.ttf", "DejaVuSans-Bold.ttf", "DejaVuSans.ttf")
SANS = ("DejaVuSans.ttf",)
SANS_BOLD = ("DejaVuSans-Bold.ttf", "DejaVuSans.ttf")

# Joiners that shape Arabic and Persian words. Every other invisible character is dropped.
_SHAPING_JOINERS = "\u200c\u200d"


class MissingGlyphs(ItemError):  # noqa: N818  named like the vendors' own, `RateLimited`
    """No installed face can draw this text. Nothing was drawn.

    Attributes:
        characters: What is missing, each once, in the order of the text.
    """

    def __init__(self, text: str, characters: tuple[str, ...]) -> None:
        self.characters = characters
        super().__init__(
            f"Tried to draw {text!r}; no installed font has {describe(characters)}. "
            "Leave these characters out, or install fonts that have them."
        )


def describe(characters: tuple[str, ...]) -> str:
    """Characters with their Unicode names, at most six, for a person to read."""
    named = [f"{c} ({unicodedata.name(c, f'U+{ord(c):04X}').lower()})" for c in characters[:6]]
    more = f" and {len(characters) - 6} more" if len(characters) > 6 else ""
    return ", ".join(named) + more


def printable(text: str) -> str:
    """*text* on one line without what cannot be seen: controls, bidi marks, variation selectors."""
    spaced = " ".join(text.split())
    return "".join(c for c in spaced if not _is_invisible(c))


def missing_characters(text: str, family: tuple[str, ...] = SANS) -> tuple[str, ...]:
    """Characters of *text* that the best face of *family* lacks; empty when all can be drawn."""
    wanted = [c for c in dict.fromkeys(printable(text)) if c not in _SHAPING_JOINERS]
    gaps = [tuple(c for c in wanted if not _has_glyph(name, c)) for name in family]
    return min(gaps, key=len)


def face_for(text: str, family: tuple[str, ...], size_px: int) -> ImageFont.FreeTypeFont:
    """The first face of *family* that has every character of *text*.

    Raises:
        MissingGlyphs: None has.
    """
    for name in family:
        if not missing_characters(text, (name,)):
            return ImageFont.truetype(_font_path(name), size_px)
    raise MissingGlyphs(text, missing_characters(text, family))


def _is_invisible(character: str) -> bool:
    if character in _SHAPING_JOINERS:
        return False
    is_selector = "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
    return is_selector or unicodedata.category(character) in {"Cc", "Cf", "Cs"}


def _is_emoji(character: str) -> bool:
    # DejaVu draws some smileys as black outlines, which look broken beside a phone's
    # colored ones, so they count as missing.
    return "\U0001f000" <= character <= "\U0001faff"


def _has_glyph(name: str, character: str) -> bool:
    if character == " ":
        return True
    return ord(character) in _code_points(name) and not _is_emoji(character)


@lru_cache(maxsize=16)
def _code_points(name: str) -> frozenset[int]:
    return frozenset(FT2Font(str(_font_path(name))).get_charmap())


def _font_path(name: str) -> Path:
    return Path(mpl.get_data_path()) / "fonts" / "ttf" / name
