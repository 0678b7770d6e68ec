"""Cutting a file into the chunks that TikTok's upload takes.

    total_chunk_count = floor(size / chunk_size), and the rest goes into the last chunk

Every chunk has 5 to 64 MB, the last one up to 128 MB; there are 1 to 1000, strictly one after the
other. A file below 5 MB is one chunk of its own size. A plan with a smaller last chunk (the usual
way to cut) is refused at once. Source: Content Posting API, Media Transfer Guide. It does not say
whether a megabyte is 10^6 or 2^20 bytes, so every size here is good in both readings.
"""

from dataclasses import dataclass

from dreambox_pipeline.tiktok.errors import MediaRejected

MAX_FILE_BYTES = 4_000_000_000
MIN_CHUNK_BYTES = 5 * 2**20
MAX_CHUNK_BYTES = 64_000_000
MAX_LAST_CHUNK_BYTES = 128_000_000
MAX_CHUNKS = 1000

CHUNK_BYTES = 10_000_000
"""What is lost at most when a connection breaks, and about what is held in memory."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """One range of the file: *size* bytes from byte *first* on."""

    first: int
    size: int

    @property
    def end(self) -> int:
        """The first byte behind it: what the other side holds once it has this chunk."""
        return self.first + self.size


@dataclass(frozen=True, slots=True)
class ChunkPlan:
    """How a file of *size* bytes is cut; made by `plan_chunks`."""

    size: int
    chunk_size: int

    @property
    def total_chunk_count(self) -> int:
        """How many chunks, as TikTok counts them."""
        return self.size // self.chunk_size

    def chunks(self, uploaded: int = 0) -> list[Chunk]:
        """What is still to be sent, in order, when the other side holds *uploaded* bytes."""
        following = self.next_chunk(uploaded)
        found: list[Chunk] = []
        while following is not None:
            found.append(following)
            following = self.next_chunk(following.end)
        return found

    def next_chunk(self, uploaded: int) -> Chunk | None:
        """The chunk to send when the other side holds *uploaded* bytes; None when that is all.

        Chunks are taken whole or not at all, so bytes of an unfinished one are sent again.

        Raises:
            ValueError: *uploaded* is below 0 or more than the file has.
        """
        if not 0 <= uploaded <= self.size:
            raise ValueError(f"{uploaded} uploaded bytes do not fit a file of {self.size}.")
        if uploaded == self.size:
            return None
        last = self.total_chunk_count - 1
        index = min(uploaded // self.chunk_size, last)
        first = index * self.chunk_size
        return Chunk(first, self.size - first if index == last else self.chunk_size)

    def is_boundary(self, uploaded: int) -> bool:
        """Whether some number of whole chunks makes *uploaded* bytes."""
        if uploaded == self.size:
            return True
        index, rest = divmod(uploaded, self.chunk_size)
        return rest == 0 and 0 <= index < self.total_chunk_count


def plan_chunks(size: int, *, chunk_bytes: int = CHUNK_BYTES) -> ChunkPlan:
    """The plan for a file of *size* bytes.

    Args:
        size: From 1 byte to 4 GB.
        chunk_bytes: How large the chunks shall be, 5 MB to 64 MB.

    Raises:
        MediaRejected: TikTok takes no file of that size.
        ValueError: *chunk_bytes* is no size that a chunk may have.
    """
    if not MIN_CHUNK_BYTES <= chunk_bytes <= MAX_CHUNK_BYTES:
        raise ValueError(
            f"Chunks of {chunk_bytes} bytes are not taken; use {MIN_CHUNK_BYTES} to {MAX_CHUNK_BYTES}."
        )
    if not 0 < size <= MAX_FILE_BYTES:
        what_next = "Render the video again." if size <= 0 else "Make the video smaller."
        raise MediaRejected(
            f"A file of {size} bytes was not sent: TikTok takes 1 to {MAX_FILE_BYTES} bytes. "
            f"Nothing was posted. {what_next}"
        )
    if size >= 2 * chunk_bytes:
        return ChunkPlan(size, chunk_bytes)
    # Less than two of them: one chunk takes the whole file if it may be that large, or two halves.
    return ChunkPlan(size, size if size <= MAX_CHUNK_BYTES else size // 2)
