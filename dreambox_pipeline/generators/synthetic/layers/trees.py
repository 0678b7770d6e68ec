"""Conifers: single firs with drooping, ragged boughs, planted along a ridge or framing the picture."""

import cv2
import numpy as np

from dreambox_pipeline.generators.synthetic.bake import Area, Bake, Image
from dreambox_pipeline.generators.synthetic.canvas import Sheet, trimmed
from dreambox_pipeline.generators.synthetic.layers.ridges import Ridge
from dreambox_pipeline.generators.synthetic.raster import blur, rim, sprite

_SUPERSAMPLE = 3


def _fir(rng: np.random.Generator, x: float, foot: float, height: float) -> list[Image]:
    """Outlines of one fir in design pixels."""
    width = height * float(rng.uniform(0.15, 0.20))
    lean = float(rng.normal()) * 0.012
    top = foot - height
    outlines = [
        np.array(
            [
                (x - height * 0.012, foot + 6),
                (x + lean * height - 0.3, top),
                (x + lean * height + 0.3, top),
                (x + height * 0.012, foot + 6),
            ]
        )
    ]
    # Few boughs on a small tree: more would melt into a cone.
    tiers = int(np.clip(height / 7, 9, 40))
    for tier in range(tiers):
        u = (tier + 0.6) / tiers
        y = top + height * (0.03 + 0.86 * u)
        reach = width * (0.06 + 0.94 * u**0.85)
        for side in (-1, 1):
            long = reach * float(rng.uniform(0.62, 1.12))
            drop = long * float(rng.uniform(0.28, 0.52))
            thick = height / tiers * float(rng.uniform(1.0, 1.45))
            tip = (x + side * long, y + drop + thick * 0.4)
            mid = (x + side * long * 0.55, y + drop * 0.35)
            fringe = (x + side * long * 0.62, y + drop * 0.85 + thick * 0.75)
            notch = (x + side * long * 0.40, y + drop * 0.5 + thick * 0.45)
            outlines.append(
                np.array([(x, y - thick * 0.5), mid, tip, fringe, notch, (x, y + thick * 0.9)])
            )
    return outlines


def _fill(area: Area, outlines: list[Image], scale: float) -> Image:
    """Coverage of *area* by *outlines*, one band at a time to keep memory small."""
    mask = np.zeros((area.height * 2, area.width * 2), np.uint8)
    for outline in outlines:
        points = (outline - (area.left, area.top)) * scale * 2 * 16
        cv2.fillPoly(mask, [np.round(points).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return (
        np.asarray(
            cv2.resize(mask, (area.width, area.height), interpolation=cv2.INTER_AREA)
        ).astype(np.float32)
        / 255
    )


def bake_conifers(
    bake: Bake, *, ground: Ridge, depth: float, height: tuple[float, float], count: int, haze: float, gap: float,
    foot_fog: float = 0.3, edge: float = 0.35,
) -> Sheet:  # fmt: skip
    """A stand of firs along *ground*.

    Args:
        bake: The clip.
        ground: The trees stand on its crest.
        depth: Of the sheet.
        height: Shortest and tallest, in design pixels.
        count: Of trees.
        haze: Fog on the trees, from 0 to 1.
        gap: Share of the picture's middle that stays open, from 0 to 1.
        foot_fog: More fog at the feet, from 0 to 1.
        edge: Strength of the rim light.
    """
    lowest = float(ground.crest.max())
    area = bake.area(depth, top=float(ground.crest.min()) - height[1] - 8, bottom=lowest + 10)
    rng = bake.rng
    left, right = float(area.xs[0, 0]), float(area.xs[0, -1])
    outlines: list[Image] = []
    for _ in range(count):
        x = float(rng.uniform(left, right))
        off = abs(x - 270) / 270
        if off < gap:
            continue
        size = height[0] + (height[1] - height[0]) * float(rng.random()) ** 1.4
        size *= 1.0 if gap == 0 else 0.72 + 0.36 * min(off, 1.2)
        outlines += _fir(rng, x, ground.at(x) + 3, size)
    mask = _fill(area, outlines, bake.scale)
    return _painted(
        bake,
        area,
        mask,
        depth=depth,
        haze=haze,
        foot=lowest,
        tall=height[1],
        foot_fog=foot_fog,
        edge=edge,
    )


def _painted(
    bake: Bake, area: Area, mask: Image, *, depth: float, haze: float, foot: float, tall: float, foot_fog: float, edge: float,
    sway: float = 0.0,
) -> Sheet:  # fmt: skip
    palette = bake.palette
    near = np.exp(-np.abs(area.xs - bake.light.x) / 220)
    down = np.clip(1 - (foot - area.ys) / (tall * 0.75), 0, 1)
    amount = np.clip(haze * (0.90 + 0.18 * near) + foot_fog * down**1.6, 0, 0.96)[..., None]
    own = palette.at(0.12, lightness=0.13)
    colour = own * (1 - amount) + palette.fog * amount
    if edge:
        dx, _ = bake.towards_light(270, foot - tall)
        lit = rim(mask, (dx * 0.6 + 0.01, -0.8), 2.2 * bake.scale) * (0.25 + near)
        colour = colour + np.clip(lit * edge, 0, 1)[..., None] * palette.light * 0.55
    image = sprite(np.clip(colour, 0, 255), mask, bake.rng)
    return trimmed(image, area.left, area.top, bake.scale, depth=depth, sway=sway)


def bake_framing(
    bake: Bake, *, side: int, depth: float, tall: float, reach: float, haze: float = 0.0
) -> Sheet:
    """Great firs at one edge of the picture, out of focus, their feet below it.

    Args:
        bake: The clip.
        side: -1 left, 1 right.
        depth: Of the sheet; beyond 1 is nearer than the dreamer.
        tall: Height of the tallest, in design pixels.
        reach: How far into the picture the outermost bough comes, in design pixels.
        haze: Fog, from 0 to 1.
    """
    rng = bake.rng
    foot = bake.stage.design_height + 60
    area = bake.area(depth, top=foot - tall * 1.06)
    outlines: list[Image] = []
    edge = 0.0 if side < 0 else 540.0
    for number in range(3):
        size = tall * (1.0, 0.84, 0.66)[number] * float(rng.uniform(0.94, 1.04))
        x = edge - side * (reach - size * 0.19 - number * 22) + side * 10
        outlines += _fir(rng, x + float(rng.uniform(-10, 10)), foot, size)
    mask = blur(_fill(area, outlines, bake.scale), 0.7 * bake.scale)
    return _painted(
        bake, area, mask, depth=depth, haze=haze, foot=foot, tall=tall, foot_fog=0.0, edge=0.30
    )
