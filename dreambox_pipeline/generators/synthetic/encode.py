"""Frames and music into one MP4: H.264 yuv420p tagged bt709, AAC 48 kHz stereo, index first.

The clip is an intermediate: finishing encodes it again, so the preset is quick and the quality
high. The same frames give the same file on every run: see `_OPTIONS` for what that takes.
"""

from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from dreambox_pipeline.generators.synthetic.music import RATE

Image = NDArray[Any]
# What every clip says of itself, to a person and to a program.
NOTICE = "Drawn by the offline synthetic generator, the stand-in for a video model"
_BT709, _LIMITED_RANGE = 1, 1
_AUDIO_FRAME = 1024
_OPTIONS = {
    # With the three switched on again that it leaves out and that cost little: as small and as
    # good (44.8 against 45.1 dB) as superfast, in 7.9 instead of 11.4 ms a frame.
    "preset": "ultrafast",
    "coder": "cabac",
    "bf": "3",
    "x264-params": "deblock=0,0",
    "crf": "20",
    "profile": "high",
    # Spends more on dark areas, where gradients would otherwise fall into steps.
    "aq-mode": "3",
    # With it, 8 encodes of the same 720-wide frames gave 5 different files (FFmpeg 8, a machine
    # with AVX-512; widths of whole 64 pixels and asm=avx2 gave one). Without it, always one.
    "mbtree": "0",
}
# One thread: two cost a tenth more, and the frames are drawn beside it anyway.
_ENCODER_THREADS = 1
# BT.709, BGR from 0 to 255 into luma from 16 to 235 and chroma from 16 to 240; rows Y, U, V.
_KR, _KB = 0.2126, 0.0722
_TO_LUMA = np.array([_KB, 1 - _KR - _KB, _KR])
_TO_YUV = np.array(
    [
        [*(_TO_LUMA * 219 / 255), 16],
        [*((np.array([1, 0, 0]) - _TO_LUMA) / (2 - 2 * _KB) * 224 / 255), 128],
        [*((np.array([0, 0, 1]) - _TO_LUMA) / (2 - 2 * _KR) * 224 / 255), 128],
    ],
    np.float32,
)


def write_mp4(
    path: Path,
    frames: Iterable[Image],
    music: Image,
    *,
    size: tuple[int, int],
    fps: int,
) -> None:
    """Encode *frames* (as `to_yuv420` returns them) and *music* (samples, 2) into *path*.

    The container says in its comment what drew it (`NOTICE`).

    Raises:
        OSError: The file could not be written; what is there is not a whole clip.
        av.FFmpegError: The encoder failed; likewise.
    """
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        container.metadata.update(comment=NOTICE, description=NOTICE)
        video = _video_stream(container, size=size, fps=fps)
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


def _video_stream(container: Any, *, size: tuple[int, int], fps: int) -> Any:
    video = container.add_stream("libx264", rate=fps)
    video.width, video.height = size
    video.pix_fmt = "yuv420p"
    video.options = dict(_OPTIONS)
    context = video.codec_context
    context.thread_count = _ENCODER_THREADS
    context.time_base = Fraction(1, fps)
    context.gop_size = 2 * fps
    context.colorspace = context.color_primaries = context.color_trc = _BT709
    context.color_range = _LIMITED_RANGE
    return video


def to_yuv420(frame: Image) -> Image:
    """*frame* (BGR, 8 bit, even sides) as planes under each other: luma, then both chromas.

    Four times as quick as the exact mode of FFmpeg's scaler, and as near to the true values.
    """
    height, width = frame.shape[:2]
    yuv = cv2.transform(frame, _TO_YUV)
    half = cv2.resize(yuv, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    planes = np.empty((height * 3 // 2, width), np.uint8)
    cv2.extractChannel(yuv, 0, planes[:height])
    chroma = planes[height:].reshape(2, height // 2, width // 2)
    cv2.extractChannel(half, 1, chroma[0])
    cv2.extractChannel(half, 2, chroma[1])
    return planes


def _picture(planes: Image, index: int) -> Any:
    picture = av.VideoFrame.from_ndarray(planes, format="yuv420p")
    picture.colorspace, picture.color_range = _BT709, _LIMITED_RANGE
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
