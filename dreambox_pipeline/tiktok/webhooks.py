"""Webhooks: is this really from TikTok, and what does it say?

The signature covers the raw bytes, so it is checked before anything is parsed and never over
re-made JSON. `content` is JSON inside JSON with 19-digit numbers, which become text exactly.
Deliveries repeat and arrive out of order; answering and de-duplicating is the receiver's.
"""

import hashlib
import hmac
import json
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, SecretStr, ValidationError

from dreambox_pipeline.tiktok.errors import GarbledAnswer, InvalidSignature
from dreambox_pipeline.tiktok.fields import Text, TikTokId, UnixTime
from dreambox_pipeline.tiktok.schemas import WireObject

TOLERANCE_S = 300.0
"""TikTok's portal shows 5 s; 300 s is usual and survives a slow queue."""

MAX_WEBHOOK_BYTES = 256 * 1024
"""A comment event is under 10 kB; larger bodies are refused unread."""


class CommentUpdate(WireObject):
    """A comment appeared, vanished or changed its visibility.

    Attributes:
        comment_action: `insert`, `delete`, `set_to_hidden`, `set_to_friends_only`,
            `set_to_public`. All but the first and last are a withdrawal.
        parent_comment_id: On replies only; TikTok's 0 for a top-level comment is None.
        timestamp: Aware UTC.
    """

    comment_id: TikTokId
    video_id: TikTokId
    comment_type: str = "comment"
    comment_action: str
    parent_comment_id: Annotated[
        TikTokId | None, BeforeValidator(lambda value: value if value not in {0, "0", ""} else None)
    ] = None
    unique_identifier: str | None = None
    text: Text = ""
    timestamp: UnixTime = None


class PublishUpdate(WireObject):
    """News about a publication; `post_id` comes with `…publicly_available` only."""

    publish_id: TikTokId
    publish_type: str | None = None
    post_id: TikTokId | None = None
    reason: str | None = None


class WebhookEvent(WireObject):
    """One delivery.

    Attributes:
        event: TikTok's name, for example `comment.update`.
        user_openid: The account, equal to `business_id`.
        content: Read when the event is known; otherwise the parsed object as it came.
    """

    client_key: str
    event: str
    create_time: UnixTime = None
    user_openid: str | None = None
    content: CommentUpdate | PublishUpdate | dict[str, Any]


def verify_signature(
    raw: bytes,
    header: str,
    *,
    secret: str | SecretStr,
    now: datetime,
    tolerance_s: float = TOLERANCE_S,
) -> None:
    """Return when *raw* was signed with *secret* at most *tolerance_s* seconds from *now*.

    Args:
        raw: The body as received, byte for byte.
        header: `Tiktok-Signature`: `t=<unix s>,s=<hex>`.
        secret: The app's secret.
        now: The receiver's time, aware.
        tolerance_s: How old, or how far ahead, a signature may be.

    Raises:
        InvalidSignature: In all other cases. *raw* was not looked into.
    """
    parts = dict(part.strip().split("=", 1) for part in header.split(",") if "=" in part)
    sent_at, signature = parts.get("t", ""), parts.get("s", "")
    if not (sent_at.isascii() and sent_at.isdigit() and len(sent_at) <= 12 and signature):
        raise InvalidSignature(
            f"A webhook's signature header of {len(header)} characters is not `t=…,s=…`. "
            f"{InvalidSignature.advice}"
        )
    key = secret.get_secret_value() if isinstance(secret, SecretStr) else secret
    expected = hmac.new(key.encode(), sent_at.encode() + b"." + raw, hashlib.sha256).hexdigest()
    # As bytes: compare_digest refuses text that is not ASCII, and a stranger may send any.
    if not hmac.compare_digest(expected.encode(), signature.encode()):
        raise InvalidSignature(
            f"A webhook of {len(raw)} bytes does not carry our app's signature. "
            f"{InvalidSignature.advice}"
        )
    age_s = abs(now.timestamp() - int(sent_at))
    if age_s > tolerance_s:
        raise InvalidSignature(
            f"A webhook was signed {age_s:.0f} s from now, more than {tolerance_s:.0f} s. "
            f"{InvalidSignature.advice}"
        )


def parse_event(raw: bytes) -> WebhookEvent:
    """What a verified webhook says; ids exact, as text.

    Raises:
        GarbledAnswer: Not TikTok's shape. Nothing was changed; TikTok delivers again for 72 hours.
    """
    try:
        if len(raw) > MAX_WEBHOOK_BYTES:
            raise ValueError(f"{len(raw)} bytes")  # noqa: TRY301 - one message for all of them
        body = json.loads(raw)
        content = body["content"]
        content = json.loads(content) if isinstance(content, str) else content
        read = _reader(str(body["event"]))
        return WebhookEvent.model_validate(
            body | {"content": read.model_validate(content) if read else dict(content)}
        )
    except (ValidationError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise GarbledAnswer(
            f"A webhook of {len(raw)} bytes cannot be read ({type(error).__name__}). Answer 400 "
            "and wait for the next delivery; if all fail, compare with TikTok's webhook pages."
        ) from None  # the cause would quote a person's comment


def _reader(event: str) -> type[CommentUpdate | PublishUpdate] | None:
    if event == "comment.update":
        return CommentUpdate
    return PublishUpdate if event.startswith("post.publish.") else None


Visibility = Literal["shown", "withdrawn"]


def visibility(update: CommentUpdate) -> Visibility:
    """Whether the comment may still be used: anything but an insert or a return to public may not."""
    return "shown" if update.comment_action in {"insert", "set_to_public"} else "withdrawn"
