"""Connecting an account and keeping its tokens fresh: the calls that send no access token.

A code is good for ten minutes and once; an access token for a day; a refresh token for a year
from the first consent, and each refresh replaces it. Store what comes back before using it: the
old refresh token is void. Storing is not done here.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from pydantic import SecretStr, ValidationError

from dreambox_pipeline.tiktok.errors import GarbledAnswer
from dreambox_pipeline.tiktok.schemas import TokenInfo, TokenPair, WireObject
from dreambox_pipeline.tiktok.transport import Transport

Read = TypeVar("Read", bound=WireObject)


class TokenEndpoint:
    """TikTok's token endpoints for one app; made before any token exists.

    Args:
        now: Stamps `TokenPair.issued_at`.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        app_id: str,
        app_secret: SecretStr,
        now: Callable[[], datetime],
    ) -> None:
        self._transport, self._now = transport, now
        self._app_id, self._app_secret = app_id, app_secret

    def __repr__(self) -> str:
        return f"TokenEndpoint(app_id={self._app_id!r})"

    def exchange_code(self, auth_code: str, redirect_uri: str) -> TokenPair:
        """Turn the code from the callback into tokens.

        Args:
            auth_code: URL-decoded; from the callback's `code` or `auth_code`.
            redirect_uri: Exactly as registered, with its final slash.

        Raises:
            ConsentRequired: The code was used already or is older than ten minutes.
            TikTokError: After an unknown outcome the code may be used up; ask for a new one.
        """
        return self._tokens(
            "/tt_user/oauth2/token/",
            grant_type="authorization_code",
            auth_code=auth_code,
            redirect_uri=redirect_uri,
        )

    def refresh(self, refresh_token: str) -> TokenPair:
        """A new pair of tokens; *refresh_token* is void afterwards.

        Raises:
            ConsentRequired: The year is over or access was taken back.
            TikTokError: After an unknown outcome *refresh_token* may be void.
        """
        return self._tokens(
            "/tt_user/oauth2/refresh_token/",
            grant_type="refresh_token",
            refresh_token=refresh_token,
        )

    def token_info(self, access_token: str) -> TokenInfo:
        """What *access_token* may do, and whose it is."""
        body = {"app_id": self._app_id, "access_token": access_token}
        path = "/tt_user/token_info/get/"
        return read_object(self._transport.post(path, body=body), TokenInfo, path=path)

    def revoke(self, access_token: str) -> None:
        """End the consent that *access_token* came from; its refresh token is void, too."""
        secret = self._app_secret.get_secret_value()
        body = {"client_id": self._app_id, "client_secret": secret, "access_token": access_token}
        self._transport.post("/tt_user/oauth2/revoke/", body=body)

    def _tokens(self, path: str, **body: str) -> TokenPair:
        issued_at = self._now()
        secret = self._app_secret.get_secret_value()
        data = self._transport.post(
            path, body={"client_id": self._app_id, "client_secret": secret, **body}
        )
        return read_object(data | {"issued_at": issued_at}, TokenPair, path=path)


def read_object(data: dict[str, Any], of: type[Read], *, path: str, was_write: bool = True) -> Read:
    """*data* as an *of*.

    Args:
        data: The answer's `data`.
        of: What to read it as.
        path: Where it came from, for the message.
        was_write: The call changed something, and that has happened although we cannot read it.

    Raises:
        GarbledAnswer: A field that everything depends on is missing or unreadable. Names the
            fields and never their values, which may be tokens.
    """
    try:
        return of.model_validate(data)
    except ValidationError as error:
        fields = sorted({".".join(str(part) for part in e["loc"]) for e in error.errors()})
        raise GarbledAnswer(
            f"The answer from {path} cannot be read as {of.__name__}: {', '.join(fields)} missing "
            f"or unreadable. {GarbledAnswer.advice}",
            path=path,
            may_have_taken_effect=was_write,
        ) from None  # the validation error quotes the values
