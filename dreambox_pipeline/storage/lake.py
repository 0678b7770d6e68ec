"""The lake: append-heavy facts as Parquet, one file per dataset and day.

    <root>/comments/day=2026-11-22/part.parquet
    <root>/comments/.spool/<collection>/…         rows on their way there, see `spool`

A day is read, merged by id and replaced as a whole, so any day can be collected again and a
crash leaves the old file or the new one: the draft is on the disk (fsync) before it takes the
old file's place, and the folder after. A lock file per dataset keeps two writers apart.
"""

import fcntl
import os
import shutil
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dreambox_pipeline.errors import StopError
from dreambox_pipeline.storage.datasets import (
    ACCOUNT_METRICS,
    COMMENTS,
    DATASETS,
    ENGAGEMENT_SNAPSHOTS,
    Dataset,
)
from dreambox_pipeline.storage.merging import Merge, merge
from dreambox_pipeline.storage.spool import SPOOLS, Spool, flush, without

__all__ = [
    "ACCOUNT_METRICS",
    "COMMENTS",
    "DATASETS",
    "ENGAGEMENT_SNAPSHOTS",
    "Dataset",
    "Lake",
    "Merge",
]

BATCH_ROWS = 20_000
"""Rows that `Lake.read_batches` hands out at once: some 20 MB as Python objects."""

_LEVEL = 9
"""Of zstd: 66 bytes a comment instead of 73 at the default of 3, for 3 more µs a comment."""


class Lake:
    """Parquet files under one folder.

    Args:
        root: The folder; made when missing.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def upsert(
        self,
        dataset: Dataset,
        day: date,
        rows: Iterable[Mapping[str, Any]] | pa.Table,
        *,
        leaving_out: Callable[[], Container[str]] | None = None,
    ) -> Merge:
        """Merge *rows* into a day. Rows with a known key replace the old row.

        Args:
            dataset: Which table.
            day: Which of its files.
            rows: Mappings, or a table of the dataset's schema.
            leaving_out: Asked once the lock is held; rows whose first key is in its answer are
                not stored. An erasure writes its tombstone before it waits for the lock, so
                either it is seen here, or `remove` comes after us and finds the row.

        Raises:
            StopError: The disk is full or not writable. The day is as it was.
            ValueError: A time is naive or a value has the wrong type. The day is as it was.
        """
        new = rows if isinstance(rows, pa.Table) else dataset.table(rows)
        with self._locked(dataset):
            self._sweep(dataset, day)
            if leaving_out is not None:
                new = without(new, dataset.key[0], leaving_out())
            merged, outcome = merge(self._table(dataset, day), new, dataset.key)
            if outcome.new or outcome.changed:
                self._replace(dataset, day, merged)
            return outcome

    def remove(
        self, dataset: Dataset, keys: Container[str], *, days: Sequence[date] | None = None
    ) -> int:
        """Erase the rows whose first key column is in *keys*, from every day and every spool.

        With *days* only from these, and from no spool.

        Each file is replaced whole; a file that loses its last row goes. Killed in the middle
        and called again it ends the same. Drafts of killed processes go too.

        Returns:
            How many rows were erased; 0 when called again.

        Raises:
            StopError: A file could not be replaced. The days before it are done.
        """
        removed = 0
        with self._locked(dataset):
            for day in self.days(dataset) if days is None else days:
                self._sweep(dataset, day)
                old = self._table(dataset, day)
                kept = without(old, dataset.key[0], keys)
                if len(kept) == len(old):
                    continue
                removed += len(old) - len(kept)
                if len(kept):
                    self._replace(dataset, day, kept)
                else:
                    self._discard(dataset, day)
            for spool in self._spools(dataset) if days is None else ():
                removed += spool.remove(keys)
        return removed

    def read(self, dataset: Dataset, days: Sequence[date]) -> list[dict[str, Any]]:
        """All rows of *days*, by day and then by key. A day without a file has no rows.

        For more than some days use `read_batches`: a million comments are a gigabyte here.
        """
        return [row for batch in self.read_batches(dataset, days) for row in batch]

    def read_batches(
        self,
        dataset: Dataset,
        days: Sequence[date],
        *,
        columns: Sequence[str] | None = None,
        batch_rows: int = BATCH_ROWS,
    ) -> Iterator[list[dict[str, Any]]]:
        """The rows of *days* in lists of at most *batch_rows*, by day and then by key.

        A list is never empty and never spans two days. A day that is replaced while it is read
        is read as it was.

        Args:
            dataset: Which table.
            days: In the order wanted; a day without a file is passed over.
            columns: Only these; all when None.
            batch_rows: Bounds the memory: one list is held at a time.
        """
        for day in days:
            # A ParquetFile, not read_table: the latter would add the folder's day as a column.
            with _opened(self.path(dataset, day)) as file:
                if file is None:
                    continue
                for batch in file.iter_batches(batch_rows, columns=columns, use_threads=False):
                    if len(batch):
                        yield batch.to_pylist()

    def count(self, dataset: Dataset, day: date) -> int:
        """How many rows a day has; 0 without a file. Reads the file's footer only."""
        with _opened(self.path(dataset, day)) as file:
            return 0 if file is None else int(file.metadata.num_rows)

    def days_with(self, dataset: Dataset, keys: Container[str]) -> dict[str, date]:
        """On which day the rows of these first keys are; those that are nowhere are left out."""
        name = dataset.key[0]
        return {
            row[name]: day
            for day in self.days(dataset)
            for batch in self.read_batches(dataset, [day], columns=[name])
            for row in batch
            if row[name] in keys
        }

    def repeated_keys(self, dataset: Dataset) -> tuple[int, int]:
        """How many rows there are, and how many too many: a key belongs to one row of one day."""
        keys = self._first_keys(dataset)
        return len(keys), len(keys) - pc.count_distinct(keys).as_py()

    def repeated(self, dataset: Dataset) -> frozenset[str]:
        """The first keys that more than one row has."""
        keys = self._first_keys(dataset)
        if len(keys) == pc.count_distinct(keys).as_py():
            return frozenset()
        counts = keys.value_counts()
        return frozenset(
            counts.field("values").filter(pc.greater(counts.field("counts"), 1)).to_pylist()
        )

    def _first_keys(self, dataset: Dataset) -> pa.ChunkedArray:
        """The first key of every row of every day."""
        chunks: list[pa.Array] = []
        for day in self.days(dataset):
            with _opened(self.path(dataset, day)) as file:
                if file is not None:
                    chunks += file.read([dataset.key[0]], use_threads=False)[0].chunks
        return pa.chunked_array(chunks, dataset.schema.field(dataset.key[0]).type)

    def days(self, dataset: Dataset) -> list[date]:
        """Days that have a file, oldest first."""
        files = (self.root / dataset.name).glob("day=*/part.parquet")
        return sorted(date.fromisoformat(file.parent.name.removeprefix("day=")) for file in files)

    def path(self, dataset: Dataset, day: date) -> Path:
        """Where a day's rows are."""
        return self.root / dataset.name / f"day={day.isoformat()}" / "part.parquet"

    def spool(
        self,
        dataset: Dataset,
        name: str,
        *,
        leaving_out: Callable[[], Container[str]] = frozenset,
    ) -> Spool:
        """Where rows wait until they are merged; the same *name* finds them again after a crash."""
        return Spool(
            self.root / dataset.name / SPOOLS / name,
            dataset,
            locked=lambda: self._locked(dataset),
            leaving_out=leaving_out,
        )

    def _spools(self, dataset: Dataset) -> list[Spool]:
        folders = (self.root / dataset.name / SPOOLS).glob("*")
        return [self.spool(dataset, each.name) for each in sorted(folders) if each.is_dir()]

    def _table(self, dataset: Dataset, day: date) -> pa.Table:
        with _opened(self.path(dataset, day)) as file:
            if file is None:
                return dataset.schema.empty_table()
            return file.read(use_threads=False).select(dataset.schema.names).cast(dataset.schema)

    def _discard(self, dataset: Dataset, day: date) -> None:
        path = self.path(dataset, day)
        try:
            path.unlink()
            path.parent.rmdir()
        except OSError as error:
            raise StopError(
                f"Tried to remove {path} and got {error}. Make its folder writable and run again."
            ) from error

    def _sweep(self, dataset: Dataset, day: date) -> None:
        # Whoever left it was killed: nobody else writes while we hold the lock.
        for draft in self.path(dataset, day).parent.glob(".part.parquet.*"):
            draft.unlink(missing_ok=True)

    def _replace(self, dataset: Dataset, day: date, table: pa.Table) -> None:
        path = self.path(dataset, day)
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            pq.write_table(
                table,
                draft,
                compression="zstd",
                compression_level=_LEVEL,
                use_dictionary=[n for n in table.schema.names if n not in dataset.encodings],
                column_encoding=dict(dataset.encodings) or None,
            )
            # A rename can reach the disk before the file's content does. Without this a power
            # cut could leave an empty file where a good one was.
            flush(draft)
            draft.replace(path)
            flush(path.parent)
        except OSError as error:
            with suppress(OSError):  # the same trouble; the first error tells more
                draft.unlink(missing_ok=True)
            if not path.exists():
                shutil.rmtree(path.parent, ignore_errors=True)
            raise StopError(
                f"Tried to write {len(table)} rows to {path} and got {error}. The day is as it was. "
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


@contextmanager
def _opened(path: Path) -> Iterator[pq.ParquetFile | None]:
    """The file, or None when there is none; another process may take it away at any time."""
    try:
        file = pq.ParquetFile(path)
    except (FileNotFoundError, NotADirectoryError):
        yield None
        return
    with file:
        yield file
