"""Land seen from afar: ranges, hills, dunes and the ground the dreamer stands on.

A ridge is a profile of noise filled downwards, fading into fog at its foot, with light along the
crest. Each keeps its profile, so that figures and trees can stand on it.
"""

from dataclasses import dataclass

import numpy as np

from dreambox_pipeline.generators.synthetic.bake import Area, Bake, Image
from dreambox_pipeline.generators.synthetic.canvas import Sheet, trimmed
from dreambox_pipeline.generators.synthetic.noise import line, smoothstep, spectral, warp
from dreambox_pipeline.generators.synthetic.raster import blur, sprite


@dataclass(frozen=True)
class Ridge:
    """A baked ridge and its crest: design y at each design x."""

    sheet: Sheet
    xs: Image
    crest: Image

    def at(self, x: float) -> float:
        """Design y of the crest at design *x*."""
        return float(np.interp(x, self.xs, self.crest))


def bake_ridge(
    bake: Bake, *, top: float, amplitude: float, depth: float, haze: float, beta: float = 1.6,
    fade: float = 120.0, rim: float = 0.5, lowest: float = 1.0, snow: float = 0.0,
    level: float = 0.0, tone: float = 0.2,
) -> Ridge:  # fmt: skip
    """One ridge.

    Args:
        bake: The clip.
        top: Design y of the mean crest.
        amplitude: Design pixels between the lowest and the highest crest.
        depth: Of the sheet.
        haze: From 0 (dark and near) to 1 (lost in fog), at the crest.
        beta: Roughness as in `noise.line`.
        fade: Design pixels below the crest over which fog takes over; 0 for none.
        rim: Strength of the light along the crest.
        lowest: Cycles across the width below which the crest is level.
        snow: From 0 to 1: lit faces and snow below the crest.
        level: How much the middle of the picture is flattened for figures, from 0 to 1.
        tone: Place on the palette of the ridge's own colour.
    """
    area = bake.area(depth, top=top - amplitude * 0.75 - 8)
    profile = line(bake.rng, area.width, beta, lowest=lowest)
    if snow:
        profile = _peaks(bake, area.width) * 0.8 + profile * 0.2
    xs = area.xs[0]
    calm = 1 - level * np.exp(-(((xs - 270) / 190) ** 2))
    crest = top - (profile - 0.5) * amplitude * calm
    below = area.ys - crest[None, :]
    mask = np.clip(below * bake.scale + 0.5, 0, 1)
    colour = _colour(bake, area, below, haze=haze, fade=fade, tone=tone)
    colour = colour + _rim(bake, area, crest, below, rim)
    if snow:
        colour = _snow(bake, area, colour, below, amplitude=amplitude, snow=snow, haze=haze)
    image = sprite(np.clip(colour, 0, 255), mask, bake.rng)
    sheet = trimmed(image, area.left, area.top, bake.scale, depth=depth)
    return Ridge(sheet, xs, crest)


def _peaks(bake: Bake, width: int) -> Image:
    rng = bake.rng
    x = np.linspace(0, 1, width, dtype=np.float32)
    jag = line(rng, width, 1.0, lowest=3) - 0.5
    total = np.zeros(width, np.float32)
    for _ in range(5):
        center, reach, tall = (
            rng.uniform(-0.05, 1.05),
            rng.uniform(0.30, 0.58),
            rng.uniform(0.45, 1),
        )
        total = np.maximum(total, tall * (1 - np.abs(x - center + jag * 0.03) / reach))
    total += jag * 0.10
    return np.asarray((total - total.min()) / (total.max() - total.min()))


def _colour(
    bake: Bake, area: Area, below: Image, *, haze: float, fade: float, tone: float
) -> Image:
    palette = bake.palette
    own = palette.at(tone, lightness=0.15 + 0.12 * tone)
    near = np.exp(-np.abs(area.xs - bake.light.x) / 240)
    fog = palette.fog * 0.86 + palette.light * 0.14
    amount = np.full_like(below, haze)
    if fade:
        sunk = np.clip(below / fade, 0, 1)
        amount = haze + (min(haze + 0.34, 0.97) - haze) * sunk**1.2
    amount = amount * (0.93 + 0.07 * near)
    return np.asarray(own * (1 - amount[..., None]) + fog * amount[..., None])


def _rim(bake: Bake, area: Area, crest: Image, below: Image, strength: float) -> Image:
    slope = np.gradient(blur(crest[None, :], 2.0 * bake.scale)[0]) * bake.scale
    side = np.sign(bake.light.x - area.xs[0])
    facing = np.clip(0.45 + slope * -side * 0.55, 0.08, 1)[None, :]
    near = 0.25 + 0.75 * np.exp(-np.abs(area.xs - bake.light.x) / 230)
    thin = np.exp(-np.maximum(below, 0) / 2.2) + 0.30 * np.exp(-np.maximum(below, 0) / 12)
    return np.asarray((thin * facing * near * strength * 0.62)[..., None] * bake.palette.light)


def _snow(
    bake: Bake,
    area: Area,
    colour: Image,
    below: Image,
    *,
    amplitude: float,
    snow: float,
    haze: float,
) -> Image:
    # Gullies run downhill: noise drawn out along the slope, leaning away from the summits.
    rows, columns = max(area.height // 12, 24), max(area.width // 5, 32)
    folds = spectral(bake.rng, rows, columns, 1.5, lowest=4)
    relief = bake.stretched(folds, area)
    lean = bake.stretched(spectral(bake.rng, rows, columns // 2, 1.9), area)
    relief = warp(relief, lean, 26 * bake.scale)
    side = np.sign(bake.light.x - area.xs)
    dx = blur(np.gradient(relief, axis=1), 1.4 * bake.scale) * bake.scale
    facing = smoothstep(-0.010, 0.014, -dx * side * 0.5)
    facing = 0.30 + 0.70 * facing
    cover = 1 - smoothstep(
        amplitude * 0.08, amplitude * 0.75, below + (relief - 0.5) * amplitude * 0.8
    )
    lit = bake.palette.at(0.96, lightness=0.86) * (1 - haze * 0.35) + bake.palette.fog * haze * 0.35
    shade = bake.palette.at(0.55, lightness=0.50) * (1 - haze * 0.5) + bake.palette.fog * haze * 0.5
    white = shade + (lit - shade) * facing[..., None]
    amount = (cover * snow)[..., None]
    rock = colour * (0.86 + 0.28 * facing[..., None])
    return np.asarray(rock * (1 - amount) + white * amount)


def bake_dunes(
    bake: Bake, *, top: float, amplitude: float, depth: float, haze: float, sharp: float
) -> Ridge:
    """A dune: lit on the side of the light, in shade beyond a winding crest, with wind ripples.

    Args:
        bake: The clip.
        top: Design y of the mean crest.
        amplitude: Design pixels.
        depth: Of the sheet.
        haze: As in `bake_ridge`.
        sharp: Contrast between lit and shaded sand, from 0 to 1.
    """
    area = bake.area(depth, top=top - amplitude * 0.8 - 8)
    xs = area.xs[0]
    crest = top - (line(bake.rng, area.width, 2.3) - 0.5) * amplitude
    below = area.ys - crest[None, :]
    mask = np.clip(below * bake.scale + 0.5, 0, 1)
    side = np.sign(bake.light.x - 270) or 1.0
    spine = _spine(bake, area, crest, below, amplitude)
    lit = smoothstep(-1, 1, spine * side / (3 + np.maximum(below, 0) * 0.10))
    ripples = np.sin(
        below * (0.9 / (0.35 + depth)) + bake.stretched(spectral(bake.rng, 90, 60, 1.8), area) * 26
    )
    grain = bake.stretched(spectral(bake.rng, 200, 120, 1.5), area) - 0.5
    value = 0.30 + 0.42 * lit * sharp + 0.05 * grain + 0.018 * ripples * lit * depth
    value = value + 0.14 * np.exp(-below / 22) - 0.10 * np.clip(below / 260, 0, 1)
    colour = bake.palette.ramp(
        np.clip(value, 0, 1), ((0, 0.08, 0.16), (0.45, 0.52, 0.48), (1, 0.95, 0.90))
    )
    colour = colour * (1 - haze) + (bake.palette.fog * 0.8 + bake.palette.light * 0.2) * haze
    image = sprite(np.clip(colour, 0, 255), mask, bake.rng)
    return Ridge(trimmed(image, area.left, area.top, bake.scale, depth=depth), xs, crest)


def _spine(bake: Bake, area: Area, crest: Image, below: Image, amplitude: float) -> Image:
    """Signed distance in design pixels from the line between the lit and the shaded side."""
    peak = float(area.xs[0][int(np.argmin(blur(crest[None, :], 8)[0]))])
    lean = bake.rng.uniform(-0.5, 0.5)
    wind = (line(bake.rng, area.height, 2.1)[:, None] - 0.5) * amplitude * 0.9
    return np.asarray(area.xs - peak - lean * below - wind * np.clip(below / 60, 0, 1))
