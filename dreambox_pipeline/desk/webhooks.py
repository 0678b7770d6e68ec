"""The post box for TikTok's webhooks: check, write down what happened, say 200. Nothing more.

One of the two routes of the desk that a stranger may call with POST; `guards` lets it through, and the
signature over the raw bytes is what guards it instead. Answers: 200 for a delivery that was kept,
also when it came before; 400 no event of TikTok's shape; 401 not signed by our app within five
minutes; 403 for another app or account; 413 over 256 kB; 503 when it could not be written. TikTok
repeats everything but 200 for three days.

What is kept are ids, the action and times. A comment's text and its writer's identity are not
stored, not logged and in no error; whoever deals with the event reads the comment from TikTok.

Deliveries of both of TikTok's apps come here, each signed with its own app's secret, for every
account that is or was connected on that app's host. One event has its effect at once, in the same
transaction: `authorization.removed`. Its tokens are dead already, TikTok wants them forgotten, and
nothing outside of the ledger is needed for that; see `removals`.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import SecretStr
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.desk.raw_bodies import Raw, answer, read_body
from dreambox_pipeline.desk.removals import AUTHORIZATION_REMOVED, end_removed
from dreambox_pipeline.errors import DreamBoxError
from dreambox_pipeline.storage.ledger import Ledger, accounts, inbox
from dreambox_pipeline.storage.ledger.accounts import Host
from dreambox_pipeline.tiktok.errors import GarbledAnswer, InvalidSignature
from dreambox_pipeline.tiktok.webhooks import (
    MAX_WEBHOOK_BYTES,
    CommentUpdate,
    PublishUpdate,
    parse_event,
    verify_signature,
)

PATH = "/webhooks/tiktok"


@dataclass(frozen=True, slots=True)
class WebhookApp:
    """An app whose webhooks are taken: its id, the secret that signs them, and its accounts' host."""

    app_id: str
    app_secret: SecretStr
    host: Host = Host.ACCOUNTS


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event as it is kept, and whom it is for.

    The event itself, with its text, does not leave the function that reads it: should a bug end
    in a traceback with local variables, they hold nothing that a person wrote.
    """

    event_id: str
    event: str
    client_key: str
    user_openid: str | None
    told_at: datetime | None
    payload: dict[str, Any]


class WebhookInbox:
    """The endpoint behind `/webhooks/tiktok`.

    Args:
        apps: Without any every delivery is answered 404.
        ledger: Where events are kept, and who is connected.
        clock: The time that signatures are compared with.
    """

    def __init__(self, apps: Sequence[WebhookApp], *, ledger: Ledger, clock: Clock) -> None:
        # With an empty secret anybody could sign.
        self._apps = tuple(app for app in apps if app.app_secret.get_secret_value())
        self._ledger = ledger
        self._clock = clock

    async def receive(self, request: Request) -> Response:
        """Take one delivery."""
        raw = await read_body(request, max_bytes=MAX_WEBHOOK_BYTES)
        if raw is None:
            return answer(413, f"A webhook has at most {MAX_WEBHOOK_BYTES} bytes.")
        signature = request.headers.get("tiktok-signature", "")
        return await run_in_threadpool(self._take, raw, signature)

    def _take(self, raw: Raw, signature: str) -> Response:
        if not self._apps:
            return answer(404, "No webhooks are taken here.")
        try:
            now = self._clock()
            signers = self._signers(raw, signature, now)
            delivery = read_delivery(raw)
        except InvalidSignature:
            return answer(401, "The signature is not our app's, or more than five minutes old.")
        except GarbledAnswer:
            return answer(400, "This is not an event.")
        except DreamBoxError:
            return answer(503, "Nobody here knows the time. Deliver it again.")
        try:
            return self._keep(delivery, signers, now)
        except DreamBoxError:
            return answer(503, "It could not be written down. Deliver it again.")

    def _signers(self, raw: Raw, signature: str, now: datetime) -> list[WebhookApp]:
        """The apps whose secret signed *raw*; one app may serve both hosts.

        Raises:
            InvalidSignature: None did.
        """
        signers, refused = [], InvalidSignature("No app's webhooks are taken here.")
        for app in self._apps:
            try:
                verify_signature(raw, signature, secret=app.app_secret, now=now)
            except InvalidSignature as error:
                refused = error
            else:
                signers.append(app)
        if not signers:
            raise refused
        return signers

    def _keep(self, delivery: Delivery, signers: list[WebhookApp], now: datetime) -> Response:
        if delivery.payload.get("timestamp", "") is None:
            return answer(400, "This event names no time.")
        hosts = [app.host for app in signers if app.app_id == delivery.client_key]
        with self._ledger.write() as connection:
            # Also one that has ended: what its people delete is to be deleted here all the same.
            rows = accounts.held_by(connection, delivery.user_openid or "", hosts)
            if not rows:
                return answer(403, "This is another app's or another account's event.")
            inbox.receive(
                connection,
                delivery.event_id,
                event=delivery.event,
                payload=delivery.payload,
                now=now,
            )
            if delivery.event == AUTHORIZATION_REMOVED:
                end_removed(
                    connection,
                    rows,
                    reason=delivery.payload.get("reason"),
                    told_at=delivery.told_at,
                    now=now,
                )
        return answer(200, "OK")


def read_delivery(raw: bytes) -> Delivery:
    """What a verified body tells, without what anybody wrote.

    The event's id is the same for every delivery of it, and another for every other event: a
    comment written, hidden and deleted makes three, told apart by action and time. The
    signature's time is not in it, because each delivery has its own.

    Raises:
        GarbledAnswer: Not TikTok's shape.
    """
    event = parse_event(raw)
    payload = _payload(event.content, event.create_time)
    told_at = payload.get("timestamp") or _time(event.create_time)
    facts = json.dumps([event.event, event.user_openid, told_at, payload], sort_keys=True)
    return Delivery(
        event_id=hashlib.sha256(facts.encode()).hexdigest(),
        event=event.event,
        client_key=event.client_key,
        user_openid=event.user_openid,
        told_at=event.create_time,
        payload=payload,
    )


def _payload(
    content: CommentUpdate | PublishUpdate | dict[str, Any], create_time: datetime | None
) -> dict[str, Any]:
    """Ids, action, reason and times: all that is kept of an event."""
    if isinstance(content, CommentUpdate):
        return {
            "comment_id": content.comment_id,
            "video_id": content.video_id,
            "comment_action": content.comment_action,
            "comment_type": content.comment_type,
            "parent_comment_id": content.parent_comment_id,
            "timestamp": _time(content.timestamp or create_time),
        }
    if isinstance(content, PublishUpdate):
        names = ("publish_id", "publish_type", "post_id", "reason")
        # Which of two news of one post is the newer is told by this time alone.
        return {name: getattr(content, name) for name in names} | {"told_at": _time(create_time)}
    reason = content.get("reason")
    return {"reason": reason} if isinstance(reason, int) else {}


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
