"""Ink on a canvas, held against Pillow's."""

import time

import numpy as np
import pytest
from PIL import Image, ImageDraw

from dreambox_pipeline.media.typesetting.fonts import (
    SANS,
    SERIF_BOLD,
    Family,
    current_shelf,
    face_for,
)
from dreambox_pipeline.media.typesetting.glyphs import Canvas, draw_lines
from dreambox_pipeline.media.typesetting.scripts import is_rtl
from dreambox_pipeline.media.typesetting.shaping import shape_line, typesetting_for

SIZE = (900, 160)


def drawn(text: str, em_px: float = 64, family: Family = SANS, *, x: float = 20) -> Canvas:
    setting = typesetting_for(
        text, family, current_shelf(), rtl=is_rtl(text), tracking=0.0, language=""
    )
    return draw_lines([(shape_line(text, setting), x, 110.0)], SIZE, em_px)


@pytest.mark.parametrize("family", [SANS, SERIF_BOLD])
@pytest.mark.parametrize("em_px", [33, 88])
def test_latin_looks_as_pillow_draws_it(family: Family, em_px: int) -> None:
    """The same ink in the same places, but for hinting, at the sizes of credits and titles."""
    text = "The flying house"
    ours = np.asarray(drawn(text, em_px, family).mask, dtype=float)
    picture = Image.new("L", SIZE)
    font = face_for(text, family, em_px)
    ImageDraw.Draw(picture).text((20, 110), text, 255, font, anchor="ls")
    theirs = np.asarray(picture, dtype=float)
    assert ours.sum() == pytest.approx(theirs.sum(), rel=0.05)
    # Half a pixel of hinting at every edge is the difference allowed.
    blurred = [
        np.asarray(
            Image.fromarray(p.astype(np.uint8)).resize((225, 40), Image.Resampling.BOX), dtype=float
        )
        for p in (ours, theirs)
    ]
    assert np.abs(blurred[0] - blurred[1]).mean() < 0.06 * blurred[1][blurred[1] > 20].mean()


def test_drawing_costs_about_as_much_as_pillows() -> None:
    """Least CPU time of several rounds, shaped lines remembered; a wide margin for a busy machine."""
    text, font = "The flying house", face_for("The", SERIF_BOLD, 88)
    picture = ImageDraw.Draw(Image.new("L", SIZE))

    def least(draw) -> float:
        rounds = []
        for _ in range(5):
            start = time.process_time()
            for _ in range(20):
                draw()
            rounds.append(time.process_time() - start)
        return min(rounds)

    ours = least(lambda: drawn(text, 88, SERIF_BOLD))
    theirs = least(lambda: picture.text((20, 110), text, 255, font, anchor="ls"))
    assert ours < 6 * theirs


def test_letters_lie_between_pixels() -> None:
    """Half a pixel to the right is half a pixel, not none or one."""

    def middle(x: float) -> float:
        mask = np.asarray(drawn("l", x=x).mask, dtype=float)
        return float((mask.sum(axis=0) * np.arange(SIZE[0])).sum() / mask.sum())

    assert middle(20.5) - middle(20.0) == pytest.approx(0.5, abs=0.02)


@pytest.mark.usefixtures("noto")
def test_emoji_are_colored_and_have_soft_edges() -> None:
    """A red heart is red, nothing of it is in the mask, and its edge has no dark fringe."""
    canvas = drawn("❤️")
    assert canvas.color is not None
    pixels = np.asarray(canvas.color, dtype=float)
    solid = pixels[pixels[..., 3] > 250]
    assert solid[:, 0].mean() > 1.8 * solid[:, 1].mean()
    edge = pixels[(pixels[..., 3] > 30) & (pixels[..., 3] < 120)]
    assert edge[:, 0].mean() > 120
    assert np.asarray(canvas.mask).max() == 0
    assert np.asarray(canvas.coverage()).max() > 250


@pytest.mark.usefixtures("noto")
def test_the_edge_of_a_canvas_cuts_emoji_off() -> None:
    """A hostile title must not crash the compositor."""
    assert drawn("🐋", x=-30).color is not None
    assert drawn("🐋", x=SIZE[0] - 10).color is not None


@pytest.mark.usefixtures("noto")
def test_overlapping_parts_leave_no_seam() -> None:
    """Where the parts of a Devanagari headline meet, the ink is as solid as within them."""
    mask = np.asarray(drawn("कमलनयन", 64.7).mask)
    headline = mask[int(np.argmax(mask.astype(int).sum(axis=1)))]
    inked = np.flatnonzero(headline > 0)
    assert (headline[inked[2] : inked[-2]] > 250).all()
