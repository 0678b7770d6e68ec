"""The last touches on every frame: bloom and light shafts, vignette, upscaling, grain, fades.

Bloom is computed at a quarter of the size and screened, never added: adding clips one channel
after another and turns warm light green. Grain also hides the steps of 8-bit gradients.
"""

from dataclasses import dataclass
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from dreambox_pipeline.generators.synthetic.canvas import Stage, View, blend_screen

Image = NDArray[Any]
# Seconds of fade from and to black.
_FADE_IN, _FADE_OUT = 0.45, 0.55
# Steps of 255, standard deviation. Grain is what costs bits: 1.7 took half as many again.
_GRAIN = 1.3
# The grain is stored with this much added, so that it fits into unsigned bytes.
_GRAIN_MEAN = np.array((8.0, 8.0, 8.0, 0.0))


class Glow(Protocol):
    """Light added at a quarter of the frame's size, before the bloom is screened."""

    def add(self, small: Image, stage: Stage, view: View, t: float) -> None:
        """Add to *small* (BGR, 8 bit) in place."""
        ...


@dataclass(frozen=True)
class Finish:
    """How a clip's frames are finished.

    Attributes:
        size: Width and height of the finished frame.
        duration_s: For the fades.
        glows: Shafts and other wide light.
        bloom: Strength from 0 to 1.
        vignette: 8-bit BGR factors at layer size.
        grain: 8-bit noise larger than the finished frame.
    """

    size: tuple[int, int]
    duration_s: float
    glows: tuple[Glow, ...]
    bloom: float
    vignette: Image
    grain: Image
    curve: Image

    @classmethod
    def of(
        cls, stage: Stage, *, size: tuple[int, int], duration_s: float, rng: np.random.Generator,
        glows: tuple[Glow, ...] = (), bloom: float = 0.6, vignette: float = 0.45,
    ) -> "Finish":  # fmt: skip
        """Bake the vignette and the grain; *vignette* is the darkening of the corners."""
        ys, xs = np.mgrid[0 : stage.height, 0 : stage.width].astype(np.float32)
        r = np.hypot((xs / stage.width - 0.5) * 1.15, (ys / stage.height - 0.5) * 1.05)
        dark = 1 - vignette * np.clip((r - 0.26) / 0.52, 0, 1) ** 1.7
        edge = np.clip(dark * 255 + rng.random(dark.shape, np.float32) - 0.5, 0, 255)
        noise = rng.standard_normal((size[1] + 64, size[0] + 64), np.float32) * _GRAIN
        noise = np.clip(np.round(noise + 8), 0, 16).astype(np.uint8)
        cube = (np.linspace(0, 1, 256) ** 3 * 255 * bloom).astype(np.uint8)
        return cls(
            size, duration_s, glows, bloom,
            cv2.cvtColor(edge.astype(np.uint8), cv2.COLOR_GRAY2BGR),
            cv2.cvtColor(noise, cv2.COLOR_GRAY2BGR), cube,
        )  # fmt: skip

    def apply(self, frame: Image, stage: Stage, view: View, t: float, index: int) -> Image:
        """The finished picture of *frame*, which is spoilt."""
        bright = cv2.LUT(_quarter(frame), self.curve)
        near = _blurred(bright, 3.0 * stage.scale + 0.3, shrink=2)
        far = _blurred(bright, 12.0 * stage.scale + 0.3, shrink=4)
        light = cv2.addWeighted(near, 0.45, far, 0.6, 0)
        for glow in self.glows:
            glow.add(light, stage, view, t)
        wide = cv2.resize(light, (stage.width, stage.height), interpolation=cv2.INTER_LINEAR)
        blend_screen(frame, wide)
        frame = cv2.multiply(frame, self.vignette, scale=self._fade(t) / 255)
        if self.size != (stage.width, stage.height):
            frame = cv2.resize(frame, self.size, interpolation=cv2.INTER_CUBIC)
        return self._grained(frame, index)

    def _grained(self, frame: Image, index: int) -> Image:
        # A different cut of the same noise for every frame; 37 and 23 have no factor in common
        # with 64, so the cut does not repeat within a clip's second.
        x, y = index * 37 % 64, index * 23 % 64
        cut = self.grain[y : y + self.size[1], x : x + self.size[0]]
        cv2.add(frame, cut, frame)
        return np.asarray(cv2.subtract(frame, _GRAIN_MEAN))

    def _fade(self, t: float) -> float:
        # A short clip fades for at most a fifth of its length.
        begin = min(_FADE_IN, self.duration_s / 5)
        end = min(_FADE_OUT, self.duration_s / 5)
        return float(np.clip(min((t + 0.06) / begin, (self.duration_s - t) / end), 0.0, 1.0))


def _quarter(frame: Image) -> Image:
    # Halved twice: OpenCV halves in a quarter of the time in which it quarters.
    height, width = frame.shape[:2]
    half = cv2.resize(frame, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(half, (width // 4, height // 4), interpolation=cv2.INTER_AREA))


def _blurred(image: Image, sigma: float, *, shrink: int) -> Image:
    """*image* blurred by *sigma* pixels, which is so wide that a smaller picture will do."""
    height, width = image.shape[:2]
    size = max(width // shrink, 1), max(height // shrink, 1)
    soft = cv2.GaussianBlur(
        cv2.resize(image, size, interpolation=cv2.INTER_AREA), (0, 0), sigma / shrink
    )
    return np.asarray(cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR))
