"""Motifs that swim or fly by: whales, birds, fish, teeth, and people without ground below them.

Each function puts its drawables into the cast; sizes are design pixels or shares of a person.
"""

import numpy as np

from dreambox_pipeline.generators.synthetic import creatures, figures, objects
from dreambox_pipeline.generators.synthetic.actors import (
    Actor,
    Dressed,
    Pose,
    Swimmer,
    dress,
    shaded,
)
from dreambox_pipeline.generators.synthetic.cast import Cast
from dreambox_pipeline.generators.synthetic.raster import blur


def add_whale(cast: Cast) -> None:
    """One great whale crossing slowly, specked with stars, and often a smaller one behind."""
    bake, rng = cast.bake, cast.bake.rng
    left, top, right, bottom = cast.airspace()
    way = cast.heading
    length = (right - left) * float(rng.uniform(0.52, 0.82)) * (0.8 if cast.place.is_indoors else 1)
    sizes = (length, length * 0.42) if rng.random() < 0.5 else (length,)
    for number, size in enumerate(sizes):
        x = (left + right) / 2 + (float(rng.uniform(-22, 22)) if not number else -way * size * 0.9)
        y = (top + bottom) / 2 + (0 if not number else size * 0.62 * float(rng.choice((-1, 1))))
        y = max(y + float(rng.uniform(-30, 46)), top + 30)
        ink = creatures.whale() if way > 0 else creatures.whale().mirrored()
        look = dress(
            bake,
            ink,
            size,
            haze=cast.place.haze + 0.10 * number,
            towards=bake.towards_light(x, y),
            edge=0.75,
        )
        look = _belly(cast, look, size)

        def path(t: float, *, x: float = x, y: float = y, p: float = number * 1.7) -> Pose:
            u = t / bake.duration_s - 0.5
            return Pose(
                x + way * 66 * u, y + 10 * np.sin(0.75 * t + p), 1.0,
                way * (-6 + 3.2 * np.cos(0.75 * t + p)),
            )  # fmt: skip

        cast.air.append(Swimmer(look, path, cast.place.air_depth, size * 0.034, 0.30, flip=way < 0))


def _belly(cast: Cast, look: Dressed, size: float) -> Dressed:
    """A lighter underside and a few stars on the back, inside the sprite's own alpha."""
    image = look.image.astype(np.float32)
    rng, palette, scale = cast.bake.rng, cast.bake.palette, cast.bake.scale
    alpha = image[..., 3] / 255
    rows = (np.arange(image.shape[0]) - look.anchor[1]) / (size * scale)
    under = np.clip((rows - 0.02) / 0.14, 0, 1)[:, None] * alpha * 0.17
    image[..., :3] += (palette.fog - image[..., :3]) * under[..., None]
    stars = np.zeros_like(alpha)
    for _ in range(46):
        x, y = rng.integers(0, alpha.shape[1]), rng.integers(0, alpha.shape[0])
        if rows[y] < 0.06:
            stars[y, x] = rng.uniform(0.4, 1.0)
    stars = np.clip(blur(stars, 0.7 * scale) * 3.2 * scale**2, 0, 0.8) * blur(alpha, 3) ** 3
    image[..., :3] += stars[..., None] * palette.light
    image[..., :3] = np.minimum(image[..., :3], image[..., 3:])
    return Dressed(np.clip(image, 0, 255).astype(np.uint8), look.anchor)


def add_birds(cast: Cast) -> None:
    """A loose flock of gulls, each with its own beat."""
    bake, rng = cast.bake, cast.bake.rng
    left, top, right, bottom = cast.airspace()
    way = cast.heading
    towards = bake.towards_light(270, top)
    haze = max(0.20, cast.place.haze)
    beats = np.sin(np.linspace(0, 2 * np.pi, 20, endpoint=False))
    flocks = []
    for size in (34, 54, 84):
        inks = [creatures.bird(float(b) * 0.75 + 0.28) for b in beats]
        inks = inks if way > 0 else [ink.mirrored() for ink in inks]
        flocks.append(
            tuple(dress(bake, ink, size, haze=haze, towards=towards, edge=0.5) for ink in inks)
        )
    for _ in range(int(rng.integers(8, 13))):
        near = float(rng.random())
        looks = flocks[min(int(near * 3), 2)]
        x, y = float(rng.uniform(left, right)), float(rng.uniform(top, bottom + 40))
        phase, pace = float(rng.random() * 6), 16 + 26 * near

        def path(
            t: float, *, x: float = x, y: float = y, phase: float = phase, pace: float = pace
        ) -> Pose:
            u = t - bake.duration_s / 2
            return Pose(
                x + way * pace * u,
                y + 7 * np.sin(0.9 * t + phase),
                1,
                way * 5 * np.cos(0.9 * t + phase),
            )

        cast.air.append(Actor(looks, path, 0.2 + 0.3 * near, rate=19 + 6 * (1 - near), phase=phase))


def add_fish(cast: Cast) -> None:
    """A shoal that glides in a stream, as at home in the air as in water."""
    bake, rng = cast.bake, cast.bake.rng
    left, top, right, bottom = cast.airspace()
    way = cast.heading
    towards = bake.towards_light(270, top)
    looks = []
    for size in (44, 70, 108):
        ink = creatures.fish() if way > 0 else creatures.fish().mirrored()
        looks.append(
            dress(bake, ink, size, haze=max(0.16, cast.place.haze), towards=towards, edge=0.95)
        )
    for _ in range(22):
        near = float(rng.random()) ** 1.4
        size = min(int(near * 3), 2)
        across = float(rng.uniform(-0.1, 1.1))
        x = left + (right - left) * across
        y = (top + bottom) / 2 + 48 * np.sin(across * 5) + float(rng.normal()) * 40
        phase, pace = float(rng.random() * 6), 18 + 22 * near

        def path(
            t: float, *, x: float = x, y: float = float(y), phase: float = phase, pace: float = pace
        ) -> Pose:
            u = t - bake.duration_s / 2
            lift = 9 * np.sin(0.8 * t + phase)
            return Pose(x + way * pace * u, y + lift, 1, way * 6 * np.cos(0.8 * t + phase))

        cast.air.append(
            Swimmer(
                looks[size],
                path,
                0.25 + 0.35 * near,
                (4, 6, 9)[size],
                1.1 + 0.4 * (1 - near),
                flip=way < 0,
            )
        )


def add_falling(cast: Cast) -> None:
    """Someone falling, turning slowly."""
    bake, rng = cast.bake, cast.bake.rng
    left, top, right, bottom = cast.airspace()
    x, y = float(rng.uniform(left + 130, right - 130)), (top + bottom) / 2
    size = 215 * (0.7 if cast.place.is_indoors else 1)
    way = cast.heading
    ink = figures.falling() if way > 0 else figures.falling().mirrored()
    look = dress(
        bake,
        ink,
        size,
        haze=max(0.04, cast.place.haze * 0.8),
        towards=bake.towards_light(x, y),
        edge=0.9,
    )
    turn = float(rng.uniform(-24, 10)) * way

    def path(t: float) -> Pose:
        u = t / bake.duration_s
        return Pose(
            x + 10 * np.sin(0.5 * t),
            y - 26 + 62 * u,
            1 - 0.10 * u,
            turn + way * 15 * np.sin(0.6 * t),
        )

    cast.air.append(Actor((look,), path, 0.4))


def add_flying(cast: Cast) -> None:
    """Someone flying as in dreams, unhurried."""
    bake = cast.bake
    left, top, right, bottom = cast.airspace()
    way = cast.heading
    size = 210 * (0.7 if cast.place.is_indoors else 1)
    ink = figures.flying() if way > 0 else figures.flying().mirrored()
    x, y = (left + right) / 2 - way * 20, (top + bottom) / 2
    look = dress(
        bake,
        ink,
        size,
        haze=max(0.04, cast.place.haze * 0.8),
        towards=bake.towards_light(x, y),
        edge=0.9,
    )

    def path(t: float) -> Pose:
        u = t / bake.duration_s - 0.5
        return Pose(
            x + way * 96 * u, y + 14 * np.sin(0.9 * t) - 26 * u, 1, way * (-9 + 5 * np.cos(0.9 * t))
        )

    cast.air.append(Actor((look,), path, 0.4))


def add_teeth(cast: Cast) -> None:
    """Teeth tumbling through the picture, as they do in that dream."""
    bake, rng = cast.bake, cast.bake.rng
    left, _, right, _ = cast.place.air
    height = bake.stage.design_height
    white = bake.palette.at(1.0, lightness=0.94, chroma=0.22)
    looks = [
        shaded(bake, objects.tooth(), size, white, towards=(-0.5, -0.85)) for size in (20, 32, 48)
    ]
    for _ in range(17):
        near = float(rng.random()) ** 1.3
        x, y0 = float(rng.uniform(left, right)), float(rng.uniform(0, height))
        spin, turn, pace = float(rng.uniform(-70, 70)), float(rng.uniform(0, 360)), 26 + 60 * near

        def path(
            t: float,
            *,
            x: float = x,
            y: float = y0,
            s: float = spin,
            a: float = turn,
            v: float = pace,
        ) -> Pose:
            return Pose(
                x + 8 * np.sin(0.7 * t + a), (y + v * t) % (height + 120) - 60, 1, a + s * t
            )

        cast.front.append(Actor((looks[min(int(near * 3), 2)],), path, 0.5 + 0.5 * near))
