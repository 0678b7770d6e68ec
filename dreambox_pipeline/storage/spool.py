"""A spool: rows that were read and are not yet merged, in parts that outlive a killed process.

    <root>/comments/.spool/<collection>/<part>.parquet

A collection is read part by part (a video each) and merged into the lake's days at its end, so
memory holds neither. A part is there whole or not at all, and carries notes about how it came to
be. Whose parts are good for going on is not decided here.
"""

import fcntl
import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote, unquote

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from dreambox_pipeline.errors import StopError, TransientError
from dreambox_pipeline.storage.datasets import Dataset

SPOOLS = ".spool"

MERGE_ROWS = 200_000
"""Rows taken from the parts at once, unless one day alone has more: some 50 MB."""

_NOTES = "dreambox_notes"


class Part:
    """One part while it is written.

    Attributes:
        notes: Stored with the part when it is complete; anything JSON can hold.
    """

    def __init__(self, writer: pq.ParquetWriter) -> None:
        self._writer = writer
        self.notes: dict[str, Any] = {}

    def add(self, rows: pa.Table) -> None:
        """Append a table of the dataset's schema."""
        if len(rows):
            self._writer.write_table(rows)


class Spool:
    """The parts of one collection.

    Args:
        folder: Its own; made with the first part.
        dataset: Of which all parts are.
        locked: Keeps out who changes the dataset, see `Lake.remove`.
        leaving_out: First keys that must not be stored; asked when a part is complete.
    """

    def __init__(
        self,
        folder: Path,
        dataset: Dataset,
        *,
        locked: Callable[[], AbstractContextManager[None]],
        leaving_out: Callable[[], Container[str]] = frozenset,
    ) -> None:
        self._folder = folder
        self._dataset = dataset
        self._locked = locked
        self._leaving_out = leaving_out

    @contextmanager
    def owned(self) -> Iterator[None]:
        """Be the only process that writes parts here; drafts of a killed one are removed.

        Raises:
            TransientError: Another process is at it.
        """
        lock = self._own()
        if lock is None:
            raise TransientError(
                f"Another run is collecting into {self._folder}. Nothing was done; it is tried again."
            )
        with lock:
            try:
                self._sweep()
                yield
            finally:
                self._lock_path.unlink(missing_ok=True)

    @contextmanager
    def writing(self, name: str) -> Iterator[Part]:
        """A new part, complete once the block ends well; it replaces one of the same name.

        Raises:
            StopError: The disk is full or not writable. The part is as it was.
        """
        path = self._path(name)
        draft = path.with_suffix(".draft")
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with pq.ParquetWriter(draft, self._dataset.schema, compression="zstd") as writer:
                part = Part(writer)
                yield part
                writer.add_key_value_metadata({_NOTES: json.dumps(part.notes)})
            with self._locked():
                self._strip(draft, self._leaving_out())
                # On the disk before its name is: whoever notes it as done relies on it.
                flush(draft)
                draft.replace(path)
                flush(self._folder)
        except OSError as error:
            raise StopError(
                f"Tried to write {path} and got {error}. What was collected before is kept. "
                "Free some space, then run the same days again."
            ) from error
        finally:
            with suppress(OSError):
                draft.unlink(missing_ok=True)

    def parts(self) -> dict[str, dict[str, Any]]:
        """The notes of every complete part, by its name, in the names' order."""
        files = sorted(self._folder.glob("*.parquet"))
        return {unquote(file.stem): _notes(file) for file in files}

    def discard(self, name: str) -> None:
        """Remove one part, if it is there."""
        self._path(name).unlink(missing_ok=True)

    def drop(self) -> None:
        """Remove all parts."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def remove(self, keys: Container[str]) -> int:
        """Erase rows by their first key; the caller holds the dataset's lock. Returns how many."""
        removed = sum(self._strip(file, keys) for file in sorted(self._folder.glob("*.parquet")))
        lock = self._own()
        if lock is not None:  # otherwise its owner strips its draft when that is complete
            with lock:
                self._sweep()
                self._lock_path.unlink(missing_ok=True)
        return removed

    def by_day(self, moment: str) -> Iterator[tuple[date, pa.Table]]:
        """All rows of a day, oldest day first; of two rows with one key a later part's comes later.

        Args:
            moment: The column whose UTC day counts.
        """
        files = sorted(self._folder.glob("*.parquet"))
        for first, last in _spans(_rows_by_day(files, moment)):
            rows = _between(files, moment, first, last)
            days = _days_of(rows[moment])
            for day in sorted(set(days.unique().to_pylist())):
                yield day, rows.filter(pc.equal(days, pa.scalar(day)))

    @property
    def _lock_path(self) -> Path:
        return self._folder.with_name(f"{self._folder.name}.lock")

    def _path(self, name: str) -> Path:
        return self._folder / f"{quote(name, safe='')}.parquet"

    def _own(self) -> IO[str] | None:
        """The open lock file, or None when another process has it."""
        path = self._lock_path
        while True:
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = path.open("w")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.close()
                return None
            # Its last owner may have unlinked it between our opening and our locking.
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(lock.fileno()), path.stat()):
                    return lock
            lock.close()

    def _sweep(self) -> None:
        for draft in self._folder.glob("*.draft*"):
            draft.unlink(missing_ok=True)

    def _strip(self, file: Path, keys: Container[str]) -> int:
        """Rewrite *file* without these keys; usually it has none of them and stays."""
        key = self._dataset.key[0]
        ids = pq.ParquetFile(file).read([key], use_threads=False)
        if len(without(ids, key, keys)) == len(ids):
            return 0
        kept = without(pq.ParquetFile(file).read(use_threads=False), key, keys)
        stripped = file.with_suffix(".draft2")
        with pq.ParquetWriter(stripped, self._dataset.schema, compression="zstd") as writer:
            writer.write_table(kept.cast(self._dataset.schema))
            writer.add_key_value_metadata({_NOTES: json.dumps(_notes(file))})
        flush(stripped)
        stripped.replace(file)
        return len(ids) - len(kept)


def without(rows: pa.Table, key: str, keys: Container[str]) -> pa.Table:
    """*rows* but those whose *key* is in *keys*."""
    if not keys:
        return rows
    is_kept = [value not in keys for value in rows[key].to_pylist()]
    return rows if all(is_kept) else rows.filter(pa.array(is_kept, pa.bool_()))


def flush(path: Path) -> None:
    """Wait until a file's content, or a folder's names, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _notes(file: Path) -> dict[str, Any]:
    stored = pq.read_metadata(file).metadata or {}
    notes: dict[str, Any] = json.loads(stored.get(_NOTES.encode(), b"{}"))
    return notes


def _days_of(moments: pa.ChunkedArray) -> pa.ChunkedArray:
    # Without its zone, a UTC moment's own date is the UTC date, whatever zone we run in.
    return moments.cast(pa.timestamp("us")).cast(pa.date32())


def _rows_by_day(files: Sequence[Path], moment: str) -> Counter[date]:
    counts: Counter[date] = Counter()
    for file in files:
        moments = pq.ParquetFile(file).read([moment], use_threads=False)[moment]
        for found in _days_of(moments).value_counts().to_pylist():
            counts[found["values"]] += found["counts"]
    return counts


def _spans(counts: Counter[date]) -> Iterator[tuple[date, date]]:
    """Days as spans of at most `MERGE_ROWS` rows; a larger day is a span of its own."""
    span: list[date] = []
    for day in sorted(counts):
        if span and sum(counts[each] for each in span) + counts[day] > MERGE_ROWS:
            yield span[0], span[-1]
            span = []
        span.append(day)
    if span:
        yield span[0], span[-1]


def _between(files: Sequence[Path], moment: str, first: date, last: date) -> pa.Table:
    start = datetime.combine(first, time(), UTC)
    end = datetime.combine(last, time(), UTC) + timedelta(days=1)
    within = [(moment, ">=", start), (moment, "<", end)]
    # One file at a time: a list of files would be read ahead into memory.
    found = [pq.read_table(file, filters=within, use_threads=False) for file in files]
    return pa.concat_tables(found).combine_chunks()
