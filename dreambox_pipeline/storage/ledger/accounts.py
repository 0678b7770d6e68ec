"""Connected TikTok accounts and their tokens, encrypted at rest.

A connection is one account's consent on one of TikTok's hosts. When it ends, its tokens go and
its row stays: it says whose it was, since when it has ended and why. How it ends is in `endings`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.storage.database import WRITING, upsert
from dreambox_pipeline.storage.keys import Keyring
from dreambox_pipeline.storage.tables import connections

MAIN = "main"
"""What an account is called that nobody gave a name."""


class Host(StrEnum):
    """Which of TikTok's hosts an account agreed to; each has its own app, scopes and tokens."""

    ACCOUNTS = "accounts"
    DEVELOPER = "developer"

    @property
    def label(self) -> str:
        """What people call it."""
        return "Accounts API" if self is Host.ACCOUNTS else "developer host"


@dataclass(frozen=True, slots=True, repr=False)
class Connected:
    """An account with its tokens in clear, for the shortest possible time.

    Attributes:
        account_id: What people here call the account.
        open_id: What TikTok calls it on this host; the Accounts API's `business_id`.
        username: Its handle when it was last seen, without `@`.
    """

    account_id: str
    open_id: str
    access_token: str
    refresh_token: str
    access_expires_at: datetime
    refresh_expires_at: datetime
    scopes: tuple[str, ...]
    host: Host = Host.ACCOUNTS
    username: str | None = None

    def __repr__(self) -> str:
        return (
            f"Connected({self.account_id!r}, {self.host}, open_id={self.open_id!r}, tokens hidden)"
        )


@dataclass(frozen=True, slots=True)
class ConnectionRow:
    """What is known of a connection, without its tokens; also of one that has ended.

    Attributes:
        connected_at: When its owner agreed; the refresh token's year counts from here.
        refresh_expires_at: When the owner must agree again.
        ended_at, ended_reason: Set once it has ended.
    """

    account_id: str
    host: Host
    open_id: str
    username: str | None
    scopes: tuple[str, ...]
    access_expires_at: datetime
    refresh_expires_at: datetime
    connected_at: datetime
    updated_at: datetime
    ended_at: datetime | None
    ended_reason: str | None

    @property
    def is_live(self) -> bool:
        """It has not ended, as far as anybody here knows."""
        return self.ended_at is None

    @property
    def handle(self) -> str:
        """`@name`, or its name here while TikTok has not told one."""
        return f"@{self.username}" if self.username else self.account_id


def connected(
    connection: Connection,
    keyring: Keyring,
    account_id: str = MAIN,
    host: Host = Host.ACCOUNTS,
) -> Connected | None:
    """The account, or None when nobody connected it yet, or its connection has ended.

    In a write transaction the row stays locked until its end: of two processes that refresh at
    once, the second one reads the first one's pair. Who only reads is never kept waiting.
    """
    statement = sa.select(connections).where(_of(account_id, host))
    if connection.get_execution_options().get(WRITING, False):
        statement = statement.with_for_update()
    row = connection.execute(statement).mappings().first()
    if row is None or row["refresh_token_encrypted"] is None:
        return None
    return Connected(
        account_id,
        row["open_id"],
        keyring.decrypt(row["access_token_encrypted"]),
        keyring.decrypt(row["refresh_token_encrypted"]),
        row["access_expires_at"],
        row["refresh_expires_at"],
        tuple(row["scopes"]),
        host,
        row["username"],
    )


def store(
    connection: Connection,
    account: Connected,
    keyring: Keyring,
    *,
    now: datetime,
    is_new_consent: bool = False,
) -> None:
    """Store an account's newest token pair. Empty tokens are refused: they would lock us out.

    Args:
        connection: An open write transaction.
        account: Without a username the stored one stays, unless it is another TikTok account's.
        keyring: Encrypts both tokens.
        now: The moment, aware.
        is_new_consent: The owner has just agreed, so the year begins; a refresh keeps its begin.

    Raises:
        ValueError: One of the tokens is empty.
    """
    if not account.access_token or not account.refresh_token:
        raise ValueError("An empty token never replaces a stored one.")
    row = {
        "account_id": account.account_id,
        "host": account.host.value,
        "open_id": account.open_id,
        "username": account.username,
        "scopes": list(account.scopes),
        "access_token_encrypted": keyring.encrypt(account.access_token),
        "refresh_token_encrypted": keyring.encrypt(account.refresh_token),
        "access_expires_at": account.access_expires_at,
        "refresh_expires_at": account.refresh_expires_at,
        "connected_at": now,
        "updated_at": now,
        "ended_at": None,
        "ended_reason": None,
    }
    kept = {"account_id", "host"}
    kept |= set() if is_new_consent else {"connected_at"}
    known = find(connection, account.account_id, account.host)
    is_same = known is None or known.open_id == account.open_id
    kept |= {"username"} if is_same and not account.username else set()
    upsert(connection, connections, row, update=tuple(name for name in row if name not in kept))


def find(connection: Connection, account_id: str, host: Host) -> ConnectionRow | None:
    """The connection, also when it has ended."""
    return next(iter(_rows(connection, _of(account_id, host))), None)


def listed(connection: Connection) -> list[ConnectionRow]:
    """Every connection there is or was, by name and host."""
    return _rows(connection, sa.true())


def held_by(connection: Connection, open_id: str, hosts: Iterable[Host]) -> list[ConnectionRow]:
    """The connections, ended ones too, of whom TikTok calls *open_id* on one of *hosts*."""
    names = [host.value for host in hosts]
    return _rows(connection, (connections.c.open_id == open_id) & connections.c.host.in_(names))


def note_username(
    connection: Connection, account_id: str, host: Host, username: str, *, now: datetime
) -> str | None:
    """Keep the handle an account was just seen with; returns the former one if it was renamed."""
    row = find(connection, account_id, host)
    if row is None or not username or row.username == username:
        return None
    connection.execute(
        sa.update(connections)
        .where(_of(account_id, host))
        .values(username=username, updated_at=now)
    )
    return row.username


def _of(account_id: str, host: Host) -> sa.ColumnElement[bool]:
    return (connections.c.account_id == account_id) & (connections.c.host == host.value)


def _rows(connection: Connection, where: sa.ColumnElement[bool]) -> list[ConnectionRow]:
    rows = connection.execute(
        sa.select(*(connections.c[name] for name in ConnectionRow.__slots__))
        .where(where)
        .order_by(connections.c.account_id, connections.c.host)
    )
    return [_row(row._asdict()) for row in rows]


def _row(row: dict[str, Any]) -> ConnectionRow:
    return ConnectionRow(**row | {"host": Host(row["host"]), "scopes": tuple(row["scopes"])})
