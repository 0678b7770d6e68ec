"""Inside: a hotel's corridor, an old house, a school, each a passage towards a light."""

from collections.abc import Callable

import numpy as np

from dreambox_pipeline.generators.synthetic.actors import Actor, Dressed, Pose, halo
from dreambox_pipeline.generators.synthetic.bake import Bake
from dreambox_pipeline.generators.synthetic.canvas import DESIGN_WIDTH, Drawable
from dreambox_pipeline.generators.synthetic.cast import Place
from dreambox_pipeline.generators.synthetic.layers import linings
from dreambox_pipeline.generators.synthetic.layers.hall import BELOW, FOCAL, Hall, Surfaces
from dreambox_pipeline.generators.synthetic.layers.rays import Rays
from dreambox_pipeline.generators.synthetic.raster import Ink, blur, sprite
from dreambox_pipeline.generators.synthetic.scenes.plan import Brief, Plan

# Hall units in front of the camera at which the dreamer stands.
_AHEAD = 3.3


def _passage(brief: Brief, lining: Callable[[Bake], Surfaces]) -> Plan:
    bake, palette = brief.bake, brief.bake.palette
    high = bake.stage.design_height
    eye = bake.light.y * high / 960
    glow = palette.at(0.86, lightness=0.70) * 0.7 + palette.lamp * 0.3
    speed = 0.34 - 0.12 * brief.mood
    back: list[Drawable] = [
        Hall(
            bake,
            lining(bake),
            eye_y=eye,
            speed=speed,
            reach=float(bake.rng.uniform(5.0, 6.5)),
            glow=glow,
        ),
        *_far_end(bake, eye),
    ]
    floor = eye + BELOW / _AHEAD * FOCAL * DESIGN_WIDTH
    person = 1.02 / _AHEAD * FOCAL * DESIGN_WIDTH
    side = float(bake.rng.choice((-1, 1)))
    place = Place(
        air=(90, 120, 450, eye + 20), ground=lambda _x: floor, person=person, depth=0.12, air_depth=0.14,
        spots=(270 + side * 6.0, 270 - side * 56.0, 270 + side * 66.0), haze=0.06, is_indoors=True,
    )  # fmt: skip
    rays = Rays(bake, origin=(270, eye), strength=0.10, reach=200, start=30, only_down=False)
    return Plan(back, [], place, glows=(rays,), bloom=0.75, vignette=0.58)


def _far_end(bake: Bake, eye: float) -> list[Drawable]:
    """An arched doorway full of light, its glow, and its streak on the floor."""
    palette, scale = bake.palette, bake.scale
    ink = Ink().blob(
        (-15, 21),
        (-15, -2),
        (-13, -13),
        (-7, -20),
        (0, -22),
        (7, -20),
        (13, -13),
        (15, -2),
        (15, 21),
        (0, 21.5),
    )
    mask, anchor = ink.mask(scale)
    rows = np.linspace(0, 1, mask.shape[0], dtype=np.float32)[:, None, None]
    light = palette.light * (1 - 0.25 * rows) + palette.lamp * 0.25 * rows
    arch = Dressed(sprite(light, blur(mask, 0.6 * scale), bake.rng), anchor)
    width, height = int(120 * scale), int(330 * scale)
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    across = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    streak = np.exp(-((across / (0.20 + 0.55 * down)) ** 2)) * (1 - down) ** 1.5 * 0.42
    streak *= np.clip((1 - np.abs(across)) * 5, 0, 1)
    sheen = Dressed((streak[..., None] * palette.light).astype(np.uint8), (width / 2, 0))
    wide = halo(bake, 150, palette.light * 0.5 + palette.lamp * 0.5, 0.60)

    def breathing(t: float) -> Pose:
        return Pose(
            270, eye, 1 + 0.14 * t / bake.duration_s, 0, 0.95 + 0.05 * float(np.sin(1.3 * t))
        )

    return [
        Actor((sheen,), lambda t: breathing(t)._replace(y=eye + 20), 0.05, glow=True),
        Actor((wide,), breathing, 0.05, glow=True),
        Actor((arch,), lambda t: breathing(t)._replace(light=1.0), 0.05),
    ]


def corridor(brief: Brief) -> Plan:
    """A hotel corridor."""
    return _passage(brief, linings.corridor)


def house(brief: Brief) -> Plan:
    """A hall in an old house."""
    return _passage(brief, linings.house)


def school(brief: Brief) -> Plan:
    """A school's hallway."""
    return _passage(brief, linings.school)
