"""Above the ground: a sea of clouds with an island of rock, and the edge of a small world in space."""

import numpy as np

from dreambox_pipeline.generators.synthetic.actors import Actor, Dressed, Pose, dress
from dreambox_pipeline.generators.synthetic.bake import Bake
from dreambox_pipeline.generators.synthetic.canvas import Drawable, Sheet, trimmed
from dreambox_pipeline.generators.synthetic.cast import Place
from dreambox_pipeline.generators.synthetic.layers.clouds import bake_puffs, bake_wisps
from dreambox_pipeline.generators.synthetic.layers.rays import Rays
from dreambox_pipeline.generators.synthetic.layers.sky import (
    DAWN,
    NIGHT,
    Tones,
    bake_nebula,
    bake_sky,
)
from dreambox_pipeline.generators.synthetic.layers.water import Water
from dreambox_pipeline.generators.synthetic.noise import line, smoothstep, spectral
from dreambox_pipeline.generators.synthetic.raster import Ink, sprite
from dreambox_pipeline.generators.synthetic.scenes.plan import Brief, Plan
from dreambox_pipeline.generators.synthetic.scenes.waters import over_lake, spots_for

_FAR: Tones = ((0.0, 0.52, 0.46), (0.5, 0.74, 0.66), (1.0, 0.98, 0.90))
_MID: Tones = ((0.0, 0.34, 0.33), (0.5, 0.64, 0.58), (1.0, 0.98, 0.92))
_NEAR: Tones = ((0.0, 0.16, 0.20), (0.5, 0.46, 0.42), (1.0, 0.88, 0.80))


def sky(brief: Brief) -> Plan:
    """Cumulus in three banks; who is there stands on a floating rock."""
    bake = brief.bake
    rng, light, high = bake.rng, bake.light, bake.stage.design_height
    back: list[Drawable] = [
        bake_sky(
            bake,
            horizon=high * 0.8,
            tones=DAWN if light.is_sun else NIGHT,
            stars=brief.stars * (not light.is_sun),
        ),
        bake_wisps(
            bake, center=high * 0.33, spread=120, depth=0.07, cover=0.42, speed=4.0, opacity=0.7
        ),
        bake_puffs(
            bake,
            base=high * 0.66,
            height=float(rng.uniform(120, 210)),
            depth=0.12,
            speed=2.0,
            tones=_FAR,
            size=44,
            opacity=0.96,
        ),
    ]
    middle: list[Drawable] = [
        bake_puffs(
            bake,
            base=high * 0.79,
            height=float(rng.uniform(110, 180)),
            depth=0.30,
            speed=-3.5,
            tones=_MID,
            size=62,
        ),
    ]
    if brief.is_flooded:
        return over_lake(brief, back, [], high * float(rng.uniform(0.66, 0.72)))
    side = 1 if light.x < 270 else -1
    x = 270 + side * float(rng.uniform(10, 70)) * (0.4 if brief.needs_ground else 1.0)
    top = high * float(rng.uniform(0.64, 0.70))
    if brief.has_people or brief.needs_ground:
        size = 178 if brief.needs_ground else 120
        rock = dress(
            bake,
            _rock(rng),
            size,
            haze=0.04,
            towards=bake.towards_light(x, top),
            edge=0.6,
            foot=0.5,
        )
        middle.append(Actor((rock,), lambda _t: Pose(x, top), 0.6))
    back += _far_rocks(brief, high)
    front: list[Drawable] = [
        bake_puffs(bake, base=high * 0.95, height=90, depth=1.15, speed=6.0, tones=_NEAR, size=86),
    ]
    place = Place(
        air=(20, 90, 520, high * 0.56), ground=lambda _x: top + 2, person=84, depth=0.6,
        spots=(x + side * 44, x - side * 66, x + side * 120), haze=0.10,
    )  # fmt: skip
    rays = Rays(
        bake,
        origin=(light.x, light.y),
        strength=0.16,
        reach=300,
        start=light.radius,
        only_down=False,
    )
    return Plan(back, middle, place, front=front, glows=(rays,))


def _far_rocks(brief: Brief, high: float) -> list[Drawable]:
    """Up to three more islands, far off and out of reach."""
    bake, rng = brief.bake, brief.bake.rng
    rocks: list[Drawable] = []
    for _ in range(int(rng.integers(0, 4))):
        size, x = float(rng.uniform(16, 52)), float(rng.uniform(50, 490))
        y, phase = high * float(rng.uniform(0.36, 0.58)), float(rng.random() * 6)
        look = dress(
            bake, _rock(rng), size, haze=0.62, towards=bake.towards_light(x, y), edge=0.7, foot=0.6
        )

        def path(t: float, *, x: float = x, y: float = y, p: float = phase) -> Pose:
            return Pose(x, y + 3 * np.sin(0.5 * t + p))

        rocks.append(Actor((look,), path, 0.14))
    return rocks


def _rock(rng: np.random.Generator) -> Ink:
    """A floating island: level above, ragged below; (0, 0) is its top, 2 wide."""
    under = []
    for u in np.linspace(1.0, -1.0, 27)[1:-1]:
        hang = (1 - abs(float(u)) ** 0.9) * 1.05 + float(rng.uniform(-0.13, 0.13))
        under.append((float(u) * 0.92, 0.10 + max(hang, 0.02)))
    ink = Ink().poly(
        (-0.98, 0.03),
        (-0.6, -0.01),
        (0.6, -0.01),
        (0.98, 0.03),
        (0.95, 0.10),
        *under,
        (-0.95, 0.10),
    )
    for u in np.linspace(-0.9, 0.9, 60):
        tall = float(rng.uniform(0.02, 0.075))
        lean = float(rng.normal()) * 0.02
        ink.poly((float(u) - 0.009, 0.02), (float(u) + 0.009, 0.02), (float(u) + lean, -tall))
    return ink


def space(brief: Brief) -> Plan:
    """A nebula and a ringed planet over the horizon of a little moon."""
    bake = brief.bake
    rng, high = bake.rng, bake.stage.design_height
    radius = float(rng.uniform(460, 760))
    middle_x, top = 270 + float(rng.uniform(-80, 80)), high * float(rng.uniform(0.74, 0.79))

    if brief.is_flooded:
        return _still_sea(brief)

    def ground(x: float) -> float:
        return top + radius - float(np.sqrt(max(radius**2 - (x - middle_x) ** 2, 0.0))) + 3

    side = 1 if bake.light.x < 270 else -1
    spots = (270 + side * float(rng.uniform(15, 60)), 270 - side * 105, 270 + side * 140)
    place = Place(
        air=(20, 80, 520, high * 0.62), ground=ground, person=92, depth=0.8, spots=spots, haze=0.30,
        has_moon=False,
    )  # fmt: skip
    middle: list[Drawable] = [
        _airglow(bake, middle_x, top, radius),
        _moonlet(bake, middle_x, top, radius),
    ]
    return Plan([bake_nebula(bake, stars=brief.stars)], middle, place, bloom=0.6)


def _airglow(bake: Bake, x: float, top: float, radius: float) -> Actor:
    """Thin air over the moonlet's horizon, so that who stands there is seen against it."""
    area = bake.area(0.8, top=top - 190, bottom=top + 150)
    height = np.hypot(area.xs - x, area.ys - top - radius) - radius
    haze = bake.stretched(spectral(bake.rng, 60, 90, 1.9), area)
    lit = 0.55 + 0.45 * np.exp(-(((area.xs - 270) / 200) ** 2))
    value = np.exp(-np.maximum(height, 0) / 66) * lit * (0.72 + 0.4 * haze)
    noise = bake.rng.random((*value.shape, 1), np.float32)
    light = value[..., None] * (bake.palette.fog * 0.92) + noise * (value[..., None] > 0.01)
    look = Dressed(np.clip(light, 0, 255).astype(np.uint8), (0.0, 0.0))
    return Actor((look,), lambda _t: Pose(area.left, area.top), 0.8, glow=True)


def _still_sea(brief: Brief) -> Plan:
    """Flooded, the little moon is a sea without a shore, and the nebula lies in it."""
    bake, high = brief.bake, brief.bake.stage.design_height
    shore = high * 0.68
    place = Place(
        air=(20, 80, 520, shore - 60), ground=lambda _x: shore + (high - shore) * 0.45, person=84,
        depth=0.6, spots=spots_for(bake, 52), haze=0.30, is_water=True, has_moon=False,
    )  # fmt: skip
    sea: list[Drawable] = [Water(bake, horizon=shore, depth=0.2, chop=0.6)]
    return Plan([bake_nebula(bake, stars=brief.stars)], sea, place, bloom=0.6)


def _moonlet(bake: Bake, x: float, top: float, radius: float) -> Sheet:
    area = bake.area(0.8, top=top - 24)
    rough = (line(bake.rng, area.width, 1.4) - 0.5) * 7
    distance = np.hypot(area.xs - x, area.ys - top - radius)
    below = radius - distance + rough[None, :]
    mask = np.clip(below * bake.scale + 0.5, 0, 1)
    relief = bake.stretched(spectral(bake.rng, 200, 220, 1.5), area)
    for _ in range(26):
        cx, cy = float(bake.rng.uniform(-60, 600)), top + 14 + float(bake.rng.random()) ** 0.7 * 260
        # Craters are seen at a slant: flatter the nearer the horizon.
        r = 4 + 30 * float(bake.rng.random()) ** 2.2
        d = np.hypot((area.xs - cx) / r, (area.ys - cy) / (r * (0.25 + (cy - top) / 420)))
        relief = (
            relief
            - 0.30 * (1 - smoothstep(0.5, 1.0, d))
            + 0.22 * np.exp(-(((d - 1.05) / 0.16) ** 2))
        )
    dx, dy = bake.towards_light(270, top)
    gy, gx = np.gradient(relief)
    slope = -(gx * dx + gy * dy) * 9 * bake.scale
    falloff = np.exp(-np.maximum(below, 0) / 120)
    value = 0.07 + 0.30 * falloff * np.clip(0.55 + slope, 0, 1.6) + 0.03 * relief
    colour = bake.palette.ramp(
        np.clip(value, 0, 1), ((0, 0.03, 0.08), (0.5, 0.5, 0.50), (1, 0.95, 0.9))
    )
    edge = np.exp(-np.maximum(below, 0) / 1.8) * 0.8 + 0.25 * np.exp(-np.maximum(below, 0) / 9)
    near = 0.3 + 0.7 * np.exp(-np.abs(area.xs - bake.light.x) / 210)
    colour = colour + (edge * near)[..., None] * bake.palette.light * 0.6
    image = sprite(np.clip(colour, 0, 255), mask, bake.rng)
    return trimmed(image, area.left, area.top, bake.scale, depth=0.8)
