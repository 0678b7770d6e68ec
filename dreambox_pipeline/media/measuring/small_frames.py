"""The small frames that every check of a video looks at, and pictures made of them.

FFmpeg shrinks each frame to 270x480 in YCbCr 4:2:0, full range, and writes it down a pipe: one
byte of luma a pixel and a quarter as many of each chroma. That is all the detail the checks need,
an eighth of what they would have to read otherwise, and enough color for a person to recognize
what was found.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

import numpy as np
from numpy.typing import NDArray

WIDTH, HEIGHT = 270, 480
_LUMA, _CHROMA = WIDTH * HEIGHT, WIDTH * HEIGHT // 4
FRAME_BYTES = _LUMA + 2 * _CHROMA

SHRINK = f"scale={WIDTH}:{HEIGHT}:flags=area:out_range=pc,format=yuv420p"
"""FFmpeg's filter that makes them; averaging over areas keeps thin lines and loses grain."""

LARGEST_PICTURE_BYTES = 15_000

GrayFrame = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class SmallFrame:
    """One frame; its planes are only valid until the next one is read.

    Attributes:
        index: Counted from 0.
        luma: 480 rows of 270, 0 black to 255 white.
        blue, red: Chroma, 240 rows of 135, 128 neutral.
    """

    index: int
    luma: GrayFrame
    blue: GrayFrame
    red: GrayFrame

    def copy(self) -> "SmallFrame":
        """The same frame, to keep."""
        return SmallFrame(self.index, self.luma.copy(), self.blue.copy(), self.red.copy())


def read_small_frames(stream: IO[bytes]) -> Iterator[SmallFrame]:
    """Frames from FFmpeg's pipe, one at a time in the same memory, until it ends."""
    memory = np.empty(FRAME_BYTES, np.uint8)
    planes = (
        memory[:_LUMA].reshape(HEIGHT, WIDTH),
        memory[_LUMA : _LUMA + _CHROMA].reshape(HEIGHT // 2, WIDTH // 2),
        memory[_LUMA + _CHROMA :].reshape(HEIGHT // 2, WIDTH // 2),
    )
    index = 0
    # A buffered pipe fills the memory, or has come to its end.
    while stream.readinto(memory.data) == FRAME_BYTES:  # type: ignore[attr-defined]
        yield SmallFrame(index, *planes)
        index += 1


def to_rgb(luma: GrayFrame, blue: GrayFrame, red: GrayFrame) -> NDArray[np.uint8]:
    """RGB of planes of one size, by ITU-R BT.709, which is what we encode and what HD clips mean."""
    y = luma.astype(np.float32)
    b, r = blue.astype(np.float32) - 128, red.astype(np.float32) - 128
    rgb = np.stack([y + 1.5748 * r, y - 0.1873 * b - 0.4681 * r, y + 1.8556 * b], axis=-1)
    return np.asarray(np.clip(np.rint(rgb), 0, 255), np.uint8)


def to_webp(frame: SmallFrame) -> bytes:
    """The frame as a WebP 270 px wide, at most 15 KB."""
    from PIL import Image

    chroma = [np.repeat(np.repeat(plane, 2, 0), 2, 1) for plane in (frame.blue, frame.red)]
    picture = Image.fromarray(to_rgb(frame.luma, *chroma))
    data = b""
    for quality in (72, 50, 25, 5):
        file = io.BytesIO()
        picture.save(file, "WEBP", quality=quality, method=2)
        data = file.getvalue()
        if len(data) <= LARGEST_PICTURE_BYTES:
            break
    return data
