"""One thing on a hill far off that makes a country this country: a tree, a cottage, old stones."""

from dreambox_pipeline.generators.synthetic import objects
from dreambox_pipeline.generators.synthetic.actors import Actor, Pose, dress, halo
from dreambox_pipeline.generators.synthetic.bake import Bake
from dreambox_pipeline.generators.synthetic.canvas import Drawable
from dreambox_pipeline.generators.synthetic.layers.ridges import Ridge


def bake_landmark(bake: Bake, hill: Ridge) -> list[Drawable]:
    """What the dice put on *hill*: nothing, a round tree, a cottage with a light, or stones."""
    kind = int(bake.rng.integers(0, 4))
    x = 270 + (1 if bake.light.x > 270 else -1) * float(bake.rng.uniform(60, 190))
    # A little below the crest, whose own front will hide the foot.
    y, depth = hill.at(x) + 5, hill.sheet.depth
    if kind == 0:
        return []
    ink, size = (
        (objects.round_tree(bake.rng), 150.0),
        (objects.cottage(), 84.0),
        (objects.stones(bake.rng), 64.0),
    )[kind - 1]
    shape = dress(bake, ink, size, haze=0.22, towards=bake.towards_light(x, y - 40), edge=0.7)
    drawables: list[Drawable] = [Actor((shape,), lambda _t: Pose(x, y), depth)]
    if kind == 2:
        lamp = halo(bake, 26, bake.palette.lamp, 0.95, power=1.5)
        small, wide = Pose(x + 3, y - 22, 0.5), Pose(x + 3, y - 22, 1.5, 0, 0.4)
        drawables.append(Actor((lamp,), lambda _t: small, depth, glow=True))
        drawables.append(Actor((lamp,), lambda _t: wide, depth, glow=True))
    return drawables
