"""The connected accounts and their clients on both of TikTok's hosts.

Every client takes its tokens from the ledger and counts its requests together with every other
process's. The two hosts have apps of their own, so their app-wide limits are counted apart.
"""

from collections.abc import Callable
from typing import TypeVar

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.defs.developer_account import DeveloperAccount
from dreambox_pipeline.defs.tiktok_account import TikTokAccount
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.storage.keys import Keyring
from dreambox_pipeline.storage.ledger import Ledger
from dreambox_pipeline.storage.ledger.accounts import Host
from dreambox_pipeline.tiktok.client import AccountsClient
from dreambox_pipeline.tiktok.display import DisplayClient
from dreambox_pipeline.tiktok.posting import PostingClient

__all__ = ["DeveloperAccount", "TikTokAccount", "TikTokAccounts"]

VIDEO_LIST_SCOPE = "video.list"

Made = TypeVar("Made")


class TikTokAccounts:
    """Every account by its name, each made when it is first asked for.

    Args:
        settings: Addresses, apps and limits.
        ledger: Where tokens and counted requests are.
        keyring: Opens the tokens.
        clock: The time TikTok counts with.
    """

    def __init__(
        self, settings: Settings, *, ledger: Ledger, keyring: Keyring, clock: Clock
    ) -> None:
        self._settings = settings
        self._ledger, self._keyring, self._clock = ledger, keyring, clock
        self._accounts: dict[str, TikTokAccount] = {}
        self._developers: dict[str, DeveloperAccount] = {}

    def __repr__(self) -> str:
        return f"TikTokAccounts({sorted({*self._accounts, *self._developers})})"

    def account(self, account_id: str) -> TikTokAccount:
        """The account on the Accounts API, connected or not."""
        return _made(self._accounts, account_id, self._make_account)

    def developer(self, account_id: str) -> DeveloperAccount:
        """The account on the developer host, connected or not."""
        return _made(self._developers, account_id, self._make_developer)

    def on(self, host: Host, account_id: str) -> TikTokAccount | DeveloperAccount:
        """The account on *host*, connected or not."""
        return self.account(account_id) if host is Host.ACCOUNTS else self.developer(account_id)

    def accounts_client(self, account_id: str) -> AccountsClient:
        """The Accounts API for this account. Its calls raise `StopError` while it is not connected."""
        return self.account(account_id).client

    def posting_client(self, account_id: str) -> PostingClient:
        """The Content Posting API for this account, likewise.

        Raises:
            StopError: The developer host is not set.
        """
        return self.developer(account_id).posting

    def display_client(self, account_id: str) -> DisplayClient | None:
        """The Display API, or None when this account did not agree that its videos are listed there."""
        if not self._settings.tiktok_developer_base_url:
            return None
        developer = self.developer(account_id)
        return developer.display if VIDEO_LIST_SCOPE in developer.scopes() else None

    def _make_account(self, account_id: str) -> TikTokAccount:
        return TikTokAccount(
            self._settings,
            ledger=self._ledger,
            keyring=self._keyring,
            clock=self._clock,
            account_id=account_id,
        )

    def _make_developer(self, account_id: str) -> DeveloperAccount:
        return DeveloperAccount(
            self._settings,
            ledger=self._ledger,
            keyring=self._keyring,
            clock=self._clock,
            account_id=account_id,
        )


def _made(known: dict[str, Made], name: str, make: Callable[[str], Made]) -> Made:
    if name not in known:
        known[name] = make(name)
    return known[name]
