"""Draw text into a cropped picture with a soft shadow, ready to lie over a video.

`shaping` makes glyphs of letters, `breaking` finds the lines, `glyphs` and `shadows` draw. Here
they become one picture: the size gives way before a word does, and scripts that reach higher or
lower than Latin get the room they need. Where a text goes belongs to `layout`.
"""

from dataclasses import dataclass, replace

from PIL import Image

from dreambox_pipeline.media.typesetting.bidi import LONGEST
from dreambox_pipeline.media.typesetting.breaking import Ruler, balance, cut, wrap
from dreambox_pipeline.media.typesetting.fonts import Family, MissingGlyphs, current_shelf
from dreambox_pipeline.media.typesetting.glyphs import draw_lines
from dreambox_pipeline.media.typesetting.scripts import clusters, is_rtl, printable
from dreambox_pipeline.media.typesetting.shadows import Shadow, compose
from dreambox_pipeline.media.typesetting.shaping import (
    Line,
    Typesetting,
    missing_letters,
    shape_line,
    typesetting_for,
)

__all__ = [
    "Lettering",
    "Shadow",
    "TextStyle",
    "can_draw",
    "draw_text",
    "is_rtl",
    "missing_characters",
]

_SMALLEST_SHRINK = 0.45
_BREAK_WORDS_BELOW = 0.7
# Of a Latin line's em, 0.8 lie above the baseline and 0.2 below; ink may reach this far out of
# that box before it grows, so a descender or an accent alone never moves a text.
_ABOVE, _BELOW = 0.8, 0.2
_FREE_ABOVE, _FREE_BELOW = 1.0, 0.32
# Beyond this only hostile piles of marks reach.
_MOST_REACH = 1.3
_LINE_GAP = 0.02
# The narrowest letters are about this wide, in ems: what cannot fit is not even shaped.
_NARROWEST = 0.18


@dataclass(frozen=True, slots=True)
class TextStyle:
    """How a text looks.

    Attributes:
        family: The role of type, for example `fonts.SERIF_BOLD`.
        size_px: Font size; the text may be drawn smaller to fit.
        tracking_em: Extra space between letters, in font sizes.
        line_height: Distance of baselines, in font sizes; taller scripts take more.
        opacity: From 0 to 1, of the letters (shadows have their own).
        language: A language tag such as `ja` or `zh-TW` when it is known: Japan and China write
            some Han letters differently. Empty: the text itself decides.
    """

    family: Family
    size_px: int
    color: tuple[int, int, int] = (255, 252, 245)
    tracking_em: float = 0.0
    line_height: float = 1.18
    opacity: float = 1.0
    shadows: tuple[Shadow, ...] = ()
    language: str = ""


@dataclass(frozen=True, slots=True)
class Lettering:
    """A drawn text.

    Attributes:
        image: RGBA, cropped to what is visible, shadow included.
        left, top: Where the text's own box begins inside *image*.
        width, height: Size of that box. It holds the letters of every script; only shadows and
            what leans out a little lie outside.
    """

    image: Image.Image
    left: int
    top: int
    width: int
    height: int
    is_rtl: bool


@dataclass(frozen=True, slots=True)
class _Setting:
    """Lines and how they are set."""

    lines: tuple[str, ...]
    typesetting: Typesetting
    style: TextStyle

    def advance(self, text: str) -> float:
        """Width of *text* on one line, in pixels."""
        return shape_line(text, self.typesetting).width * self.style.size_px

    @property
    def width(self) -> float:
        return max(self.advance(line) for line in self.lines)


def can_draw(text: str) -> bool:
    """Whether every typeface family used on a video can draw all of *text*."""
    return not any(missing_characters(text, family) for family in Family)


def missing_characters(text: str, family: Family = Family.SANS) -> tuple[str, ...]:
    """Letters of *text* that no installed face can draw; empty when all can be drawn.

    Exactly what `draw_text` refuses: an emoji whose parts cannot be joined without changing its
    meaning is one of them.
    """
    shown = printable(text)
    return missing_letters(shown, family, current_shelf()) if shown else ()


def draw_text(text: str, style: TextStyle, *, max_width: int, max_lines: int = 1) -> Lettering:
    """Draw *text* at most *max_width* pixels wide, smaller than asked if it must be.

    A text that is too long even at 45 % of its size ends in an ellipsis.

    Raises:
        MissingGlyphs: No installed face has all characters; it names the command for more.
        ValueError: Nothing visible to draw.
    """
    shown = printable(text)
    if not shown:
        raise ValueError(f"No visible character in {text!r}.")
    if missing := missing_characters(shown, style.family):
        raise MissingGlyphs(shown, missing)
    return _render(_fit(shown, style, max_width=max_width, max_lines=max_lines))


def _typesetting(text: str, style: TextStyle) -> Typesetting:
    return typesetting_for(
        text,
        style.family,
        current_shelf(),
        rtl=is_rtl(text),
        tracking=style.tracking_em,
        language=style.language,
    )


def _fit(text: str, style: TextStyle, *, max_width: int, max_lines: int) -> _Setting:
    typesetting = _typesetting(text, style)
    text = _within_reach(text, style, max_width * max_lines)
    shrink = 1.0
    while True:
        sized = replace(style, size_px=max(6, round(style.size_px * shrink)))
        setting = _Setting((text,), typesetting, sized)
        ruler = Ruler(setting.advance, typesetting.tracking * sized.size_px)
        may_break = shrink <= _BREAK_WORDS_BELOW
        lines = wrap(text, ruler, max_width, may_break_words=may_break)
        if lines is not None and len(lines) <= max_lines:
            return replace(setting, lines=balance(text, ruler, max_width, lines))
        if shrink <= _SMALLEST_SHRINK and lines is not None:
            return replace(setting, lines=cut(lines, max_lines, ruler, max_width))
        shrink -= 0.05


def _within_reach(text: str, style: TextStyle, room_px: int) -> str:
    """The beginning of *text* that could fit in *room_px* of lines, with some to spare."""
    narrowest_px = max(6, style.size_px * _SMALLEST_SHRINK) * _NARROWEST
    most = min(round(room_px / narrowest_px) + 20, LONGEST)
    units = clusters(text)
    return text if len(units) <= most else "".join(units[:most])


def _render(setting: _Setting) -> Lettering:
    style, size = setting.style, setting.style.size_px
    lines = [shape_line(line, setting.typesetting) for line in setting.lines]
    # Room for shadows and for letters that lean or hang out of their box.
    margin = round(size * 0.6) + round(
        max((3 * s.blur_em + s.spread_em for s in style.shadows), default=0) * size
    )
    above, gap, below = _heights(lines, style.line_height)
    width = round(max(line.width for line in lines) * size)
    height = round(size * (above + gap * (len(lines) - 1) + below))
    is_right = setting.typesetting.rtl
    placed = [
        (
            line,
            margin + (width - line.width * size if is_right else 0.0),
            margin + size * (above + gap * index),
        )
        for index, line in enumerate(lines)
    ]
    canvas = draw_lines(placed, (width + 2 * margin, height + 2 * margin), size)
    image = compose(
        canvas, em_px=size, color=style.color, opacity=style.opacity, shadows=style.shadows
    )
    box = image.getchannel("A").getbbox() or (0, 0, 1, 1)
    left, top = margin - box[0], margin - box[1]
    return Lettering(image.crop(box), left, top, width, height, is_right)


def _heights(lines: list[Line], line_height: float) -> tuple[float, float, float]:
    """Ems above the first baseline, between baselines, and below the last.

    Baselines keep one distance, the largest any two lines need.
    """
    ascents = [min(line.ascent, _MOST_REACH) for line in lines]
    descents = [min(line.descent, _MOST_REACH) for line in lines]
    needed = [d + a + _LINE_GAP for d, a in zip(descents, ascents[1:], strict=False)]
    above = max(_ABOVE, ascents[0]) if ascents[0] > _FREE_ABOVE else _ABOVE
    below = max(_BELOW, descents[-1]) if descents[-1] > _FREE_BELOW else _BELOW
    return above, max([line_height, *needed]), below
