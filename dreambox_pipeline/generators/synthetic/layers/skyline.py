"""Cities: rows of buildings with lit windows, one row behind the other."""

import cv2
import numpy as np

from dreambox_pipeline.generators.synthetic.bake import Area, Bake, Image
from dreambox_pipeline.generators.synthetic.canvas import Sheet, trimmed
from dreambox_pipeline.generators.synthetic.raster import blur, rim, sprite


def bake_skyline(
    bake: Bake, *, foot: float, tall: tuple[float, float], wide: tuple[float, float], depth: float, haze: float,
    lights: float, pane: float, valley: float = 0.0, below: float = 0.0,
) -> Sheet:  # fmt: skip
    """One row of buildings.

    Args:
        bake: The clip.
        foot: Design y they stand on.
        tall: Lowest and highest, in design pixels.
        wide: Narrowest and widest, in design pixels.
        depth: Of the sheet.
        haze: Fog, from 0 to 1.
        lights: Share of windows that are lit.
        pane: Width of a window in design pixels.
        below: Design pixels the row goes on below its foot, for a camera that looks over an edge.
        valley: How much lower the row is in the picture's middle, from 0 to 1.
    """
    area = bake.area(depth, top=foot - tall[1] * 1.3, bottom=foot + 4 + below)
    rng = bake.rng
    mask = np.zeros((area.height, area.width), np.uint8)
    glow = np.zeros((area.height, area.width), np.float32)
    tint = np.zeros_like(glow)
    x, right = float(area.xs[0, 0]), float(area.xs[0, -1])
    while x < right:
        width = float(rng.uniform(*wide))
        dip = 1 - valley * np.exp(-(((x + width / 2 - 270) / 150) ** 2))
        height = (tall[0] + (tall[1] - tall[0]) * float(rng.random()) ** 1.7) * dip
        _building(bake, area, mask, x=x, top=foot - height, width=width)
        _windows(
            bake,
            area,
            (glow, tint),
            x=x,
            top=foot - height,
            width=width,
            foot=foot,
            lights=lights,
            pane=pane,
        )
        x += width * float(rng.uniform(0.86, 1.06))
    return _painted(
        bake,
        area,
        mask.astype(np.float32) / 255,
        glow,
        tint,
        foot=foot,
        tall=tall[1],
        haze=haze,
        depth=depth,
    )


def _rect(bake: Bake, area: Area, mask: Image, box: tuple[float, float, float, float]) -> None:
    x0, y0, x1, y1 = box
    points = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)])
    points = (points - (area.left, area.top)) * bake.scale * 16
    cv2.fillPoly(mask, [np.round(points).astype(np.int32)], 255, cv2.LINE_AA, 4)


def _building(bake: Bake, area: Area, mask: Image, *, x: float, top: float, width: float) -> None:
    rng = bake.rng
    _rect(bake, area, mask, (x, top, x + width, float(area.ys[-1, 0]) + 2))
    kind = int(rng.integers(0, 6))
    middle = x + width / 2
    if kind == 0:
        _rect(bake, area, mask, (x + width * 0.18, top - width * 0.22, x + width * 0.82, top))
        _rect(bake, area, mask, (x + width * 0.34, top - width * 0.42, x + width * 0.66, top))
    elif kind == 1:
        _rect(bake, area, mask, (middle - 0.7, top - width * 0.75, middle + 0.7, top))
        _rect(bake, area, mask, (x + width * 0.3, top - width * 0.10, x + width * 0.7, top))
    elif kind == 2:
        roof = np.array([(x, top + 0.5), (x + width, top + 0.5), (x + width, top - width * 0.34)])
        points = (roof - (area.left, area.top)) * bake.scale * 16
        cv2.fillPoly(mask, [np.round(points).astype(np.int32)], 255, cv2.LINE_AA, 4)
    elif kind == 3:
        spire = np.array(
            [
                (x + width * 0.2, top + 0.5),
                (x + width * 0.8, top + 0.5),
                (middle, top - width * 0.8),
            ]
        )
        points = (spire - (area.left, area.top)) * bake.scale * 16
        cv2.fillPoly(mask, [np.round(points).astype(np.int32)], 255, cv2.LINE_AA, 4)


def _windows(
    bake: Bake, area: Area, planes: tuple[Image, Image], *, x: float, top: float, width: float, foot: float,
    lights: float, pane: float,
) -> None:  # fmt: skip
    rng, scale = bake.rng, bake.scale
    glow, tint = planes
    across = max(int(width / (pane * 2.1)), 1)
    down = max(int((foot - top) / (pane * 2.7)), 1)
    # Offices go dark floor by floor, homes one by one; some of each.
    floors = rng.random(down) < 0.30
    step = width / across
    for row in range(down):
        y = top + pane * 1.4 + row * pane * 2.7
        for column in range(across):
            if rng.random() > lights * (1.8 if floors[row] else 0.7):
                continue
            left = (x + step * (column + 0.5) - pane / 2 - area.left) * scale
            upper = (y - area.top) * scale
            x0, x1 = int(left), max(int(left + pane * scale), int(left) + 1)
            y0, y1 = int(upper), max(int(upper + pane * 1.45 * scale), int(upper) + 1)
            if x0 < 0 or y0 < 0 or y1 > glow.shape[0]:
                continue
            # Later buildings stand in front and cover the windows of earlier ones.
            glow[y0:y1, x0:x1] = float(rng.uniform(0.35, 1.0))
            tint[y0:y1, x0:x1] = float(rng.random() < 0.2)


def _painted(
    bake: Bake,
    area: Area,
    mask: Image,
    glow: Image,
    tint: Image,
    *,
    foot: float,
    tall: float,
    haze: float,
    depth: float,
) -> Sheet:
    palette = bake.palette
    down = np.clip(1 - (foot - area.ys) / tall, 0, 1)
    near = np.exp(-np.abs(area.xs - bake.light.x) / 220)
    amount = np.clip(haze * (0.9 + 0.15 * near) + (0.12 + 0.3 * haze) * down**1.5, 0, 0.93)[
        ..., None
    ]
    own = palette.at(0.12, lightness=0.13)
    colour = own * (1 - amount) + palette.fog * amount
    dx, _ = bake.towards_light(270, foot - tall)
    lit = rim(mask, (dx + 0.01, -0.9), 1.6 * bake.scale) * (0.15 + 0.6 * near) * (1 - haze * 0.5)
    colour = colour + lit[..., None] * palette.light * 0.5
    lamp = palette.lamp * (1 - tint[..., None]) + palette.light * tint[..., None]
    strength = (glow * mask * (1 - haze * 0.72))[..., None]
    colour = colour * (1 - strength) + lamp * strength
    colour = colour + blur(glow * mask, 3.5 * bake.scale)[..., None] * lamp * 0.22
    image = sprite(np.clip(colour, 0, 255), mask, bake.rng)
    return trimmed(image, area.left, area.top, bake.scale, depth=depth)
