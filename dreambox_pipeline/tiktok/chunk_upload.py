"""Sends one file to TikTok's upload address, chunk after chunk, from wherever it broke off.

    206 stored, more expected    201 complete     416 holds other bytes: its `Content-Range` says which
    403 address expired          404 no such upload    400 headers and bytes disagree    5xx the same chunk again

A chunk may be sent again: if TikTok has it, the answer is 416 and we go on behind it. The address
is a secret and stands in no error and no log line, not even httpx's own.
"""

import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, BinaryIO

import httpx
import stamina

from dreambox_pipeline.errors import TransientError
from dreambox_pipeline.tiktok import errors
from dreambox_pipeline.tiktok.chunks import Chunk
from dreambox_pipeline.tiktok.posting_objects import UploadSession
from dreambox_pipeline.tiktok.transport import Limits

UPLOAD = "upload_url"
"""What errors call the address."""

UPLOAD_BUDGET_S = 300.0
"""For all tries of one chunk, in wall seconds: ten megabytes on a slow line take a while."""

MAX_CORRECTIONS = 8
"""How often TikTok may send us elsewhere in one file before we give up."""

_ANSWER_BYTES = 64 * 1024
_STORED = frozenset({200, 201, 206})
_COMPLETE = 201
_OUT_OF_STEP = 416
_RANGE = re.compile(r"\s*bytes\s+0-(\d{1,19})/(\d{1,19}|\*)\s*")


class _HostOnly(logging.Filter):
    """Leaves only the host of what was PUT in httpx's log lines."""

    def filter(self, record: logging.LogRecord) -> bool:
        if isinstance(record.args, tuple) and "PUT" in record.args:
            record.args = tuple(
                f"{arg.scheme}://{arg.host}" if isinstance(arg, httpx.URL) else arg
                for arg in record.args
            )
        return True


logging.getLogger("httpx").addFilter(_HostOnly())


@dataclass(frozen=True, slots=True)
class _Answer:
    """What TikTok said to one chunk; *told* is how much it holds, if it said."""

    status: int
    told: int | None


class ChunkUpload:
    """One upload in progress.

    Args:
        http: Without redirects.
        session: Where the file goes, and how it is cut.
        limits: How long to wait and how often to try one chunk.
        ask: Asks TikTok how many bytes it holds; None when it does not say.
        on_progress: Told how many bytes TikTok holds after each chunk.
        is_end_unknown: Somebody may have sent the last chunk before.
    """

    def __init__(
        self,
        http: httpx.Client,
        session: UploadSession,
        *,
        limits: Limits,
        ask: Callable[[], int | None],
        on_progress: Callable[[int], None],
        is_end_unknown: bool,
    ) -> None:
        self._http, self._session, self._plan = http, session, session.plan
        self._limits, self._ask, self._on_progress = limits, ask, on_progress
        self._may_be_complete = is_end_unknown

    def __repr__(self) -> str:
        return f"ChunkUpload(publish_id={self._session.publish_id!r})"

    def send(self, file: BinaryIO, uploaded: int) -> None:
        """Send what is behind the first *uploaded* bytes of *file*.

        Raises:
            TikTokError: See `PostingClient.upload`.
        """
        corrections = 0
        while (chunk := self._plan.next_chunk(uploaded)) is not None:
            answer = self._send_chunk(file, chunk)
            if answer.status != _OUT_OF_STEP and self._is_stored(chunk, answer):
                uploaded = chunk.end
            else:
                corrections += 1
                uploaded = self._other_place(chunk, answer, corrections)
            self._on_progress(uploaded)

    def _is_stored(self, chunk: Chunk, answer: _Answer) -> bool:
        """Whether a kind answer can be believed. A wrong one before the end is found out by 416.

        At the end only 201 says that all is there; something on the way may have answered 200.
        """
        if chunk.end < self._plan.size or answer.status == _COMPLETE:
            return True
        self._may_be_complete = True
        held = self._plan.size if answer.told == self._plan.size else self._asked()
        return held is None or held == self._plan.size

    def _other_place(self, chunk: Chunk, answer: _Answer, corrections: int) -> int:
        """Where to go on after *chunk* was out of step."""
        held = self._asked() if answer.told is None else answer.told
        known = "an unknown number of" if held is None else str(held)
        if (
            held is None
            or not self._plan.is_boundary(held)
            or (held == chunk.first and answer.status == _OUT_OF_STEP)
            or corrections > MAX_CORRECTIONS
        ):
            raise errors.UploadOutOfStep(
                f"Bytes {chunk.first} to {chunk.end - 1} of {self._plan.size} were refused: TikTok "
                f"holds {known} bytes, and we cannot go on from there. {errors.UploadOutOfStep.advice}",
                **self._details(answer.status),
            )
        return held

    def _asked(self) -> int | None:
        try:
            return self._ask()
        except errors.TikTokError as error:
            # Asking changed nothing, but what was sent before may have completed the post.
            error.may_have_taken_effect = self._may_be_complete
            raise

    def _send_chunk(self, file: BinaryIO, chunk: Chunk) -> _Answer:
        content = _read(file, chunk)
        for attempt in stamina.retry_context(
            on=_wait_before_retry, attempts=self._limits.attempts, timeout=UPLOAD_BUDGET_S
        ):
            with attempt:
                return self._put(chunk, content)
        raise AssertionError("stamina ends by returning or raising")

    def _put(self, chunk: Chunk, content: bytes) -> _Answer:
        try:
            response = self._http.send(self._request(chunk, content), stream=True)
            try:
                self._drain(response)
            finally:
                response.close()
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise self._unanswered(chunk, error, was_sent=False) from None
        except httpx.HTTPError as error:
            raise self._unanswered(chunk, error, was_sent=True) from None
        return self._judge(chunk, response)

    def _request(self, chunk: Chunk, content: bytes) -> httpx.Request:
        return self._http.build_request(
            "PUT",
            self._session.upload_url.get_secret_value(),
            content=content,
            headers={
                "Content-Type": self._session.mime_type,
                "Content-Range": f"bytes {chunk.first}-{chunk.end - 1}/{self._plan.size}",
            },
        )

    def _drain(self, response: httpx.Response) -> None:
        """Read a short answer, so that the connection can be used again; give up on a long one."""
        deadline, received = time.monotonic() + self._limits.answer_s, 0
        for part in response.iter_bytes():
            received += len(part)
            if received > _ANSWER_BYTES or time.monotonic() > deadline:
                return

    def _judge(self, chunk: Chunk, response: httpx.Response) -> _Answer:
        status = response.status_code
        if status in _STORED or status == _OUT_OF_STEP:
            return _Answer(status, self._told(response))
        cls = _class_by_status(status)
        if cls.is_outcome_unknown and chunk.end == self._plan.size:
            self._may_be_complete = True
        raise cls(
            f"Bytes {chunk.first} to {chunk.end - 1} of {self._plan.size} for "
            f"{self._session.publish_id}: TikTok's upload answered HTTP {status}. {cls.advice}",
            **self._details(status),
        )

    def _told(self, response: httpx.Response) -> int | None:
        """How many bytes TikTok says it holds.

        The header reads `bytes 0-{UPLOADED_BYTES}/{TOTAL}`: by HTTP the last byte's number, by its
        name a count. Only one of the two makes whole chunks, and that one is taken.
        """
        match = _RANGE.fullmatch(response.headers.get("content-range", ""))
        if match is None or match[2] not in {"*", str(self._plan.size)}:
            return None
        number = int(match[1])
        return next((n for n in (number + 1, number) if self._plan.is_boundary(n)), None)

    def _unanswered(
        self, chunk: Chunk, error: httpx.HTTPError, *, was_sent: bool
    ) -> errors.Unreachable:
        if was_sent and chunk.end == self._plan.size:
            self._may_be_complete = True
        kind = "the connection broke off" if was_sent else "no connection"
        return errors.Unreachable(
            f"Bytes {chunk.first} to {chunk.end - 1} of {self._plan.size} for "
            f"{self._session.publish_id}: {kind} ({type(error).__name__}). Continue the same "
            "upload later: what TikTok has is not sent again.",
            **self._details(None),
        )

    def _details(self, status: int | None) -> dict[str, Any]:
        """The post can exist only if TikTok may have the last byte."""
        return {
            "may_have_taken_effect": self._may_be_complete,
            "http_status": status,
            "path": UPLOAD,
        }


def _read(file: BinaryIO, chunk: Chunk) -> bytes:
    file.seek(chunk.first)
    content = file.read(chunk.size)
    if len(content) != chunk.size:
        raise errors.MediaRejected(
            f"The file ends before byte {chunk.end}: it was changed while it was sent. Nothing was "
            "posted. Begin again with the whole file.",
            path=UPLOAD,
        )
    return content


def _wait_before_retry(error: Exception) -> bool | float:
    if not isinstance(error, TransientError):
        return False
    if error.retry_after_s is None:
        return True
    return error.retry_after_s if error.retry_after_s <= UPLOAD_BUDGET_S / 2 else False


def _class_by_status(status: int) -> type[errors.TikTokError]:
    """What TikTok's upload says by its HTTP status (Media Transfer Guide)."""
    known: dict[int, type[errors.TikTokError]] = {
        400: errors.InvalidParams,
        403: errors.UploadExpired,
        404: errors.NotFound,
        429: errors.RateLimited,
    }
    if status >= 500:
        return errors.ServerFault
    return known.get(status, errors.UnknownTikTokError)
