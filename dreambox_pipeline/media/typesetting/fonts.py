"""Which typefaces there are, and which of them draws which letter.

DejaVu comes with matplotlib and is always there: Latin, Cyrillic, Greek, Hebrew, Arabic. What
`dreambox fonts install` brings (Noto: Indic scripts, Thai, Chinese, Japanese, Korean, colored
emoji and more) lies in a folder, and the composition root says which: `use_fonts`.

A character without a glyph is drawn by every library as an empty box. That never reaches a
video here: a text is drawn whole, or `MissingGlyphs` says what lacks and how to get it.
"""

import unicodedata
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from pathlib import Path

import matplotlib as mpl
from PIL import ImageFont

from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.media.typesetting.scripts import (
    Letter,
    clusters,
    is_emoji,
    is_pictograph,
    script_name,
)
from dreambox_pipeline.media.typesetting.typefaces import Typeface

INSTALL_COMMAND = "dreambox fonts install"
MANIFEST = "fonts.json"
"""What lies in the fonts folder, written last: a folder without it is not finished."""

NOTO_NAMES = {
    "Latn": "", "Cyrl": "", "Grek": "", "Arab": "Arabic", "Armn": "Armenian", "Beng": "Bengali",
    "Deva": "Devanagari", "Ethi": "Ethiopic", "Geor": "Georgian", "Gujr": "Gujarati",
    "Guru": "Gurmukhi", "Hebr": "Hebrew", "Khmr": "Khmer", "Knda": "Kannada", "Laoo": "Lao",
    "Mlym": "Malayalam", "Mymr": "Myanmar", "Sinh": "Sinhala", "Taml": "Tamil", "Telu": "Telugu",
    "Thai": "Thai",
}  # fmt: skip
"""What Noto calls its faces for a script, by ISO 15924 code."""

HAN_SCRIPTS = frozenset({"Hani", "Hira", "Kana", "Bopo", "Hang"})
REGIONS = ("JP", "KR", "SC", "TC")
"""Faces of Noto's CJK collections in their order in the file."""

EMOJI_FILE = "NotoColorEmoji.ttf"
SYMBOL_FILES = ("NotoSansSymbols", "NotoSansSymbols2-Regular", "NotoSansMath-Regular")
_DEJAVU_FIRST = frozenset({"Latn", "Cyrl", "Grek"})


class Family(Enum):
    """A role of type on the picture. Each script has its own face for it.

    The value is the kind and weight of Noto's files, and DejaVu's file, for that role.
    """

    SERIF_BOLD = ("Serif", "Bold", "DejaVuSerif-Bold.ttf")
    SANS = ("Sans", "Regular", "DejaVuSans.ttf")
    SANS_BOLD = ("Sans", "Bold", "DejaVuSans-Bold.ttf")


SERIF_BOLD, SANS, SANS_BOLD = Family.SERIF_BOLD, Family.SANS, Family.SANS_BOLD


class MissingGlyphs(ItemError):  # noqa: N818  named like the vendors' own, `RateLimited`
    """No installed face can draw this text. Nothing was drawn.

    Attributes:
        characters: What is missing, each once, in the order of the text. An emoji of several
            characters that the font cannot join is one of them.
    """

    def __init__(self, text: str, characters: tuple[str, ...]) -> None:
        self.characters = characters
        scripts = dict.fromkeys(script_name(c) for c in characters)
        super().__init__(
            f"Tried to draw {text!r}; no installed font has {describe(characters)}. "
            f"Run `{INSTALL_COMMAND}` for {', '.join(scripts)}, or leave these characters out."
        )


@dataclass(frozen=True, slots=True)
class FontShelf:
    """The typefaces at hand.

    Attributes:
        folder: What `dreambox fonts install` filled; None for DejaVu alone.
        edition: Changes when the folder's content does, so that nothing stale is remembered.
    """

    folder: Path | None = None
    edition: int = 0

    def face_for(
        self, letter: Letter, family: Family, region: str
    ) -> tuple[Typeface | None, tuple[str, ...]]:
        """The best face that has all of *letter*, or None and the characters that lack."""
        return _face_for(self, letter, family, region)

    def faces(self, script: str, family: Family, region: str) -> tuple[Typeface, ...]:
        """Every face that may draw *script* in this role, best first."""
        return _faces(self, script, family, region)

    def emoji(self) -> Typeface | None:
        """The face with colored emoji, if it is installed."""
        path = self.folder / EMOJI_FILE if self.folder else None
        return Typeface(path, is_color=True) if path and path.exists() else None

    def installed(self, name: str, index: int = 0) -> tuple[Typeface, ...]:
        """The face in the folder's file *name*; empty when there is none."""
        if self.folder is None or not (self.folder / name).exists():
            return ()
        return (Typeface(self.folder / name, index),)


class _Configured:
    """The folder of this process. Fonts belong to a process as its locale does."""

    folder: Path | None = None


def use_fonts(folder: Path | None) -> None:
    """Draw with the fonts in *folder* from now on, in this process; None for DejaVu alone.

    Called where settings are read; it need not exist yet, and is looked at again after an
    installation.
    """
    _Configured.folder = folder


def current_shelf() -> FontShelf:
    """The typefaces this process draws with."""
    return shelf_in(_Configured.folder) if _Configured.folder else FontShelf()


def shelf_in(folder: Path) -> FontShelf:
    """DejaVu and what is installed in *folder*, which need not exist."""
    try:
        return FontShelf(folder, (folder / MANIFEST).stat().st_mtime_ns)
    except OSError:
        return FontShelf()


def describe(characters: tuple[str, ...]) -> str:
    """Characters with their Unicode names, at most six, for a person to read."""
    named = [
        f"{text} ({' + '.join(unicodedata.name(c, f'U+{ord(c):04X}').lower() for c in text)})"
        for text in characters[:6]
    ]
    more = f" and {len(characters) - 6} more" if len(characters) > 6 else ""
    return ", ".join(named) + more


def face_for(text: str, family: Family, size_px: int) -> ImageFont.FreeTypeFont:
    """DejaVu for Pillow's own drawing, which neither joins nor turns letters: plain captions.

    Raises:
        MissingGlyphs: It lacks a character of *text*.
    """
    face = Typeface(_dejavu(family.value[2]))
    if missing := tuple(dict.fromkeys(c for unit in clusters(text) for c in face.lacks(unit))):
        raise MissingGlyphs(text, missing)
    return ImageFont.truetype(face.path, size_px)


@lru_cache(maxsize=8192)
def _face_for(
    shelf: FontShelf, letter: Letter, family: Family, region: str
) -> tuple[Typeface | None, tuple[str, ...]]:
    emoji = shelf.emoji()
    candidates = shelf.faces(letter.script, family, region)
    if emoji:
        candidates = (emoji, *candidates) if is_emoji(letter.text) else (*candidates, emoji)
    gaps: list[tuple[str, ...]] = []
    for face in candidates:
        missing = face.lacks(letter.text)
        if not missing and not face.is_color:
            # DejaVu draws some smileys as black outlines, broken beside a phone's colored ones.
            missing = tuple(c for c in letter.text if is_pictograph(c))
        if not missing:
            return face, ()
        gaps.append(missing)
    return None, min(gaps, key=len)


@lru_cache(maxsize=256)
def _faces(shelf: FontShelf, script: str, family: Family, region: str) -> tuple[Typeface, ...]:
    kind, weight, dejavu = family.value
    bundled = [Typeface(_dejavu(name)) for name in _dejavu_files(dejavu)]
    noto = [face for name in _noto_files(script, kind, weight) for face in shelf.installed(name)]
    han = _han_faces(shelf, kind, weight, region)
    western = [f for name in _noto_files("Latn", kind, weight) for f in shelf.installed(name)]
    symbols = [
        face
        for name in (f"{SYMBOL_FILES[0]}-{weight}", *SYMBOL_FILES[1:])
        for face in shelf.installed(f"{name}.ttf")
    ]
    if script in HAN_SCRIPTS:
        order = [*han, *bundled, *western]
    elif script in _DEJAVU_FIRST:
        order = [*bundled, *noto, *western, *symbols, *han]
    else:
        order = [*noto, *bundled, *western, *symbols, *han]
    return tuple(dict.fromkeys(order if script not in HAN_SCRIPTS else [*order, *symbols]))


def _noto_files(script: str, kind: str, weight: str) -> list[str]:
    if script not in NOTO_NAMES:
        return []
    name = NOTO_NAMES[script]
    kinds = {"Serif": ("Serif", "Sans"), "Sans": ("Sans",)}[kind]
    files = [f"Noto{k}{name}-{weight}.ttf" for k in kinds]
    # Naskh is Arabic's bookish hand and stands in for a serif.
    return [f.replace("NotoSerifArabic", "NotoNaskhArabic") for f in files]


def _han_faces(shelf: FontShelf, kind: str, weight: str, region: str) -> list[Typeface]:
    """The region's own face first; the others may have a character it lacks."""
    regions = [region, *(r for r in REGIONS if r != region)]
    kinds = ("Serif", "Sans") if kind == "Serif" else ("Sans",)
    return [
        face
        for one in regions
        for k in kinds
        for face in (
            *shelf.installed(f"Noto{k}CJK-{weight}.ttc", REGIONS.index(one)),
            *shelf.installed(f"Noto{k}{one}-{weight}.ttf"),
        )
    ]


def _dejavu_files(first: str) -> list[str]:
    """DejaVu's serif lacks Arabic and Hebrew, and its bold some symbols."""
    return list(
        dict.fromkeys(
            (first, *(["DejaVuSans-Bold.ttf"] if "Bold" in first else []), "DejaVuSans.ttf")
        )
    )


def _dejavu(name: str) -> Path:
    return Path(mpl.get_data_path()) / "fonts" / "ttf" / name
