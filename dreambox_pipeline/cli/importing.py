"""`dreambox import-comments FILE`: an owner's export, through the same checks as the API's comments."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import dagster as dg
from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Table

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
from dreambox_pipeline.storage.lake import COMMENTS
from dreambox_pipeline.storage.ledger import Ledger, dreams, imports

NEAR = timedelta(days=7)
"""Days closer than this are understood in one run; a run costs more than some empty days."""

DAY_S = 86_400

SHOWN = 5
"""Rejected rows printed in full; the report counts the rest."""


@dataclass
class ImportReport:
    """What became of a file's rows. Every row is in exactly one of the three counts."""

    rows: int = 0
    new: int = 0
    duplicates: int = 0
    rejected: list[RejectedRow] = field(default_factory=list)
    days: list[date] = field(default_factory=list)
    new_dreams: int = 0

    @property
    def reasons(self) -> dict[str, int]:
        """Rejections by reason."""
        return dict(Counter(row.reason for row in self.rejected))


def run_import(file: Path, settings: Settings, console: Console) -> ImportReport:
    """Read *file*, merge it into the lake, find the dreams, and print the report.

    Real files have real dates, so this reads the machine's clock also when a sandbox is set.

    Raises:
        ItemError: The file cannot be read, or its header is not one we know. Nothing was stored.
    """
    resources = resources_from(settings) | {"clock": system_clock}
    ledger: Ledger = resources["ledger"]
    report = merge_file(file, resources, now=system_clock(), console=console)
    before = _dream_count(ledger)
    _understand(report.days, settings, resources, console)
    report.new_dreams = _dream_count(ledger) - before
    with ledger.write() as connection:
        imports.record(
            connection,
            _digest(file),
            file_name=file.name,
            rows=report.rows,
            accepted=report.new,
            duplicates=report.duplicates,
            rejected=report.reasons,
            now=system_clock(),
        )
    _print(file, report, console)
    return report


def merge_file(
    file: Path, resources: dict[str, Any], *, now: datetime, console: Console
) -> ImportReport:
    """Check every row, then merge the good ones into their days, each day whole or not at all."""
    report = ImportReport()
    by_day: dict[date, dict[str, Comment]] = defaultdict(dict)
    for entry in counted(_rows(file, resources["keyring"], now), console, doing="Reading"):
        report.rows += 1
        if isinstance(entry, RejectedRow):
            report.rejected.append(entry)
        elif entry.comment_id in by_day[entry.created_at.date()]:
            report.duplicates += 1
        else:
            by_day[entry.created_at.date()][entry.comment_id] = entry
    report.days = sorted(day for day, found in by_day.items() if found)
    for day in track(report.days, description="Storing days", console=console, transient=True):
        found = by_day[day].values()
        merge = resources["lake"].upsert(COMMENTS, day, map(asdict, found))
        report.new += merge.new
        report.duplicates += len(found) - merge.new
    return report


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
        raise ItemError(f"Tried to read {file} and got {error}. Check the path.") from error


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


def _digest(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _print(file: Path, report: ImportReport, console: Console) -> None:
    table = Table(title=f"Import of {escape(file.name)}", title_justify="left", show_header=False)
    table.add_row("rows", f"{report.rows:,}")
    table.add_row("accepted, new", f"{report.new:,}")
    table.add_row("duplicates, already here", f"{report.duplicates:,}")
    table.add_row("rejected", f"{len(report.rejected):,}")
    for reason, count in sorted(report.reasons.items()):
        table.add_row(f"  {reason}", f"{count:,}")
    if report.days:
        table.add_row("days", f"{report.days[0]} to {report.days[-1]} ({len(report.days)})")
    table.add_row("dreams found, new", f"{report.new_dreams:,}")
    console.print(table)
    for row in report.rejected[:SHOWN]:
        console.print(f"  row {row.row}: {escape(row.detail)}", highlight=False)
    if len(report.rejected) > SHOWN:
        console.print(f"  … and {len(report.rejected) - SHOWN} more")
