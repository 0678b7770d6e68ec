"""Colours: exact at the ends, ordered in between, never outside what a screen can show."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.generators.synthetic.palette import Palette, hex_to_lab, lab_to_bgr

HEX = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")


@given(HEX)
@settings(max_examples=60)
def test_a_colour_survives_the_journey_through_oklab(colour: str) -> None:
    """Half a step of 255 at most."""
    expected = [int(colour[i : i + 2], 16) for i in (5, 3, 1)]
    assert np.abs(lab_to_bgr(hex_to_lab(colour)) - expected).max() < 0.6


@pytest.mark.parametrize("wrong", ["", "#fff", "red", "#12345g", "#1234567"])
def test_a_word_is_not_a_colour(wrong: str) -> None:
    """The prompt's author is told which one."""
    with pytest.raises(ValueError, match=r"#rrggbb|invalid literal"):
        hex_to_lab(wrong)


@given(st.lists(HEX, min_size=3, max_size=6), st.floats(-1, 1))
@settings(max_examples=40)
def test_every_palette_keeps_the_foreground_darker_than_the_light(
    colours: list[str], mood: float
) -> None:
    """Whatever colours a style brings, silhouettes stay readable."""
    palette = Palette.of(tuple(colours), mood=mood)
    assert palette.light.mean() > palette.shadow.mean() + 60


def test_a_ramp_goes_up_with_its_values() -> None:
    """Brighter value, brighter colour; no value falls outside 0 to 255."""
    palette = Palette.of(("#101020", "#505090", "#f0f0ff"), mood=0)
    image = palette.ramp(
        np.linspace(0, 1, 50)[None, :], ((0, 0, 0.1), (0.5, 0.5, 0.5), (1, 1, 0.9))
    )
    assert (np.diff(image[0].sum(axis=1)) > -0.01).all()
    assert image.min() >= 0
    assert image.max() <= 255
