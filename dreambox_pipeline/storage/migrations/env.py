"""Alembic's entry point: run the versions on the connection `Ledger.migrate` hands over."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from dreambox_pipeline.storage.database import UtcDateTime
from dreambox_pipeline.storage.tables import metadata


def render_item(kind: str, item: object, autogen: AutogenContext) -> str | Literal[False]:
    """Write our own column type into new versions by its short name; False leaves it to Alembic."""
    if kind == "type" and isinstance(item, UtcDateTime):
        autogen.imports.add("from dreambox_pipeline.storage.database import UtcDateTime")
        return "UtcDateTime()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # Dagster may keep its state in the same database, and its own Alembic uses the default name.
    version_table="dreambox_alembic_version",
    # SQLite cannot alter most things in place; batch mode copies the table instead.
    render_as_batch=True,
    render_item=render_item,
)
context.run_migrations()
