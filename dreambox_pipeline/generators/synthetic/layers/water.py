"""Water: what lies above the horizon, mirrored, broken by ripples, with a road of light.

Computed per frame from the frame itself, so everything already drawn is reflected. The mirror
looks at the lower sky only, which keeps the near water from turning into the zenith's black.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from dreambox_pipeline.generators.synthetic.bake import Bake
from dreambox_pipeline.generators.synthetic.camera import REACH
from dreambox_pipeline.generators.synthetic.canvas import Stage, View, blend_screen, tinted
from dreambox_pipeline.generators.synthetic.noise import smoothstep, spectral

Image = NDArray[Any]
_TILE = 256


class Water:
    """A surface from the horizon to the bottom of the frame.

    Args:
        bake: The clip.
        horizon: Design y of the waterline, at depth *depth*.
        depth: Of the waterline.
        chop: Height of the ripples; 1 is a calm lake at night, 0.4 a mirror.
        mirror: How much of what stands above is seen in it: 1 for water, less for wet ground.
    """

    def __init__(
        self, bake: Bake, *, horizon: float, depth: float = 0.12, chop: float = 1.0,
        mirror: float = 1.0,
    ) -> None:  # fmt: skip
        stage = bake.stage
        self._horizon, self._depth = horizon, depth
        # The mirror stops below the moon and what flies: their images would lie cut at the foot.
        self._highest = horizon * 0.70
        # One row more than can ever be seen, whatever the camera does.
        span = stage.design_height - horizon + REACH * depth + 8
        rows = int(np.ceil(span * stage.scale * 1.05))
        self._rows, self._span = rows, span
        tile = spectral(bake.rng, _TILE, _TILE, 1.2, lowest=11)
        self._tile = _two_periods((tile - 0.5).astype(np.float32))
        down = np.linspace(0.002, 1, rows // 2, dtype=np.float32)[:, None]
        # Perspective: a row's distance on the surface is one over its height below the horizon.
        far = 1.0 / (0.05 + down)
        across = (np.linspace(-0.5, 0.5, stage.width // 2, dtype=np.float32))[None, :]
        u = across * (far * 40 + 70) + 128
        v = np.repeat(far * 62 - 210 * down, stage.width // 2, axis=1)
        # Within one tile, and the tile is stored twice: nothing has to wrap around per frame.
        self._one = np.mod(u, _TILE), np.mod(v, _TILE)
        self._two = np.mod(u * 0.61, _TILE), np.mod(v * 0.73, _TILE)
        self._swell = (0.6 + 8.0 * down**0.8) * chop * stage.scale
        self._bake_shading(bake, down, mirror)

    def _bake_shading(self, bake: Bake, down: Image, mirror: float) -> None:
        rows, width = self._rows, bake.stage.width
        full = np.linspace(0, 1, rows, dtype=np.float32)[:, None]
        # A mirror at the shore, its own dark color near us: so the waterline stays a line.
        clear = (0.80 - 0.54 * smoothstep(0.0, 0.9, full)) * mirror
        deep = bake.palette.at(0.12, lightness=0.17)
        deep_far = bake.palette.at(0.42, lightness=0.36 * mirror)
        tint = deep * full[..., None] + deep_far * (1 - full[..., None])
        self._keep = np.broadcast_to((clear * 255)[..., None], (rows, width, 3)).astype(np.uint8)
        body = tint * (1 - clear)[..., None]
        noise = bake.rng.random((rows, width, 1), np.float32)
        self._body = (np.broadcast_to(body, (rows, width, 3)) + noise).astype(np.uint8)
        columns = np.linspace(0, 540, width // 2, dtype=np.float32)[None, :]
        road = np.exp(-(((columns - bake.light.x) / (26 + 150 * down)) ** 2))
        self._road = (
            road * (1.0 - 0.45 * down) * mirror * (0.9 if bake.light.radius else 0.35)
        ).astype(np.float32)
        self._glint = bake.palette.light

    def _ripples(self, t: float) -> Image:
        """Slope of the surface at half size: two sheets of ripples that cross."""
        a, b = self._looked_up(self._one, 5.5 * t, 9 * t), self._looked_up(self._two, -6 * t, 4 * t)
        return np.asarray(cv2.add(a, b))

    def _looked_up(self, at: tuple[Image, Image], right: float, down: float) -> Image:
        # Both maps must be float32: with one of each kind OpenCV 5 never comes back.
        u, v = (m + np.float32(by % _TILE) for m, by in zip(at, (right, down), strict=True))
        return np.asarray(cv2.remap(self._tile, u, v, cv2.INTER_LINEAR))

    def draw(self, frame: Image, stage: Stage, view: View, t: float) -> None:
        """Replace everything below the waterline by its mirror."""
        line = float(stage.project(0, self._horizon, self._depth, view)[1])
        first = int(np.floor(line))
        if first >= frame.shape[0] or line < 8:
            return
        count = min(stage.height - first, self._rows)
        half = self._ripples(t)
        shift = cv2.resize(
            half * self._swell, (stage.width, self._rows), interpolation=cv2.INTER_LINEAR
        )
        rows = np.arange(count, dtype=np.float32)[:, None] + (first - line)
        reach = min((line - self._highest * stage.scale) / count, 0.9)
        # Something before the water may hide its lower rows.
        count = min(count, frame.shape[0] - first)
        ys = line - rows[:count] * reach + shift[:count]
        np.clip(ys, 0, line - 1, out=ys)
        xs = np.arange(stage.width, dtype=np.float32)[None, :] + shift[:count] * np.float32(0.35)
        # Four channels: OpenCV looks them up in less than half the time of three.
        above = cv2.cvtColor(frame[: first + 1], cv2.COLOR_BGR2BGRA)
        mirror = cv2.remap(above, xs, ys, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
        mirror = cv2.cvtColor(mirror, cv2.COLOR_BGRA2BGR)
        cv2.multiply(mirror, self._keep[:count], mirror, scale=1 / 255)
        cv2.add(mirror, self._body[:count], mirror)
        blend_screen(mirror, self._sparkle(half, stage, count))
        # The waterline falls between two rows; weigh the first by how much of it is water.
        part = 1 - (line - first)
        edge = frame[first : first + 1].astype(np.float32) * (1 - part) + mirror[:1] * part
        frame[first : first + count] = mirror
        frame[first : first + 1] = edge

    def solid_from(self, stage: Stage, view: View, _t: float) -> int:
        """All below the waterline is water; its first row lets some of the shore through."""
        line = float(stage.project(0, self._horizon, self._depth, view)[1])
        if line < 8 or line + self._rows < stage.height:
            return stage.height
        return min(int(np.floor(line)) + 2, stage.height)

    def _sparkle(self, half: Image, stage: Stage, count: int) -> Image:
        light = tinted(smoothstep(0.24, 0.72, half) * self._road, self._glint)
        full = cv2.resize(light, (stage.width, self._rows), interpolation=cv2.INTER_LINEAR)
        return np.asarray(full[:count])


def _two_periods(tile: Image) -> Image:
    """*tile* twice in both directions, and a row and a column more to interpolate with."""
    return np.ascontiguousarray(np.tile(tile, (3, 3))[: 2 * _TILE + 1, : 2 * _TILE + 1])
