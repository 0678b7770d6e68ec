"""A city at night: towers beyond a river, down a wet street, or seen from a roof."""

from dreambox_pipeline.generators.synthetic.canvas import Drawable
from dreambox_pipeline.generators.synthetic.cast import Place
from dreambox_pipeline.generators.synthetic.layers.clouds import bake_wisps
from dreambox_pipeline.generators.synthetic.layers.rooftop import bake_roof
from dreambox_pipeline.generators.synthetic.layers.sky import DAWN, NIGHT, bake_sky
from dreambox_pipeline.generators.synthetic.layers.skyline import bake_skyline
from dreambox_pipeline.generators.synthetic.layers.street import bake_lamps, bake_lanes
from dreambox_pipeline.generators.synthetic.layers.water import Water
from dreambox_pipeline.generators.synthetic.scenes.plan import Brief, Plan
from dreambox_pipeline.stages.dreams.model import Motif

# Design pixels the towers go on below their foot, so that a rising camera sees no gap.
_BELOW = 80.0


def city(brief: Brief) -> Plan:
    """By the dice a river, a street or a roof; a flood is the river, a car needs the street."""
    throw = int(brief.bake.rng.integers(0, 3))
    if brief.is_flooded:
        return _river(brief)
    if Motif.CAR in brief.motifs:
        return _street(brief)
    if brief.needs_ground:
        return (_street, _roof)[throw % 2](brief)
    return (_river, _street, _roof)[throw](brief)


def _towers(
    brief: Brief, shore: float, *, below: float = 0.0
) -> tuple[list[Drawable], list[Drawable]]:
    """Sky and the far row; the two nearer rows. All stand on design y *shore*."""
    bake, light = brief.bake, brief.bake.light
    lights = 0.42 - 0.12 * brief.mood
    back: list[Drawable] = [
        bake_sky(
            bake, horizon=shore, tones=DAWN if light.is_sun else NIGHT,
            stars=brief.stars * 0.6 * (not light.is_sun),
        ),
        bake_wisps(
            bake, center=shore - 330, spread=110, depth=0.06, cover=0.42, speed=3.5, opacity=0.7
        ),
        bake_skyline(
            bake, foot=shore, tall=(120, 330), wide=(22, 54), depth=0.10, haze=0.66,
            lights=lights * 0.6, pane=2.0, below=below,
        ),
    ]  # fmt: skip
    middle: list[Drawable] = [
        bake_skyline(
            bake, foot=shore, tall=(80, 270), wide=(30, 66), depth=0.17, haze=0.46, lights=lights,
            pane=2.8, valley=0.35, below=below,
        ),
        bake_wisps(
            bake, center=shore - 40, spread=44, depth=0.18, cover=0.7, speed=4.0, opacity=0.5
        ),
        bake_skyline(
            bake, foot=shore, tall=(46, 180), wide=(38, 84), depth=0.26, haze=0.24, lights=lights,
            pane=3.6, valley=0.72, below=below,
        ),
    ]  # fmt: skip
    return back, middle


def _spots(brief: Brief) -> tuple[float, ...]:
    side = _side(brief)
    first = 270 + side * float(brief.bake.rng.uniform(40, 90))
    return (first, 270 - side * 110, first + side * 90)


def _side(brief: Brief) -> int:
    return 1 if brief.bake.light.x < 270 else -1


def _river(brief: Brief) -> Plan:
    bake, high = brief.bake, brief.bake.stage.design_height
    shore = high * float(bake.rng.uniform(0.60, 0.66))
    back, middle = _towers(brief, shore)
    # Flooded, the lower floors are under water.
    shore -= 62 if brief.is_flooded else 0
    middle.append(Water(bake, horizon=shore, depth=0.26, chop=0.8))
    surface = shore + (high - shore) * float(bake.rng.uniform(0.42, 0.55))
    place = Place(
        air=(20, 90, 520, shore - 230), ground=lambda _x: surface, person=82, depth=0.6,
        spots=_spots(brief), is_water=True,
    )  # fmt: skip
    return Plan(back, middle, place, bloom=0.65)


def _street(brief: Brief) -> Plan:
    bake, high = brief.bake, brief.bake.stage.design_height
    eye = high * float(bake.rng.uniform(0.64, 0.69))
    back, middle = _towers(brief, eye)
    middle += [
        bake_skyline(
            bake, foot=eye + 26, tall=(210, 430), wide=(58, 104), depth=0.36, haze=0.08,
            lights=0.34 - 0.12 * brief.mood, pane=5.0, valley=1.0,
        ),
        # Wet asphalt is water that lies still and is dark.
        Water(bake, horizon=eye + 24, depth=0.36, chop=0.35, mirror=0.55),
        bake_lanes(bake, eye=eye + 10, near=high + 90),
        *bake_lamps(bake, eye=eye + 14, foot=high * 0.90),
    ]  # fmt: skip
    surface = high * float(bake.rng.uniform(0.835, 0.865))
    place = Place(
        air=(20, 90, 520, eye - 220), ground=lambda _x: surface, person=94, depth=0.7,
        spots=_spots(brief), is_wet=True,
    )  # fmt: skip
    kinds = ("rain",) if brief.mood < -0.2 else ("motes",)
    return Plan(back, middle, place, particles=kinds, bloom=0.65)


def _roof(brief: Brief) -> Plan:
    bake, high = brief.bake, brief.bake.stage.design_height
    back, middle = _towers(brief, high * 0.84, below=_BELOW)
    edge = high - float(bake.rng.uniform(186, 216))
    middle += bake_roof(bake, edge, _side(brief))
    place = Place(
        air=(20, 90, 520, high * 0.84 - 330), ground=lambda _x: edge + 34, person=94, depth=1.0,
        spots=_spots(brief),
    )  # fmt: skip
    kinds = ("rain",) if brief.mood < -0.2 else ("motes",)
    return Plan(back, middle, place, particles=kinds, bloom=0.65)
