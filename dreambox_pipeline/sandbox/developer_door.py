"""Who may call the developer host, and how it answers: HTTP statuses and string codes."""

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from dreambox_pipeline.sandbox.accounts.envelope import request_id
from dreambox_pipeline.sandbox.accounts.limits import PER_DEVELOPER_ENDPOINT, DeveloperLimits
from dreambox_pipeline.sandbox.accounts.tokens import TokenError, TokenStore
from dreambox_pipeline.sandbox.world.world import World


class DeveloperError(Exception):
    """An answer with a code other than `ok`."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


class DeveloperDoor:
    """Checks tokens, scopes and limits, and wraps answers."""

    def __init__(self, world: World, tokens: TokenStore, limits: DeveloperLimits) -> None:
        self._world, self._tokens, self._limits = world, tokens, limits

    def admit(
        self,
        request: Request,
        *,
        scopes: frozenset[str] = frozenset(),
        per_minute: int = PER_DEVELOPER_ENDPOINT,
    ) -> str:
        """Lets a call through whose token has one of *scopes*, if any are named.

        Returns:
            The open id of the account that calls.

        Raises:
            DeveloperError: The token is not good, lacks the scope, or asked too often.
        """
        open_id, granted = self._granted(request)
        if scopes and not scopes & granted:
            message = "The user did not authorize the scope required for completing this request."
            raise DeveloperError(401, "scope_not_authorized", message)
        path = request.url.path
        # Posting is limited per account; for the rest the documentation does not say.
        key = path if per_minute == PER_DEVELOPER_ENDPOINT else f"{open_id} {path}"
        if not self._limits.admits(key, per_minute=per_minute):
            message = "The API rate limit was exceeded. Retry later."
            raise DeveloperError(429, "rate_limit_exceeded", message)
        return open_id

    def _granted(self, request: Request) -> tuple[str, frozenset[str]]:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        token = token if scheme == "Bearer" else ""
        try:
            return self._tokens.holder(token), frozenset(self._tokens.check(token).split(","))
        except TokenError as refused:
            message = "The access token is invalid or not found in the request."
            raise DeveloperError(401, "access_token_invalid", message) from refused

    def ok(self, data: dict[str, Any]) -> JSONResponse:
        """An answer with *data*."""
        error = {"code": "ok", "message": "", "log_id": request_id(self._world.clock.now())}
        return JSONResponse({"data": data, "error": error})

    def error(self, failed: DeveloperError) -> JSONResponse:
        """An answer that says what went wrong."""
        log_id = request_id(self._world.clock.now())
        error = {"code": failed.code, "message": failed.message, "log_id": log_id}
        return JSONResponse({"data": {}, "error": error}, status_code=failed.status)
