"""What a hall is lined with: one period of wall, floor and ceiling, for three kinds of house.

The dice choose among the furnishings of each kind, so two dreams of a school are two schools.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from dreambox_pipeline.generators.synthetic.bake import Bake
from dreambox_pipeline.generators.synthetic.layers import panels
from dreambox_pipeline.generators.synthetic.layers.hall import (
    COLUMNS,
    FLAT_ROWS,
    WALL_ROWS,
    Surfaces,
)
from dreambox_pipeline.generators.synthetic.raster import blur

Image = NDArray[Any]
# Of a runner; 0, 1 and 2 are diamonds, chevrons and rounds.
_BANDS, _PLAIN = 3, 4


def _either(bake: Bake, count: int) -> int:
    return int(bake.rng.integers(0, count))


def corridor(bake: Bake) -> Surfaces:
    """A hotel that goes on: papered walls, doors, sconces, a runner."""
    palette = bake.palette
    wall = panels.sheet(bake, WALL_ROWS, palette.at(0.45, lightness=0.40))
    rail = float(bake.rng.uniform(0.60, 0.70))
    _paper(wall, rail, _either(bake, 3))
    panels.shade(wall, (0, rail, 1, 1 - rail), 0.62)
    doors = ((0.24, 0.28),) if _either(bake, 2) else ((0.06, 0.22), (0.52, 0.22))
    lamps = (0.78,) if len(doors) == 1 else (0.40, 0.88)
    for x in (0.02, 0.56, 0.79) if len(doors) == 1 else (0.31, 0.78):
        panels.panel(wall, x, rail + 0.06, 0.17, 0.86 - rail)
    panels.shade(wall, (0, rail - 0.005, 1, 0.014), 1.8)
    panels.shade(wall, (0, 0.955, 1, 0.045), 0.6)
    panels.shade(wall, (0, 0.03, 1, 0.012), 1.5)
    for x, width in doors:
        panels.door(wall, x, 0.30, width)
    for x in lamps:
        panels.lamp(wall, x, 0.40, reach=0.16, colour=palette.lamp, strength=0.78)
    floor = panels.sheet(bake, FLAT_ROWS, palette.at(0.25, lightness=0.20))
    trim = palette.at(0.85, lightness=0.70)
    _runner(floor, palette.at(0.50, lightness=0.42), trim, pattern=_either(bake, 4))
    ceiling = panels.sheet(bake, FLAT_ROWS, palette.at(0.35, lightness=0.30))
    if _either(bake, 2):
        for x in (0.0, 0.5):
            panels.shade(ceiling, (x, 0, 0.05, 1), 0.6)
    else:
        _round_lights(bake, ceiling)
    return Surfaces(wall, floor, ceiling)


def _paper(wall: Image, rail: float, kind: int) -> None:
    """Damask, broad stripes or fine ones, down to the rail."""
    xs = np.linspace(0, 1, COLUMNS, endpoint=False)[None, :]
    ys = np.linspace(0, 1, WALL_ROWS)[:, None]
    if kind == 0:
        pattern = np.cos(2 * np.pi * 14 * xs) * np.cos(2 * np.pi * 10 * ys)
        pattern = pattern + 0.4 * np.cos(2 * np.pi * 28 * xs)
    elif kind == 1:
        pattern = 1.6 * np.tanh(4 * np.cos(2 * np.pi * 10 * xs)) * np.ones_like(ys)
    else:
        pattern = np.cos(2 * np.pi * 40 * xs) * np.ones_like(ys)
    wall *= (1 + 0.07 * np.where(ys < rail, pattern, 0))[..., None]


def _runner(floor: Image, colour: Image, trim: Image, *, pattern: int) -> None:
    """A carpet along the middle: diamonds, chevrons, rounds, bands, or only a border."""
    rows, columns = floor.shape[:2]
    floor[int(rows * 0.27) : int(rows * 0.73)] *= 0.15
    floor[int(rows * 0.27) : int(rows * 0.73)] += colour * 0.85
    bands = (0.295, 0.33, 0.42, 0.58, 0.67, 0.705)
    lines = bands if pattern == _BANDS else (0.295, 0.705)
    for y in lines:
        floor[int(rows * y) - 4 : int(rows * y) + 4] = trim
    ink, middle = [float(c) for c in trim], rows // 2
    for number in range(4):
        x, reach, tall = int(columns * (0.125 + 0.25 * number)), 0.09 * columns, 0.15 * rows
        if pattern == 0 and number % 2 == 0:
            for size, thick in ((1.9, 7), (1.0, 5)):
                points = ((-1, 0), (0, -0.6), (1, 0), (0, 0.6))
                _drawn(
                    floor,
                    [(x + a * reach * size, middle + b * tall * size) for a, b in points],
                    ink,
                    thick,
                    closed=True,
                )
        elif pattern == 1:
            _drawn(
                floor,
                [(x - reach, middle - tall), (x + reach * 0.6, middle), (x - reach, middle + tall)],
                ink,
                7,
            )
        elif pattern == 2:
            cv2.ellipse(
                floor,
                (x, middle),
                (int(reach * 0.8), int(tall * 0.8)),
                0,
                0,
                360,
                ink,
                6,
                cv2.LINE_AA,
            )
    floor[:] = blur(floor, 0.8)


def _drawn(
    image: Image,
    points: list[tuple[float, float]],
    ink: list[float],
    thick: int,
    *,
    closed: bool = False,
) -> None:
    cv2.polylines(image, [np.array(points, np.int32)], closed, ink, thick, cv2.LINE_AA)


def _round_lights(bake: Bake, ceiling: Image) -> None:
    ys, xs = np.mgrid[0:FLAT_ROWS, 0:COLUMNS].astype(np.float32)
    for x in (0.25, 0.75):
        r = np.hypot((xs / COLUMNS - x) * 2.6, (ys / FLAT_ROWS - 0.5) * 2.0)
        light = np.clip((0.11 - r) * 60, 0, 1) + 0.55 * np.exp(-r / 0.16)
        ceiling += np.clip(light, 0, 1)[..., None] * bake.palette.lamp * 0.9


def house(bake: Bake) -> Surfaces:
    """An old house: boards, tall windows with the light outside, framed pictures, a rug."""
    palette = bake.palette
    wall = panels.sheet(bake, WALL_ROWS, palette.at(0.38, lightness=0.36), 0.12)
    _paper(wall, 0.70, 1 + _either(bake, 2))
    for number in range(1, 18):
        panels.shade(wall, (number / 18, 0.72, 0.003, 0.24), 0.5)
    panels.shade(wall, (0, 0.70, 1, 0.26), 0.75)
    panels.shade(wall, (0, 0.695, 1, 0.014), 1.7)
    panels.shade(wall, (0, 0.955, 1, 0.045), 0.55)
    panels.shade(wall, (0, 0.04, 1, 0.012), 1.5)
    kind = _either(bake, 3)
    windows = (((0.12, 0.30),), ((0.06, 0.17), (0.32, 0.17)), ((0.16, 0.22),))[kind]
    for x, width in windows:
        panels.window(bake, wall, (x, 0.20, width, 0.46))
    if kind == 2:
        panels.door(wall, 0.58, 0.26, 0.26)
    else:
        for x, y, width in (((0.66, 0.30, 0.16),), ((0.60, 0.26, 0.12), (0.78, 0.34, 0.12)))[kind]:
            panels.picture(bake, wall, (x, y, width, width * 1.25))
    floor = panels.boards(bake, palette.at(0.40, lightness=0.34))
    if _either(bake, 2):
        _runner(
            floor, palette.at(0.46, lightness=0.30), palette.at(0.8, lightness=0.55), pattern=_PLAIN
        )
    floor += _daylight(windows)[..., None] * palette.at(0.92, lightness=0.85)
    ceiling = panels.boards(bake, palette.at(0.28, lightness=0.24))
    for x in (0.0, 0.5):
        panels.shade(ceiling, (x, 0, 0.07, 1), 0.55)
    return Surfaces(wall, floor, ceiling)


def _daylight(windows: tuple[tuple[float, float], ...]) -> Image:
    """What falls through *windows* (left and width) onto the floor, fading away from the wall."""
    patch = np.zeros((FLAT_ROWS, COLUMNS), np.float32)
    for x, width in windows:
        patch[:, int(COLUMNS * (x + 0.02)) : int(COLUMNS * (x + width - 0.02))] = 1
        bar = x + width / 2
        patch[:, int(COLUMNS * (bar - 0.008)) : int(COLUMNS * (bar + 0.008))] = 0
    rows = np.linspace(0, 1, FLAT_ROWS, dtype=np.float32)[:, None]
    patch = blur(patch, 7) * np.clip(1 - rows / 0.52, 0, 1) ** 0.8
    # The other wall is the same one, half a period on, seen from the other side.
    both = patch + np.roll(patch, COLUMNS // 2, axis=1)[::-1]
    return np.asarray(both * 0.55)


def school(bake: Bake) -> Surfaces:
    """A school after hours: lockers, classroom doors, notice boards, light in the ceiling."""
    palette = bake.palette
    wall = panels.sheet(bake, WALL_ROWS, palette.at(0.58, lightness=0.52), 0.08)
    kind = _either(bake, 3)
    top = float(bake.rng.uniform(0.26, 0.40))
    lockers = (range(9), range(5), range(3, 9))[kind]
    _lockers(wall, palette.at(0.42, lightness=0.42), top, lockers)
    if kind:
        left = 5 / 9 if kind == 1 else 0.0
        panels.shade(wall, (left, 0.62, 4 / 9 if kind == 1 else 3 / 9, 0.33), 0.72)
        panels.door(wall, left + 0.04, 0.24, 0.22)
        panels.pane(bake, wall, (left + 0.075, 0.31, 0.15, 0.24))
        if kind == 1:
            panels.notes(bake, wall, (left + 0.285, 0.36, 0.135, 0.20))
    panels.shade(wall, (0, 0.945, 1, 0.055), 0.5)
    floor = panels.sheet(bake, FLAT_ROWS, palette.at(0.62, lightness=0.52), 0.1)
    floor *= _tiles(_either(bake, 3))[..., None]
    floor = blur(floor, 0.9)
    ceiling = panels.sheet(bake, FLAT_ROWS, palette.at(0.45, lightness=0.40), 0.06)
    tube = _tube(_either(bake, 3))
    ceiling += (blur(tube, 40) * 0.45 + blur(tube, 3))[..., None] * palette.light * 1.4
    floor += (blur(tube, 26) * 0.40)[..., None] * palette.light
    return Surfaces(wall, floor, ceiling)


def _lockers(wall: Image, metal: Image, top: float, numbers: range) -> None:
    width, rows = 1 / 9, wall.shape[0]
    left, right = int(numbers[0] * width * COLUMNS), int((numbers[-1] + 1) * width * COLUMNS)
    part = wall[int(rows * top) : int(rows * 0.95), left:right]
    part[:] = part * 0.1 + metal * 0.9
    for number in numbers:
        x = number * width
        panels.panel(wall, x + 0.006, top + 0.015, width - 0.012, 0.925 - top)
        for vent in range(4):
            panels.shade(wall, (x + 0.035, top + 0.06 + vent * 0.018, width - 0.07, 0.006), 0.35)
        panels.shade(wall, (x + 0.085, 0.60, 0.010, 0.05), 1.9)
    panels.shade(wall, (numbers[0] * width, top, len(numbers) * width, 0.012), 1.6)


def _tiles(kind: int) -> Image:
    """How bright the floor is: a checkerboard, one with a border, or bands across."""
    ys, xs = np.mgrid[0:FLAT_ROWS, 0:COLUMNS]
    odd = ((ys * 8 // FLAT_ROWS) + (xs * 10 // COLUMNS)) % 2
    if kind == 1:
        inner = np.abs(ys / FLAT_ROWS - 0.5) < 0.32
        odd = np.where(inner, ((ys * 16 // FLAT_ROWS) + (xs * 20 // COLUMNS)) % 2, 0)
    elif kind == 2:
        odd = (xs * 14 // COLUMNS) % 2
    return np.where(odd, 1.0, 0.62 if kind == 2 else 0.42).astype(np.float32)


def _tube(kind: int) -> Image:
    """Where the ceiling shines: one panel, two tubes along, or a tube across."""
    tube = np.zeros((FLAT_ROWS, COLUMNS), np.float32)
    boxes = (
        ((0.40, 0.60, 0.28, 0.72),),
        ((0.24, 0.30, 0.15, 0.85), (0.70, 0.76, 0.15, 0.85)),
        ((0.20, 0.80, 0.44, 0.56),),
    )
    for top, bottom, left, right in boxes[kind]:
        tube[
            int(FLAT_ROWS * top) : int(FLAT_ROWS * bottom),
            int(COLUMNS * left) : int(COLUMNS * right),
        ] = 1
    return tube
