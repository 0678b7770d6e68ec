"""How we talk to SQL: one engine, times that stay aware, writes that do not interleave.

SQLite (the default) runs in WAL mode with a busy timeout, and every write transaction takes
the write lock at its start (`BEGIN IMMEDIATE`), so two processes queue instead of failing
half-way. PostgreSQL needs neither. What the rows mean lives in `ledger`.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.pool import ConnectionPoolEntry

from dreambox_pipeline.errors import StopError

BUSY_TIMEOUT_MS = 30_000
"""How long a SQLite writer waits for another; a long batch commits row by row, so seconds do."""

WRITING = "dreambox_write"
"""Execution option of a connection whose transaction was opened for writing."""

PLAIN = "dreambox_plain"
"""Execution option of a connection without transactions, for statements that refuse to be in one."""


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An aware UTC datetime on every database; a naive one is refused."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Check awareness and convert to UTC; SQLite stores no zone, so it gets naive UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} is naive; the ledger stores aware times only.")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Give the zone back."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _prepare_sqlite(dbapi_connection: Any, _entry: ConnectionPoolEntry) -> None:
    # The driver must not open transactions by itself, or BEGIN IMMEDIATE would come too late.
    dbapi_connection.isolation_level = None
    cursor = dbapi_connection.cursor()
    # First, because the switch to WAL waits for other processes too.
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA foreign_keys=ON")
    # What is deleted or overwritten is zeroed, or an erased text would stay readable in the file.
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get(PLAIN, False):
        return
    is_write = options.get(WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if is_write else "BEGIN")


def open_engine(url: str) -> Engine:
    """An engine for *url*; a SQLite file's folder is made when missing.

    Raises:
        StopError: The folder cannot be made.
    """
    try:
        parsed = sa.engine.make_url(url)
        if parsed.get_backend_name() != "sqlite":
            return sa.create_engine(parsed, pool_pre_ping=True, hide_parameters=True)
    except sa.exc.ArgumentError as error:
        # Not the address itself: it may hold a password.
        raise StopError(
            "DREAMBOX_DATABASE_URL is not a database address that can be used. It looks like "
            "postgresql://user:password@host:5432/dreambox; leave it empty for SQLite."
        ) from error
    if parsed.database and parsed.database != ":memory:":
        folder = Path(parsed.database).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StopError(
                f"Tried to make the folder {folder} for the ledger and got {error}. "
                "Set DREAMBOX_VAR_DIR to a folder you may write to."
            ) from error
    # An error that quoted its values would carry a comment into logs that no erasure reaches.
    engine = sa.create_engine(parsed, hide_parameters=True)
    sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite)
    return engine


def upsert(
    connection: Connection,
    table: sa.Table,
    row: dict[str, Any],
    *,
    update: tuple[str, ...] = (),
) -> bool:
    """Insert *row*, or on its primary key's conflict update the columns in *update*.

    Returns:
        True when a row was inserted or updated, False when it stood there and nothing changed.
    """
    return connection.execute(_upsert(connection, table, update), row).rowcount > 0


def upsert_all(
    connection: Connection,
    table: sa.Table,
    rows: list[dict[str, Any]],
    *,
    update: tuple[str, ...] = (),
) -> None:
    """Do for each of *rows*, which have the same columns, what `upsert` does for one."""
    if rows:
        connection.execute(_upsert(connection, table, update), rows)


def _upsert(
    connection: Connection, table: sa.Table, update: tuple[str, ...]
) -> postgresql.Insert | sqlite.Insert:
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(table)
    if not update:
        return statement.on_conflict_do_nothing()
    keys = [column.name for column in table.primary_key.columns]
    return statement.on_conflict_do_update(
        index_elements=keys, set_={name: statement.excluded[name] for name in update}
    )
