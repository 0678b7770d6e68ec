"""What an asset's page shows: row counts and a small table or picture a person wants to look at.

Dagster keeps metadata in its event store, where a withdrawn dream could not be erased. So a
preview shows ids, facts and counts; never a comment's words or anybody's handle.
"""

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import dagster as dg

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.desk.media import signed_media_url
from dreambox_pipeline.media.frames import contact_sheet
from dreambox_pipeline.storage.keys import Keyring

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


def frames(clips: Sequence[Path], *, caption: str) -> dg.MarkdownMetadataValue:
    """Frames of the first raw clips, inside the metadata itself: no server is needed to show them.

    Raw clips only: a finished video carries the dreamer's handle, which must stay erasable.
    """
    if not clips:
        return dg.MetadataValue.md("_nothing this time_")
    for width in (720, 600, 480, 400, 320, 240):
        sheet = base64.b64encode(contact_sheet(list(clips)[:4], 4, width)).decode()
        if len(sheet) <= MAX_BYTES:
            return dg.MetadataValue.md(f"![{caption}](data:image/webp;base64,{sheet})")
    return dg.MetadataValue.md(f"_{caption}: the picture is too large to show here_")


class PreviewLinks:
    """Links from an asset's page to previews that the desk serves.

    Dagster shows short Markdown at once and hides long Markdown behind a click, so a picture that is
    to be seen at once is a link. The file stays ours: erasing it empties every page that shows it.

    Args:
        desk_url: Where the desk serves media, for example `http://127.0.0.1:8702/media`.
    """

    def __init__(self, keyring: Keyring, clock: Clock, desk_url: str) -> None:
        self._keyring = keyring
        self._clock = clock
        self._desk_url = desk_url

    def show(self, preview_hashes: Sequence[str]) -> dg.MarkdownMetadataValue:
        """The moving previews of the first four finished videos, side by side."""
        now = self._clock()
        links = [
            signed_media_url(
                self._desk_url,
                f"{preview_hash}.webp",
                keyring=self._keyring,
                now=now,
                valid_s=LINK_VALID_S,
            )
            for preview_hash in preview_hashes[:4]
        ]
        pictures = " ".join(f"![preview]({link})" for link in links)
        return dg.MetadataValue.md(pictures or "_nothing this time_")


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.3g}"
    return str(value).replace("|", "\\|").replace("\n", " ")[:120]
