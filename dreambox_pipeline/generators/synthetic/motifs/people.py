"""The people of a dream, the boat that carries them, and how anything stands on the ground.

Each function puts its drawables into the cast; sizes are design pixels or shares of a person.
"""

import numpy as np

from dreambox_pipeline.generators.synthetic import figures, objects
from dreambox_pipeline.generators.synthetic.actors import Actor, Dressed, Path, Pose, dress, halo
from dreambox_pipeline.generators.synthetic.cast import Cast
from dreambox_pipeline.generators.synthetic.raster import Ink, blur, sprite


def stand(cast: Cast, ink: Ink, size: float, x: float, y: float, *, edge: float = 0.85) -> None:
    """Put a still silhouette on the ground, with a soft shadow at its feet."""
    bake, place = cast.bake, cast.place
    look = dress(
        bake,
        ink,
        size,
        haze=0.02,
        towards=bake.towards_light(x, y - size / 2),
        edge=edge,
        foot=0.06,
    )
    left, _, right, _ = ink.bounds()
    contact(cast, x + (left + right) / 2 * size, y, (right - left) * size * 0.62)
    if place.is_water or place.is_wet:
        reflect(cast, look, lambda _t: Pose(x, y), y)
    cast.ground.append(Actor((look,), lambda _t: Pose(x, y), place.depth))


def contact(cast: Cast, x: float, y: float, radius: float) -> None:
    """A soft dark pool under something, *radius* design pixels wide to each side."""
    bake = cast.bake
    mask, anchor = (
        Ink()
        .disc(0, 0, 1.0, 0.20)
        .mask(radius * bake.scale, pad=int(radius * bake.scale * 0.6) + 4)
    )
    soft = np.clip(blur(mask, radius * bake.scale * 0.16), 0, 1) * 0.55
    look = Dressed(sprite(bake.palette.shadow * 0.7, soft, bake.rng), anchor)
    cast.ground.append(Actor((look,), lambda _t: Pose(x, y), cast.place.depth))


def reflect(cast: Cast, look: Dressed, path: Path, y: float) -> None:
    """The image of something on water whose surface is at design *y*, fading downwards."""
    flipped = look.image[::-1].astype(np.float32)
    fade = np.clip(np.linspace(0.92, -0.35, flipped.shape[0], dtype=np.float32), 0, 1)[
        :, None, None
    ]
    image = np.clip(blur(flipped, 1.2 * cast.bake.scale) * fade * 0.8, 0, 255).astype(np.uint8)
    soft = Dressed(
        np.ascontiguousarray(image), (look.anchor[0], look.image.shape[0] - look.anchor[1])
    )

    def below(t: float) -> Pose:
        pose = path(t)
        return pose._replace(angle=-pose.angle, y=2 * y - pose.y + 3)

    cast.ground.append(Actor((soft,), below, cast.place.depth))


def add_people(cast: Cast, count: int) -> None:
    """*count* people standing together, the dreamer first; on water they have a boat."""
    if count == 0:
        return
    if cast.place.is_water:
        add_boat(cast, riders=count)
        return
    x, _ = cast.spot()
    inks = [figures.standing(), figures.long_haired(), figures.standing(coat=False)]
    first = int(cast.bake.rng.integers(0, 3))
    for number in range(count):
        at = x + (0, 0.42, -0.46)[number] * cast.place.person
        tall = cast.place.person * (1.0, 0.95, 1.04)[number]
        stand(cast, inks[(first + number) % 3], tall, at, cast.place.ground(at))


def add_boat(cast: Cast, *, riders: int) -> None:
    """A rowing boat with a lamp; on land it hovers a hand above the ground."""
    bake, place = cast.bake, cast.place
    if cast.has_boat:
        return
    cast.has_boat = True
    x, y = cast.spot()
    size = place.person * 1.75
    lift = 0.0 if place.is_water else place.person * 0.5
    way = cast.heading
    towards = bake.towards_light(x, y)
    ink = objects.boat()
    for number in range(riders):
        person = figures.seated() if way > 0 else figures.seated().mirrored()
        shift = (0.02, -0.24, 0.24)[number] * way
        ink.join(person, size=0.60, x=shift, y=-0.03)
    ink.stroke([(way * 0.40, -0.10), (way * 0.415, -0.40), (way * 0.45, -0.42)], 0.016)
    look = dress(bake, ink, size, haze=0.02, towards=towards, edge=0.9)
    lamp = halo(bake, size * 0.36, bake.palette.lamp, 0.85)
    core = halo(bake, size * 0.055, bake.palette.light, 1.0, power=0.8)

    def path(t: float) -> Pose:
        return Pose(
            x + 5 * np.sin(0.3 * t), y - lift + 2.2 * np.sin(1.1 * t), 1, 1.5 * np.sin(0.9 * t)
        )

    def light(t: float) -> Pose:
        p = path(t)
        a = np.radians(p.angle)
        dx, dy = way * 0.455 * size, -0.385 * size
        return Pose(
            p.x + dx * np.cos(a) - dy * np.sin(a),
            p.y + dx * np.sin(a) + dy * np.cos(a),
            1,
            0,
            0.9 + 0.1 * np.sin(3.1 * t),
        )

    if place.is_water:
        reflect(cast, look, path, y)
        cast.ground.append(
            Actor(
                (lamp,),
                lambda t: light(t)._replace(y=2 * y - light(t).y + 6, light=0.5),
                place.depth,
                glow=True,
            )
        )
    cast.ground.append(Actor((look,), path, place.depth))
    cast.ground.append(Actor((lamp,), light, place.depth, glow=True))
    cast.ground.append(Actor((core,), light, place.depth, glow=True))
