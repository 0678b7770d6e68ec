"""Files that were imported, so the same file again is recognised."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.storage.database import upsert
from dreambox_pipeline.storage.tables import imports


def record(
    connection: Connection,
    file_hash: str,
    *,
    file_name: str,
    rows: int,
    accepted: int,
    duplicates: int,
    rejected: dict[str, int],
    now: datetime,
) -> None:
    """Write down what an import did."""
    row = {
        "file_hash": file_hash,
        "file_name": file_name,
        "rows": rows,
        "accepted": accepted,
        "duplicates": duplicates,
        "rejected": rejected,
        "imported_at": now,
    }
    upsert(connection, imports, row, update=("accepted", "duplicates", "rejected", "imported_at"))


def was_imported(connection: Connection, file_hash: str) -> bool:
    """Whether exactly this file went through before."""
    found = connection.scalar(
        sa.select(imports.c.file_hash).where(imports.c.file_hash == file_hash)
    )
    return found is not None
