"""What every layer needs while it is baked: the frame, the colours, the dice, the light.

`area` answers how large a layer must be so that no move of the camera ever shows its edge.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from dreambox_pipeline.generators.synthetic.camera import REACH
from dreambox_pipeline.generators.synthetic.canvas import DESIGN_WIDTH, Stage
from dreambox_pipeline.generators.synthetic.palette import Palette

Image = NDArray[Any]


@dataclass(frozen=True)
class Area:
    """A layer's pixels and the design coordinates of each row and column."""

    left: float
    top: float
    width: int
    height: int
    xs: Image
    ys: Image


@dataclass(frozen=True)
class Light:
    """The moon or the sun.

    Attributes:
        x: Design pixels.
        y: Design pixels.
        radius: Design pixels; 0 when the light itself is not in the picture.
        is_sun: A sun is flat and warm, a moon has seas.
        waning: How far aside the shadow on a moon is, in radii, to the right; 0 for a full moon.
    """

    x: float
    y: float
    radius: float
    is_sun: bool = False
    waning: float = 0.0


@dataclass(frozen=True)
class Bake:
    """The frame, palette, dice, length and light of one clip."""

    stage: Stage
    palette: Palette
    rng: np.random.Generator
    duration_s: float
    light: Light

    @property
    def scale(self) -> float:
        """Real pixels per design pixel."""
        return self.stage.scale

    def area(self, depth: float, *, speed: float = 0.0, top: float | None = None,
             bottom: float | None = None) -> Area:  # fmt: skip
        """The pixels of a layer at *depth* drifting at *speed*, optionally only some rows."""
        margin = 12 + REACH * depth
        # A sheet drifting right is needed farther on its left, and the other way round.
        drift = speed * self.duration_s
        left, right = -margin - max(drift, 0), DESIGN_WIDTH + margin - min(drift, 0)
        top = -margin if top is None else top
        bottom = self.stage.design_height + margin if bottom is None else bottom + margin
        width = int(np.ceil((right - left) * self.scale))
        height = max(int(np.ceil((bottom - top) * self.scale)), 8)
        xs = (left + (np.arange(width, dtype=np.float32) + 0.5) / self.scale)[None, :]
        ys = (top + (np.arange(height, dtype=np.float32) + 0.5) / self.scale)[:, None]
        return Area(left, top, width, height, xs, ys)

    def stretched(self, field: Image, area: Area) -> Image:
        """*field* resized to the pixels of *area*, within its own range."""
        large = cv2.resize(field, (area.width, area.height), interpolation=cv2.INTER_CUBIC)
        # Cubic interpolation overshoots, and a power of a negative number is not a number.
        return np.clip(large, field.min(), field.max())

    def towards_light(self, x: float, y: float) -> tuple[float, float]:
        """Unit vector from a design point to the light."""
        dx, dy = self.light.x - x, self.light.y - y
        length = float(np.hypot(dx, dy)) or 1.0
        return dx / length, dy / length
