"""The plan of an upload: whatever the size, TikTok takes it, and it can go on after any break."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dreambox_pipeline.tiktok import chunks
from dreambox_pipeline.tiktok.chunks import ChunkPlan, plan_chunks
from dreambox_pipeline.tiktok.errors import MediaRejected

MB_BINARY, MB_DECIMAL = 2**20, 10**6
SIZES = st.integers(1, 4_000_000_000)
CHUNKS = st.integers(5 * MB_BINARY, 64 * MB_DECIMAL)
EDGES = [
    1, 4_999_999, 5_000_000, 5_000_001, 5_242_879, 5_242_880, 5_242_881, 9_999_999, 10_000_000,
    19_999_999, 20_000_000, 20_000_001, 50_000_123, 63_999_999, 64_000_000, 64_000_001, 67_108_864,
    67_108_865, 127_999_999, 128_000_000, 128_000_001, 134_217_729, 999_999_999, 3_999_999_999,
    4_000_000_000,
]  # fmt: skip


def assert_taken(size: int, plan: ChunkPlan) -> None:
    """TikTok's rules in both readings of a megabyte, and the file exactly covered."""
    parts = plan.chunks()
    assert plan.size == size
    assert plan.total_chunk_count == size // plan.chunk_size == len(parts)
    assert 1 <= len(parts) <= 1000
    assert parts[0].first == 0
    assert parts[-1].end == size
    assert all(one.end == following.first for one, following in pairwise(parts))
    assert all(part.size == plan.chunk_size for part in parts[:-1])
    assert plan.chunk_size <= parts[-1].size <= 128 * MB_DECIMAL
    if size < 5 * MB_DECIMAL:
        assert (len(parts), plan.chunk_size) == (1, size)
    elif size >= 5 * MB_BINARY:
        assert 5 * MB_BINARY <= plan.chunk_size <= 64 * MB_DECIMAL
    else:  # below five binary megabytes and above five decimal ones: right in both readings
        assert (len(parts), plan.chunk_size) == (1, size)
    if size > 64 * MB_BINARY:
        assert len(parts) > 1


@pytest.mark.parametrize("size", EDGES)
def test_sizes_at_every_edge_are_cut_as_tiktok_takes_them(size):
    """Where the rules change, one byte decides."""
    assert_taken(size, plan_chunks(size))


@given(SIZES, CHUNKS)
@example(128_000_000, 64_000_000)
@example(127_999_999, 64_000_000)
@example(4_000_000_000, 5 * MB_BINARY)
def test_every_size_is_cut_as_tiktok_takes_it(size, chunk_bytes):
    """From one byte to four gigabytes, with any size of chunks."""
    assert_taken(size, plan_chunks(size, chunk_bytes=chunk_bytes))


@given(SIZES, st.data())
def test_an_upload_goes_on_from_any_byte(size, data):
    """What is whole is not sent again, what is not is sent whole, and nothing is left out."""
    plan = plan_chunks(size)
    uploaded = data.draw(st.integers(0, size))
    rest = plan.chunks(uploaded)
    assert rest == [part for part in plan.chunks() if part.end > uploaded]
    assert plan.is_boundary(uploaded) == (uploaded in {0, *(p.end for p in plan.chunks())})


def test_the_documented_example_is_cut_as_documented():
    """50,000,123 bytes in five ranges."""
    parts = plan_chunks(50_000_123).chunks()
    assert [(part.first, part.end - 1) for part in parts] == [
        (0, 9_999_999),
        (10_000_000, 19_999_999),
        (20_000_000, 29_999_999),
        (30_000_000, 39_999_999),
        (40_000_000, 50_000_122),
    ]


@pytest.mark.parametrize("size", [0, -1, 4_000_000_001])
def test_nothing_and_four_gigabytes_and_a_byte_are_refused(size):
    """Before anything is sent, with the size in the message."""
    with pytest.raises(MediaRejected, match=f"{size} bytes") as caught:
        plan_chunks(size)
    assert not caught.value.may_have_taken_effect


@pytest.mark.parametrize("chunk_bytes", [0, chunks.MIN_CHUNK_BYTES - 1, chunks.MAX_CHUNK_BYTES + 1])
def test_a_chunk_size_that_tiktok_refuses_is_a_mistake(chunk_bytes):
    """In the program, not in the video."""
    with pytest.raises(ValueError, match="are not taken"):
        plan_chunks(10, chunk_bytes=chunk_bytes)


@pytest.mark.parametrize("uploaded", [-1, 11])
def test_more_than_the_file_cannot_be_uploaded(uploaded):
    """Whoever says so has read something wrong."""
    with pytest.raises(ValueError, match="do not fit"):
        plan_chunks(10).next_chunk(uploaded)
