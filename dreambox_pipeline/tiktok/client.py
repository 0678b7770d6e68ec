"""The Accounts API for one connected account, as methods that return values and raise `TikTokError`.

`AccountsClient` puts the parts together: comments (`comment_calls`), videos and publishing
(`video_calls`), the app's registrations (`app_calls`) and tokens (`oauth`), over one transport
with one limiter. Nothing here knows what the answers are wanted for.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Self

import httpx
from pydantic import SecretStr

from dreambox_pipeline.tiktok.app_calls import AppCalls
from dreambox_pipeline.tiktok.comment_calls import CommentCalls, CommentStatus
from dreambox_pipeline.tiktok.endpoints import MAX_REPLY_CHARS, PUBLISH
from dreambox_pipeline.tiktok.limits import (
    APP_QUERIES_PER_MINUTE,
    PUBLISHES_PER_MINUTE,
    SAFE_WINDOW_S,
    RequestLimiter,
    SlidingWindowLimiter,
)
from dreambox_pipeline.tiktok.oauth import TokenEndpoint
from dreambox_pipeline.tiktok.schemas import TokenInfo, TokenPair
from dreambox_pipeline.tiktok.tokens import TokenSource
from dreambox_pipeline.tiktok.transport import Limits, Transport
from dreambox_pipeline.tiktok.video_calls import PublishReceipt, VideoCalls, VideoFilters

__all__ = ["AccountsClient", "CommentStatus", "PublishReceipt", "VideoFilters"]


class AccountsClient(CommentCalls, VideoCalls):
    """TikTok's Accounts API, for one account.

    Args:
        base_url: With the version: `https://business-api.tiktok.com/open_api/v1.3`.
        app_id, app_secret: From TikTok's developer portal.
        tokens: Gives the access token, and another one when TikTok refuses it.
        now: The clock TikTok counts with; live, the machine's.
        sleep: Waits before a request that would breach a limit, in that clock's seconds.
        http: Given by tests; otherwise one with timeouts is made.
        limiter: Shared by all processes that use this app; without one, this client counts alone.

    Attributes:
        app: The calls that need no account: webhook registrations and URL properties.
    """

    def __init__(
        self,
        base_url: str,
        *,
        app_id: str,
        app_secret: str | SecretStr,
        tokens: TokenSource,
        now: Callable[[], datetime],
        sleep: Callable[[float], None],
        http: httpx.Client | None = None,
        limits: Limits | None = None,
        limiter: RequestLimiter | None = None,
        max_reply_chars: int = MAX_REPLY_CHARS,
    ) -> None:
        secret = app_secret if isinstance(app_secret, SecretStr) else SecretStr(app_secret)
        limiter = limiter or SlidingWindowLimiter(
            now=now,
            sleep=sleep,
            limits={PUBLISH: PUBLISHES_PER_MINUTE},
            app_limit=APP_QUERIES_PER_MINUTE,
            window_s=SAFE_WINDOW_S,
        )
        transport = Transport(base_url, http=http, limits=limits, limiter=limiter, now=now)
        super().__init__(transport, tokens, max_reply_chars=max_reply_chars)
        self._oauth = TokenEndpoint(transport, app_id=app_id, app_secret=secret, now=now)
        self.app = AppCalls(transport, app_id=app_id, app_secret=secret)

    def __repr__(self) -> str:
        return f"AccountsClient({self._transport!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._transport.close()

    def exchange_code(self, auth_code: str, redirect_uri: str) -> TokenPair:
        """See `TokenEndpoint.exchange_code`."""
        return self._oauth.exchange_code(auth_code, redirect_uri)

    def refresh(self, refresh_token: str) -> TokenPair:
        """See `TokenEndpoint.refresh`."""
        return self._oauth.refresh(refresh_token)

    def revoke(self) -> None:
        """Disconnect the account: its current tokens are void afterwards. Delete the stored ones."""
        self._with_token(self._oauth.revoke)

    def token_info(self) -> TokenInfo:
        """What the current access token may do: compare `scopes` at start-up."""
        return self._with_token(self._oauth.token_info)
