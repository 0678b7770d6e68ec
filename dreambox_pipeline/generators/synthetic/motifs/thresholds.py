"""Ways out that stand in the open: a door, a mirror, stairs.

Each function puts its drawables into the cast; sizes are design pixels or shares of a person.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dreambox_pipeline.generators.synthetic import objects
from dreambox_pipeline.generators.synthetic.actors import Actor, Dressed, Pose, dress, halo
from dreambox_pipeline.generators.synthetic.canvas import Drawable
from dreambox_pipeline.generators.synthetic.cast import Cast
from dreambox_pipeline.generators.synthetic.motifs.people import contact
from dreambox_pipeline.generators.synthetic.raster import Ink, rim, sprite

Image = NDArray[Any]


def add_door(cast: Cast) -> None:
    """A door standing alone, open, light falling out of it; in a passage, across its end."""
    bake, place, palette = cast.bake, cast.place, cast.bake.palette
    x, y = cast.spot()
    size = place.person * 1.95
    if place.is_indoors:
        # Behind the dreamer: as far again down the passage, and so three quarters as large.
        x, y = bake.light.x, bake.light.y + (y - bake.light.y) * 0.75
        size *= 0.78
    warm = palette.lamp * 0.55 + palette.light * 0.45
    depth = place.depth
    spill = _spill(cast, size, warm)
    wide = halo(bake, size * 1.15, palette.lamp, 0.55)
    layers: list[Drawable] = []
    layers.append(
        Actor(
            (wide,),
            lambda t: Pose(x, y - size * 0.5, 1, 0, 0.92 + 0.08 * np.sin(1.7 * t)),
            depth,
            glow=True,
        )
    )
    layers.append(Actor((spill,), lambda _t: Pose(x, y), depth, glow=True))
    mask, anchor = objects.door_opening().mask(size * bake.scale)
    rows = np.linspace(0, 1, mask.shape[0], dtype=np.float32)[:, None, None]
    light = palette.light * (1 - rows * 0.35) + palette.lamp * rows * 0.35
    opening = Dressed(sprite(light, mask, bake.rng), anchor)
    leaf = dress(bake, objects.door_leaf(), size, towards=(1, 0), edge=0.55)
    frame = dress(bake, objects.door_frame(), size, towards=bake.towards_light(x, y), edge=0.6)
    layers += [Actor((look,), lambda _t: Pose(x, y), depth) for look in (opening, leaf, frame)]
    if place.is_indoors:
        cast.ground[:0] = layers
    else:
        cast.ground += layers


def _spill(cast: Cast, size: float, colour: Image) -> Dressed:
    scale = cast.bake.scale
    width, height = int(size * 1.9 * scale), int(size * 0.62 * scale)
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    across = np.linspace(-0.95, 0.95, width, dtype=np.float32)[None, :]
    half = 0.236 + 0.46 * down
    soft = 0.015 + 0.16 * down
    light = np.clip((half - np.abs(across)) / soft + 0.5, 0, 1) * (1 - down) ** 1.7 * 0.62
    return Dressed((light[..., None] * colour).astype(np.uint8), (width / 2, 0))


def add_mirror(cast: Cast) -> None:
    """A standing mirror that holds another sky."""
    bake, place, palette = cast.bake, cast.place, cast.bake.palette
    x, y = cast.spot()
    size = place.person * 1.6
    mask, anchor = objects.mirror_glass().mask(size * bake.scale)
    height, width = mask.shape
    ys, xs = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    value = np.clip(1 - ys * 0.85 + 0.10 * np.sin(xs * 4 + ys * 3), 0, 1)
    glass = palette.ramp(value, ((0, 0.30, 0.30), (0.5, 0.6, 0.58), (1, 1.0, 0.95)))
    gleam = np.exp(-(((xs + ys * 0.55 - 0.62) / 0.07) ** 2)) + 0.5 * np.exp(
        -(((xs + ys * 0.55 - 0.82) / 0.025) ** 2)
    )
    glass = glass + gleam[..., None] * palette.light * 0.35
    looks = (
        Dressed(sprite(np.clip(glass, 0, 255), mask, bake.rng), anchor),
        dress(bake, objects.mirror_frame(), size, towards=bake.towards_light(x, y), edge=1.0),
    )
    glow = halo(bake, size * 0.8, palette.light, 0.30)
    cast.ground.append(
        Actor(
            (glow,),
            lambda t: Pose(x, y - size * 0.55, 1, 0, 0.85 + 0.15 * np.sin(1.1 * t)),
            place.depth,
            glow=True,
        )
    )
    contact(cast, x, y, size * 0.4)
    for look in looks:
        cast.ground.append(Actor((look,), lambda _t: Pose(x, y), place.depth))


def add_stairs(cast: Cast) -> None:
    """Slabs that climb out of the ground and away towards the light, unsupported."""
    bake, place, palette = cast.bake, cast.place, cast.bake.palette
    x0, y0 = cast.spot()
    target_x, target_y = (
        bake.light.x,
        max(bake.light.y + bake.light.radius * 0.5, place.air[1] + 60),
    )
    if place.is_indoors:
        target_y = place.air[1]
    if place.is_indoors or abs(target_x - x0) < 70:
        target_x = x0 + (95 if x0 < 270 else -95)
    count = 22
    for number in range(count - 1, -1, -1):
        u = number / (count - 1)
        far = (1 - u) ** 1.35
        x = x0 + (target_x - x0) * (1 - far) + 26 * np.sin(u * 4.0)
        y = y0 + (target_y - y0) * u**0.92
        size = place.person * (1.15 * far + 0.13)
        look = _slab(cast, size, haze=0.62 * u, lit=palette.light)
        phase = number * 0.6

        def path(t: float, *, x: float = float(x), y: float = float(y), p: float = phase) -> Pose:
            return Pose(x, y + 1.8 * np.sin(0.9 * t + p))

        cast.ground.insert(0, Actor((look,), path, place.depth * (0.35 + 0.65 * far)))


def _slab(cast: Cast, size: float, *, haze: float, lit: Image) -> Dressed:
    bake, palette = cast.bake, cast.bake.palette
    top = Ink().poly((-0.5, 0.0), (-0.38, -0.115), (0.38, -0.115), (0.5, 0.0))
    whole = Ink().poly(
        (-0.5, 0.0), (-0.38, -0.115), (0.38, -0.115), (0.5, 0.0), (0.5, 0.10), (-0.5, 0.10)
    )
    unit = size * bake.scale
    mask, anchor = whole.mask(unit)
    face = top.mask_within(whole, unit)
    body = palette.shadow * (1 - haze) + palette.fog * haze
    bright = body + (lit - body) * 0.42
    image = body * (1 - face[..., None]) + bright * face[..., None]
    image = image + (rim(mask, (0, -1), max(unit * 0.02, 1.0)) * 0.5)[..., None] * lit
    return Dressed(sprite(np.clip(image, 0, 255), mask, bake.rng), anchor)
