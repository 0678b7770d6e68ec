"""What an asset's page shows: row counts and a small table or picture a person wants to look at.

Dagster keeps metadata in its event store, where a withdrawn dream could not be erased. So a
preview shows ids, facts and counts; never a comment's words, a title or anybody's handle. Its
pictures are links to files of ours: erasing them empties every page that shows them.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import dagster as dg

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.desk.media import signed_media_url
from dreambox_pipeline.media.frames import contact_sheet
from dreambox_pipeline.stages.videos import stand_in
from dreambox_pipeline.storage.keys import Keyring
from dreambox_pipeline.storage.media_store import MediaStore

LINK_VALID_S = 180 * 86_400
"""Links in old events keep working for half a year; a removed file is gone at once all the same."""

MAX_BYTES = 30_000
"""Upper bound of one metadata value: it is stored with every event."""

SHEETS = 4
"""Clips and videos that are shown side by side."""

_FRAMES, _SHEET_WIDTH = 4, 400
_QUOTED = re.compile("“.*”", re.DOTALL)

_ROOM_FOR_THE_REST = 40
"""Bytes for the line that counts what was left out."""


def table(
    rows: Sequence[Mapping[str, Any]], *, limit: int = 10, longest: int = 120
) -> dg.MarkdownMetadataValue:
    """The first rows as a Markdown table, with at most *longest* characters in a cell."""
    if not rows:
        return dg.MetadataValue.md("_nothing this time_")
    names = list(rows[0])
    lines = ["| " + " | ".join(names) + " |", "|" + " --- |" * len(names)]
    lines += [
        "| " + " | ".join(_cell(row.get(name), longest=longest) for name in names) + " |"
        for row in rows[:limit]
    ]
    if len(rows) > limit:
        lines.append(f"\n… and {len(rows) - limit} more")
    return dg.MetadataValue.md("\n".join(lines)[:MAX_BYTES])


def findings_table(
    rows: Sequence[Mapping[str, Any]], links: "PreviewLinks | None" = None
) -> dg.MarkdownMetadataValue:
    """What the checks found, as a Markdown table with a picture beside each sentence.

    Rows are shown in the order given and as many as fit into `MAX_BYTES`; the rest is counted. What
    a message quotes is somebody's title or handle: the desk shows it, this table does not.

    Args:
        rows: Each with `video`, `check`, `value`, `message`, and `picture_hash` if there is one.
        links: Makes the addresses of pictures; without it no picture is shown.
    """
    if not rows:
        return dg.MetadataValue.md("_nothing this time_")
    with_pictures = links if any(row.get("picture_hash") for row in rows) else None
    names = ["video", "check", "value", "message"] + (["picture"] if with_pictures else [])
    lines = ["| " + " | ".join(names) + " |", "|" + " --- |" * len(names)]
    size = _bytes_of(lines)
    for count, row in enumerate(rows):
        line = _finding(row, with_pictures)
        size += _bytes_of([line])
        if size > MAX_BYTES - _ROOM_FOR_THE_REST:
            lines.append(f"\n… and {len(rows) - count} more")
            break
        lines.append(line)
    return dg.MetadataValue.md("\n".join(lines))


class PreviewLinks:
    """Links from an asset's page to pictures that the desk serves.

    Dagster shows short Markdown at once and hides long Markdown behind a click, so a picture that is
    to be seen at once is a link. The file stays ours: erasing it empties every page that shows it.

    Args:
        media: Keeps the frames of a clip beside it.
        desk_url: Where the desk serves media, for example `http://127.0.0.1:8702/media`.
    """

    def __init__(self, media: MediaStore, *, keyring: Keyring, clock: Clock, desk_url: str) -> None:
        self._media = media
        self._keyring = keyring
        self._clock = clock
        self._desk_url = desk_url

    def show(
        self, preview_hashes: Sequence[str], *, generators: Collection[str] = ()
    ) -> dg.MarkdownMetadataValue:
        """The moving previews of the first four finished videos, side by side.

        Args:
            preview_hashes: Content hashes of WebP files.
            generators: Who made each clip; a stand-in's work is called one below the pictures.
        """
        return self._side_by_side(preview_hashes, alt="preview", generators=generators)

    def frames(
        self, clip_hashes: Sequence[str], *, generators: Collection[str] = ()
    ) -> dg.MarkdownMetadataValue:
        """Four frames of each of the first four clips.

        The frames lie in the media store under the clip's own hash, so they go when it goes.

        Args:
            clip_hashes: Content hashes of clips in the media store.
            generators: Who made each clip; a stand-in's work is called one below the pictures.
        """
        for digest in clip_hashes[:SHEETS]:
            clip = self._media.path(digest, ".mp4")
            self._media.put_beside(digest, ".webp", contact_sheet(clip, _FRAMES, _SHEET_WIDTH))
        return self._side_by_side(clip_hashes, alt="frames of a clip", generators=generators)

    def _side_by_side(
        self, hashes: Sequence[str], *, alt: str, generators: Collection[str]
    ) -> dg.MarkdownMetadataValue:
        pictures = " ".join(self.picture(digest, alt=alt) for digest in hashes[:SHEETS])
        if not pictures:
            return dg.MetadataValue.md("_nothing this time_")
        return dg.MetadataValue.md(pictures + _said_below(generators))

    def picture(self, digest: str, *, alt: str) -> str:
        """Markdown that shows the WebP file with this content hash."""
        address = signed_media_url(
            self._desk_url,
            f"{digest}.webp",
            keyring=self._keyring,
            now=self._clock(),
            valid_s=LINK_VALID_S,
        )
        return f"![{alt}]({address})"


def _said_below(generators: Iterable[str]) -> str:
    sentence = stand_in.sentence_for(generators)
    return f"\n\n**{sentence}**" if sentence else ""


def _finding(row: Mapping[str, Any], links: PreviewLinks | None) -> str:
    check = _cell(row.get("check"))
    cells = [_cell(row.get("video")), check, _cell(row.get("value"))]
    cells.append(_cell(_QUOTED.sub("“…”", str(row.get("message") or "")), longest=300))
    if links is not None:
        digest = row.get("picture_hash")
        cells.append(links.picture(digest, alt=check) if digest else "–")
    return "| " + " | ".join(cells) + " |"


def _bytes_of(lines: Sequence[str]) -> int:
    return sum(len(line.encode()) + 1 for line in lines)


def _cell(value: object, *, longest: int = 120) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.3g}"
    text = " ".join(str(value)[:longest].splitlines())
    # A provider's answer may be in it: shown as it is, never read as a link, a picture or HTML.
    for sign, shown in (("\\", "\\\\"), ("&", "&amp;"), ("<", "&lt;"), ("|", "\\|"), ("[", "\\[")):
        text = text.replace(sign, shown)
    return text
