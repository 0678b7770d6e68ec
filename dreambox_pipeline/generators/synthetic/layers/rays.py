"""Shafts of light: slow streaks that leave one point, at a quarter of the frame's size."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from dreambox_pipeline.generators.synthetic.bake import Bake
from dreambox_pipeline.generators.synthetic.canvas import Stage, View, tinted
from dreambox_pipeline.generators.synthetic.noise import line

Image = NDArray[Any]
_BINS = 720


class Rays:
    """Shafts from a design point.

    Args:
        bake: The clip.
        origin: Design pixels; may lie outside the frame.
        strength: From 0 to 1.
        reach: Design pixels over which they fade.
        start: Design pixels from the origin before which there are none.
        only_down: No shafts above the origin.
    """

    def __init__(
        self, bake: Bake, *, origin: tuple[float, float], strength: float, reach: float,
        start: float = 0.0, only_down: bool = True,
    ) -> None:  # fmt: skip
        stage = bake.stage
        ys, xs = np.mgrid[0 : stage.height // 4, 0 : stage.width // 4].astype(np.float32)
        dx, dy = xs * 4 / stage.scale - origin[0], ys * 4 / stage.scale - origin[1]
        distance = np.hypot(dx, dy)
        angle = np.arctan2(dx, dy)
        place = np.clip((angle / (2 * np.pi) + 0.5) * _BINS, 0, _BINS - 1)
        self._bin = np.minimum(place, _BINS - 1.001).astype(np.int32)
        self._part = (place - self._bin).astype(np.float32)
        fade = np.exp(-distance / reach) * np.clip((distance - start) / 60, 0, 1)
        if only_down:
            fade *= np.clip(np.cos(angle) * 1.5, 0, 1)
        self._fade = (fade * strength).astype(np.float32)
        self._one, self._two = (
            line(bake.rng, _BINS, 0.55, lowest=8),
            line(bake.rng, _BINS, 0.5, lowest=6),
        )
        self._colour = bake.palette.light

    def add(self, small: Image, _stage: Stage, _view: View, t: float) -> None:
        """Add the shafts at *t* seconds to *small*."""
        at = np.arange(_BINS)
        one = np.interp((at + 5.0 * t) % _BINS, at, self._one, period=_BINS)
        two = np.interp((at - 3.6 * t) % _BINS, at, self._two, period=_BINS)
        beam = np.clip((one * two - 0.16) * 3.0, 0, 1).astype(np.float32)
        value = (beam[self._bin] + np.diff(beam)[self._bin] * self._part) * self._fade
        cv2.add(small, tinted(value, self._colour), small)
