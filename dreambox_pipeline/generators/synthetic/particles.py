"""Small loose things that fill the air or the water: motes, fireflies, snow, bubbles, embers, petals.

Every particle's place is a closed formula of time, so frames can be drawn in any order and by
several threads. All are light and are screened, petals are laid over.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from dreambox_pipeline.generators.synthetic.actors import Pose
from dreambox_pipeline.generators.synthetic.bake import Bake
from dreambox_pipeline.generators.synthetic.canvas import DESIGN_WIDTH, Stage, View, place
from dreambox_pipeline.generators.synthetic.raster import Ink, soft_disc, sprite

Image = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of particle behaves; sizes and speeds in design pixels.

    Attributes:
        count: On a full frame.
        radius: Smallest and largest.
        rise: Pixels per second upwards; negative falls.
        wander: Sideways swing in pixels.
        pulse: How much the light comes and goes, from 0 to 1.
        strength: Brightness from 0 to 1.
        warm: Lamplight instead of moonlight.
    """

    count: int
    radius: tuple[float, float]
    rise: float
    wander: float
    pulse: float
    strength: float
    warm: bool = False


KINDS = {
    "motes": Kind(46, (1.6, 3.6), 5, 14, 0.5, 0.55),
    "fireflies": Kind(34, (4.0, 8.0), 4, 34, 1.0, 0.95, warm=True),
    "snow": Kind(110, (1.8, 4.6), -46, 16, 0.1, 0.80),
    "bubbles": Kind(34, (2.2, 7.0), 44, 9, 0.2, 0.75),
    "embers": Kind(46, (1.8, 4.0), 52, 26, 0.8, 0.95, warm=True),
    "stars": Kind(90, (3.0, 10.0), 1.5, 3, 0.7, 1.0),
    "torrent": Kind(120, (2.6, 13.0), 150, 30, 0.2, 0.85),
    "rain": Kind(90, (1.4, 2.2), -620, 0, 0.0, 0.30),
    "petals": Kind(26, (5.0, 9.0), -30, 40, 0.0, 1.0),
}


class Particles:
    """One kind of particle across the whole frame.

    Args:
        bake: The clip.
        kind: Key of `KINDS`.
        stream: Design pixels per second added upwards, from the camera's own fall.
        top: Design y above which there are none.
    """

    def __init__(self, bake: Bake, kind: str, *, stream: float = 0.0, top: float = -40.0) -> None:
        self._kind = KINDS[kind]
        self._is_petal = kind == "petals"
        count = self._kind.count
        rng = bake.rng
        self._x = rng.random(count) * (DESIGN_WIDTH + 80) - 40
        self._y = rng.random(count)
        self._near = rng.random(count) ** 1.6
        self._phase = rng.random(count) * 2 * np.pi
        self._pace = 0.6 + 0.8 * rng.random(count)
        self._stream, self._top = stream, top
        self._sprites = self._bake(bake, kind)

    def _bake(self, bake: Bake, kind: str) -> tuple[Image, ...]:
        low, high = self._kind.radius
        colour = bake.palette.lamp if self._kind.warm else bake.palette.light
        out = []
        for radius in np.linspace(low, high, 4):
            size = max(float(radius) * bake.scale, 1.2)
            if self._is_petal:
                mask, _ = (
                    Ink()
                    .blob((-0.5, 0.05), (-0.1, -0.26), (0.5, -0.05), (0.1, 0.24))
                    .mask(size * 1.5)
                )
                tint = bake.palette.accent * 0.55 + bake.palette.light * 0.45
                out.append(sprite(tint, mask, bake.rng))
                continue
            if kind == "rain":
                streak = np.outer(
                    np.sin(np.linspace(0, np.pi, int(26 * bake.scale))), [0.2, 1, 0.2]
                )
                light = streak[..., None] * colour * self._kind.strength
            elif kind in ("bubbles", "torrent"):
                light = _bubble(size)[..., None] * colour * self._kind.strength
            else:
                core = soft_disc(size, power=1.4) * 0.75 + soft_disc(size, power=5) * 0.5
                light = np.clip(core, 0, 1)[..., None] * colour * self._kind.strength
            out.append(np.pad(light, ((1, 1), (1, 1), (0, 0))).clip(0, 255).astype(np.uint8))
        return tuple(out)

    def draw(self, frame: Image, stage: Stage, view: View, t: float) -> None:
        """Draw every particle at *t* seconds."""
        kind = self._kind
        span = stage.design_height - self._top + 80
        for i in range(kind.count):
            near = float(self._near[i])
            depth = 0.35 + 1.0 * near
            speed = (kind.rise * self._pace[i] + self._stream * depth) * (0.6 + 0.6 * near)
            y = self._top - 40 + (self._y[i] * span - speed * t) % span
            x = self._x[i] + kind.wander * np.sin(0.5 * self._pace[i] * t + self._phase[i])
            px, py, zoom = stage.project(x, y + view.y * depth, depth, view)
            glow = 1 - kind.pulse * (
                0.5 + 0.5 * np.sin(1.7 * self._pace[i] * t + 2 * self._phase[i])
            )
            pose = Pose(px, py, zoom, self._turn(i, t), float(glow))
            self._one(frame, self._sprites[min(int(near * 4), 3)], pose, flat=self._flat(i, t))

    def _turn(self, i: int, t: float) -> float:
        """Degrees a petal has turned."""
        return float(np.degrees(self._phase[i]) + 50 * self._pace[i] * t)

    def _flat(self, i: int, t: float) -> float:
        """How wide a tumbling petal appears."""
        return float(0.75 + 0.25 * np.sin(2 * t + self._phase[i]))

    def _one(self, frame: Image, image: Image, pose: Pose, *, flat: float) -> None:
        if pose.light < 0.04:
            return
        height, width = image.shape[:2]
        if self._is_petal:
            turn = cv2.getRotationMatrix2D((width / 2, height / 2), pose.angle, pose.size)
            turn[1] *= flat
            turn[:, 2] += (pose.x - width / 2, pose.y - height / 2)
            place(frame, image, np.asarray(turn))
            return
        lit = image if pose.light > 0.97 else cv2.convertScaleAbs(image, alpha=pose.light)
        left, top = pose.x - width * pose.size / 2, pose.y - height * pose.size / 2
        place(frame, lit, np.array([[pose.size, 0, left], [0, pose.size, top]]), glow=True)


def _bubble(radius: float) -> Image:
    size = int(np.ceil(radius)) * 2 + 1
    ys, xs = np.mgrid[0:size, 0:size].astype(np.float32) - size // 2
    r = np.hypot(xs, ys) / radius
    ring = np.exp(-(((r - 0.8) / 0.14) ** 2)) * (0.55 - 0.35 * ys / radius)
    glint = np.exp(-((xs / radius + 0.3) ** 2 + (ys / radius + 0.35) ** 2) / 0.04)
    return np.asarray(np.clip(ring + glint * 0.9 + 0.10 * (r < 0.8), 0, 1))
