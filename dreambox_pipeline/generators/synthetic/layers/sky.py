"""The sky: a gradient, the light and its glow, stars, and for space a nebula.

Baked into one opaque sheet, because nothing in it moves against the rest.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dreambox_pipeline.generators.synthetic.bake import Area, Bake
from dreambox_pipeline.generators.synthetic.canvas import Backdrop
from dreambox_pipeline.generators.synthetic.noise import smoothstep, spectral, warp
from dreambox_pipeline.generators.synthetic.raster import blur, to_bytes

Image = NDArray[Any]
Tones = tuple[tuple[float, float, float], ...]

NIGHT: Tones = (
    (0.0, 0.10, 0.17),
    (0.3, 0.28, 0.29),
    (0.6, 0.50, 0.47),
    (0.85, 0.72, 0.64),
    (1.0, 0.90, 0.82),
)
DAWN: Tones = (
    (0.0, 0.22, 0.30),
    (0.35, 0.45, 0.47),
    (0.65, 0.66, 0.64),
    (0.85, 0.84, 0.78),
    (1.0, 0.96, 0.88),
)
ABYSS: Tones = (
    (0.0, 0.04, 0.10),
    (0.35, 0.18, 0.17),
    (0.7, 0.42, 0.33),
    (1.0, 0.70, 0.60),
)


def bake_sky(
    bake: Bake,
    *,
    horizon: float,
    tones: Tones,
    stars: float,
    depth: float = 0.05,
    glow: float = 1.0,
) -> Backdrop:
    """The sky down to the bottom of the frame.

    Args:
        bake: The clip.
        horizon: Design y where the gradient ends.
        tones: Value, place on the palette, lightness.
        stars: How many, relative to a clear night; 0 is none.
        depth: Of the sheet.
        glow: Strength of the light's halo.
    """
    area = bake.area(depth)
    light = bake.light
    distance = np.hypot(area.xs - light.x, area.ys - light.y)
    height = np.clip(area.ys / horizon, 0, 1) ** 1.15
    cloudy = bake.stretched(spectral(bake.rng, 128, 96, 1.9), area) - 0.5
    value = height * 0.92 + 0.07 * cloudy
    value = value + glow * (0.30 * np.exp(-distance / 120) + 0.16 * np.exp(-distance / 330))
    value *= 1 + 0.10 * bake.palette.mood
    image = bake.palette.ramp(np.clip(value, 0, 1), tones)
    if stars > 0:
        fade = np.clip(1.1 - height * 1.15, 0, 1) * smoothstep(60, 260, distance)
        image += star_field(bake, area, stars)[..., None] * fade[..., None] * _star_tint(bake)
    if light.radius > 0:
        paint_light(bake, area, image, distance)
    return Backdrop.of(to_bytes(image, bake.rng), area.left, area.top, depth)


def _star_tint(bake: Bake) -> Image:
    return bake.palette.at(0.97, lightness=0.97, chroma=0.5)


def star_field(bake: Bake, area: Area, density: float) -> Image:
    """Stars from 0 to 1: many faint, few bright, thicker along a band."""
    rng = bake.rng
    count = int(520 * density * area.height / (bake.scale * 960))
    xs, ys = rng.random(count) * (area.width - 1), rng.random(count) * (area.height - 1)
    band = np.abs((ys - area.height * 0.35) * 0.8 + (xs - area.width * 0.5) * 0.6)
    keep = rng.random(count) < 0.45 + 0.55 * np.exp(-band / (130 * bake.scale))
    brightness = np.minimum(0.16 + 0.10 * (1 - rng.random(count)) ** -0.62, 1.6)
    field = np.zeros((area.height, area.width), np.float32)
    large = np.zeros_like(field)
    for x, y, b in zip(xs[keep], ys[keep], brightness[keep], strict=True):
        target = large if b > 0.75 else field
        target[int(y), int(x)] += b
    # A star must keep its light whatever the size of the picture.
    small = blur(field, 0.55 * bake.scale) * 4.2 * bake.scale**2
    bright = blur(large, 0.85 * bake.scale) * 7.5 * bake.scale**2
    halo = blur(large, 3.4 * bake.scale) * 10 * bake.scale**2
    return np.clip(small, 0, 1) + np.clip(bright, 0, 1) + np.clip(halo, 0, 0.3)


def paint_light(bake: Bake, area: Area, image: Image, distance: Image) -> None:
    """Paint the moon or the sun with its halo on *image*, in place."""
    light, palette = bake.light, bake.palette
    halo = np.exp(-np.maximum(distance - light.radius, 0) / (light.radius * 0.55)) * 0.42
    halo += np.exp(-(((distance - light.radius * 2.1) / (light.radius * 0.09)) ** 2)) * 0.022
    if light.waning and not light.is_sun:
        # A crescent gives less light, and its dark side must not shine.
        halo *= 0.55 * (1 - 0.75 * np.clip((light.radius - distance) * bake.scale + 0.5, 0, 1))
    for channel in range(3):
        part = image[..., channel]
        part += (255 - part) * halo * (palette.light[channel] / 255)
    # The disc itself is a small part of the picture.
    rows, columns = (np.flatnonzero((distance < light.radius + 2).any(axis)) for axis in (1, 0))
    if not rows.size:
        return
    box = slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)
    away = distance[box]
    if light.is_sun:
        disc = _sun(bake, area.ys[box[0]])
    else:
        seas = bake.stretched(spectral(bake.rng, 204, 120, 1.9, lowest=5), area)
        pocks = bake.stretched(spectral(bake.rng, 320, 200, 1.1), area)
        disc = moon_disc(bake, away / light.radius, seas[box], pocks[box])
    edge = np.clip((light.radius - away) * bake.scale + 0.5, 0, 1)[..., None]
    if not light.is_sun and light.waning:
        # The earth's shadow: a disc of the same size, moved aside, with a soft edge.
        aside = light.waning * light.radius
        dark = np.hypot(
            area.xs[:, box[1]] - light.x - aside, area.ys[box[0]] - light.y + aside * 0.35
        )
        edge = edge * (0.03 + 0.97 * smoothstep(0.94, 1.06, dark / light.radius))[..., None]
    image[box] = image[box] * (1 - edge) + disc * edge


def _sun(bake: Bake, ys: Image) -> Image:
    light, palette = bake.light, bake.palette
    down = np.clip((ys - light.y) / light.radius * 0.5 + 0.5, 0, 1)[..., None]
    return np.asarray(
        palette.light * (1 - down) + (palette.light * 0.5 + palette.accent * 0.5) * down
    )


def moon_disc(bake: Bake, away: Image, seas: Image, pocks: Image) -> Image:
    """The moon's face, BGR; *away* is the distance from its center in radii, the rest is noise."""
    palette = bake.palette
    limb = np.sqrt(np.clip(1 - away**2, 0, 1))
    tone = 0.78 + 0.20 * limb - 0.07 * (pocks - 0.5)
    maria = (0.36 * smoothstep(0.42, 0.80, seas))[..., None]
    bright = palette.light * (1 - maria) + palette.at(0.82, lightness=0.78) * maria
    return np.asarray(bright * tone[..., None])


def bake_nebula(bake: Bake, *, stars: float, depth: float = 0.05) -> Backdrop:
    """Deep space: glowing gas along a diagonal, dark dust lanes and very many stars."""
    area = bake.area(depth)
    rng = bake.rng
    lean = rng.uniform(0.35, 0.9) * rng.choice((-1, 1))
    along = (area.ys - bake.stage.design_height * 0.4) + (area.xs - 270) * lean
    band = np.exp(-((along / 230) ** 2))
    rough, slow = spectral(rng, 480, 300, 1.45), spectral(rng, 480, 300, 1.9)
    gas = bake.stretched(warp(rough, slow, 40), area)
    dust = bake.stretched(warp(spectral(rng, 480, 300, 1.35), slow, 30), area)
    value = 0.05 + 0.16 * gas + band * (0.15 + 0.75 * gas**1.6)
    value *= 1 - 0.62 * smoothstep(0.5, 0.85, dust) * band
    image = bake.palette.ramp(np.clip(value, 0, 1), ABYSS)
    hue = bake.stretched(spectral(rng, 120, 80, 2.0), area)[..., None]
    image += (
        (smoothstep(0.55, 0.9, hue) * band[..., None] * gas[..., None] ** 2)
        * bake.palette.accent
        * 0.55
    )
    image += star_field(bake, area, 2.6 * stars)[..., None] * _star_tint(bake)
    light = bake.light
    if light.radius > 0:
        distance = np.hypot(area.xs - light.x, area.ys - light.y)
        paint_planet(bake, area, image, distance)
    return Backdrop.of(to_bytes(image, rng), area.left, area.top, depth)


def paint_planet(bake: Bake, area: Area, image: Image, distance: Image) -> None:
    """A banded planet lit from one side, with an atmosphere and rings, in place."""
    light, palette, rng = bake.light, bake.palette, bake.rng
    r = light.radius
    nx, ny = (area.xs - light.x) / r, (area.ys - light.y) / r
    nz = np.sqrt(np.clip(1 - nx**2 - ny**2, 0, 1))
    side = float(rng.choice((-1, 1)))
    lit = np.clip(nx * 0.62 * side - ny * 0.52 + nz * 0.42, 0, 1)
    tilt = 0.35 * side
    wobble = bake.stretched(spectral(rng, 200, 120, 1.6), area)
    band = 0.5 + 0.5 * np.sin((ny + nx * tilt) * 13 + wobble * 5)
    body = palette.ramp(
        np.clip(0.35 + 0.4 * band + 0.15 * wobble, 0, 1), (*ABYSS[1:], (1.0, 0.95, 0.9))
    )
    body = body * (0.04 + 1.25 * lit**0.8)[..., None]
    body += palette.light * ((1 - nz) ** 3 * lit * 0.8)[..., None]
    edge = np.clip((r - distance) * bake.scale + 0.5, 0, 1)[..., None]
    air = np.exp(-np.maximum(distance - r, 0) / (r * 0.12)) * np.clip(
        0.35 + nx * 0.6 * side - ny * 0.5, 0, 1
    )
    image += (255 - image) * air[..., None] * (palette.light / 255) * 0.55
    image[:] = image * (1 - edge) + np.clip(body, 0, 255) * edge
    _paint_rings(bake, area, image, tilt, side)


def _paint_rings(bake: Bake, area: Area, image: Image, tilt: float, side: float) -> None:
    light = bake.light
    c, s = np.cos(tilt), np.sin(tilt)
    u = ((area.xs - light.x) * c - (area.ys - light.y) * -s) / light.radius
    v = ((area.ys - light.y) * c - (area.xs - light.x) * s) / light.radius / 0.24
    rho = np.hypot(u, v)
    grooves = np.interp(rho, np.linspace(1.3, 2.2, 64), bake.rng.random(64) * 0.5 + 0.5)
    alpha = smoothstep(1.32, 1.4, rho) * (1 - smoothstep(1.95, 2.12, rho)) * grooves * 0.8
    inside = (area.xs - light.x) ** 2 + (area.ys - light.y) ** 2 < light.radius**2
    alpha = np.where(inside & (v < 0), 0, alpha)
    bright = np.clip(0.45 + 0.35 * u * side, 0, 1)[..., None]
    # Where no light falls on them the rings are not black: they are not seen.
    alpha *= np.clip(bright[..., 0] * 4, 0, 1)
    image[:] = image * (1 - alpha[..., None]) + bake.palette.light * bright * alpha[..., None]
