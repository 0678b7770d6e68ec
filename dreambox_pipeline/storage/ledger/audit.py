"""The audit log: who did what to what, in a chain of hashes that shows any later change."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.safety.audit import AuditEntry, append_entry
from dreambox_pipeline.storage.tables import audit_log

CHAIN_LOCK = 0x6472_6562
"""Key of PostgreSQL's advisory lock on the end of the chain."""


def append(
    connection: Connection,
    *,
    actor: str,
    action: str,
    subject: str,
    now: datetime,
    detail: dict[str, Any] | None = None,
) -> None:
    """Add an entry in the caller's transaction: the deed and its record commit together."""
    if connection.dialect.name == "postgresql":
        # Two writers must not continue from the same entry. SQLite has one writer anyway.
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(CHAIN_LOCK)))
    newest = connection.execute(
        sa.select(audit_log).order_by(audit_log.c.seq.desc()).limit(1)
    ).mappings()
    last = next((AuditEntry(**row) for row in newest), None)
    entry = append_entry(last, at=now, actor=actor, action=action, subject=subject, detail=detail)
    connection.execute(sa.insert(audit_log).values(**asdict(entry)))


def entries(connection: Connection) -> list[AuditEntry]:
    """The whole chain from its first entry, for `safety.audit.verify`."""
    rows = connection.execute(sa.select(audit_log).order_by(audit_log.c.seq)).mappings()
    return [AuditEntry(**row) for row in rows]
