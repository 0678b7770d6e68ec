"""What a video file says about itself, and whether all of it is there.

PyAV reads the container, walks its packets without decoding them, and decodes one frame. That
finds the two ways a download is cut: before its index (it does not open) and after it (it
opens, promises 8 seconds and holds 3).
"""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import av.error

from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.media.containers import Container, container_of
from dreambox_pipeline.media.model import MediaFacts


@dataclass(frozen=True, slots=True)
class _Walk:
    """What the packets of the video stream added up to."""

    packets: int
    end_s: float
    is_corrupt: bool


def probe(path: Path) -> MediaFacts:
    """Facts about the video at *path*; width and height are as shown, after rotation.

    Raises:
        ItemError: Not a video, no video stream, or cut off. The message says which.
    """
    container = container_of(path)
    try:
        with av.open(str(path), format=container.demuxer) as opened:
            return _facts(path, container, opened)
    except av.error.FFmpegError as error:
        raise ItemError(
            f"Opened {path.name} ({path.stat().st_size} bytes, {container}) and it broke off: "
            f"{error.strerror or error}. The file is cut off or damaged; "
            "download or generate the clip again."
        ) from error


def _facts(path: Path, container: Container, opened: "av.container.InputContainer") -> MediaFacts:
    if not opened.streams.video:
        raise ItemError(
            f"Opened {path.name} and found sound but no picture. Generate the clip again."
        )
    stream = opened.streams.video[0]
    width, height = _shown_size(opened, path)
    walk = _walk(opened)
    promised_s = _promised_s(opened)
    rate = stream.average_rate or stream.guessed_rate or Fraction(0)
    _require_whole(path, walk, promised_s=promised_s, frames=stream.frames)
    audio = opened.streams.audio
    return MediaFacts(
        width=width,
        height=height,
        duration_s=round(walk.end_s or promised_s, 3),
        frame_rate=Fraction(rate),
        video_codec=stream.codec_context.name,
        audio_codec=audio[0].codec_context.name if audio else None,
        size_bytes=path.stat().st_size,
        container=container.value,
    )


def _shown_size(opened: "av.container.InputContainer", path: Path) -> tuple[int, int]:
    """Size of the first frame, turned the way a player turns it."""
    for frame in opened.decode(video=0):
        turned = abs(frame.rotation) % 180 == 90
        return (frame.height, frame.width) if turned else (frame.width, frame.height)
    raise ItemError(
        f"Opened {path.name} and not one frame could be decoded. "
        "Download or generate the clip again."
    )


def _walk(opened: "av.container.InputContainer") -> _Walk:
    opened.seek(0)
    packets, end_s, is_corrupt = 0, 0.0, False
    for packet in opened.demux(video=0):
        if not packet.size:
            continue
        packets += 1
        is_corrupt = is_corrupt or packet.is_corrupt
        if packet.pts is not None and packet.time_base is not None:
            end = (packet.pts + (packet.duration or 0)) * packet.time_base
            end_s = max(end_s, float(end))
    return _Walk(packets, end_s, is_corrupt)


def _promised_s(opened: "av.container.InputContainer") -> float:
    stream = opened.streams.video[0]
    if stream.duration is not None and stream.time_base is not None:
        return float(stream.duration * stream.time_base)
    return (opened.duration or 0) / av.time_base


def _require_whole(path: Path, walk: _Walk, *, promised_s: float, frames: int) -> None:
    # Half a second of slack: some muxers round a stream's length up to the sound's.
    if not walk.is_corrupt and walk.packets >= frames and walk.end_s >= promised_s - 0.5:
        return
    raise ItemError(
        f"Opened {path.name}: it promises {promised_s:.1f} s and {frames} frames and holds "
        f"{walk.end_s:.1f} s and {walk.packets}. The file is cut off; download it again."
    )
