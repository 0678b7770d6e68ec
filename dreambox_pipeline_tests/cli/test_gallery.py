"""`dreambox gallery`, as a person runs it."""

import numpy as np
from PIL import Image

from dreambox_pipeline.cli.contact_sheet import CAPTION, COLUMNS, GAP, HEAD
from dreambox_pipeline.cli.gallery import NOTICE, PICTURE
from dreambox_pipeline.stages.dreams.model import Motif, Setting


def _cells(path, count):
    """The pictures on a sheet, in shades of gray."""
    with Image.open(path) as sheet:
        assert sheet.text["Description"] == NOTICE
        pixels = np.asarray(sheet.convert("L"), dtype=np.float32)
    assert pixels[18:60, GAP:900].max() > 200, "the notice is not on the sheet"
    width, height = PICTURE
    for number in range(count):
        left = GAP + number % COLUMNS * (width + GAP)
        top = HEAD + number // COLUMNS * (height + GAP + CAPTION)
        yield pixels[top : top + height, left : left + width]
        below = pixels[top + height + 6 : top + height + 36, left : left + width]
        assert below.max() > 200, "a picture has no caption"


def test_sheets_show_every_setting_and_every_motif_and_say_who_drew_them(dreambox, tmp_path):
    """A picture for each, unlike the others, and a mark a person and a program can read."""
    done = dreambox("gallery", "--seed", "3", "--motifs")
    assert done.returncode == 0, done.stderr
    assert NOTICE in done.stdout
    for kind, shown in (("settings", Setting), ("motifs", Motif)):
        path = tmp_path / "var" / "gallery" / f"{kind}-seed-3.png"
        assert f"{len(shown)} {kind}, seed 3, drawn: {path}" in done.stdout
        cells = list(_cells(path, len(shown)))
        assert all(cell.std() > 8 for cell in cells)
        assert all(
            np.abs(one - two).mean() > 4 for n, one in enumerate(cells) for two in cells[n + 1 :]
        )


def test_a_sheet_that_is_there_is_not_drawn_again_and_a_damaged_one_is(dreambox, tmp_path):
    """The second look is free; half a file is not taken for a sheet."""
    assert "drawn" in dreambox("gallery", "--seed", "3").stdout
    (path,) = (tmp_path / "var" / "gallery").iterdir()
    before = path.read_bytes()
    assert "as it was" in dreambox("gallery", "--seed", "3").stdout
    assert path.read_bytes() == before
    path.write_bytes(b"half a picture")
    assert "drawn" in dreambox("gallery", "--seed", "3").stdout
    assert path.read_bytes() == before


def test_a_seed_below_zero_is_refused(dreambox):
    """With the option's name, not a traceback."""
    done = dreambox("gallery", "--seed", "-1")
    assert done.returncode == 2
    assert "--seed" in done.stderr
