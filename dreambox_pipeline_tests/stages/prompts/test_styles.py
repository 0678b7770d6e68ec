"""The catalogue of styles is complete, harmonious and ordered, so any style can serve any dream."""

import colorsys
import re
from datetime import date
from itertools import pairwise

import pytest

from dreambox_pipeline.safety.model import ScreeningAction
from dreambox_pipeline.safety.screening import screen
from dreambox_pipeline.stages.prompts.styles import STYLES, Style, Temper, temper_of

PALETTES = [
    pytest.param(palette, id=f"{style.style_id}-{temper}")
    for style in STYLES.values()
    for temper, palette in style.palettes.items()
]


def rgb(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def luminance(colour: str) -> float:
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in rgb(colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("palette", PALETTES)
def test_a_palette_runs_from_shadow_to_light(palette: tuple[str, ...]) -> None:
    """Five colours, each clearly lighter than the one before, with room for a title on both ends."""
    assert len(palette) == 5
    assert all(re.fullmatch(r"#[0-9a-f]{6}", colour) for colour in palette)
    levels = [luminance(colour) for colour in palette]
    assert all(lighter > 1.25 * darker for darker, lighter in pairwise(levels))
    contrast = (levels[-1] + 0.05) / (levels[0] + 0.05)
    assert contrast >= 7  # WCAG AAA for text


@pytest.mark.parametrize("palette", PALETTES)
def test_a_palette_has_colour(palette: tuple[str, ...]) -> None:
    """The middle tones carry the mood; none of them is grey."""
    assert all(colorsys.rgb_to_hsv(*rgb(colour))[1] >= 0.2 for colour in palette[1:4])


@pytest.mark.parametrize("style", STYLES.values(), ids=lambda s: s.style_id)
def test_a_style_is_complete(style: Style) -> None:
    """Every field a prompt needs is filled, for every temper."""
    assert STYLES[style.style_id] is style
    assert set(style.palettes) == set(Temper)
    assert style.camera
    assert set(style.camera) <= {"drift", "dolly", "rise", "fall"}
    said = (style.name, style.words, style.lighting, style.finishing, style.music)
    assert all(text and text == text.strip(" .,") for text in said)
    assert style.avoid
    assert style.reviewed_on <= date(2026, 12, 31)
    assert -1 <= style.suits_mood <= 1
    assert style.suits_settings


def test_styles_are_told_apart() -> None:
    """At least six, with no name, style block or palette used twice."""
    styles = list(STYLES.values())
    assert len(styles) >= 6
    for block in ("words", "name", "lighting", "finishing", "music"):
        assert len({getattr(style, block) for style in styles}) == len(styles)
    palettes = [palette for style in styles for palette in style.palettes.values()]
    assert len(set(palettes)) == len(palettes)


@pytest.mark.parametrize("style", STYLES.values(), ids=lambda s: s.style_id)
def test_a_style_says_each_word_once(style: Style) -> None:
    """A block that repeats itself pulls a model harder than it was meant to."""
    small = {"and", "the", "in", "of", "with", "a", "at", "over", "no", "soft", "light", "many"}
    words = [word for word in re.findall(r"[a-z]+", style.words.casefold()) if word not in small]
    assert len(set(words)) == len(words)


@pytest.mark.parametrize("style", STYLES.values(), ids=lambda s: s.style_id)
def test_a_style_is_nobody_s(style: Style) -> None:
    """No artist, studio, film or brand: a look in plain words, which nobody can claim."""
    said = f"{style.name} {style.words} {style.lighting} {style.finishing} {style.music} {' '.join(style.avoid)}"
    lower_case = said.removeprefix(style.name[0]).replace(style.words[0], "", 1)
    assert not re.search(r"[A-Z@#©®™]", lower_case)
    assert not re.search(
        r"\b(?:in the style of|by|inspired|ghibli|miyazaki|pixar|disney|monet|hokusai|dal[ií]|"
        r"magritte|escher|van gogh|burton|lynch|nolan|kodak|fuji|imax|arri|polaroid|lego|marvel)\b",
        said.casefold(),
    )
    assert screen(said, lang="en").action is ScreeningAction.PASS


@pytest.mark.parametrize(
    ("mood", "temper"),
    [
        (-1, "dark"),
        (-0.25, "still"),
        (0, "still"),
        (0.25, "still"),
        (0.26, "bright"),
        (1, "bright"),
    ],
)
def test_only_a_clear_mood_changes_the_palette(mood: float, temper: str) -> None:
    """Mood is a soft hint; the middle stays still."""
    assert temper_of(mood) == temper
