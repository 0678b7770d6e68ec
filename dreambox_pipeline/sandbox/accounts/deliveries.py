"""Webhook deliveries: what happened in the world, signed and sent until somebody says 200.

A background task looks what happened since it last looked, writes the due deliveries down, and
sends them. Deliveries are due within five simulated minutes of their event, so they overtake
each other, and a few come twice. After 72 simulated hours and a dozen attempts one is dropped.
"""

import asyncio
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from sqlite3 import OperationalError
from time import monotonic
from typing import TYPE_CHECKING, Any

from dreambox_pipeline.sandbox.accounts.post_events import (
    HOST_OF,
    SPELLINGS,
    Event,
    post_events,
)
from dreambox_pipeline.sandbox.accounts.signatures import sign
from dreambox_pipeline.sandbox.accounts.tokens import DEVELOPER, TokenStore
from dreambox_pipeline.sandbox.world.changes import comment_changes
from dreambox_pipeline.sandbox.world.crowd import Comment
from dreambox_pipeline.sandbox.world.seeds import fraction
from dreambox_pipeline.sandbox.world.videos import DAY
from dreambox_pipeline.sandbox.world.world import World

if TYPE_CHECKING:
    import httpx

_KIND = "delivery"
_LOOK_EVERY_S = 0.2
_AT_ONCE = 4
_WITHIN_S = 290
_DUPLICATES = 0.03
_DROP_AFTER_S = 3 * DAY
_DROP_ATTEMPTS = 12


@dataclass(slots=True)
class DeliverySwitches:
    """How deliveries misbehave.

    Attributes:
        webhook_doubled: Every delivery comes twice, not one in thirty.
        webhook_reversed: What is due together is sent newest first, one after the other.
        webhook_delay_s: Exactly so many simulated seconds after its event a delivery is due; -1
            draws up to five minutes for each.
        webhook_losses: So many attempts get lost on the way; each is made again later.
        webhook_spelling: Of the developer host's event names: as each is `documented`, or all
            `publicly` or `publicaly`.
    """

    webhook_doubled: bool = False
    webhook_reversed: bool = False
    webhook_delay_s: int = -1
    webhook_losses: int = 0
    webhook_spelling: str = SPELLINGS[0]


class Deliveries:
    """Finds events for the registered webhooks and delivers them."""

    def __init__(self, world: World, tokens: TokenStore) -> None:
        self._world = world
        self._tokens = tokens
        self._due: dict[str, dict[str, Any]] = {
            key: body for key, body in world.state.all(_KIND) if not body["done"]
        }
        self._known = {key for key, _ in world.state.all(_KIND)}
        self._retry_at: dict[str, float] = {}
        self.switches = DeliverySwitches()

    def set_switch(self, name: str, value: Any) -> bool:
        """Sets *name* if it is a switch of deliveries and *value* fits."""
        known = getattr(self.switches, name, None)
        if known is None or type(known) is not type(value):
            return False
        if name == "webhook_spelling" and value not in SPELLINGS:
            return False
        setattr(self.switches, name, value)
        return True

    async def run(self) -> None:
        """Looks and delivers until cancelled."""
        client: httpx.AsyncClient | None = None
        try:
            while True:
                if self._world.state.all("webhook"):
                    if client is None:
                        client = _client()
                    # A full disk: nothing is sent that is not written down; try again later.
                    with suppress(OperationalError):
                        self.collect()
                        await self.deliver(client)
                await asyncio.sleep(_LOOK_EVERY_S)
        finally:
            if client is not None:
                await client.aclose()

    def collect(self) -> None:
        """Writes down a delivery for every new event of a registered type."""
        now = self._world.now
        for event_type, hook in self._world.state.all("webhook"):
            looked_until = int(hook.get("looked_until", 0))
            if looked_until == now:
                continue
            # One second is looked at twice: something may happen in it after the first look.
            since = max(int(hook["since"]), looked_until) - 1
            self._write_down(self._fresh(event_type, hook, since, now))
            # Only now: a crash in between finds the same events again, and their keys known.
            self._world.state.put("webhook", event_type, {**hook, "looked_until": now})

    def _fresh(
        self, event_type: str, hook: dict[str, Any], since: int, now: int
    ) -> list[tuple[str, dict[str, Any]]]:
        watched = hook.get("item_list")
        return [
            planned
            for event in self._events(event_type, since, now)
            if watched is None or event.video_id in watched
            for planned in self._planned(event, hook["callback_url"])
        ]

    def _write_down(self, fresh: list[tuple[str, dict[str, Any]]]) -> None:
        if fresh:
            self._world.state.put_many(_KIND, fresh)
            self._due.update(fresh)
            self._known.update(key for key, _ in fresh)

    async def deliver(self, client: "httpx.AsyncClient") -> None:
        """Sends what is due now, a few at once; the rest waits for the next look."""
        now, tick = self._world.now, monotonic()
        ready = [
            (key, body)
            for key, body in self._due.items()
            if body["due_at"] <= now and self._retry_at.get(key, 0.0) <= tick
        ]
        is_reversed = self.switches.webhook_reversed
        ready.sort(key=lambda item: item[1]["due_at"], reverse=is_reversed)
        at_once = 1 if is_reversed else _AT_ONCE
        for start in range(0, len(ready), at_once):
            batch = ready[start : start + at_once]
            await asyncio.gather(*(self._send(client, key, body) for key, body in batch))

    def _planned(self, event: Event, callback_url: str) -> Iterator[tuple[str, dict[str, Any]]]:
        if event.key in self._known:
            return
        seed = self._world.seed
        body = {
            "event": event.name,
            "at": event.at,
            "content": event.content,
            "callback_url": callback_url,
            "open_id": event.open_id,
            "host": event.host,
            "due_at": event.at + self._late(fraction(seed, "due", event.key) ** 2),
            "attempts": 0,
            "done": False,
        }
        yield event.key, body
        if self.switches.webhook_doubled or fraction(seed, "twice", event.key) < _DUPLICATES:
            again = event.at + self._late(fraction(seed, "again", event.key))
            yield f"{event.key}#2", {**body, "due_at": again}

    def _late(self, share: float) -> int:
        fixed = self.switches.webhook_delay_s
        return fixed if fixed >= 0 else int(_WITHIN_S * share)

    async def _send(self, client: "httpx.AsyncClient", key: str, body: dict[str, Any]) -> None:
        import httpx

        if self.switches.webhook_losses > 0:
            self.switches.webhook_losses -= 1
            self._settle(key, body, taken=False)
            return
        raw = self._body(body)
        headers = {
            "content-type": "application/json",
            "Tiktok-Signature": sign(raw, secret=self._secret(body), timestamp=self._world.now),
            "webhook-schema-version": "v1.0",
            "user-agent": "tiktok-webhook",
            "x-tt-logid": key[:40],
        }
        try:
            answer = await client.post(body["callback_url"], content=raw, headers=headers)
            taken = answer.status_code == httpx.codes.OK
        except (httpx.HTTPError, httpx.InvalidURL):
            taken = False
        self._settle(key, body, taken=taken)

    def _settle(self, key: str, body: dict[str, Any], *, taken: bool) -> None:
        attempts = body["attempts"] + 1
        too_old = self._world.now > body["due_at"] + _DROP_AFTER_S
        done = taken or (attempts >= _DROP_ATTEMPTS and too_old)
        changed = {**body, "attempts": attempts, "done": done}
        self._world.state.put(_KIND, key, changed)
        if done:
            self._due.pop(key, None)
            self._retry_at.pop(key, None)
        else:
            self._due[key] = changed
            self._retry_at[key] = monotonic() + min(0.2 * 2**attempts, 30.0)

    def _secret(self, body: dict[str, Any]) -> str:
        is_developers = body.get("host") == DEVELOPER
        return self._tokens.developer_secret if is_developers else self._tokens.app_secret

    def _body(self, body: dict[str, Any]) -> bytes:
        """The raw body; `content` is JSON inside JSON, with ids as numbers of 19 digits."""
        compact = (",", ":")
        content = json.dumps(body["content"], separators=compact, ensure_ascii=False)
        envelope = {
            "client_key": self._tokens.app_id,
            "event": body["event"],
            "create_time": body["at"],
            "user_openid": body.get("open_id", self._world.business_id),
            "content": content,
        }
        return json.dumps(envelope, separators=compact, ensure_ascii=False).encode()

    # What happened

    def _events(self, event_type: str, since: int, now: int) -> Iterator[Event]:
        if event_type == "COMMENT":
            for comment, action, at in comment_changes(self._world, since, now):
                yield _comment_event(comment, action, at, self._world.business_id)
        elif event_type in HOST_OF:
            spelling = self.switches.webhook_spelling
            yield from post_events(
                self._world, self._tokens, event_type, since, now, spelling=spelling
            )


def _comment_event(comment: Comment, action: str, at: int, open_id: str) -> Event:
    is_reply = comment.parent_comment_id is not None
    content: dict[str, Any] = {
        "comment_id": int(comment.comment_id),
        "video_id": int(comment.video_id),
        "comment_type": "reply" if is_reply else "comment",
        "comment_action": action,
        "timestamp": at * 1000,
        "unique_identifier": comment.author.unique_identifier,
    }
    if is_reply:
        content["parent_comment_id"] = int(comment.parent_comment_id or 0)
    if action == "insert":
        content["text"] = comment.utterance.text
    return Event(
        key=f"{action}-{comment.comment_id}-{at}",
        at=at,
        name="comment.update",
        content=content,
        open_id=open_id,
        video_id=comment.video_id,
    )


def _client() -> "httpx.AsyncClient":
    import httpx

    return httpx.AsyncClient(timeout=5.0, trust_env=False, follow_redirects=False)
