"""`dreambox provenance VIDEO_ID_OR_FILE`: what a file says of itself, and what the ledger recorded."""

import json
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dreambox_pipeline.errors import StopError
from dreambox_pipeline.media.finishing.credentials import (
    UNTRUSTED,
    Credentials,
    LibraryMissingError,
    read_credentials,
)
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.storage.ledger import Ledger, provenance, videos
from dreambox_pipeline.storage.ledger.provenance import ProvenanceRow
from dreambox_pipeline.storage.media_store import MediaStore, content_hash

_STATES = {
    "Trusted": "whole, and by a signer on the trust list",
    "Valid": "whole since it was signed; the signer is not on a public trust list",
    "Invalid": "changed since it was signed, or wrongly signed",
}


def print_provenance(wanted: str, settings: Settings, console: Console) -> bool:
    """Print where a video (its id, or a file) comes from; False, with a hint, when nobody knows it.

    Raises:
        StopError: The C2PA library cannot be loaded.
    """
    ledger = Ledger(settings.ledger_url)
    try:
        file, record = _find(wanted, ledger, MediaStore(settings.media_dir))
    finally:
        ledger.close()
    if file is None and record is None:
        console.print(
            f"There is no file and no video {escape(repr(wanted))}. `dreambox status` lists the newest ids."
        )
        return False
    if file is not None:
        _print_credentials(file, console)
    _print_record(record, console)
    return True


def _find(
    wanted: str, ledger: Ledger, media: MediaStore
) -> tuple[Path | None, ProvenanceRow | None]:
    file = Path(wanted)
    with ledger.read() as connection:
        if file.is_file():
            return file, provenance.of_content(connection, content_hash(file))
        record = provenance.of_video(connection, wanted)
        video = videos.get(connection, wanted)
    stored = media.path(video.content_hash, ".mp4") if video else None
    return (stored if stored and stored.is_file() else None), record


def _print_credentials(file: Path, console: Console) -> None:
    try:
        said = read_credentials(file)
    except LibraryMissingError as error:
        raise StopError(str(error)) from error
    if said is None:
        console.print(f"{escape(file.name)} carries no Content Credentials.")
        return
    table = Table(title=f"Content Credentials of {escape(file.name)}", title_justify="left")
    table.add_column("what")
    table.add_column("says", overflow="fold")
    for name, value in _rows(said):
        table.add_row(name, escape(value))
    console.print(table)


def _rows(said: Credentials) -> list[tuple[str, str]]:
    rows = [
        ("state", f"{said.state}: {_STATES.get(said.state, 'unknown')}"),
        ("made by", said.claim_generator),
        ("signed by", said.issuer),
        ("manifest", said.label),
    ]
    problems = [problem for problem in said.problems if problem != UNTRUSTED]
    if problems:
        rows.append(("problems", ", ".join(problems)))
    for action in said.actions:
        agent = action.get("softwareAgent") or {}
        named = agent if isinstance(agent, str) else " ".join(map(str, agent.values()))
        source = str(action.get("digitalSourceType", "")).rpartition("/")[2]
        parts = (named, source, str(action.get("description", "")))
        rows.append((str(action["action"]), "; ".join(part for part in parts if part)))
    rows += [("made from", label) for label in said.parents]
    return rows


def _print_record(record: ProvenanceRow | None, console: Console) -> None:
    if record is None:
        console.print("The ledger has no record of this file.")
        return
    console.print(
        f"\nThe ledger's record of {escape(record.render_id)}, {record.recorded_at:%Y-%m-%d %H:%M} UTC:"
    )
    if record.unsigned_reason:
        console.print(f"Not signed: {escape(record.unsigned_reason)}")
    console.print_json(json.dumps(record.record))
