"""A car, a fire, an old tree, and flowers close before the lens.

Each function puts its drawables into the cast; sizes are design pixels or shares of a person.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dreambox_pipeline.generators.synthetic import objects
from dreambox_pipeline.generators.synthetic.actors import Actor, Dressed, Pose, dress, halo
from dreambox_pipeline.generators.synthetic.canvas import Sheet
from dreambox_pipeline.generators.synthetic.cast import Cast
from dreambox_pipeline.generators.synthetic.motifs.people import stand
from dreambox_pipeline.generators.synthetic.raster import Ink, blur, rim, sprite

Image = NDArray[Any]


def add_car(cast: Cast) -> None:
    """A car with its lamps on, engine running."""
    bake, place, palette = cast.bake, cast.place, cast.bake.palette
    x, y = cast.spot()
    size = place.person * (1.8 if place.is_indoors else 2.5)
    way = 1 if x < 270 else -1
    ink = objects.car() if way > 0 else objects.car().mirrored()
    stand(cast, ink, size, x, y)
    beam = _beam(cast, size * 1.15, way)
    lamp, tail = (
        halo(bake, size * 0.14, palette.lamp, 1.0),
        halo(bake, size * 0.10, palette.at(0.5) * 0.2 + np.array((30, 30, 215)), 0.9),
    )
    bright = 0.94
    front, back = x + way * size * 0.475, x - way * size * 0.485
    high = y - size * 0.165
    cast.ground.append(
        Actor(
            (beam,),
            lambda t: Pose(front, high, 1, 0, bright + 0.05 * np.sin(9 * t)),
            place.depth,
            glow=True,
        )
    )
    cast.ground.append(Actor((lamp,), lambda _t: Pose(front, high), place.depth, glow=True))
    cast.ground.append(Actor((tail,), lambda _t: Pose(back, high + 2), place.depth, glow=True))


def _beam(cast: Cast, length: float, way: int) -> Dressed:
    scale = cast.bake.scale
    width, height = int(length * scale), int(length * 0.6 * scale)
    along = np.linspace(0, 1, width, dtype=np.float32)[None, :]
    across = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    spread = 0.05 + 0.75 * along
    light = np.exp(-(((across - 0.25 * along) / spread) ** 2) * 2.2) * (1 - along) ** 1.6 * 0.55
    edge = np.clip((1 - np.abs(across)) * 4, 0, 1)
    image = ((light * edge)[..., None] * cast.bake.palette.lamp).astype(np.uint8)
    if way < 0:
        image = np.ascontiguousarray(image[:, ::-1])
    return Dressed(image, (0 if way > 0 else width, height / 2))


def add_fire(cast: Cast) -> None:
    """A campfire: flames as rising lights that shrink, and its glow on the ground."""
    bake, place, palette, rng = cast.bake, cast.place, cast.bake.palette, cast.bake.rng
    x, y = cast.spot()
    size = place.person * 0.80
    logs = Ink()
    for a, b in (
        ((-0.5, 0.0), (0.38, -0.16)),
        ((0.5, 0.0), (-0.38, -0.16)),
        ((-0.3, 0.03), (0.34, 0.02)),
    ):
        logs.stroke([a, b], 0.13, 0.10)
    wide = halo(bake, size * 3.6, palette.lamp, 0.50)
    cast.ground.append(
        Actor(
            (wide,),
            lambda t: Pose(
                x, y - size * 0.4, 1, 0, 0.86 + 0.08 * np.sin(7 * t) + 0.06 * np.sin(11.3 * t)
            ),
            place.depth,
            glow=True,
        )
    )
    tongue, heart = (
        _tongue(cast, size * 0.62, palette.lamp * 0.8 + np.array((0, 10, 55)), 0.85),
        _tongue(cast, size * 0.42, palette.light, 0.9),
    )
    for number in range(16):
        phase, side, pace = number / 16, float(rng.normal()) * 0.16, float(rng.uniform(0.75, 1.15))
        look = heart if number % 3 == 0 else tongue

        def path(t: float, *, p: float = phase, s: float = side, v: float = pace) -> Pose:
            age = (t * v + p) % 1.0
            sway = s * (1 - age * 0.6) + 0.05 * np.sin(9 * t + p * 20) * age
            return Pose(
                x + sway * size,
                y - size * (0.02 + 0.95 * age),
                (0.55 + 0.8 * age) * (1 - age) ** 0.7 * 1.3,
                8 * np.sin(6 * t + 7 * p),
                (1 - age) ** 0.6,
            )

        cast.ground.append(Actor((look,), path, place.depth, glow=True))
    stand(cast, logs, size, x, y, edge=0.4)


def _tongue(cast: Cast, size: float, colour: Image, strength: float) -> Dressed:
    mask, anchor = (
        Ink()
        .blob(
            (0, -0.9),
            (-0.16, -0.45),
            (-0.30, -0.05),
            (-0.20, 0.22),
            (0, 0.30),
            (0.20, 0.22),
            (0.30, -0.05),
            (0.16, -0.45),
        )
        .mask(size * cast.bake.scale, pad=int(size * cast.bake.scale * 0.4) + 4)
    )
    soft = blur(mask, size * cast.bake.scale * 0.085) * strength
    return Dressed(np.clip(soft[..., None] * colour, 0, 255).astype(np.uint8), anchor)


def add_tree(cast: Cast) -> None:
    """One old tree, bare, larger than it could be."""
    bake = cast.bake
    # Across the picture from the dreamer, who has the first spot.
    x = (cast.place.spots[1] + (110 if cast.place.spots[0] > cast.place.spots[1] else 430)) / 2
    y = cast.place.ground(x)
    size = cast.place.person * 4.3
    look = dress(
        bake,
        objects.bare_tree(bake.rng),
        size,
        haze=0.05,
        towards=bake.towards_light(x, y - size / 2),
        edge=0.6,
    )
    cast.ground.insert(0, Actor((look,), lambda _t: Pose(x, y + 3), cast.place.depth))


def add_flowers(cast: Cast) -> None:
    """Flowers close before the lens, swaying, out of the dreamer's way."""
    bake, palette, rng = cast.bake, cast.bake.palette, cast.bake.rng
    bottom = bake.stage.design_height + 70
    for cluster in range(3):
        stems, cups = Ink(), Ink()
        for _ in range(8):
            left, right = ((-10, 180), (360, 550), (130, 410))[cluster]
            x = float(rng.uniform(left, right))
            # Tall at the sides, low in the middle: the dreamer stays in sight.
            tall = float(rng.uniform(*((165, 320), (165, 320), (95, 165))[cluster]))
            lean = float(rng.normal()) * 16
            tip = (x + lean, bottom - tall)
            stems.stroke([(x, bottom), (x + lean * 0.3, bottom - tall * 0.55), tip], 3.4, 1.8)
            for side in (-1, 1):
                leaf = float(rng.uniform(0.4, 0.7)) * tall
                stems.stroke(
                    [
                        (x, bottom),
                        (x + side * 7, bottom - leaf * 0.6),
                        (x + side * float(rng.uniform(12, 24)), bottom - leaf),
                    ],
                    7.0,
                    0.8,
                )
            _blossom(
                cups, stems, tip, float(rng.uniform(13, 25)) * (0.7 if cluster == 2 else 1), lean
            )
        cast.front.append(
            _flower_sheet(
                cast,
                stems,
                cups,
                cluster,
                palette.accent * 0.45 + palette.lamp * 0.2 + palette.light * 0.35,
            )
        )


def _blossom(cups: Ink, stems: Ink, tip: tuple[float, float], r: float, lean: float) -> None:
    x, y = tip
    tilt = lean * 0.012
    c, k = np.cos(tilt), np.sin(tilt)
    cup = (
        (0, 0.1),
        (-0.52, -0.22),
        (-0.60, -0.75),
        (-0.50, -1.22),
        (-0.24, -0.92),
        (0, -1.32),
        (0.24, -0.92),
        (0.50, -1.22),
        (0.60, -0.75),
        (0.52, -0.22),
    )
    cups.blob(*((float(x + (u * c - v * k) * r), float(y + (u * k + v * c) * r)) for u, v in cup))
    stems.disc(x, y + r * 0.05, r * 0.22)


def _flower_sheet(cast: Cast, stems: Ink, cups: Ink, cluster: int, accent: Image) -> Sheet:
    bake = cast.bake
    both = Ink().join(stems).join(cups)
    mask, anchor = both.mask(bake.scale)
    bloom = cups.mask_within(both, bake.scale)
    lit = rim(mask, (0, -1), 2.5 * bake.scale)[..., None]
    near = 0.82 if cluster < 2 else 0.95
    colour = bake.palette.shadow * (1 - bloom[..., None]) + accent * near * bloom[..., None]
    colour = colour + lit * bake.palette.light * 0.45
    soft = blur(mask, (1.5 if cluster < 2 else 0.6) * bake.scale)
    image = sprite(np.clip(blur(colour, 1.0 * bake.scale), 0, 255), soft, bake.rng)
    return Sheet(
        image,
        -anchor[0] / bake.scale,
        -anchor[1] / bake.scale,
        1.25,
        sway=7 + 2 * cluster,
        phase=cluster * 1.3,
    )
