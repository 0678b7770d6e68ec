"""How a clip looks, in numbers: color, light, texture and movement of the whole of it.

Not what is in it: a forest and an ocean painted in one style should lie close together, and one
scene in two styles far apart. Two looks are compared by `stages.videos.quality.drift`.
"""

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from dreambox_pipeline.media.measuring.small_frames import SmallFrame, to_rgb

LOOK_EVERY = 8
"""A look is a median over the clip; four frames of each second are enough of it."""

_SIZE = (54, 96)
_HUES = 6
# Below this chroma (CIE L*a*b*) a color has no hue that anybody would name.
_COLORED = 6.0
_DARK_L = 20.0


class Feature(StrEnum):
    """What is measured, in the order of `Measurements.look`."""

    LIGHTNESS = "lightness"
    """Mean L* of CIE L*a*b*, 0 to 100."""
    CONTRAST = "contrast"
    """Standard deviation of L* within a frame."""
    DARKNESS = "darkness"
    """Share of the picture below L* 20."""
    GREEN_RED = "green_red"
    """Mean a*."""
    BLUE_YELLOW = "blue_yellow"
    """Mean b*."""
    GREEN_RED_SPREAD = "green_red_spread"
    BLUE_YELLOW_SPREAD = "blue_yellow_spread"
    """Standard deviations of a* and b* within a frame."""
    COLORFULNESS = "colorfulness"
    """Mean chroma."""
    HUE_RED = "hue_red"
    HUE_YELLOW = "hue_yellow"
    HUE_GREEN = "hue_green"
    HUE_CYAN = "hue_cyan"
    HUE_BLUE = "hue_blue"
    HUE_MAGENTA = "hue_magenta"
    """Shares of the chroma whose hue angle in L*a*b* is nearest to this hue's, 0 to 1."""
    DETAIL = "detail"
    """Natural logarithm of 1 + the mean absolute Laplacian at 270 px."""
    FINENESS = "fineness"
    """Slope of the spectrum's amplitude over frequency, both as logarithms: -1 natural, lower soft."""
    MOVEMENT = "movement"
    """Mean absolute change in gray levels of a thumbnail in 8 frames."""


# Hue angles in the a*b* plane at which the bins are centered, in the order of the features.
_CENTERS = np.radians(np.array([30.0, 90.0, 140.0, 195.0, 275.0, 330.0]))


class Look:
    """The look of each frame of one clip; that of the clip is their median.

    So a fade, a title card or one flash of light does not color the whole. A ten-minute clip
    keeps 300 KB of numbers.
    """

    def __init__(self) -> None:
        self._seen: list[list[float]] = []
        self._before: NDArray[np.int16] | None = None

    def add(self, frame: SmallFrame) -> None:
        """Take in the next frame that is looked at."""
        import cv2

        luma, blue, red = (
            np.asarray(cv2.resize(plane, _SIZE, interpolation=cv2.INTER_AREA), np.uint8)
            for plane in (frame.luma, frame.blue, frame.red)
        )
        rgb = to_rgb(luma, blue, red).astype(np.float32) / 255
        lab = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2LAB), np.float32)
        gray = luma.astype(np.int16)
        # The first frame has none before it to have moved from.
        moved = np.nan if self._before is None else float(np.abs(gray - self._before).mean())
        self._before = gray
        edges = cv2.Laplacian(frame.luma, cv2.CV_16S)
        detail = float(np.log1p(cv2.norm(edges, cv2.NORM_L1) / edges.size))
        self._seen.append([*_light(lab), *_color(lab), detail, _slope(luma), moved])

    def values(self) -> tuple[float, ...]:
        """The look, one number per `Feature`; empty when there was no frame."""
        if not self._seen:
            return ()
        table = np.array(self._seen)
        table[0, -1] = table[1:, -1].mean() if len(table) > 1 else 0.0
        return tuple(round(float(value), 4) for value in np.median(table, axis=0))


def _light(lab: NDArray[np.float32]) -> tuple[float, float, float]:
    light = lab[..., 0]
    return float(light.mean()), float(light.std()), float((light < _DARK_L).mean())


def _color(lab: NDArray[np.float32]) -> list[float]:
    a, b = lab[..., 1], lab[..., 2]
    chroma = np.hypot(a, b)
    return [
        float(a.mean()),
        float(b.mean()),
        float(a.std()),
        float(b.std()),
        float(chroma.mean()),
        *_hues(a, b, chroma),
    ]


def _hues(
    a: NDArray[np.float32], b: NDArray[np.float32], chroma: NDArray[np.float32]
) -> list[float]:
    weight = np.where(chroma >= _COLORED, chroma, 0)
    total = float(weight.sum())
    if not total:
        return [0.0] * _HUES
    angle = np.arctan2(b, a)
    # Each color goes to the center it is nearest to on the circle.
    nearest = np.argmax(np.cos(angle[..., None] - _CENTERS.astype(np.float32)), axis=-1)
    counted = np.bincount(nearest.ravel(), weight.ravel(), minlength=_HUES)
    return [float(share) for share in counted / total]


def _slope(gray: NDArray[np.uint8]) -> float:
    """Of the logarithm of the amplitude over that of the frequency, from 2 to 24 waves a width."""
    centered = gray.astype(np.float32)
    centered -= centered.mean()
    # Without a window the picture's own border would be its strongest edge.
    centered *= _WINDOW
    amplitude = np.abs(np.fft.rfft2(centered))
    log_amplitude = np.log(amplitude[_BAND] + 1.0)
    return float(_FREQUENCY @ log_amplitude)


def _regression(size: tuple[int, int]) -> tuple[NDArray[np.bool_], NDArray[np.float32]]:
    """The band of frequencies that counts, and weights whose sum of products is the slope."""
    width, height = size
    rows, columns = np.fft.fftfreq(height) * width, np.fft.rfftfreq(width) * width
    radius = np.hypot(rows[:, None], columns[None])
    band = (radius >= 2) & (radius <= 24)
    x = np.log(radius[band])
    x -= x.mean()
    # Few low frequencies and many high ones: each octave counts the same.
    weight = 1 / radius[band]
    x -= (x * weight).sum() / weight.sum()
    return band, (x * weight / (weight * x * x).sum()).astype(np.float32)


_BAND, _FREQUENCY = _regression(_SIZE)
_WINDOW = np.outer(np.hanning(_SIZE[1]), np.hanning(_SIZE[0])).astype(np.float32)
