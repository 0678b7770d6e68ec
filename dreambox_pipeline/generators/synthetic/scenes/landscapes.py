"""Open country under a sky: mountains, dunes, meadows. Any of it may be flooded."""

from dreambox_pipeline.generators.synthetic.bake import Bake
from dreambox_pipeline.generators.synthetic.canvas import Drawable
from dreambox_pipeline.generators.synthetic.cast import Place
from dreambox_pipeline.generators.synthetic.layers.clouds import bake_puffs, bake_wisps
from dreambox_pipeline.generators.synthetic.layers.grass import bake_grass
from dreambox_pipeline.generators.synthetic.layers.landmarks import bake_landmark
from dreambox_pipeline.generators.synthetic.layers.ridges import Ridge, bake_dunes, bake_ridge
from dreambox_pipeline.generators.synthetic.layers.sky import bake_sky
from dreambox_pipeline.generators.synthetic.layers.trees import bake_conifers
from dreambox_pipeline.generators.synthetic.scenes.plan import Brief, Plan
from dreambox_pipeline.generators.synthetic.scenes.waters import (
    CLOUD_TONES,
    over_lake,
    spots_for,
    tones_for,
)


def mountain(brief: Brief) -> Plan:
    """Snow-lit ranges with mist between them, a ledge in front."""
    bake = brief.bake
    rng, high = bake.rng, bake.stage.design_height
    horizon = high * float(rng.uniform(0.56, 0.64))
    back: list[Drawable] = [
        bake_sky(
            bake,
            horizon=horizon * 1.1,
            tones=tones_for(bake),
            stars=brief.stars * (not bake.light.is_sun),
        ),
        bake_wisps(bake, center=horizon - 260, spread=80, depth=0.07, cover=0.35, speed=3.5),
        bake_ridge(
            bake,
            top=horizon - 60,
            amplitude=230,
            depth=0.12,
            haze=0.60,
            beta=1.25,
            fade=190,
            rim=0.55,
            snow=0.95,
        ).sheet,
    ]
    middle: list[Drawable] = [
        bake_wisps(
            bake, center=horizon + 30, spread=60, depth=0.16, cover=0.75, speed=5.0, opacity=0.7
        ),
        bake_ridge(
            bake,
            top=horizon + 50,
            amplitude=180,
            depth=0.24,
            haze=0.36,
            beta=1.25,
            fade=210,
            rim=0.6,
            snow=0.75,
        ).sheet,
        bake_wisps(
            bake, center=horizon + 140, spread=58, depth=0.30, cover=0.8, speed=-4.0, opacity=0.75
        ),
    ]
    if brief.is_flooded:
        return over_lake(brief, back, middle, horizon + 120)
    wood = bake_ridge(
        bake, top=horizon + 175, amplitude=70, depth=0.42, haze=0.36, fade=120, rim=0.25
    )
    middle += [
        bake_conifers(bake, ground=wood, depth=0.42, height=(34, 66), count=58, haze=0.34, gap=0.0),
        wood.sheet,
    ]
    middle.append(
        bake_wisps(
            bake, center=horizon + 265, spread=46, depth=0.5, cover=0.8, speed=6.0, opacity=0.75
        )
    )
    ledge = bake_ridge(
        bake,
        top=high - 120,
        amplitude=130,
        depth=1.0,
        haze=0.0,
        beta=1.45,
        fade=0,
        rim=0.75,
        level=0.75,
    )
    middle.append(ledge.sheet)
    return Plan(
        back,
        middle,
        _on(bake, ledge, person=88, air=(20, 90, 520, horizon - 60)),
        particles=("snow",),
    )


def desert(brief: Brief) -> Plan:
    """Dunes one behind the other under a great light."""
    bake = brief.bake
    rng, high = bake.rng, bake.stage.design_height
    horizon = high * float(rng.uniform(0.57, 0.65))
    back: list[Drawable] = [
        bake_sky(
            bake,
            horizon=horizon,
            tones=tones_for(bake),
            stars=brief.stars * (0.25 if bake.light.is_sun else 1.0),
            glow=1.2,
        ),
        bake_wisps(
            bake, center=horizon - 190, spread=50, depth=0.06, cover=0.28, speed=2.5, opacity=0.6
        ),
        bake_ridge(
            bake, top=horizon - 4, amplitude=50, depth=0.10, haze=0.74, beta=1.5, fade=50, rim=0.3
        ).sheet,
    ]
    middle: list[Drawable] = [
        bake_dunes(bake, top=horizon + 28, amplitude=50, depth=0.18, haze=0.42, sharp=0.8).sheet,
        bake_dunes(bake, top=horizon + 82, amplitude=84, depth=0.32, haze=0.22, sharp=0.95).sheet,
    ]
    if brief.is_flooded:
        return over_lake(brief, back, middle, horizon + 135)
    middle.append(
        bake_dunes(bake, top=horizon + 170, amplitude=105, depth=0.56, haze=0.08, sharp=1.0).sheet
    )
    near = bake_dunes(bake, top=high - 178, amplitude=90, depth=1.0, haze=0.0, sharp=0.75)
    middle.append(near.sheet)
    return Plan(back, middle, _on(bake, near, person=84, air=(20, 90, 520, horizon - 40)))


def meadow(brief: Brief) -> Plan:
    """Rolling hills, tall grass, and fireflies at night."""
    bake = brief.bake
    rng, high = bake.rng, bake.stage.design_height
    horizon = high * float(rng.uniform(0.50, 0.64))
    puffs = bake_puffs(
        bake,
        base=horizon + 30,
        height=float(rng.uniform(130, 220)),
        depth=0.08,
        speed=2.2,
        tones=CLOUD_TONES,
        size=52,
        opacity=0.96,
    )
    back: list[Drawable] = [
        bake_sky(
            bake,
            horizon=horizon * 1.05,
            tones=tones_for(bake),
            stars=brief.stars * (not bake.light.is_sun),
        ),
        puffs,
        bake_ridge(
            bake, top=horizon + 12, amplitude=70, depth=0.14, haze=0.66, beta=1.8, fade=90, rim=0.3
        ).sheet,
    ]
    hill = bake_ridge(
        bake,
        top=horizon + 72,
        amplitude=70,
        depth=0.26,
        haze=0.44,
        beta=2.0,
        fade=120,
        rim=0.45,
        tone=0.35,
    )
    middle: list[Drawable] = [
        bake_conifers(
            bake,
            ground=hill,
            depth=0.26,
            height=(26, 54),
            count=int(rng.integers(0, 30)),
            haze=0.46,
            gap=0.0,
        ),
        hill.sheet,
    ]
    if brief.is_flooded:
        return over_lake(brief, back, middle, horizon + 118)
    slope = bake_ridge(
        bake,
        top=horizon + 150,
        amplitude=float(rng.uniform(30, 110)),
        depth=0.46,
        haze=0.22,
        beta=2.2,
        fade=130,
        rim=0.6,
        tone=0.3,
    )
    middle += [*bake_landmark(bake, slope), slope.sheet]
    near = bake_ridge(
        bake,
        top=high - 175,
        amplitude=70,
        depth=1.0,
        haze=0.17,
        beta=2.3,
        fade=0,
        rim=0.55,
        level=0.5,
    )
    middle += [
        bake_grass(bake, along=near, depth=1.0, tall=(10, 30), count=420, haze=0.10, sway=2.5),
        near.sheet,
    ]
    front: list[Drawable] = [
        bake_grass(bake, along=None, depth=1.12, tall=(150, 290), count=210, haze=0.05, sway=7.0),
        bake_grass(bake, along=None, depth=1.3, tall=(190, 400), count=60, haze=0.0, sway=11.0),
    ]
    particles = ("motes",) if bake.light.is_sun else ("fireflies",)
    return Plan(
        back,
        middle,
        _on(bake, near, person=92, air=(20, 90, 520, horizon - 30)),
        front=front,
        particles=particles,
    )


def _on(
    bake: Bake, ground: Ridge, *, person: float, air: tuple[float, float, float, float]
) -> Place:
    return Place(
        air=air,
        ground=lambda x: ground.at(x) + 3,
        depth=1.0,
        spots=spots_for(bake),
        person=person * float(bake.rng.uniform(0.8, 1.3)),
    )
