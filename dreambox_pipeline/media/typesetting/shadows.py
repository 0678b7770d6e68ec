"""Letters in their color over soft shadows, so that they read on a bright and on a busy picture."""

from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image, ImageFilter

from dreambox_pipeline.media.typesetting.glyphs import Canvas


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


def compose(
    canvas: Canvas,
    *,
    em_px: float,
    color: tuple[int, int, int],
    opacity: float,
    shadows: tuple[Shadow, ...],
) -> Image.Image:
    """What was drawn, in *color* over its shadows, as RGBA of the canvas' size.

    The *opacity* is that of letters and emoji, from 0 to 1; shadows have their own, and their
    lengths are in font sizes of *em_px* pixels.
    """
    size, coverage = canvas.mask.size, canvas.coverage()
    image = Image.new("RGBA", size, (0, 0, 0, 0))
    for shadow in shadows:
        grown = _grown(coverage, round(shadow.spread_em * em_px))
        blurred = grown.filter(ImageFilter.GaussianBlur(shadow.blur_em * em_px))
        shifted = Image.new("L", size, 0)
        shifted.paste(blurred, (0, round(shadow.drop_em * em_px)))
        image.alpha_composite(_tinted(shifted, (8, 6, 18), shadow.opacity))
    image.alpha_composite(_tinted(canvas.mask, color, opacity))
    if canvas.color is not None:
        canvas.color.putalpha(_faded(canvas.color.getchannel("A"), opacity))
        image.alpha_composite(canvas.color)
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
    layer.putalpha(_faded(mask, opacity))
    return layer


def _faded(mask: Image.Image, opacity: float) -> Image.Image:
    return mask.point([min(255, round(alpha * opacity)) for alpha in range(256)])
