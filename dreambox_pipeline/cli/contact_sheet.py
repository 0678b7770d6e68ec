"""Pictures side by side on one sheet, each with a caption, under a headline."""

from typing import NamedTuple

from PIL import Image, ImageDraw

from dreambox_pipeline.media.typesetting.fonts import SANS, face_for
from dreambox_pipeline.stages.prompts.styles import STYLES, Temper

COLUMNS, GAP, HEAD, CAPTION = 7, 14, 76, 46
_BACKGROUND, _CARD = (14, 12, 24), (22, 19, 36)
_TEXT, _QUIET = (240, 236, 228), (168, 160, 178)


class Cell(NamedTuple):
    """A picture, what it shows, and a word beside it."""

    picture: Image.Image
    name: str
    note: str


def compose_sheet(cells: list[Cell], headline: str) -> Image.Image:
    """A sheet of *cells* in rows of `COLUMNS`; a place left over holds the house styles.

    Args:
        cells: At least one; all pictures of the same size.
        headline: Stands over everything.
    """
    width, height = (side + GAP for side in cells[0].picture.size)
    height += CAPTION
    rows = -(-len(cells) // COLUMNS)
    sheet = Image.new("RGB", (COLUMNS * width + GAP, HEAD + rows * height + GAP), _BACKGROUND)
    drawing = ImageDraw.Draw(sheet)
    drawing.text((GAP, 20), headline, _TEXT, face_for(headline, SANS, 30))
    for number, cell in enumerate(cells):
        left, top = GAP + number % COLUMNS * width, HEAD + number // COLUMNS * height
        sheet.paste(cell.picture, (left, top))
        _caption(drawing, (left + 2, top + cell.picture.height + 8), cell)
    if len(cells) % COLUMNS:
        place = GAP + len(cells) % COLUMNS * width, HEAD + (rows - 1) * height
        _styles(drawing, place, cells[0].picture.size)
    return sheet


def _caption(drawing: ImageDraw.ImageDraw, at: tuple[int, int], cell: Cell) -> None:
    strong, quiet = face_for(cell.name, SANS, 23), face_for(cell.note, SANS, 18)
    drawing.text(at, cell.name, _TEXT, strong)
    beside = at[0] + strong.getlength(cell.name + "  "), at[1] + 4
    drawing.text(beside, cell.note, _QUIET, quiet)


def _styles(drawing: ImageDraw.ImageDraw, place: tuple[int, int], size: tuple[int, int]) -> None:
    """The house styles' palettes in their middle temper, as strips of colour."""
    (left, top), (width, height) = place, size
    drawing.rectangle((left, top, left + width - 1, top + height - 1), _CARD)
    title = "House styles"
    drawing.text((left + 20, top + 18), title, _TEXT, face_for(title, SANS, 23))
    step = (height - 76) // len(STYLES)
    for number, style in enumerate(STYLES.values()):
        y, palette = top + 62 + number * step, style.palettes[Temper.STILL]
        part = (width - 40) / len(palette)
        for index, colour in enumerate(palette):
            x = left + 20 + index * part
            drawing.rectangle((x, y, x + part - 1, y + step - 34), colour)
        drawing.text((left + 20, y + step - 30), style.name, _QUIET, face_for(style.name, SANS, 16))
