"""Faults on demand and a count of what was asked, around every API of the sandbox.

A fault is armed for a path prefix, skips some calls, and strikes some: errors, hangs before or
after acting, a body that ends too early, garbage, a page of HTML, or any API code. Control
endpoints are never struck.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dreambox_pipeline.sandbox.accounts import envelope
from dreambox_pipeline.sandbox.world.clock import SimulatedClock

CONTROL_PREFIX = "/__sandbox__"
KINDS = (
    "http_500", "http_500_after", "http_429", "http_429_bare", "timeout_before", "timeout_after", "close_mid_body",
    "garbage", "html", "html_200",
)  # fmt: skip
_LONGEST_HANG_S = 30.0
# How the ids of video jobs begin: those of `/v1/videos` and those of `/v1/interactions`.
_IDS = ("video_", "v1_")


@dataclass(slots=True)
class Fault:
    """One armed fault: where, what, how often; *skip* calls pass before it strikes.

    `delay_s` is how long a timeout holds the line before it hangs up, in real seconds.
    """

    path_prefix: str
    kind: str
    times: int = 1
    skip: int = 0
    delay_s: float | None = None

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> "Fault":
        """Reads the body of `POST /__sandbox__/faults`.

        Raises:
            ValueError: A field is missing or of the wrong kind.
        """
        kind = str(body.get("kind", ""))
        is_code = kind.startswith("code:") and kind[5:].lstrip("-").isdigit()
        if kind not in KINDS and not is_code:
            raise ValueError(
                f"kind is {kind!r}; choose one of {', '.join(KINDS)} or code:<number>."
            )
        prefix = body.get("path_prefix", "/")
        if not isinstance(prefix, str) or not prefix.startswith("/"):
            raise ValueError(f"path_prefix is {prefix!r}; it must be a path that begins with /.")
        delay = body.get("delay_s")
        return cls(
            path_prefix=prefix,
            kind=kind,
            times=int(body.get("times", 1)),
            skip=int(body.get("skip", 0)),
            delay_s=None if delay is None else min(float(delay), _LONGEST_HANG_S),
        )


class RequestCounts:
    """How often each endpoint was asked, in all and in its busiest simulated minute."""

    def __init__(self, clock: SimulatedClock) -> None:
        self._clock = clock
        self._counts: Counter[str] = Counter()
        self._busiest: dict[str, int] = {}
        self._minute: dict[str, tuple[int, int]] = {}

    def count(self, method: str, path: str) -> None:
        """Counts one request; ids in the path are folded together."""
        name = f"{method} {_endpoint(path)}"
        self._counts[name] += 1
        minute = self._clock.timestamp() // 60
        known, number = self._minute.get(name, (minute, 0))
        number = number + 1 if known == minute else 1
        self._minute[name] = (minute, number)
        self._busiest[name] = max(self._busiest.get(name, 0), number)

    def as_json(self) -> dict[str, Any]:
        """The answer of `GET /__sandbox__/requests`."""
        return {
            "total": self._counts.total(),
            "counts": dict(sorted(self._counts.items())),
            "max_per_minute": dict(sorted(self._busiest.items())),
        }


def _endpoint(path: str) -> str:
    parts = path.split("/")
    return "/".join("{id}" if part.startswith(_IDS) else part for part in parts)


class FaultMiddleware:
    """Counts requests and lets armed faults strike.

    Args:
        app: The application behind.
        counts: Where requests are counted.
        faults: The armed faults, shared with the control endpoints.
        hang_up: Closes the connection of a scope without another byte; given by the server.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        counts: RequestCounts,
        faults: list[Fault],
        hang_up: Callable[[Scope], None],
    ) -> None:
        self._app = app
        self._counts = counts
        self._faults = faults
        self._hang_up = hang_up

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves one request, as it is or struck by a fault."""
        if scope["type"] != "http" or scope["path"].startswith(CONTROL_PREFIX):
            await self._app(scope, receive, send)
            return
        self._counts.count(scope["method"], scope["path"])
        fault = self._strike(scope["path"])
        if fault is None:
            await self._app(scope, receive, send)
        elif fault.kind in ("timeout_before", "timeout_after"):
            await self._hang(fault, scope, receive)
        elif fault.kind == "http_500_after":
            await self._app(scope, receive, _swallow)
            await _broken_answer("http_500")(scope, receive, send)
        elif fault.kind == "close_mid_body":
            await self._cut(scope, receive, send)
        else:
            await _broken_answer(fault.kind)(scope, receive, send)

    def _strike(self, path: str) -> Fault | None:
        for fault in self._faults:
            if not path.startswith(fault.path_prefix) or fault.times <= 0:
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            fault.times -= 1
            return fault
        return None

    async def _hang(self, fault: Fault, scope: Scope, receive: Receive) -> None:
        if fault.kind == "timeout_after":
            await self._app(scope, receive, _swallow)
            delay = fault.delay_s or 0.0
        else:
            delay = _LONGEST_HANG_S if fault.delay_s is None else fault.delay_s
        await self._until_gone(receive, delay)
        self._hang_up(scope)
        await self._until_gone(receive, 1.0)

    async def _until_gone(self, receive: Receive, delay_s: float) -> None:
        """Waits *delay_s*, or until the client is gone."""
        try:
            async with asyncio.timeout(delay_s):
                while (await receive())["type"] != "http.disconnect":
                    pass
        except TimeoutError:
            return

    async def _cut(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Acts, announces the whole body and stops after half of it."""
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self._app(scope, receive, keep)
        body = b"".join(m.get("body", b"") for m in messages if m["type"] == "http.response.body")
        start = next(m for m in messages if m["type"] == "http.response.start")
        headers = [(key, value) for key, value in start["headers"] if key != b"content-length"]
        headers.append((b"content-length", str(max(2, len(body))).encode()))
        await send({**start, "headers": headers})
        half = body[: len(body) // 2] or b"{"
        await send({"type": "http.response.body", "body": half, "more_body": True})
        self._hang_up(scope)
        await self._until_gone(receive, 1.0)


async def _swallow(message: Message) -> None:
    del message


def _broken_answer(kind: str) -> Response:
    if kind == "http_500":
        return JSONResponse({"error": {"message": "Internal server error"}}, status_code=500)
    if kind in ("http_429", "http_429_bare"):
        return JSONResponse(
            {"error": {"message": "Too many requests", "code": "rate_limit_exceeded"}},
            status_code=429,
            headers={"retry-after": "2"} if kind == "http_429" else None,
        )
    if kind == "garbage":
        return Response(bytes(range(128, 256)) * 4, media_type="application/json")
    if kind in ("html", "html_200"):
        page = "<!doctype html><html><body><h1>502 Bad Gateway</h1></body></html>"
        return HTMLResponse(page, status_code=502 if kind == "html" else 200)
    body = {"code": int(kind[5:]), "message": "Fault on demand", "data": {}}
    return Response(
        json.dumps(body | {"request_id": envelope.fault_request_id()}),
        media_type="application/json",
    )
