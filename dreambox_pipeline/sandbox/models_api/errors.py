"""OpenAI-style errors: an HTTP status and one `error` object."""

from starlette.responses import JSONResponse


class ModelApiError(Exception):
    """A refused request; *param* names the field at fault, if one is."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        param: str | None = None,
        code: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.kind = kind
        self.param = param
        self.code = code

    def answer(self) -> JSONResponse:
        """The error on the wire."""
        error = {
            "message": self.message,
            "type": self.kind,
            "param": self.param,
            "code": self.code,
        }
        return JSONResponse({"error": error}, status_code=self.status)


def missing(param: str) -> ModelApiError:
    """A required field that was not sent."""
    return ModelApiError(
        400,
        f"Missing required parameter: '{param}'.",
        param=param,
        code="missing_required_parameter",
    )


def invalid(param: str, message: str) -> ModelApiError:
    """A field with a value that cannot be used."""
    return ModelApiError(400, message, param=param, code="invalid_value")
