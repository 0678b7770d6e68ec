"""`dreambox series`: give the coming videos one look, and stop doing so."""

import tempfile
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dreambox_pipeline.defs.resources import resources_from
from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.media.references import prepared_reference
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.prompts.styles import STYLES
from dreambox_pipeline.storage.ledger import series
from dreambox_pipeline.storage.ledger.series import REFERENCE_SUFFIX, Series
from dreambox_pipeline.storage.media_store import MediaStore

LONGEST_NAME = 60
"""Characters: it stands in tables and in the desk."""


def run_start(
    name: str,
    settings: Settings,
    console: Console,
    *,
    style_id: str,
    seed: int | None = None,
    reference: Path | None = None,
) -> Series:
    """Start the series, or go on with it; the one that ran before ends.

    Raises:
        ItemError: The name, the style or the picture cannot be used, or the name stands for another
            look. Nothing was changed.
    """
    _check(name, style_id)
    parts = resources_from(settings)
    with parts["ledger"].read() as connection:
        before = series.running(connection)
    kept = _kept(reference, parts["media"]) if reference else None
    with parts["ledger"].write() as connection:
        now = parts["clock"]()
        started = series.start(
            connection, name, style_id=style_id, seed=seed, reference_hash=kept, now=now
        )
    if before and before.series_id != started.series_id:
        console.print(f"The series {before.name!r} ended.", highlight=False, markup=False)
    console.print(
        f"The series {started.name!r} runs. New prompts take the style {STYLES[style_id].name}, "
        f"{_seed_words(started.seed)} and {_picture_words(started.reference_hash)}, "
        "whatever was learned about styles, until `dreambox series end`.",
        highlight=False,
        markup=False,
        soft_wrap=True,
    )
    return started


def run_end(settings: Settings, console: Console) -> Series | None:
    """End the series that runs; without one nothing happens."""
    parts = resources_from(settings)
    with parts["ledger"].write() as connection:
        ended = series.end(connection, now=parts["clock"]())
    said = (
        f"The series {ended.name!r} ended. New prompts choose their style by what was learned."
        if ended
        else "No series runs."
    )
    console.print(said, highlight=False, markup=False)
    return ended


def run_list(settings: Settings, console: Console) -> None:
    """Print every series, newest first."""
    parts = resources_from(settings)
    with parts["ledger"].read() as connection:
        known = series.everything(connection)
    if not known:
        console.print("No series yet. Start one with `dreambox series start NAME --style STYLE`.")
        return
    table = Table("Series", "State", "Style", "Seed", "Picture", "Prompts", "Started", "Ended")
    for each, made in known:
        table.add_row(
            escape(each.name),
            "ended" if each.ended_at else "runs",
            each.style_id,
            "-" if each.seed is None else str(each.seed),
            each.reference_hash[:12] if each.reference_hash else "-",
            str(made),
            f"{each.started_at:%Y-%m-%d %H:%M}",
            f"{each.ended_at:%Y-%m-%d %H:%M}" if each.ended_at else "-",
        )
    console.print(table)


def _check(name: str, style_id: str) -> None:
    plain = name.strip()
    if not plain or len(plain) > LONGEST_NAME or not plain.isprintable():
        raise ItemError(
            f"A series' name has 1 to {LONGEST_NAME} printable characters; this one does not. Give another."
        )
    if style_id not in STYLES:
        raise ItemError(f"There is no style {style_id!r}. Choose one of: {', '.join(STYLES)}.")


def _kept(reference: Path, media: MediaStore) -> str:
    picture = prepared_reference(reference)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"reference{REFERENCE_SUFFIX}"
        file.write_bytes(picture)
        return media.put(file)


def _seed_words(seed: int | None) -> str:
    return "a seed of their own" if seed is None else f"the seed {seed}"


def _picture_words(reference_hash: str | None) -> str:
    return f"the reference picture {reference_hash[:12]}" if reference_hash else "no picture"
