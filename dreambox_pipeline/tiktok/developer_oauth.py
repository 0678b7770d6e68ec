"""The developer host's token endpoints: exchange, refresh, revoke.

Bodies are forms, answers are flat JSON without any envelope, and refusals come with HTTP 200 and
an `error` word (as recorded on the live host). Tokens live as on the Accounts API: an access token
for a day, a refresh token for a year, and each refresh may replace it. How a person is asked is in
`consent`. Storing is not done here.
"""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Self

import httpx
from pydantic import SecretStr

from dreambox_pipeline.tiktok import errors
from dreambox_pipeline.tiktok.envelope import MAX_QUOTED_CHARS, open_developer_envelope
from dreambox_pipeline.tiktok.oauth import read_object
from dreambox_pipeline.tiktok.schemas import TokenPair
from dreambox_pipeline.tiktok.transport import Limits, Transport

TOKEN = "/v2/oauth/token/"  # noqa: S105 - an address
REVOKE = "/v2/oauth/revoke/"

CLASS_BY_WORD: Mapping[str, type[errors.TikTokError]] = MappingProxyType(
    {
        "access_denied": errors.ConsentRequired,
        "invalid_client": errors.InvalidApp,
        "invalid_grant": errors.ConsentRequired,
        "invalid_request": errors.InvalidParams,
        "invalid_scope": errors.ScopeMissing,
        "server_error": errors.ServerFault,
        "temporarily_unavailable": errors.ServerFault,
        "unauthorized_client": errors.AppNotApproved,
        "unsupported_grant_type": errors.ApiMismatch,
        "unsupported_response_type": errors.ApiMismatch,
    }
)
"""TikTok's OAuth words (Login Kit, error handling)."""


class DeveloperTokenEndpoint:
    """The token endpoints of the developer host, for one app; made before any token exists.

    Args:
        base_url: `https://open.tiktokapis.com`, with `/v2` at the end or without.
        client_key, client_secret: From TikTok's developer portal.
        now: Stamps `TokenPair.issued_at`.
        http: Given by tests; otherwise one with timeouts is made.
    """

    def __init__(
        self,
        base_url: str,
        *,
        client_key: str,
        client_secret: SecretStr,
        now: Callable[[], datetime],
        http: httpx.Client | None = None,
        limits: Limits | None = None,
    ) -> None:
        self._client_key, self._client_secret, self._now = client_key, client_secret, now
        self._transport = Transport(
            base_url.rstrip("/").removesuffix("/v2"),
            http=http,
            limits=limits,
            now=now,
            opener=open_flat_answer,
        )

    def __repr__(self) -> str:
        return f"DeveloperTokenEndpoint(client_key={self._client_key!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._transport.close()

    def exchange_code(
        self, code: SecretStr, redirect_uri: str, code_verifier: SecretStr | None
    ) -> TokenPair:
        """Turn the code from the callback into tokens.

        Args:
            code: URL-decoded, as `consent.read_consent` gives it.
            redirect_uri: The one the consent was asked with.
            code_verifier: The one whose challenge went along; None for a web app without one.

        Raises:
            ConsentRequired: The code was used, is too old, or the verifier does not belong to it.
            TikTokError: After an unknown outcome the code may be used up; ask for a new one.
        """
        form = {
            "grant_type": "authorization_code",
            "code": code.get_secret_value(),
            "redirect_uri": redirect_uri,
        }
        if code_verifier is not None:
            form["code_verifier"] = code_verifier.get_secret_value()
        return self._tokens(form)

    def refresh(self, refresh_token: str) -> TokenPair:
        """A new pair of tokens; *refresh_token* may be void afterwards, so store what comes back.

        Raises:
            ConsentRequired: The year is over or access was taken back.
            TikTokError: After an unknown outcome *refresh_token* may be void.
        """
        return self._tokens({"grant_type": "refresh_token", "refresh_token": refresh_token})

    def revoke(self, access_token: str) -> None:
        """End the consent that *access_token* came from. Delete the stored tokens afterwards.

        Raises:
            ConsentRequired: It was over already.
        """
        self._transport.post_form(REVOKE, form=self._identified({"token": access_token}))

    def _tokens(self, form: dict[str, str]) -> TokenPair:
        issued_at = self._now()
        data = self._transport.post_form(TOKEN, form=self._identified(form))
        lasts = {"refresh_token_expires_in": data.get("refresh_expires_in")}
        return read_object(data | lasts | {"issued_at": issued_at}, TokenPair, path=TOKEN)

    def _identified(self, form: Mapping[str, str]) -> dict[str, str]:
        secret = self._client_secret.get_secret_value()
        return {"client_key": self._client_key, "client_secret": secret, **form}


def open_flat_answer(
    response: httpx.Response,
    body: bytes,
    *,
    method: str,
    path: str,
    now: Callable[[], datetime],
) -> dict[str, Any]:
    """The answer itself, unless it holds an `error`; an empty one is an empty object.

    Raises:
        TikTokError: By the word in `error`, otherwise by HTTP status.
    """
    if response.is_success and not body.strip():
        return {}
    answer = _object(body)
    word = answer.get("error") if answer else None
    if answer is None or isinstance(word, dict) or (not word and not response.is_success):
        # Not flat: something else answered, or the host in its other style.
        opened = open_developer_envelope(response, body, method=method, path=path, now=now)
        return opened if answer is None else answer
    if not word:
        return answer
    cls = CLASS_BY_WORD.get(str(word), errors.UnknownTikTokError)
    said = str(answer.get("error_description") or "no description")[:MAX_QUOTED_CHARS]
    log_id = str(answer.get("log_id") or "")[:MAX_QUOTED_CHARS] or None
    raise cls(
        f"{method} {path}: TikTok answered {str(word)[:MAX_QUOTED_CHARS]!r}, {said!r} (HTTP "
        f"{response.status_code}, log id {log_id or 'none'}). {cls.advice}",
        http_status=response.status_code,
        log_id=log_id,
        path=path,
    )


def _object(body: bytes) -> dict[str, Any] | None:
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None
