"""Connected TikTok accounts and their tokens, encrypted at rest."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.storage.database import WRITING, upsert
from dreambox_pipeline.storage.keys import Keyring
from dreambox_pipeline.storage.tables import accounts

MAIN = "main"
"""Id of the one account that this version drives."""


@dataclass(frozen=True, slots=True, repr=False)
class Connected:
    """An account with its tokens in clear, for the shortest possible time."""

    account_id: str
    business_id: str
    access_token: str
    refresh_token: str
    access_expires_at: datetime
    refresh_expires_at: datetime
    scopes: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Connected({self.account_id!r}, business_id={self.business_id!r}, tokens hidden)"


def connected(connection: Connection, keyring: Keyring, account_id: str = MAIN) -> Connected | None:
    """The account, or None when nobody connected it yet.

    In a write transaction the row stays locked until its end: of two processes that refresh at
    once, the second one reads the first one's pair. Who only reads is never kept waiting.
    """
    statement = sa.select(accounts).where(accounts.c.account_id == account_id)
    if connection.get_execution_options().get(WRITING, False):
        statement = statement.with_for_update()
    row = connection.execute(statement).mappings().first()
    if row is None:
        return None
    return Connected(
        account_id,
        row["business_id"],
        keyring.decrypt(row["access_token_encrypted"]),
        keyring.decrypt(row["refresh_token_encrypted"]),
        row["access_expires_at"],
        row["refresh_expires_at"],
        tuple(row["scopes"]),
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
        "business_id": account.business_id,
        "scopes": list(account.scopes),
        "access_token_encrypted": keyring.encrypt(account.access_token),
        "refresh_token_encrypted": keyring.encrypt(account.refresh_token),
        "access_expires_at": account.access_expires_at,
        "refresh_expires_at": account.refresh_expires_at,
        "connected_at": now,
        "updated_at": now,
    }
    kept = ("account_id", "connected_at")
    upsert(connection, accounts, row, update=tuple(name for name in row if name not in kept))
