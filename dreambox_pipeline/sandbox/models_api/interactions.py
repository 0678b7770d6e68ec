"""Google's Interactions API for video: `/v1/interactions`, and the files its clips lie in.

Wire formats as in the types of `google-genai` 3.4.0; errors as Google's APIs send them. A job
queues, works and ends on the world's clock, is asked for with the header `x-goog-api-key`, and its
clip is fetched with the same key, or stands in the answer. Jobs are written down before they are
promised.
"""

import base64
from collections import deque
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from hmac import compare_digest
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from dreambox_pipeline.sandbox.models_api.clip_cache import ClipCache
from dreambox_pipeline.sandbox.models_api.clips import ClipRequest
from dreambox_pipeline.sandbox.models_api.google_errors import GoogleError, not_found
from dreambox_pipeline.sandbox.models_api.interaction_request import SIZES, read_job
from dreambox_pipeline.sandbox.models_api.video_behaviour import VideoBehaviour, is_refused
from dreambox_pipeline.sandbox.world.seeds import digest
from dreambox_pipeline.sandbox.world.world import World

_KIND = "interaction"
_QUEUED_S = 5
_START_UP_S = 10
_PER_SECOND_S = 3
_TOKENS_PER_SECOND = 258
_REMEMBERED = 20
_BLOCKED = "The prompt was blocked: it violates Google's Generative AI prohibited use policy."

Body = dict[str, Any]


class InteractionsApi:
    """The endpoints over the state file and the clock.

    Args:
        world: Where jobs are written down, and what time it is.
        behaviour: The switches of the video servers, shared with `/v1/videos`.
        api_key: The key that opens it.

    Attributes:
        received: The newest bodies of requests for a job, as they came.
    """

    def __init__(self, world: World, behaviour: VideoBehaviour, *, api_key: str) -> None:
        self._world = world
        self._behaviour = behaviour
        self._api_key = api_key
        self._clips = ClipCache(behaviour)
        self.received: deque[Body] = deque(maxlen=_REMEMBERED)

    def routes(self) -> list[Route]:
        """Every route; `store/` is where a clip lies that was sent on, and takes no key."""
        return [
            self._route("POST", "/v1/interactions", self.create),
            self._route("GET", "/v1/interactions/{interaction_id}", self.retrieve),
            self._route("GET", "/v1beta/files/{name}", self.file),
            Route("/store/{name}", self.stored, methods=["GET"]),
        ]

    async def create(self, request: Request) -> Response:
        """`POST /v1/interactions` with a model and `background`."""
        try:
            body = await request.json()
        except ValueError as error:
            raise GoogleError(400, "Invalid JSON payload received.") from error
        self.received.append(body)
        if self._behaviour.rate_limited > 0:
            self._behaviour.rate_limited -= 1
            raise GoogleError(429, "You exceeded your current quota.", retry_after_s=34)
        job = read_job(body)
        refusal = self._behaviour.interaction_refusal if is_refused(job["prompt"]) else None
        if refusal == "submit":
            raise GoogleError(400, _BLOCKED, reason="PROHIBITED_CONTENT")
        number = len(self._world.state.all(_KIND))
        job |= {"created_at": self._world.now, "refusal": refusal}
        job_id = f"v1_{digest(self._world.seed, 'interaction', number):016x}{number:08x}"
        self._world.state.put(_KIND, job_id, job)
        return JSONResponse(self._wire(job_id, job, base_url=str(request.base_url)))

    async def retrieve(self, request: Request) -> Response:
        """`GET /v1/interactions/{id}`."""
        job_id = request.path_params["interaction_id"]
        job = self._job(job_id)
        wire = self._wire(job_id, job, base_url=str(request.base_url))
        if wire["status"] == "completed" and self._behaviour.delivery == "inline":
            content, kind = self._behaviour.spoiled(await self._clip(job_id, job))
            video = {
                "type": "video",
                "mime_type": kind,
                "data": base64.b64encode(content).decode(),
            }
            wire |= _put_out(video) if not job["refusal"] else {}
        return JSONResponse(wire)

    async def file(self, request: Request) -> Response:
        """`GET /v1beta/files/{id}:download?alt=media`, or the file's description without that."""
        job_id, _, verb = request.path_params["name"].partition(":")
        job = self._job(job_id)
        if verb != "download" or request.query_params.get("alt") != "media":
            return JSONResponse({"name": f"files/{job_id}", "state": "ACTIVE"})
        if self._behaviour.content == "elsewhere":
            return RedirectResponse(f"/store/{job_id}", status_code=302)
        content, kind = self._behaviour.spoiled(await self._clip(job_id, job))
        return Response(content, media_type=kind)

    async def stored(self, request: Request) -> Response:
        """`GET /store/{id}`: where `elsewhere` sends a download on to."""
        job_id = request.path_params["name"]
        return Response(await self._clip(job_id, self._job(job_id)), media_type="video/mp4")

    async def _clip(self, job_id: str, job: Body) -> bytes:
        width, height = SIZES[job["resolution"]]
        if job["aspect_ratio"] == "16:9":
            width, height = height, width
        request = ClipRequest(job["prompt"], job["seed"], width, height, job["seconds"])
        return await self._clips.clip(job_id, request)

    def _job(self, job_id: str) -> Body:
        job = self._world.state.get(_KIND, job_id)
        if job is None:
            raise not_found(f"Interaction {job_id} was not found.")
        return job

    def _status(self, job: Body) -> str:
        if self._behaviour.status:
            return self._behaviour.status
        age = self._world.now - job["created_at"]
        if age < _QUEUED_S:
            return "queued"
        if age < _QUEUED_S + _START_UP_S + _PER_SECOND_S * job["seconds"]:
            return "in_progress"
        refusal = job["refusal"]
        return refusal if refusal in ("failed", "incomplete") else "completed"

    def _wire(self, job_id: str, job: Body, *, base_url: str) -> Body:
        status = self._status(job)
        created = datetime.fromtimestamp(job["created_at"], UTC).isoformat()
        wire: Body = {
            "id": job_id,
            "model": job["model"],
            "status": status,
            "created": created,
            "updated": created,
            "labels": job["labels"],
        }
        if status == "completed" and not job["refusal"]:
            tokens = _TOKENS_PER_SECOND * job["seconds"]
            uri = f"{base_url}v1beta/files/{job_id}:download?alt=media"
            wire |= _put_out({"type": "video", "mime_type": "video/mp4", "uri": uri})
            wire["usage"] = {"total_input_tokens": 120, "total_output_tokens": tokens}
        elif status in ("completed", "failed", "incomplete"):
            wire |= _without_video(job["refusal"])
        return wire

    def _route(
        self, method: str, path: str, handler: Callable[[Request], Awaitable[Response]]
    ) -> Route:
        async def endpoint(request: Request) -> Response:
            try:
                self._check_key(request)
                return await handler(request)
            except GoogleError as failed:
                return failed.answer()

        return Route(path, endpoint, methods=[method])

    def _check_key(self, request: Request) -> None:
        key = request.headers.get("x-goog-api-key", "")
        if not key:
            raise GoogleError(403, "Method doesn't allow unregistered callers.")
        if not compare_digest(key.encode(), self._api_key.encode()):
            raise GoogleError(400, "API key not valid.", reason="API_KEY_INVALID")


def _put_out(video: Body) -> Body:
    """A clip where the model puts it, and where the API repeats it."""
    return {
        "steps": [{"type": "model_output", "content": [video]}],
        "output_video": video,
    }


def _without_video(refusal: str | None) -> Body:
    error = {"code": "https://ai.google.dev/errors/prohibited_content", "message": _BLOCKED}
    if refusal == "no_video":
        words = {"type": "text", "text": "I can't make a video of that."}
        return {"steps": [{"type": "model_output", "content": [words]}]}
    return {"steps": [], "errors": [error]} if refusal else {"steps": []}
