r"""`/v1/batches`: many requests in a file, answered over simulated seconds, in any order.

    validating -> in_progress -> finalizing -> completed
         |             |  \-> cancelling -> cancelled     with what was done by then
         v             \----> expired                     after 24 hours, likewise
       failed                                              the file cannot be used; nothing ran

Where a batch is follows from the clock; its requests are answered by the responses endpoint
when somebody first looks at the batch after its end.
"""

import asyncio
import json
from threading import Lock
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dreambox_pipeline.sandbox.models_api.batch_lines import BatchLines, lines_of, problems_in
from dreambox_pipeline.sandbox.models_api.behaviour import Behaviour
from dreambox_pipeline.sandbox.models_api.errors import ModelApiError, invalid, missing
from dreambox_pipeline.sandbox.models_api.files import FilesApi, NewFile, kept_for
from dreambox_pipeline.sandbox.models_api.responses import ResponsesApi
from dreambox_pipeline.sandbox.world.seeds import digest
from dreambox_pipeline.sandbox.world.world import World

_KIND = "model_batch"
_VALIDATING_S = 5
_FINALIZING_S = 5
_CANCELLING_S = 10
_START_UP_S = 20
_PER_REQUEST_S = 0.1
_WINDOW_S = 86_400
_USUALLY_KEPT_S = 2_592_000
_MOST_METADATA = 16

Batch = dict[str, Any]


class BatchesApi:
    """The batch endpoints over the state file and the clock."""

    def __init__(
        self, world: World, files: FilesApi, responses: ResponsesApi, behaviour: Behaviour
    ) -> None:
        self._world = world
        self._files = files
        self._lines = BatchLines(world.seed, responses.answer)
        self._behaviour = behaviour
        self._settling = Lock()

    async def create(self, request: Request) -> Response:
        """`POST /v1/batches`."""
        try:
            body = await request.json()
        except ValueError as error:
            raise ModelApiError(400, "The request body is not valid JSON.") from error
        if not isinstance(body, dict):
            raise missing("input_file_id")
        batch = self._new(body)
        number = len(self._world.state.all(_KIND))
        batch_id = f"batch_{digest(self._world.seed, 'batch', number):016x}{number:08x}"
        self._world.state.put(_KIND, batch_id, batch)
        return JSONResponse(self._wire(batch_id, batch))

    async def retrieve(self, request: Request) -> Response:
        """`GET /v1/batches/{batch_id}`."""
        batch_id = request.path_params["batch_id"]
        batch = await asyncio.to_thread(self._settled, batch_id, self._batch(batch_id))
        return JSONResponse(self._wire(batch_id, batch))

    async def list_batches(self, request: Request) -> Response:
        """`GET /v1/batches`, newest first."""
        query = request.query_params
        limit = query.get("limit", "20")
        if not limit.isdigit() or not 1 <= int(limit) <= 100:
            raise invalid("limit", f"Invalid limit '{limit}': it must be from 1 to 100.")
        batches = self._world.state.all(_KIND)[::-1]
        if after := query.get("after"):
            ids = [batch_id for batch_id, _ in batches]
            if after not in ids:
                raise invalid("after", f"No batch with id '{after}'.")
            batches = batches[ids.index(after) + 1 :]
        shown = batches[: int(limit)]
        data = [
            self._wire(key, await asyncio.to_thread(self._settled, key, batch))
            for key, batch in shown
        ]
        ends = {"first_id": data[0]["id"], "last_id": data[-1]["id"]} if data else {}
        has_more = len(batches) > len(shown)
        return JSONResponse({"object": "list", "data": data, **ends, "has_more": has_more})

    async def cancel(self, request: Request) -> Response:
        """`POST /v1/batches/{batch_id}/cancel`."""
        batch_id = request.path_params["batch_id"]
        batch = self._batch(batch_id)
        status = self._status(batch)[0]
        if status not in ("validating", "in_progress", "finalizing"):
            raise ModelApiError(400, f"Cannot cancel a batch with status '{status}'.")
        batch["cancelling_at"] = self._world.now
        self._world.state.put(_KIND, batch_id, batch)
        return JSONResponse(self._wire(batch_id, batch))

    def _new(self, body: Batch) -> Batch:
        for name in ("input_file_id", "endpoint", "completion_window"):
            if not isinstance(body.get(name), str):
                raise missing(name)
        if body["endpoint"] != "/v1/responses":
            raise invalid("endpoint", "This double runs batches of /v1/responses only.")
        if body["completion_window"] != "24h":
            raise invalid("completion_window", "Invalid completion_window: only '24h' is allowed.")
        metadata = body.get("metadata") or {}
        if not isinstance(metadata, dict) or len(metadata) > _MOST_METADATA:
            raise invalid("metadata", "Send an object of at most 16 strings.")
        if any(len(key) > 64 or len(str(value)) > 512 for key, value in metadata.items()):
            raise invalid("metadata", "Keys have up to 64 characters, values up to 512.")
        kept = body.get("output_expires_after") or {}
        file = self._files.read(body["input_file_id"])
        problems = problems_in(file["content"], body["endpoint"])
        if self._behaviour.batches == "fails":
            problems = [
                {
                    "code": "token_limit_exceeded",
                    "message": "Enqueued token limit reached for this model.",
                }
            ]
        return {
            "input_file_id": body["input_file_id"],
            "endpoint": body["endpoint"],
            "metadata": metadata or None,
            "kept_s": kept_for(kept.get("anchor"), kept.get("seconds"), "output_expires_after"),
            "created_at": self._world.now,
            "requests": len(lines_of(file["content"])),
            "problems": problems,
            "mode": self._behaviour.batches,
        }

    def _batch(self, batch_id: str) -> Batch:
        batch = self._world.state.get(_KIND, batch_id)
        if batch is None:
            raise ModelApiError(404, f"No batch found with id '{batch_id}'.", param="batch_id")
        return batch

    def _times(self, batch: Batch) -> dict[str, int]:
        """When a batch that nobody stops begins, is done, and ends."""
        began = batch["created_at"] + _VALIDATING_S
        done = began + _START_UP_S + int(_PER_REQUEST_S * batch["requests"])
        expires = batch["created_at"] + _WINDOW_S
        if batch["mode"] == "expires":
            done = expires + 1
        return {"began": began, "done": done, "ended": done + _FINALIZING_S, "expires": expires}

    def _status(self, batch: Batch) -> tuple[str, int | None]:
        """The status now, and when it ended if it did."""
        now, times = self._world.now, self._times(batch)
        if now < times["began"]:
            early = "validating"
            return ("cancelling" if "cancelling_at" in batch else early), None
        if batch["problems"]:
            return "failed", times["began"]
        if "cancelling_at" in batch:
            ends = batch["cancelling_at"] + _CANCELLING_S
            return ("cancelled", ends) if now >= ends else ("cancelling", None)
        if times["done"] > times["expires"]:
            over = now >= times["expires"]
            return ("expired", times["expires"]) if over else ("in_progress", None)
        if now >= times["ended"]:
            return "completed", times["ended"]
        return ("finalizing" if now >= times["done"] else "in_progress"), None

    def _done(self, batch: Batch) -> int:
        """Requests that ran until now, or until the batch was stopped."""
        times = self._times(batch)
        at = min(self._world.now, batch.get("cancelling_at", self._world.now), times["expires"])
        if batch["mode"] == "expires":
            return batch["requests"] // 2 if at >= times["expires"] else 0
        share = (at - times["began"]) / max(1, times["done"] - times["began"])
        return int(batch["requests"] * min(1.0, max(0.0, share)))

    def _settled(self, batch_id: str, batch: Batch) -> Batch:
        """The batch, with its files written if it has ended since the last look."""
        with self._settling:
            batch = self._world.state.get(_KIND, batch_id) or batch
            status, ended = self._status(batch)
            if ended is None or status == "failed" or "files" in batch:
                return batch
            results = self._lines.run(
                self._files.content_of(batch["input_file_id"]),
                done=self._done(batch),
                status=status,
                mode=batch["mode"],
            )
            batch["files"] = {
                part: self._files.put(
                    NewFile(
                        f"{batch_id}_{part}.jsonl",
                        "batch_output",
                        "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in found),
                        batch["kept_s"] or _USUALLY_KEPT_S,
                    )
                )
                if found
                else None
                for part, found in (("output", results.output), ("error", results.errors))
            }
            batch["counts"] = [len(results.output), len(results.errors)]
            self._world.state.put(_KIND, batch_id, batch)
            return batch

    def _wire(self, batch_id: str, batch: Batch) -> Batch:
        status, ended = self._status(batch)
        times = self._times(batch)
        has_begun = status not in ("validating", "failed")
        files = batch.get("files", {})
        completed, failed = batch.get("counts", [self._done(batch) if has_begun else 0, 0])
        problems = [{"line": None, "param": None, **problem} for problem in batch["problems"]]
        wire = {
            "id": batch_id,
            "object": "batch",
            "endpoint": batch["endpoint"],
            "errors": {"object": "list", "data": problems} if status == "failed" else None,
            "input_file_id": batch["input_file_id"],
            "completion_window": "24h",
            "status": status,
            "output_file_id": files.get("output"),
            "error_file_id": files.get("error"),
            "created_at": batch["created_at"],
            "in_progress_at": times["began"] if has_begun else None,
            "expires_at": times["expires"],
            "finalizing_at": times["done"] if status in ("finalizing", "completed") else None,
            "completed_at": ended if status == "completed" else None,
            "failed_at": ended if status == "failed" else None,
            "expired_at": ended if status == "expired" else None,
            "cancelling_at": batch.get("cancelling_at"),
            "cancelled_at": ended if status == "cancelled" else None,
            "request_counts": {
                "total": batch["requests"] if has_begun else 0,
                "completed": completed,
                "failed": failed,
            },
            "metadata": batch["metadata"],
        }
        # The published description knows no null in these; what is not yet is left out.
        return {name: value for name, value in wire.items() if value is not None}
