"""Opening the ledger: transactions and migrations."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

import alembic.command
import alembic.config
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.errors import DreamBoxError, StopError, TransientError
from dreambox_pipeline.storage.database import BUSY_TIMEOUT_MS, PLAIN, WRITING, open_engine

MIGRATIONS = Path(__file__).parent.parent / "migrations"

MIGRATION_LOCK = 0x6472_6561
"""Key of PostgreSQL's advisory lock, so two starting processes do not migrate at once."""

DISK_SIGNS = ("disk is full", "disk I/O error", "No space left on device")
"""What SQLite and PostgreSQL say when the disk, a quota or a file-size limit stops them."""


class Ledger:
    """One SQL database with the tables of `storage.tables`.

    Opening is lazy: nothing touches the disk or the network before the first transaction,
    which also brings the tables to the newest version.

    Args:
        url: SQLAlchemy address, `sqlite:///…` or `postgresql+psycopg2://…`.
    """

    def __init__(self, url: str) -> None:
        self._engine = open_engine(url)
        self._is_migrated = False
        self._migration = Lock()

    def __repr__(self) -> str:
        # A PostgreSQL address holds a password; SQLAlchemy masks it.
        return f"Ledger({self._engine.url!r})"

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for reading one consistent state."""
        self.migrate()
        with self._connect() as connection:
            if connection.dialect.name == "postgresql":
                # By default each statement would see what was committed just before it.
                connection.execution_options(isolation_level="REPEATABLE READ")
            with connection.begin():
                yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction: commits at the end, rolls back on any error, waits for other writers."""
        self.migrate()
        with self._begin_write() as connection:
            yield connection

    def migrate(self) -> None:
        """Bring the tables to the newest version; a second call changes nothing."""
        with self._migration:
            if self._is_migrated:
                return
            config = alembic.config.Config()
            config.set_main_option("script_location", str(MIGRATIONS))
            with self._begin_write() as connection:
                if connection.dialect.name == "postgresql":
                    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATION_LOCK)))
                config.attributes["connection"] = connection
                alembic.command.upgrade(config, "head")
            self._is_migrated = True

    def scrub(self) -> None:
        """Make what was deleted or emptied unreadable on the disk, too.

        SQLite: every connection zeroes what it frees, so only the write-ahead log, which still
        holds the old pages, is written back and cut off. A file from before that, or of unknown
        past, is rewritten once; its `user_version` says so afterwards.
        PostgreSQL: dead rows are vacuumed. Its own log, replicas and backups are its
        administrator's.

        Raises:
            TransientError: Somebody kept reading an old state for longer than the busy timeout.
            StopError: The disk is full.
        """
        self.migrate()
        with self._connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="AUTOCOMMIT")
                connection.execute(sa.text("VACUUM"))
                return
            plain = connection.execution_options(**{PLAIN: True})
            if not plain.scalar(sa.text("PRAGMA user_version")):
                plain.execute(sa.text("VACUUM"))
                plain.execute(sa.text("PRAGMA user_version=1"))
            is_busy = plain.execute(sa.text("PRAGMA wal_checkpoint(TRUNCATE)")).one()[0]
        if is_busy:
            raise TransientError(
                f"Tried to cut off the log of {self._engine.url!r}, but another process kept reading "
                f"an old state for {BUSY_TIMEOUT_MS / 1000:.0f} s. Nothing is lost; try it again."
            )

    def close(self) -> None:
        """Give back all connections."""
        self._engine.dispose()

    @contextmanager
    def _begin_write(self) -> Iterator[Connection]:
        with self._connect() as connection:
            marked = connection.execution_options(**{WRITING: True})
            with marked.begin():
                yield marked

    @contextmanager
    def _connect(self) -> Iterator[Connection]:
        try:
            connection = self._engine.connect()
        except sa.exc.DBAPIError as error:
            raise StopError(
                f"Could not open the ledger at {self._engine.url!r}: {error.orig}. "
                "Check DREAMBOX_DATABASE_URL and DREAMBOX_VAR_DIR; `dreambox doctor` tests both."
            ) from error
        try:
            yield connection
        except sa.exc.OperationalError as error:
            explained = self._explained(error)
            if explained is None:
                raise
            raise explained from error
        finally:
            connection.close()

    def _explained(self, error: sa.exc.OperationalError) -> DreamBoxError | None:
        said = str(error.orig)
        if any(sign in said for sign in DISK_SIGNS):
            return StopError(
                f"The ledger at {self._engine.url!r} could not be written: {said.strip()}. The "
                "transaction was rolled back whole. Free some space on its disk and run again."
            )
        if "database is locked" in said:
            return TransientError(
                f"Another process kept the ledger at {self._engine.url!r} locked for "
                f"{BUSY_TIMEOUT_MS / 1000:.0f} s. Nothing was changed; it is tried again."
            )
        return None
