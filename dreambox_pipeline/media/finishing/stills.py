"""The cover and the small moving preview of a finished video.

Their frames come out of the encode itself (`encoding.Stills`): decoding again for them cost a
fifth of the whole finishing.
"""

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import av
import cv2
import numpy as np
from av.video.reformatter import Colorspace, Interpolation
from numpy.typing import NDArray
from PIL import Image, ImageFilter, ImageOps

from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.media.finishing.layout import PlacedPicture, lay_out
from dreambox_pipeline.media.model import Edit

COVER_SIZE = (1080, 1920)
PREVIEW_SIZE = (216, 384)
PREVIEW_FRAMES = 8
PREVIEW_BYTES = 30_000
COVER_MOMENTS = (0.25, 0.38, 0.5, 0.62, 0.75)
"""Parts of the clip where the action is: after it has begun, before it ends."""

_COVER_QUALITY = 88
_COVER_TEXTS = frozenset({"title", "ai_label"})
_FRAME_MS = 420
_QUALITIES = (60, 45, 30, 15)


def read_best(file: Path, size: tuple[int, int]) -> Image.Image:
    """The best picture for a cover in a file of raw YUV 4:2:0, BT.709 in TV range, as RGB.

    Raises:
        ItemError: There is no picture.
    """
    width, height = size
    planes = np.fromfile(file, np.uint8).reshape(-1, height * 3 // 2, width)
    if not len(planes):
        raise ItemError(
            "Looked for a frame to make the cover of and found none. Generate the clip again."
        )
    # Told by their luma alone, so that only one of them is converted.
    best = max(planes, key=lambda each: _appeal(each[:height]))
    return _rgb(av.VideoFrame.from_ndarray(best, format="yuv420p"))


def read_rgb(file: Path, size: tuple[int, int]) -> list[Image.Image]:
    """The pictures in a file of raw RGB."""
    width, height = size
    return [
        Image.fromarray(each) for each in np.fromfile(file, np.uint8).reshape(-1, height, width, 3)
    ]


def _rgb(frame: av.VideoFrame) -> Image.Image:
    rgb = frame.reformat(
        format="rgb24",
        src_colorspace=Colorspace.ITU709,
        dst_colorspace=Colorspace.ITU709,
        interpolation=Interpolation.BICUBIC,
    )
    return Image.fromarray(rgb.to_ndarray())


def draw_cover(picture: Image.Image, edit: Edit, placed: Sequence[PlacedPicture] = ()) -> bytes:
    """A JPEG 1080x1920 of *picture* with the title and the AI label on it.

    Args:
        picture: A frame of the clip without texts.
        edit: Whose title and label are drawn.
        placed: *edit*'s texts, where they are drawn already; used when its size is the cover's.

    Raises:
        MissingGlyphs: The title has characters no font can draw.
    """
    cover = ImageOps.fit(picture, COVER_SIZE, Image.Resampling.LANCZOS).convert("RGBA")
    if not placed or (edit.width, edit.height) != COVER_SIZE:
        placed = lay_out(replace(edit, width=COVER_SIZE[0], height=COVER_SIZE[1]))
    for text in placed:
        if text.kind in _COVER_TEXTS:
            cover.alpha_composite(text.image, (text.x, text.y))
    data = io.BytesIO()
    cover.convert("RGB").save(data, "JPEG", quality=_COVER_QUALITY, optimize=True)
    return data.getvalue()


def draw_preview(frames: Sequence[Image.Image]) -> bytes:
    """An animated WebP of at most 30 KB: as much quality, then as much detail, as fits.

    Args:
        frames: In the preview's own size.

    Raises:
        ItemError: There is no frame.
    """
    if not frames:
        raise ItemError(
            "Looked for frames to make the preview of and found none. Generate the clip again."
        )
    data = b""
    # Blur is the last resort for a picture that is all noise, and always small enough.
    for blur_px in (0, 2, 8):
        shown = [_blurred(frame, blur_px) for frame in frames]
        for quality in _QUALITIES:
            data = _animate(shown, quality)
            if len(data) <= PREVIEW_BYTES:
                return data
    return data


def _blurred(frame: Image.Image, blur_px: int) -> Image.Image:
    return frame.filter(ImageFilter.GaussianBlur(blur_px)) if blur_px else frame


def _animate(frames: list[Image.Image], quality: int) -> bytes:
    data = io.BytesIO()
    frames[0].save(
        data,
        "WEBP",
        save_all=True,
        append_images=frames[1:],
        duration=_FRAME_MS,
        loop=0,
        quality=quality,
        method=4,
    )
    return data.getvalue()


def _appeal(luma: NDArray[np.uint8]) -> float:
    """Sharp beats soft, and mid-tones beat a picture that is nearly black or white."""
    gray = cv2.resize(luma, (270, 480), interpolation=cv2.INTER_AREA)
    sharpness = float(cv2.Laplacian(gray, cv2.CV_64F).var())
    mean = float(gray.mean()) / 255
    return float(np.log1p(sharpness)) * (1 - abs(mean - 0.45))
