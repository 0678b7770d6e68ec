"""Sending a person to TikTok's consent page, and reading what comes back in the address.

    https://www.tiktok.com/v2/auth/authorize?client_key=…&scope=…&state=…     the person agrees, or not
    <redirect_uri>?code=…&scopes=…&state=…      or      ?error=…&error_description=…&state=…

Both hosts use the same page. For the developer host a challenge goes along, and it is the lowercase
HEX of SHA-256, not base64url as everywhere else (Login Kit for Desktop); a base64url one is taken
here and fails at the token call. Nothing is sent over the network by this module.
"""

import hashlib
import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import parse_qs, urlencode, urlsplit

from pydantic import SecretStr

from dreambox_pipeline.errors import StopError
from dreambox_pipeline.tiktok.errors import (
    CallbackRejected,
    ConsentRequired,
    InvalidApp,
    ScopeMissing,
    TikTokError,
)

AUTHORIZE_URL = "https://www.tiktok.com/v2/auth/authorize/"
MAX_REDIRECT_CHARS = 512
MAX_QUOTED_CHARS = 200

Entropy = Callable[[int], bytes]
_QUOTES = "\"'`<>"
_WORD = re.compile(r"[a-z_]{1,64}")
_CLASS_BY_WORD: dict[str, type[TikTokError]] = {
    "invalid_client": InvalidApp,
    "invalid_request": InvalidApp,
    "invalid_scope": ScopeMissing,
    "unauthorized_client": InvalidApp,
}


@dataclass(frozen=True, slots=True)
class ConsentRequest:
    """One question to one person. Keep it until the answer comes; it is good for that only.

    Attributes:
        url: To be opened in the person's browser. Holds *state*, so it is not for logs.
        state: Must come back unchanged.
        code_verifier: Goes with the code to the token call; None where no challenge was sent.
    """

    url: SecretStr
    state: SecretStr
    redirect_uri: str
    scopes: frozenset[str]
    code_verifier: SecretStr | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    """What the person agreed to.

    Attributes:
        code: To be exchanged within ten minutes, once.
        granted: May be less than what was asked for; None when TikTok did not say.
    """

    code: SecretStr
    granted: frozenset[str] | None


def challenge_of(code_verifier: str) -> str:
    """The `code_challenge` TikTok wants: lowercase hex of SHA-256."""
    return hashlib.sha256(code_verifier.encode("ascii")).hexdigest()


def ask_developer_consent(
    *,
    client_key: str,
    scopes: Iterable[str],
    redirect_uri: str,
    authorize_url: str = AUTHORIZE_URL,
    entropy: Entropy = secrets.token_bytes,
) -> ConsentRequest:
    """The question for an app of the developer host, with a fresh verifier and state.

    Raises:
        StopError: TikTok would not take *redirect_uri*.
    """
    verifier = _token(entropy(48))  # 64 of the 43 to 128 characters that are allowed
    extra = {"code_challenge": challenge_of(verifier), "code_challenge_method": "S256"}
    query = {"client_key": client_key, "redirect_uri": redirect_uri, **extra}
    return _ask(authorize_url, query, scopes, _token(entropy(24)), SecretStr(verifier))


def ask_accounts_consent(
    *,
    app_id: str,
    scopes: Iterable[str],
    redirect_uri: str,
    authorize_url: str = AUTHORIZE_URL,
    entropy: Entropy = secrets.token_bytes,
) -> ConsentRequest:
    """The question for an app of the Accounts API (`tt_user`).

    `disable_auto_auth=1` always shows the page: without it a person who agreed before is sent
    back at once, at times without a code.

    Raises:
        StopError: TikTok would not take *redirect_uri*: for this app it is https, without a port, and
            ends with a slash.
    """
    _check_accounts_redirect_uri(redirect_uri)
    query = {"client_key": app_id, "redirect_uri": redirect_uri, "disable_auto_auth": "1"}
    return _ask(authorize_url, query, scopes, _token(entropy(24)), None)


def read_consent(callback: str, request: ConsentRequest) -> Consent:
    """The answer in *callback*: the whole address, or its query alone, as pasted by a person.

    Raises:
        CallbackRejected: It is no answer to *request*. The code in it must not be used.
        ConsentRequired: The person did not agree.
        ScopeMissing: The app may not ask for a scope.
        InvalidApp: The page does not know the app, or its redirect address.
    """
    # Split by hand: what a person pastes need not be an address, and may stand in quotes.
    text = "".join(callback.split()).strip(_QUOTES)
    query = parse_qs((text.partition("?")[2] or text).partition("#")[0])
    given = {name: values[0] for name, values in query.items() if len(values) == 1}
    if not hmac.compare_digest(
        given.get("state", "").encode("utf-8", "replace"),
        request.state.get_secret_value().encode(),
    ):
        raise CallbackRejected(
            "The address that came back does not carry the state of this login: it answers another one, was not "
            f"copied whole, or somebody made it up. {CallbackRejected.advice}"
        )
    if "error" in given:
        raise _refusal(given)
    code = given.get("code") or given.get("auth_code")
    if not code:
        raise CallbackRejected(
            f"The address that came back holds no code. {CallbackRejected.advice}"
        )
    listed = given.get("scopes", given.get("scope"))
    granted = None if listed is None else frozenset(filter(None, listed.split(",")))
    return Consent(SecretStr(code), granted)


def missing_scopes(consent: Consent, request: ConsentRequest) -> frozenset[str]:
    """What was asked for and not granted; empty when TikTok did not say."""
    return frozenset() if consent.granted is None else request.scopes - consent.granted


def _refusal(given: dict[str, str]) -> TikTokError:
    word = given["error"] if _WORD.fullmatch(given["error"]) else "an unreadable word"
    said = given.get("error_description", "no description")[:MAX_QUOTED_CHARS]
    cls = _CLASS_BY_WORD.get(word, ConsentRequired)
    return cls(f"TikTok's consent page answered {word}, {said!r}. {cls.advice}")


def _ask(
    authorize_url: str,
    query: dict[str, str],
    scopes: Iterable[str],
    state: str,
    code_verifier: SecretStr | None,
) -> ConsentRequest:
    check_redirect_uri(query["redirect_uri"])
    wanted = list(dict.fromkeys(scopes))
    whole = {**query, "response_type": "code", "scope": ",".join(wanted), "state": state}
    return ConsentRequest(
        url=SecretStr(f"{authorize_url}?{urlencode(whole)}"),
        state=SecretStr(state),
        redirect_uri=query["redirect_uri"],
        scopes=frozenset(wanted),
        code_verifier=code_verifier,
    )


def check_redirect_uri(redirect_uri: str) -> None:
    """Whether TikTok could take *redirect_uri*: https, or this machine with a port; no query.

    Raises:
        StopError: It could not.
    """
    fits = len(redirect_uri) < MAX_REDIRECT_CHARS and not {"?", "#"} & set(redirect_uri)
    if not (fits and _is_https_or_local(redirect_uri)):
        raise StopError(
            f"TikTok cannot send anybody back to {redirect_uri[:MAX_REDIRECT_CHARS]!r}: it takes https "
            "addresses without query and fragment, or http on 127.0.0.1 with a port. Register such "
            "an address in the developer portal and set it here."
        )


def _check_accounts_redirect_uri(redirect_uri: str) -> None:
    """The Accounts API's portal is stricter (authorization, doc 1738083939371009)."""
    check_redirect_uri(redirect_uri)
    parts = urlsplit(redirect_uri)
    if parts.scheme != "https" or parts.port is not None or not parts.path.endswith("/"):
        raise StopError(
            f"The Accounts API cannot send anybody back to {redirect_uri!r}: it takes https addresses without a port "
            "that end with a slash. Register such an address in its portal and set it as "
            "DREAMBOX_TIKTOK_REDIRECT_URI; nothing has to answer there, because the address that comes back is pasted."
        )


def _is_https_or_local(url: str) -> bool:
    try:
        parts = urlsplit(url)
        is_local = _is_loopback(parts.hostname or "") and parts.port is not None
    except ValueError:
        return False
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and is_local)
    )


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _token(noise: bytes) -> str:
    """*noise* in letters, digits, `-` and `_`."""
    return urlsafe_b64encode(noise).rstrip(b"=").decode("ascii")
