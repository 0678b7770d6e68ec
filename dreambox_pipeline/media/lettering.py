"""Draw text into a cropped picture with a soft shadow, ready to lie over a video.

Pillow with raqm shapes the text, so Arabic joins and Hebrew runs right to left. Lines are
broken evenly instead of greedily, the size gives way before a word does, and letter spacing is
applied only to scripts whose letters stand apart. Where a text goes belongs to `layout`.
"""

import unicodedata
from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from dreambox_pipeline.media.fonts import (
    SANS,
    SANS_BOLD,
    SERIF_BOLD,
    face_for,
    missing_characters,
    printable,
)

_SMALLEST_SHRINK = 0.45
_BREAK_WORDS_BELOW = 0.7


@dataclass(frozen=True, slots=True)
class Shadow:
    """A blurred copy of the text behind it.

    Attributes:
        blur_em, drop_em: Radius and downward shift, in font sizes.
        opacity: From 0 to 1.
        spread_em: How far it is grown before it is blurred; thin letters need it.
    """

    blur_em: float
    drop_em: float
    opacity: float
    spread_em: float = 0.0


@dataclass(frozen=True, slots=True)
class TextStyle:
    """How a text looks.

    Attributes:
        family: File names of faces, best first (see `fonts`).
        size_px: Font size; the text may be drawn smaller to fit.
        tracking_em: Extra space between letters, in font sizes.
        line_height: Distance of baselines, in font sizes.
        opacity: From 0 to 1, of the letters (shadows have their own).
    """

    family: tuple[str, ...]
    size_px: int
    color: tuple[int, int, int] = (255, 252, 245)
    tracking_em: float = 0.0
    line_height: float = 1.18
    opacity: float = 1.0
    shadows: tuple[Shadow, ...] = ()


@dataclass(frozen=True, slots=True)
class Lettering:
    """A drawn text.

    Attributes:
        image: RGBA, cropped to what is visible, shadow included.
        left, top: Where the text's own box begins inside *image*.
        width, height: Size of that box.
    """

    image: Image.Image
    left: int
    top: int
    width: int
    height: int
    is_rtl: bool


@dataclass(frozen=True, slots=True)
class _Setting:
    """Lines and the face they are set in."""

    lines: tuple[str, ...]
    font: ImageFont.FreeTypeFont
    style: TextStyle
    direction: Literal["ltr", "rtl"]

    def advance(self, text: str) -> float:
        """Width of *text* on one line, in pixels."""
        tracking = self.style.tracking_em * self.style.size_px * max(len(_clusters(text)) - 1, 0)
        return self.font.getlength(text, direction=self.direction) + tracking

    @property
    def width(self) -> float:
        return max(self.advance(line) for line in self.lines)


def is_rtl(text: str) -> bool:
    """Whether the first letter with a direction runs right to left."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in {"L", "R", "AL"}:
            return kind != "L"
    return False


def can_draw(text: str) -> bool:
    """Whether every typeface family used on a video has a face with all of *text*."""
    return not any(missing_characters(text, f) for f in (SERIF_BOLD, SANS, SANS_BOLD))


def draw_text(text: str, style: TextStyle, *, max_width: int, max_lines: int = 1) -> Lettering:
    """Draw *text* at most *max_width* pixels wide, smaller than asked if it must be.

    A text that is too long even at 45 % of its size ends in an ellipsis.

    Raises:
        MissingGlyphs: No face of the style's family has all characters.
        ValueError: Nothing visible to draw.
    """
    shown = printable(text).strip()
    if not shown:
        raise ValueError(f"No visible character in {text!r}.")
    return _render(_fit(shown, style, max_width=max_width, max_lines=max_lines))


def _fit(text: str, style: TextStyle, *, max_width: int, max_lines: int) -> _Setting:
    shrink = 1.0
    while True:
        setting = _set(text, replace(style, size_px=max(6, round(style.size_px * shrink))))
        may_break = shrink <= _BREAK_WORDS_BELOW
        lines = _wrap(text, setting, max_width, may_break_words=may_break)
        if lines is not None and len(lines) <= max_lines:
            return replace(setting, lines=_balance(text, setting, max_width, lines))
        if shrink <= _SMALLEST_SHRINK and lines is not None:
            return replace(setting, lines=_cut(lines, max_lines, setting, max_width))
        shrink -= 0.05


def _set(text: str, style: TextStyle) -> _Setting:
    # The whole text decides face and direction, so wrapped lines never differ.
    stands_apart = all(unicodedata.bidirectional(c) not in {"R", "AL", "AN"} for c in text)
    font = face_for(text, style.family, style.size_px)
    fitting = style if stands_apart else replace(style, tracking_em=0.0)
    return _Setting((text,), font, fitting, "rtl" if is_rtl(text) else "ltr")


def _wrap(
    text: str, setting: _Setting, max_width: float, *, may_break_words: bool
) -> tuple[str, ...] | None:
    """Fill lines greedily; None when a word is too wide and may not be broken."""
    lines: list[str] = []
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and setting.advance(joined) <= max_width:
            lines[-1] = joined
            continue
        if setting.advance(word) > max_width and not may_break_words:
            return None
        lines += _pieces(word, setting, max_width)
    return tuple(lines)


def _pieces(word: str, setting: _Setting, max_width: float) -> list[str]:
    pieces = [""]
    for cluster in _clusters(word):
        if pieces[-1] and setting.advance(pieces[-1] + cluster) > max_width:
            pieces.append("")
        pieces[-1] += cluster
    return pieces


def _balance(
    text: str, setting: _Setting, max_width: float, lines: tuple[str, ...]
) -> tuple[str, ...]:
    """The narrowest breaking with the same number of lines: no lonely last word."""
    best, low, high = lines, 0.0, max_width
    if len(lines) == 1:
        return lines
    for _ in range(10):
        middle = (low + high) / 2
        tried = _wrap(text, setting, middle, may_break_words=False)
        if tried is not None and len(tried) == len(lines):
            best, high = tried, middle
        else:
            low = middle
    return best


def _cut(
    lines: tuple[str, ...], max_lines: int, setting: _Setting, max_width: float
) -> tuple[str, ...]:
    last = _clusters(lines[max_lines - 1])
    while last and setting.advance("".join(last) + "…") > max_width:
        last.pop()
    return (*lines[: max_lines - 1], "".join(last).rstrip() + "…")


def _clusters(text: str) -> list[str]:
    """Letters with their combining marks and joiners, which must not be torn apart."""
    clusters: list[str] = []
    for character in text:
        joins = unicodedata.category(character) in {"Mn", "Mc", "Me", "Cf"}
        if joins and clusters:
            clusters[-1] += character
        else:
            clusters.append(character)
    return clusters


def _render(setting: _Setting) -> Lettering:
    style = setting.style
    size = style.size_px
    # Room for shadows and for letters that lean or hang out of their box.
    margin = round(size * 0.6) + round(
        max((3 * s.blur_em + s.spread_em for s in style.shadows), default=0) * size
    )
    width = round(setting.width)
    height = round(size * (1 + style.line_height * (len(setting.lines) - 1)))
    mask = Image.new("L", (width + 2 * margin, height + 2 * margin), 0)
    drawing = ImageDraw.Draw(mask)
    for index, line in enumerate(setting.lines):
        baseline = margin + size * (0.8 + style.line_height * index)
        x = margin + (width - setting.advance(line) if setting.direction == "rtl" else 0)
        _draw_line(drawing, line, x, baseline, setting)
    image = _compose(mask, style)
    box = image.getchannel("A").getbbox() or (0, 0, 1, 1)
    left, top = margin - box[0], margin - box[1]
    return Lettering(image.crop(box), left, top, width, height, setting.direction == "rtl")


def _draw_line(
    drawing: ImageDraw.ImageDraw, line: str, x: float, baseline: float, setting: _Setting
) -> None:
    font, direction = setting.font, setting.direction
    tracking = setting.style.tracking_em * setting.style.size_px
    if not tracking:
        drawing.text((x, baseline), line, 255, font, anchor="ls", direction=direction)
        return
    before = ""
    for index, cluster in enumerate(_clusters(line)):
        # Length of what came before plus this letter, minus the letter: keeps kerning pairs.
        start = font.getlength(before + cluster) - font.getlength(cluster)
        drawing.text((x + start + tracking * index, baseline), cluster, 255, font, anchor="ls")
        before += cluster


def _compose(mask: Image.Image, style: TextStyle) -> Image.Image:
    image = Image.new("RGBA", mask.size, (0, 0, 0, 0))
    for shadow in style.shadows:
        grown = _grown(mask, round(shadow.spread_em * style.size_px))
        blurred = grown.filter(ImageFilter.GaussianBlur(shadow.blur_em * style.size_px))
        shifted = Image.new("L", mask.size, 0)
        shifted.paste(blurred, (0, round(shadow.drop_em * style.size_px)))
        image.alpha_composite(_tinted(shifted, (8, 6, 18), shadow.opacity))
    image.alpha_composite(_tinted(mask, style.color, style.opacity))
    return image


def _grown(mask: Image.Image, radius: int) -> Image.Image:
    if not radius:
        return mask
    # OpenCV's dilation takes milliseconds where Pillow's MaxFilter takes half a second.
    side = 2 * radius + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
    return Image.fromarray(cv2.dilate(np.asarray(mask), kernel))


def _tinted(mask: Image.Image, color: tuple[int, int, int], opacity: float) -> Image.Image:
    layer = Image.new("RGBA", mask.size, (*color, 0))
    layer.putalpha(mask.point(lambda a: min(255, round(a * opacity))))
    return layer
