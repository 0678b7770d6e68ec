"""What an asset's page shows: row counts and a small table or picture a person wants to look at.

Dagster keeps metadata in its event store, where a withdrawn dream could not be erased. So a
preview shows ids, facts and counts; never a comment's words or anybody's handle.
"""

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import dagster as dg

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.desk.media import signed_media_url
from dreambox_pipeline.media.frames import contact_sheet
from dreambox_pipeline.storage.keys import Keyring
from dreambox_pipeline.storage.media_store import MediaStore

LINK_VALID_S = 180 * 86_400
"""Links in old events keep working for half a year; a removed file is gone at once all the same."""

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


class FrameSheets:
    """Pictures of videos for an asset's page, twice: shown at once, and kept for later.

    Dagster shows short Markdown at once and hides long Markdown behind a click. So the page links to
    a sheet that the desk serves, and holds a copy of it that needs no server.

    Args:
        desk_url: Where the desk serves media, for example `http://127.0.0.1:8702/media`.
    """

    def __init__(self, media: MediaStore, keyring: Keyring, clock: Clock, desk_url: str) -> None:
        self._media = media
        self._keyring = keyring
        self._clock = clock
        self._desk_url = desk_url

    def metadata(
        self, files: Sequence[Path], *, caption: str
    ) -> dict[str, dg.MarkdownMetadataValue]:
        """Four frames of each of the first four videos, as `preview` and `preview_copy`."""
        if not files:
            return {}
        sheet = contact_sheet(list(files)[:4], 4, 720)
        return {
            "preview": dg.MetadataValue.md(f"![{caption}]({self._link(sheet)})"),
            "preview_copy": _embedded(list(files)[:4], caption),
        }

    def _link(self, sheet: bytes) -> str:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "sheet.webp"
            path.write_bytes(sheet)
            name = f"{self._media.put(path)}.webp"
        return signed_media_url(
            self._desk_url, name, keyring=self._keyring, now=self._clock(), valid_s=LINK_VALID_S
        )


def _embedded(files: Sequence[Path], caption: str) -> dg.MarkdownMetadataValue:
    """As large as a metadata value may be."""
    for width in (720, 600, 480, 400, 320, 240):
        encoded = base64.b64encode(contact_sheet(files, 4, width)).decode()
        if len(encoded) <= MAX_BYTES:
            return dg.MetadataValue.md(f"![{caption}](data:image/webp;base64,{encoded})")
    return dg.MetadataValue.md(f"_{caption}: the picture is too large to show here_")


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.3g}"
    return str(value).replace("|", "\\|").replace("\n", " ")[:120]
