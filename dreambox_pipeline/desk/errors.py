"""What a person sees when something cannot be done: a plain page, or the same words as JSON.

`Refusal` is the desk's "no", with a status, a title and what to do next. Errors of the
pipeline become refusals here, and a bug becomes a calm page and a traceback in the log.
"""

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dreambox_pipeline.desk.templating import TEMPLATES
from dreambox_pipeline.errors import DreamBoxError, ItemError

_log = structlog.get_logger(__name__)


class Refusal(Exception):  # noqa: N818 - a "no", not a fault
    """Something the desk will not do. Nothing was changed.

    Args:
        status: HTTP status, 400 to 599.
        title: A few words, for the page's heading.
        detail: What came back and what to do next, in full sentences.
    """

    def __init__(self, status: int, title: str, detail: str) -> None:
        super().__init__(f"{title}: {detail}")
        self.status = status
        self.title = title
        self.detail = detail


def answer(request: Request, refusal: Refusal) -> Response:
    """The refusal as a page, or as JSON when that is what the caller speaks."""
    if not wants_page(request):
        body = {"error": refusal.title, "detail": refusal.detail}
        return JSONResponse(body, status_code=refusal.status)
    return TEMPLATES.TemplateResponse(
        request, "error.html", {"refusal": refusal}, status_code=refusal.status
    )


async def refuse(scope: Scope, receive: Receive, send: Send, refusal: Refusal) -> None:
    """Send the refusal from a place that has no request object yet."""
    await answer(Request(scope, receive), refusal)(scope, receive, send)


def on_refusal(request: Request, error: Exception) -> Response:
    """Handler for `Refusal`."""
    assert isinstance(error, Refusal)  # noqa: S101 - registered for this type only
    return answer(request, error)


def on_http_exception(request: Request, error: Exception) -> Response:
    """Handler for Starlette's own 404 and 405."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this type only
    title = "There is nothing here" if error.status_code == 404 else error.detail
    detail = "The address may be mistyped, or the page has moved. The review list has everything."
    return answer(request, Refusal(error.status_code, title, detail))


def on_pipeline_error(request: Request, error: Exception) -> Response:
    """Handler for errors raised on purpose; their messages say what to do next."""
    assert isinstance(error, DreamBoxError)  # noqa: S101 - registered for this type only
    status = 404 if isinstance(error, ItemError) else 503
    _log.warning("desk_request_failed", path=request.url.path, error=str(error))
    return answer(request, Refusal(status, "The desk cannot do this right now", str(error)))


class LastResort:
    """The outermost layer: a bug is logged with its traceback and answered with a calm 500."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; answer for what nobody else did."""
        has_started = False

        async def watch(message: Message) -> None:
            nonlocal has_started
            has_started = has_started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except Exception:
            _log.exception("desk_crashed", path=scope.get("path"))
            if scope["type"] != "http" or has_started:
                raise
            detail = "Nothing was decided. The log has the details; reload the page to go on."
            await refuse(scope, receive, send, Refusal(500, "Something broke at the desk", detail))


def wants_page(request: Request) -> bool:
    """A browser asks for HTML, and a form is a browser's; everything else gets JSON."""
    if request.url.path.startswith("/api/"):
        return False
    accepts = request.headers.get("accept", "")
    sends = request.headers.get("content-type", "")
    return "text/html" in accepts or ("json" not in accepts and "json" not in sends)
