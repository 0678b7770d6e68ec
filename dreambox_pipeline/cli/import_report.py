"""What became of an imported file, for the terminal and as JSON beside the data.

Every row is in exactly one count: new, duplicate, or rejected with a reason. The report holds
line numbers and reasons, and never a comment's text or a handle.
"""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dreambox_pipeline.stages.comments import archive, ingest
from dreambox_pipeline.stages.comments.model import RejectedRow

MEANINGS = ingest.REASONS | archive.REASONS

SHOWN = 5
"""Rejected rows printed in full; the report counts the rest."""

SAMPLES, NUMBERS = 3, 1_000
"""Sentences and line numbers that the JSON report holds for each reason."""


@dataclass
class ImportReport:
    """What became of a file's rows.

    Attributes:
        rejected: The first `NUMBERS` of each reason, in the file's order.
        reasons: Rejections by reason, all of them.
        days: Days with comments of the file, oldest first.
        stored_as: Where the JSON report is.
    """

    rows: int = 0
    new: int = 0
    duplicates: int = 0
    new_videos: int = 0
    new_dreams: int = 0
    rejected: list[RejectedRow] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    days: list[date] = field(default_factory=list)
    stored_as: Path | None = None

    def reject(self, row: RejectedRow) -> None:
        """Count a row that is no comment."""
        self.reasons[row.reason] += 1
        if self.reasons[row.reason] <= NUMBERS:
            self.rejected.append(row)

    @property
    def rejections(self) -> int:
        """How many rows were rejected."""
        return self.reasons.total()


def store_report(
    report: ImportReport, folder: Path, *, file: Path, digest: str, now: datetime
) -> Path:
    """Write the report as JSON; the same file's next report replaces it. Returns where it is."""
    record = {
        "file": file.name,
        "sha256": digest,
        "imported_at": now.isoformat(),
        "rows": report.rows,
        "new": report.new,
        "duplicates": report.duplicates,
        "new_videos": report.new_videos,
        "new_dreams": report.new_dreams,
        "first_day": report.days[0].isoformat() if report.days else None,
        "last_day": report.days[-1].isoformat() if report.days else None,
        "days": len(report.days),
        "rejected": {
            reason: {
                "count": count,
                "meaning": MEANINGS[reason],
                "rows": [row.row for row in report.rejected if row.reason == reason],
                "samples": [row.detail for row in report.rejected if row.reason == reason][:SAMPLES],
            }
            for reason, count in report.reasons.most_common()
        },
    }  # fmt: skip
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{file.stem[:80]}-{digest[:12]}.json"
    path.write_text(json.dumps(record, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    report.stored_as = path
    return path


def print_report(report: ImportReport, file: Path, console: Console) -> None:
    """Print the counts, the first rejected rows, and where the whole report is."""
    table = Table(title=f"Import of {escape(file.name)}", title_justify="left", show_header=False)
    table.add_row("rows", f"{report.rows:,}")
    table.add_row("accepted, new", f"{report.new + report.new_videos:,}")
    table.add_row("duplicates, already here", f"{report.duplicates:,}")
    table.add_row("rejected", f"{report.rejections:,}")
    for reason, count in sorted(report.reasons.items()):
        table.add_row(f"  {reason}", f"{count:,}")
    if report.new_videos:
        table.add_row("videos, new", f"{report.new_videos:,}")
    if report.days:
        table.add_row("days", f"{report.days[0]} to {report.days[-1]} ({len(report.days)})")
    table.add_row("dreams found, new", f"{report.new_dreams:,}")
    console.print(table)
    for row in report.rejected[:SHOWN]:
        console.print(f"  row {row.row}: {escape(row.detail)}", highlight=False)
    if report.rejections > SHOWN:
        console.print(f"  … and {report.rejections - SHOWN} more")
    if report.stored_as:
        console.print(
            f"The whole report: {report.stored_as}", highlight=False, soft_wrap=True, markup=False
        )
