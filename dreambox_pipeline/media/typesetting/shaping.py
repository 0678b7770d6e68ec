"""From a line of text to glyphs at places, in ems: which face, which glyph, where.

A line is put in visual order, cut into runs of one face, script and direction, and each run is
shaped by HarfBuzz: Arabic joins, Devanagari reorders, a family becomes one emoji. Runs end at
spaces, so a line is exactly as wide as its words, and words are remembered.
"""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import uharfbuzz as hb

from dreambox_pipeline.media.typesetting.bidi import visual_order
from dreambox_pipeline.media.typesetting.fonts import HAN_SCRIPTS, Family, FontShelf
from dreambox_pipeline.media.typesetting.scripts import (
    JOINED,
    Letter,
    clusters,
    handles,
    is_flag,
    letters,
    region_of,
)
from dreambox_pipeline.media.typesetting.typefaces import Typeface

_PART = 1000
_HAN_LANGUAGES = {"JP": "ja", "KR": "ko", "SC": "zh-hans", "TC": "zh-hant"}


@dataclass(frozen=True, slots=True)
class Glyph:
    """One glyph of a run, in ems; `starts_letter` where a new letter begins in its run."""

    face: Typeface
    number: int
    advance: float
    x: float
    y: float
    starts_letter: bool


@dataclass(frozen=True, slots=True)
class PlacedGlyph:
    """A glyph and where its origin lies: right of the line's start, up from the baseline, in ems."""

    face: Typeface
    number: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Line:
    """A shaped line, in ems.

    Attributes:
        ascent, descent: How far ink reaches above and below the baseline, both positive.
        missing: Characters that no face can draw; they have no glyphs here.
    """

    glyphs: tuple[PlacedGlyph, ...]
    width: float
    ascent: float
    descent: float
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Typesetting:
    """What decides the shape of a line beside its letters.

    Attributes:
        rtl: Direction of the paragraph.
        region, language: For Han characters, and for the shapes some languages want.
        tracking: Extra space between letters, in ems. Joined scripts get none.
    """

    shelf: FontShelf
    family: Family
    rtl: bool = False
    region: str = "SC"
    language: str = ""
    tracking: float = 0.0


def typesetting_for(
    text: str, family: Family, shelf: FontShelf, *, rtl: bool, tracking: float, language: str
) -> Typesetting:
    """How *text* is set. The whole text decides, so that its wrapped lines never differ."""
    # One rhythm for the text: a Latin name spread out beside a joined word looks torn.
    hangs_together = any(
        letter.script in JOINED or unicodedata.bidirectional(letter.text[0]) == "R"
        for letter in letters(text)
    )
    region = region_of(text, language)
    return Typesetting(shelf, family, rtl, region, language, 0.0 if hangs_together else tracking)


def missing_letters(
    text: str, family: Family, shelf: FontShelf, *, language: str = ""
) -> tuple[str, ...]:
    """Letters of printable *text* that no face of *shelf* can draw, in the order of the text."""
    setting = typesetting_for(text, family, shelf, rtl=False, tracking=0.0, language=language)
    units = clusters(text)
    # In parts, because nobody has promised that the text fits on a line.
    parts = ["".join(units[at : at + _PART]) for at in range(0, len(units), _PART)]
    return tuple(dict.fromkeys(c for part in parts for c in shape_line(part, setting).missing))


@lru_cache(maxsize=4096)
def shape_line(text: str, setting: Typesetting) -> Line:
    """Shape one line of printable text. Never raises for what cannot be drawn: see `Line.missing`."""
    placed: list[PlacedGlyph] = []
    missing: list[str] = []
    pen, ascent, descent = 0.0, 0.0, 0.0
    for run in _runs(text, setting):
        if run.face is None:
            missing += run.missing
            continue
        glyphs = _shape(run, run.face, is_tracked=setting.tracking != 0)
        if glyphs is None:
            missing.append(run.text)
            continue
        for glyph in glyphs:
            pen += setting.tracking if glyph.starts_letter and placed else 0.0
            place = PlacedGlyph(glyph.face, glyph.number, pen + glyph.x, glyph.y)
            top, bottom = _reach(glyph.face, glyph.number)
            ascent, descent = max(ascent, top + glyph.y), max(descent, bottom - glyph.y)
            placed.append(place)
            pen += glyph.advance
    named = sorted(dict.fromkeys(missing), key=text.find)
    return Line(tuple(placed), pen, ascent, descent, tuple(named))


@dataclass(frozen=True, slots=True)
class _Run:
    """Letters of one face, script and direction, in logical order."""

    text: str
    face: Typeface | None
    script: str
    rtl: bool
    language: str
    missing: tuple[str, ...] = ()


def _runs(text: str, setting: Typesetting) -> Iterator[_Run]:
    """The runs of *text* from left to right."""
    line = letters(text)
    units = [letter.text for letter in line]
    run: list[int] = []
    key: tuple[object, ...] | None = None
    faces = [_choose(letter, setting) for letter in line]
    for index, rtl in visual_order(units, rtl=setting.rtl, isolates=handles(units)):
        face, _ = faces[index]
        alone = face is None or face.is_color or units[index] == " "
        own = (face, line[index].script, rtl, index if alone else None)
        if run and own != key:
            yield _run(run, line, faces, key, setting)
            run = []
        key = own
        run.append(index)
    if run:
        yield _run(run, line, faces, key, setting)


def _choose(letter: Letter, setting: Typesetting) -> tuple[Typeface | None, tuple[str, ...]]:
    if letter.text == " ":
        # Every face has a space; its own keeps the rhythm of the words beside it.
        return setting.shelf.faces(letter.script, setting.family, setting.region)[0], ()
    return setting.shelf.face_for(letter, setting.family, setting.region)


def _run(
    indices: list[int],
    line: list[Letter],
    faces: list[tuple[Typeface | None, tuple[str, ...]]],
    key: tuple[object, ...] | None,
    setting: Typesetting,
) -> _Run:
    first = indices[0]
    face, missing = faces[first]
    rtl = bool(key and key[2])
    text = "".join(line[i].text for i in sorted(indices))
    script = line[first].script
    own = _HAN_LANGUAGES[setting.region] if script in HAN_SCRIPTS else ""
    return _Run(text, face, script, rtl, setting.language or own, missing)


@lru_cache(maxsize=8192)
def _shape(run: _Run, face: Typeface, *, is_tracked: bool) -> tuple[Glyph, ...] | None:
    """Glyphs from left to right; None when the face cannot draw the text as it is meant."""
    buffer = hb.Buffer()
    buffer.add_str(run.text)
    buffer.script, buffer.direction = run.script, "rtl" if run.rtl else "ltr"
    if run.language:
        buffer.language = run.language
    # Letters set apart must stand apart: no ligature of f and i.
    hb.shape(face.font, buffer, {"liga": False, "clig": False} if is_tracked else {})
    infos, positions = buffer.glyph_infos, buffer.glyph_positions
    if any(info.codepoint == 0 for info in infos):
        return None
    if is_flag(run.text) and {info.codepoint for info in infos} & _placeholders(face):
        return None
    scale, last = face.scale, -1
    glyphs = []
    for info, position in zip(infos, positions, strict=True):
        advance, x, y = position.x_advance, position.x_offset, position.y_offset
        starts = info.cluster != last
        glyphs.append(Glyph(face, info.codepoint, advance * scale, x * scale, y * scale, starts))
        last = info.cluster
    return tuple(glyphs)


@lru_cache(maxsize=8)
def _placeholders(face: Typeface) -> frozenset[int]:
    """What an emoji font shows for a flag it does not have: a question mark, or a black flag.

    Neither is what was written, and the black flag says something else.
    """
    found = set()
    for nobodys in ("🇽🇽", "🏴", "🏴" + "".join(chr(0xE0000 + ord(c)) for c in "xxzz\x7f")):
        buffer = hb.Buffer()
        buffer.add_str(nobodys)
        buffer.guess_segment_properties()
        hb.shape(face.font, buffer)
        found.add(buffer.glyph_infos[0].codepoint)
    return frozenset(found)


@lru_cache(maxsize=16384)
def _reach(face: Typeface, number: int) -> tuple[float, float]:
    extents = face.font.get_glyph_extents(number)
    if extents is None:
        return 0.0, 0.0
    return extents.y_bearing * face.scale, -(extents.y_bearing + extents.height) * face.scale
