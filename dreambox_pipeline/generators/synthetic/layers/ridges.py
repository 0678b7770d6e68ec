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
    summits = _Summits.of(bake.rng) if snow else None
    if summits:
        profile = _peaks(bake, summits, area.width) * 0.86 + profile * 0.14
    xs = area.xs[0]
    calm = 1 - level * np.exp(-(((xs - 270) / 190) ** 2))
    crest = top - (profile - 0.5) * amplitude * calm
    below = area.ys - crest[None, :]
    mask = np.clip(below * bake.scale + 0.5, 0, 1)
    colour = _colour(bake, area, below, haze=haze, fade=fade, tone=tone)
    colour = colour + _rim(bake, area, crest, below, rim)
    if summits:
        colour = _snow(
            bake, area, colour, below, summits=summits, amplitude=amplitude, snow=snow, haze=haze
        )
    image = sprite(np.clip(colour, 0, 255), mask, bake.rng)
    sheet = trimmed(image, area.left, area.top, bake.scale, depth=depth)
    return Ridge(sheet, xs, crest)


@dataclass(frozen=True)
class _Summits:
    """Where a range's summits stand: places and widths as shares of the ridge, heights from 0 to 1."""

    at: Image
    reach: Image
    tall: Image

    @classmethod
    def of(cls, rng: np.random.Generator) -> "_Summits":
        """Six of them, spread so that no two hide each other and one rises above the rest."""
        at = (np.arange(6) + rng.uniform(0.15, 0.85, 6)) / 6 * 1.1 - 0.05
        tall = rng.uniform(0.42, 0.80, 6)
        tall[int(rng.integers(1, 5))] = 1.0
        return cls(at.astype(np.float32), rng.uniform(0.26, 0.46, 6).astype(np.float32), tall)

    def skyline(self, x: Image) -> Image:
        """Height of the highest flank at each *x*."""
        away = np.abs(x[None, :] - self.at[:, None]) / self.reach[:, None]
        return np.asarray((self.tall[:, None] * (1 - away)).max(axis=0), dtype=np.float32)


def _peaks(bake: Bake, summits: _Summits, width: int) -> Image:
    x = np.linspace(0, 1, width, dtype=np.float32)
    jag = line(bake.rng, width, 1.0, lowest=3) - 0.5
    total = summits.skyline(x + jag * 0.03) + jag * 0.11
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
    # Eased where it changes: below the light no side is lit more than the other.
    side = np.tanh((bake.light.x - area.xs[0]) / 45)
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
    summits: _Summits,
    amplitude: float,
    snow: float,
    haze: float,
) -> Image:
    relief = _relief(bake, area)
    facing = _flanks(bake, area, below, summits, amplitude)
    side = np.tanh((bake.light.x - area.xs) / 45)
    slope = blur(np.gradient(relief, axis=1), 0.9 * bake.scale) * bake.scale
    # Gullies catch the light on one side each, whichever side of the summit they are on.
    small = smoothstep(-0.012, 0.012, -slope * side)
    facing = np.clip(0.64 * facing + 0.46 * small - 0.04, 0, 1)
    cover = 1 - smoothstep(
        amplitude * 0.10, amplitude * 0.80, below + (relief - 0.55) * amplitude * 0.9
    )
    palette = bake.palette
    lit = palette.at(0.96, lightness=0.88) * (1 - haze * 0.30) + palette.fog * haze * 0.30
    shade = palette.at(0.42, lightness=0.42) * (1 - haze * 0.42) + palette.fog * haze * 0.42
    white = shade + (lit - shade) * facing[..., None]
    amount = (cover * snow)[..., None]
    rock = colour * (0.80 + 0.38 * facing[..., None])
    return np.asarray(rock * (1 - amount) + white * amount)


def _relief(bake: Bake, area: Area) -> Image:
    """Sharp-edged folds running downhill, from 0 in the gullies to 1 on the ribs."""
    total = np.zeros((area.height, area.width), np.float32)
    lean = bake.stretched(spectral(bake.rng, 64, 48, 1.9), area)
    for rows, columns, share in ((30, 52, 0.58), (72, 120, 0.28), (150, 240, 0.14)):
        folds = bake.stretched(spectral(bake.rng, rows, columns, 1.15, lowest=3), area)
        total += share * (1 - np.abs(2 * folds - 1))
    return warp(total, lean, 22 * bake.scale)


def _flanks(bake: Bake, area: Area, below: Image, summits: _Summits, amplitude: float) -> Image:
    """1 on the flank of each summit that faces the light, 0 beyond its winding spine."""
    left, width = float(area.xs[0, 0]), float(area.xs[0, -1] - area.xs[0, 0])
    wind = line(bake.rng, area.height, 1.5)[:, None] - 0.5
    sway = bake.stretched(spectral(bake.rng, 40, 30, 1.5), area) - 0.5
    sink = np.clip(below / (0.5 * amplitude), 0, 1)
    bend = (wind * 0.9 + sway * 0.7) * amplitude * 0.55 * sink
    # The border between two summits winds like their spines: a straight one would show.
    x = (area.xs - left - bend * 1.3) / width
    highest, spine = np.full(x.shape, -np.inf, np.float32), np.zeros(x.shape, np.float32)
    for at, reach, tall in zip(summits.at, summits.reach, summits.tall, strict=True):
        height = tall * (1 - np.abs(x - at) / reach)
        nearer = height > highest
        highest[nearer] = height[nearer]
        spine[nearer] = left + float(at) * width
    away = area.xs - spine - bend
    side = np.sign(bake.light.x - spine)
    return np.asarray(smoothstep(-1.0, 1.0, away * side / (2.0 + 5.0 * sink)))


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
