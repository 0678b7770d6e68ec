"""The lines of a batch: what is wrong with a file of requests, and the results of a good one."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from dreambox_pipeline.sandbox.models_api.errors import ModelApiError
from dreambox_pipeline.sandbox.world.seeds import dice, digest

Line = dict[str, Any]

_MOST_REQUESTS = 50_000
_MOST_PROBLEMS = 20


@dataclass(slots=True)
class Results:
    """Lines of the output file and of the error file."""

    output: list[Line] = field(default_factory=list)
    errors: list[Line] = field(default_factory=list)


def lines_of(content: str) -> list[str]:
    """The lines of a file of JSON lines; other line ends may stand inside a string."""
    return [line for line in content.split("\n") if line.strip()]


def problems_in(content: str, endpoint: str) -> list[Line]:
    """Why a file cannot be run, each with its code and line; empty when it can."""
    lines = lines_of(content)
    if not lines:
        return [{"code": "empty_file", "message": "The batch input file is empty."}]
    if len(lines) > _MOST_REQUESTS:
        return [{"code": "too_many_tasks", "message": f"At most {_MOST_REQUESTS} requests."}]
    problems: list[Line] = []
    known: set[str] = set()
    models: set[str] = set()
    for number, text in enumerate(lines, 1):
        code = _problem(text, endpoint, known, models)
        if code:
            problems.append({"code": code, "message": f"Line {number}: {code}.", "line": number})
        if len(problems) == _MOST_PROBLEMS:
            break
    return problems


def _problem(text: str, endpoint: str, known: set[str], models: set[str]) -> str | None:
    try:
        line = json.loads(text)
    except ValueError:
        return "invalid_json_line"
    line = line if isinstance(line, dict) else {}
    name, body = line.get("custom_id"), line.get("body")
    if not isinstance(body, dict) or not isinstance(name, str) or not name:
        return "missing_required_parameter"
    models.add(str(body.get("model")))
    wrong = {
        "invalid_method": line.get("method") != "POST",
        "invalid_url": line.get("url") != endpoint,
        "duplicate_custom_id": name in known,
        "mismatched_model": len(models) > 1,
    }
    known.add(name)
    return next((code for code, is_wrong in wrong.items() if is_wrong), None)


class BatchLines:
    """Runs the requests of a file.

    Args:
        seed: Names the order in which results come back.
        answer: Answers one request body; raises ModelApiError for one it refuses.
    """

    def __init__(self, seed: int, answer: Callable[[Line], Line]) -> None:
        self._seed = seed
        self._answer = answer

    def run(self, content: str, *, done: int, status: str, mode: str) -> Results:
        """Results of the first *done* requests, and errors for the others when *status* has them."""
        requests = [json.loads(line) for line in lines_of(content)]
        done = len(requests) if status == "completed" else done
        results = Results()
        for place, request in enumerate(requests[:done]):
            if mode == "loses_lines" and place % 3 == 1:
                continue
            line = self._result(request, is_broken=mode == "errors" and place % 3 == 1)
            is_good = line["response"]["status_code"] == 200
            (results.output if is_good else results.errors).append(line)
        if status in ("expired", "cancelled"):
            results.errors += [self._never_run(request, status) for request in requests[done:]]
        # Nothing says that results come in the order of their requests.
        dice(self._seed, "batch_order", content).shuffle(results.output)
        return results

    def _result(self, request: Line, *, is_broken: bool) -> Line:
        failed: ModelApiError | None = None
        status, body = 200, {}
        if is_broken:
            failed = ModelApiError(500, "The server had an error.", kind="server_error")
        else:
            try:
                body = self._answer(request["body"])
            except ModelApiError as refused:
                failed = refused
        if failed:
            status, body = failed.status, json.loads(bytes(failed.answer().body))
        request_id = f"req_{digest(self._seed, 'batch_request', request['custom_id']):016x}"
        return {
            "id": _line_id(self._seed, request),
            "custom_id": request["custom_id"],
            "response": {"status_code": status, "request_id": request_id, "body": body},
            "error": None,
        }

    def _never_run(self, request: Line, status: str) -> Line:
        what = "This request could not be executed before the completion window expired."
        if status == "cancelled":
            what = "This request was not executed because the batch was cancelled."
        return {
            "id": _line_id(self._seed, request),
            "custom_id": request["custom_id"],
            "response": None,
            "error": {"code": f"batch_{status}", "message": what},
        }


def _line_id(seed: int, request: Line) -> str:
    return f"batch_req_{digest(seed, 'batch_line', request['custom_id']):016x}"
