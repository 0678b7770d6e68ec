"""A straight passage without an end: walls, floor and ceiling in true perspective.

Each pixel's ray meets one of four planes; the place it meets is looked up in an atlas of the
three surfaces, which slides towards the camera. Only the slide changes, so a frame costs one
remap, one multiplication by the baked light and one addition of the baked fog.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from dreambox_pipeline.generators.synthetic.bake import Bake
from dreambox_pipeline.generators.synthetic.canvas import Stage, View
from dreambox_pipeline.generators.synthetic.raster import to_bytes

Image = NDArray[Any]
# Focal length in frame widths.
FOCAL = 0.60
# One period of the atlas along the hall, in hall units and in atlas columns.
PERIOD, COLUMNS = 2.6, 1024
WALL_ROWS, FLAT_ROWS = 768, 640


@dataclass(frozen=True)
class Surfaces:
    """One period of each surface, BGR from 0 to 255.

    Attributes:
        wall: Rows from ceiling to floor, columns along the hall.
        floor: Rows from the left wall to the right.
        ceiling: The same.
    """

    wall: Image
    floor: Image
    ceiling: Image


@dataclass(frozen=True)
class Section:
    """A passage cut across, in its own units, and where its end is seen.

    Attributes:
        x: Design x of the vanishing point.
        y: Design y of the vanishing point.
        half: Half its width.
        above: From the eye to the ceiling.
        below: From the eye to the floor.
    """

    x: float
    y: float
    half: float = 1.0
    above: float = 1.35
    below: float = 0.80

    def directions(self, stage: Stage) -> tuple[Image, Image]:
        """How far to the right and down each pixel of the frame looks, per unit ahead."""
        ys, xs = np.mgrid[0 : stage.height, 0 : stage.width].astype(np.float32)
        focal = FOCAL * stage.width
        return (xs + 0.5 - self.x * stage.scale) / focal, (ys + 0.5 - self.y * stage.scale) / focal


class Hall:
    """The passage.

    Args:
        bake: The clip.
        surfaces: What it is lined with.
        section: Its width and height, and its vanishing point.
        start: How far along it the clip begins, in hall units.
        speed: Hall units per second.
        reach: Hall units after which fog has taken over.
        glow: Color of the far end.
    """

    def __init__(
        self,
        bake: Bake,
        surfaces: Surfaces,
        *,
        section: Section,
        start: float,
        speed: float,
        reach: float,
        glow: Image,
    ) -> None:
        stage = bake.stage
        self._speed, self._section = speed, section
        u, v = section.directions(stage)
        to_wall = np.float32(section.half) / np.maximum(np.abs(u), 1e-4)
        reach_up, reach_down = np.float32(section.above), np.float32(section.below)
        flat = np.where(v < 0, reach_up, reach_down) / np.maximum(np.abs(v), 1e-4)
        z = np.minimum(to_wall, flat)
        on_wall = to_wall <= flat
        self._map_y = self._rows(u, v, z, on_wall)
        shift = np.where(on_wall & (u > 0), PERIOD / 2, 0)
        # Within one period, and the atlas holds two: nothing has to wrap around per frame.
        self._map_x = np.mod((z + shift + start) * (COLUMNS / PERIOD), COLUMNS).astype(np.float32)
        atlas = np.concatenate(
            [_padded(surfaces.wall), _padded(surfaces.floor), _padded(surfaces.ceiling)]
        )
        # Four channels, though one is empty: OpenCV looks them up in less than half the time.
        once = cv2.cvtColor(np.clip(atlas, 0, 255).astype(np.uint8), cv2.COLOR_BGR2BGRA)
        # Far away one pixel covers many columns: look those up in a blurred atlas.
        far = cv2.resize(
            cv2.blur(once, (33, 9)), None, fx=1 / 16, fy=1 / 2, interpolation=cv2.INTER_AREA
        )
        self._atlas, self._far = _two_periods(once), _two_periods(far)
        self._bake_light(bake, (u, v, z), on_wall, reach=reach, glow=glow)

    def _rows(self, u: Image, v: Image, z: Image, on_wall: Image) -> Image:
        at = self._section
        wall = (v * z + at.above) / (at.above + at.below) * (WALL_ROWS - 1) + 4
        flat = (u * z / at.half * 0.5 + 0.5) * (FLAT_ROWS - 1) + 4
        floor, ceiling = flat + WALL_ROWS + 8, flat + WALL_ROWS + FLAT_ROWS + 16
        rows = np.where(on_wall, np.clip(wall, 4, WALL_ROWS + 3), np.where(v > 0, floor, ceiling))
        return np.asarray(rows, dtype=np.float32)

    def _bake_light(
        self,
        bake: Bake,
        at: tuple[Image, Image, Image],
        on_wall: Image,
        *,
        reach: float,
        glow: Image,
    ) -> None:
        u, v, z = at
        above, below, half = self._section.above, self._section.below, self._section.half
        fog = 1 - np.exp(-((np.maximum(z - 1.2, 0) / reach) ** 1.25))
        height = v * z
        corner = np.where(on_wall, np.minimum(height + above, below - height), half - np.abs(u * z))
        soft = 0.52 + 0.48 * (1 - np.exp(-np.maximum(corner, 0) / 0.16))
        near = np.clip((z - 0.42) / 1.5, 0.30, 1)
        side = np.where(on_wall, 0.92, np.where(v > 0, 1.0, 0.55)).astype(np.float32)
        keep = soft * near * side * (1 - fog)
        noise = bake.rng.random(z.shape, np.float32) - 0.5
        self._keep = cv2.cvtColor(
            np.clip(keep * 255 + noise, 0, 255).astype(np.uint8), cv2.COLOR_GRAY2BGR
        )
        self._fog = to_bytes((fog * (0.62 + 0.38 * soft))[..., None] * glow, bake.rng)
        # Light of the far end lying on the floor and along the walls.
        rows, columns = np.flatnonzero((z > 3.0).any(1)), np.flatnonzero((z > 3.0).any(0))
        self._box = (int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1)
        part = z[self._box[0] : self._box[1], self._box[2] : self._box[3]]
        self._mix = np.clip((part - 3.2) / 1.6, 0, 1).astype(np.float32)
        self._near = 1 - self._mix
        self._far_y = self._map_y[self._box[0] : self._box[1], self._box[2] : self._box[3]] / 2

    def draw(self, frame: Image, _stage: Stage, _view: View, t: float) -> None:
        """Fill *frame* with the hall at *t* seconds."""
        slide = np.float32((self._speed * t) * (COLUMNS / PERIOD) % COLUMNS)
        columns = self._map_x + slide
        picture = cv2.remap(self._atlas, columns, self._map_y, cv2.INTER_LINEAR)
        top, bottom, left, right = self._box
        part = slice(top, bottom), slice(left, right)
        far = cv2.remap(self._far, columns[part] / np.float32(16), self._far_y, cv2.INTER_LINEAR)
        blended = cv2.blendLinear(picture[part], far, self._near, self._mix)
        cv2.cvtColor(picture, cv2.COLOR_BGRA2BGR, frame)
        cv2.cvtColor(blended, cv2.COLOR_BGRA2BGR, frame[part])
        cv2.multiply(frame, self._keep, frame, scale=1 / 255)
        cv2.add(frame, self._fog, frame)


def _two_periods(atlas: Image) -> Image:
    """*atlas* twice along the hall, and one column more to interpolate with."""
    return np.concatenate([atlas, atlas, atlas[:, :1]], axis=1)


def _padded(surface: Image) -> Image:
    """Four rows more on each side, so that no surface bleeds into the next."""
    return np.pad(surface, ((4, 4), (0, 0), (0, 0)), mode="edge")
