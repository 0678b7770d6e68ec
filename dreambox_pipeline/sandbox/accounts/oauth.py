"""The `tt_user` flow on the wire: exchange, refresh, revoke and token info."""

from typing import Any

from dreambox_pipeline.sandbox.accounts.envelope import (
    ACCESS_TOKEN_EXPIRED,
    AUTH_CODE_ERROR,
    EMPTY_ACCESS_TOKEN,
    INVALID_ACCESS_TOKEN,
    INVALID_GRANT_TYPE,
    INVALID_PARTNER,
    INVALID_REFRESH_TOKEN,
    PARAM_ERROR,
    REFRESH_TOKEN_EXPIRED,
    ApiError,
    Params,
)
from dreambox_pipeline.sandbox.accounts.tokens import TokenError, TokenPair, TokenStore

_ANSWERS = {
    "code": (AUTH_CODE_ERROR, "Auth_code is invalid, used or expired."),
    "refresh_invalid": (INVALID_REFRESH_TOKEN, "Refresh token is invalid or was replaced."),
    "refresh_expired": (REFRESH_TOKEN_EXPIRED, "Refresh token has expired."),
    "empty": (EMPTY_ACCESS_TOKEN, "Access token is empty."),
    "invalid": (INVALID_ACCESS_TOKEN, "Access token is incorrect or has been revoked."),
    "expired": (ACCESS_TOKEN_EXPIRED, "Access token has expired."),
}


def api_error(refused: TokenError) -> ApiError:
    """The Accounts API's answer to a refused credential."""
    return ApiError(*_ANSWERS[refused.reason])


class OAuthApi:
    """The four token endpoints; none of them takes an Access-Token header."""

    def __init__(self, tokens: TokenStore) -> None:
        self._tokens = tokens

    def token(self, params: Params) -> dict[str, Any]:
        """`POST /tt_user/oauth2/token/`."""
        self._check_client(params)
        _check_grant_type(params, "authorization_code")
        code = params.text("auth_code")
        if not params.text("redirect_uri").startswith(("https://", "http://127.0.0.1")):
            raise ApiError(PARAM_ERROR, "redirect_uri: Must be an absolute https URL.")
        try:
            return _wire(self._tokens.exchange(code, redirect_uri=params.text("redirect_uri")))
        except TokenError as refused:
            raise api_error(refused) from refused

    def refresh(self, params: Params) -> dict[str, Any]:
        """`POST /tt_user/oauth2/refresh_token/`."""
        self._check_client(params)
        _check_grant_type(params, "refresh_token")
        try:
            return _wire(self._tokens.refresh(params.text("refresh_token")))
        except TokenError as refused:
            raise api_error(refused) from refused

    def revoke(self, params: Params) -> dict[str, Any]:
        """`POST /tt_user/oauth2/revoke/`."""
        self._check_client(params)
        try:
            self._tokens.revoke(params.text("access_token"))
        except TokenError as refused:
            raise api_error(refused) from refused
        return {}

    def info(self, params: Params) -> dict[str, Any]:
        """`POST /tt_user/token_info/get/`."""
        if params.text("app_id") != self._tokens.app_id:
            raise ApiError(INVALID_PARTNER, "The app_id is incorrect.")
        try:
            scope = self._tokens.check(params.text("access_token"))
            open_id = self._tokens.holder(params.text("access_token"))
        except TokenError as refused:
            raise api_error(refused) from refused
        return {
            "app_id": self._tokens.app_id,
            "scope": scope,
            "creator_id": open_id,
        }

    def _check_client(self, params: Params) -> None:
        if not self._tokens.accepts_app(params.text("client_id"), params.text("client_secret")):
            raise ApiError(INVALID_PARTNER, "The client_id or client_secret is incorrect.")


def _check_grant_type(params: Params, expected: str) -> None:
    if params.text("grant_type") != expected:
        raise ApiError(INVALID_GRANT_TYPE, f"grant_type must be {expected}.")


def _wire(pair: TokenPair) -> dict[str, Any]:
    return {
        "access_token": pair.access_token,
        "expires_in": pair.expires_in,
        "open_id": pair.open_id,
        "refresh_token": pair.refresh_token,
        "refresh_token_expires_in": pair.refresh_expires_in,
        "scope": pair.scope,
        "token_type": "Bearer",
    }
