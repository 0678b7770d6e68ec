"""Inside: a hotel's corridor, an old house, a school, each a passage towards a light.

The dice place the vanishing point, make the passage wider or higher, choose what it is lined with
and what stands at its end. Flooded, a boat takes the dreamer down it.
"""

from collections.abc import Callable

import numpy as np

from dreambox_pipeline.generators.synthetic.actors import Actor, Dressed, Pose, halo
from dreambox_pipeline.generators.synthetic.bake import Bake
from dreambox_pipeline.generators.synthetic.canvas import DESIGN_WIDTH, Drawable
from dreambox_pipeline.generators.synthetic.cast import Place
from dreambox_pipeline.generators.synthetic.layers import linings
from dreambox_pipeline.generators.synthetic.layers.hall import (
    FOCAL,
    PERIOD,
    Hall,
    Section,
    Surfaces,
)
from dreambox_pipeline.generators.synthetic.layers.hall_water import HallWater
from dreambox_pipeline.generators.synthetic.layers.rays import Rays
from dreambox_pipeline.generators.synthetic.raster import Ink, blur, sprite
from dreambox_pipeline.generators.synthetic.scenes.plan import Brief, Plan

# Hall units in front of the camera at which the dreamer stands.
_AHEAD = 3.3
# How high a flood stands on the floor, in hall units: to the knee.
_DEEP = 0.24


def _passage(brief: Brief, lining: Callable[[Bake], Surfaces]) -> Plan:
    bake, palette, rng = brief.bake, brief.bake.palette, brief.bake.rng
    section = Section(
        bake.light.x, bake.light.y * bake.stage.design_height / 960,
        half=float(rng.uniform(0.86, 1.22)), above=float(rng.uniform(1.0, 1.75)),
    )  # fmt: skip
    hall = Hall(
        bake, lining(bake), section=section, start=float(rng.uniform(0, PERIOD)),
        speed=0.34 - 0.12 * brief.mood, reach=float(rng.uniform(5.0, 6.5)),
        glow=palette.at(0.86, lightness=0.70) * 0.7 + palette.lamp * 0.3,
    )  # fmt: skip
    back: list[Drawable] = [hall, *_far_end(bake, section)]
    deep = _DEEP if brief.is_flooded else 0.0
    middle: list[Drawable] = [HallWater(bake, section, deep=deep)] if brief.is_flooded else []
    unit = FOCAL * DESIGN_WIDTH / _AHEAD
    floor = section.y + (section.below - deep) * unit
    side, aside = float(rng.choice((-1, 1))), float(rng.uniform(8, 34))
    place = Place(
        air=(60, 170, 480, section.y + 10), ground=lambda _x: floor,
        person=(0.86 if brief.is_flooded else 1.02) * unit, depth=0.12, air_depth=0.14,
        spots=(section.x + side * aside, section.x - side * 58.0, section.x + side * 74.0),
        haze=0.58, is_indoors=True, is_water=brief.is_flooded, has_sky=False, has_moon=False,
    )  # fmt: skip
    rays = Rays(
        bake, origin=(section.x, section.y), strength=0.10, reach=200, start=30, only_down=False
    )
    return Plan(back, middle, place, glows=(rays,), bloom=0.75, vignette=0.52)


def _ending(rng: np.random.Generator) -> Ink:
    """What the passage leads to: an arch, a pointed one, a doorway, or a round window."""
    kind = int(rng.integers(0, 4))
    if kind == 0:
        return Ink().blob(
            (-15, 21), (-15, -2), (-13, -13), (-7, -20), (0, -22), (7, -20), (13, -13), (15, -2),
            (15, 21), (0, 21.5),
        )  # fmt: skip
    if kind == 1:
        left = [(-14, 21), (-14, -4), (-11, -15), (-5, -24), (0, -29)]
        return Ink().poly(*left, *((-x, y) for x, y in left[-2::-1]))
    if kind == 2:
        return (
            Ink()
            .poly((-17, 21), (-17, -24), (-0.9, -24), (-0.9, 21))
            .poly((0.9, 21), (0.9, -24), (17, -24), (17, 21))
        )
    ink = Ink().disc(0, -2, 20)
    for bar in (
        [(-1, -24), (1, -24), (1, 20), (-1, 20)],
        [(-22, -3), (22, -3), (22, -1), (-22, -1)],
    ):
        x, y = np.mean(bar, axis=0)
        ink.cut(*((x + (a - x) * 1.1, y + (b - y) * 1.1) for a, b in bar))
    return ink


def _far_end(bake: Bake, section: Section) -> list[Drawable]:
    """An opening full of light, its glow, and its streak on the floor."""
    palette, scale = bake.palette, bake.scale
    mask, anchor = _ending(bake.rng).mask(scale)
    rows = np.linspace(0, 1, mask.shape[0], dtype=np.float32)[:, None, None]
    light = palette.light * (1 - 0.25 * rows) + palette.lamp * 0.25 * rows
    opening = Dressed(sprite(light, blur(mask, 0.6 * scale), bake.rng), anchor)
    width, height = int(120 * scale), int(330 * scale)
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    across = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    streak = np.exp(-((across / (0.20 + 0.55 * down)) ** 2)) * (1 - down) ** 1.5 * 0.42
    streak *= np.clip((1 - np.abs(across)) * 5, 0, 1)
    sheen = Dressed((streak[..., None] * palette.light).astype(np.uint8), (width / 2, 0))
    wide = halo(bake, 150, palette.light * 0.5 + palette.lamp * 0.5, 0.60)

    def breathing(t: float) -> Pose:
        grown, shine = 1 + 0.14 * t / bake.duration_s, 0.95 + 0.05 * float(np.sin(1.3 * t))
        return Pose(section.x, section.y, grown, 0, shine)

    return [
        Actor((sheen,), lambda t: breathing(t)._replace(y=section.y + 20), 0.05, glow=True),
        Actor((wide,), breathing, 0.05, glow=True),
        Actor((opening,), lambda t: breathing(t)._replace(light=1.0), 0.05),
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
