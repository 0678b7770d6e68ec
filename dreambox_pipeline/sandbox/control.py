"""The control endpoints under `/__sandbox__/`: the clock, faults, injections, the hidden truth.

They belong to no platform. Tests, the demo and evaluations use them; the pipeline itself reads
only the clock.
"""

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from dreambox_pipeline.sandbox.accounts.tokens import TokenStore
from dreambox_pipeline.sandbox.faults import CONTROL_PREFIX, Fault, RequestCounts
from dreambox_pipeline.sandbox.world.audience import OUTCOMES
from dreambox_pipeline.sandbox.world.world import World
from dreambox_pipeline.sandbox.world.written import InjectedComment

Body = dict[str, Any]
Handler = Callable[[Request], Awaitable[Body]]


class Control:
    """The control endpoints.

    Args:
        world: The world to look into.
        tokens: Where fresh auth codes come from.
        counts: The request counts.
        faults: The list of armed faults, shared with the middleware.
        info: Gives the connection info.
        switch: Sets one switch; raises ValueError for unknown names or values.
    """

    def __init__(
        self,
        world: World,
        tokens: TokenStore,
        *,
        counts: RequestCounts,
        faults: list[Fault],
        info: Callable[[], Body],
        switch: Callable[[str, Any], None],
    ) -> None:
        self._world = world
        self._tokens = tokens
        self._counts = counts
        self._faults = faults
        self._info = info
        self._switch = switch

    def routes(self) -> list[Route]:
        """All control routes."""
        return [
            control_route("GET", "/", self.info),
            control_route("GET", "/clock", self.read_clock),
            control_route("POST", "/clock", self.move_clock),
            control_route("POST", "/faults", self.arm_fault),
            control_route("DELETE", "/faults", self.clear_faults),
            control_route("GET", "/faults", self.list_faults),
            control_route("POST", "/switches", self.set_switches),
            control_route("GET", "/auth_code", self.auth_code),
            control_route("POST", "/comments", self.inject_comment),
            control_route("POST", "/comments/{comment_id}/delete", self.delete_comment),
            control_route("POST", "/drafts/{publish_id}/post", self.post_draft),
            control_route("GET", "/truth", self.truth),
            control_route("GET", "/requests", self.requests),
        ]

    async def info(self, request: Request) -> Body:
        """Connection info, the same object as the server's first line."""
        del request
        return self._info()

    async def read_clock(self, request: Request) -> Body:
        """What time it is in the world."""
        del request
        return self._world.clock.reading().as_json()

    async def move_clock(self, request: Request) -> Body:
        """Moves the clock by `advance_s` or `to` a time, and changes its `speed`."""
        body = await json_body(request)
        clock = self._world.clock
        allow_future = body.get("allow_future") is True
        if "advance_s" in body:
            seconds = timedelta(seconds=float(body["advance_s"]))
            clock.advance_to(clock.now() + seconds, allow_future=allow_future)
        if "to" in body:
            moment = datetime.fromisoformat(str(body["to"]))
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
            clock.advance_to(moment, allow_future=allow_future)
        if "speed" in body:
            clock.set_speed(float(body["speed"]))
        self._world.save_clock()
        return clock.reading().as_json()

    async def arm_fault(self, request: Request) -> Body:
        """Arms one fault."""
        fault = Fault.from_json(await json_body(request))
        self._faults.append(fault)
        return asdict(fault)

    async def clear_faults(self, request: Request) -> Body:
        """Disarms all faults."""
        del request
        removed = len(self._faults)
        self._faults.clear()
        return {"removed": removed}

    async def list_faults(self, request: Request) -> Body:
        """All faults that were armed, with what is left of them."""
        del request
        return {"faults": [asdict(fault) for fault in self._faults]}

    async def set_switches(self, request: Request) -> Body:
        """Sets behaviours the documentation leaves open, and failure flavours."""
        switches = await json_body(request)
        for name, value in switches.items():
            self._switch(name, value)
        return switches

    async def auth_code(self, request: Request) -> Body:
        """A fresh single-use auth code, of the main account or of `open_id`."""
        open_id = request.query_params.get("open_id", self._world.business_id)
        return {
            "auth_code": self._tokens.new_code(open_id=self._world.accounts.get(open_id).open_id)
        }

    async def inject_comment(self, request: Request) -> Body:
        """Writes a comment of the audience now."""
        body = await json_body(request)
        if "text" not in body:
            raise ValueError("text is missing; send at least a text.")
        if body.get("answer") not in (None, *OUTCOMES):
            raise ValueError(f"answer must be one of {', '.join(OUTCOMES)}.")
        known = {"text", "handle", "video_id", "parent_comment_id", "is_dream", "answer"}
        if unknown := set(body) - known:
            raise ValueError(f"Unknown fields {', '.join(sorted(unknown))}.")
        comment = self._world.inject(InjectedComment(**body | {"text": str(body["text"])}))
        return {"comment_id": comment.comment_id, "video_id": comment.video_id}

    async def delete_comment(self, request: Request) -> Body:
        """Lets the author delete a comment now."""
        comment_id = request.path_params["comment_id"]
        comment = self._world.find_comment(comment_id)
        if comment is None:
            raise LookupError(f"The comment {comment_id} does not exist.")
        self._world.delete_comment(comment)
        return {"deleted": comment_id}

    async def post_draft(self, request: Request) -> Body:
        """Lets the person post a draft from the inbox now, with or without the AI label."""
        body = await json_body(request)
        publish_id = request.path_params["publish_id"]
        is_labelled = body.get("is_ai_generated") is True
        self._world.publications.post_draft(
            publish_id, is_ai_generated=is_labelled, now=self._world.now
        )
        return {"posted": publish_id}

    async def truth(self, request: Request) -> Body:
        """The truth about one comment or several, or without ids the hidden effects."""
        ids = request.query_params.getlist("comment_id")
        if not ids:
            return {"effects": asdict(self._world.engagement.effects)}
        found = [self._world.truth(comment_id) for comment_id in ids]
        missing = [name for name, truth in zip(ids, found, strict=True) if truth is None]
        if missing:
            raise LookupError(f"The comments {', '.join(missing)} do not exist.")
        return (found[0] or {}) if len(ids) == 1 else {"comments": found}

    async def requests(self, request: Request) -> Body:
        """How often each endpoint was asked."""
        del request
        return self._counts.as_json()


def control_route(method: str, path: str, handler: Handler) -> Route:
    """A control endpoint: what is missing answers 404, what is wrong 400, each with a reason."""

    async def endpoint(request: Request) -> JSONResponse:
        try:
            return JSONResponse(await handler(request))
        except LookupError as missing:
            return JSONResponse({"error": str(missing.args[0])}, status_code=404)
        except (ValueError, TypeError) as wrong:
            return JSONResponse({"error": str(wrong)}, status_code=400)

    return Route(CONTROL_PREFIX + path, endpoint, methods=[method])


async def json_body(request: Request) -> Body:
    """The JSON object that was sent.

    Raises:
        ValueError: Something else was sent.
    """
    body = await request.json()
    if not isinstance(body, dict):
        raise ValueError("Send a JSON object.")  # noqa: TRY004 - the sender's mistake, not ours
    return body
