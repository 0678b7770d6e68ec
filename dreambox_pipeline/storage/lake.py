"""The lake: append-heavy facts as Parquet, one file per dataset and day.

    <root>/comments/day=2026-11-22/part.parquet

A day is read, merged by id and replaced as a whole, so any day can be collected again and a
crash leaves the old file or the new one. A lock file per dataset keeps two writers apart.
"""

import fcntl
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from dreambox_pipeline.errors import StopError

_TIME = pa.timestamp("us", tz="UTC")


@dataclass(frozen=True, slots=True)
class Dataset:
    """One table of the lake.

    Attributes:
        key: Columns that identify a row; a later row with the same key replaces the earlier.
    """

    name: str
    schema: pa.Schema
    key: tuple[str, ...]


COMMENTS = Dataset(
    "comments",
    pa.schema(
        [
            ("comment_id", pa.string()),
            ("source_video_id", pa.string()),
            ("parent_comment_id", pa.string()),
            ("author_id", pa.string()),
            ("text", pa.string()),
            ("created_at", _TIME),
            ("likes", pa.int64()),
            ("replies", pa.int64()),
            ("is_owner", pa.bool_()),
            ("status", pa.string()),
            ("origin", pa.string()),
        ]
    ),
    ("comment_id",),
)

ENGAGEMENT_SNAPSHOTS = Dataset(
    "engagement_snapshots",
    pa.schema(
        [
            ("post_id", pa.string()),
            ("taken_at", _TIME),
            ("views", pa.int64()),
            ("likes", pa.int64()),
            ("comments", pa.int64()),
            ("shares", pa.int64()),
            ("favorites", pa.int64()),
            ("reach", pa.int64()),
            ("total_time_watched_s", pa.float64()),
            ("average_time_watched_s", pa.float64()),
            ("full_video_watched_rate", pa.float64()),
            ("new_followers", pa.int64()),
        ]
    ),
    ("post_id",),
)

ACCOUNT_METRICS = Dataset(
    "account_metrics",
    pa.schema(
        [
            ("day", pa.string()),
            ("followers", pa.int64()),
            ("video_views", pa.int64()),
            ("profile_views", pa.int64()),
            ("likes", pa.int64()),
            ("comments", pa.int64()),
            ("shares", pa.int64()),
            ("audience_activity", pa.list_(pa.int64())),
        ]
    ),
    ("day",),
)

DATASETS = (COMMENTS, ENGAGEMENT_SNAPSHOTS, ACCOUNT_METRICS)


@dataclass(frozen=True, slots=True)
class Merge:
    """What an upsert did to a day: rows that were new, changed, and the day's total."""

    new: int
    changed: int
    total: int


class Lake:
    """Parquet files under one folder.

    Args:
        root: The folder; made when missing.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def upsert(self, dataset: Dataset, day: date, rows: Iterable[Mapping[str, Any]]) -> Merge:
        """Merge *rows* into a day. Rows with a known key replace the old row.

        Raises:
            StopError: The disk is full or not writable. The day is as it was.
            ValueError: A time is naive or a value has the wrong type. The day is as it was.
        """
        with self._locked(dataset):
            old = {_key(row, dataset): row for row in self.read(dataset, [day])}
            merged = dict(old)
            for row in _normalised(rows, dataset):
                merged[_key(row, dataset)] = row
            changed = sum(old[key] != merged[key] for key in old)
            new = len(merged) - len(old)
            if new or changed:
                self._replace(dataset, day, [merged[key] for key in sorted(merged)])
            return Merge(new, changed, len(merged))

    def read(self, dataset: Dataset, days: Sequence[date]) -> list[dict[str, Any]]:
        """All rows of *days*, by day and then by key. A day without a file has no rows."""
        rows: list[dict[str, Any]] = []
        for day in days:
            path = self.path(dataset, day)
            if path.exists():
                # A ParquetFile, not read_table: the latter would add the folder's day as a column.
                rows.extend(pq.ParquetFile(path).read().to_pylist())
        return rows

    def days(self, dataset: Dataset) -> list[date]:
        """Days that have a file, oldest first."""
        files = (self.root / dataset.name).glob("day=*/part.parquet")
        return sorted(date.fromisoformat(file.parent.name.removeprefix("day=")) for file in files)

    def path(self, dataset: Dataset, day: date) -> Path:
        """Where a day's rows are."""
        return self.root / dataset.name / f"day={day.isoformat()}" / "part.parquet"

    def _replace(self, dataset: Dataset, day: date, rows: list[dict[str, Any]]) -> None:
        path = self.path(dataset, day)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(
                pa.Table.from_pylist(rows, schema=dataset.schema), draft, compression="zstd"
            )
            draft.replace(path)
        except OSError as error:
            with suppress(OSError):  # the same trouble; the first error tells more
                draft.unlink(missing_ok=True)
            if not path.exists():
                shutil.rmtree(path.parent, ignore_errors=True)
            raise StopError(
                f"Tried to write {len(rows)} rows to {path} and got {error}. The day is as it was. "
                "Free some space or set DREAMBOX_VAR_DIR elsewhere, then run the day again."
            ) from error

    @contextmanager
    def _locked(self, dataset: Dataset) -> Iterator[None]:
        folder = self.root / dataset.name
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock = (folder / ".lock").open("w")
        except OSError as error:
            raise StopError(
                f"Tried to open {folder} for writing and got {error}. Make it writable."
            ) from error
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _normalised(rows: Iterable[Mapping[str, Any]], dataset: Dataset) -> list[dict[str, Any]]:
    # The way through Arrow turns tuples into lists, so equal rows compare equal.
    picked = [{name: row[name] for name in dataset.schema.names} for row in rows]
    for row in picked:
        for name, value in row.items():
            if isinstance(value, datetime) and value.tzinfo is None:
                # Arrow would take it for UTC without a word.
                raise ValueError(
                    f"{name} is {value!r}, which is naive; the lake stores aware times."
                )
    found: list[dict[str, Any]] = pa.Table.from_pylist(picked, schema=dataset.schema).to_pylist()
    return found


def _key(row: Mapping[str, Any], dataset: Dataset) -> tuple[Any, ...]:
    return tuple(row[name] for name in dataset.key)
