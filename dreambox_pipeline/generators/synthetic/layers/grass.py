"""Grass: many thin curved blades, along a hill or close before the lens."""

import cv2
import numpy as np

from dreambox_pipeline.generators.synthetic.bake import Bake
from dreambox_pipeline.generators.synthetic.canvas import Sheet, trimmed
from dreambox_pipeline.generators.synthetic.layers.ridges import Ridge
from dreambox_pipeline.generators.synthetic.raster import blur, rim, sprite


def bake_grass(
    bake: Bake,
    *,
    along: Ridge | None,
    depth: float,
    tall: tuple[float, float],
    count: int,
    haze: float,
    sway: float,
) -> Sheet:
    """A strip of blades.

    Args:
        bake: The clip.
        along: The hill whose crest they grow on; None for the bottom edge of the picture.
        depth: Of the sheet.
        tall: Shortest and tallest, in design pixels.
        count: Of blades.
        haze: Fog, from 0 to 1.
        sway: Swing of the tips, in design pixels.
    """
    rng = bake.rng
    foot = bake.stage.design_height + 72 * depth if along is None else float(along.crest.max())
    top = foot - tall[1] * 1.05 if along is None else float(along.crest.min()) - tall[1] * 1.05
    area = bake.area(depth, top=top - 4, bottom=foot + 6)
    mask = np.zeros((area.height * 2, area.width * 2), np.uint8)
    left, right = float(area.xs[0, 0]), float(area.xs[0, -1])
    for _ in range(int(count * (right - left) / 540)):
        x = float(rng.uniform(left, right))
        base = foot if along is None else along.at(x) + 3
        size = tall[0] + (tall[1] - tall[0]) * float(rng.random()) ** 1.6
        if along is None:
            # A bowl, so that the dreamer stays visible over the grass.
            size *= 0.55 + 0.45 * min(abs(x - 270) / 250, 1.0)
        points = _blade(rng, x, base, size) - (area.left, area.top)
        cv2.fillPoly(
            mask, [np.round(points * bake.scale * 32).astype(np.int32)], 255, cv2.LINE_AA, 4
        )
    small = (
        np.asarray(
            cv2.resize(mask, (area.width, area.height), interpolation=cv2.INTER_AREA)
        ).astype(np.float32)
        / 255
    )
    if depth > 1.2:
        small = blur(small, 1.3 * bake.scale)
    lit = rim(small, (bake.towards_light(270, foot)[0], -0.7), 2.0 * bake.scale)[..., None]
    near = np.exp(-np.abs(area.xs - bake.light.x) / 200)[..., None]
    own = bake.palette.at(0.10, lightness=0.12) * (1 - haze) + bake.palette.fog * haze
    colour = own + lit * (0.12 + 0.40 * near) * bake.palette.light
    image = sprite(np.clip(colour, 0, 255), small, rng)
    return trimmed(image, area.left, area.top, bake.scale, depth=depth, sway=sway)


def _blade(rng: np.random.Generator, x: float, base: float, tall: float) -> np.ndarray:
    bend = float(rng.normal()) * tall * 0.26
    width = 0.8 + tall * 0.017
    u = np.linspace(0, 1, 7)
    cx, cy = x + bend * u**2.1, base - tall * (u - 0.10 * u**3)
    half = width * (1 - u) ** 0.7
    return np.concatenate([np.stack([cx - half, cy], 1), np.stack([cx + half, cy], 1)[::-1]])
