"""A flash risk screen: how often much of the picture goes bright and dark again in one second.

WCAG 2.3.1 and ITU-R BT.1702 call a pair of opposing changes of luminance a flash when they are at
least a tenth of the largest luminance and the darker side is below 0.8 of it, and allow three of
them in any second over more than a quarter of the field of view. Here the field of view is the
picture, in 9x16 cells; the number is what more than a quarter of the cells saw.

This is a screen, not the Harding test: saturated red flashes count only by their luminance (full
red on black does), striped patterns count only when they move, and the screen's size and
brightness are not known. It calls a moving pattern coarser than a cell a flash, as the viewer's
eye may too; finer ones average out, which WCAG allows.
"""

import numpy as np
from numpy.typing import NDArray

from dreambox_pipeline.media.measuring.frame_statistics import THUMBNAIL
from dreambox_pipeline.media.measuring.small_frames import GrayFrame

SAFE_FLASHES_PER_S = 3
"""Flashes in one second that the rules allow."""

_CELL = 3  # thumbnail pixels: 30 px of 270
_COLUMNS, _ROWS = THUMBNAIL[0] // _CELL, THUMBNAIL[1] // _CELL
_CELLS = _COLUMNS * _ROWS
_CHANGE, _BRIGHT = 0.1, 0.8
# More than a quarter of the cells: so many may be left over.
_QUIET_CELLS = _CELLS - (_CELLS // 4 + 1)
# No real clip has more frames a second, and the memory is one byte a cell and frame.
_LONGEST_SECOND = 240


def _relative_luminance() -> NDArray[np.float32]:
    """Relative luminance of each gray level, by the sRGB curve of WCAG 2."""
    level = np.arange(256) / 255
    curve = np.where(level <= 0.04045, level / 12.92, ((level + 0.055) / 1.055) ** 2.4)
    return curve.astype(np.float32)


_LUMINANCE = _relative_luminance()


class Flashes:
    """Running count of flashes over the frames of one clip.

    Args:
        frame_rate: Frames a second.

    Attributes:
        most_per_s: Most flashes in any second so far; a half is one change without its opposite.
    """

    def __init__(self, frame_rate: float) -> None:
        second = min(max(1, round(frame_rate)), _LONGEST_SECOND)
        self.most_per_s = 0.0
        self._changes = np.zeros((second, _CELLS), bool)
        self._in_second = np.zeros(_CELLS, np.int32)
        self._frames = 0
        # Per cell: the extremes since its last change, and which way that went.
        self._low = self._high = np.empty(0, np.float32)
        self._way = np.zeros(_CELLS, np.int8)

    def add(self, small: GrayFrame) -> bool:
        """Take in the next frame's thumbnail; True when it is the worst so far."""
        now = _LUMINANCE[small].reshape(_ROWS, _CELL, _COLUMNS, _CELL).mean((1, 3)).ravel()
        if self._frames == 0:
            self._low, self._high = now.copy(), now.copy()
        self._count(self._changed(now))
        self._frames += 1
        flashes = float(np.partition(self._in_second, _QUIET_CELLS)[_QUIET_CELLS]) / 2
        is_worst = flashes > self.most_per_s
        self.most_per_s = max(flashes, self.most_per_s)
        return is_worst

    def _changed(self, now: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Cells that have changed enough since their last extreme, the other way than before."""
        np.minimum(self._low, now, out=self._low)
        np.maximum(self._high, now, out=self._high)
        up = (now - self._low >= _CHANGE) & (self._low < _BRIGHT) & (self._way != 1)
        down = (self._high - now >= _CHANGE) & (now < _BRIGHT) & (self._way != -1)
        changed: NDArray[np.bool_] = up | down
        if changed.any():
            self._way[up], self._way[down] = 1, -1
            self._low[changed] = self._high[changed] = now[changed]
        return changed

    def _count(self, changed: NDArray[np.bool_]) -> None:
        place = self._frames % len(self._changes)
        self._in_second += changed
        self._in_second -= self._changes[place]
        self._changes[place] = changed
