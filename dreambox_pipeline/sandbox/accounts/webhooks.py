"""Webhook registrations on the wire, per app and event type."""

from typing import Any

from dreambox_pipeline.sandbox.accounts.envelope import (
    INVALID_PARTNER,
    NOT_EXIST,
    PARAM_ERROR,
    ApiError,
    Params,
)
from dreambox_pipeline.sandbox.accounts.fetching import is_loopback
from dreambox_pipeline.sandbox.accounts.tokens import TokenStore
from dreambox_pipeline.sandbox.world.world import World

EVENT_TYPES = ("COMMENT", "VIDEO", "DIRECT_MESSAGE", "BRAND_MENTION")


class WebhooksApi:
    """The registration endpoints; delivery happens in the background."""

    def __init__(self, world: World, tokens: TokenStore) -> None:
        self._world = world
        self._tokens = tokens

    def update(self, params: Params) -> dict[str, Any]:
        """`POST /business/webhook/update/`; this double delivers to loopback only."""
        self._check_app(params)
        event_type = self._event_type(params)
        callback_url = params.text("callback_url")
        if not is_loopback(callback_url):
            raise ApiError(PARAM_ERROR, "callback_url: This sandbox delivers to loopback only.")
        items = params.strings("item_list", at_most=100)
        if items and event_type != "COMMENT":
            raise ApiError(PARAM_ERROR, "item_list: Only valid for event_type COMMENT.")
        document: dict[str, Any] = {"callback_url": callback_url, "since": self._world.now}
        if items:
            document["item_list"] = items
        self._world.state.put("webhook", event_type, document)
        return self._wire(event_type, document)

    def delete(self, params: Params) -> dict[str, Any]:
        """`POST /business/webhook/delete/`."""
        self._check_app(params)
        event_type = self._event_type(params)
        document = self._registered(event_type)
        self._world.state.remove("webhook", event_type)
        return self._wire(event_type, document)

    def list_registered(self, params: Params) -> dict[str, Any]:
        """`GET /business/webhook/list/`."""
        self._check_app(params)
        event_type = self._event_type(params)
        return self._wire(event_type, self._registered(event_type))

    def _registered(self, event_type: str) -> dict[str, Any]:
        document = self._world.state.get("webhook", event_type)
        if document is None:
            raise ApiError(NOT_EXIST, f"No webhook is registered for {event_type}.")
        return document

    def _event_type(self, params: Params) -> str:
        event_type = params.text("event_type")
        if event_type not in EVENT_TYPES:
            raise ApiError(PARAM_ERROR, f"event_type: Must be one of {', '.join(EVENT_TYPES)}.")
        return event_type

    def _check_app(self, params: Params) -> None:
        if not self._tokens.accepts_app(params.text("app_id"), params.text("secret")):
            raise ApiError(INVALID_PARTNER, "The app_id or secret is incorrect.")

    def _wire(self, event_type: str, document: dict[str, Any]) -> dict[str, Any]:
        wire = {
            "app_id": self._tokens.app_id,
            "event_type": event_type,
            "callback_url": document["callback_url"],
        }
        return wire | ({"item_list": document["item_list"]} if "item_list" in document else {})
