"""Under water: the light from above, and kelp."""

import numpy as np

from dreambox_pipeline.generators.synthetic.bake import Bake
from dreambox_pipeline.generators.synthetic.canvas import Backdrop, Sheet
from dreambox_pipeline.generators.synthetic.noise import spectral
from dreambox_pipeline.generators.synthetic.raster import Ink, blur, rim, sprite, to_bytes

_TONES = (
    (0.0, 0.08, 0.15),
    (0.35, 0.30, 0.30),
    (0.65, 0.55, 0.48),
    (0.9, 0.82, 0.72),
    (1.0, 0.97, 0.90),
)


def bake_water_column(bake: Bake) -> Backdrop:
    """The whole picture: bright where the surface is, dark below."""
    area = bake.area(0.05)
    high = bake.stage.design_height
    down = np.clip(area.ys / high, 0, 1)
    away = np.hypot((area.xs - bake.light.x) * 0.85, area.ys - bake.light.y)
    drift = bake.stretched(spectral(bake.rng, 96, 64, 2.0), area) - 0.5
    value = 0.66 * (1 - down) ** 1.5 + 0.46 * np.exp(-away / 230) + 0.09 * drift + 0.05
    return Backdrop.of(
        to_bytes(bake.palette.ramp(np.clip(value, 0, 1), _TONES), bake.rng),
        area.left,
        area.top,
        0.05,
    )


def bake_kelp(
    bake: Bake, *, depth: float, haze: float, xs: tuple[float, float], count: int, tall: float
) -> Sheet:
    """A thicket of kelp rooted below the picture's lower third.

    Args:
        bake: The clip.
        depth: Of the sheet.
        haze: Fog, from 0 to 1.
        xs: Design x between which it grows.
        count: Of fronds.
        tall: Height of the tallest in design pixels.
    """
    rng = bake.rng
    foot = bake.stage.design_height + 72 * depth
    ink = Ink()
    for _ in range(count):
        x, size = float(rng.uniform(*xs)), tall * float(rng.uniform(0.5, 1.0))
        phase, bow = float(rng.uniform(0, 6.28)), float(rng.uniform(9, 20))
        u = np.linspace(0, 1, 12)
        stem = [(float(x + bow * np.sin(5 * a + phase) * a), float(foot - size * a)) for a in u]
        ink.stroke(stem, 4.0, 1.2)
        for a in np.linspace(0.12, 0.97, max(int(size / 22), 4)):
            side = 1 if rng.random() < 0.5 else -1
            bx, by = float(x + bow * np.sin(5 * a + phase) * a), float(foot - size * a)
            long = float(rng.uniform(30, 52)) * (1.15 - 0.6 * float(a))
            lift = float(rng.uniform(0.5, 0.95)) * long
            ink.blob(
                (bx, by),
                (bx + side * long * 0.42, by - lift * 0.18),
                (bx + side * long, by - lift),
                (bx + side * long * 0.50, by - lift * 0.72),
            )
    mask, anchor = ink.mask(bake.scale)
    if depth > 1:
        mask = blur(mask, 1.4 * bake.scale)
    palette = bake.palette
    up = np.linspace(1, 0, mask.shape[0], dtype=np.float32)[:, None, None]
    amount = np.clip(haze + 0.14 * up, 0, 0.95)
    own = palette.at(0.12, lightness=0.13)
    colour = own * (1 - amount) + palette.fog * amount * (0.55 + 0.45 * up)
    colour = colour + rim(mask, (0.15, -1), 2.2 * bake.scale)[..., None] * palette.light * 0.22 * (
        0.3 + up
    )
    image = sprite(np.clip(colour, 0, 255), mask, rng)
    return Sheet(
        image,
        -anchor[0] / bake.scale,
        -anchor[1] / bake.scale,
        depth,
        sway=15 * (0.4 + depth),
        phase=float(rng.uniform(0, 6)),
    )
