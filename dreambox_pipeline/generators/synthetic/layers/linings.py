"""What a hall is lined with: one period of wall, floor and ceiling, for three kinds of house."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from dreambox_pipeline.generators.synthetic.bake import Bake
from dreambox_pipeline.generators.synthetic.layers.hall import (
    COLUMNS,
    FLAT_ROWS,
    WALL_ROWS,
    Surfaces,
)
from dreambox_pipeline.generators.synthetic.noise import spectral
from dreambox_pipeline.generators.synthetic.raster import blur

Image = NDArray[Any]
# Left, top, width and height as shares of an image.
Box = tuple[float, float, float, float]


def _sheet(bake: Bake, rows: int, colour: Image, rough: float = 0.16) -> Image:
    cloth = spectral(bake.rng, rows // 4, COLUMNS // 4, 1.3)
    cloth = np.asarray(cv2.resize(cloth, (COLUMNS, rows), interpolation=cv2.INTER_CUBIC))
    return np.asarray(colour * (1 - rough / 2 + rough * cloth)[..., None], dtype=np.float32)


def _box(image: Image, box: Box, factor: float) -> None:
    """Multiply a rectangle, given in shares of the image, by *factor*."""
    x, y, width, height = box
    rows, columns = image.shape[:2]
    part = image[
        int(y * rows) : int((y + height) * rows), int(x * columns) : int((x + width) * columns)
    ]
    part *= factor


def _panel(image: Image, x: float, y: float, width: float, height: float) -> None:
    """A recessed panel: dark above and left, light below and right."""
    line_x, line_y = 0.006, 0.008
    _box(image, (x, y, width, height), 0.80)
    _box(image, (x, y, width, line_y), 0.45)
    _box(image, (x, y, line_x, height), 0.55)
    _box(image, (x, y + height - line_y, width, line_y), 1.75)
    _box(image, (x + width - line_x, y, line_x, height), 1.5)


def _lamp(
    image: Image, x: float, y: float, *, reach: float, colour: Image, strength: float
) -> None:
    """Light thrown on the wall around a lamp, in place; wraps around the period."""
    rows, columns = image.shape[:2]
    ys, xs = np.mgrid[0:rows, 0:columns].astype(np.float32)
    dx = np.abs(xs / columns - x)
    dx = np.minimum(dx, 1 - dx) * 1.2
    dy = ys / rows - y
    light = np.exp(-(dx**2 + dy**2) / reach**2) * strength
    bulb = np.exp(-((dx / 0.014) ** 2) - (dy / 0.032) ** 2) * 1.6
    # Screened, so that the wall's own red does not clip and leave the lamp green.
    shine = np.clip(light + np.clip(bulb, 0, 1), 0, 1)[..., None] * colour / 255
    image += np.maximum(255 - image, 0) * shine


def corridor(bake: Bake) -> Surfaces:
    """A hotel that goes on: papered walls, doors, sconces, a runner with diamonds."""
    palette = bake.palette
    wall = _sheet(bake, WALL_ROWS, palette.at(0.45, lightness=0.40))
    xs = np.linspace(0, 1, COLUMNS, endpoint=False)[None, :]
    ys = np.linspace(0, 1, WALL_ROWS)[:, None]
    damask = np.cos(2 * np.pi * 14 * xs) * np.cos(2 * np.pi * 10 * ys) + 0.4 * np.cos(
        2 * np.pi * 28 * xs
    )
    wall *= (1 + 0.06 * np.where(ys < 0.66, damask, 0))[..., None]
    _box(wall, (0, 0.66, 1, 0.34), 0.62)
    for x in (0.02, 0.56, 0.79):
        _panel(wall, x, 0.72, 0.19, 0.20)
    _box(wall, (0, 0.655, 1, 0.014), 1.8)
    _box(wall, (0, 0.955, 1, 0.045), 0.6)
    _box(wall, (0, 0.03, 1, 0.012), 1.5)
    _door(wall, 0.24, 0.30, 0.28)
    _lamp(wall, 0.78, 0.40, reach=0.16, colour=palette.lamp, strength=0.78)
    floor = _sheet(bake, FLAT_ROWS, palette.at(0.25, lightness=0.20))
    _runner(floor, palette.at(0.50, lightness=0.42), palette.at(0.85, lightness=0.70))
    ceiling = _sheet(bake, FLAT_ROWS, palette.at(0.35, lightness=0.30))
    _box(ceiling, (0.0, 0, 0.05, 1), 0.6)
    _box(ceiling, (0.5, 0, 0.05, 1), 0.6)
    return Surfaces(wall, floor, ceiling)


def _door(wall: Image, x: float, y: float, width: float) -> None:
    height = 1 - y
    _box(wall, (x - 0.016, y - 0.022, width + 0.032, height + 0.022), 1.30)
    _box(wall, (x, y, width, height), 0.48)
    for top, tall in ((0.05, 0.24), (0.34, 0.30)):
        for left in (0.06, 0.53):
            _panel(wall, x + width * left, y + top, width * 0.40, tall)
    rows, columns = wall.shape[:2]
    cv2.circle(
        wall,
        (int((x + width * 0.91) * columns), int((y + 0.33) * rows)),
        9,
        (150, 190, 215),
        -1,
        cv2.LINE_AA,
    )


def _runner(floor: Image, colour: Image, trim: Image) -> None:
    rows, columns = floor.shape[:2]
    low, high = int(rows * 0.27), int(rows * 0.73)
    floor[low:high] = floor[low:high] * 0.15 + colour * 0.85
    for y in (0.295, 0.705):
        floor[int(rows * y) - 4 : int(rows * y) + 4] = trim
    middle = rows // 2
    for half in range(2):
        x = int(columns * (0.25 + 0.5 * half))
        for reach, thick in ((0.17, 7), (0.09, 5)):
            points = np.array(
                [
                    (x - reach * columns, middle),
                    (x, middle - reach * rows),
                    (x + reach * columns, middle),
                    (x, middle + reach * rows),
                ]
            )
            cv2.polylines(
                floor, [points.astype(np.int32)], True, [float(c) for c in trim], thick, cv2.LINE_AA
            )
    floor[:] = blur(floor, 0.8)


def house(bake: Bake) -> Surfaces:
    """An old house: boards, tall windows with the light outside, framed pictures."""
    palette = bake.palette
    wall = _sheet(bake, WALL_ROWS, palette.at(0.38, lightness=0.36), 0.12)
    for number in range(1, 18):
        _box(wall, (number / 18, 0.72, 0.003, 0.24), 0.5)
    _box(wall, (0, 0.70, 1, 0.26), 0.75)
    _box(wall, (0, 0.695, 1, 0.014), 1.7)
    _box(wall, (0, 0.955, 1, 0.045), 0.55)
    _box(wall, (0, 0.04, 1, 0.012), 1.5)
    _window(bake, wall, (0.12, 0.20, 0.30, 0.46))
    _picture(bake, wall, (0.66, 0.30, 0.16, 0.20))
    floor = _boards(bake, palette.at(0.40, lightness=0.34))
    patch = np.zeros(floor.shape[:2], np.float32)
    patch[: int(FLAT_ROWS * 0.48), int(COLUMNS * 0.13) : int(COLUMNS * 0.41)] = 1
    patch[:, int(COLUMNS * 0.265) : int(COLUMNS * 0.285)] = 0
    patch = blur(patch, 7) + np.roll(blur(patch, 7), COLUMNS // 2, axis=1)[::-1]
    floor += (patch * 0.42)[..., None] * palette.at(0.92, lightness=0.85)
    ceiling = _boards(bake, palette.at(0.28, lightness=0.24))
    for x in (0.0, 0.5):
        _box(ceiling, (x, 0, 0.07, 1), 0.55)
    return Surfaces(wall, floor, ceiling)


def _window(bake: Bake, wall: Image, box: Box) -> None:
    x, y, width, height = box
    rows, columns = wall.shape[:2]
    _box(wall, (x - 0.02, y - 0.028, width + 0.04, height + 0.056), 0.42)
    top, bottom, left, right = (
        int(y * rows),
        int((y + height) * rows),
        int(x * columns),
        int((x + width) * columns),
    )
    down = np.linspace(0, 1, bottom - top)[:, None]
    sky = bake.palette.ramp(
        np.repeat(0.35 + 0.6 * down, right - left, axis=1),
        ((0, 0.4, 0.5), (0.5, 0.7, 0.7), (1, 1, 0.95)),
    )
    wall[top:bottom, left:right] = sky
    for share in (0.5,):
        _box(wall, (x + width * share - 0.006, y, 0.012, height), 0.16)
    for share in (0.33, 0.66):
        _box(wall, (x, y + height * share - 0.006, width, 0.012), 0.16)
    ys, xs = np.mgrid[0:rows, 0:columns].astype(np.float32)
    dx = np.maximum(np.abs(xs / columns - x - width / 2) - width / 2, 0)
    dy = np.maximum(np.abs(ys / rows - y - height / 2) - height / 2, 0)
    outside = (dx + dy) > 0
    wall += (np.exp(-np.hypot(dx, dy) / 0.06) * 0.22 * outside)[..., None] * bake.palette.light


def _picture(bake: Bake, wall: Image, box: Box) -> None:
    x, y, width, height = box
    rows, columns = wall.shape[:2]
    _box(wall, (x - 0.012, y - 0.016, width + 0.024, height + 0.032), 0.45)
    _panel(wall, x - 0.006, y - 0.008, width + 0.012, height + 0.016)
    art = spectral(bake.rng, 64, 64, 1.8)
    top, bottom, left, right = (
        int(y * rows),
        int((y + height) * rows),
        int(x * columns),
        int((x + width) * columns),
    )
    art = np.asarray(cv2.resize(art, (right - left, bottom - top)))
    wall[top:bottom, left:right] = (
        bake.palette.ramp(art * 0.8, ((0, 0.2, 0.2), (1, 0.9, 0.75))) * 0.8
    )


def _boards(bake: Bake, colour: Image) -> Image:
    floor = _sheet(bake, FLAT_ROWS, colour, 0.1)
    grain = spectral(bake.rng, FLAT_ROWS, COLUMNS // 16, 1.0)
    grain = np.asarray(cv2.resize(grain, (COLUMNS, FLAT_ROWS)))
    floor *= (0.86 + 0.28 * grain)[..., None]
    boards = 10
    for number in range(boards):
        y = number / boards
        floor[int(y * FLAT_ROWS) : int((y + 0.1) * FLAT_ROWS)] *= float(
            bake.rng.uniform(0.86, 1.12)
        )
        _box(floor, (0, y, 1, 0.006), 0.45)
        _box(floor, (float(bake.rng.uniform(0, 0.98)), y, 0.004, 0.1), 0.5)
    return floor


def school(bake: Bake) -> Surfaces:
    """A school after hours: lockers, checkered tiles, tubes of light in the ceiling."""
    palette = bake.palette
    wall = _sheet(bake, WALL_ROWS, palette.at(0.58, lightness=0.52), 0.08)
    metal = palette.at(0.42, lightness=0.42)
    rows = WALL_ROWS
    wall[int(rows * 0.30) : int(rows * 0.95)] = (
        wall[int(rows * 0.30) : int(rows * 0.95)] * 0.1 + metal * 0.9
    )
    lockers = 9
    for number in range(lockers):
        x = number / lockers
        _panel(wall, x + 0.006, 0.315, 1 / lockers - 0.012, 0.625)
        for vent in range(4):
            _box(wall, (x + 0.035, 0.36 + vent * 0.018, 1 / lockers - 0.07, 0.006), 0.35)
        _box(wall, (x + 0.085, 0.60, 0.010, 0.05), 1.9)
    _box(wall, (0, 0.30, 1, 0.012), 1.6)
    _box(wall, (0, 0.945, 1, 0.055), 0.5)
    floor = _sheet(bake, FLAT_ROWS, palette.at(0.62, lightness=0.52), 0.1)
    ys, xs = np.mgrid[0:FLAT_ROWS, 0:COLUMNS]
    odd = ((ys * 8 // FLAT_ROWS) + (xs * 10 // COLUMNS)) % 2
    floor *= np.where(odd, 1.0, 0.42)[..., None].astype(np.float32)
    floor = blur(floor, 0.9)
    ceiling = _sheet(bake, FLAT_ROWS, palette.at(0.45, lightness=0.40), 0.06)
    tube = np.zeros((FLAT_ROWS, COLUMNS), np.float32)
    tube[
        int(FLAT_ROWS * 0.40) : int(FLAT_ROWS * 0.60), int(COLUMNS * 0.28) : int(COLUMNS * 0.72)
    ] = 1
    glow = blur(tube, 40) * 0.45 + blur(tube, 3)
    ceiling += glow[..., None] * palette.light * 1.4
    floor += (blur(tube, 26) * 0.40)[..., None] * palette.light
    return Surfaces(wall, floor, ceiling)
