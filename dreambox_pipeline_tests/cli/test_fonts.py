"""`dreambox fonts`, as a person runs it."""

from pathlib import Path

import numpy as np
from PIL import Image

from dreambox_pipeline.cli.font_sheet import TEXTS, run_sheet
from dreambox_pipeline.cli.fonts import print_fonts, run_install


def test_a_machine_that_reaches_no_registry_is_told_what_lacks(dreambox, tmp_path):
    """With the scripts and the command, and a code that scripts notice."""
    (tmp_path / "bin").mkdir()
    done = dreambox("fonts", "install", PATH=str(tmp_path / "bin"))
    assert done.returncode == 1
    assert "Still no font for" in done.stdout
    for word in (
        "Devanagari",
        "Japanese",
        "emoji",
        "no apt-get",
        "no npm",
        "dreambox fonts install",
    ):
        assert word in done.stdout


def test_what_is_installed_is_listed_by_script(noto, settings, console):
    """The title's face and the text's, and nothing missing."""
    settings.var_dir.mkdir()
    (settings.var_dir / "fonts").symlink_to(noto)
    print_fonts(settings, console)
    said = console.export_text()
    assert "missing" not in said
    assert "NotoSerifDevanagari-Bold.ttf" in said
    assert "NotoColorEmoji.ttf" in said


def test_without_them_the_list_says_what_brings_them(settings, console):
    """DejaVu's scripts are there, the others name the command."""
    print_fonts(settings, console)
    said = console.export_text()
    assert "DejaVuSerif-Bold.ttf" in said
    assert said.count("missing") >= 8
    assert "dreambox fonts install" in said


def test_a_second_installation_does_nothing(noto: Path, settings, console):
    """No source is even asked."""
    settings.var_dir.mkdir()
    (settings.var_dir / "fonts").symlink_to(noto)
    assert run_install(settings, console, sources=())
    assert "Nothing to do" in console.export_text()


def test_the_sheet_shows_every_text_or_names_what_lacks(noto, settings, console):
    """With the fonts nothing is said but the path; without them the sheet is still drawn."""
    run_sheet(settings, console)
    said = console.export_text()
    assert "Devanagari" in said
    assert "emoji" in said
    (settings.var_dir / "fonts").symlink_to(noto)
    path = run_sheet(settings, console)
    assert "no installed font" not in console.export_text()
    with Image.open(path) as sheet:
        pixels = np.asarray(sheet.convert("L"))
    rows, columns = -(-len(TEXTS) // 3), 3
    cells = [
        pixels[130 + 470 * r : 130 + 470 * (r + 1), 130 + 960 * c : 960 * (c + 1)]
        for r in range(rows)
        for c in range(columns)
    ]
    assert all(cell.max() > 200 for cell in cells)
