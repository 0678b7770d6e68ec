"""Reference pictures on their way to a provider."""

import base64
from dataclasses import dataclass
from pathlib import Path

from dreambox_pipeline.errors import ItemError

MAX_BYTES = 12_000_000
"""Base64 makes a third more of it, and Google takes requests of 20 MB; a picture for a look needs 1 MB."""

_LONGEST_SIGNATURE = 12


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture's bytes and their media type, such as `image/png`."""

    content: bytes
    media_type: str

    @property
    def file_name(self) -> str:
        """A name that says the type and nothing else."""
        return f"reference.{self.media_type.partition('/')[2]}"

    @property
    def base64(self) -> str:
        """The bytes as JSON can carry them."""
        return base64.b64encode(self.content).decode()

    @property
    def data_url(self) -> str:
        """The picture as an address of its own (RFC 2397)."""
        return f"data:{self.media_type};base64,{self.base64}"


def picture_at(path: Path) -> Picture:
    """The picture at *path*; its type is told by its bytes.

    Raises:
        ItemError: It cannot be read, is too big, or is no JPEG, PNG or WebP. Nothing was sent.
    """
    tried = f"Read the reference picture {path.name}"
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= MAX_BYTES else b""
    except OSError as error:
        raise ItemError(
            f"{tried}: {error.strerror or error}. Nothing was sent. Give the series another picture."
        ) from error
    if size > MAX_BYTES:
        raise ItemError(
            f"{tried}: it has {size / 1e6:.1f} MB, {MAX_BYTES // 10**6} MB are taken. Nothing was sent. Make it smaller."
        )
    media_type = _media_type(content[:_LONGEST_SIGNATURE])
    if media_type is None:
        raise ItemError(
            f"{tried}: it is no JPEG, PNG or WebP. Nothing was sent. Give the series another picture."
        )
    return Picture(content, media_type)


def _media_type(start: bytes) -> str | None:
    if start.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if start.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    is_webp = start.startswith(b"RIFF") and start[8:12] == b"WEBP"
    return "image/webp" if is_webp else None
