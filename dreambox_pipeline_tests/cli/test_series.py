"""`dreambox series`, as a person runs it."""

from pathlib import Path

import pytest
from PIL import Image
from rich.console import Console

from dreambox_pipeline.cli.series import run_end, run_list, run_start
from dreambox_pipeline.defs.resources import resources_from
from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.media.references import prepared_reference
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.storage.ledger import series


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "look.png"
    Image.new("RGB", (720, 1280), (90, 60, 150)).save(path)
    return path


def test_a_series_is_started_shown_and_ended(
    settings: Settings, console: Console, picture: Path
) -> None:
    """Its picture is kept by content hash, and starting again is free."""
    for _ in range(2):
        started = run_start(
            "Moon week", settings, console, style_id="violet_dusk", seed=7, reference=picture
        )
    run_start("Sea week", settings, console, style_id="deep_sea")
    run_list(settings, console)
    run_end(settings, console)
    run_end(settings, console)
    said = console.export_text()
    for words in ("Violet dusk", "the seed 7", "'Moon week' ended", "runs", "No series runs."):
        assert words in said
    parts = resources_from(settings)
    assert started.reference_hash is not None
    kept = parts["media"].get(started.reference_hash, series.REFERENCE_SUFFIX)
    assert kept.read_bytes() == prepared_reference(picture)
    with parts["ledger"].read() as connection:
        assert [each.name for each, _ in series.everything(connection)] == ["Sea week", "Moon week"]
        assert series.running(connection) is None


@pytest.mark.parametrize(
    ("name", "style", "word"),
    [
        ("", "violet_dusk", "name"),
        ("  ", "violet_dusk", "name"),
        ("x" * 61, "violet_dusk", "name"),
        ("a\nb", "violet_dusk", "name"),
        ("Moon", "noir", "violet_dusk"),
    ],
)
def test_what_cannot_be_a_series_is_refused(
    settings: Settings, console: Console, name: str, style: str, word: str
) -> None:
    """With what to give instead, and nothing is stored."""
    with pytest.raises(ItemError, match=word):
        run_start(name, settings, console, style_id=style)
    with resources_from(settings)["ledger"].read() as connection:
        assert series.everything(connection) == []


def test_an_unusable_picture_starts_nothing(
    settings: Settings, console: Console, tmp_path: Path
) -> None:
    """The series that runs goes on."""
    before = run_start("Moon week", settings, console, style_id="violet_dusk")
    wide = tmp_path / "wide.png"
    Image.new("RGB", (1280, 720)).save(wide)
    with pytest.raises(ItemError, match="9:16"):
        run_start("Sea week", settings, console, style_id="deep_sea", reference=wide)
    with resources_from(settings)["ledger"].read() as connection:
        assert series.running(connection) == before


def test_the_commands_say_what_happened(dreambox, picture):
    """From a shell, with a name that looks like markup, and an error in one sentence."""
    started = dreambox(
        "series", "start", "[red]Moon[/red]", "--style", "rose_dawn", "--reference", str(picture)
    )
    assert started.returncode == 0, started.stderr
    assert "[red]Moon[/red]" in started.stdout
    changed = dreambox("series", "start", "[red]Moon[/red]", "--style", "deep_sea")
    assert changed.returncode == 2
    assert "another name" in changed.stderr
    assert "Traceback" not in changed.stderr
    listed = dreambox("series", "list")
    assert "rose_dawn" in listed.stdout
    assert "[red]Moon[/red]" in listed.stdout
    assert dreambox("series", "end").returncode == 0
