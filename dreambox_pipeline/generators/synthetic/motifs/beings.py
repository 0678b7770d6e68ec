"""Animals beside the dreamer, the spider before the lens, and who pursues.

Each function puts its drawables into the cast; sizes are design pixels or shares of a person.
"""

import numpy as np

from dreambox_pipeline.generators.synthetic import creatures, figures
from dreambox_pipeline.generators.synthetic.actors import Actor, Pose, dress, halo
from dreambox_pipeline.generators.synthetic.cast import Cast
from dreambox_pipeline.generators.synthetic.motifs.people import stand


def add_animal(cast: Cast, kind: str) -> None:
    """A cat, a dog, a horse or a snake beside the dreamer."""
    ink, size = {
        "cat": (creatures.cat(), 0.56),
        "dog": (creatures.dog(), 0.66),
        "horse": (creatures.horse(), 1.30),
        "snake": (creatures.snake(), 1.70),
    }[kind]
    x, y = cast.spot()
    if cast.place.is_water:
        # Nothing stands on water; they cross it on the dream's own terms, mirrored and still.
        y += 2
    stand(cast, ink if x < 270 else ink.mirrored(), cast.place.person * size, x, y)


def add_spider(cast: Cast) -> None:
    """A spider let down on its thread before everything."""
    bake, rng = cast.bake, cast.bake.rng
    left, top, right, _ = cast.place.air
    x = float(rng.choice((left + (right - left) * 0.2, left + (right - left) * 0.8)))
    size = 112.0
    drop = top + 150 + float(rng.uniform(-20, 60))
    ink = creatures.spider(thread=(drop + 120) / size)
    look = dress(bake, ink, size, towards=bake.towards_light(x, drop), edge=0.9)

    def path(t: float) -> Pose:
        return Pose(x, drop + 22 * np.sin(0.55 * t), 1, 1.3 * np.sin(0.8 * t))

    cast.front.append(Actor((look,), path, 0.7))


def add_pursuer(cast: Cast) -> None:
    """A tall shape behind the dreamer, with eyes, coming nearer."""
    bake, place = cast.bake, cast.place
    x, y = cast.spot()
    size = place.person * 1.75
    look = dress(
        bake,
        figures.looming(),
        size,
        haze=0.10,
        towards=bake.towards_light(x, y),
        edge=0.5,
        foot=0.35,
    )
    eye = halo(bake, size * 0.024, bake.palette.lamp, 1.0, power=1.2)

    def path(t: float) -> Pose:
        near = 1 + 0.14 * t / bake.duration_s
        return Pose(x, y - 3, near, 0.8 * np.sin(1.9 * t))

    cast.ground.insert(0, Actor((look,), path, place.depth * 0.9))
    for side in (-1, 1):

        def gaze(t: float, *, s: int = side) -> Pose:
            at = path(t)
            blink = 0.0 if t % 2.9 < 0.12 else 1.0
            head = at.y - 0.945 * size * at.size
            return Pose(x + s * 0.015 * size * at.size, head, 1, 0, blink)

        cast.ground.insert(1, Actor((eye,), gaze, place.depth * 0.9, glow=True))
