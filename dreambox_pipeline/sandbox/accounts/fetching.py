"""Fetching and probing the file of a publication, as the platform would.

The address is read over HTTP without following redirects, and the bytes are opened with PyAV
and held against the documented limits. Each way to fail has the platform's own reason. Only
loopback addresses are ever contacted.
"""

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from dreambox_pipeline.sandbox.world.publications import ProbedFile
from dreambox_pipeline.sandbox.world.videos import StyleMeasure

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

MAX_BYTES = 1_000_000_000
_SHORTEST_SIDE = 360
_FRAME_RATES = (23.0, 60.0)
_DURATIONS_S = (3.0, 600.0)
_CONTAINERS = ("mp4", "mov", "webm")
_SAMPLED_FRAMES = 12


class PullFailedError(Exception):
    """The platform does not take the file; *reason* is what `publish/status` will say."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def is_loopback(url: str) -> bool:
    """Whether *url* points to this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def pull(url: str, *, timeout_s: float = 30.0) -> bytes:
    """The bytes behind *url*.

    Raises:
        PullFailedError: `video_pull_failed` for anything but a plain 200 of at most 1 GB.
    """
    import httpx

    if not is_loopback(url):
        raise PullFailedError("video_pull_failed")
    received = io.BytesIO()
    try:
        with httpx.stream("GET", url, timeout=timeout_s, trust_env=False) as answer:
            if answer.status_code != httpx.codes.OK:
                raise PullFailedError("video_pull_failed")
            for chunk in answer.iter_bytes():
                received.write(chunk)
                if received.tell() > MAX_BYTES:
                    raise PullFailedError("file_format_check_failed")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise PullFailedError("video_pull_failed") from error
    return received.getvalue()


def probe(content: bytes) -> ProbedFile:
    """What the file is, if the platform takes it.

    Raises:
        PullFailedError: With the reason of the first limit it breaks.
    """
    import av

    try:
        with av.open(io.BytesIO(content), mode="r") as container:
            if not any(name in container.format.name for name in _CONTAINERS):
                raise PullFailedError("file_format_check_failed")
            return _probe_container(container, content)
    except (av.FFmpegError, StopIteration, ValueError, IndexError) as error:
        raise PullFailedError("file_format_check_failed") from error


def _probe_container(container: Any, content: bytes) -> ProbedFile:
    if not container.streams.video:
        raise PullFailedError("file_format_check_failed")
    stream = container.streams.video[0]
    facts = _Facts(
        duration_s=_duration_s(container, stream),
        width=int(stream.codec_context.width),
        height=int(stream.codec_context.height),
        frame_rate=float(stream.average_rate or 0),
    )
    facts.check()
    return ProbedFile(
        duration_s=round(facts.duration_s, 3),
        width=facts.width,
        height=facts.height,
        frame_rate=round(facts.frame_rate, 3),
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        style=measure_style(container, stream, facts.duration_s),
    )


@dataclass(frozen=True, slots=True)
class _Facts:
    duration_s: float
    width: int
    height: int
    frame_rate: float

    def check(self) -> None:
        if min(self.width, self.height) < _SHORTEST_SIDE:
            raise PullFailedError("picture_size_check_failed")
        # Half a frame of grace: containers round their rates and durations.
        if not _FRAME_RATES[0] - 0.05 <= self.frame_rate <= _FRAME_RATES[1] + 0.05:
            raise PullFailedError("frame_rate_check_failed")
        if not _DURATIONS_S[0] - 0.02 <= self.duration_s <= _DURATIONS_S[1] + 0.02:
            raise PullFailedError("duration_check_failed")


def _duration_s(container: Any, stream: Any) -> float:
    if stream.duration is not None:
        return float(stream.duration * stream.time_base)
    return float((container.duration or 0) / 1_000_000)


def measure_style(container: Any, stream: Any, duration_s: float) -> StyleMeasure:
    """Brightness, warmth, saturation and motion, each 0 to 1, from a dozen frames."""
    import numpy as np

    frames = list(_sampled_frames(container, stream, duration_s))
    if not frames:
        raise PullFailedError("file_format_check_failed")
    stack = np.stack(frames).astype(np.float32) / 255.0
    red, blue = stack[..., 0].mean(), stack[..., 2].mean()
    spread = stack.max(axis=-1) - stack.min(axis=-1)
    moved = np.abs(np.diff(stack, axis=0)).mean() if len(frames) > 1 else 0.0
    measures = (
        float(stack.mean()),
        float(0.5 + (red - blue)),
        float(spread.mean() * 1.6),
        float(moved * 8.0),
    )
    return StyleMeasure(*(round(max(0.0, min(1.0, value)), 4) for value in measures))


def _sampled_frames(
    container: Any, stream: Any, duration_s: float
) -> Iterator["NDArray[np.uint8]"]:
    """A dozen small RGB frames spread over the clip; decoding is the cost, so keyframes help."""
    step = max(duration_s / _SAMPLED_FRAMES, 0.04)
    due = 0.0
    stream.thread_type = "AUTO"
    for frame in container.decode(stream):
        if frame.time is None or frame.time + 1e-6 < due:
            continue
        due += step
        small = frame.reformat(width=64, height=114, format="rgb24")
        yield small.to_ndarray()
