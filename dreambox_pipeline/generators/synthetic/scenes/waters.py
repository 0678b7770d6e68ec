"""Open water: the sea, a misty lake, and the lake any flooded country becomes."""

from dreambox_pipeline.generators.synthetic.bake import Bake
from dreambox_pipeline.generators.synthetic.canvas import Drawable
from dreambox_pipeline.generators.synthetic.cast import Place
from dreambox_pipeline.generators.synthetic.layers.clouds import bake_puffs, bake_wisps
from dreambox_pipeline.generators.synthetic.layers.rays import Rays
from dreambox_pipeline.generators.synthetic.layers.ridges import bake_ridge
from dreambox_pipeline.generators.synthetic.layers.sky import DAWN, NIGHT, Tones, bake_sky
from dreambox_pipeline.generators.synthetic.layers.trees import bake_conifers
from dreambox_pipeline.generators.synthetic.layers.water import Water
from dreambox_pipeline.generators.synthetic.scenes.plan import Brief, Plan

CLOUD_TONES: Tones = ((0.0, 0.30, 0.30), (0.5, 0.62, 0.56), (1.0, 0.98, 0.92))


def tones_for(bake: Bake) -> Tones:
    """The sky's tones: day with a sun, night with a moon."""
    return DAWN if bake.light.is_sun else NIGHT


def spots_for(bake: Bake, apart: float = 0.0) -> tuple[float, ...]:
    """Three places on the ground, the first off the center on the side away from the light."""
    rng = bake.rng
    side = 1 if bake.light.x < 270 else -1
    first = 270 + side * (float(rng.uniform(8, 105)) + apart * 0.7)
    return (
        first,
        first - side * (float(rng.uniform(95, 135)) + 2 * apart),
        first + side * float(rng.uniform(75, 105)),
    )


def ocean(brief: Brief) -> Plan:
    """A calm sea, islands far off, a road of light."""
    bake = brief.bake
    rng, high = bake.rng, bake.stage.design_height
    horizon = high * float(rng.uniform(0.54, 0.68))
    back: list[Drawable] = [
        bake_sky(
            bake,
            horizon=horizon,
            tones=tones_for(bake),
            stars=brief.stars * (not bake.light.is_sun),
        ),
        bake_wisps(
            bake,
            center=horizon - float(rng.uniform(90, 200)),
            spread=90,
            depth=0.08,
            cover=0.42 - 0.12 * brief.mood,
            speed=3.0 * rng.choice((-1, 1)),
        ),
    ]
    if rng.random() < 0.6:
        back.append(
            bake_puffs(
                bake,
                base=horizon + 6,
                height=float(rng.uniform(70, 130)),
                depth=0.09,
                speed=1.6,
                tones=CLOUD_TONES,
                size=34,
                opacity=0.9,
            )
        )
    islands = bake_ridge(
        bake,
        top=horizon - 6,
        amplitude=float(rng.uniform(40, 85)),
        depth=0.12,
        haze=0.62,
        beta=1.7,
        fade=50,
        rim=0.35,
    )
    middle: list[Drawable] = [
        islands.sheet,
        bake_wisps(
            bake, center=horizon + 2, spread=9, depth=0.12, cover=0.9, speed=2.0, opacity=0.75
        ),
        Water(
            bake,
            horizon=horizon + (-26 if brief.is_flooded else 8),
            chop=(1.0 - 0.25 * brief.mood) * (2.4 if brief.is_flooded else 1),
        ),
    ]
    surface = horizon + (high - horizon) * float(rng.uniform(0.42, 0.58))
    place = Place(
        air=(20, 90, 520, horizon - 60), ground=lambda _x: surface, person=float(rng.uniform(74, 92)), depth=0.6,
        spots=spots_for(bake, 52), is_water=True,
    )  # fmt: skip
    # A sea cannot be flooded: it rises, and it rains.
    return Plan(back, middle, place, particles=("motes", *(("rain",) if brief.is_flooded else ())))


def lake(brief: Brief) -> Plan:
    """A misty lake among wooded hills: for dreams that do not say where."""
    bake = brief.bake
    high = bake.stage.design_height
    horizon = high * float(bake.rng.uniform(0.55, 0.62))
    wood = bake_ridge(bake, top=horizon - 12, amplitude=76, depth=0.16, haze=0.46, fade=90, rim=0.2)
    back: list[Drawable] = [
        bake_sky(
            bake,
            horizon=horizon,
            tones=tones_for(bake),
            stars=brief.stars * (not bake.light.is_sun),
        ),
        bake_ridge(
            bake,
            top=horizon - 60,
            amplitude=110,
            depth=0.09,
            haze=0.70,
            beta=1.5,
            fade=110,
            rim=0.4,
        ).sheet,
    ]
    middle: list[Drawable] = [
        bake_conifers(bake, ground=wood, depth=0.16, height=(30, 70), count=70, haze=0.46, gap=0.0),
        wood.sheet,
        bake_wisps(
            bake, center=horizon + 18, spread=34, depth=0.17, cover=0.8, speed=4.0, opacity=0.8
        ),
    ]
    # Flooded, the trees on the shore stand in it.
    return over_lake(brief, back, middle, horizon + (-22 if brief.is_flooded else 34))


def over_lake(brief: Brief, back: list[Drawable], middle: list[Drawable], shore: float) -> Plan:
    """Water from design y *shore* on, before what *back* and *middle* hold."""
    bake = brief.bake
    high = bake.stage.design_height
    middle.append(Water(bake, horizon=shore, depth=0.2, chop=0.75))
    surface = shore + (high - shore) * 0.5
    place = Place(
        air=(20, 90, 520, shore - 170), ground=lambda _x: surface, person=84, depth=0.6, spots=spots_for(bake, 52), is_water=True,
    )  # fmt: skip
    return Plan(back, middle, place, glows=(_shafts(bake, 0.35),))


def _shafts(bake: Bake, strength: float) -> Rays:
    return Rays(
        bake,
        origin=(bake.light.x, bake.light.y),
        strength=strength,
        reach=330,
        start=bake.light.radius,
    )
