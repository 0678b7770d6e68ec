"""The accounts that DreamBox may act for: who they are, what they agreed to, and until when.

Tokens are never read here, not even encrypted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final

from sqlalchemy.engine import Connection

from dreambox_pipeline.storage.ledger import accounts
from dreambox_pipeline.storage.ledger.accounts import ConnectionRow
from dreambox_pipeline.storage.ledger.endings import WARN_BEFORE, login_command

SCOPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "comment.list": "read comments",
        "comment.list.manage": "reply to comments",
        "user.account.type": "see what kind of account it is",
        "user.info.basic": "see its name and picture",
        "user.info.profile": "see its profile",
        "user.info.stats": "see its counts",
        "user.info.username": "see its handle",
        "user.insights": "see when its followers are active",
        "video.insights": "see how its videos do",
        "video.list": "list its videos",
        "video.publish": "post videos",
        "video.upload": "upload drafts",
    }
)
"""What TikTok's scopes allow, in words."""


@dataclass(frozen=True, slots=True)
class Account:
    """One account's consent on one of TikTok's hosts, and what a person should know about it.

    Attributes:
        scopes: What it agreed to, in words.
        warning: In a sentence; None when all is well.
        command: What connects it again.
    """

    row: ConnectionRow
    scopes: tuple[str, ...]
    warning: str | None
    command: str

    @property
    def state(self) -> str:
        """In two words at most."""
        if not self.row.is_live:
            return "not connected"
        return "ends soon" if self.warning else "connected"


def shown_accounts(connection: Connection, now: datetime) -> list[Account]:
    """Every connection there is or was, by name and host."""
    return [
        Account(
            row,
            tuple(SCOPES.get(scope, scope) for scope in row.scopes),
            _warning(row, now),
            login_command(row.account_id, row.host),
        )
        for row in accounts.listed(connection)
    ]


def warnings(connection: Connection, now: datetime) -> list[str]:
    """What a person should do something about, in sentences."""
    return [account.warning for account in shown_accounts(connection, now) if account.warning]


def handle_of(connection: Connection, account_id: str) -> str:
    """The account's handle without `@`, as last seen on any host; empty when nobody said."""
    rows = [
        row for row in accounts.listed(connection) if row.account_id == account_id and row.username
    ]
    newest = max(rows, key=lambda row: row.updated_at, default=None)
    return (newest.username or "") if newest else ""


def _warning(row: ConnectionRow, now: datetime) -> str | None:
    where = f"{row.handle} on the {row.host.label}"
    if not row.is_live:
        reason = f" ({row.ended_reason})" if row.ended_reason else ""
        return f"{where} is no longer connected{reason}."
    left = row.refresh_expires_at - now
    if left <= timedelta(0):
        return f"The consent of {where} has ended."
    if left > WARN_BEFORE:
        return None
    days = max(1, round(left / timedelta(days=1)))
    span = "a day" if days == 1 else f"{days} days"
    return f"The consent of {where} ends in {span}."
