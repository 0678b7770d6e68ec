"""`/v1/videos`: jobs that queue, run, finish or are refused on the world's clock.

Four servers are imitated by switch. `openai` answers by the published contract; `sglang`
leaves the error code out and takes `variant` for an index (404); `vllm_omni` answers the GET
of a failed job with HTTP 500 around the job; `json_only` takes no forms. Jobs are written down
before they are promised.
"""

import re
from collections import deque
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dreambox_pipeline.sandbox.models_api.clip_cache import ClipCache
from dreambox_pipeline.sandbox.models_api.clips import ClipRequest
from dreambox_pipeline.sandbox.models_api.errors import ModelApiError, invalid, missing
from dreambox_pipeline.sandbox.models_api.video_behaviour import VideoBehaviour, is_refused
from dreambox_pipeline.sandbox.world.seeds import digest
from dreambox_pipeline.sandbox.world.world import World

FLAVOURS = ("openai", "sglang", "vllm_omni", "json_only")
_KIND = "video_job"
_QUEUED_S = 5
_START_UP_S = 10
_PER_SECOND_S = 4
_KEPT_S = 86_400
_BLOCKED = "Your request was blocked by our moderation system."
_SIZE = re.compile(r"^(\d{2,4})x(\d{2,4})$")
_REMEMBERED = 20

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _State:
    """Where a job is: status, percent, and when it ended."""

    status: str
    progress: int
    ended_at: int | None = None


class VideosApi:
    """The video endpoints over the state file and the clock.

    Attributes:
        received: The newest requests for a job as they came: `content_type` without its boundary,
            and `fields`, in which a file is `{"file": its name, "type": its type, "bytes": its size}`.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self.flavour = FLAVOURS[0]
        self.failing = 0
        self.behaviour = VideoBehaviour()
        self._clips = ClipCache(self.behaviour)
        self.received: deque[Body] = deque(maxlen=_REMEMBERED)

    async def create(self, request: Request) -> Response:
        """`POST /v1/videos`, multipart or JSON."""
        fields = await self._fields(request)
        key = request.headers.get("idempotency-key")
        if key and (known := self._by_idempotency_key(key)):
            return JSONResponse(self._wire(*known))
        number = len(self._world.state.all(_KIND))
        job = _new_job(fields, number=number, now=self._world.now) | {"idempotency_key": key}
        if self.failing > 0:
            self.failing -= 1
            job["failure"] = "out of memory while denoising"
        elif is_refused(job["prompt"]):
            if self.behaviour.refusal == "submit":
                raise ModelApiError(400, _BLOCKED, param="prompt", code="moderation_blocked")
            job["refused"] = True
        job_id = f"video_{digest(self._world.seed, 'job', number):016x}{number:08x}"
        self._world.state.put(_KIND, job_id, job)
        return JSONResponse(self._wire(job_id, job))

    async def list_jobs(self, request: Request) -> Response:
        """`GET /v1/videos`, newest first unless `order=asc`."""
        query = request.query_params
        limit = _whole_number("limit", query.get("limit", "20"), 1, 100)
        jobs = [(key, job) for key, job in self._world.state.all(_KIND) if not job.get("deleted")]
        if query.get("order", "desc") != "asc":
            jobs.reverse()
        if after := query.get("after"):
            ids = [job_id for job_id, _ in jobs]
            if after not in ids:
                raise invalid("after", f"No video with id '{after}'.")
            jobs = jobs[ids.index(after) + 1 :]
        data = [self._wire(job_id, job) for job_id, job in jobs[:limit]]
        return JSONResponse(
            {
                "object": "list",
                "data": data,
                "first_id": data[0]["id"] if data else None,
                "last_id": data[-1]["id"] if data else None,
                "has_more": len(jobs) > limit,
            }
        )

    async def retrieve(self, request: Request) -> Response:
        """`GET /v1/videos/{id}`."""
        job_id, job = self._job(request)
        wire = self._wire(job_id, job)
        if self.behaviour.content == "elsewhere":
            wire["url"] = f"{request.base_url}outputs/{job_id}.mp4"
        failed = wire["status"] == "failed" and self.flavour == "vllm_omni"
        headers = {"openai-poll-after-ms": "1000"}
        return JSONResponse(wire, status_code=500 if failed else 200, headers=headers)

    async def delete(self, request: Request) -> Response:
        """`DELETE /v1/videos/{id}`."""
        job_id, job = self._job(request)
        self._world.state.put(_KIND, job_id, {**job, "deleted": True})
        self._clips.drop(job_id)
        return JSONResponse({"id": job_id, "object": "video.deleted", "deleted": True})

    async def content(self, request: Request) -> Response:
        """`GET /v1/videos/{id}/content`: the MP4; 404 until there is one."""
        job_id, job = self._job(request)
        variant = request.query_params.get("variant")
        if variant is not None and self.flavour == "sglang":
            raise ModelApiError(404, f"Output index '{variant}' was not found.")
        if variant not in (None, "video"):
            raise invalid("variant", f"The variant '{variant}' is not made here.")
        status = self._state(job).status
        if status != "completed":
            raise ModelApiError(404, f"Video '{job_id}' has no content, its status is {status}.")
        if self.behaviour.content == "elsewhere":
            raise ModelApiError(400, "The video was uploaded to cloud storage; use its url.")
        content, kind = self.behaviour.spoiled(await self._clip(job_id, job))
        return Response(
            content,
            media_type=kind,
            headers={"content-disposition": f'attachment; filename="{job_id}.mp4"'},
        )

    async def output(self, request: Request) -> Response:
        """`GET /outputs/{id}.mp4`: the object store that `elsewhere` links to; it takes no key."""
        clip = await self._clip(*self._job(request))
        return Response(clip, media_type="application/octet-stream")

    async def _clip(self, job_id: str, job: dict[str, Any]) -> bytes:
        width, height = map(int, job["size"].split("x"))
        request = ClipRequest(job["prompt"], job["seed"], width, height, job["seconds"])
        return await self._clips.clip(job_id, request)

    async def _fields(self, request: Request) -> dict[str, Any]:
        kind = request.headers.get("content-type", "").partition(";")[0]
        if kind == "multipart/form-data":
            form = await request.form()
            fields = {key: await _part(value) for key, value in form.multi_items()}
            self.received.append({"content_type": kind, "fields": fields})
            if self.flavour == "json_only":
                raise ModelApiError(415, "Send application/json.", param="content-type")
            return fields
        if self.flavour == "vllm_omni":
            raise ModelApiError(422, "Send multipart/form-data.", param="content-type")
        try:
            body = await request.json()
        except ValueError as error:
            raise ModelApiError(400, "The request body is not valid JSON.") from error
        if not isinstance(body, dict):
            raise ModelApiError(400, "The request body must be a JSON object.")
        self.received.append({"content_type": kind, "fields": body})
        return body

    def _by_idempotency_key(self, key: str) -> tuple[str, dict[str, Any]] | None:
        jobs = self._world.state.all(_KIND)
        return next(((i, job) for i, job in jobs if job["idempotency_key"] == key), None)

    def _job(self, request: Request) -> tuple[str, dict[str, Any]]:
        job_id = request.path_params["video_id"]
        job = self._world.state.get(_KIND, job_id)
        if job is None or job.get("deleted"):
            raise ModelApiError(404, f"Video with id '{job_id}' not found.", param="video_id")
        return job_id, job

    def _state(self, job: dict[str, Any]) -> _State:
        if self.behaviour.status:
            return _State(self.behaviour.status, 50)
        age = self._world.now - job["created_at"]
        if age < _QUEUED_S:
            return _State("queued", 0)
        if job.get("refused") or job.get("failure"):
            ends = _QUEUED_S + 3
            failed = _State("failed", 0, job["created_at"] + ends)
            return failed if age >= ends else _State("in_progress", 0)
        takes = _QUEUED_S + _START_UP_S + _PER_SECOND_S * job["seconds"]
        if age < takes:
            return _State("in_progress", int(100 * (age - _QUEUED_S) / (takes - _QUEUED_S)))
        return _State("completed", 100, job["created_at"] + takes)

    def _wire(self, job_id: str, job: dict[str, Any]) -> dict[str, Any]:
        state = self._state(job)
        done = state.status == "completed"
        wire = {
            "id": job_id,
            "object": "video",
            "model": job["model"],
            "status": state.status,
            "progress": state.progress,
            "created_at": job["created_at"],
            "completed_at": state.ended_at if done else None,
            "expires_at": state.ended_at + _KEPT_S if done and state.ended_at else None,
            "prompt": job["prompt"],
            "size": job["size"],
            "seconds": str(job["seconds"]),
            "remixed_from_video_id": None,
            "error": self._error(job) if state.status == "failed" else None,
        }
        if done and self.behaviour.cost_usd is not None:
            wire["usage"] = {"cost": self.behaviour.cost_usd}
        if self.flavour == "sglang":
            wire |= {"url": None, "file_path": f"outputs/{job_id}.mp4", "num_outputs": 1}
        elif self.flavour == "vllm_omni":
            wire |= {"media_type": "video/mp4", "file_name": f"{job_id}.mp4", "fps": 24}
        return wire

    def _error(self, job: dict[str, Any]) -> dict[str, Any]:
        if job.get("refused"):
            code: str | int = "moderation_blocked"
            message = _BLOCKED
        else:
            code, message = "server_error", str(job["failure"])
        if self.flavour == "sglang":
            return {"message": message}
        return {"code": 500 if self.flavour == "vllm_omni" else code, "message": message}


def _new_job(fields: dict[str, Any], *, number: int, now: int) -> dict[str, Any]:
    prompt = fields.get("prompt")
    if not isinstance(prompt, str) or not prompt.strip():
        raise missing("prompt")
    size = str(fields.get("size") or "720x1280")
    sides = _SIZE.match(size)
    if not sides or not all(
        64 <= int(side) <= 2048 and int(side) % 2 == 0 for side in sides.groups()
    ):
        raise invalid("size", f"Invalid size '{size}': two even numbers from 64 to 2048, as WxH.")
    seconds = _whole_number("seconds", fields.get("seconds") or "4", 1, 60)
    return {
        "prompt": prompt,
        "model": str(fields.get("model") or "sora-2"),
        "size": size,
        "seconds": seconds,
        "seed": _whole_number("seed", fields.get("seed") or number, 0, 2**63),
        "reference": _reference(fields.get("input_reference")),
        "created_at": now,
    }


def _whole_number(name: str, value: Any, low: int, high: int) -> int:
    try:
        number = int(str(value))
    except ValueError as error:
        raise invalid(name, f"Invalid {name} '{value}': a whole number is needed.") from error
    if not low <= number <= high:
        raise invalid(name, f"Invalid {name} '{value}': it must be from {low} to {high}.")
    return number


async def _part(value: UploadFile | str) -> str | dict[str, Any]:
    if isinstance(value, str):
        return value
    content = await value.read()
    return {"file": value.filename, "type": value.content_type, "bytes": len(content)}


def _reference(sent: Any) -> dict[str, Any] | None:
    """What is kept of a picture: a file's type and size, or how its address begins."""
    if sent is None:
        return None
    if isinstance(sent, dict) and sent.get("file"):
        if not str(sent["type"]).startswith("image/") or not sent["bytes"]:
            raise invalid("input_reference", "The file is no picture.")
        return sent
    url = sent.get("image_url") if isinstance(sent, dict) else None
    if not isinstance(url, str) or not url.startswith(("https://", "data:image/")):
        raise invalid("input_reference", "A file, or an object with image_url, is needed.")
    return {"image_url": url[:24]}
