"""How alike two clips look, from their frame hashes.

Two lists of 64-bit hashes are laid beside each other at every small shift; the median number
of differing bits of the best shift is the distance. The median, because clips of quite
different dreams share a fade or a similar sky for a moment, and one alike frame proves nothing.

Hundreds of earlier clips are compared at once, as one table of numbers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# Hashes are 8 frames apart, so this covers a cut or an added start of about a second.
_LARGEST_SHIFT = 4
# Fewer pairs than this say nothing about the clips.
_FEWEST_PAIRS = 3
# Earlier clips compared at a time: with ten-minute clips 40 MB of differences, not gigabytes.
_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class NearestClip:
    """The earlier clip that looks most like one.

    Attributes:
        distance: Bits of 64 that differ, at the median of the frames.
    """

    clip_id: str
    distance: float


def nearest_clip(hashes: Sequence[str], earlier: Mapping[str, Sequence[str]]) -> NearestClip | None:
    """The nearest of *earlier* clips, or None when there is none that can be compared.

    Args:
        hashes: Frame hashes of the clip, as 16 hex digits each. Flat frames (all zeros) have no
            structure and are left out.
        earlier: The same of other clips, by id. Of two equally near the first is named.
    """
    ids = list(earlier)
    one = _numbers(hashes)
    best: NearestClip | None = None
    for start in range(0, len(ids), _AT_ONCE):
        some = ids[start : start + _AT_ONCE]
        distances = _distances(one, _table([earlier[clip_id] for clip_id in some]))
        nearest = int(np.argmin(distances))
        distance = float(distances[nearest])
        if np.isfinite(distance) and (best is None or distance < best.distance):
            best = NearestClip(some[nearest], distance)
    return best


def clip_distance(one: Sequence[str], other: Sequence[str]) -> float | None:
    """Bits of 64 that differ at the best alignment, or None when too little can be compared."""
    nearest = nearest_clip(one, {"other": other})
    return nearest.distance if nearest else None


def _numbers(hashes: Sequence[str]) -> NDArray[np.uint64]:
    return np.array([int(each, 16) for each in hashes], np.uint64)


def _table(clips: Sequence[Sequence[str]]) -> NDArray[np.uint64]:
    """One row per clip, filled up with zeros, which count as flat frames."""
    table = np.zeros((len(clips), max(map(len, clips), default=0)), np.uint64)
    for row, hashes in zip(table, clips, strict=True):
        row[: len(hashes)] = _numbers(hashes)
    return table


def _distances(one: NDArray[np.uint64], others: NDArray[np.uint64]) -> NDArray[np.float64]:
    """The distance of *one* to each row of *others*; infinite where too little can be compared."""
    best = np.full(len(others), np.inf)
    for shift in range(-_LARGEST_SHIFT, _LARGEST_SHIFT + 1):
        mine, theirs = one[max(shift, 0) :], others[:, max(-shift, 0) :]
        frames = min(len(mine), theirs.shape[1])
        mine, theirs = mine[:frames], theirs[:, :frames]
        bits = np.bitwise_count(mine ^ theirs).astype(np.float32)
        bits[(theirs == 0) | (mine == 0)] = np.nan
        is_enough = np.isfinite(bits).sum(axis=1) >= _FEWEST_PAIRS
        if is_enough.any():
            medians = np.nanmedian(bits[is_enough], axis=1)
            best[is_enough] = np.minimum(best[is_enough], medians)
    return best
