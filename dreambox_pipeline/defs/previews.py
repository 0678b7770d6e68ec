"""What an asset's page shows: row counts and a small table or picture a person wants to look at.

Dagster keeps metadata in its event store, where a withdrawn dream could not be erased. So a
preview shows ids, facts and counts; never a comment's words or anybody's handle.
"""

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg

from dreambox_pipeline.media.frames import contact_sheet

MAX_BYTES = 30_000
"""Upper bound of one metadata value: it is stored with every event."""


def table(rows: Sequence[Mapping[str, Any]], *, limit: int = 10) -> dg.MarkdownMetadataValue:
    """The first rows as a Markdown table."""
    if not rows:
        return dg.MetadataValue.md("_nothing this time_")
    names = list(rows[0])
    lines = ["| " + " | ".join(names) + " |", "|" + " --- |" * len(names)]
    lines += [
        "| " + " | ".join(_cell(row.get(name)) for name in names) + " |" for row in rows[:limit]
    ]
    if len(rows) > limit:
        lines.append(f"\n… and {len(rows) - limit} more")
    return dg.MetadataValue.md("\n".join(lines)[:MAX_BYTES])


def frames(files: Sequence[Path], *, caption: str) -> dg.MarkdownMetadataValue:
    """Four frames of each of the first videos, as large as a metadata value may be.

    The picture is inside the metadata itself, so the page needs no server to show it.
    """
    shown = list(files)[:4]
    for width in (720, 600, 480, 400, 320, 240):
        encoded = base64.b64encode(contact_sheet(shown, 4, width)).decode()
        if len(encoded) <= MAX_BYTES:
            return dg.MetadataValue.md(f"![{caption}](data:image/webp;base64,{encoded})")
    return dg.MetadataValue.md(f"_{caption}: the picture is too large to show here_")


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.3g}"
    return str(value).replace("|", "\\|").replace("\n", " ")[:120]
