"""What the Content Posting API takes in a request that begins a publication.

Megabytes are not defined by the documentation; this double refuses what either reading refuses.
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from dreambox_pipeline.sandbox.developer_door import DeveloperError

_FLAGS = (
    "disable_comment", "disable_duet", "disable_stitch", "brand_content_toggle",
    "brand_organic_toggle", "is_aigc",
)  # fmt: skip
_TITLE_UNITS = 2200
_MAX_SIZE = 4_000_000_000
_CHUNK_SIZES = (5_242_880, 64_000_000)
_LAST_CHUNK = 128_000_000
_CHUNKS = 1000


@dataclass(frozen=True, slots=True)
class Source:
    """Where the file comes from: *video_url*, or an upload of *size* bytes in *count* chunks."""

    video_url: str = ""
    size: int = 0
    chunk_size: int = 0
    count: int = 0


def read_post_info(body: dict[str, Any]) -> dict[str, Any]:
    """The checked `post_info`.

    Raises:
        DeveloperError: A field is missing or of the wrong kind.
    """
    info = body.get("post_info")
    if not isinstance(info, dict) or not isinstance(info.get("privacy_level"), str):
        raise _invalid("post_info.privacy_level is required")
    title = info.get("title", "")
    if not isinstance(title, str) or len(title.encode("utf-16-le")) // 2 > _TITLE_UNITS:
        raise _invalid(f"post_info.title must be text of at most {_TITLE_UNITS} UTF-16 runes")
    for name in _FLAGS:
        if not isinstance(info.get(name, False), bool):
            raise _invalid(f"post_info.{name} must be a boolean")
    if not _is_whole(info.get("video_cover_timestamp_ms", 0)):
        raise _invalid("post_info.video_cover_timestamp_ms must be an integer")
    return info


def read_source(body: dict[str, Any]) -> Source:
    """The checked `source_info`.

    Raises:
        DeveloperError: The source is unknown, or the chunks are not cut as they must be.
    """
    info = body.get("source_info")
    info = info if isinstance(info, dict) else {}
    if info.get("source") == "PULL_FROM_URL":
        url = info.get("video_url")
        if not isinstance(url, str) or not urlsplit(url).hostname:
            raise _invalid("source_info.video_url is required")
        return Source(video_url=url)
    if info.get("source") != "FILE_UPLOAD":
        raise _invalid("source_info.source must be FILE_UPLOAD or PULL_FROM_URL")
    sizes = [info.get(name) for name in ("video_size", "chunk_size", "total_chunk_count")]
    if not all(_is_whole(size) for size in sizes):
        raise _invalid("video_size, chunk_size and total_chunk_count must be integers")
    source = Source("", *(int(str(size)) for size in sizes))
    _check_chunks(source)
    return source


def _check_chunks(source: Source) -> None:
    size, chunk, count = source.size, source.chunk_size, source.count
    if not 0 < size <= _MAX_SIZE:
        raise _invalid("The video size is invalid")
    least, most = _CHUNK_SIZES
    if not (chunk == size if size < least else least <= chunk <= min(most, size)):
        raise _invalid("The chunk size is invalid")
    # Rounded down: the rest belongs to the last chunk.
    if count != size // chunk or not 1 <= count <= _CHUNKS:
        raise _invalid("The total chunk count is invalid")
    if size - (count - 1) * chunk > _LAST_CHUNK:
        raise _invalid("The chunk size is invalid")


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _invalid(message: str) -> DeveloperError:
    return DeveloperError(400, "invalid_params", message)
