"""A wet street that leads into the city: pairs of lamps, and the dashes between the lanes."""

import numpy as np

from dreambox_pipeline.generators.synthetic.actors import Actor, Pose, halo
from dreambox_pipeline.generators.synthetic.bake import Bake
from dreambox_pipeline.generators.synthetic.canvas import Drawable, Sheet, trimmed
from dreambox_pipeline.generators.synthetic.raster import Ink, blur, rim, sprite

# Distances at which a pair of lamps stands: 1 is the nearest.
_PAIRS = (5.2, 3.0, 1.75, 1.0)


def bake_lamps(bake: Bake, *, eye: float, foot: float) -> list[Drawable]:
    """Street lamps on both sides, far to near.

    Args:
        bake: The clip.
        eye: Design y of the vanishing point.
        foot: Design y at which the nearest pair stands.
    """
    drawables: list[Drawable] = []
    for far in _PAIRS:
        size = 1 / far
        y, depth, tall = eye + (foot - eye) * size, 0.26 + 0.5 * size, 330 * size
        for side in (-1, 1):
            x = 270 + side * (34 + 214 * size)
            drawables += _lamp(bake, x, y, side=side, tall=tall, depth=depth, haze=0.5 * (1 - size))
    return drawables


def _lamp(
    bake: Bake, x: float, y: float, *, side: int, tall: float, depth: float, haze: float
) -> list[Drawable]:
    ink = Ink().stroke([(0, 0), (0, -tall * 0.9)], max(tall * 0.020, 1.1), max(tall * 0.012, 0.8))
    ink.stroke(
        [(0, -tall * 0.88), (-side * tall * 0.035, -tall * 0.97), (-side * tall * 0.14, -tall)],
        max(tall * 0.012, 0.8),
    )
    ink.disc(-side * tall * 0.15, -tall * 0.995, tall * 0.032, tall * 0.012)
    mask, anchor = ink.mask(bake.scale)
    body = bake.palette.shadow * (1 - haze) + bake.palette.fog * haze
    lit = rim(mask, (-side * 0.6, -0.5), 1.2 * bake.scale)[..., None] * bake.palette.lamp * 0.4
    image = sprite(np.clip(body + lit, 0, 255), mask, bake.rng)
    post = Sheet(image, x - anchor[0] / bake.scale, y - anchor[1] / bake.scale, depth)
    bulb_x, bulb_y = x - side * tall * 0.15, y - tall * 0.975
    wide = halo(bake, tall * 0.30, bake.palette.lamp, 0.62)
    core = halo(bake, max(tall * 0.035, 2.0), bake.palette.light, 1.0, power=0.9)
    pool = halo(bake, tall * 0.42, bake.palette.lamp, 0.30)
    return [
        post,
        Actor((pool,), lambda _t: Pose(bulb_x, y, 0.9, 0, 0.8), depth, glow=True),
        Actor((wide,), lambda _t: Pose(bulb_x, bulb_y), depth, glow=True),
        Actor((core,), lambda _t: Pose(bulb_x, bulb_y), depth, glow=True),
    ]


def bake_lanes(bake: Bake, *, eye: float, near: float) -> Sheet:
    """Dashes down the middle and a line along each curb, worn, in perspective.

    Args:
        bake: The clip.
        eye: Design y of the vanishing point.
        near: Design y below which nothing is drawn.
    """
    ink = Ink()
    for number in range(1, 15):
        far, end = 0.35 + number * 0.62, 0.35 + number * 0.62 + 0.30
        y0, y1 = eye + 300 / far, eye + 300 / end
        if y0 < eye + 16 or y1 > near:
            continue
        w0, w1 = 9 / far, 9 / end
        ink.poly((270 - w0, y0), (270 + w0, y0), (270 + w1, y1), (270 - w1, y1))
    for side in (-1, 1):
        ink.poly(
            (270 + side * 12, eye + 14), (270 + side * 13, eye + 14),
            (270 + side * 330, near), (270 + side * 318, near),
        )  # fmt: skip
    mask, anchor = ink.mask(bake.scale)
    mask = blur(mask, 0.7 * bake.scale) * 0.34
    colour = bake.palette.light * 0.75 + bake.palette.fog * 0.25
    image = sprite(colour * np.ones((*mask.shape, 1), np.float32), mask, bake.rng)
    return trimmed(image, -anchor[0] / bake.scale, -anchor[1] / bake.scale, bake.scale, depth=0.7)
