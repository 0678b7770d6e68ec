"""Numbers about frames, added up one small frame at a time.

Nothing is kept but a few numbers per frame, so a ten-minute clip needs no more memory than a
short one. What is too dark or too soft is decided by whoever asked, not here.
"""

import statistics
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from dreambox_pipeline.media.measuring.small_frames import GrayFrame

HASH_EVERY = 8
SHARPNESS_EVERY = 4
"""Sharpness is a median over the clip: that of every fourth frame lies where that of all does."""

THUMBNAIL = (27, 48)
"""Width and height of the thumbnails in which stillness and flashes are looked for."""

# As in FFmpeg's blackdetect a pixel is black in the lowest tenth of the range. A frame is when
# 97 % of its pixels are, because a title and a label may stand on nothing, and when three quarters
# of its 9x16 cells hold nothing brighter: stars are few pixels, but everywhere.
_BLACK_LEVEL, _BLACK_SHARE, _EMPTY_SHARE = 0.10 * 255, 0.97, 0.75
_CELL = 30
# The brightest mean a black frame can have; whatever is brighter need not be counted.
_BLACK_MEAN = _BLACK_LEVEL * _BLACK_SHARE + 255 * (1 - _BLACK_SHARE)
# Two thumbnails 27x48 closer than this many gray levels on average show the same picture:
# film grain of s.d. 4 averages out to 0.1 in them, a slow drift reaches it within 0.3 s. In a
# picture with little contrast less is movement: a fiftieth of it, down to what grain leaves.
_SAME_PICTURE, _SAME_DULL_PICTURE, _SAME_SHARE = 0.4, 0.15, 0.02
# A flat picture has no structure to compare, and every fade has one.
_FLAT_STD = 3.0


def thumbnail(luma: GrayFrame) -> GrayFrame:
    """The picture 27x48 in gray; grain and fine texture average out in it."""
    return np.asarray(cv2.resize(luma, THUMBNAIL, interpolation=cv2.INTER_AREA), np.uint8)


@dataclass(slots=True)
class FrameStatistics:
    """Running numbers over the frames of one clip.

    Attributes:
        frames: How many frames came.
        brightness: Mean of each frame, 0 to 1.
        sharpness: Variance of the Laplacian of every 4th frame.
        still_runs: Lengths of the runs of frames that show the same picture, in order.
        hashes: Of every 8th frame, as 16 hex digits; all zeros for a flat one.
    """

    frames: int = 0
    black_frames: int = 0
    still_runs: list[int] = field(default_factory=list)
    sharpness: list[float] = field(default_factory=list)
    brightness: list[float] = field(default_factory=list)
    hashes: list[str] = field(default_factory=list)
    _reference: NDArray[np.float32] | None = None
    _same_picture: float = _SAME_PICTURE

    def add(self, luma: GrayFrame, small: GrayFrame) -> None:
        """Take in the next frame.

        Args:
            luma: 480 rows of 270.
            small: Its `thumbnail`.
        """
        if self.frames % HASH_EVERY == 0:
            self.hashes.append(perceptual_hash(luma))
        if self.frames % SHARPNESS_EVERY == 0:
            self.sharpness.append(sharpness_of(luma))
        self.frames += 1
        mean = float(small.mean())
        self.brightness.append(mean / 255)
        if mean <= _BLACK_MEAN + 1 and is_black(luma):
            self.black_frames += 1
        self._follow(small)

    @property
    def median_sharpness(self) -> float:
        """The middle one of the frames looked at."""
        return float(statistics.median(self.sharpness))

    def frozen_frames(self, shortest_run: int) -> int:
        """Frames in runs of at least *shortest_run* frames that show the same picture."""
        return sum(run for run in self.still_runs if run >= shortest_run)

    def _follow(self, small: GrayFrame) -> None:
        # Compared with the first frame of the run, not with the frame before: a slow
        # movement changes little from frame to frame and is no freeze.
        picture = small.astype(np.float32)
        before = self._reference
        if before is not None and float(np.abs(picture - before).mean()) < self._same_picture:
            self.still_runs[-1] += 1
            return
        self._reference = picture
        share = _SAME_SHARE * float(picture.std())
        self._same_picture = min(_SAME_PICTURE, max(_SAME_DULL_PICTURE, share))
        self.still_runs.append(1)


def is_black(luma: GrayFrame) -> bool:
    """Whether there is nothing to see but perhaps some lettering."""
    if float((luma < _BLACK_LEVEL).mean()) < _BLACK_SHARE:
        return False
    rows, columns = luma.shape[0] // _CELL, luma.shape[1] // _CELL
    cells = luma.reshape(rows, _CELL, columns, _CELL).max(axis=(1, 3))
    return float((cells < _BLACK_LEVEL).mean()) >= _EMPTY_SHARE


def sharpness_of(luma: GrayFrame) -> float:
    """Variance of the Laplacian: near 0 where nothing in the picture has an edge."""
    # 16 bits hold every value of this 3x3 kernel (at most 4 x 255), at half the cost of floats.
    _, deviation = cv2.meanStdDev(cv2.Laplacian(luma, cv2.CV_16S))
    return float(deviation[0, 0]) ** 2


def perceptual_hash(frame: GrayFrame) -> str:
    """64 bits of the frame's coarse structure, as 16 hex digits.

    The lowest 8x8 cosine frequencies against their median; survives scaling, grain and
    re-encoding. Flat frames give all zeros, which `hash_distance` callers leave out.
    """
    small = cv2.resize(frame, (32, 32), interpolation=cv2.INTER_AREA).astype(np.float32)
    if float(small.std()) < _FLAT_STD:
        return "0" * 16
    low = cv2.dct(small)[:8, :8].ravel()
    # The first coefficient is the mean brightness: far from the others, and no structure.
    low[0] = 0.0
    bits = low > np.median(low)
    return np.packbits(bits).tobytes().hex()
