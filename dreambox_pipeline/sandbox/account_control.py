"""Control endpoints for what happens to accounts and their posts: names, bans, endings, takedowns.

Under `/__sandbox__/` like the others; see `control`.
"""

from dataclasses import asdict
from typing import Any

from starlette.requests import Request
from starlette.routing import Route

from dreambox_pipeline.sandbox.accounts.fetching import is_loopback
from dreambox_pipeline.sandbox.accounts.post_events import PORTAL
from dreambox_pipeline.sandbox.accounts.tokens import ACCOUNTS, DEVELOPER, TokenStore
from dreambox_pipeline.sandbox.control import control_route, json_body
from dreambox_pipeline.sandbox.world.accounts import Account
from dreambox_pipeline.sandbox.world.world import World

Body = dict[str, Any]
_MAIN = "main"
_BY_THE_PERSON = 1
_REASONS = range(6)


class AccountControl:
    """The endpoints; an account is named by its open id, or `main`."""

    def __init__(self, world: World, tokens: TokenStore) -> None:
        self._world = world
        self._tokens = tokens

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            control_route("POST", "/accounts", self.add),
            control_route("GET", "/accounts/{open_id}", self.show),
            control_route("POST", "/accounts/{open_id}", self.change),
            control_route("POST", "/accounts/{open_id}/disconnect", self.disconnect),
            control_route("POST", "/posts/{post_id}/take_down", self.take_down),
            control_route("POST", "/posts/{post_id}/bring_back", self.bring_back),
            control_route("POST", "/developer_webhook", self.subscribe),
            control_route("DELETE", "/developer_webhook", self.unsubscribe),
        ]

    async def add(self, request: Request) -> Body:
        """Another account, with a fresh auth code of it."""
        body = await json_body(request)
        account = self._world.accounts.add(str(body.get("username", "")))
        code = self._tokens.new_code(open_id=account.open_id)
        return self._wire(account) | {"auth_code": code}

    async def show(self, request: Request) -> Body:
        """The account as it is."""
        return self._wire(self._account(request))

    async def change(self, request: Request) -> Body:
        """Renames, bans from posting, or signs in to the consent page."""
        body = await json_body(request)
        known = {"username": str, "is_banned": bool, "is_signed_in": bool}
        for name, value in body.items():
            if name not in known or not isinstance(value, known[name]):
                raise ValueError(
                    f"{name}={value!r} is not understood; there are username (text), is_banned and "
                    "is_signed_in (true or false)."
                )
        account = self._account(request)
        changed = self._world.accounts.change(
            account.open_id, username=body.get("username"), is_banned=body.get("is_banned")
        )
        if "is_signed_in" in body:
            is_in = body["is_signed_in"]
            self._world.accounts.sign_in(account.open_id if is_in else self._world.business_id)
        return self._wire(changed)

    async def disconnect(self, request: Request) -> Body:
        """Ends its authorizations, at one host or both, with TikTok's reason."""
        body = await json_body(request)
        reason, host = body.get("reason", _BY_THE_PERSON), body.get("host")
        if type(reason) is not int or reason not in _REASONS:
            raise ValueError(f"reason is {reason!r}; TikTok's are 0 to {_REASONS[-1]}.")
        if host not in (None, ACCOUNTS, DEVELOPER):
            raise ValueError(f"host is {host!r}; there are {ACCOUNTS} and {DEVELOPER}.")
        open_id = self._account(request).open_id
        return {"ended": self._tokens.disconnect(open_id, reason=reason, host=host)}

    async def take_down(self, request: Request) -> Body:
        """The platform hides a post; webhooks tell, lists leave it out."""
        post_id = request.path_params["post_id"]
        self._world.publications.take_down(post_id, now=self._world.now)
        return {"taken_down": post_id}

    async def bring_back(self, request: Request) -> Body:
        """It is public again."""
        post_id = request.path_params["post_id"]
        self._world.publications.bring_back(post_id, now=self._world.now)
        return {"public": post_id}

    async def subscribe(self, request: Request) -> Body:
        """Registers the callback of the developer host's app, as a person does in the portal."""
        callback_url = str((await json_body(request)).get("callback_url", ""))
        if not is_loopback(callback_url):
            raise ValueError("callback_url: This sandbox delivers to loopback only.")
        document = {"callback_url": callback_url, "since": self._world.now}
        self._world.state.put("webhook", PORTAL, document)
        return {"callback_url": callback_url}

    async def unsubscribe(self, request: Request) -> Body:
        """Removes it."""
        del request
        self._world.state.remove("webhook", PORTAL)
        return {"callback_url": ""}

    def _account(self, request: Request) -> Account:
        name = str(request.path_params["open_id"])
        return self._world.accounts.get(self._world.business_id if name == _MAIN else name)

    def _wire(self, account: Account) -> Body:
        is_signed_in = self._world.accounts.signed_in == account.open_id
        return asdict(account) | {"is_signed_in": is_signed_in}
