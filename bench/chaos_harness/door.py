"""The real sandbox in a process of its own, and in front of it the fates of single publications.

A fault of the sandbox strikes a path. Which publication a request begins is known from its body
alone, so this door reads it, lets that publication's fault strike by the sandbox's own middleware,
and writes down when every request that begins a post came and what was answered. Of a file that
TikTok shall not post it says so when it is there. What a person does in the app is done here too,
and the machines' clock is set, which may be wrong.
"""

import json
from asyncio import to_thread
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import socket
from typing import Any
from urllib.parse import parse_qs

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bench.chaos_harness.fates import Fate
from bench.chaos_harness.rows import Told, number_in
from bench.chaos_harness.shared_clock import SharedClock
from dreambox_pipeline.sandbox.accounts.fetching import probe
from dreambox_pipeline.sandbox.app import Sandbox
from dreambox_pipeline.sandbox.faults import Fault, FaultMiddleware, RequestCounts
from dreambox_pipeline.sandbox.server import HOST, SandboxServer, hang_up
from dreambox_pipeline.sandbox.world.publications import ProbedFile
from dreambox_pipeline.sandbox.world.world import PRESENT_DAYS, World
from dreambox_pipeline.sandbox.world.written import InjectedComment

BEGINNING = (
    "/open_api/v1.3/business/video/publish/",
    "/v2/post/publish/video/init/",
    "/v2/post/publish/inbox/video/init/",
)
CHAOS = "/__chaos__"
BY_HAND = "v_app~"
"""How the ids of posts begin that a person made in the app, without any API."""
STRUCK_AFTER = frozenset({"", "timeout_after", "http_500_after", "close_mid_body"})
"""With these the sandbox has acted."""

BEGINS = datetime(2026, 3, 2, 8, tzinfo=UTC)
SPEED = 120.0
"""Simulated seconds a second while somebody works: a minute's wait is half a second."""


@dataclass
class Seen:
    """What came to the door."""

    arrivals: list[dict[str, Any]] = field(default_factory=list)
    strikes: Counter[str] = field(default_factory=Counter)
    uploads: set[str] = field(default_factory=set)


class Door:
    """The sandbox behind its fates.

    Args:
        sandbox: The real one.
        fates: By publication number. Faults and refusals strike once.
        sizes: Publication numbers by the size of their file: drafts have no caption yet.
        clock: Everybody else's.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        *,
        fates: Mapping[int, Fate],
        sizes: Mapping[int, int],
        clock: SharedClock,
    ) -> None:
        self._sandbox = sandbox
        self._app: ASGIApp = sandbox.app
        self._fates = fates
        self._struck: set[int] = set()
        self._sizes = sizes
        self._clock = clock
        self._counts = RequestCounts(sandbox.world.clock)
        self._seen = Seen()
        self._reject_files()
        self._set_clock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
        elif scope["path"].startswith(CHAOS):
            answer = await self._serve(scope["path"], json.loads(await _body(receive) or b"{}"))
            await JSONResponse(answer)(scope, receive, send)
        elif scope["path"] in BEGINNING and scope["method"] == "POST":
            await self._begin(scope, receive, send)
        else:
            if scope["path"].startswith("/upload/"):
                query = parse_qs(scope["query_string"].decode())
                self._seen.uploads.update(query.get("upload_token", ()))
            await self._app(scope, receive, send)

    async def _begin(self, scope: Scope, receive: Receive, send: Send) -> None:
        raw = await _body(receive)
        number = self._number(raw)
        fate = self._fates.get(-1 if number is None else number)
        kind, app = "", self._app
        if fate is not None and number not in self._struck:
            kind, app = self._strike(scope["path"], fate)
            self._struck.add(number)
        if kind:
            self._seen.strikes[kind] += 1
        arrival = {
            "at": self._sandbox.world.clock.now().timestamp(),
            "number": number,
            "path": scope["path"],
            "fault": kind,
            "answer": "",
        }
        self._seen.arrivals.append(arrival)
        answered = bytearray()

        async def listen(message: Message) -> None:
            if message["type"] == "http.response.body":
                answered.extend(message.get("body", b""))
                arrival["answer"] = answered[:400].decode("utf-8", "replace")
            await send(message)

        await app(scope, _replay(raw, receive), listen)

    def _strike(self, path: str, fate: Fate) -> tuple[str, ASGIApp]:
        """What strikes the first request, and the application that answers it then."""
        if fate.refusal:
            return f"refusal:{fate.refusal}", _refusing(fate.refusal)
        if not fate.begin_fault:
            return "", self._app
        fault = Fault(path, fate.begin_fault, delay_s=fate.hangs_s)
        app = FaultMiddleware(self._app, counts=self._counts, faults=[fault], hang_up=hang_up)
        return f"{fate.begin_fault}{', slowly' if fate.hangs_s else ''}", app

    def _reject_files(self) -> None:
        """Let what TikTok does not want fail when its file is there, whichever way it came."""
        publications = self._sandbox.world.publications
        take = publications.fetched

        def judge(share_id: str, probed: ProbedFile, *, now: int) -> None:
            caption = str(publications.post_info(share_id).get("caption") or "")
            number = self._number_of(caption, probed.size_bytes)
            fate = self._fates.get(-1 if number is None else number)
            if fate is None or not fate.rejection:
                take(share_id, probed, now=now)
                return
            self._seen.strikes[f"rejection:{fate.rejection}"] += 1
            publications.refused(share_id, fate.rejection, now=now + 5)

        publications.fetched = judge  # type: ignore[method-assign] # in this process alone

    def _number(self, raw: bytes) -> int | None:
        try:
            body = json.loads(raw)
        except ValueError:
            return None
        info = body.get("post_info") or {}
        caption = str(info.get("caption") or info.get("title") or "")
        size = (body.get("source_info") or {}).get("video_size")
        return self._number_of(caption, size or 0)

    def _number_of(self, caption: str, size: int) -> int | None:
        said = number_in(caption)
        return said if said is not None else self._sizes.get(size)

    async def _serve(self, path: str, wish: dict[str, Any]) -> dict[str, Any]:
        """What belongs to no platform: time, tokens, hands, and the truth."""
        match path.removeprefix(CHAOS).strip("/"):
            case "advance":
                self._sandbox.world.clock.advance(wish["seconds"])
                self._set_clock()
                return {}
            case "off":
                self._set_clock(off_s=wish["seconds"])
                return {}
            case "tokens":
                return self._new_tokens()
            case "by_hand":
                return {"post_id": await self._post_by_hand(wish)}
        return self._truth()

    def _set_clock(self, *, off_s: float = 0.0) -> None:
        own = self._sandbox.world.clock
        self._clock.set(own.now() + timedelta(seconds=off_s), speed=own.speed)

    def _new_tokens(self) -> dict[str, Any]:
        pair = self._sandbox.tokens.exchange(self._sandbox.tokens.new_code())
        return {
            "access": pair.access_token,
            "refresh": pair.refresh_token,
            "seconds": pair.expires_in,
            "refresh_seconds": pair.refresh_expires_in,
            "open_id": pair.open_id,
            "scope": pair.scope,
        }

    async def _post_by_hand(self, wish: dict[str, Any]) -> str:
        """A person posts a file in the app; no API counts it."""
        world = self._sandbox.world
        probed = await to_thread(lambda: probe(Path(wish["video"]).read_bytes()))
        info = {"caption": wish["caption"], "is_ai_generated": True}
        share_id = world.publications.request(
            now=world.now, video_url="", post_info=info, prefix=BY_HAND, account="by hand"
        )
        world.publications.fetched(share_id, probed, now=world.now)
        return str(dict(world.publications.in_state("fetched"))[share_id]["post_id"])

    def _truth(self) -> dict[str, Any]:
        """Everything the sandbox knows of posts, and every secret it gave away."""
        world = self._sandbox.world
        documents = [
            pair
            for state in ("pending", "uploading", "fetched", "failed")
            for pair in world.publications.in_state(state)
        ]
        state = world.state
        secrets = {key for kind in ("access", "auth_code") for key, _ in state.all(kind)}
        secrets |= {grant["refresh_token"] for _, grant in state.all("grant")}
        return {
            "now": world.clock.now().timestamp(),
            "posts": [{"publish_id": share_id, **document} for share_id, document in documents],
            "arrivals": self._seen.arrivals,
            "strikes": dict(self._seen.strikes),
            "webhooks": [
                {"key": key, "attempts": body["attempts"], "done": body["done"]}
                for key, body in state.all("delivery")
            ],
            "tokens": len(state.all("access")),
            "secrets": sorted(secrets | self._seen.uploads),
        }


class _Wall:
    """The sandbox's real present."""

    def __init__(self, begin: datetime) -> None:
        self._begin, self._since = begin, datetime.now(UTC)

    def jump(self, by: timedelta) -> None:
        self._begin += by

    def __call__(self) -> datetime:
        return self._begin + (datetime.now(UTC) - self._since)


def run(
    listener: socket,
    *,
    seed: int,
    fates: Mapping[int, Fate],
    sizes: Mapping[int, int],
    clock: SharedClock,
    announce: Any,
) -> None:
    """Serve until killed; *announce* is given the connection info and the comments of all dreams."""
    wall = _Wall(BEGINS + timedelta(days=PRESENT_DAYS))
    world = World(seed=seed, wall=wall)
    # Months pass in minutes; the world shall never meet its real present.
    wall.jump(timedelta(days=3650))
    world.clock.set_speed(SPEED)
    told = _tell_dreams(world, len(fates))
    base_url = f"http://{HOST}:{listener.getsockname()[1]}"
    sandbox = Sandbox(world, base_url=base_url, limits_enabled=True, hang_up=hang_up)
    door = Door(sandbox, fates=fates, sizes=sizes, clock=clock)
    server = SandboxServer(
        door,  # type: ignore[arg-type] # any ASGI application will do
        on_started=lambda: announce(
            {"info": sandbox.info(), "told": [[each.comment_id, each.video_id] for each in told]}
        ),
    )
    server.run(sockets=[listener])


def _tell_dreams(world: World, posts: int) -> list[Told]:
    """A comment for each publication, spread over the account's own videos."""
    videos = world.public_videos()[:20]
    told = []
    for number in range(posts):
        said = world.inject(
            InjectedComment(
                text=f"I dreamt of a whale in my school, night {number}",
                handle=f"dreamer{number}",
                video_id=videos[number % len(videos)].video_id,
                answer="silence",
            )
        )
        told.append(Told(said.comment_id, said.video_id))
    return told


def _refusing(code: str) -> ASGIApp:
    """The developer host's envelope around an error."""
    error = {"code": code, "message": "Fate.", "log_id": "chaos"}
    return JSONResponse({"data": {}, "error": error}, status_code=403)


async def _body(receive: Receive) -> bytes:
    raw = bytearray()
    while True:
        message = await receive()
        raw += message.get("body", b"")
        if message["type"] == "http.disconnect" or not message.get("more_body"):
            return bytes(raw)


def _replay(raw: bytes, receive: Receive) -> Receive:
    """*raw* once more, then whatever comes."""
    told = False

    async def again() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": raw, "more_body": False}

    return again
