"""Single frames and sheets of frames, for covers, previews and pages.

PyAV seeks to the moment and decodes from the keyframe before it. Frames that carry no color
tags, or tags that make no sense, are read as BT.709, which is what makers of HD clips mean;
libswscale's own guess (BT.601) shifts greens and skin.
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import av
import av.error
from av.video.reformatter import Colorspace, Interpolation
from PIL import Image

from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.media.containers import container_of

_SHEET_BACKGROUND = (14, 12, 24)
# FFmpeg's numbers for the matrices a YUV picture can have, and PyAV's names for them.
_MATRICES = {
    1: Colorspace.ITU709,
    4: Colorspace.FCC,
    5: Colorspace.ITU601,
    6: Colorspace.ITU601,
    7: Colorspace.SMPTE240M,
}


def frames_at(path: Path, times_s: Sequence[float]) -> list[Image.Image]:
    """The frames shown at *times_s*, as RGB pictures in the video's own size.

    Times before the start give the first frame, times after the end the last.

    Raises:
        ItemError: Not a video, or nothing decodable there.
    """
    with _open(path) as opened:
        walk = _Walk(opened, path)
        # In the order of time every frame is decoded at most once.
        found = {at_s: walk.picture_at(at_s) for at_s in sorted(set(times_s))}
    return [found[at_s] for at_s in times_s]


def frame_png(path: Path, at_s: float, width: int) -> bytes:
    """The frame shown at *at_s* as a PNG *width* pixels wide.

    Raises:
        ItemError: Not a video, or nothing decodable there.
    """
    data = io.BytesIO()
    _to_width(frames_at(path, [at_s])[0], width).save(data, "PNG")
    return data.getvalue()


def contact_sheet(paths: Path | Sequence[Path], n: int, width: int) -> bytes:
    """A WebP with *n* evenly spaced frames of each video, one row per video.

    Args:
        paths: One video or several; each row is as high as its video's shape asks.
        n: Frames per video, at least 1.
        width: Pixels of the whole sheet.

    Raises:
        ItemError: One of the files is no video.
        ValueError: No path, or *n* below 1.
    """
    videos = [paths] if isinstance(paths, Path) else list(paths)
    if not videos or n < 1:
        raise ValueError(f"A sheet of {n} frames from {len(videos)} videos has nothing on it.")
    gap = max(2, width // 160)
    cell = max(8, (width - gap * (n - 1)) // n)
    rows = [[_to_width(frame, cell) for frame in spread_frames(path, n)] for path in videos]
    heights = [max(frame.height for frame in row) for row in rows]
    sheet = Image.new("RGB", (width, sum(heights) + gap * (len(rows) - 1)), _SHEET_BACKGROUND)
    top = 0
    for row, height in zip(rows, heights, strict=True):
        for column, frame in enumerate(row):
            sheet.paste(frame, (column * (cell + gap), top))
        top += height + gap
    data = io.BytesIO()
    sheet.save(data, "WEBP", quality=72, method=4)
    return data.getvalue()


def spread_frames(path: Path, n: int) -> list[Image.Image]:
    """*n* frames at the middles of *n* equal parts of the video."""
    with _open(path) as opened:
        stream = opened.streams.video[0]
        length_s = (opened.duration or 0) / av.time_base
        if stream.duration is not None and stream.time_base is not None:
            length_s = float(stream.duration * stream.time_base)
    return frames_at(path, [length_s * (i + 0.5) / n for i in range(n)])


@contextmanager
def _open(path: Path) -> Iterator["av.container.InputContainer"]:
    container = container_of(path)
    try:
        with av.open(str(path), format=container.demuxer) as opened:
            if not opened.streams.video:
                raise ItemError(f"Looked for frames in {path.name} and found no video stream.")
            yield opened
    except av.error.FFmpegError as error:
        raise ItemError(
            f"Read frames of {path.name} and it broke off: {error.strerror or error}. "
            "Download or generate the clip again."
        ) from error


class _Walk:
    """Goes forward through a video, and jumps only where a keyframe makes that shorter."""

    def __init__(self, opened: "av.container.InputContainer", path: Path) -> None:
        self._opened = opened
        self._stream = opened.streams.video[0]
        self._path = path
        self._frames: Iterator[av.VideoFrame] = iter(())
        self._shown: av.VideoFrame | None = None
        self._coming: av.VideoFrame | None = None

    def picture_at(self, at_s: float) -> Image.Image:
        """The frame on screen at *at_s*: the last one that began by then."""
        if self._jump_pays(at_s):
            self._opened.seek(round(max(at_s, 0) * av.time_base))
            self._frames = self._opened.decode(video=0)
            self._shown, self._coming = None, next(self._frames, None)
        while self._coming and (self._shown is None or (self._coming.time or 0) <= at_s + 1e-6):
            self._shown, self._coming = self._coming, next(self._frames, None)
        if self._shown is None:
            raise ItemError(
                f"Looked for the frame at {at_s:.2f} s of {self._path.name} and none could be "
                "decoded. Generate the clip again."
            )
        return _picture(self._shown)

    def _jump_pays(self, at_s: float) -> bool:
        if self._shown is None:
            return True
        index, base = self._stream.index_entries, self._stream.time_base
        if self._coming is None or base is None:
            return False
        nearest = index.search_timestamp(int(at_s / base))
        return nearest >= 0 and index[nearest].timestamp * base > (self._coming.time or 0)


def _picture(frame: "av.VideoFrame") -> Image.Image:
    matrix = _MATRICES.get(int(frame.colorspace), Colorspace.ITU709)
    rgb = frame.reformat(
        format="rgb24",
        src_colorspace=matrix,
        dst_colorspace=matrix,
        interpolation=Interpolation.BICUBIC,
    )
    picture = Image.fromarray(rgb.to_ndarray())
    return picture.rotate(frame.rotation, expand=True) if frame.rotation else picture


def _to_width(picture: Image.Image, width: int) -> Image.Image:
    height = max(1, round(picture.height * width / picture.width))
    return picture.resize((width, height), Image.Resampling.LANCZOS)
