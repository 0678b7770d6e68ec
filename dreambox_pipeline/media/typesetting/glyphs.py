"""Put shaped lines on a canvas: one mask of all outlines, one picture of all colored glyphs.

Outlines are accumulated and filled at once, at their exact places and without hinting, so
overlapping parts of a Devanagari headline or a joined Arabic word show no seam.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import uharfbuzz as hb
from PIL import Image

from dreambox_pipeline.media.typesetting.shaping import Line
from dreambox_pipeline.media.typesetting.typefaces import Typeface, pixels_of


@dataclass(frozen=True, slots=True)
class Canvas:
    """What was drawn, each of the canvas' size.

    Attributes:
        mask: Coverage of the outlines, mode L.
        color: Colored glyphs, straight RGBA, or None when there are none.
    """

    mask: Image.Image
    color: Image.Image | None

    def coverage(self) -> Image.Image:
        """Everything that casts a shadow, mode L."""
        if self.color is None:
            return self.mask
        both = np.maximum(np.asarray(self.mask), np.asarray(self.color.getchannel("A")))
        return Image.fromarray(both)


def draw_lines(
    lines: list[tuple[Line, float, float]], size: tuple[int, int], em_px: float
) -> Canvas:
    """Draw lines on a canvas.

    Args:
        lines: Each with x and y of its start on the baseline, in pixels from the upper left.
        size: Width and height of the canvas; what lies outside is cut off.
        em_px: Pixels per em.
    """
    width, height = size
    drawing = hb.RasterDraw()
    drawing.extents = hb.RasterExtents(0, -height, width, height)
    color = None
    has_outlines = False
    for line, x, y in lines:
        for glyph in line.glyphs:
            left, baseline = x + glyph.x * em_px, y - glyph.y * em_px
            if glyph.face.is_color:
                color = color or Image.new("RGBA", size, (0, 0, 0, 0))
                _paste(color, glyph.face, glyph.number, em_px, (left, baseline))
                continue
            scale = glyph.face.scale * em_px
            drawing.transform = (scale, 0.0, 0.0, scale, left, -baseline)
            drawing.draw_glyph(glyph.face.font, glyph.number)
            has_outlines = True
    if not has_outlines:
        return Canvas(Image.new("L", size, 0), color)
    return Canvas(Image.fromarray(pixels_of(drawing.render(), channels=1).copy()), color)


def _paste(
    canvas: Image.Image, face: Typeface, number: int, em_px: float, origin: tuple[float, float]
) -> None:
    found = _picture(face, number, em_px)
    if found is None:
        return
    picture, left, top = found
    x, y = round(origin[0]) + left, round(origin[1]) - top
    # A part beyond the canvas' edge is cut, because compositing refuses negative places.
    shown = picture.crop((max(-x, 0), max(-y, 0), picture.width, picture.height))
    if shown.width and shown.height:
        canvas.alpha_composite(shown, (max(x, 0), max(y, 0)))


@lru_cache(maxsize=128)
def _picture(face: Typeface, number: int, em_px: float) -> tuple[Image.Image, int, int] | None:
    return face.picture(number, em_px)
