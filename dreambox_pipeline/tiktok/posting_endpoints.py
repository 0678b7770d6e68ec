"""Addresses of the Content Posting API, how often each may be asked, and how its answers are read."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx
from pydantic import SecretStr

from dreambox_pipeline.tiktok import errors
from dreambox_pipeline.tiktok.envelope import open_developer_envelope

CREATOR_INFO = "/v2/post/publish/creator_info/query/"
DIRECT_INIT = "/v2/post/publish/video/init/"
INBOX_INIT = "/v2/post/publish/inbox/video/init/"
STATUS = "/v2/post/publish/status/fetch/"
CANCEL = "/v2/post/publish/cancel/"

QUERIES_PER_MINUTE: Mapping[str, int] = {
    CREATOR_INFO: 20,
    DIRECT_INIT: 6,
    INBOX_INIT: 6,
    STATUS: 30,
    CANCEL: 6,
}
"""Per access token. TikTok names none for cancelling; the tightest one is always right."""

UPLOAD_URL_LIFETIME = timedelta(hours=1)
WRITES = frozenset({DIRECT_INIT, INBOX_INIT, CANCEL})


def check_upload_url(upload_url: SecretStr, path: str) -> None:
    """Only https, or plain http on this machine: the address carries a secret and the video.

    Raises:
        GarbledAnswer: It is anything else; never quotes it.
    """
    try:
        url = httpx.URL(upload_url.get_secret_value())
    except httpx.InvalidURL:
        url = httpx.URL("")
    is_local = url.scheme == "http" and url.host in {"127.0.0.1", "::1", "localhost"}
    if not url.host or not (url.scheme == "https" or is_local):
        raise errors.GarbledAnswer(
            f"The answer from {path} holds an upload address that is not https. "
            f"{errors.GarbledAnswer.advice}",
            path=path,
            may_have_taken_effect=True,
        )


def open_posting_envelope(
    response: httpx.Response,
    body: bytes,
    *,
    method: str,
    path: str,
    now: Callable[[], datetime],
) -> dict[str, Any]:
    """As `open_developer_envelope`, but here some calls change something.

    Raises:
        TikTokError: With `may_have_taken_effect` for the calls that do.
    """
    try:
        return open_developer_envelope(response, body, method=method, path=path, now=now)
    except errors.TikTokError as error:
        error.may_have_taken_effect = path in WRITES and error.is_outcome_unknown
        raise
