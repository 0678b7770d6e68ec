"""A city at night: towers beyond a river, or seen from a roof."""

import numpy as np

from dreambox_pipeline.generators.synthetic.bake import Bake
from dreambox_pipeline.generators.synthetic.canvas import Drawable, Sheet, trimmed
from dreambox_pipeline.generators.synthetic.cast import Place
from dreambox_pipeline.generators.synthetic.layers.clouds import bake_wisps
from dreambox_pipeline.generators.synthetic.layers.sky import DAWN, NIGHT, bake_sky
from dreambox_pipeline.generators.synthetic.layers.skyline import bake_skyline
from dreambox_pipeline.generators.synthetic.layers.water import Water
from dreambox_pipeline.generators.synthetic.raster import Ink, rim, sprite
from dreambox_pipeline.generators.synthetic.scenes.plan import Brief, Plan


def city(brief: Brief) -> Plan:
    """Three rows of towers; flooded or by the dice a river, else a roof."""
    bake = brief.bake
    rng, light, high = bake.rng, bake.light, bake.stage.design_height
    river = brief.is_flooded or rng.random() < 0.5
    shore = high * float(rng.uniform(0.60, 0.66)) if river else high * 0.84
    lights = 0.42 - 0.12 * brief.mood
    back: list[Drawable] = [
        bake_sky(
            bake,
            horizon=shore,
            tones=DAWN if light.is_sun else NIGHT,
            stars=brief.stars * 0.6 * (not light.is_sun),
        ),
        bake_wisps(
            bake, center=shore - 330, spread=110, depth=0.06, cover=0.42, speed=3.5, opacity=0.7
        ),
        bake_skyline(
            bake,
            foot=shore,
            tall=(120, 330),
            wide=(22, 54),
            depth=0.10,
            haze=0.66,
            lights=lights * 0.6,
            pane=2.0,
        ),
    ]
    middle: list[Drawable] = [
        bake_skyline(
            bake,
            foot=shore,
            tall=(80, 270),
            wide=(30, 66),
            depth=0.17,
            haze=0.42,
            lights=lights,
            pane=2.8,
            valley=0.35,
        ),
        bake_wisps(
            bake, center=shore - 40, spread=44, depth=0.18, cover=0.7, speed=4.0, opacity=0.45
        ),
        bake_skyline(
            bake,
            foot=shore,
            tall=(46, 180),
            wide=(38, 84),
            depth=0.26,
            haze=0.18,
            lights=lights,
            pane=3.6,
            valley=0.65,
        ),
    ]
    side = 1 if light.x < 270 else -1
    spots = (270 + side * float(rng.uniform(70, 105)), 270 - side * 115, 270 + side * 170)
    air = (20.0, 90.0, 520.0, shore - (230 if river else 330))
    if river:
        middle.append(Water(bake, horizon=shore, depth=0.26, chop=0.8))
        surface = shore + (high - shore) * float(rng.uniform(0.42, 0.55))
        place = Place(
            air=air, ground=lambda _x: surface, person=82, depth=0.6, spots=spots, is_water=True
        )
        return Plan(back, middle, place, bloom=0.65)
    roof = high - 150
    middle.append(_roof(bake, roof))
    place = Place(air=air, ground=lambda _x: roof + 2, person=94, depth=1.0, spots=spots)
    kinds = ("rain",) if brief.mood < -0.2 else ("motes",)
    return Plan(back, middle, place, particles=kinds, bloom=0.65)


def _roof(bake: Bake, top: float) -> Sheet:
    """A flat roof with a parapet, a tank and aerials at its edges."""
    ink = Ink().poly((-110, top), (650, top), (650, top + 260), (-110, top + 260))
    ink.poly((-110, top - 4), (650, top - 4), (650, top + 7), (-110, top + 7))
    side = 1 if bake.light.x < 270 else -1
    x = 270 + side * 196
    for leg in (-24, 0, 24):
        ink.stroke([(x + leg, top), (x + leg * 0.9, top - 46)], 3.4)
    ink.stroke([(x - 24, top - 8), (x + 22, top - 40)], 1.8)
    ink.stroke([(x + 24, top - 8), (x - 22, top - 40)], 1.8)
    ink.poly((x - 33, top - 44), (x + 33, top - 44), (x + 33, top - 104), (x - 33, top - 104))
    ink.poly((x - 38, top - 103), (x + 38, top - 103), (x, top - 132))
    y = 270 - side * 206
    ink.stroke([(y, top), (y, top - 128)], 2.4)
    for height, reach in ((118, 20), (104, 28), (90, 24), (76, 16)):
        ink.stroke([(y - reach, top - height), (y + reach, top - height)], 1.6)
    mask, anchor = ink.mask(bake.scale)
    lit = rim(mask, (bake.towards_light(270, top)[0], -0.8), 1.8 * bake.scale)[..., None]
    image = sprite(
        np.clip(bake.palette.shadow + lit * bake.palette.light * 0.5, 0, 255), mask, bake.rng
    )
    return trimmed(image, -anchor[0] / bake.scale, -anchor[1] / bake.scale, bake.scale, depth=1.0)
