"""One request to the Accounts API and its envelope; everything that is not data becomes an error.

    HTTP 200  {"code": 0, "message": "OK", "request_id": "…", "data": {…}}

Reads are repeated within a budget of seconds when the network or TikTok stumbles; that wait is
wall time, because packets do not travel on a simulated clock. Writes are never repeated: there
is no idempotency key, and a second try can post twice. Headers, bodies and queries hold tokens
and secrets, so neither logs nor errors ever contain them.
"""

import json
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import Any

import httpx
import stamina
from pydantic import BaseModel, ConfigDict

from dreambox_pipeline.errors import TransientError
from dreambox_pipeline.tiktok import errors

MAX_ANSWER_BYTES = 16 * 1024 * 1024
"""Thirty comments are about 30 kB; sixteen megabytes are not an answer but an attack or a mix-up."""

MAX_QUOTED_CHARS = 200
"""How much of TikTok's own message goes into ours."""


class Limits(BaseModel):
    """How long to wait and how often to try, all in wall seconds.

    Attributes:
        connect_s, read_s: For a connection, and for the next bytes of an answer.
        answer_s: For one whole answer, so that a dripping server cannot hold a worker.
        budget_s: For a read with all its repetitions; what takes longer is the caller's business.
        attempts: At most this many tries of one read.
    """

    model_config = ConfigDict(frozen=True)

    connect_s: float = 5.0
    read_s: float = 20.0
    answer_s: float = 60.0
    budget_s: float = 30.0
    attempts: int = 4


def http_client(base_url: str, limits: Limits) -> httpx.Client:
    """A client with timeouts and no redirects; on loopback it ignores the machine's proxies."""
    timeout = httpx.Timeout(limits.read_s, connect=limits.connect_s)
    return httpx.Client(
        timeout=timeout, follow_redirects=False, trust_env=not _is_loopback(base_url)
    )


def _is_loopback(url: str) -> bool:
    host = httpx.URL(url).host
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def query_text(params: Mapping[str, object]) -> dict[str, str]:
    """*params* as TikTok wants them in a query: lists and objects as JSON, booleans in lower case."""
    return {
        name: value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))
        for name, value in params.items()
        if value is not None
    }


class Transport:
    """Sends requests to *base_url* and returns the `data` of the answer.

    Args:
        base_url: With the version, for example `https://business-api.tiktok.com/open_api/v1.3`.
        http: Given by tests; otherwise one is made from *limits*.
        before_try: Called with the path before every single try, so repetitions count too.
    """

    def __init__(
        self,
        base_url: str,
        *,
        http: httpx.Client | None = None,
        limits: Limits | None = None,
        before_try: Callable[[str], object] = lambda _path: None,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._limits = limits or Limits()
        self._before_try = before_try
        self._http = http or http_client(base_url, self._limits)

    def __repr__(self) -> str:
        return f"Transport({self._base_url!r})"

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def get(
        self, path: str, *, params: Mapping[str, object], headers: Mapping[str, str]
    ) -> dict[str, Any]:
        """Read *path*; repeated within the budget when that can help.

        Raises:
            TikTokError: The last answer, when no try brought data.
        """
        for attempt in stamina.retry_context(
            on=self._wait_before_retry,
            attempts=self._limits.attempts,
            timeout=self._limits.budget_s,
        ):
            with attempt:
                return self._send("GET", path, params=query_text(params), headers=headers)
        raise AssertionError("stamina ends by returning or raising")

    def post(
        self, path: str, *, body: Mapping[str, object], headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """Send *body* to *path*, exactly once.

        Raises:
            TikTokError: Its `may_have_taken_effect` says whether to look before trying again.
        """
        return self._send("POST", path, json=dict(body), headers=headers or {})

    def _wait_before_retry(self, error: Exception) -> bool | float:
        if not isinstance(error, TransientError):
            return False
        if error.retry_after_s is None:
            return True
        fits = error.retry_after_s <= self._limits.budget_s / 2
        return error.retry_after_s if fits else False

    def _send(self, method: str, path: str, **parts: Any) -> dict[str, Any]:
        self._before_try(path)
        try:
            request = self._http.build_request(method, self._base_url + path, **parts)
            response = self._http.send(request, stream=True)
            try:
                body = self._read(response, path)
            finally:
                response.close()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise _unreachable(method, path, error, was_sent=False) from error
        except httpx.TimeoutException as error:
            raise _unreachable(method, path, error, was_sent=True) from error
        except httpx.HTTPError as error:
            raise _broken_off(method, path, error) from error
        return open_envelope(response, body, method=method, path=path)

    def _read(self, response: httpx.Response, path: str) -> bytes:
        deadline = time.monotonic() + self._limits.answer_s
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > MAX_ANSWER_BYTES or time.monotonic() > deadline:
                raise errors.GarbledAnswer(
                    f"The answer from {path} was cut off here after {len(body)} bytes: it is "
                    f"longer than {MAX_ANSWER_BYTES} bytes or took more than "
                    f"{self._limits.answer_s:g} s. {errors.GarbledAnswer.advice}",
                    path=path,
                    http_status=response.status_code,
                )
        return bytes(body)


def _unreachable(
    method: str, path: str, error: httpx.HTTPError, *, was_sent: bool
) -> errors.Unreachable:
    kind = "no answer in time" if was_sent else "no connection"
    return errors.Unreachable(
        f"{method} {path}: {kind} ({type(error).__name__}). {errors.Unreachable.advice}",
        path=path,
        may_have_taken_effect=was_sent and method != "GET",
    )


def _broken_off(method: str, path: str, error: httpx.HTTPError) -> errors.GarbledAnswer:
    return errors.GarbledAnswer(
        f"{method} {path}: the connection broke off ({type(error).__name__}). "
        f"{errors.GarbledAnswer.advice}",
        path=path,
        may_have_taken_effect=method != "GET",
    )


def open_envelope(
    response: httpx.Response, body: bytes, *, method: str, path: str
) -> dict[str, Any]:
    """The `data` inside *body*, or the error that TikTok or something on the way answered.

    Raises:
        TikTokError: By `code` when there is an envelope, otherwise by HTTP status.
    """
    envelope = _parse(body)
    if envelope is None:
        raise _without_envelope(response, body, method=method, path=path)
    code = envelope["code"]
    if code in errors.SUCCESS_CODES and response.is_success:
        data = envelope.get("data")
        return data if isinstance(data, dict) else {}
    cls = _class_for(code, response.status_code)
    said = str(envelope.get("message") or "no message")[:MAX_QUOTED_CHARS]
    raise cls(
        f"{method} {path}: TikTok answered {code}, {said!r} (HTTP {response.status_code}, "
        f"request id {envelope.get('request_id') or 'none'}). {cls.advice}",
        code=code,
        http_status=response.status_code,
        request_id=_text_or_none(envelope.get("request_id")),
        log_id=response.headers.get("x-tt-logid"),
        path=path,
    )


def _parse(body: bytes) -> dict[str, Any] | None:
    """The envelope with an integer code, or None. Deep nesting and wrong encodings are garbage too."""
    try:
        envelope = json.loads(body)
        if not isinstance(envelope, dict):
            return None
        return envelope | {"code": int(str(envelope.get("code")))}
    except (ValueError, RecursionError):
        return None


def _class_for(code: int, http_status: int) -> type[errors.TikTokError]:
    if code in errors.SUCCESS_CODES:
        return _class_by_status(http_status)
    return errors.error_class(code)


def _text_or_none(value: object) -> str | None:
    return str(value)[:MAX_QUOTED_CHARS] if value else None


def _without_envelope(
    response: httpx.Response, body: bytes, *, method: str, path: str
) -> errors.TikTokError:
    status = response.status_code
    cls = _class_by_status(status)
    kind = response.headers.get("content-type", "no content type")
    message = (
        f"{method} {path}: HTTP {status} with {len(body)} bytes of {kind[:60]!r} instead of "
        f"TikTok's envelope. {cls.advice}"
    )
    details: dict[str, Any] = {
        "http_status": status,
        "log_id": response.headers.get("x-tt-logid"),
        "path": path,
    }
    if cls is errors.RateLimited:
        details["retry_after_s"] = _retry_after_s(response)
    return cls(message, **details)


def _class_by_status(status: int) -> type[errors.TikTokError]:
    if status == 429:
        return errors.RateLimited
    if status >= 500:
        return errors.ServerFault
    if status in {401, 403, 407}:
        return errors.Forbidden
    if status in {404, 405, 410} or 300 <= status < 400:
        return errors.ApiMismatch
    if 400 <= status < 500 and status != 408:
        return errors.InvalidParams
    return errors.GarbledAnswer


def _retry_after_s(response: httpx.Response) -> float:
    """Seconds from `Retry-After`, as a number or a date next to the answer's own `Date`."""
    value = response.headers.get("retry-after", "")
    if value.isascii() and value.isdigit():
        return min(float(value), 86_400.0)
    until, sent = _http_date(value), _http_date(response.headers.get("date", ""))
    if until is None or sent is None:
        return errors.QPM_BREACH_WAIT_S
    return min(max((until - sent).total_seconds(), 0.0), 86_400.0)


def _http_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
