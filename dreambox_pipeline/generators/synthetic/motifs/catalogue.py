"""Which drawables stand for which motif of the dream.

Every value of `Motif` has an entry. `FLOOD` changes the scene's ground and is read by `scenes`;
here it adds nothing. `MOON` makes a scene's own light larger and adds one where there is none.
"""

from collections.abc import Callable

from dreambox_pipeline.generators.synthetic.cast import Cast
from dreambox_pipeline.generators.synthetic.motifs import (
    beings,
    fliers,
    journeys,
    lights,
    people,
    roadside,
    thresholds,
)
from dreambox_pipeline.stages.dreams.model import Motif

# More than this many make a picture no one can read.
MOST = 3


def _nothing(_cast: Cast) -> None:
    """The scene shows it."""


MOTIFS: dict[Motif, Callable[[Cast], None]] = {
    Motif.WHALE: fliers.add_whale,
    Motif.TEETH: fliers.add_teeth,
    Motif.DOOR: thresholds.add_door,
    Motif.STAIRS: thresholds.add_stairs,
    Motif.TRAIN: journeys.add_train,
    Motif.CLOCK: lights.add_clock,
    Motif.CAT: lambda cast: beings.add_animal(cast, "cat"),
    Motif.DOG: lambda cast: beings.add_animal(cast, "dog"),
    Motif.BIRD: fliers.add_birds,
    Motif.FISH: fliers.add_fish,
    Motif.SNAKE: lambda cast: beings.add_animal(cast, "snake"),
    Motif.SPIDER: beings.add_spider,
    Motif.HORSE: lambda cast: beings.add_animal(cast, "horse"),
    Motif.FALLING: fliers.add_falling,
    Motif.FLYING: fliers.add_flying,
    Motif.CHASE: beings.add_pursuer,
    Motif.MOON: lights.add_moon,
    Motif.STARS: lights.add_shooting_stars,
    Motif.MIRROR: thresholds.add_mirror,
    Motif.CAR: roadside.add_car,
    # Empty: on water the dreamer sits in one already, and on land nobody may be added.
    Motif.BOAT: lambda cast: people.add_boat(cast, riders=0),
    Motif.FIRE: roadside.add_fire,
    Motif.FLOOD: _nothing,
    Motif.LIGHT: lights.add_orbs,
    Motif.TREE: roadside.add_tree,
    Motif.FLOWER: roadside.add_flowers,
    Motif.BALLOON: journeys.add_balloons,
    Motif.LANTERN: lights.add_lanterns,
}


def add_motifs(cast: Cast, motifs: tuple[Motif, ...]) -> None:
    """Add the first few of *motifs* to the cast, each once."""
    for motif in tuple(dict.fromkeys(motifs))[:MOST]:
        MOTIFS[motif](cast)
