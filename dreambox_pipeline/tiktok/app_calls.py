"""What is set up once per app: where webhooks are delivered and which addresses videos come from.

These calls send no access token; the app's id and secret stand in the parameters, also of the
two that are GET. Webhooks that arrive are read in `webhooks`.
"""

from collections.abc import Sequence
from typing import Any, Literal

from pydantic import SecretStr

from dreambox_pipeline.tiktok.endpoints import (
    PROPERTY_ADD,
    PROPERTY_DELETE,
    PROPERTY_LIST,
    PROPERTY_VERIFY,
    WEBHOOK_DELETE,
    WEBHOOK_ITEMS,
    WEBHOOK_LIST,
    WEBHOOK_UPDATE,
)
from dreambox_pipeline.tiktok.errors import InvalidParams, NotFound
from dreambox_pipeline.tiktok.oauth import read_object
from dreambox_pipeline.tiktok.schemas import UrlProperty, WebhookRegistration
from dreambox_pipeline.tiktok.transport import Transport

WebhookEvent = Literal["COMMENT", "VIDEO", "DIRECT_MESSAGE", "BRAND_MENTION"]
PropertyKind = Literal["domain", "prefix"]
_PROPERTY_TYPES: dict[PropertyKind, int] = {"domain": 1, "prefix": 2}


class AppCalls:
    """The calls of one app that need no account.

    Args:
        transport: Sends the requests.
        app_id, app_secret: From TikTok's developer portal.
    """

    def __init__(self, transport: Transport, *, app_id: str, app_secret: SecretStr) -> None:
        self._transport = transport
        self._app_id, self._app_secret = app_id, app_secret

    def __repr__(self) -> str:
        return f"AppCalls(app_id={self._app_id!r})"

    def register_webhook(
        self, event: WebhookEvent, callback_url: str, *, video_ids: Sequence[str] = ()
    ) -> WebhookRegistration:
        """Have *event* delivered to *callback_url*, instead of where it went before.

        Args:
            event: `COMMENT` brings `comment.update`, `VIDEO` brings what becomes of posts.
            callback_url: Public and https.
            video_ids: Only these videos' comments, at most 100; none means all of them.

        Raises:
            InvalidParams: Too many videos, or videos with another event. Nothing was sent.
        """
        if len(video_ids) > WEBHOOK_ITEMS or (video_ids and event != "COMMENT"):
            raise InvalidParams(
                f"A webhook for {event} limited to {len(video_ids)} videos was not registered: "
                f"only COMMENT takes videos, at most {WEBHOOK_ITEMS}. Leave them out for all videos.",
                path=WEBHOOK_UPDATE,
            )
        body: dict[str, object] = {"event_type": event, "callback_url": callback_url}
        if video_ids:
            body["item_list"] = [*video_ids]
        data = self._transport.post(WEBHOOK_UPDATE, body=self._identified(body))
        return read_object(data, WebhookRegistration, path=WEBHOOK_UPDATE)

    def delete_webhook(self, event: WebhookEvent) -> None:
        """Have *event* delivered nowhere.

        Raises:
            NotFound: None was registered.
        """
        self._transport.post(WEBHOOK_DELETE, body=self._identified({"event_type": event}))

    def webhook(self, event: WebhookEvent) -> WebhookRegistration | None:
        """Where *event* is delivered; None when nowhere."""
        params = self._identified({"event_type": event})
        try:
            data = self._transport.get(WEBHOOK_LIST, params=params, headers={})
        except NotFound:
            return None
        if not data.get("callback_url"):
            return None
        return read_object(data, WebhookRegistration, path=WEBHOOK_LIST, was_write=False)

    def add_url_property(self, kind: PropertyKind, url: str) -> UrlProperty:
        """Claim a domain, or everything under an address that begins with *url*.

        The answer says which file or DNS record proves it; then call `verify_url_property`.
        """
        return self._property(PROPERTY_ADD, kind, url)

    def verify_url_property(self, kind: PropertyKind, url: str) -> UrlProperty:
        """Have TikTok look for the proof now; see the answer's `is_verified`."""
        return self._property(PROPERTY_VERIFY, kind, url)

    def delete_url_property(self, kind: PropertyKind, url: str) -> None:
        """Give the claim up; videos from there are refused afterwards."""
        meta = {"property_type": _PROPERTY_TYPES[kind], "url": url}
        self._transport.post(PROPERTY_DELETE, body=self._identified({"url_property_meta": meta}))

    def url_properties(self) -> list[UrlProperty]:
        """All claims of the app."""
        data = self._transport.get(PROPERTY_LIST, params=self._identified({}), headers={})
        listed = data.get("url_property_info_list")
        return [
            read_object(one, UrlProperty, path=PROPERTY_LIST, was_write=False)
            for one in (listed if isinstance(listed, list) else [])
            if isinstance(one, dict)
        ]

    def _property(self, path: str, kind: PropertyKind, url: str) -> UrlProperty:
        meta = {"property_type": _PROPERTY_TYPES[kind], "url": url}
        data = self._transport.post(path, body=self._identified({"url_property_meta": meta}))
        return read_object(data.get("url_property_info") or {}, UrlProperty, path=path)

    def _identified(self, params: dict[str, object]) -> dict[str, Any]:
        secret = self._app_secret.get_secret_value()
        return {"app_id": self._app_id, "secret": secret, **params}
