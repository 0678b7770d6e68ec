"""The card that closes a video: title and credit over its own last picture, blurred and dimmed.

This short part is composed with moviepy, whose clips, positions and fades say it best; the long
part stays in FFmpeg's filter graph, where moviepy costs three times the time. Two of moviepy's
habits are worked around: its `TextClip` cuts off descenders and has no emoji, so the texts come
from `lettering` as pictures, and its file has no color tags and the wrong matrix, so both are
asked for here.
"""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageOps

from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.media.finishing.layout import SAFE_RIGHT
from dreambox_pipeline.media.model import Edit, EndCard
from dreambox_pipeline.media.typesetting.fonts import SANS, SERIF_BOLD, Family
from dreambox_pipeline.media.typesetting.lettering import Lettering, Shadow, TextStyle, draw_text

_BLUR_PX, _BRIGHTNESS = 34.0, 0.42
_TEXT_WIDTH = 1080 - 2 * SAFE_RIGHT
_GAP_PX = 44
# The texts come up one after the other while the clip goes.
_TITLE_START_S, _CREDIT_START_S, _FADE_S = 0.1, 0.3, 0.35
_CODING = (
    *("-crf", "12", "-pix_fmt", "yuv420p", "-bf", "0"),
    *("-vf", "scale=out_color_matrix=bt709:out_range=tv:flags=accurate_rnd+bitexact"),
    *("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"),
    *("-color_range", "tv", "-flags:v", "+bitexact", "-fflags", "+bitexact"),
)


def make_end_card(card: EndCard, last_picture: Image.Image, edit: Edit, out: Path) -> Path:
    """Write *card* to *out*, an MP4 of *edit*'s size and rate without sound.

    The same card and picture give the same bytes.

    Args:
        card: What it says and how long it lasts.
        last_picture: The clip's last frame, in any size.
        edit: Size and frame rate.
        out: File to write.

    Raises:
        ItemError: It could not be composed.
        MissingGlyphs: A text has characters no font can draw.
    """
    # Imported here: it starts FFmpeg when it is imported, and most videos have no card.
    from moviepy import CompositeVideoClip, ImageClip

    size = (edit.width, edit.height)
    backdrop = ImageClip(_backdrop(last_picture, size)).with_duration(card.duration_s)
    layers = [backdrop, *_texts(card, edit)]
    composed = CompositeVideoClip(layers, size=size).with_duration(card.duration_s)
    try:
        composed.write_videofile(
            str(out),
            fps=edit.frame_rate,
            codec="libx264",
            preset="ultrafast",
            audio=False,
            # One thread: several give other bytes at every run.
            threads=1,
            ffmpeg_params=list(_CODING),
            logger=None,
        )
    except OSError as error:
        raise ItemError(
            f"Composed the end card {out.name} with moviepy and got: {str(error)[-300:]}. Run this "
            "item again, or set DREAMBOX_END_CARD=false."
        ) from error
    finally:
        composed.close()
    return out


def _backdrop(picture: Image.Image, size: tuple[int, int]) -> np.ndarray[Any, Any]:
    fitted = np.asarray(ImageOps.fit(picture.convert("RGB"), size, Image.Resampling.BILINEAR))
    # At a quarter of the size a wide blur costs a sixteenth and looks the same.
    small = cv2.resize(fitted, (size[0] // 4, size[1] // 4), interpolation=cv2.INTER_AREA)
    blurred = cv2.GaussianBlur(small, (0, 0), _BLUR_PX * size[0] / 1080 / 4)
    large = cv2.resize(blurred, size, interpolation=cv2.INTER_CUBIC)
    dimmed: np.ndarray[Any, Any] = np.clip(large.astype(np.float32) * _BRIGHTNESS, 0, 255).astype(
        np.uint8
    )
    return dimmed


def _texts(card: EndCard, edit: Edit) -> list[Any]:
    """The texts as clips, in the middle of the picture, one under the other."""
    unit = min(edit.width / 1080, edit.height / 1920)
    drawn = [
        (draw_text(text, style, max_width=round(_TEXT_WIDTH * unit), max_lines=lines), start_s)
        for text, style, lines, start_s in (
            (card.title, _style(SERIF_BOLD, 84 * unit, edit.language), 3, _TITLE_START_S),
            (card.credit, _style(SANS, 38 * unit, edit.language), 2, _CREDIT_START_S),
        )
        if text
    ]
    gap = round(_GAP_PX * unit)
    height = sum(text.height for text, _ in drawn) + gap * (len(drawn) - 1)
    top = round(edit.height * 0.44 - height / 2)
    clips = []
    for text, start_s in drawn:
        clips.append(_text_clip(text, top, start_s, card, edit))
        top += text.height + gap
    return clips


def _style(family: Family, size_px: float, language: str) -> TextStyle:
    shadows = (Shadow(0.25, 0.03, 0.6),)
    return TextStyle(family, round(size_px), line_height=1.18, shadows=shadows, language=language)


def _text_clip(text: Lettering, top: int, start_s: float, card: EndCard, edit: Edit) -> Any:
    from moviepy import ImageClip, vfx

    left = round((edit.width - text.width) / 2) - text.left
    return (
        ImageClip(np.asarray(text.image))
        .with_position((left, top - text.top))
        .with_start(start_s)
        .with_duration(card.duration_s - start_s)
        .with_effects([vfx.CrossFadeIn(_FADE_S)])
    )
