from statistics import median

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.stages.videos.quality.similarity import (
    NearestClip,
    clip_distance,
    nearest_clip,
)

HASH = st.integers(1, 2**64 - 1).map(lambda n: f"{n:016x}")
CLIP = st.lists(HASH, min_size=8, max_size=20)


def plain_distance(one: list[str], other: list[str]) -> float | None:
    """The definition, word for word: the smallest median over all small shifts."""
    medians = []
    for shift in range(-4, 5):
        pairs = zip(one[max(shift, 0) :], other[max(-shift, 0) :], strict=False)
        numbers = [(int(a, 16), int(b, 16)) for a, b in pairs]
        bits = [(a ^ b).bit_count() for a, b in numbers if a and b]
        if len(bits) >= 3:
            medians.append(float(median(bits)))
    return min(medians, default=None)


@settings(max_examples=60)
@given(
    st.lists(st.integers(0, 3).map(lambda n: f"{n * 0x1234567 % 2**64:016x}"), max_size=20),
    st.lists(st.lists(HASH, max_size=20), max_size=6),
)
def test_many_clips_at_once_give_what_each_gives_alone(
    one: list[str], others: list[list[str]]
) -> None:
    """One table of numbers is only faster; clips of all lengths, flat frames among them."""
    alone = [plain_distance(one, other) for other in others]
    together = nearest_clip(one, {str(place): other for place, other in enumerate(others)})
    known = [distance for distance in alone if distance is not None]
    if not known:
        assert together is None
    else:
        assert together == NearestClip(str(alone.index(min(known))), min(known))


def test_five_hundred_videos_are_compared() -> None:
    """The one that is meant is found among a year's, wherever it stands."""
    rng = np.random.default_rng(3)
    table = rng.integers(1, 2**63, (500, 30))
    earlier = {f"vid_{n}": [f"{int(each):016x}" for each in row] for n, row in enumerate(table)}
    assert nearest_clip(earlier["vid_321"], earlier) == NearestClip("vid_321", 0.0)


def test_one_shared_moment_does_not_make_clips_alike() -> None:
    """A common fade or sky for a moment proves nothing."""
    one = [f"{n * 0x9E3779B97F4A7C15 % 2**64:016x}" for n in range(1, 13)]
    other = [f"{n * 0xC2B2AE3D27D4EB4F % 2**64:016x}" for n in range(1, 13)]
    other[0] = one[0]
    distance = clip_distance(one, other)
    assert distance is not None
    assert distance > 20


def test_flat_frames_are_not_compared() -> None:
    """Two fades to black are not two equal clips."""
    assert clip_distance(["0" * 16] * 10, ["0" * 16] * 10) is None


def test_too_few_frames_say_nothing() -> None:
    """Two pairs are not enough."""
    assert clip_distance(["a" * 16] * 2, ["a" * 16] * 2) is None
    assert clip_distance([], ["a" * 16] * 9) is None


@settings(max_examples=50)
@given(CLIP, CLIP)
def test_distance_is_symmetric_and_bounded(one: list[str], other: list[str]) -> None:
    """Who came first does not matter."""
    distance = clip_distance(one, other)
    assert distance == clip_distance(other, one)
    assert distance is not None
    assert 0 <= distance <= 64


@settings(max_examples=30)
@given(CLIP, st.integers(0, 4))
def test_a_clip_is_itself_at_any_small_shift(clip: list[str], shift: int) -> None:
    """A cut of up to four hashed frames is found."""
    assert clip_distance(clip, clip[shift:]) == 0
