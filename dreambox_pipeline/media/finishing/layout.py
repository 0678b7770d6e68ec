"""Where the texts of an edit lie on the picture, clear of TikTok's own buttons and captions.

Measured on 1080x1920: TikTok covers about 130 px at the top (tabs and search), 140 px at the
right (like, comment, share) and 370 px at the bottom (name, caption, music). Everything is
given for that size and scaled to the edit's.
"""

from dataclasses import dataclass

from PIL import Image, ImageDraw

from dreambox_pipeline.media.model import Edit, OverlayText
from dreambox_pipeline.media.typesetting.fonts import SANS, SANS_BOLD, SERIF_BOLD
from dreambox_pipeline.media.typesetting.lettering import Shadow, TextStyle, draw_text, is_rtl

SAFE_TOP, SAFE_RIGHT, SAFE_BOTTOM = 130, 140, 370
_MARGIN = 72
_TITLE_TOP = 330
# Room for two lines of credit between a subtitle and TikTok's own caption.
_SUBTITLE_BOTTOM = 524
_TITLE_LINES = 3
_RIGHT_EDGE = 1080 - SAFE_RIGHT - 24
_TEXT_WIDTH = _RIGHT_EDGE - _MARGIN
_SUPERSAMPLING = 4


@dataclass(frozen=True, slots=True)
class PlacedPicture:
    """A picture over the video.

    Attributes:
        x, y: Upper left corner, even numbers, because 4:2:0 color has half the pixels.
        end_s: None means to the end.
        fade_s: Length of its fade in, and of its fade out if it ends; 0 is no fade.
    """

    kind: str
    image: Image.Image
    x: int
    y: int
    start_s: float
    end_s: float | None
    fade_s: float


def lay_out(edit: Edit) -> list[PlacedPicture]:
    """Draw and place every text of *edit*.

    Raises:
        MissingGlyphs: A text has characters no installed face can draw.
        ValueError: An overlay of an unknown kind, or without a visible character.
    """
    return [_place(overlay, edit) for overlay in edit.overlays]


def _place(overlay: OverlayText, edit: Edit) -> PlacedPicture:
    unit = min(edit.width / 1080, edit.height / 1920)
    if overlay.kind == "title":
        image, x, y = _title(overlay.text, unit, edit.language)
    elif overlay.kind == "credit":
        image, x, y = _credit(overlay.text, unit, edit)
    elif overlay.kind == "subtitle":
        image, x, y = _subtitle(overlay.text, unit, edit)
    elif overlay.kind == "ai_label":
        image, x, y = _label(overlay.text, unit)
    else:
        raise ValueError(f"No place is known for an overlay of kind {overlay.kind!r}.")
    fade_s = {"title": 0.5, "credit": 0.8, "subtitle": 0.15}.get(overlay.kind, 0.0)
    start_s, end_s = overlay.start_s, overlay.end_s
    if end_s is not None:
        fade_s = min(fade_s, max(end_s - start_s, 0) / 2)
    image, left, top = _within(image, _even(x), _even(y), edit)
    return PlacedPicture(overlay.kind, image, left, top, start_s, end_s, fade_s)


def _title(text: str, unit: float, language: str) -> tuple[Image.Image, float, float]:
    size = round(88 * unit)
    style = TextStyle(
        SERIF_BOLD,
        size,
        tracking_em=-0.012,
        line_height=1.16,
        # A tight shadow for the edges and a wide one that dims a bright picture behind.
        shadows=(Shadow(0.6, 0.06, 0.6, spread_em=0.1), Shadow(0.06, 0.035, 0.6)),
        language=language,
    )
    drawn = draw_text(text, style, max_width=round(_TEXT_WIDTH * unit), max_lines=_TITLE_LINES)
    x = _RIGHT_EDGE * unit - drawn.width if drawn.is_rtl else _MARGIN * unit
    return drawn.image, x - drawn.left, _TITLE_TOP * unit - drawn.top


def _credit(text: str, unit: float, edit: Edit) -> tuple[Image.Image, float, float]:
    style = TextStyle(
        SANS,
        round(33 * unit),
        tracking_em=0.03,
        opacity=0.92,
        shadows=(Shadow(0.75, 0.0, 0.72, spread_em=0.3), Shadow(0.08, 0.05, 0.7)),
        language=edit.language,
    )
    drawn = draw_text(text, style, max_width=round(_TEXT_WIDTH * unit), max_lines=2)
    bottom = edit.height - (SAFE_BOTTOM + 56) * unit
    x = _RIGHT_EDGE * unit - drawn.width if drawn.is_rtl else _MARGIN * unit
    return drawn.image, x - drawn.left, bottom - drawn.height - drawn.top


def _subtitle(text: str, unit: float, edit: Edit) -> tuple[Image.Image, float, float]:
    """One or two lines on a soft dark plate that reads over anything."""
    style = TextStyle(
        SANS_BOLD,
        round(46 * unit),
        line_height=1.24,
        shadows=(Shadow(0.1, 0.04, 0.55),),
        language=edit.language,
    )
    side, above = round(26 * unit), round(20 * unit)
    room = round(_TEXT_WIDTH * unit) - 2 * side
    drawn = draw_text(text, style, max_width=room, max_lines=2)
    plate = _rounded(
        (drawn.width + 2 * side, drawn.height + 2 * above),
        radius=22 * unit,
        fill=(10, 8, 22, 128),
    )
    # The shadow may reach past the plate; cut there, it is not missed.
    left, top = side - drawn.left, above - drawn.top
    plate.alpha_composite(
        drawn.image.crop((max(-left, 0), max(-top, 0), *_reach(drawn.image, plate, left, top))),
        (max(left, 0), max(top, 0)),
    )
    x = _RIGHT_EDGE * unit - plate.width if drawn.is_rtl else _MARGIN * unit
    return plate, x, edit.height - _SUBTITLE_BOTTOM * unit - plate.height


def _reach(image: Image.Image, onto: Image.Image, left: int, top: int) -> tuple[int, int]:
    return min(image.width, onto.width - left), min(image.height, onto.height - top)


def _label(text: str, unit: float) -> tuple[Image.Image, float, float]:
    style = TextStyle(SANS_BOLD, round(27 * unit), tracking_em=0.045, opacity=0.95)
    drawn = draw_text(text, style, max_width=round(520 * unit))
    height = round(58 * unit)
    star = 0 if is_rtl(text) else round(34 * unit)
    width = drawn.width + round(52 * unit) + star
    pill = _pill(width, height, unit)
    if star:
        _sparkle(pill, center=(30 * unit + 6 * unit, height / 2), radius=13 * unit)
    left = round(26 * unit) + star - drawn.left
    # Optical middle of lower-case text lies above the box's; capitals set the height.
    top = round(height / 2 - drawn.height * 0.437) - drawn.top
    pill.alpha_composite(drawn.image, (max(left, 0), max(top, 0)))
    return pill, _MARGIN * unit, (SAFE_TOP + 34) * unit


def _pill(width: int, height: int, unit: float) -> Image.Image:
    return _rounded(
        (width, height),
        radius=height / 2,
        fill=(10, 8, 22, 132),
        outline=(255, 252, 245, 84),
        line=1.6 * unit,
    )


def _rounded(
    size: tuple[int, int],
    *,
    radius: float,
    fill: tuple[int, int, int, int],
    outline: tuple[int, int, int, int] | None = None,
    line: float = 0.0,
) -> Image.Image:
    """A plate with smooth corners, drawn large and made small."""
    scale, (width, height) = _SUPERSAMPLING, size
    large = Image.new("RGBA", (width * scale, height * scale), (*fill[:3], 0))
    ImageDraw.Draw(large).rounded_rectangle(
        (0, 0, width * scale - 1, height * scale - 1),
        radius=round(radius * scale),
        fill=fill,
        outline=outline,
        width=max(1, round(line * scale)) if outline else 0,
    )
    # Means over whole squares, with colors weighed by their alpha: as smooth, at a tenth the cost.
    return large.convert("RGBa").reduce(scale).convert("RGBA")


def _sparkle(image: Image.Image, *, center: tuple[float, float], radius: float) -> None:
    """A four-pointed star, drawn here so that no font needs to have one."""
    scale, side = _SUPERSAMPLING, round(radius * 2) + 2
    mask = Image.new("L", (side * scale, side * scale), 0)
    middle, long, short = side * scale / 2, radius * scale, radius * scale * 0.26
    points = [
        (middle + dx * reach, middle + dy * reach)
        for dx, dy, reach in (
            (0, -1, long), (0.7, -0.7, short), (1, 0, long), (0.7, 0.7, short),
            (0, 1, long), (-0.7, 0.7, short), (-1, 0, long), (-0.7, -0.7, short),
        )
    ]  # fmt: skip
    ImageDraw.Draw(mask).polygon(points, fill=242)
    star = Image.new("RGBA", (side, side), (255, 252, 245, 0))
    star.putalpha(mask.resize((side, side), Image.Resampling.LANCZOS))
    image.alpha_composite(star, (round(center[0] - side / 2), round(center[1] - side / 2)))


def _within(image: Image.Image, x: int, y: int, edit: Edit) -> tuple[Image.Image, int, int]:
    """Cut off what lies outside the frame: the far end of a shadow."""
    right, bottom = min(image.width, edit.width - x), min(image.height, edit.height - y)
    return image.crop((max(-x, 0), max(-y, 0), right, bottom)), max(x, 0), max(y, 0)


def _even(value: float) -> int:
    return round(value / 2) * 2
