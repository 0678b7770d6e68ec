import numpy as np
import pytest

from dreambox_pipeline.media.finishing.layout import (
    SAFE_BOTTOM,
    SAFE_RIGHT,
    SAFE_TOP,
    PlacedPicture,
    lay_out,
)
from dreambox_pipeline.media.model import Edit, OverlayText


def edit(*overlays: OverlayText, width: int = 1080, height: int = 1920) -> Edit:
    return Edit(overlays=overlays, width=width, height=height)


TITLES = [
    "Falling",
    "W" * 60,
    "The whale that carried our whole house across the night sky",
    "البحر",
]


def inked_box(picture: PlacedPicture) -> tuple[int, int, int, int]:
    """Where letters are (not their soft shadow), on the frame."""
    pixels = np.asarray(picture.image)
    letters = (pixels[..., 3] > 190) & (pixels[..., 0] > 200)
    rows, columns = np.flatnonzero(letters.any(axis=1)), np.flatnonzero(letters.any(axis=0))
    x, y = picture.x, picture.y
    return x + columns[0], y + rows[0], x + columns[-1], y + rows[-1]


@pytest.mark.parametrize("title", TITLES)
def test_letters_stay_clear_of_tiktoks_own_buttons(title: str) -> None:
    """Top, right and bottom belong to the app."""
    overlays = (
        OverlayText("title", title),
        OverlayText("credit", "dreamt by @" + "w" * 29),
        OverlayText("ai_label", "AI-generated"),
    )
    for picture in lay_out(edit(*overlays)):
        left, top, right, bottom = inked_box(picture)
        assert left >= 40
        assert top >= SAFE_TOP
        assert right <= 1080 - SAFE_RIGHT
        assert bottom <= 1920 - SAFE_BOTTOM


def test_title_label_and_credit_do_not_touch() -> None:
    """Label above title above credit, also for the longest title."""
    overlays = (
        OverlayText("ai_label", "AI-generated"),
        OverlayText("title", TITLES[2]),
        OverlayText("credit", "dreamt by someone who told us here"),
    )
    label, title, credit = (inked_box(picture) for picture in lay_out(edit(*overlays)))
    assert label[3] < title[1]
    assert title[3] < credit[1]


def test_pictures_lie_inside_the_frame_at_even_places() -> None:
    """Also the far end of a shadow; 4:2:0 color needs even places."""
    for picture in lay_out(edit(OverlayText("title", TITLES[2]), OverlayText("credit", "x"))):
        assert picture.x % 2 == picture.y % 2 == 0
        assert picture.x >= 0
        assert picture.x + picture.image.width <= 1080


def test_layout_scales_with_the_frame() -> None:
    """Half the frame has everything at half the place."""
    large, small = (
        inked_box(lay_out(edit(OverlayText("title", "Falling"), width=w, height=h))[0])
        for w, h in ((1080, 1920), (540, 960))
    )
    assert small == pytest.approx([value / 2 for value in large], abs=4)


def test_right_to_left_titles_hang_on_the_right() -> None:
    """They begin where their readers begin."""
    box = inked_box(lay_out(edit(OverlayText("title", "البحر")))[0])
    assert box[2] > 860


def test_a_label_stays_for_the_whole_video_without_a_fade() -> None:
    """A disclosure that fades is missing while it fades."""
    (label,) = lay_out(edit(OverlayText("ai_label", "AI-generated")))
    assert (label.start_s, label.end_s, label.fade_s) == (0.0, None, 0.0)


def test_a_short_title_fades_no_longer_than_it_lasts() -> None:
    """Half in, half out."""
    (title,) = lay_out(edit(OverlayText("title", "Falling", 0.0, 0.6)))
    assert title.fade_s == pytest.approx(0.3)


def test_an_unknown_kind_is_a_mistake() -> None:
    """A watermark has no place here."""
    with pytest.raises(ValueError, match="watermark"):
        lay_out(edit(OverlayText("watermark", "made with DreamBox")))


SUBTITLES = [
    "The sea lies still",
    "W" * 60,
    "كان القمر قريبا جدا من البيت والناس يغنون",
    "ab " * 20,
]
CREDITS = ["dreamt by @lena", "dreamt by @" + "w" * 29, "حلمت به @lena"]


@pytest.mark.parametrize("subtitle", SUBTITLES)
@pytest.mark.parametrize("credit", CREDITS)
@pytest.mark.parametrize("title", TITLES)
def test_nothing_overlaps_a_subtitle_and_it_stays_in_the_safe_area(
    title: str, credit: str, subtitle: str
) -> None:
    """All four on screen at once: the worst moment of a video."""
    overlays = (
        OverlayText("ai_label", "AI-generated"),
        OverlayText("title", title),
        OverlayText("subtitle", subtitle),
        OverlayText("credit", credit),
    )
    label, above, plate, below = lay_out(edit(*overlays))
    # Of the plate its whole picture counts; of the others the letters without their soft shadows.
    bottom = plate.y + plate.image.height
    assert inked_box(label)[3] < inked_box(above)[1]
    assert inked_box(above)[3] < plate.y
    assert bottom < inked_box(below)[1]
    assert plate.x >= 40
    assert plate.x + plate.image.width <= 1080 - SAFE_RIGHT
    assert 1920 * 0.6 < plate.y < bottom < 1920 - SAFE_BOTTOM


def test_right_to_left_subtitles_and_credits_hang_on_the_right() -> None:
    """Like the titles."""
    subtitle, credit = lay_out(
        edit(OverlayText("subtitle", "البحر هادئ"), OverlayText("credit", "حلمت به لينا"))
    )
    assert subtitle.x + subtitle.image.width > 900
    assert inked_box(credit)[2] > 860


@pytest.mark.usefixtures("noto")
def test_the_dreams_language_decides_how_a_name_is_written() -> None:
    """Japan and China draw some Han letters differently, and the letters alone do not tell."""
    pictures = {
        lay_out(Edit((OverlayText("credit", "@直骨"),), language=language))[0].image.tobytes()
        for language in ("ja", "zh")
    }
    assert len(pictures) == 2
