"""Parts of a hall's lining, painted on one period of a wall or a floor: panels, doors, windows, boards.

Places and sizes are shares of the image, so the same part fits any surface.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from dreambox_pipeline.generators.synthetic.bake import Bake
from dreambox_pipeline.generators.synthetic.layers.hall import COLUMNS, FLAT_ROWS
from dreambox_pipeline.generators.synthetic.noise import spectral
from dreambox_pipeline.generators.synthetic.raster import blur

Image = NDArray[Any]
# Left, top, width and height as shares of an image.
Box = tuple[float, float, float, float]


def sheet(bake: Bake, rows: int, colour: Image, rough: float = 0.16) -> Image:
    """*rows* of one *colour*, uneven by *rough*."""
    cloth = spectral(bake.rng, rows // 4, COLUMNS // 4, 1.3)
    cloth = np.asarray(cv2.resize(cloth, (COLUMNS, rows), interpolation=cv2.INTER_CUBIC))
    return np.asarray(colour * (1 - rough / 2 + rough * cloth)[..., None], dtype=np.float32)


def shade(image: Image, box: Box, factor: float) -> None:
    """Multiply a rectangle, given in shares of the image, by *factor*."""
    x, y, width, height = box
    rows, columns = image.shape[:2]
    part = image[
        int(y * rows) : int((y + height) * rows), int(x * columns) : int((x + width) * columns)
    ]
    part *= factor


def panel(image: Image, x: float, y: float, width: float, height: float) -> None:
    """A recessed panel: dark above and left, light below and right."""
    line_x, line_y = 0.006, 0.008
    shade(image, (x, y, width, height), 0.80)
    shade(image, (x, y, width, line_y), 0.45)
    shade(image, (x, y, line_x, height), 0.55)
    shade(image, (x, y + height - line_y, width, line_y), 1.75)
    shade(image, (x + width - line_x, y, line_x, height), 1.5)


def lamp(image: Image, x: float, y: float, *, reach: float, colour: Image, strength: float) -> None:
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


def door(wall: Image, x: float, y: float, width: float) -> None:
    """A closed door of four panels in its frame, from *y* down to the floor."""
    height = 1 - y
    shade(wall, (x - 0.016, y - 0.022, width + 0.032, height + 0.022), 1.30)
    shade(wall, (x, y, width, height), 0.48)
    for top, tall in ((0.05, 0.24), (0.34, 0.30)):
        for left in (0.06, 0.53):
            panel(wall, x + width * left, y + top, width * 0.40, tall)
    rows, columns = wall.shape[:2]
    cv2.circle(
        wall,
        (int((x + width * 0.91) * columns), int((y + 0.33) * rows)),
        9,
        (150, 190, 215),
        -1,
        cv2.LINE_AA,
    )


def window(bake: Bake, wall: Image, box: Box) -> None:
    """A window of six panes with the light outside, which spreads on the wall around it."""
    x, y, width, height = box
    rows, columns = wall.shape[:2]
    shade(wall, (x - 0.02, y - 0.028, width + 0.04, height + 0.056), 0.42)
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
        shade(wall, (x + width * share - 0.006, y, 0.012, height), 0.16)
    for share in (0.33, 0.66):
        shade(wall, (x, y + height * share - 0.006, width, 0.012), 0.16)
    ys, xs = np.mgrid[0:rows, 0:columns].astype(np.float32)
    dx = np.maximum(np.abs(xs / columns - x - width / 2) - width / 2, 0)
    dy = np.maximum(np.abs(ys / rows - y - height / 2) - height / 2, 0)
    outside = (dx + dy) > 0
    wall += (np.exp(-np.hypot(dx, dy) / 0.06) * 0.22 * outside)[..., None] * bake.palette.light


def picture(bake: Bake, wall: Image, box: Box) -> None:
    """A framed picture of nothing in particular."""
    x, y, width, height = box
    rows, columns = wall.shape[:2]
    shade(wall, (x - 0.012, y - 0.016, width + 0.024, height + 0.032), 0.45)
    panel(wall, x - 0.006, y - 0.008, width + 0.012, height + 0.016)
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


def boards(bake: Bake, colour: Image) -> Image:
    """A floor or a ceiling of ten boards."""
    floor = sheet(bake, FLAT_ROWS, colour, 0.1)
    grain = spectral(bake.rng, FLAT_ROWS, COLUMNS // 16, 1.0)
    grain = np.asarray(cv2.resize(grain, (COLUMNS, FLAT_ROWS)))
    floor *= (0.86 + 0.28 * grain)[..., None]
    count = 10
    for number in range(count):
        y = number / count
        floor[int(y * FLAT_ROWS) : int((y + 0.1) * FLAT_ROWS)] *= float(
            bake.rng.uniform(0.86, 1.12)
        )
        shade(floor, (0, y, 1, 0.006), 0.45)
        shade(floor, (float(bake.rng.uniform(0, 0.98)), y, 0.004, 0.1), 0.5)
    return floor


def notes(bake: Bake, wall: Image, box: Box) -> None:
    """A notice board with sheets of paper pinned to it."""
    x, y, width, height = box
    rows, columns = wall.shape[:2]
    shade(wall, (x - 0.008, y - 0.012, width + 0.016, height + 0.024), 0.45)
    shade(wall, box, 1.5)
    paper = bake.palette.at(0.92, lightness=0.80)
    for _ in range(9):
        left, top = (
            x + width * float(bake.rng.uniform(0.03, 0.80)),
            y + height * float(bake.rng.uniform(0.05, 0.66)),
        )
        part = wall[
            int(top * rows) : int((top + height * 0.26) * rows),
            int(left * columns) : int((left + width * 0.15) * columns),
        ]
        part[:] = paper * float(bake.rng.uniform(0.55, 0.95))


def pane(bake: Bake, wall: Image, box: Box) -> None:
    """A pane of ribbed glass with a lit room behind it."""
    x, y, width, height = box
    rows, columns = wall.shape[:2]
    top, bottom = int(y * rows), int((y + height) * rows)
    left, right = int(x * columns), int((x + width) * columns)
    ribs = 0.82 + 0.18 * np.cos(np.linspace(0, 40, right - left))[None, :]
    down = np.linspace(1.0, 0.75, bottom - top)[:, None]
    wall[top:bottom, left:right] = (ribs * down)[..., None] * bake.palette.lamp
    glow = np.zeros((rows, columns), np.float32)
    glow[top:bottom, left:right] = 0.25
    wall += blur(glow, 26)[..., None] * bake.palette.lamp
