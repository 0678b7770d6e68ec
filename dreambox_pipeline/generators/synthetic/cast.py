"""Where a scene has room for things, and the things that were put there.

A scene offers a `Place`; motifs add drawables to a `Cast`; the scene decides what is drawn
behind and before what.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from dreambox_pipeline.generators.synthetic.bake import Bake
from dreambox_pipeline.generators.synthetic.canvas import Drawable


@dataclass(frozen=True)
class Place:
    """Room for actors, in design pixels.

    Attributes:
        air: Left, top, right, bottom of the part of the picture things may fly in.
        ground: Design y of the ground at a design x, where people stand.
        person: Height of a standing person.
        depth: Of the ground, as in `canvas`.
        air_depth: Of flying things.
        haze: Fog on flying things, from 0 to 1.
        is_water: The ground is a water surface.
        is_wet: The ground mirrors what stands on it.
        is_indoors: Walls and a ceiling close the picture.
        has_sky: Stars and a moon can be seen there.
        has_moon: The light over the place is a moon or a sun.
        spots: Design x of places on the ground, best first; the dreamer takes the first.
    """

    air: tuple[float, float, float, float]
    ground: Callable[[float], float]
    person: float
    depth: float
    spots: tuple[float, ...]
    air_depth: float = 0.3
    haze: float = 0.12
    is_water: bool = False
    is_wet: bool = False
    is_indoors: bool = False
    has_sky: bool = True
    has_moon: bool = True


@dataclass
class Cast:
    """What was added to a scene so far.

    Attributes:
        air: Behind the land, and mirrored in water.
        ground: On the land, back to front.
        front: Before everything.
        taken: How many of the place's spots are used.
        flights: How many things fly already.
        has_boat: A boat carries the dreamer; a second one would be one too many.
    """

    bake: Bake
    place: Place
    air: list[Drawable] = field(default_factory=list)
    ground: list[Drawable] = field(default_factory=list)
    front: list[Drawable] = field(default_factory=list)
    taken: int = 0
    flights: int = 0
    has_boat: bool = False

    def spot(self) -> tuple[float, float]:
        """The next free place on the ground: design x and y."""
        spots = self.place.spots
        x = spots[self.taken % len(spots)]
        if self.taken >= len(spots):
            x += float(self.bake.rng.uniform(-24, 24))
        self.taken += 1
        return x, self.place.ground(x)

    def airspace(self) -> tuple[float, float, float, float]:
        """A part of the air nothing else has been given: left, top, right, bottom."""
        left, top, right, bottom = self.place.air
        third = (bottom - top) / 3
        order = (0, 1, 2) if self.bake.light.y > (top + bottom) / 2 else (1, 0, 2)
        row = order[self.flights % 3]
        self.flights += 1
        return left, top + row * third * 0.9, right, top + row * third * 0.9 + third

    @property
    def heading(self) -> int:
        """-1 or 1: a way to face, by the dice."""
        return int(self.bake.rng.choice(np.array((-1, 1))))
