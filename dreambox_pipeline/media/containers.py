"""What kind of file this is, judged by its first bytes and never by its name.

A download that failed often leaves an error page under a video's name, and a file that FFmpeg
may guess about can be a playlist that makes it read other files. So only the containers TikTok
takes (MP4, MOV, WebM, and its parent Matroska) get further, each with its demuxer named.
"""

from enum import StrEnum
from pathlib import Path

from dreambox_pipeline.errors import ItemError

_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")
_EBML = b"\x1a\x45\xdf\xa3"
_KNOWN_STRANGERS = (
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"\x89PNG", "a PNG picture"),
    (b"GIF8", "a GIF"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"#EXTM3U", "a playlist"),
    (b"ID3", "an audio file"),
    (b"{", "JSON text, most likely an error answer"),
    (b"[", "JSON text, most likely an error answer"),
    (b"<?xml", "XML text, most likely an error answer"),
    (b"<", "an HTML page, most likely an error page"),
)


class Container(StrEnum):
    """Containers that are read. MP4 and MOV share a demuxer, so do WebM and Matroska."""

    MP4 = "mp4"
    MOV = "mov"
    WEBM = "webm"
    MATROSKA = "mkv"

    @property
    def demuxer(self) -> str:
        """FFmpeg's name for what reads it."""
        return "mov" if self in {Container.MP4, Container.MOV} else "matroska"


def container_of(path: Path) -> Container:
    """The container of the file at *path*.

    Raises:
        ItemError: No file, an empty one, or something that is no video. The message says what.
    """
    head = _head(path)
    if head[4:8] in _BOXES:
        return Container.MOV if head[8:12] == b"qt  " else Container.MP4
    if head.startswith(_EBML):
        return Container.WEBM if b"webm" in head[:64] else Container.MATROSKA
    raise ItemError(
        f"Opened {path.name} as a video and found {_describe(head)}. "
        "Download or generate the clip again."
    )


def input_args(path: Path) -> list[str]:
    """FFmpeg arguments that open *path* as what it is, and nothing that it points to."""
    demuxer = container_of(path).demuxer
    return ["-protocol_whitelist", "file,pipe", "-f", demuxer, "-i", f"file:{path}"]


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(4096)
    except OSError as error:
        raise ItemError(
            f"Opened {path} as a video and got {error.strerror}. "
            "Download or generate the clip again."
        ) from error


def _describe(head: bytes) -> str:
    if not head:
        return "an empty file (0 bytes)"
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    for start, name in _KNOWN_STRANGERS:
        if text[: len(start)].lower() == start.lower():
            return name
    if text.isascii() and text.decode("ascii").replace("\n", " ").replace("\r", " ").isprintable():
        return f"plain text that begins {text[:40].decode('ascii')!r}"
    return f"no container DreamBox reads (it begins with bytes {head[:8].hex(' ')})"
