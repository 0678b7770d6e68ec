"""`dreambox import-archive FILE`: TikTok's "Download your data" archive, zipped or unpacked.

It brings back own videos that no listing gives any more, and what the account wrote under them.
What that is worth is said in `stages.comments.archive`. A zip is somebody's file: it may be
broken, hold something else, or unpack to more than this machine has.
"""

import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import Any

from rich.console import Console

from dreambox_pipeline.cli.import_report import ImportReport
from dreambox_pipeline.cli.importing import digest_of, finish_import, store_comments
from dreambox_pipeline.clock import system_clock
from dreambox_pipeline.defs.resources import resources_from
from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.comments.archive import Archive, read_archive
from dreambox_pipeline.stages.comments.model import SourceVideo
from dreambox_pipeline.storage.ledger import Ledger, source_videos

MAX_BYTES = 256 * 1024 * 1024
"""Of JSON. Years of an active account are some 50 MB; parsed, this much takes up to 2 GB of memory."""

NAMES = ("user_data_tiktok.json", "user_data.json")
"""What TikTok calls the file, newest first; a zip with one other .json is taken as well."""

OWNER = "archive:owner"
"""Stands for the account as an author; its handle is not needed."""


def run_archive(file: Path, settings: Settings, console: Console) -> ImportReport:
    """Read the archive, remember own videos, store own comments, and print the report.

    Raises:
        ItemError: It cannot be read, or is not this archive. Nothing was stored.
    """
    resources = resources_from(settings) | {"clock": system_clock}
    found = read_file(file, resources)
    report = ImportReport(rows=found.entries)
    for row in found.rejected:
        report.reject(row)
    report.new_videos = remember_new(resources["ledger"], found.videos)
    store_comments(iter(found.comments), report, resources, name=digest_of(file), console=console)
    finish_import(report, file, settings, resources, console)
    return report


def read_file(file: Path, resources: dict[str, Any]) -> Archive:
    """What the archive tells.

    Raises:
        ItemError: It cannot be read, or is not this archive.
    """
    with resources["ledger"].read() as connection:
        known = {video.source_video_id for video in source_videos.everything(connection)}
    try:
        text = _content(file).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ItemError(
            f"{file.name} holds bytes that are not UTF-8 ({error.reason}). Download it again."
        ) from error
    return read_archive(text, owner_id=resources["keyring"].author_id(OWNER), known_videos=known)


def remember_new(ledger: Ledger, videos: tuple[SourceVideo, ...]) -> int:
    """Store the videos nobody knew, and return how many; of the others TikTok itself told more."""
    with ledger.write() as connection:
        known = {video.source_video_id for video in source_videos.everything(connection)}
        new = [video for video in videos if video.source_video_id not in known]
        return source_videos.save(connection, new, now=system_clock())


def _content(file: Path) -> bytes:
    kinds = {".zip": _unpacked, ".json": _read}
    read = kinds.get(file.suffix.lower())
    if read is None:
        raise ItemError(
            f"{file.name} is neither a .zip nor a .json file. Give the file that TikTok sent, as it is."
        )
    try:
        return read(file)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        # RuntimeError is zipfile's word for an encrypted member.
        raise ItemError(
            f"Tried to unpack {file.name} and got: {str(error)[:120] or type(error).__name__}. Download it again; "
            "an archive that is encrypted or packed in another way must be unpacked by hand."
        ) from error
    except OSError as error:
        raise ItemError(f"Tried to read {file} and got {error}. Check the path.") from error


def _read(file: Path) -> bytes:
    with file.open("rb") as content:
        return _bounded(content.read(MAX_BYTES + 1), file.name)


def _unpacked(file: Path) -> bytes:
    with zipfile.ZipFile(file) as packed:
        member = _member(packed, file.name)
        with packed.open(member) as content:
            # Read up to the bound, whatever the directory says: a bomb lies about its size.
            return _bounded(content.read(MAX_BYTES + 1), member.filename)


def _member(packed: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    """The archive's JSON, at any depth: some unpackers and mail programs add a folder."""
    files = [member for member in packed.infolist() if not member.is_dir()]
    by_name = {PurePosixPath(member.filename).name.lower(): member for member in reversed(files)}
    for known in NAMES:
        if known in by_name:
            return by_name[known]
    # macOS adds a shadow of each file, `__MACOSX/._name`.
    documents = [
        member
        for base, member in by_name.items()
        if base.endswith(".json") and not base.startswith("._")
    ]
    if len(documents) == 1:
        return documents[0]
    inside = ", ".join(sorted(by_name)[:5]) or "nothing"
    raise ItemError(
        f"Looked for {NAMES[0]} in {name} and found {inside}. On TikTok's page ask for all data as JSON, not TXT, "
        "and give that file."
    )


def _bounded(content: bytes, name: str) -> bytes:
    if len(content) > MAX_BYTES:
        raise ItemError(
            f"{name} holds more than {MAX_BYTES // 2**20} MB of JSON, more than any account's archive. It was not read."
        )
    return content
