"""Frames and music into one MP4: H.264 yuv420p tagged bt709, AAC 48 kHz stereo, index first.

The clip is an intermediate: finishing encodes it again, so the preset is quick and the quality
high. The same frames give the same file on every run: see `_OPTIONS` for what that takes.
"""

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.reformatter import Interpolation
from numpy.typing import NDArray

from dreambox_pipeline.generators.synthetic.music import RATE

Image = NDArray[Any]
_BT709, _LIMITED_RANGE = 1, 1
_AUDIO_FRAME = 1024
_OPTIONS = {
    "preset": "superfast",
    "crf": "20",
    "profile": "high",
    # Spends more on dark areas, where gradients would otherwise fall into steps.
    "aq-mode": "3",
    # With it, 8 encodes of the same 720-wide frames gave 5 different files (FFmpeg 8, a machine
    # with AVX-512; widths of whole 64 pixels and asm=avx2 gave one). Without it, always one.
    "mbtree": "0",
}
_EXACT = Interpolation.BILINEAR | Interpolation.ACCURATE_RND | Interpolation.BITEXACT


def write_mp4(
    path: Path,
    frames: Iterable[Image],
    music: Image,
    *,
    size: tuple[int, int],
    fps: int,
    threads: int,
) -> None:
    """Encode *frames* (BGR, 8 bit) and *music* (samples, 2) into *path*.

    Raises:
        OSError: The file could not be written; what is there is not a whole clip.
        av.FFmpegError: The encoder failed; likewise.
    """
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        video = _video_stream(container, size=size, fps=fps, threads=threads)
        audio = container.add_stream("aac", rate=RATE, layout="stereo")
        audio.bit_rate = 160_000
        fed = 0
        for index, frame in enumerate(frames):
            container.mux(video.encode(_picture(frame, index)))
            # Audio goes along with the picture, so that the muxer never has to hold a clip.
            until = int((index + 1) / fps * RATE)
            fed = _feed(container, audio, music, fed, until)
        _feed(container, audio, music, fed, music.shape[0] + _AUDIO_FRAME)
        container.mux(video.encode(None))
        container.mux(audio.encode(None))


def _video_stream(container: Any, *, size: tuple[int, int], fps: int, threads: int) -> Any:
    video = container.add_stream("libx264", rate=fps)
    video.width, video.height = size
    video.pix_fmt = "yuv420p"
    video.options = dict(_OPTIONS)
    context = video.codec_context
    context.thread_count = threads
    context.time_base = Fraction(1, fps)
    context.gop_size = 2 * fps
    context.colorspace = context.color_primaries = context.color_trc = _BT709
    context.color_range = _LIMITED_RANGE
    return video


def _picture(frame: Image, index: int) -> Any:
    picture = av.VideoFrame.from_ndarray(np.ascontiguousarray(frame), format="bgr24").reformat(
        format="yuv420p",
        dst_colorspace="ITU709",
        src_color_range="JPEG",
        dst_color_range="MPEG",
        interpolation=_EXACT,
        threads=1,
    )
    picture.pts = index
    return picture


def _feed(container: Any, audio: Any, music: Image, fed: int, until: int) -> int:
    while fed < min(until, music.shape[0]):
        block = np.ascontiguousarray(music[fed : fed + _AUDIO_FRAME].T)
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = RATE, fed, Fraction(1, RATE)
        container.mux(audio.encode(frame))
        fed += block.shape[1]
    return fed
