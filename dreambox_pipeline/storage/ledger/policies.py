"""Stored, versioned policies: the only way learning reaches back into the flow."""

from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.engine import Connection

from dreambox_pipeline.storage.database import upsert
from dreambox_pipeline.storage.tables import policies

P = TypeVar("P")


def newest(connection: Connection, kind: type[P]) -> P:
    """The newest policy of *kind*, or its built-in prior (version 0) when none is stored.

    Args:
        connection: An open ledger connection.
        kind: A policy dataclass whose defaults are the prior, for example `TimingPolicy`.
    """
    body = connection.scalar(
        sa.select(policies.c.body)
        .where(policies.c.kind == kind.__name__)
        .order_by(policies.c.version.desc())
        .limit(1)
    )
    return kind() if body is None else TypeAdapter(kind).validate_python(body)


def save(connection: Connection, policy: Any, *, now: datetime) -> bool:
    """Store a policy under its own `version`; False when that version is stored already."""
    body = TypeAdapter(type(policy)).dump_python(policy, mode="json")
    row = {
        "kind": type(policy).__name__,
        "version": policy.version,
        "body": body,
        "created_at": now,
    }
    return upsert(connection, policies, row)
