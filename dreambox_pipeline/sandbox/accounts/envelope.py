"""The Accounts API's wire style: HTTP 200, an integer `code`, and strict parameters.

GET parameters that are lists or objects arrive as JSON strings in the query; POST bodies are
JSON objects. Failures are answers like any other, with a code other than 0.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import count
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from dreambox_pipeline.sandbox.world.seeds import digest

PERMISSION_ERROR = 40001
PARAM_ERROR = 40002
NOT_EXIST = 40007
TOO_MANY_REQUESTS = 40100
INVALID_PARTNER = 40101
ACCESS_TOKEN_EXPIRED = 40102
REFRESH_TOKEN_EXPIRED = 40103
EMPTY_ACCESS_TOKEN = 40104
INVALID_ACCESS_TOKEN = 40105
INVALID_REFRESH_TOKEN = 40107
INVALID_GRANT_TYPE = 40108
AUTH_CODE_ERROR = 40110
ROUTE_NOT_FOUND = 40400
SYSTEM_ERROR = 50000

_BODY_LIMIT_BYTES = 4_000_000
_requests = count(1)


class ApiError(Exception):
    """An answer with a code other than 0."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


def request_id(now: datetime) -> str:
    """An id as the platform logs them: the time, then 20 hexadecimal digits."""
    number = next(_requests)
    noise = f"{digest(number, 'request'):016X}{number & 0xFFFF:04X}"
    return now.strftime("%Y%m%d%H%M%S") + noise


def fault_request_id() -> str:
    """A request id for an answer that never reached an endpoint."""
    return f"{digest(next(_requests), 'fault'):034d}"


def envelope(
    data: Mapping[str, Any], *, now: datetime, code: int = 0, message: str = "OK"
) -> JSONResponse:
    """The one shape of all answers of the Accounts API."""
    log_id = request_id(now)
    body = {"code": code, "message": message, "request_id": log_id, "data": dict(data)}
    return JSONResponse(body, headers={"x-tt-logid": log_id})


class Params:
    """The parameters of one call, read strictly; anything wrong is code 40002."""

    def __init__(self, values: Mapping[str, Any], *, from_query: bool) -> None:
        self._values = values
        self._from_query = from_query

    @classmethod
    async def of(cls, request: Request) -> "Params":
        """Reads the query of a GET, or the JSON body of a POST."""
        if request.method == "GET":
            return cls(dict(request.query_params), from_query=True)
        if "application/json" not in request.headers.get("content-type", ""):
            raise ApiError(PARAM_ERROR, "Content-Type must be application/json.")
        body = await request.body()
        if len(body) > _BODY_LIMIT_BYTES:
            raise ApiError(PARAM_ERROR, "The request body is too large.")
        try:
            values = json.loads(body)
        except ValueError as error:
            raise ApiError(PARAM_ERROR, "The request body is not valid JSON.") from error
        if not isinstance(values, dict):
            raise ApiError(PARAM_ERROR, "The request body must be a JSON object.")
        return cls(values, from_query=False)

    def has(self, name: str) -> bool:
        """Whether *name* was sent with a value."""
        return self._values.get(name) not in (None, "")

    def text(self, name: str, default: str | None = None) -> str:
        """A string; required when *default* is None."""
        if not self.has(name):
            if default is None:
                raise ApiError(PARAM_ERROR, f"{name}: Missing data for required field.")
            return default
        value = self._values[name]
        if not isinstance(value, str):
            raise ApiError(PARAM_ERROR, f"{name}: Not a valid string.")
        return value

    def integer(self, name: str, *, default: int, low: int, high: int) -> int:
        """A whole number from *low* to *high*."""
        if not self.has(name):
            return default
        value = self._values[name]
        try:
            number = int(value)
        except (TypeError, ValueError) as error:
            raise ApiError(PARAM_ERROR, f"{name}: Not a valid integer.") from error
        if isinstance(value, bool | float) or not low <= number <= high:
            raise ApiError(PARAM_ERROR, f"{name}: Must be between {low} and {high}.")
        return number

    def choice(self, name: str, allowed: Iterable[str], default: str) -> str:
        """One of the *allowed* words."""
        value = self.text(name, default)
        if value not in (words := [*allowed, default]):
            raise ApiError(PARAM_ERROR, f"{name}: Must be one of {', '.join(filter(None, words))}.")
        return value

    def flag(self, name: str) -> bool:
        """True or false, `true` and `false` in a query; false when missing."""
        value = self._values.get(name, False)
        if self._from_query and value in ("true", "false"):
            return bool(value == "true")
        if not isinstance(value, bool):
            raise ApiError(PARAM_ERROR, f"{name}: Not a valid boolean.")
        return value

    def strings(self, name: str, *, at_most: int = 100) -> list[str]:
        """A list of strings; empty when missing."""
        value = self._structure(name, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise ApiError(PARAM_ERROR, f"{name}: Not a valid list of strings.")
        if len(value) > at_most:
            raise ApiError(PARAM_ERROR, f"{name}: Longer than maximum length {at_most}.")
        return value

    def mapping(self, name: str, *, required: bool = False) -> dict[str, Any]:
        """An object; empty when missing and not required."""
        if required and self._values.get(name) is None:
            raise ApiError(PARAM_ERROR, f"{name}: Missing data for required field.")
        value = self._structure(name, {})
        if not isinstance(value, dict):
            raise ApiError(PARAM_ERROR, f"{name}: Not a valid object.")
        return value

    def _structure(self, name: str, default: Any) -> Any:
        if not self.has(name):
            return default
        value = self._values[name]
        if not self._from_query:
            return value
        try:
            return json.loads(value)
        except ValueError as error:
            raise ApiError(PARAM_ERROR, f"{name}: Not valid JSON.") from error
