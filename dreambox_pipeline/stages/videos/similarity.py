"""How alike two clips look, from their frame hashes.

Two lists of 64-bit hashes are laid beside each other at every small shift; the median number
of differing bits of the best shift is the distance. The median, because clips of quite
different dreams share a fade or a similar sky for a moment, and one alike frame proves nothing.
"""

from collections.abc import Sequence
from statistics import median

# Hashes are 8 frames apart, so this covers a cut or an added start of about a second.
_LARGEST_SHIFT = 4
# Fewer pairs than this say nothing about the clips.
_FEWEST_PAIRS = 3
_FLAT = "0" * 16


def clip_distance(one: Sequence[str], other: Sequence[str]) -> float | None:
    """Bits of 64 that differ at the best alignment, or None when too little can be compared.

    Flat frames (all zeros) have no structure and are left out.
    """
    medians = []
    for shift in range(-_LARGEST_SHIFT, _LARGEST_SHIFT + 1):
        pairs = zip(one[max(shift, 0) :], other[max(-shift, 0) :], strict=False)
        bits = [hash_distance(a, b) for a, b in pairs if _FLAT not in {a, b}]
        if len(bits) >= _FEWEST_PAIRS:
            medians.append(float(median(bits)))
    return min(medians, default=None)


def hash_distance(one: str, other: str) -> int:
    """How many of the 64 bits of two hashes (16 hex digits each) differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()
