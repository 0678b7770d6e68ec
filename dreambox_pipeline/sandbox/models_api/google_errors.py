"""Errors as Google's APIs send them: HTTP's status, Google's word for it, and details."""

from typing import Any

from starlette.responses import JSONResponse

_WORDS = {
    400: "INVALID_ARGUMENT",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
}
_RPC = "type.googleapis.com/google.rpc."


class GoogleError(Exception):
    """A refused request.

    Args:
        status: HTTP's.
        message: For people.
        reason: Google's reason in its details, if it says one.
        retry_after_s: How long to wait, which stands in the body and in no header.
    """

    def __init__(
        self, status: int, message: str, *, reason: str = "", retry_after_s: int | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.reason = reason
        self.retry_after_s = retry_after_s

    def answer(self) -> JSONResponse:
        """The error on the wire."""
        details: list[dict[str, Any]] = []
        if self.reason:
            details.append({"@type": f"{_RPC}ErrorInfo", "reason": self.reason})
        if self.retry_after_s is not None:
            details.append({"@type": f"{_RPC}RetryInfo", "retryDelay": f"{self.retry_after_s}s"})
        error = {
            "code": self.status,
            "message": self.message,
            "status": _WORDS[self.status],
            "details": details,
        }
        return JSONResponse({"error": error}, status_code=self.status)


def invalid(message: str) -> GoogleError:
    """A request that cannot be used."""
    return GoogleError(400, message)


def not_found(message: str) -> GoogleError:
    """Something that is not there."""
    return GoogleError(404, message)
