"""Blending and placing: light never clips, nothing is drawn outside, the camera shifts by depth."""

import numpy as np
import pytest

from dreambox_pipeline.generators.synthetic.canvas import (
    Sheet,
    Stage,
    View,
    blend_over,
    blend_screen,
    place,
    trimmed,
)

STAGE = Stage(90, 160, focus=(270, 480))


def test_screened_light_keeps_its_hue() -> None:
    """Adding would saturate red first and turn warm light green; screening does not."""
    warm = np.full((4, 4, 3), (60, 140, 230), np.uint8)
    lit = warm.copy()
    blend_screen(lit, warm)
    blue, green, red = (int(c) for c in lit[0, 0])
    assert blue < green < red < 255


def test_an_opaque_sprite_replaces_what_is_below() -> None:
    """And a transparent one leaves it alone."""
    region = np.full((3, 3, 3), 200, np.uint8)
    sprite = np.zeros((3, 3, 4), np.uint8)
    blend_over(region, sprite)
    assert (region == 200).all()
    sprite[...] = (10, 20, 30, 255)
    blend_over(region, sprite)
    assert (region == (10, 20, 30)).all()


@pytest.mark.parametrize("offset", [(-500, 0), (500, 0), (0, -500), (0, 500)])
def test_a_sprite_outside_the_frame_is_not_drawn(offset: tuple[int, int]) -> None:
    """Nor does it fail."""
    frame = np.full((20, 20, 3), 7, np.uint8)
    sprite = np.full((5, 5, 4), 255, np.uint8)
    place(frame, sprite, np.array([[1.0, 0, offset[0]], [0, 1.0, offset[1]]]))
    assert (frame == 7).all()


def test_near_things_move_more_than_far_ones() -> None:
    """Parallax: a quarter of the depth, a quarter of the shift."""
    view = View(x=40, y=0, zoom=1)
    near = STAGE.project(270, 480, 1.0, view)[0]
    far = STAGE.project(270, 480, 0.25, view)[0]
    rest = STAGE.project(270, 480, 0.0, view)[0]
    assert (rest - near) == pytest.approx(4 * (rest - far))


def test_trimming_a_sheet_does_not_move_it() -> None:
    """The picture is the same as with the untrimmed sheet."""
    image = np.zeros((160, 90, 4), np.uint8)
    image[60:90, 20:50] = (40, 80, 120, 255)
    whole, cut = np.zeros((160, 90, 3), np.uint8), np.zeros((160, 90, 3), np.uint8)
    view = View(x=13.3, y=-7.7, zoom=1.2)
    Sheet(image, 0, 0, 0.8).draw(whole, STAGE, view, 0)
    trimmed(image, 0, 0, STAGE.scale, depth=0.8).draw(cut, STAGE, view, 0)
    assert np.abs(whole.astype(int) - cut.astype(int)).max() <= 12
    assert np.abs(whole.astype(int) - cut.astype(int)).mean() < 0.1


def test_a_layer_with_nothing_on_it_can_be_drawn() -> None:
    """The dice may leave the sky without a cloud; the clip must not fail for it."""
    sheet = trimmed(np.zeros((20, 30, 4), np.uint8), 0, 0, 1.0, depth=0.1)
    frame = np.full((160, 90, 3), 90, np.uint8)
    sheet.draw(frame, STAGE, View(), 0.0)
    assert (frame == 90).all()
    assert sheet.solid_from(STAGE, View(), 0.0) == STAGE.height
