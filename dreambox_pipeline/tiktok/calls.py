"""One call for one connected account: its token sent along, refreshed once when TikTok refuses it.

A refused call was not carried out, so repeating it with a new token is safe for writes too.
Which calls there are is in the `*_calls` modules; how a request travels is in `transport`.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from dreambox_pipeline.tiktok.errors import AccessTokenRejected
from dreambox_pipeline.tiktok.listing import Page, read_page
from dreambox_pipeline.tiktok.schemas import WireObject
from dreambox_pipeline.tiktok.tokens import TokenSource
from dreambox_pipeline.tiktok.transport import Transport

Answer = TypeVar("Answer")
Entry = TypeVar("Entry", bound=WireObject)


class AccountCalls:
    """Base of the calls that need an account.

    Args:
        transport: Sends the requests.
        tokens: Gives the access token, and another one when TikTok refuses it.
    """

    def __init__(self, transport: Transport, tokens: TokenSource) -> None:
        self._transport = transport
        self._tokens = tokens

    def _get(self, path: str, params: Mapping[str, object]) -> dict[str, Any]:
        def call(token: str) -> dict[str, Any]:
            whole = {"business_id": self._tokens.business_id(), **params}
            return self._transport.get(path, params=whole, headers={"Access-Token": token})

        return self._with_token(call)

    def _post(self, path: str, body: Mapping[str, object]) -> dict[str, Any]:
        def call(token: str) -> dict[str, Any]:
            whole = {"business_id": self._tokens.business_id(), **body}
            return self._transport.post(path, body=whole, headers={"Access-Token": token})

        return self._with_token(call)

    def _pages(
        self, path: str, key: str, of: type[Entry], params: Mapping[str, object]
    ) -> Callable[[int | None], Page[Entry]]:
        def page(cursor: int | None) -> Page[Entry]:
            return read_page(self._get(path, {**params, "cursor": cursor}), key=key, of=of)

        return page

    def _with_token(self, call: Callable[[str], Answer]) -> Answer:
        token = self._tokens.access_token()
        try:
            return call(token)
        except AccessTokenRejected:
            return call(self._tokens.refreshed(token))
