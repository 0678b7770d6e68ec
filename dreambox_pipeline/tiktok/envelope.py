"""What TikTok answered: the data in its envelope, or the error that came instead of data.

    Accounts API    HTTP 200  {"code": 0, "message": "OK", "request_id": "…", "data": {…}}
    developer host  HTTP 4xx  {"data": {}, "error": {"code": "rate_limit_exceeded", "log_id": "…"}}

The Accounts API says by an integer how a call went, the developer host by HTTP status and a word.
Everything that is not data becomes a `TikTokError`. Answers may hold tokens and are never quoted,
except TikTok's own message. Nothing is sent or repeated here.
"""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

import httpx
import structlog

from dreambox_pipeline.tiktok import errors

MAX_QUOTED_CHARS = 200
"""How much of TikTok's own message goes into ours."""

DEVELOPER_WINDOW_S = 60.0
"""The developer host counts in a sliding minute and locks nothing."""

_DAILY = re.compile(r"\b(?:QPD|days?|daily|today)\b", re.IGNORECASE)
_log = structlog.get_logger(__name__)


class OpenEnvelope(Protocol):
    """Reads one answer.

    Raises:
        TikTokError: It holds no data.
    """

    def __call__(
        self,
        response: httpx.Response,
        body: bytes,
        *,
        method: str,
        path: str,
        now: Callable[[], datetime],
    ) -> dict[str, Any]:
        """The `data` inside *body*."""


def open_envelope(
    response: httpx.Response,
    body: bytes,
    *,
    method: str,
    path: str,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> dict[str, Any]:
    """The `data` inside *body*, or the error that TikTok or something on the way answered.

    `PARTIAL_OK` gives its data too, and is written to the log with what TikTok says about it.

    Raises:
        TikTokError: By `code` when there is an envelope, otherwise by HTTP status.
    """
    envelope = _parse(body)
    if envelope is None:
        raise _without_envelope(response, body, method=method, path=path)
    code = envelope["code"]
    said = str(envelope.get("message") or "no message")[:MAX_QUOTED_CHARS]
    if code in errors.SUCCESS_CODES and response.is_success:
        if code == errors.PARTIAL_OK:
            _log.warning("tiktok.partial_answer", path=path, said=said)
        data = envelope.get("data")
        return data if isinstance(data, dict) else {}
    cls = _class_for(code, response.status_code)
    advice = cls.advice
    wait: dict[str, Any] = {}
    if cls is errors.RateLimited and _DAILY.search(said):
        advice = "It was not carried out. Wait until 00:00 UTC, then repeat it."
        wait = {"retry_after_s": _seconds_to_midnight(now())}
    raise cls(
        f"{method} {path}: TikTok answered {code}, {said!r} (HTTP {response.status_code}, "
        f"request id {envelope.get('request_id') or 'none'}). {advice}",
        code=code,
        http_status=response.status_code,
        request_id=_text_or_none(envelope.get("request_id")),
        log_id=response.headers.get("x-tt-logid"),
        path=path,
        **wait,
    )


def _seconds_to_midnight(now: datetime) -> float:
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return (today + timedelta(days=1) - now).total_seconds()


def open_developer_envelope(
    response: httpx.Response,
    body: bytes,
    *,
    method: str,
    path: str,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> dict[str, Any]:
    """The `data` inside an answer of the developer host.

    Raises:
        TikTokError: By the word in `error.code` when there is one, otherwise by HTTP status.
    """
    del now  # nothing on this host lasts until the day ends
    envelope = _object(body) or {}
    error = envelope.get("error")
    if not isinstance(error, dict) or not isinstance(error.get("code"), str):
        raise _without_envelope(response, body, method=method, path=path)
    word = error["code"]
    if word == "ok" and response.is_success:
        data = envelope.get("data")
        return data if isinstance(data, dict) else {}
    cls = _class_by_status(response.status_code) if word == "ok" else errors.developer_class(word)
    said = str(error.get("message") or "no message")[:MAX_QUOTED_CHARS]
    details: dict[str, Any] = {
        "http_status": response.status_code,
        "log_id": _text_or_none(error.get("log_id")),
        "path": path,
        "may_have_taken_effect": False,  # we only read there
    }
    if cls is errors.RateLimited:
        details["retry_after_s"] = _retry_after_s(response, otherwise=DEVELOPER_WINDOW_S)
    raise cls(
        f"{method} {path}: TikTok answered {word[:MAX_QUOTED_CHARS]!r}, {said!r} (HTTP "
        f"{response.status_code}, log id {details['log_id'] or 'none'}). {cls.advice}",
        **details,
    )


def _object(body: bytes) -> dict[str, Any] | None:
    """A JSON object, or None. Deep nesting and wrong encodings are garbage too."""
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return parsed if isinstance(parsed, dict) else None


def _parse(body: bytes) -> dict[str, Any] | None:
    """The envelope with an integer code, or None."""
    envelope = _object(body)
    try:
        return envelope and envelope | {"code": int(str(envelope.get("code")))}
    except ValueError:
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
    """The error for an answer that is not TikTok's."""
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
    """What an HTTP status means when there is nothing better to go by."""
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


def _retry_after_s(
    response: httpx.Response, *, otherwise: float = errors.QPM_BREACH_WAIT_S
) -> float:
    """Seconds from `Retry-After`, as a number or a date next to the answer's own `Date`."""
    value = response.headers.get("retry-after", "")
    if value.isascii() and value.isdigit():
        return min(float(value), 86_400.0)
    until, sent = _http_date(value), _http_date(response.headers.get("date", ""))
    if until is None or sent is None:
        return otherwise
    return min(max((until - sent).total_seconds(), 0.0), 86_400.0)


def _http_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
