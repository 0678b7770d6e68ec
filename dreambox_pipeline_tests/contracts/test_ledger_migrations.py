"""The migrations lead to exactly the tables the code speaks of, on every database."""

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from dagster_postgres import DagsterPostgresStorage

from dreambox_pipeline.errors import StopError
from dreambox_pipeline.storage.ledger import Ledger
from dreambox_pipeline.storage.tables import metadata
from dreambox_pipeline_tests.contracts.conftest import new_database
from dreambox_pipeline_tests.storage.rivals import at_once, migrate


def test_migrated_tables_are_the_declared_ones(empty_url: str):
    """A change in tables.py without a version, or the reverse, shows here."""
    ledger = Ledger(empty_url)
    with ledger.write() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "compare_server_default": True,
                "version_table": "dreambox_alembic_version",
            },
        )
        assert compare_metadata(context, metadata) == []
        assert set(sa.inspect(connection).get_table_names()) == {
            *metadata.tables,
            "dreambox_alembic_version",
        }
    ledger.close()


def test_opening_a_migrated_ledger_changes_nothing(empty_url: str):
    """Every process migrates at its first transaction; only the very first one does anything."""
    for _ in range(2):
        ledger = Ledger(empty_url)
        ledger.migrate()
        ledger.migrate()
        with ledger.read() as connection:
            assert list(
                connection.scalars(sa.text("SELECT version_num FROM dreambox_alembic_version"))
            ) == ["0005"]
        ledger.close()


def test_processes_that_start_together_migrate_once(empty_url: str):
    """Dagster's daemon, its web server and the desk start at the same moment."""
    assert at_once(migrate, [(empty_url,)] * 3) == ["0005"] * 3


def test_nothing_is_opened_before_the_first_transaction(empty_url: str):
    """Loading the definitions must not need a database."""
    ledger = Ledger(empty_url)
    assert ledger._engine.pool.checkedin() + ledger._engine.pool.checkedout() == 0  # type: ignore[attr-defined]
    ledger.close()


@pytest.mark.parametrize("first", ["ledger", "dagster"])
def test_the_ledger_and_dagster_share_one_database(postgres_address: str, first: str) -> None:
    """One variable names one database for both, and each has its own record of versions."""
    url = new_database(postgres_address, f"shared_{first}_first")
    steps = [lambda: Ledger(url).migrate(), lambda: DagsterPostgresStorage(url)]
    for step in steps if first == "ledger" else reversed(steps):
        step()

    with Ledger(url).read() as connection:
        tables = set(sa.inspect(connection).get_table_names())
    assert {"dreams", "runs", "alembic_version", "dreambox_alembic_version"} <= tables


@pytest.mark.parametrize("url", ["postgres://u:p@h/d", "nonsense", "mysql+nothing://h/d"])
def test_an_unusable_address_is_refused_without_repeating_it(url: str) -> None:
    """It may hold a password."""
    with pytest.raises(StopError, match="DREAMBOX_DATABASE_URL") as refused:
        Ledger(url)
    assert url not in str(refused.value)
