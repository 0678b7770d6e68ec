"""Connected TikTok accounts and their tokens, encrypted at rest.

A connection is one account's consent on one of TikTok's hosts. When it ends, its tokens go and
its row stays: it says whose it was, since when it has ended and why.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

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
    statement = sa.select(connections).where(
        connections.c.account_id == account_id, connections.c.host == host.value
    )
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


def store(connection: Connection, account: Connected, keyring: Keyring, *, now: datetime) -> None:
    """Store an account's newest token pair. Empty tokens are refused: they would lock us out.

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
    kept = ("account_id", "host", "connected_at")
    upsert(connection, connections, row, update=tuple(name for name in row if name not in kept))
