"""The cover and the small moving preview of a finished video."""

import io
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageFilter, ImageOps

from dreambox_pipeline.media.frames import frames_at, spread_frames
from dreambox_pipeline.media.layout import lay_out
from dreambox_pipeline.media.model import Edit

COVER_SIZE = (1080, 1920)
PREVIEW_SIZE = (216, 384)
PREVIEW_BYTES = 30_000
_COVER_QUALITY = 88
# Parts of the clip where the action is: after it has begun, before it ends.
_COVER_MOMENTS = (0.25, 0.38, 0.5, 0.62, 0.75)
_FRAME_MS = 420


def draw_cover(clip: Path, edit: Edit, *, duration_s: float) -> bytes:
    """A JPEG 1080x1920 of the clip's best frame with the title and the AI label on it.

    Raises:
        ItemError: No frame of the clip can be decoded.
        MissingGlyphs: The title has characters no font can draw.
    """
    candidates = frames_at(clip, [duration_s * moment for moment in _COVER_MOMENTS])
    best = max(candidates, key=_appeal)
    cover = ImageOps.fit(best, COVER_SIZE, Image.Resampling.LANCZOS).convert("RGBA")
    still = Edit(
        overlays=tuple(o for o in edit.overlays if o.kind != "credit"),
        width=COVER_SIZE[0],
        height=COVER_SIZE[1],
    )
    for picture in lay_out(still):
        cover.alpha_composite(picture.image, (picture.x, picture.y))
    data = io.BytesIO()
    cover.convert("RGB").save(data, "JPEG", quality=_COVER_QUALITY, optimize=True)
    return data.getvalue()


def draw_preview(video: Path) -> bytes:
    """An animated WebP of at most 30 KB: as much quality, then as much detail, as fits.

    Raises:
        ItemError: No frame can be decoded.
    """
    frames = [
        ImageOps.fit(frame, PREVIEW_SIZE, Image.Resampling.LANCZOS)
        for frame in spread_frames(video, 8)
    ]
    data = b""
    # Blur is the last resort for a picture that is all noise, and always small enough.
    for blur_px in (0, 2, 8):
        shown = [frame.filter(ImageFilter.GaussianBlur(blur_px)) for frame in frames]
        for quality in (60, 45, 30, 15):
            data = _animate(shown, quality)
            if len(data) <= PREVIEW_BYTES:
                return data
    return data


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


def _appeal(frame: Image.Image) -> float:
    """Sharp beats soft, and mid-tones beat a picture that is nearly black or white."""
    gray = np.asarray(frame.convert("L").resize((270, 480), Image.Resampling.BOX))
    sharpness = float(cv2.Laplacian(gray, cv2.CV_64F).var())
    mean = float(gray.mean()) / 255
    return float(np.log1p(sharpness)) * (1 - abs(mean - 0.45))
