"""How a connection ends, and how a person is asked to connect again.

A consent lasts a year from the day it was given. `WARN_BEFORE` its end a person is asked to renew
it, once per consent; when it ends early they are asked at once. A new login closes both.
"""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.storage.ledger import accounts, audit, tasks
from dreambox_pipeline.storage.ledger.accounts import ConnectionRow, Host
from dreambox_pipeline.storage.tables import connections

WARN_BEFORE = timedelta(days=30)
"""How long before a consent's year is over people are told."""

DEAD_TOKEN = "TikTok takes its tokens no longer"  # noqa: S105 - a sentence
"""Why a connection has ended that TikTok did not tell us about: a call found out."""


def end(
    connection: Connection,
    account_id: str,
    host: Host,
    *,
    reason: str,
    by: str,
    now: datetime,
    asks: bool = True,
) -> bool:
    """Forget a connection's tokens and say why. Returns False when it has ended before.

    Args:
        connection: An open write transaction.
        account_id: Whose.
        host: On which host.
        reason: In words, for people.
        by: Who ended it, for the audit log.
        now: The moment, aware.
        asks: Whether somebody shall be asked to connect again.
    """
    row = accounts.find(connection, account_id, host)
    if row is None or not row.is_live:
        return False
    connection.execute(
        sa.update(connections)
        .where(connections.c.account_id == account_id, connections.c.host == host.value)
        .values(
            access_token_encrypted=None,
            refresh_token_encrypted=None,
            ended_at=now,
            ended_reason=reason,
            updated_at=now,
        )
    )
    detail = {"host": host.value, "open_id": row.open_id, "reason": reason}
    audit.append(
        connection,
        actor=by,
        action="account.disconnected",
        subject=account_id,
        now=now,
        detail=detail,
    )
    close_requests(connection, account_id, host, outcome=f"ended: {reason}", by=by, now=now)
    if asks:
        _ask(connection, row, why=f"it has ended: {reason}", key="ended", now=now)
    return True


def ask_in_time(connection: Connection, *, now: datetime) -> list[ConnectionRow]:
    """Ask once for every consent that ends soon; returns those that were asked for just now."""
    return [
        row
        for row in ending_soon(accounts.listed(connection), now)
        if _ask(
            connection,
            row,
            why=f"its year is over on {row.refresh_expires_at:%Y-%m-%d}",
            key="soon",
            now=now,
        )
    ]


def ending_soon(rows: list[ConnectionRow], now: datetime) -> list[ConnectionRow]:
    """Those whose year is nearly over, or over."""
    return [row for row in rows if row.is_live and row.refresh_expires_at - now <= WARN_BEFORE]


def close_requests(
    connection: Connection, account_id: str, host: Host, *, outcome: str, by: str, now: datetime
) -> None:
    """Close what asks for this connection."""
    subject = _subject(account_id, host)
    for task in tasks.open_tasks(connection, kind=tasks.RECONNECT, subject=subject):
        tasks.close(connection, task.task_id, outcome=outcome, by=by, now=now)


def login_command(account_id: str, host: Host) -> str:
    """What renews a connection."""
    return f"dreambox login --account {account_id} --host {host.value}"


def _ask(connection: Connection, row: ConnectionRow, *, why: str, key: str, now: datetime) -> bool:
    return tasks.open_task(
        connection,
        tasks.RECONNECT,
        _subject(row.account_id, row.host),
        # The consent is named by its begin: the next one is asked for anew.
        key=f"{row.connected_at.isoformat()}:{key}",
        payload={
            "account_id": row.account_id,
            "host": row.host.value,
            "handle": row.handle,
            "why": why,
            "command": login_command(row.account_id, row.host),
            "expires_at": row.refresh_expires_at.isoformat(),
        },
        now=now,
    )


def _subject(account_id: str, host: Host) -> str:
    return f"{account_id}:{host.value}"
