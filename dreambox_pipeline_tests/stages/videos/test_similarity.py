from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.stages.videos.similarity import clip_distance, hash_distance

HASH = st.integers(1, 2**64 - 1).map(lambda n: f"{n:016x}")
CLIP = st.lists(HASH, min_size=8, max_size=20)


def test_distance_counts_bits() -> None:
    """From 0 for the same to 64 for the opposite."""
    assert hash_distance("0" * 16, "f" * 16) == 64
    assert hash_distance("00000000000000ff", "00000000000000fe") == 1


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
