"""Numbers about frames, added up one small gray frame at a time.

Frames arrive 270x480, one byte a pixel. Nothing is kept but a few numbers per frame, so a
ten-minute clip needs no more memory than a short one. What is too dark or too soft is decided
by whoever asked, not here.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 270, 480
HASH_EVERY = 8

GrayFrame = NDArray[np.uint8]

# FFmpeg's blackdetect: a pixel is black in the lowest tenth of the range, a frame when 98 % are.
_BLACK_LEVEL, _BLACK_SHARE = 0.10 * 255, 0.98
# Two thumbnails 27x48 closer than this many gray levels on average show the same picture:
# film grain of s.d. 4 averages out to 0.1 in them, a slow drift reaches it within 0.3 s.
_SAME_PICTURE = 0.4
# A flat picture has no structure to compare, and every fade has one.
_FLAT_STD = 3.0


@dataclass(slots=True)
class FrameStatistics:
    """Running numbers over the frames of one clip.

    Attributes:
        frames: How many frames came.
        hashes: Of every 8th frame, as 16 hex digits; all zeros for a flat one.
    """

    frames: int = 0
    black_frames: int = 0
    still_runs: list[int] = field(default_factory=list)
    sharpness: list[float] = field(default_factory=list)
    brightness: list[float] = field(default_factory=list)
    hashes: list[str] = field(default_factory=list)
    _reference: NDArray[np.float32] | None = None

    def add(self, frame: GrayFrame) -> None:
        """Take in the next frame."""
        if self.frames % HASH_EVERY == 0:
            self.hashes.append(perceptual_hash(frame))
        self.frames += 1
        self.brightness.append(float(frame.mean()) / 255)
        self.sharpness.append(float(cv2.Laplacian(frame, cv2.CV_64F).var()))
        if float((frame < _BLACK_LEVEL).mean()) >= _BLACK_SHARE:
            self.black_frames += 1
        self._follow(frame)

    def frozen_frames(self, shortest_run: int) -> int:
        """Frames in runs of at least *shortest_run* frames that show the same picture."""
        return sum(run for run in self.still_runs if run >= shortest_run)

    def _follow(self, frame: GrayFrame) -> None:
        # Compared with the first frame of the run, not with the frame before: a slow
        # movement changes little from frame to frame and is no freeze.
        small = cv2.resize(frame, (27, 48), interpolation=cv2.INTER_AREA).astype(np.float32)
        before = self._reference
        if before is not None and float(np.abs(small - before).mean()) < _SAME_PICTURE:
            self.still_runs[-1] += 1
            return
        self._reference = small
        self.still_runs.append(1)


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
