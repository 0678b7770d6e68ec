"""The warehouse: one DuckDB file of marts, for analysts, the desk and the command line.

    ledger rows + lake files  ->  queries/*.sql  ->  .warehouse.<pid>.duckdb  ->  warehouse.duckdb

It is derived data: every build makes it anew beside the published file and then takes its place
by rename. Whoever has the old file open keeps reading the old state; a crash or a full disk
leaves it untouched. Only marts are in it: the inputs stay temporary, so raw comments and tokens
never reach the file that is handed around.
"""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.errors import StopError
from dreambox_pipeline.storage.database import UtcDateTime
from dreambox_pipeline.storage.lake import DATASETS, Dataset, Lake
from dreambox_pipeline.storage.ledger import Ledger
from dreambox_pipeline.storage.marts import MartSpec, mart_specs
from dreambox_pipeline.storage.tables import metadata

__all__ = ["LEDGER_INPUTS", "MartBuilt", "Warehouse", "mart_specs"]

PREVIEW_ROWS = 8

LEDGER_INPUTS: Mapping[str, tuple[str, ...]] = {
    "source_videos": (
        "source_video_id",
        "caption",
        "created_at",
        "share_url",
        "comments",
        "asks_for_dreams",
        "seen_at",
    ),
    # Not the signatures: no mart reads them, and they are larger than all the rest together.
    "dreams": tuple(
        column.name for column in metadata.tables["dreams"].columns if column.name != "signature"
    ),
    "rankings": ("dream_id", "rank", "score"),
    "consents": (
        "dream_id",
        "state",
        "question_comment_id",
        "asked_at",
        "answer_comment_id",
        "answered_at",
        "credit",
    ),
    "outbox": ("key", "kind", "state"),
    "prompts": (
        "prompt_id",
        "dream_id",
        "style_id",
        "policy_version",
        "screening",
        "writer",
        "series_id",
        "composed_at",
    ),
    "series": ("series_id", "name", "style_id", "started_at", "ended_at"),
    "generation_jobs": tuple(metadata.tables["generation_jobs"].columns.keys()),
    "spend": tuple(metadata.tables["spend"].columns.keys()),
    "generator_circuits": tuple(metadata.tables["generator_circuits"].columns.keys()),
    "videos": (
        "render_id",
        "job_id",
        "prompt_id",
        "dream_id",
        "content_hash",
        "title",
        "credit",
        "edit_version",
        "width",
        "height",
        "duration_s",
        "frame_rate",
        "size_bytes",
        "has_passed",
        "drift",
        "finished_at",
    ),
    # Not the record: it may say what was dreamt.
    "provenance": ("render_id", "content_hash", "unsigned_reason", "recorded_at"),
    "findings": ("render_id", "check_name", "passed", "severity"),
    "review_events": tuple(metadata.tables["review_events"].columns.keys()),
    "publications": tuple(metadata.tables["publications"].columns.keys()),
    "post_rewards": ("post_id", "reward"),
    "policies": ("kind", "version"),
    "item_failures": ("stage", "item_id", "times"),
}
"""Ledger tables and columns that marts may read. Tokens and accounts are not among them."""

TIME_ZONE_MACRO = "account_time_zone"
"""What analysts may ask the file for: the zone that its days and hours are local to."""

_BATCH_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class MartBuilt:
    """One mart after a build.

    Attributes:
        columns: Name and DuckDB type, in order.
        preview: The first rows.
        inputs: Ledger tables, lake datasets and marts it was computed from.
    """

    name: str
    rows: int
    columns: tuple[tuple[str, str], ...]
    preview: tuple[dict[str, Any], ...]
    inputs: tuple[str, ...]


class Warehouse:
    """The published DuckDB file, and how it is made.

    Args:
        path: The file. A lock file and, during a build, a draft stand beside it.
    """

    def __init__(self, path: Path, *, ledger: Ledger, lake: Lake) -> None:
        self.path = path
        self._ledger = ledger
        self._lake = lake

    def build(self, *, now: datetime, time_zone: str) -> list[MartBuilt]:
        """Build every mart from the present ledger and lake, and publish them together.

        Args:
            now: What ages are measured against, aware.
            time_zone: The account's IANA time zone; days and hours in marts are local to it.

        Raises:
            StopError: The disk is full or not writable, or a lake file cannot be read. The
                published file is as it was and no draft is left.
        """
        if now.tzinfo is None:
            raise ValueError(f"{now!r} is naive; the warehouse measures ages in aware times only.")
        try:
            with self._locked():
                self._remove_drafts()
                try:
                    return self._build(now, time_zone)
                finally:
                    self._remove_drafts()
        # Fatal is a checkpoint that found no room; InvalidInput, a Parquet file that is none.
        except (
            OSError,
            duckdb.IOException,
            duckdb.FatalException,
            duckdb.OutOfMemoryException,
            duckdb.InvalidInputException,
        ) as error:
            raise StopError(
                f"Tried to build the warehouse {self.path} and got: {error}. The file published "
                "before is as it was. Free some space, make the folder writable or restore the "
                "file named above, then materialise the marts again."
            ) from error

    def read(self, query: str, params: Sequence[Any] = ()) -> list[dict[str, Any]]:
        """Rows of a mart, or of a SELECT over the marts. Nothing can be changed this way.

        Args:
            query: A mart's name, or SQL with `?` for each of *params*.
            params: Values for the question marks, in order.

        Raises:
            StopError: Nothing was built yet, or the file cannot be read.
        """
        with self._reader() as database:
            if query in {spec.name for spec in mart_specs()}:
                return _rows(database.table(query))
            cursor = database.execute(query, list(params))
            names = [column[0] for column in cursor.description or []]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def rebuild(self, *, now: datetime) -> None:
        """Build the published file anew, because somebody in it has to disappear from it.

        Nothing is built when nothing is published. A file that does not say its time zone is
        taken away: the next build makes it.

        Raises:
            StopError: As `build`; or the file's folder is not writable.
        """
        if not self.path.exists():
            return
        time_zone = self._published_time_zone()
        if time_zone is None:
            self._discard()
        else:
            self.build(now=now, time_zone=time_zone)

    def _published_time_zone(self) -> str | None:
        try:
            with self._reader() as database:
                row = database.execute(f"SELECT {TIME_ZONE_MACRO}()").fetchone()
        except (duckdb.CatalogException, StopError):
            return None  # an older file, or a damaged one
        return str(row[0]) if row else None

    def _discard(self) -> None:
        try:
            with self._locked():
                self._remove_drafts()
                for file in (self.path, self.path.with_name(f"{self.path.name}.wal")):
                    file.unlink(missing_ok=True)
        except OSError as error:
            raise StopError(
                f"Tried to remove {self.path} and got {error}. Make its folder writable and run again."
            ) from error

    def _build(self, now: datetime, time_zone: str) -> list[MartBuilt]:
        draft = self.path.with_name(f".{self.path.stem}.{os.getpid()}.duckdb")
        with duckdb.connect(draft) as database:
            database.execute("SET TimeZone = 'UTC'")
            database.execute("SET VARIABLE now = ?::TIMESTAMPTZ", [now])
            database.execute("SET VARIABLE time_zone = ?", [time_zone])
            database.execute(f"CREATE MACRO {TIME_ZONE_MACRO}() AS {_quoted(time_zone)}")
            for dataset in DATASETS:
                self._load_dataset(database, dataset)
            with self._ledger.read() as connection:
                for name, columns in LEDGER_INPUTS.items():
                    _load_table(database, connection, metadata.tables[name], columns)
            built = [_create(database, spec) for spec in mart_specs()]
            database.execute("CHECKPOINT")
        draft.replace(self.path)
        return built

    def _load_dataset(self, database: duckdb.DuckDBPyConnection, dataset: Dataset) -> None:
        files = [str(self._lake.path(dataset, day)) for day in self._lake.days(dataset)]
        if not files:
            _load_batch(database, dataset.name, dataset.schema.empty_table())
            return
        # The folder's day is how the lake is cut, not a column; account_metrics has its own.
        found = database.read_parquet(files, hive_partitioning=False, union_by_name=True)
        database.register(dataset.name, found)

    @contextmanager
    def _reader(self) -> Iterator[duckdb.DuckDBPyConnection]:
        if not self.path.exists():
            raise StopError(
                f"There is no {self.path} yet. Materialise the marts first, or run `dreambox demo`."
            )
        # Attached to a database of its own instead of opened: DuckDB hands a process that still
        # holds the path open the file it opened first, so a new build would stay unseen.
        with duckdb.connect() as database:
            try:
                database.execute(f"ATTACH {_quoted(str(self.path))} AS warehouse (READ_ONLY)")
            except duckdb.IOException as error:
                raise StopError(
                    f"Tried to open {self.path} for reading and got: {error}. If the file is "
                    "damaged, delete it and materialise the marts again."
                ) from error
            database.execute("USE warehouse")
            database.execute("SET TimeZone = 'UTC'")
            database.execute("SET enable_external_access = false")
            yield database

    def _remove_drafts(self) -> None:
        # Ours after a failure, or a killed builder's: nobody else builds while we hold the lock.
        for draft in self.path.parent.glob(f".{self.path.stem}.*.duckdb*"):
            if draft.is_dir():
                for spilled in draft.iterdir():
                    spilled.unlink()
                draft.rmdir()
            else:
                draft.unlink()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.with_name(f".{self.path.stem}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _load_table(
    database: duckdb.DuckDBPyConnection,
    connection: Connection,
    table: sa.Table,
    names: Sequence[str],
) -> None:
    columns = [table.columns[name] for name in names]
    schema = pa.schema([(column.name, _arrow_type(column.type)) for column in columns])
    _load_batch(database, table.name, schema.empty_table())
    documents = {column.name for column in columns if isinstance(column.type, sa.JSON)}
    result = connection.execute(sa.select(*columns).execution_options(yield_per=_BATCH_ROWS))
    for rows in result.mappings().partitions():
        batch = [
            {name: json.dumps(row[name]) if name in documents else row[name] for name in names}
            for row in rows
        ]
        _load_batch(database, table.name, pa.Table.from_pylist(batch, schema=schema))


def _load_batch(database: duckdb.DuckDBPyConnection, name: str, batch: pa.Table) -> None:
    # Temporary tables live beside the file, never in it.
    database.register("batch", batch)
    database.execute(f'CREATE TEMP TABLE IF NOT EXISTS "{name}" AS FROM batch LIMIT 0')
    database.execute(f'INSERT INTO temp."{name}" FROM batch')
    database.unregister("batch")


def _arrow_type(kind: sa.types.TypeEngine[Any]) -> pa.DataType:
    if isinstance(kind, UtcDateTime):
        return pa.timestamp("us", tz="UTC")
    if isinstance(kind, sa.Integer):  # BigInteger too
        return pa.int64()
    if isinstance(kind, sa.Float):
        return pa.float64()
    if isinstance(kind, sa.Boolean):
        return pa.bool_()
    return pa.string()  # texts, and JSON as its text


def _create(database: duckdb.DuckDBPyConnection, spec: MartSpec) -> MartBuilt:
    database.sql(spec.sql).create(spec.name)
    mart = database.table(spec.name)
    columns = tuple(zip(mart.columns, map(str, mart.types), strict=True))
    return MartBuilt(
        spec.name, len(mart), columns, tuple(_rows(mart.limit(PREVIEW_ROWS))), spec.inputs
    )


def _rows(relation: duckdb.DuckDBPyRelation) -> list[dict[str, Any]]:
    return [dict(zip(relation.columns, row, strict=True)) for row in relation.fetchall()]


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
