"""Water standing in a passage: the walls, the ceiling and the far light mirrored in true perspective.

A ray that the surface throws back meets a wall or the ceiling; both are already in the frame, in
the same column, so where to look is baked once. A frame costs two look-ups of ripples, one of the
frame itself, and a blend.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from dreambox_pipeline.generators.synthetic.bake import Bake
from dreambox_pipeline.generators.synthetic.canvas import Stage, View, blend_screen, tinted
from dreambox_pipeline.generators.synthetic.layers.hall import FOCAL, Section
from dreambox_pipeline.generators.synthetic.noise import smoothstep, spectral

Image = NDArray[Any]
_TILE = 256


class HallWater:
    """The flooded floor of a passage.

    Args:
        bake: The clip.
        section: The passage.
        deep: How high the water stands on the floor, in hall units.
    """

    def __init__(self, bake: Bake, section: Section, *, deep: float) -> None:
        stage = bake.stage
        self._first = max(int(section.y * stage.scale) + 1, 0)
        u, v = (part[self._first :] for part in section.directions(stage))
        v = np.maximum(v, 1e-4)
        down = np.float32(section.below - deep)
        z = down / v
        focal = FOCAL * stage.width
        side = (section.half * v / down - np.abs(u)) * focal
        self._cover = np.clip(side + 0.5, 0, 1) * np.clip(v * focal, 0, 1)
        self._dry = 1 - self._cover
        # Wall first or ceiling first, whichever the mirrored ray meets sooner.
        by_wall = 2 * down * np.abs(u) / section.half - v
        by_ceiling = -section.above * v / (2 * down + section.above)
        seen = np.maximum(by_wall, by_ceiling)
        self._ys = (seen * focal + section.y * stage.scale - 0.5).astype(np.float32)
        self._xs = np.broadcast_to(np.arange(stage.width, dtype=np.float32), self._ys.shape).copy()
        self._bake_ripples(bake, u, v, np.minimum(z, 30.0))
        self._bake_shade(bake, v)

    def _bake_ripples(self, bake: Bake, u: Image, v: Image, z: Image) -> None:
        tile = spectral(bake.rng, _TILE, _TILE, 1.25, lowest=7) - 0.5
        self._tile = np.ascontiguousarray(
            np.tile(tile, (3, 3))[: 2 * _TILE + 1, : 2 * _TILE + 1], np.float32
        )
        across, along = (u * z * 62)[::2, ::2] + 128, z[::2, ::2] * 62
        self._one = tuple(np.mod(m, _TILE).astype(np.float32) for m in (across, along))
        self._two = tuple(np.mod(m * 0.63, _TILE).astype(np.float32) for m in (across, along))
        # Far away many ripples share a pixel, and none can be told from the next.
        self._swell = (np.clip(v, 0.02, 0.6) * 34 * bake.scale).astype(np.float32)
        road = np.exp(-((u / (0.05 + 0.30 * v)) ** 2)) * np.exp(-v / 0.75)
        self._road = np.ascontiguousarray(road[::2, ::2], np.float32)
        self._glint = bake.palette.light * 0.6 + bake.palette.lamp * 0.4

    def _bake_shade(self, bake: Bake, v: Image) -> None:
        clear = 0.80 - 0.34 * smoothstep(0.0, 0.9, v)
        body = bake.palette.at(0.22, lightness=0.22) * (1 - clear)[..., None]
        noise = bake.rng.random((*v.shape, 1), np.float32)
        self._body = (body + noise).astype(np.uint8)
        self._keep = cv2.cvtColor((clear * 255).astype(np.uint8), cv2.COLOR_GRAY2BGR)

    def _ripples(self, t: float) -> Image:
        sheets = []
        for (u, v), right, down in ((self._one, 4.0 * t, 11 * t), (self._two, -5.0 * t, 6 * t)):
            at = u + np.float32(right % _TILE), v + np.float32(down % _TILE)
            sheets.append(cv2.remap(self._tile, *at, cv2.INTER_LINEAR))
        return np.asarray(cv2.add(sheets[0], sheets[1]))

    def draw(self, frame: Image, _stage: Stage, _view: View, t: float) -> None:
        """Lay the water over the floor."""
        below = frame[self._first :]
        rows, width = below.shape[:2]
        if not rows:
            return
        half = self._ripples(t)
        size = width, self._ys.shape[0]
        shift = cv2.resize(half, size, interpolation=cv2.INTER_LINEAR)[:rows] * self._swell[:rows]
        ys = np.clip(self._ys[:rows] + shift, 0, frame.shape[0] - 1)
        # Four channels: OpenCV looks them up in less than half the time of three.
        above = cv2.cvtColor(frame, cv2.COLOR_BGR2BGRA)
        mirror = cv2.remap(
            above, self._xs[:rows] + shift * np.float32(0.4), ys, cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REFLECT,
        )  # fmt: skip
        mirror = cv2.cvtColor(mirror, cv2.COLOR_BGRA2BGR)
        cv2.multiply(mirror, self._keep[:rows], mirror, scale=1 / 255)
        cv2.add(mirror, self._body[:rows], mirror)
        light = tinted(smoothstep(0.16, 0.62, half) * self._road, self._glint)
        blend_screen(mirror, cv2.resize(light, size, interpolation=cv2.INTER_LINEAR)[:rows])
        below[:] = cv2.blendLinear(mirror, below, self._cover[:rows], self._dry[:rows])
