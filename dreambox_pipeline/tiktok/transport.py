"""One request to TikTok, and when to try again; what the answer means is in `envelope`.

Reads are repeated within a budget of seconds when the network or TikTok stumbles; that wait is
wall time, because packets do not travel on a simulated clock. Writes are never repeated: there
is no idempotency key, and a second try can post twice. Headers, bodies and queries hold tokens
and secrets, so neither logs nor errors ever contain them.
"""

import json
import logging
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any

import httpx
import stamina
from pydantic import BaseModel, ConfigDict

from dreambox_pipeline.errors import TransientError
from dreambox_pipeline.tiktok import errors
from dreambox_pipeline.tiktok.envelope import OpenEnvelope, open_envelope
from dreambox_pipeline.tiktok.limits import RequestLimiter

MAX_ANSWER_BYTES = 16 * 1024 * 1024
"""Thirty comments are about 30 kB; sixteen megabytes are not an answer but an attack or a mix-up."""


class _WithoutQuery(logging.Filter):
    """Keeps queries out of httpx's own log lines: two calls carry the app's secret in theirs."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple):
            record.args = tuple(
                arg.copy_with(query=None) if isinstance(arg, httpx.URL) else arg
                for arg in record.args
            )
        return True


logging.getLogger("httpx").addFilter(_WithoutQuery())


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
        timeout=timeout, follow_redirects=False, trust_env=not is_loopback(base_url)
    )


def is_loopback(url: str) -> bool:
    """Whether *url* leads to this machine: a sandbox, where nobody real is."""
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
        limiter: Asked before every single try, so repetitions count too, and told of refusals.
        now: Tells when TikTok's day ends.
        opener: Reads the envelope; TikTok's other host has another one.
    """

    def __init__(
        self,
        base_url: str,
        *,
        http: httpx.Client | None = None,
        limits: Limits | None = None,
        limiter: RequestLimiter | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        opener: OpenEnvelope = open_envelope,
    ) -> None:
        self._open = opener
        self._base_url = base_url.rstrip("/")
        self._limits = limits or Limits()
        self._limiter, self._now = limiter, now
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
        return self._repeated("GET", path, params=query_text(params), headers=headers)

    def query(
        self,
        path: str,
        *,
        params: Mapping[str, object],
        body: Mapping[str, object],
        headers: Mapping[str, str],
    ) -> dict[str, Any]:
        """Read *path* with a POST, as TikTok's other host wants it; repeated like `get`.

        Raises:
            TikTokError: The last answer, when no try brought data.
        """
        return self._repeated(
            "POST", path, params=query_text(params), json=dict(body), headers=headers
        )

    def _repeated(self, method: str, path: str, **parts: Any) -> dict[str, Any]:
        for attempt in stamina.retry_context(
            on=self._wait_before_retry,
            attempts=self._limits.attempts,
            timeout=self._limits.budget_s,
        ):
            with attempt:
                return self._send(method, path, **parts)
        raise AssertionError("stamina ends by returning or raising")

    def post(
        self, path: str, *, body: Mapping[str, object], headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        """Send *body* to *path*, exactly once.

        Raises:
            TikTokError: Its `may_have_taken_effect` says whether to look before trying again.
        """
        return self._send("POST", path, json=dict(body), headers=headers or {})

    def post_form(self, path: str, *, form: Mapping[str, str]) -> dict[str, Any]:
        """Send *form* to *path*, exactly once, as the developer host's OAuth wants it.

        Raises:
            TikTokError: As `post`.
        """
        return self._send("POST", path, data=dict(form), headers={"Cache-Control": "no-cache"})

    def _wait_before_retry(self, error: Exception) -> bool | float:
        if not isinstance(error, TransientError):
            return False
        if error.retry_after_s is None:
            return True
        fits = error.retry_after_s <= self._limits.budget_s / 2
        return error.retry_after_s if fits else False

    def _send(self, method: str, path: str, **parts: Any) -> dict[str, Any]:
        if self._limiter is not None:
            self._limiter.wait(path)
        response, body = self._exchange(method, path, **parts)
        try:
            return self._open(response, body, method=method, path=path, now=self._now)
        except errors.RateLimited as refusal:
            if self._limiter is not None:
                self._limiter.refused(path, for_s=refusal.retry_after_s)
            raise

    def _exchange(self, method: str, path: str, **parts: Any) -> tuple[httpx.Response, bytes]:
        try:
            request = self._http.build_request(method, self._base_url + path, **parts)
            response = self._http.send(request, stream=True)
            try:
                return response, self._read(response, path)
            finally:
                response.close()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise _unreachable(method, path, error, was_sent=False) from error
        except httpx.TimeoutException as error:
            raise _unreachable(method, path, error, was_sent=True) from error
        except httpx.HTTPError as error:
            raise _broken_off(method, path, error) from error

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
