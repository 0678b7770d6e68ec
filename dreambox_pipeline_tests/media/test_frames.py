import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.media.ffmpeg import run_ffmpeg
from dreambox_pipeline.media.frames import contact_sheet, frame_png, frames_at

ClipMaker = Callable[..., Path]
# Gray that grows by two levels a frame: a frame's brightness tells which one it is.
COUNTING = "nullsrc=s=64x64:r=30,geq=lum='20+2*N':cb=128:cr=128,format=yuv420p"


def level(image: Image.Image) -> float:
    return float(np.asarray(image.convert("L")).mean())


def test_the_frame_on_screen_at_a_moment_is_found(make_clip: ClipMaker) -> None:
    """Later moments give later frames; out of range gives the first or the last."""
    clip = make_clip(COUNTING, sound=None)
    levels = [level(f) for f in frames_at(clip, [-1.0, 0.0, 0.5, 1.0, 99.0])]
    assert levels[0] == levels[1]
    # Two luma levels a frame in TV range are 2 * 255 / 219 gray levels.
    assert (levels[2] - levels[1]) / (2 * 255 / 219) == pytest.approx(15, abs=0.6)
    assert (levels[3] - levels[1]) / (2 * 255 / 219) == pytest.approx(30, abs=0.6)
    assert (levels[4] - levels[1]) / (2 * 255 / 219) == pytest.approx(59, abs=0.6)


def test_a_png_has_the_width_asked_for(make_clip: ClipMaker) -> None:
    """And the video's shape."""
    with Image.open(io.BytesIO(frame_png(make_clip(), 1.0, 90))) as image:
        assert (image.format, image.size) == ("PNG", (90, 160))


def test_colors_are_those_of_the_clip(make_clip: ClipMaker) -> None:
    """Untagged is BT.709; tagged BT.601 is honored."""
    hd = make_clip("color=0x20a040:s=64x64:r=30,scale=out_color_matrix=bt709", sound=None)
    sd = make_clip(
        "color=0x20a040:s=64x64:r=30,scale=out_color_matrix=bt601,setparams=colorspace=smpte170m",
        sound=None,
    )
    for clip in (hd, sd):
        pixel = frames_at(clip, [0.5])[0].getpixel((32, 32))
        assert pixel == pytest.approx((0x20, 0xA0, 0x40), abs=6)


def test_a_sheet_has_a_row_for_every_video(make_clip: ClipMaker) -> None:
    """One video is one row; shapes may differ."""
    one = contact_sheet(make_clip(), 4, 400)
    both = contact_sheet([make_clip(), make_clip("testsrc2=s=320x180:r=30", sound=None)], 4, 400)
    with Image.open(io.BytesIO(one)) as row, Image.open(io.BytesIO(both)) as rows:
        assert row.format == rows.format == "WEBP"
        assert row.width == rows.width == 400
        assert row.height < rows.height < 2 * row.height


def test_frames_of_a_sheet_are_spread_over_the_clip(make_clip: ClipMaker) -> None:
    """Left is early, right is late."""
    with Image.open(io.BytesIO(contact_sheet(make_clip(COUNTING, sound=None), 3, 300))) as sheet:
        gray = np.asarray(sheet.convert("L"))
    levels = [gray[:, x].mean() for x in (50, 150, 250)]
    assert levels[0] + 20 < levels[1] < levels[2] - 20


def test_a_rotated_clip_is_shown_upright(make_clip: ClipMaker, tmp_path: Path) -> None:
    """A white left half, turned by 90 degrees, is a white half above or below, as FFmpeg says."""
    half = make_clip("color=black:s=64x128:r=30,drawbox=w=32:h=128:color=white:t=fill", sound=None)
    turned, expected = tmp_path / "turned.mp4", tmp_path / "expected.png"
    args = ["-display_rotation", "90", "-i", str(half), "-c", "copy", str(turned)]
    run_ffmpeg(args, timeout_s=20, what="turn")
    run_ffmpeg(["-i", str(turned), "-frames:v", "1", str(expected)], timeout_s=20, what="show")
    ours = frames_at(turned, [0.0])[0]
    with Image.open(expected) as theirs:
        assert ours.size == theirs.size == (128, 64)
        assert abs(level(ours.crop((0, 0, 128, 30))) - level(theirs.crop((0, 0, 128, 30)))) < 12


def test_an_empty_sheet_is_a_mistake(make_clip: ClipMaker) -> None:
    """There is nothing to look at."""
    with pytest.raises(ValueError, match="nothing"):
        contact_sheet([], 4, 400)
    with pytest.raises(ValueError, match="nothing"):
        contact_sheet(make_clip(), 0, 400)


def test_what_is_no_video_is_an_item_error(tmp_path: Path) -> None:
    """The page shows the others."""
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"")
    with pytest.raises(ItemError, match="empty"):
        frame_png(path, 0.0, 90)
    with pytest.raises(ItemError, match="empty"):
        contact_sheet(path, 2, 90)
