"""One opened font file: which characters it has, its shapes, and how to put them on a canvas.

HarfBuzz does it all: it shapes text and also draws outlines and colored glyphs, so nothing here
needs a library of the operating system. Lengths are in ems until something is drawn.
"""

import io
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import uharfbuzz as hb
from PIL import Image

from dreambox_pipeline.media.typesetting.scripts import needs_glyph

EMOJI_SCALE = 0.92
"""Emoji fonts fill 1.15 em; beside capital letters that shouts. Phones show about 1.05 em."""


@dataclass(frozen=True, slots=True)
class Typeface:
    """A face in a font file.

    Attributes:
        index: Which face of a collection (.ttc).
        is_color: Whether its glyphs are colored pictures.
    """

    path: Path
    index: int = 0
    is_color: bool = False

    @property
    def font(self) -> hb.Font:
        """HarfBuzz's view of it, in font units. It is never changed, so threads share it."""
        return _open(self.path, self.index)

    @property
    def scale(self) -> float:
        """Ems per font unit."""
        return (EMOJI_SCALE if self.is_color else 1.0) / float(self.font.face.upem)

    def lacks(self, cluster: str) -> tuple[str, ...]:
        """Characters of *cluster* without a glyph, however the letter may be composed."""
        spellings = {cluster, *(unicodedata.normalize(form, cluster) for form in ("NFC", "NFD"))}
        gaps = [
            tuple(c for c in spelling if needs_glyph(c) and not self._has(c))
            for spelling in sorted(spellings)
        ]
        return (
            () if () in gaps else tuple(c for c in cluster if needs_glyph(c) and not self._has(c))
        )

    def _has(self, character: str) -> bool:
        return bool(self.font.get_nominal_glyph(ord(character)))

    def picture(self, glyph: int, size_px: float) -> tuple[Image.Image, int, int] | None:
        """A colored glyph as straight RGBA with its left and top from the baseline's start.

        Returns:
            The picture, pixels to its left edge (right is positive) and pixels to its top edge
            (up is positive); None when the glyph shows nothing.
        """
        extents = self.font.get_glyph_extents(glyph)
        if extents is None or not extents.width or not extents.height:
            return None
        scale = self.scale * size_px
        left, top = extents.x_bearing * scale, extents.y_bearing * scale
        width, height = extents.width * scale, -extents.height * scale
        png = self.font.get_glyph_color_png(glyph)
        if png is not None and len(png.data):
            # Pillow weighs colors by their alpha when it resizes, so edges do not darken.
            bitmap = Image.open(io.BytesIO(png.data)).convert("RGBA")
            fitted = (max(1, round(width)), max(1, round(height)))
            return bitmap.resize(fitted, Image.Resampling.LANCZOS), round(left), round(top)
        return self._painted(glyph, scale, (left, top, width, height))

    def _painted(
        self, glyph: int, scale: float, box: tuple[float, float, float, float]
    ) -> tuple[Image.Image, int, int]:
        left, top, width, height = box
        x, y = int(np.floor(left)), int(np.ceil(top))
        columns, rows = int(np.ceil(width)) + 2, int(np.ceil(height)) + 2
        paint = hb.RasterPaint()
        paint.transform = (scale, 0.0, 0.0, scale, 0.0, 0.0)
        paint.extents = hb.RasterExtents(x, y - rows, columns, rows)
        paint.paint_glyph(self.font, glyph)
        bgra = pixels_of(paint.render(), channels=4)
        straight = Image.frombytes("RGBa", (columns, rows), bgra[..., [2, 1, 0, 3]].tobytes())
        return straight.convert("RGBA"), x, y


def pixels_of(image: hb.RasterImage, *, channels: int) -> np.ndarray:
    """The pixels HarfBuzz drew, the top row first (it draws upwards)."""
    extents = image.extents
    rows = np.frombuffer(bytes(image.buffer), np.uint8).reshape(extents.height, extents.stride)
    shown = rows[::-1, : extents.width * channels]
    return shown.reshape(extents.height, extents.width, channels) if channels > 1 else shown


@lru_cache(maxsize=256)
def _open(path: Path, index: int) -> hb.Font:
    return hb.Font(hb.Face(hb.Blob.from_file_path(str(path)), index))
