"""A clearing among firs, fog between the rows, light coming down."""

from dreambox_pipeline.generators.synthetic.canvas import Drawable
from dreambox_pipeline.generators.synthetic.cast import Place
from dreambox_pipeline.generators.synthetic.layers.clouds import bake_wisps
from dreambox_pipeline.generators.synthetic.layers.grass import bake_grass
from dreambox_pipeline.generators.synthetic.layers.rays import Rays
from dreambox_pipeline.generators.synthetic.layers.ridges import bake_ridge
from dreambox_pipeline.generators.synthetic.layers.sky import DAWN, NIGHT, bake_sky
from dreambox_pipeline.generators.synthetic.layers.trees import bake_conifers, bake_framing
from dreambox_pipeline.generators.synthetic.layers.water import Water
from dreambox_pipeline.generators.synthetic.scenes.plan import Brief, Plan


def forest(brief: Brief) -> Plan:
    """Rows of firs that open onto a clearing; flooded, a black pool."""
    bake = brief.bake
    rng, light, high = bake.rng, bake.light, bake.stage.design_height
    ground = high * float(rng.uniform(0.60, 0.74))
    tones = DAWN if light.is_sun else NIGHT
    far, mid, near = (
        bake_ridge(
            bake,
            top=ground + lift,
            amplitude=amplitude,
            depth=depth,
            haze=haze,
            beta=1.9,
            fade=fade,
            rim=0.15,
        )
        for lift, amplitude, depth, haze, fade in (
            (-40, 34, 0.14, 0.72, 90),
            (0, 30, 0.28, 0.58, 110),
            (46, 30, 0.46, 0.44, 130),
        )
    )
    back: list[Drawable] = [
        bake_sky(
            bake, horizon=ground, tones=tones, stars=brief.stars * (not light.is_sun), glow=1.25
        ),
        bake_wisps(
            bake, center=ground - 330, spread=90, depth=0.07, cover=0.35, speed=3.0, opacity=0.55
        ),
        bake_conifers(
            bake, ground=far, depth=0.14, height=(80, 190), count=54, haze=0.70, gap=0.0, edge=0.1
        ),
    ]
    middle: list[Drawable] = [
        far.sheet,
        bake_wisps(
            bake, center=ground - 30, spread=46, depth=0.2, cover=0.85, speed=5.0, opacity=0.6
        ),
        bake_conifers(
            bake, ground=mid, depth=0.28, height=(130, 300), count=34, haze=0.50, gap=0.14, edge=0.2
        ),
        mid.sheet,
        bake_conifers(
            bake, ground=near, depth=0.46, height=(210, 440), count=30, haze=0.28, gap=0.40
        ),
        near.sheet,
        bake_wisps(
            bake, center=ground + 62, spread=34, depth=0.5, cover=0.8, speed=-5.0, opacity=0.5
        ),
    ]
    side = 1 if light.x < 270 else -1
    spots = (
        270 + side * float(rng.uniform(8, 46)),
        270 - side * float(rng.uniform(60, 84)),
        270 + side * 118,
    )
    tall = high * float(rng.uniform(0.70, 0.86))
    front: list[Drawable] = [
        bake_framing(bake, side=-side, depth=1.25, tall=tall, reach=float(rng.uniform(120, 160))),
        bake_framing(
            bake, side=side, depth=1.15, tall=tall * 0.86, reach=float(rng.uniform(110, 140))
        ),
    ]
    rays = Rays(bake, origin=(light.x, light.y), strength=0.42, reach=300, start=light.radius)
    air = (50.0, 80.0, 490.0, ground - 170)
    if brief.is_flooded:
        middle.append(Water(bake, horizon=ground + 92, depth=0.5, chop=0.6))
        surface = ground + 92 + (high - ground - 92) * 0.42
        place = Place(
            air=air, ground=lambda _x: surface, person=84, depth=0.7, spots=spots, is_water=True
        )
        return Plan(back, middle, place, front=front, particles=("fireflies",), glows=(rays,))
    floor = bake_ridge(
        bake,
        top=high - 168,
        amplitude=40,
        depth=0.8,
        haze=0.26,
        beta=2.1,
        fade=0,
        rim=0.35,
        level=0.6,
    )
    middle += [
        bake_grass(bake, along=floor, depth=0.8, tall=(6, 20), count=260, haze=0.16, sway=1.5),
        floor.sheet,
    ]
    front.insert(
        0, bake_grass(bake, along=None, depth=1.1, tall=(130, 250), count=150, haze=0.0, sway=4.0)
    )
    place = Place(
        air=air, ground=lambda x: floor.at(x) + 3, depth=0.8, spots=spots,
        person=94 * float(rng.uniform(0.85, 1.3)),
    )  # fmt: skip
    kind = "fireflies" if brief.mood > -0.35 else "motes"
    return Plan(back, middle, place, front=front, particles=(kind, "motes"), glows=(rays,))
