"""The Accounts API as one list of routes: who may call what, how often, and how it fails."""

from collections.abc import Awaitable, Callable
from inspect import isawaitable
from sqlite3 import OperationalError
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from dreambox_pipeline.sandbox.accounts import envelope
from dreambox_pipeline.sandbox.accounts.business import BusinessApi
from dreambox_pipeline.sandbox.accounts.comments import CommentsApi
from dreambox_pipeline.sandbox.accounts.envelope import ApiError, Params
from dreambox_pipeline.sandbox.accounts.limits import PER_ENDPOINT, RateLimits
from dreambox_pipeline.sandbox.accounts.oauth import OAuthApi, api_error
from dreambox_pipeline.sandbox.accounts.publishing import PER_MINUTE, PublishingApi
from dreambox_pipeline.sandbox.accounts.tokens import TokenError, TokenStore
from dreambox_pipeline.sandbox.accounts.webhooks import WebhooksApi
from dreambox_pipeline.sandbox.world.world import World

PREFIX = "/open_api/v1.3"

Handler = Callable[[Params], dict[str, Any] | Awaitable[dict[str, Any]]]


class AccountsApi:
    """All endpoints of the Accounts API over one world."""

    def __init__(self, world: World, tokens: TokenStore, *, limits_enabled: bool = True) -> None:
        self._world = world
        self._tokens = tokens
        self.limits = RateLimits(world.clock, enabled=limits_enabled)
        self.comments = CommentsApi(world)
        self.publishing = PublishingApi(world, tokens, limits_enabled=limits_enabled)
        self.webhooks = WebhooksApi(world, tokens)
        self._business = BusinessApi(world)
        self._oauth = OAuthApi(tokens)

    def routes(self) -> list[Route]:
        """Every route; unknown paths under the prefix answer code 40400."""
        return [
            *self._oauth_routes(),
            *self._account_routes(),
            *self._app_routes(),
            Route(f"{PREFIX}/{{rest:path}}", self._unknown, methods=["GET", "POST"]),
        ]

    def _oauth_routes(self) -> list[Route]:
        oauth = self._oauth
        return [
            self._route("POST", "/tt_user/oauth2/token/", oauth.token),
            self._route("POST", "/tt_user/oauth2/refresh_token/", oauth.refresh),
            self._route("POST", "/tt_user/oauth2/revoke/", oauth.revoke),
            self._route("POST", "/tt_user/token_info/get/", oauth.info),
        ]

    def _account_routes(self) -> list[Route]:
        comments, publishing = self.comments, self.publishing
        return [
            self._owned("GET", "/business/get/", self._business.get),
            self._owned("GET", "/business/video/list/", self._business.list_videos),
            self._owned("GET", "/business/comment/list/", comments.list_comments),
            self._owned("GET", "/business/comment/reply/list/", comments.list_replies),
            self._owned("POST", "/business/comment/reply/create/", comments.create_reply),
            self._owned("POST", "/business/comment/create/", comments.create_comment),
            self._owned("POST", "/business/comment/hide/", comments.hide),
            self._owned("POST", "/business/comment/like/", comments.like),
            self._owned("POST", "/business/comment/delete/", comments.delete),
            self._owned("GET", "/business/video/settings/", publishing.settings),
            self._owned(
                "POST", "/business/video/publish/", publishing.publish, per_minute=PER_MINUTE
            ),
            self._owned("GET", "/business/publish/status/", publishing.status),
        ]

    def _app_routes(self) -> list[Route]:
        publishing, webhooks = self.publishing, self.webhooks
        return [
            self._route("POST", "/business/property/add/", publishing.add_property),
            self._route("POST", "/business/property/verify/", publishing.verify_property),
            self._route("POST", "/business/property/delete/", publishing.delete_property),
            self._route("GET", "/business/property/list/", publishing.list_properties),
            self._route("POST", "/business/webhook/update/", webhooks.update),
            self._route("POST", "/business/webhook/delete/", webhooks.delete),
            self._route("GET", "/business/webhook/list/", webhooks.list_registered),
        ]

    def _owned(
        self, method: str, path: str, handler: Handler, *, per_minute: int = PER_ENDPOINT
    ) -> Route:
        """A route that needs the account's token, counts against limits and checks the account."""

        async def endpoint(request: Request) -> Response:
            async def call() -> dict[str, Any]:
                open_id = self._holder(request)
                self.limits.admit(open_id, path, per_minute=per_minute)
                params = await Params.of(request)
                if params.text("business_id") != open_id:
                    raise ApiError(
                        envelope.PERMISSION_ERROR, "No permission to operate this business_id."
                    )
                return await _result(handler, params)

            return await self._answer(call)

        return Route(PREFIX + path, endpoint, methods=[method])

    def _route(self, method: str, path: str, handler: Handler) -> Route:
        """A route that identifies the app by its id and secret in the parameters."""

        async def endpoint(request: Request) -> Response:
            async def call() -> dict[str, Any]:
                self.limits.admit_app()
                return await _result(handler, await Params.of(request))

            return await self._answer(call)

        return Route(PREFIX + path, endpoint, methods=[method])

    def _holder(self, request: Request) -> str:
        try:
            return self._tokens.holder(request.headers.get("access-token", ""))
        except TokenError as refused:
            raise api_error(refused) from refused

    async def _answer(self, call: Callable[[], Awaitable[dict[str, Any]]]) -> Response:
        now = self._world.clock.now()
        try:
            return envelope.envelope(await call(), now=now)
        except ApiError as failed:
            return envelope.envelope({}, now=now, code=failed.code, message=failed.message)
        except OperationalError as failed:  # the state file's disk is full or locked
            message = f"System error: {failed}"
            return envelope.envelope({}, now=now, code=envelope.SYSTEM_ERROR, message=message)

    async def _unknown(self, request: Request) -> Response:
        message = f"The path {request.url.path} was not found."
        now = self._world.clock.now()
        return envelope.envelope({}, now=now, code=envelope.ROUTE_NOT_FOUND, message=message)


async def _result(handler: Handler, params: Params) -> dict[str, Any]:
    found = handler(params)
    return await found if isawaitable(found) else found
