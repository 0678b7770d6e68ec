"""A flat roof at night: sheets of roofing in perspective, puddles, a lit skylight, a tank, a mast."""

import numpy as np

from dreambox_pipeline.generators.synthetic.actors import Actor, Dressed, Pose
from dreambox_pipeline.generators.synthetic.bake import Bake, Image
from dreambox_pipeline.generators.synthetic.canvas import Drawable, Sheet, trimmed
from dreambox_pipeline.generators.synthetic.noise import smoothstep, spectral
from dreambox_pipeline.generators.synthetic.raster import Ink, rim, soft_disc, sprite

# Bulbs on the string between the tank and the mast, and how far it hangs through.
_BULBS, _SAG = 13, 34.0


def bake_roof(bake: Bake, top: float, side: int) -> list[Drawable]:
    """A roof whose far edge is at design y *top*; its tank stands on *side* (-1 or 1)."""
    tank, mast = 270 + side * 196.0, 270 - side * 206.0
    return [
        _surface(bake, top, side),
        _outline(bake, top, tank, mast),
        _string(bake, top, tank, mast),
    ]


def _surface(bake: Bake, top: float, side: int) -> Sheet:
    palette, rng = bake.palette, bake.rng
    area = bake.area(1.0, top=top)
    down = np.maximum(area.ys - top, 0)
    # Distance across and along the roof, as seen from above its near edge.
    away = 1 / (down + 64)
    across, along = (area.xs - 270) * away * 64, 6400 * away
    seam = np.minimum(_lines(across / 46, 0.020), _lines(along / 26, 0.05))
    near = np.exp(-(((area.xs - bake.light.x) / 190) ** 2))
    sheen = (0.10 + 0.34 * near) * np.exp(-down / 90)
    cloth = bake.stretched(spectral(rng, 120, 90, 1.5), area)
    own = palette.at(0.14, lightness=0.17)
    colour = own * ((0.62 + 0.5 * cloth) * (0.72 + 0.28 * seam))[..., None]
    colour = colour + sheen[..., None] * palette.fog
    wet = bake.stretched(spectral(rng, 90, 26, 1.7), area)
    puddle = smoothstep(0.66, 0.72, wet) * np.exp(-down / 190) * 0.75
    colour += (palette.fog * 0.92 - colour) * puddle[..., None]
    colour = _skylight(bake, colour, across, along, side)
    mask = np.clip((area.ys - top) * bake.scale + 0.5, 0, 1) * np.ones_like(area.xs)
    image = sprite(np.clip(colour, 0, 255), mask, rng)
    return trimmed(image, area.left, area.top, bake.scale, depth=1.0)


def _lines(at: Image, width: float) -> Image:
    """0 on the whole numbers of *at*, 1 between."""
    off = np.abs(at - np.round(at))
    return smoothstep(width * 0.4, width * 1.6, off)


def _skylight(bake: Bake, colour: Image, across: Image, along: Image, side: int) -> Image:
    """A window in the roof with someone still awake below it, and its light on the roofing."""
    palette = bake.palette
    x, y = (across + side * 66) / 24, (along - 50) / 11
    pane = smoothstep(0.0, 0.10, 1 - np.abs(x)) * smoothstep(0.0, 0.10, 1 - np.abs(y))
    bars = np.minimum(_lines(x * 1.5 + 0.5, 0.045), _lines(y, 0.07))
    shine = np.exp(-(((x - 0.3) / 1.1) ** 2) - ((y + 0.2) / 1.0) ** 2)
    glow = np.exp(
        -(np.maximum(np.abs(x) - 1, 0) ** 2) * 1.6 - np.maximum(np.abs(y) - 1, 0) ** 2 * 1.2
    )
    colour = colour + (glow * (1 - pane) * 0.30)[..., None] * palette.lamp
    warm = palette.lamp * (0.42 + 0.42 * shine[..., None]) + palette.light * 0.22 * shine[..., None]
    lit = warm * (0.22 + 0.78 * bars)[..., None]
    return np.asarray(colour + (lit - colour) * pane[..., None])


def _outline(bake: Bake, top: float, tank: float, mast: float) -> Sheet:
    """The far edge's parapet with the tank and the mast on it, against the city."""
    ink = Ink().poly((-110, top - 5), (650, top - 5), (650, top + 9), (-110, top + 9))
    for leg in (-24, 0, 24):
        ink.stroke([(tank + leg, top), (tank + leg * 0.9, top - 46)], 3.4)
    ink.stroke([(tank - 24, top - 8), (tank + 22, top - 40)], 1.8)
    ink.stroke([(tank + 24, top - 8), (tank - 22, top - 40)], 1.8)
    ink.poly(
        (tank - 33, top - 44), (tank + 33, top - 44), (tank + 33, top - 104), (tank - 33, top - 104)
    )
    ink.poly((tank - 38, top - 103), (tank + 38, top - 103), (tank, top - 132))
    ink.stroke([(mast, top), (mast, top - 128)], 2.4)
    for height, reach in ((118, 20), (104, 28), (90, 24), (76, 16)):
        ink.stroke([(mast - reach, top - height), (mast + reach, top - height)], 1.6)
    ink.stroke([_wire(u, top, tank, mast) for u in np.linspace(0, 1, 9)], 1.1)
    mask, anchor = ink.mask(bake.scale)
    lit = rim(mask, (bake.towards_light(270, top)[0], -0.8), 1.8 * bake.scale)[..., None]
    image = sprite(
        np.clip(bake.palette.shadow + lit * bake.palette.light * 0.5, 0, 255), mask, bake.rng
    )
    return trimmed(image, -anchor[0] / bake.scale, -anchor[1] / bake.scale, bake.scale, depth=1.0)


def _wire(share: float, top: float, tank: float, mast: float) -> tuple[float, float]:
    """Where the string of bulbs hangs at *share* of its way from the tank to the mast."""
    x = tank + (mast - tank) * float(share)
    return x, top - 100 - 18 * float(share) + _SAG * 4 * float(share) * (1 - float(share))


def _string(bake: Bake, top: float, tank: float, mast: float) -> Actor:
    scale, pad = bake.scale, 22
    left, high = min(tank, mast) - pad, top - 118 - pad
    light = np.zeros(
        (int((90 + 2 * pad) * scale), int((abs(tank - mast) + 2 * pad) * scale)), np.float32
    )
    wide, core = soft_disc(30 * scale, power=2.6) * 0.55, soft_disc(6.0 * scale, power=0.8)
    for share in (np.arange(_BULBS) + 0.7) / (_BULBS + 0.4):
        x, y = _wire(share, top, tank, mast)
        for disc in (wide, core):
            row, column = (
                int((y + 4 - high) * scale - disc.shape[0] / 2),
                int((x - left) * scale - disc.shape[1] / 2),
            )
            part = light[row : row + disc.shape[0], column : column + disc.shape[1]]
            np.maximum(part, disc[: part.shape[0], : part.shape[1]], out=part)
    image = np.clip(light[..., None] * bake.palette.lamp, 0, 255).astype(np.uint8)
    look = Dressed(image, (0.0, 0.0))
    return Actor(
        (look,), lambda t: Pose(left, high, light=0.93 + 0.05 * np.sin(2.1 * t)), 1.0, glow=True
    )
