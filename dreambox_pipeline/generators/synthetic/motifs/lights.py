"""Motifs that are light: lanterns, shooting stars, orbs, and the great dial of a clock.

Each function puts its drawables into the cast; sizes are design pixels or shares of a person.
"""

import numpy as np

from dreambox_pipeline.generators.synthetic import objects
from dreambox_pipeline.generators.synthetic.actors import (
    Actor,
    Dressed,
    Pose,
    dress,
    halo,
    replacing,
    turning,
)
from dreambox_pipeline.generators.synthetic.cast import Cast
from dreambox_pipeline.generators.synthetic.layers.sky import moon_disc
from dreambox_pipeline.generators.synthetic.noise import spectral
from dreambox_pipeline.generators.synthetic.particles import Particles
from dreambox_pipeline.generators.synthetic.raster import Ink, sprite


def add_lanterns(cast: Cast) -> None:
    """Paper lanterns rising, many and at all distances."""
    bake, rng = cast.bake, cast.bake.rng
    left, top, right, bottom = cast.place.air
    cast.flights += 1
    looks = [
        (_lantern(cast, size), halo(bake, size * 1.9, bake.palette.lamp, 0.50))
        for size in (13, 22, 36)
    ]
    for _ in range(30):
        near = float(rng.random()) ** 2.2
        look, glow = looks[min(int(near * 3), 2)]
        x, y = float(rng.uniform(left - 10, right + 10)), float(rng.uniform(top, bottom + 70))
        phase, pace = float(rng.random() * 6), 5 + 13 * near
        shine = 0.72 + 0.28 * float(rng.random())

        def path(
            t: float,
            *,
            x: float = x,
            y: float = y,
            p: float = phase,
            v: float = pace,
            s: float = shine,
        ) -> Pose:
            return Pose(
                x + (6 + v * 0.5) * np.sin(0.45 * t + p), y - v * t, 1, 4 * np.sin(0.6 * t + p),
                s + 0.06 * np.sin(5 * t + p),
            )  # fmt: skip

        depth = 0.12 + 0.5 * near
        cast.air.append(Actor((glow,), path, depth, glow=True))
        cast.air.append(Actor((look,), replacing(path, light=1.0), depth))


def _lantern(cast: Cast, size: float) -> Dressed:
    bake, palette = cast.bake, cast.bake.palette
    mask, anchor = objects.sky_lantern().mask(size * bake.scale)
    ys = ((np.arange(mask.shape[0]) - anchor[1]) / (size * bake.scale))[:, None]
    xs = ((np.arange(mask.shape[1]) - anchor[0]) / (size * bake.scale))[None, :]
    fire = np.exp(-((ys - 0.36) ** 2 / 0.16 + xs**2 / 0.12))
    paper = palette.accent * 0.40 + palette.lamp * 0.60
    body = paper * (0.62 + 0.30 * np.cos(xs * 3.4))[..., None]
    body = (
        body
        + (palette.light * 0.5 + palette.lamp * 0.5 - body) * np.clip(fire * 1.15, 0, 1)[..., None]
    )
    return Dressed(sprite(np.clip(body, 0, 255), mask, bake.rng), anchor)


def add_moon(cast: Cast) -> None:
    """A moon where there is none: at the end of a passage, in deep water, beside a planet."""
    bake, place = cast.bake, cast.place
    if place.has_moon:
        return
    left, _, right, _ = cast.airspace()
    if place.is_indoors:
        x, y, radius = bake.light.x, bake.light.y - 34, 62.0
    else:
        x = right - 70 if bake.light.x < 270 else left + 70
        y, radius = place.air[3] - 96, 58.0
    unit = radius * bake.scale
    mask, anchor = Ink().disc(0, 0, 1.0).mask(unit)
    rows, columns = mask.shape
    seas, pocks = (
        spectral(bake.rng, rows, columns, 1.9, lowest=2),
        spectral(bake.rng, rows, columns, 1.1),
    )
    ys, xs = np.mgrid[0:rows, 0:columns].astype(np.float32)
    face = moon_disc(bake, np.hypot(xs - anchor[0], ys - anchor[1]) / unit, seas, pocks)
    disc = Dressed(sprite(np.clip(face, 0, 255), mask, bake.rng), anchor)
    glow = halo(bake, radius * 2.4, bake.palette.light, 0.55)

    def path(t: float) -> Pose:
        return Pose(x, y + 4 * np.sin(0.5 * t))

    cast.air.append(Actor((glow,), path, place.air_depth, glow=True))
    cast.air.append(Actor((disc,), path, place.air_depth))


def add_shooting_stars(cast: Cast) -> None:
    """A few shooting stars, one after another; stars too where there is no sky for them."""
    bake, rng = cast.bake, cast.bake.rng
    if not cast.place.has_sky:
        cast.air.append(Particles(bake, "stars"))
    left, top, right, bottom = cast.place.air
    way = cast.heading
    length = int(150 * bake.scale)
    along = np.linspace(0, 1, length, dtype=np.float32)
    across = np.exp(-((np.linspace(-3, 3, max(int(9 * bake.scale), 3)) / 0.9) ** 2)).astype(
        np.float32
    )
    tail = across[:, None] * along[None, :] ** 2.4
    head = max(int(5 * bake.scale), 1)
    tail[:, -head:] *= np.linspace(1, 0, head, dtype=np.float32)
    light = np.clip(tail[..., None] * bake.palette.light * 1.1, 0, 255)
    look = Dressed(
        np.pad(light, ((2, 2), (2, 2), (0, 0))).astype(np.uint8), (length, across.size / 2 + 2)
    )
    count = max(int(bake.duration_s / 1.4), 2)
    for number in range(count):
        start = (number + float(rng.uniform(0.1, 0.7))) * bake.duration_s / count
        x0 = float(rng.uniform(left + 60, right - 60))
        y0 = top + (bottom - top) * float(rng.uniform(0.0, 0.45))
        angle = float(rng.uniform(18, 38))

        def path(
            t: float, *, t0: float = start, x: float = x0, y: float = y0, a: float = angle
        ) -> Pose:
            u = (t - t0) / 0.95
            if not 0 <= u <= 1:
                return Pose(x, y, 1, 0, 0)
            go = 300 * (u - 0.3)
            dx, dy = np.cos(np.radians(a)) * go * way, np.sin(np.radians(a)) * go
            return Pose(
                x + dx, y + dy, 1, a if way > 0 else 180 - a, float(np.sin(np.pi * u)) ** 0.7
            )

        cast.air.append(Actor((look,), path, 0.08, glow=True))


def add_orbs(cast: Cast) -> None:
    """A great soft light and its small companions: what stands for the unpaintable."""
    bake, rng = cast.bake, cast.bake.rng
    left, top, right, bottom = cast.airspace()
    # Away from the moon, or it would be taken for a second one.
    aside = -1 if bake.light.x > 270 else 1
    x0 = (left + right) / 2 + aside * float(rng.uniform(50, 110))
    y0 = (top + bottom) / 2 + 40
    looks = [
        (
            halo(bake, r, bake.palette.lamp, 0.9),
            halo(bake, r * core, bake.palette.light, 1.0, power=1.0),
        )
        for r, core in ((138, 0.27), (30, 0.20))
    ]
    for number in range(6):
        wide, core = looks[0 if number == 0 else 1]
        phase, away = float(rng.random() * 6), 0.0 if number == 0 else float(rng.uniform(55, 130))

        def path(t: float, *, p: float = phase, r: float = away) -> Pose:
            a = p + 0.35 * t
            return Pose(
                x0 + r * np.cos(a),
                y0 + r * 0.55 * np.sin(a) + 6 * np.sin(0.8 * t),
                1,
                0,
                0.86 + 0.14 * np.sin(1.6 * t + p),
            )

        cast.air.append(Actor((wide,), path, 0.35, glow=True))
        cast.air.append(Actor((core,), path, 0.35, glow=True))


def add_clock(cast: Cast) -> None:
    """A pale dial as large as a moon, its hands in a hurry."""
    bake, rng = cast.bake, cast.bake.rng
    left, top, right, bottom = cast.airspace()
    radius = 96.0 if not cast.place.is_indoors else 66.0
    # On the other side of the picture from the moon: two discs side by side are one too many.
    near, far = left + radius + 24, right - radius - 24
    aside = float(rng.uniform(0, 0.22)) * (far - near)
    x = near + aside if bake.light.x > 270 else far - aside
    y = (top + bottom) / 2 + 10
    dial, start = _dial(cast, radius), float(rng.uniform(0, 360))
    depth = cast.place.air_depth
    glow = halo(bake, radius * 2.3, bake.palette.lamp, 0.34)

    def still(t: float) -> Pose:
        return Pose(x, y + 5 * np.sin(0.6 * t), 1, 2.2 * np.sin(0.5 * t))

    cast.air.append(Actor((glow,), still, depth, glow=True))
    cast.air.append(Actor((dial,), still, depth))
    for reach, width, speed in ((0.52, 0.052, 11.0), (0.78, 0.034, 132.0)):
        ink = Ink().stroke([(0, 0.14), (0, -reach)], width, width * 0.45).disc(0, 0, width * 1.15)
        hand = dress(bake, ink, radius, edge=0.0)
        cast.air.append(Actor((hand,), turning(still, start, speed), depth))


def _dial(cast: Cast, radius: float) -> Dressed:
    bake, palette = cast.bake, cast.bake.palette
    unit = radius * bake.scale
    mask, anchor = Ink().disc(0, 0, 1.0).mask(unit)
    ys, xs = np.mgrid[0 : mask.shape[0], 0 : mask.shape[1]].astype(np.float32)
    r = np.hypot(xs - anchor[0], ys - anchor[1]) / unit
    face = (palette.light * 0.82 + palette.lamp * 0.18) * (1.0 - 0.20 * r**2)[..., None]
    marks = Ink()
    for hour in range(12):
        a = np.radians(hour * 30)
        c, k = float(np.sin(a)), float(-np.cos(a))
        inner, width = (0.75, 0.048) if hour % 3 == 0 else (0.81, 0.024)
        marks.stroke([(c * inner, k * inner), (c * 0.885, k * 0.885)], width)
    whole = marks.mask_within(Ink().disc(0, 0, 1.0), unit)
    edge = np.clip((r - 0.95) * unit + 0.5, 0, 1) + 0.7 * np.exp(-(((r - 0.91) * unit / 1.2) ** 2))
    dark = np.clip(whole * 0.85 + edge * 0.8, 0, 0.92)[..., None]
    return Dressed(sprite(face * (1 - dark) + palette.shadow * dark, mask, bake.rng), anchor)
