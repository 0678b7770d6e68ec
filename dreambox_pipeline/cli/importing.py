"""`dreambox import-comments FILE`: an owner's export, through the same checks as the API's comments."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import dagster as dg
from rich.console import Console
from rich.progress import track

from dreambox_pipeline.cli.import_report import ImportReport, print_report, store_report
from dreambox_pipeline.cli.progress import counted
from dreambox_pipeline.cli.runs import QUIET, open_instance
from dreambox_pipeline.clock import system_clock
from dreambox_pipeline.definitions import build_defs
from dreambox_pipeline.defs.dreams import dream_reports
from dreambox_pipeline.defs.resources import resources_from
from dreambox_pipeline.errors import ItemError, StopError
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.comments.files import read_csv, read_json, read_jsonl
from dreambox_pipeline.stages.comments.model import Comment, RejectedRow
from dreambox_pipeline.storage.keys import Keyring
from dreambox_pipeline.storage.lake import COMMENTS, Lake
from dreambox_pipeline.storage.ledger import Ledger, dreams, erasures, imports
from dreambox_pipeline.storage.spool import Spool

NEAR = timedelta(days=7)
"""Days closer than this are understood in one run; a run costs more than some empty days."""

DAY_S = 86_400

REPORTS = "imports"
"""Folder under `var` for the reports."""

BUFFER = 5_000
"""Comments held in memory before they go to disk."""


def run_import(file: Path, settings: Settings, console: Console) -> ImportReport:
    """Read *file*, merge it into the lake, find the dreams, store and print the report.

    Real files have real dates, so this reads the machine's clock also when a sandbox is set.

    Raises:
        ItemError: The file cannot be read, or its header is not one we know. Nothing was stored.
    """
    resources = resources_from(settings) | {"clock": system_clock}
    report = merge_file(file, resources, now=system_clock(), console=console)
    finish_import(report, file, settings, resources, console)
    return report


def finish_import(
    report: ImportReport,
    file: Path,
    settings: Settings,
    resources: dict[str, Any],
    console: Console,
) -> None:
    """Find the dreams of the report's days, then store the report, note the file and print."""
    ledger: Ledger = resources["ledger"]
    before = _dream_count(ledger)
    _understand(report.days, settings, resources, console)
    report.new_dreams = _dream_count(ledger) - before
    digest, now = digest_of(file), system_clock()
    store_report(report, settings.var_dir / REPORTS, file=file, digest=digest, now=now)
    with ledger.write() as connection:
        imports.record(
            connection,
            digest,
            file_name=file.name,
            rows=report.rows,
            accepted=report.new + report.new_videos,
            duplicates=report.duplicates,
            rejected=dict(report.reasons),
            now=now,
        )
    print_report(report, file, console)


def merge_file(
    file: Path, resources: dict[str, Any], *, now: datetime, console: Console
) -> ImportReport:
    """Check every row, then merge the good ones into their days, each day whole or not at all."""
    report = ImportReport()
    rows = counted(_rows(file, resources["keyring"], now), console, doing="Reading")
    store_comments(
        _accepted(rows, report), report, resources, name=digest_of(file), console=console
    )
    return report


def store_comments(
    comments: Iterator[Comment],
    report: ImportReport,
    resources: dict[str, Any],
    *,
    name: str,
    console: Console,
) -> None:
    """Merge *comments* day by day, and count them as new or duplicates.

    They go to disk first, so a long file fits in memory and one that breaks in its middle
    stores nothing. An id that is known on another day is the same comment with a wrong time,
    and a duplicate; an erased one is not stored and counts as one too.
    """
    lake: Lake = resources["lake"]
    ledger: Ledger = resources["ledger"]

    def erased() -> frozenset[str]:
        with ledger.read() as connection:
            return erasures.erased_ids(connection)

    spool = lake.spool(COMMENTS, f"import_{name[:24]}", leaving_out=erased)
    with spool.owned():
        try:
            day_of = _spooled(comments, spool)
            known = lake.days_with(COMMENTS, day_of)
            elsewhere = {each for each, day in known.items() if day_of[each] != day}
            report.days = sorted(set(day_of.values()))
            for day, found in track(
                spool.by_day("created_at"),
                total=len(report.days),
                description="Storing days",
                console=console,
                transient=True,
            ):
                merge = lake.upsert(COMMENTS, day, found, leaving_out=lambda: erased() | elsewhere)
                report.new += merge.new
        finally:
            spool.drop()
    report.duplicates = report.rows - report.rejections - report.new - report.new_videos


def _accepted(rows: Iterator[Comment | RejectedRow], report: ImportReport) -> Iterator[Comment]:
    for entry in rows:
        report.rows += 1
        if isinstance(entry, RejectedRow):
            report.reject(entry)
        else:
            yield entry


def _spooled(comments: Iterator[Comment], spool: Spool) -> dict[str, date]:
    """Bring the comments to disk, and return each one's day; a second of an id is left out."""
    day_of: dict[str, date] = {}
    buffer: list[Comment] = []
    with spool.writing("file") as part:
        for comment in comments:
            if comment.comment_id in day_of:
                continue
            day_of[comment.comment_id] = comment.created_at.date()
            buffer.append(comment)
            if len(buffer) == BUFFER:
                part.add(COMMENTS.table(map(asdict, buffer)))
                buffer.clear()
        part.add(COMMENTS.table(map(asdict, buffer)))
    return day_of


def contiguous(days: list[date]) -> list[tuple[date, date]]:
    """Days as ranges; days less than `NEAR` apart share one."""
    if not days:
        return []
    ends = [left for left, right in pairwise(days) if right - left > NEAR] + [days[-1]]
    starts = [days[0]] + [right for left, right in pairwise(days) if right - left > NEAR]
    return list(zip(starts, ends, strict=True))


def _rows(file: Path, keyring: Keyring, now: datetime) -> Iterator[Comment | RejectedRow]:
    # utf-8-sig: spreadsheets write a byte-order mark. Undecodable bytes become U+FFFD, and the
    # reader reports the row.
    kinds: dict[str, Callable[..., Iterator[Comment | RejectedRow]]] = {
        ".csv": read_csv,
        ".jsonl": read_jsonl,
        ".json": lambda lines, **kwargs: read_json("".join(lines), **kwargs),
    }
    read = kinds.get(file.suffix.lower())
    if read is None:
        raise ItemError(
            f"{file.name} is not a .csv, .jsonl or .json file. Rename it after what it holds."
        )
    try:
        with file.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
            yield from read(lines, author_id_for=keyring.author_id, now=now)
    except OSError as error:
        raise _unreadable(file, error) from error


def _understand(
    days: list[date], settings: Settings, resources: dict[str, Any], console: Console
) -> None:
    """Record the imported days with Dagster and find the dreams in them, as the graph would."""
    shown = [day for day in days if settings.history_start <= day <= system_clock().date()]
    if len(shown) < len(days):
        console.print(
            f"{len(days) - len(shown)} days are before DREAMBOX_HISTORY_START ({settings.history_start}): their "
            "comments are stored, and their dreams are read once that setting is earlier."
        )
    defs = build_defs(settings, resources=resources)
    with open_instance() as instance:
        for day in shown:
            instance.report_runless_asset_event(
                dg.AssetMaterialization(
                    "comments", partition=day.isoformat(), metadata={"origin": "import"}
                )
            )
        ranges = contiguous(shown)
        for first, last in track(
            ranges, description="Finding dreams", console=console, transient=True
        ):
            tags = {
                "dagster/asset_partition_range_start": first.isoformat(),
                "dagster/asset_partition_range_end": last.isoformat(),
                # An export holds years; the limit of `dagster.yaml` is for a day's work.
                "dagster/max_runtime": str(DAY_S),
            }
            job = dg.define_asset_job("understand_import", selection=[dream_reports])
            result = (
                dg.Definitions.merge(defs, dg.Definitions(jobs=[job]))
                .resolve_job_def(job.name)
                .execute_in_process(
                    instance=instance,
                    tags=tags,
                    run_config={"loggers": QUIET},
                    raise_on_error=False,
                )
            )
            if not result.success:
                raise StopError(
                    f"The comments are stored, but finding dreams in {first} to {last} failed; see run "
                    f"{result.run_id} in Dagster. Import again to repeat it: nothing is stored twice."
                )


def _dream_count(ledger: Ledger) -> int:
    with ledger.read() as connection:
        return dreams.count(connection)


def digest_of(file: Path) -> str:
    """SHA-256 of the content, which names an imported file.

    Raises:
        ItemError: It cannot be read.
    """
    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise _unreadable(file, error) from error


def _unreadable(file: Path, error: OSError) -> ItemError:
    return ItemError(f"Tried to read {file} and got {error}. Check the path.")
