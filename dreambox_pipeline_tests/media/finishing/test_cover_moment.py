"""A finished video's cover picture says from which of its moments it was taken."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.media.finishing.cover_moment import cover_moment
from dreambox_pipeline.media.finishing.editing import apply_edit
from dreambox_pipeline.media.finishing.stills import COVER_MOMENTS
from dreambox_pipeline.media.model import Edit, EndCard, OverlayText

ClipMaker = Callable[..., Path]
SECONDS = 2.0
TEXTS = (
    OverlayText("title", "The flying house", 0.2, 1.4),
    OverlayText("credit", "dreamt by @lena", 0.8),
    OverlayText("ai_label", "AI-generated"),
)


def sharpest_at(moment: float) -> Callable[[int], NDArray[np.float64]]:
    """A slow sweep of gray that has fine stripes around one of its moments."""
    rows, columns = np.mgrid[0:320, 0:180]

    def painting(number: int) -> NDArray[np.float64]:
        plain = 60 + number + rows / 8
        is_near = abs(number - int(SECONDS * 30 * moment)) <= 2
        return plain + (60 * (columns // 6 % 2) if is_near else 0)

    return painting


@pytest.mark.parametrize("moment", COVER_MOMENTS)
@pytest.mark.parametrize("card", [None, EndCard("The flying house", "dreamt by @lena")])
def test_the_moment_is_found_again(
    paint_clip: ClipMaker, tmp_path: Path, moment: float, card: EndCard | None
) -> None:
    """Although other texts stand on the cover than on the frame, with an end card and without."""
    edit = Edit(overlays=TEXTS, end_card=card, width=270, height=480)
    files = apply_edit(paint_clip(sharpest_at(moment), seconds=SECONDS), edit, tmp_path)
    found = cover_moment(files.video, files.cover, clip_s=SECONDS)
    assert found == pytest.approx(SECONDS * moment)


def test_a_file_that_is_no_video_says_nothing(tmp_path: Path) -> None:
    """Nor does a cover that is none; whoever asks does without."""
    for name in ("video.mp4", "cover.jpg"):
        (tmp_path / name).write_text("not one")
    with pytest.raises((ItemError, OSError)):
        cover_moment(tmp_path / "video.mp4", tmp_path / "cover.jpg", clip_s=2.0)
