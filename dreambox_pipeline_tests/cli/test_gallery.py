"""`dreambox gallery`, as a person runs it."""

import numpy as np
from PIL import Image

from dreambox_pipeline.cli.gallery import NOTICE
from dreambox_pipeline.stages.dreams.model import Setting


def test_one_sheet_shows_every_setting_and_says_who_drew_it(dreambox, tmp_path):
    """A picture for each setting, and a mark a person and a program can read."""
    done = dreambox("gallery", "--seed", "3")
    assert done.returncode == 0, done.stderr
    assert NOTICE in done.stdout
    assert f"{len(Setting)} settings" in done.stdout
    (path,) = (tmp_path / "var" / "gallery").iterdir()
    with Image.open(path) as sheet:
        assert sheet.text["Description"] == NOTICE
        pixels = np.asarray(sheet.convert("L"), dtype=np.float32)
    assert pixels[18:60, 12:900].max() > 200, "the notice is not on the sheet"
    cells = [
        pixels[72 + row * 684 : 72 + row * 684 + 640, 12 + column * 372 : 372 + column * 372]
        for row in range(3)
        for column in range(5)
    ]
    drawn = [cell for cell in cells if cell.std() > 8]
    assert len(drawn) == len(Setting)
    assert all(
        np.abs(one - two).mean() > 4 for n, one in enumerate(drawn) for two in drawn[n + 1 :]
    )


def test_a_seed_below_zero_is_refused(dreambox):
    """With the option's name, not a traceback."""
    done = dreambox("gallery", "--seed", "-1")
    assert done.returncode == 2
    assert "--seed" in done.stderr
