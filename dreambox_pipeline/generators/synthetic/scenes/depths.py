"""Under water: shafts of light, rocks in the blue, kelp, a sandy floor."""

from dreambox_pipeline.generators.synthetic.canvas import Drawable
from dreambox_pipeline.generators.synthetic.cast import Place
from dreambox_pipeline.generators.synthetic.layers.deep import bake_kelp, bake_water_column
from dreambox_pipeline.generators.synthetic.layers.rays import Rays
from dreambox_pipeline.generators.synthetic.layers.ridges import bake_dunes, bake_ridge
from dreambox_pipeline.generators.synthetic.scenes.plan import Brief, Plan


def underwater(brief: Brief) -> Plan:
    """The sea floor, seen looking up the slope of the light."""
    bake = brief.bake
    rng, high = bake.rng, bake.stage.design_height
    floor = high * float(rng.uniform(0.73, 0.84))
    # How far the rocks behind rise.
    rise = float(rng.uniform(-90, 70))
    back: list[Drawable] = [
        bake_water_column(bake),
        bake_ridge(
            bake,
            top=high * 0.60 + rise,
            amplitude=float(rng.uniform(90, 260)),
            depth=0.10,
            haze=0.36,
            beta=1.6,
            fade=0,
            rim=0.06,
        ).sheet,
        bake_ridge(
            bake,
            top=high * 0.69 + rise * 0.4,
            amplitude=float(rng.uniform(70, 190)),
            depth=0.20,
            haze=0.24,
            beta=1.6,
            fade=0,
            rim=0.08,
        ).sheet,
    ]
    side = 1 if bake.light.x < 270 else -1
    middle: list[Drawable] = [
        bake_kelp(bake, depth=0.32, haze=0.30, xs=(-40, 580), count=13, tall=330),
        bake_dunes(bake, top=floor - 40, amplitude=44, depth=0.45, haze=0.22, sharp=0.6).sheet,
    ]
    near = bake_dunes(bake, top=floor + 34, amplitude=36, depth=0.8, haze=0.05, sharp=0.5)
    middle.append(near.sheet)
    outer = (-50.0, 70.0) if side > 0 else (470.0, 590.0)
    inner = (480.0, 590.0) if side > 0 else (-50.0, 60.0)
    front: list[Drawable] = [
        bake_kelp(
            bake, depth=1.1, haze=0.0, xs=outer, count=8, tall=high * float(rng.uniform(0.5, 0.66))
        ),
        bake_kelp(
            bake, depth=1.1, haze=0.0, xs=inner, count=6, tall=high * float(rng.uniform(0.3, 0.42))
        ),
    ]
    place = Place(
        air=(30, 150, 510, floor - 130), ground=lambda x: near.at(x) + 4, person=84, depth=0.8, haze=0.16,
        has_sky=False, has_moon=False, spots=(270 + side * float(rng.uniform(0, 80)), 270 - side * 90.0, 270 + side * 140.0),
    )  # fmt: skip
    rays = Rays(bake, origin=(bake.light.x, -150), strength=0.8, reach=520, start=60)
    # There is water enough: a flood is felt as a rush of air through it.
    kinds = ("bubbles", "motes", *(("torrent",) if brief.is_flooded else ()))
    return Plan(back, middle, place, front=front, particles=kinds, glows=(rays,), bloom=0.6)
