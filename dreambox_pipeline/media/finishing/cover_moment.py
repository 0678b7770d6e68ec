"""From which moment of a finished video its cover picture was taken.

A cover is drawn from one of a few frames (`stills.COVER_MOMENTS`); which one is not written down
anywhere, and the pictures say it themselves. The texts drawn over both differ, so pictures are
compared by the median of their pixels' differences, which a few lines of text do not move.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from dreambox_pipeline.media.finishing.stills import COVER_MOMENTS, COVER_SIZE
from dreambox_pipeline.media.frames import frames_at

_SMALL = (54, 96)


def cover_moment(video: Path, cover: Path, *, clip_s: float) -> float:
    """Seconds into *video* at which it looks most like its *cover*.

    Args:
        video: The finished video.
        cover: Its cover picture.
        clip_s: Length of the video without an end card, in seconds.

    Raises:
        ItemError: *video* is no video.
        OSError: *cover* is no picture.
    """
    times = [clip_s * moment for moment in COVER_MOMENTS]
    with Image.open(cover) as opened:
        wanted = _small(opened)
    differences = [
        float(np.median(np.abs(_small(frame) - wanted))) for frame in frames_at(video, times)
    ]
    return times[int(np.argmin(differences))]


def _small(picture: Image.Image) -> NDArray[np.float32]:
    fitted = ImageOps.fit(picture.convert("L"), COVER_SIZE, Image.Resampling.BILINEAR)
    return np.asarray(fitted.resize(_SMALL, Image.Resampling.BOX), np.float32)
