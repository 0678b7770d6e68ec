"""Where Dagster keeps its own state: SQLite under the var folder, or PostgreSQL by one variable.

`dagster.yaml` cannot branch, so it names this class. It hands over to Dagster's own storages and
adds two things: SQLite lives in `DREAMBOX_VAR_DIR` whatever `DAGSTER_HOME` is, and a
`postgresql://` address becomes `postgresql+psycopg2://`, because dagster-postgres ships psycopg2
while SQLAlchemy may pick another driver for the short form.

It uses two private modules of Dagster, which is why Dagster is pinned and a test covers both arms.
"""

from collections.abc import Mapping
from typing import Any

import dagster as dg
from dagster._config.config_schema import UserConfigSchema
from dagster._core.storage.base_storage import DagsterStorage
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from dagster._serdes import ConfigurableClassData

from dreambox_pipeline.settings import Settings


class DreamBoxStorage(DagsterSqliteStorage):
    """Named in `dagster.yaml`; never instantiated, it returns one of Dagster's storages.

    It derives from one of them only because Dagster checks that a named class is a storage.
    """

    @classmethod
    def config_type(cls) -> UserConfigSchema:
        """It takes no configuration: the settings say everything."""
        return {}

    @classmethod
    def from_config_value(  # type: ignore[override] # it hands over to other classes on purpose
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> "DagsterStorage[dg.DagsterInstance]":
        """SQLite under the var folder, or PostgreSQL when `DREAMBOX_DATABASE_URL` is set."""
        del config_value
        settings = Settings()
        if settings.database_url.get_secret_value():
            from dagster_postgres import DagsterPostgresStorage

            return DagsterPostgresStorage(settings.ledger_url, inst_data=inst_data)
        folder = (settings.var_dir / "dagster").absolute()
        return DagsterSqliteStorage.from_local(str(folder), inst_data=inst_data)
