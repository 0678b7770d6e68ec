"""Motifs that carry people through the air: hot-air balloons and the night train.

Each function puts its drawables into the cast; sizes are design pixels or shares of a person.
"""

from typing import Any

import cv2
import numpy as np

from dreambox_pipeline.generators.synthetic import objects
from dreambox_pipeline.generators.synthetic.actors import Actor, Dressed, Pose, dress, halo
from dreambox_pipeline.generators.synthetic.cast import Cast
from dreambox_pipeline.generators.synthetic.raster import blur, sprite


def add_balloons(cast: Cast) -> None:
    """Hot-air balloons, striped, lit from within."""
    rng = cast.bake.rng
    left, top, right, bottom = cast.airspace()
    sizes = (118, 74, 50, 36) if not cast.place.is_indoors else (66, 48, 36)
    for number, size in enumerate(sizes):
        across = (
            (0.30, 0.78, 0.52, 0.12)[number] if cast.taken % 2 else (0.70, 0.22, 0.48, 0.9)[number]
        )
        x = left + (right - left) * across + float(rng.uniform(-20, 20))
        y = top + (bottom - top) * (0.35 + 0.3 * float(rng.random())) + number * 24
        look = _balloon(cast, size, haze=0.05 + 0.13 * number)
        phase = float(rng.random() * 6)

        def path(
            t: float, *, x: float = x, y: float = y, p: float = phase, k: float = size / 118
        ) -> Pose:
            return Pose(
                x + 7 * np.sin(0.4 * t + p),
                y - 5.5 * k * t + 4 * np.sin(0.6 * t + p),
                1,
                1.8 * np.sin(0.5 * t + p),
            )

        cast.air.append(Actor((look,), path, 0.32 - 0.05 * number))


def _balloon(cast: Cast, size: float, *, haze: float) -> Dressed:
    bake, palette = cast.bake, cast.bake.palette
    unit = size * bake.scale
    whole = objects.balloon_envelope().join(objects.balloon_basket())
    mask, anchor = whole.mask(unit)
    height, width = mask.shape
    xs = ((np.arange(width) - anchor[0]) / unit)[None, :]
    ys = ((np.arange(height) - anchor[1]) / unit)[:, None]
    half = np.interp(ys, [-0.5, -0.40, -0.03, 0.3, 0.62], [0.12, 0.32, 0.5, 0.37, 0.12])
    angle = np.arcsin(np.clip(xs / half, -1, 1))
    stripe = 0.5 + 0.5 * np.tanh(5 * np.sin(angle * 5.0 + 0.4))
    towards = bake.towards_light(270, 300)
    lit = np.clip(
        0.62 + 0.42 * np.sin(angle) * towards[0] - 0.35 * ys * (1 if towards[1] < 0 else -1),
        0.18,
        1.1,
    )
    burn = np.exp(-(((ys - 0.55) / 0.42) ** 2)) * np.cos(angle) * 0.75
    cloth = palette.accent * stripe[..., None] + palette.light * 0.92 * (1 - stripe[..., None])
    body = cloth * (lit * 0.80)[..., None]
    body += (palette.lamp - body) * np.clip(burn, 0, 0.8)[..., None]
    basket = np.broadcast_to(ys > 0.615, mask.shape)[..., None]
    body = np.where(basket, palette.shadow, body)
    body = body * (1 - haze) + palette.fog * haze
    return Dressed(sprite(np.clip(body, 0, 255), mask, bake.rng), anchor)


def add_train(cast: Cast) -> None:
    """A night train on a track of light across the sky, with lit windows and smoke."""
    bake, rng = cast.bake, cast.bake.rng
    _, top, _, bottom = cast.airspace()
    way = cast.heading
    size = 104.0 if not cast.place.is_indoors else 72.0
    y0 = (top + bottom) / 2 + 20
    bow = float(rng.uniform(24, 46))

    def track(x: float) -> tuple[float, float]:
        u = (x - 270) / 330
        return y0 + bow * u * u - 16 * u * way, float(
            np.degrees(np.arctan(2 * bow * u / 330 - 16 * way / 330))
        )

    depth = cast.place.air_depth
    cast.air.append(_rails(cast, track, depth))
    engine, wagon = _rolling_stock(cast, size, way)
    start = 270 + way * 60.0
    for number in range(5):
        look = engine if number == 0 else wagon

        def path(t: float, *, n: int = number) -> Pose:
            x = start + way * (26 * (t - bake.duration_s / 2) - n * size * 1.04)
            y, angle = track(x)
            return Pose(x, y, 1, angle)

        cast.air.append(Actor((look,), path, depth))
    _smoke(cast, track, start=start, size=size, way=way, depth=depth)


def _rails(cast: Cast, track: Any, depth: float) -> Actor:
    bake = cast.bake
    scale = bake.scale
    xs = np.linspace(-80, 620, 120)
    ys = np.array([track(float(x))[0] for x in xs])
    top, pad = float(ys.min()), 16
    canvas = np.zeros((int((ys.max() - top + 2 * pad) * scale), int(700 * scale)), np.uint8)
    points = np.stack([(xs + 80) * scale * 16, (ys - top + pad) * scale * 16], 1)
    cv2.polylines(
        canvas,
        [np.round(points).astype(np.int32)],
        False,
        255,
        max(int(1.4 * scale), 1),
        cv2.LINE_AA,
        4,
    )
    line = canvas.astype(np.float32) / 255
    shine = np.clip(line * 0.75 + blur(line, 4 * scale) * 1.6, 0, 1)
    ends = np.sin(np.linspace(0.001, 3.14, line.shape[1], dtype=np.float32))[None, :] ** 0.6
    light = ((shine * ends)[..., None] * cast.bake.palette.lamp).astype(np.uint8)
    look = Dressed(light, (80 * scale, (pad - top) * scale))
    return Actor((look,), lambda _t: Pose(0, 0), depth, glow=True)


def _rolling_stock(cast: Cast, size: float, way: int) -> tuple[Dressed, Dressed]:
    bake = cast.bake
    engine, body, panes = objects.locomotive(), objects.carriage(), objects.carriage_windows()
    if way < 0:
        engine, body, panes = engine.mirrored(), body.mirrored(), panes.mirrored()
    towards = bake.towards_light(270, 300)
    wagon = dress(bake, body, size, haze=0.06, towards=towards, edge=0.7)
    mask = panes.mask_within(body, size * bake.scale)
    image = wagon.image.astype(np.float32)
    image[..., :3] += (bake.palette.lamp - image[..., :3]) * mask[..., None]
    lit = Dressed(np.clip(image, 0, 255).astype(np.uint8), wagon.anchor)
    return dress(bake, engine, size * 1.04, haze=0.06, towards=towards, edge=0.7), lit


def _smoke(cast: Cast, track: Any, *, start: float, size: float, way: int, depth: float) -> None:
    bake = cast.bake
    disc = halo(bake, 30, bake.palette.fog * 0.5 + bake.palette.light * 0.5, 0.36, power=1.8)
    for number in range(16):

        def path(t: float, *, n: int = number) -> Pose:
            age = (t * 0.5 + n / 16) % 1.0
            born = t - age * 2.0
            x = start + way * (26 * (born - bake.duration_s / 2) + size * 0.34)
            y, _ = track(x)
            return Pose(
                x - way * 46 * age,
                y - size * 0.40 - 52 * age,
                0.25 + 1.25 * age,
                0,
                min(age * 9, 1) * (1 - age) ** 1.3,
            )

        cast.air.append(Actor((disc,), path, depth, glow=True))
