"""Reading what a browser or a script sends: a small form or a small JSON object.

Bodies are read with a cap and validated by pydantic; whatever does not fit becomes a refusal
in words. The reviewer's name lives in a cookie, so it is asked for once per browser.
"""

import json
from typing import Any, TypeVar
from urllib.parse import parse_qsl, quote, unquote

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from dreambox_pipeline.desk.decisions import ReviewerName
from dreambox_pipeline.desk.errors import Refusal

MAX_BODY_BYTES = 64 * 1024
"""The longest legitimate decision is under 4 kB, even percent-encoded."""

COOKIE = "dreambox_reviewer"
COOKIE_SECONDS = 365 * 86_400

Model = TypeVar("Model", bound=BaseModel)


class ReviewerForm(BaseModel):
    """Who is reviewing on this device."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    reviewer: ReviewerName = Field(min_length=1)


async def read_body(request: Request) -> dict[str, Any]:
    """The fields of a form or a JSON object.

    Raises:
        Refusal: 413 too large, 415 neither form nor JSON, 400 not readable as what it says.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise Refusal(
                413, "That is too long", "A decision fits into 64 kB. Shorten the reason."
            )
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        if kind == "application/json":
            return _object(json.loads(body))
        if kind == "application/x-www-form-urlencoded":
            return dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=20))
    except (ValueError, RecursionError) as error:
        raise Refusal(
            400, "This could not be read", f"The body says it is {kind}, but it is not: {error}."
        ) from error
    raise Refusal(
        415,
        "This could not be read",
        f"The body is {kind or 'of no stated kind'}. Send a form or a JSON object.",
    )


def parse(model: type[Model], fields: dict[str, Any]) -> Model:
    """The fields as *model*.

    Raises:
        Refusal: 422 with one sentence per field that does not fit.
    """
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise Refusal(
            422, "Something is missing or too long", f"{wrong}. Correct it and send it again."
        ) from error


def remembered_reviewer(request: Request) -> str:
    """The name in the cookie, or an empty string."""
    try:
        return _NAME.validate_python(unquote(request.cookies.get(COOKIE, "")))
    except ValidationError:
        return ""


def remember_reviewer(response: Response, reviewer: str) -> None:
    """Keep the name in this browser for a year."""
    response.set_cookie(
        COOKIE, quote(reviewer), max_age=COOKIE_SECONDS, httponly=True, samesite="strict"
    )


_NAME: TypeAdapter[str] = TypeAdapter(ReviewerName)


def _object(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("it is not an object")  # noqa: TRY004 - a caller's mistake, answered 400
    return value
