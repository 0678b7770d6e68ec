"""Deterministic dice: every random choice of the world is named, never drawn from a stream.

A choice depends on the seed and on its own name only, so the order in which clients ask
changes nothing: the same seed is the same world.
"""

from hashlib import blake2b
from random import Random

_UNIT = 1 << 64


def digest(seed: int, *parts: object) -> int:
    """A number from 0 to 2^64-1 that depends on *seed* and the name *parts*."""
    name = "\x1f".join(str(part) for part in (seed, *parts))
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest())


def fraction(seed: int, *parts: object) -> float:
    """A number from 0 (included) to 1 (excluded)."""
    return digest(seed, *parts) / _UNIT


def dice(seed: int, *parts: object) -> Random:
    """A random number generator of its own for the choice named *parts*."""
    return Random(digest(seed, *parts))


def snowflake(created_at: int, seed: int, *parts: object) -> str:
    """A 19-digit id as TikTok makes them: the Unix second in the high bits, noise in the low 32."""
    return str((created_at << 32) | (digest(seed, "id", *parts) & 0xFFFFFFFF))
