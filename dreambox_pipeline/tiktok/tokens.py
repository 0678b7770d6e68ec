"""Where the client gets its access token: a port, and a fixed source for tests and scripts.

Tokens live a day, and refreshing one replaces both it and the refresh token. Storing them,
encrypted, is the caller's business; so is refreshing once when several processes ask at once.
"""

from typing import Protocol

from dreambox_pipeline.tiktok.errors import AccessTokenRejected


class TokenSource(Protocol):
    """Gives the access token of one connected account."""

    def business_id(self) -> str:
        """The account's `open_id`, which every call sends as `business_id`."""

    def access_token(self) -> str:
        """The stored access token, refreshed before if the source knows it has expired."""

    def refreshed(self, rejected: str) -> str:
        """An access token other than *rejected*, which TikTok just refused.

        A source shared by several workers refreshes only if the stored token still is
        *rejected*: refresh tokens rotate, and a second refresh would void the first.

        Raises:
            StopError: It cannot be refreshed; the account's owner must agree again.
        """


class StaticTokens:
    """One token that is never refreshed: for tests and one-off scripts."""

    def __init__(self, access_token: str, *, business_id: str) -> None:
        self._access_token = access_token
        self._business_id = business_id

    def __repr__(self) -> str:
        return f"StaticTokens(business_id={self._business_id!r})"

    def business_id(self) -> str:
        """The account's `open_id`."""
        return self._business_id

    def access_token(self) -> str:
        """The one token."""
        return self._access_token

    def refreshed(self, rejected: str) -> str:
        """Never gives another token.

        Raises:
            AccessTokenRejected: Always.
        """
        del rejected
        raise AccessTokenRejected(
            "TikTok refused the fixed access token of this script, and a fixed token cannot be "
            "refreshed. Connect the account again and use the new token."
        )
