"""Letterbox and pillarbox: flat bars at the edges of a picture that stay where they are.

A dark scene has dark edges too, so darkness proves nothing. A bar is told by four things: it
keeps one gray level for as long as it is there, it ends in a straight line along the whole edge,
right behind that line is something else, and it has a partner of its gray at the opposite edge. A night sky
ends in a ragged line or in none, and the dark ground under a straight horizon is alone.

Bars are looked for second by second and count when they are there three quarters of the time, so
a fade or an end card does not hide them. Titles may lie on them.
"""

import numpy as np
from numpy.typing import NDArray

from dreambox_pipeline.media.measuring.small_frames import GrayFrame

LOOK_EVERY = 4
"""A bar that is there is there in every frame; content is seen often enough in every fourth."""

# Frames looked at that are put together, about a second's.
_IN_A_SPELL = 8
_SEEN_SHARE = 0.75
# Gray levels: what a codec does to a flat area, and what no codec does to it.
_STEADY, _DIFFERENT = 8, 16
# Along one row of a bar: this much is bar, and the rest may be lettering.
_BAR_SHARE = 0.6
# By so much of its length the line behind the bar differs more than the last line of it.
_EDGE_STEP = 0.5
# Rows within which that happens; shrinking blurs a sharp edge over two.
_EDGE_ROWS = 3
# An encoder's padding leaves thinner lines than this, in shares of the side; a bar over half is
# no bar beside a picture.
_THINNEST, _THICKEST = 0.012, 0.49


class Bars:
    """Running look for bars over the frames of one clip."""

    def __init__(self) -> None:
        self._darkest: GrayFrame | None = None
        self._brightest: GrayFrame | None = None
        self._in_spell = 0
        self._seen: list[tuple[float, float]] = []

    def add(self, luma: GrayFrame) -> None:
        """Take in the next frame that is looked at."""
        if self._darkest is None or self._brightest is None:
            self._darkest, self._brightest = luma.copy(), luma.copy()
        else:
            np.minimum(self._darkest, luma, out=self._darkest)
            np.maximum(self._brightest, luma, out=self._brightest)
        self._in_spell += 1
        if self._in_spell == _IN_A_SPELL:
            self._end_spell()

    def share(self) -> float:
        """Share of the picture under bars, 0 to 1. Ends the look."""
        # A last spell of a few frames is not long enough to tell a bar from a still picture.
        if self._in_spell >= _IN_A_SPELL // 2 or not self._seen:
            self._end_spell()
        if not self._seen:
            return 0.0
        across, along = np.quantile(np.array(self._seen), 1 - _SEEN_SHARE, axis=0, method="lower")
        return round(float(1 - (1 - across) * (1 - along)), 4)

    def _end_spell(self) -> None:
        darkest, brightest = self._darkest, self._brightest
        self._darkest, self._brightest, self._in_spell = None, None, 0
        if darkest is None or brightest is None:
            return
        # Nothing at all to see, as in a fade: no word about bars.
        if int(brightest.max()) - int(darkest.min()) <= _DIFFERENT:
            return
        self._seen.append((_pair(darkest, brightest), _pair(darkest.T, brightest.T)))


def _pair(darkest: GrayFrame, brightest: GrayFrame) -> float:
    """How thick the bars at the first and the last row are together; 0 unless both are there."""
    first, last = _level(darkest[0], brightest[0]), _level(darkest[-1], brightest[-1])
    if abs(first - last) > _STEADY:
        return 0.0
    one = _thickness(first, darkest, brightest)
    other = _thickness(last, darkest[::-1], brightest[::-1])
    return one + other if one and other else 0.0


def _level(darkest: GrayFrame, brightest: GrayFrame) -> int:
    return (int(np.median(darkest)) + int(np.median(brightest))) // 2


def _thickness(level: int, darkest: GrayFrame, brightest: GrayFrame) -> float:
    """How thick a bar of *level* at the first row is, as a share of the side; 0 without one."""
    away = _furthest_from(level, darkest, brightest)
    is_bar = (away <= _STEADY).mean(axis=1) >= _BAR_SHARE
    rows = int(np.argmin(is_bar)) if not is_bar.all() else 0
    if not _THINNEST <= rows / len(is_bar) <= _THICKEST:
        return 0.0
    differs = (away[max(0, rows - _EDGE_ROWS) : rows + _EDGE_ROWS] > _DIFFERENT).mean(axis=1)
    return rows / len(is_bar) if differs.max() - differs[0] >= _EDGE_STEP else 0.0


def _furthest_from(level: int, darkest: GrayFrame, brightest: GrayFrame) -> NDArray[np.int16]:
    """The largest distance from *level* that each pixel ever had."""
    above = brightest.astype(np.int16) - level
    below = level - darkest.astype(np.int16)
    return np.maximum(above, below)
