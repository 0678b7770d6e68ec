"""The post box for video providers' webhooks: a clip is ready, or will never be.

What is told is not believed, only looked into: the job is asked about by the next production tick
instead of at the end of its wait, and what it says then counts. So a webhook that is lost, late, twice
or about somebody else's job changes nothing.

Answers: 200 for a delivery that is ours, also when it came before or is about an unknown job; 400 no
event; 401 not signed with our secret within five minutes; 404 when no secret is set; 413 over 64 kB;
503 when it could not be written. Kept are the event's type and the provider's id of the job.
"""

import json
from dataclasses import dataclass

import structlog
from pydantic import SecretStr
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.desk.raw_bodies import Raw, answer, read_body
from dreambox_pipeline.desk.standard_webhooks import SigningSecret
from dreambox_pipeline.errors import DreamBoxError
from dreambox_pipeline.storage.ledger import Ledger, inbox, jobs

PATH = "/webhooks/videos"

MAX_BYTES = 64 * 1024
"""These events are thin: a type, an id and an address. A kilobyte is much."""

TYPES = frozenset(
    {
        "video.completed",
        "video.failed",
        "video.generated",
        "interaction.completed",
        "interaction.failed",
        "interaction.cancelled",
        "interaction.requires_action",
    }
)
"""Events that say a job has come to an end: OpenAI's shape, and Google's. Others are accepted and ignored."""

_LONGEST_ID = 256

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class VideoEvent:
    """What is taken from an event; *provider_job_id* is None in one without an id."""

    type: str
    provider_job_id: str | None


class VideoWebhookInbox:
    """The endpoint behind `/webhooks/videos`.

    Args:
        secret: What the provider signs with; empty or None: every delivery is answered 404.
        ledger: Where jobs stand, and which deliveries came before.
        clock: The time that signatures are compared with.

    Raises:
        StopError: The secret is none.
    """

    def __init__(self, secret: SecretStr | None, *, ledger: Ledger, clock: Clock) -> None:
        has_one = secret is not None and secret.get_secret_value().strip()
        self._secret = SigningSecret(secret) if secret is not None and has_one else None
        self._ledger = ledger
        self._clock = clock

    async def receive(self, request: Request) -> Response:
        """Take one delivery."""
        raw = await read_body(request, max_bytes=MAX_BYTES)
        if raw is None:
            return answer(413, f"A webhook has at most {MAX_BYTES} bytes.")
        return await run_in_threadpool(self._take, raw, request.headers)

    def _take(self, raw: Raw, headers: Headers) -> Response:
        if self._secret is None:
            return answer(404, "No webhooks are taken here.")
        try:
            now = self._clock()
            delivery_id = self._secret.verified_id(raw, headers, now=now)
            if delivery_id is None:
                _log.warning("video_webhook_not_signed", size=len(raw))
                return answer(
                    401, "The signature is not our secret's, or more than five minutes old."
                )
            event = read_event(raw)
            if event is None:
                return answer(400, "This is not an event.")
            if event.type in TYPES and event.provider_job_id:
                self._hasten(delivery_id, event.type, event.provider_job_id)
        except DreamBoxError:
            return answer(503, "It could not be written down. Deliver it again.")
        return answer(200, "OK")

    def _hasten(self, delivery_id: str, kind: str, provider_job_id: str) -> None:
        """Once for each delivery; a job that is not ours, or waits for nothing, is left alone."""
        now = self._clock()
        event_id = f"video:{delivery_id}"
        payload = {"type": kind, "provider_job_id": provider_job_id}
        with self._ledger.write() as connection:
            if inbox.receive(connection, event_id, event=kind, payload=payload, now=now):
                jobs.hasten(connection, provider_job_id, now=now)
                # Dealt with in the same transaction, so no run ever finds it waiting.
                inbox.mark_handled(connection, event_id, now=now)


def read_event(raw: bytes) -> VideoEvent | None:
    """The event's type and its job; None when *raw* is no event.

    It is told by its type's text: the `openai` package has no class for video events and takes them
    for another.
    """
    try:
        body = json.loads(raw)
    # Deeply nested JSON is a RecursionError.
    except (ValueError, RecursionError):
        return None
    kind = body.get("type") if isinstance(body, dict) else None
    if not isinstance(kind, str):
        return None
    data = body.get("data")
    job = data.get("id") if isinstance(data, dict) else None
    if not isinstance(job, str) or len(job) > _LONGEST_ID:
        return VideoEvent(kind, None)
    # Google names resources by their kind: `interactions/abc`.
    return VideoEvent(kind, job.rpartition("/")[2] or None)
