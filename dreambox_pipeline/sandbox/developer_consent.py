"""The consent page: a person sees what an app asks for, picks scopes, and is sent back.

`/v2/auth/authorize` shows the page, or with `disable_auto_auth=0` sends the person back at once,
as the platform does with a session that agreed before. What the page's form sends goes to
`/v2/auth/authorize/decide` with `decision=allow` and one `grant` per scope, or `decision=deny`.
"""

from html import escape
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from dreambox_pipeline.sandbox.accounts.fetching import is_loopback
from dreambox_pipeline.sandbox.accounts.tokens import SCOPES, TokenStore

_FORWARDED = (
    "client_key", "scope", "redirect_uri", "state", "code_challenge", "response_type",
    "code_challenge_method",
)  # fmt: skip
_STYLE = "body{font:16px sans-serif;max-width:32em;margin:3em auto}label{display:block}"


class _RefusedError(Exception):
    """The question cannot be answered; *error* is the word sent back."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error, self.description = error, description


class ConsentPage:
    """The page of the one app, asked by whoever is signed in in this world."""

    def __init__(self, tokens: TokenStore) -> None:
        self._tokens = tokens

    def routes(self) -> list[Route]:
        """The page, with and without its final slash, and where its form goes."""
        return [
            Route("/v2/auth/authorize", self.page, methods=["GET"]),
            Route("/v2/auth/authorize/", self.page, methods=["GET"]),
            Route("/v2/auth/authorize/decide", self.decide, methods=["GET"]),
        ]

    async def page(self, request: Request) -> Response:
        """Shows what is asked for."""
        if (problem := self._unsafe(request)) is not None:
            return problem
        try:
            wanted = _wanted(request)
        except _RefusedError as refused:
            return _back(request, _refusal(refused))
        if request.query_params.get("disable_auto_auth") == "0":
            return self._granted(request, wanted)
        return HTMLResponse(_page(request, wanted))

    async def decide(self, request: Request) -> Response:
        """Sends the person back with a code, or with the refusal."""
        if (problem := self._unsafe(request)) is not None:
            return problem
        try:
            wanted = _wanted(request)
        except _RefusedError as refused:
            return _back(request, _refusal(refused))
        if request.query_params.get("decision") != "allow":
            denied = _RefusedError("access_denied", "User denied the authorization.")
            return _back(request, _refusal(denied))
        chosen = request.query_params.getlist("grant")
        return self._granted(request, tuple(scope for scope in wanted if scope in chosen))

    def _granted(self, request: Request, scopes: tuple[str, ...]) -> Response:
        query = request.query_params
        code = self._tokens.new_code(
            scopes=scopes,
            challenge=query.get("code_challenge", ""),
            redirect_uri=query["redirect_uri"],
            open_id=self._tokens.signed_in,
        )
        return _back(request, {"code": code, "scopes": ",".join(scopes)})

    def _unsafe(self, request: Request) -> Response | None:
        """An error page for questions whose answer must not be sent anywhere."""
        query = request.query_params
        redirect_uri = query.get("redirect_uri", "")
        is_http = urlsplit(redirect_uri).scheme == "http" and is_loopback(redirect_uri)
        if query.get("client_key") != self._tokens.app_id:
            return HTMLResponse("<h1>Something went wrong</h1><p>client_key</p>", 400)
        if not (is_http or redirect_uri.startswith("https://")):
            return HTMLResponse("<h1>Something went wrong</h1><p>redirect_uri</p>", 400)
        return None


def _wanted(request: Request) -> tuple[str, ...]:
    query = request.query_params
    if query.get("response_type") != "code":
        raise _RefusedError("unsupported_response_type", "response_type must be code.")
    if query.get("code_challenge") and query.get("code_challenge_method") != "S256":
        raise _RefusedError("invalid_request", "code_challenge_method must be S256.")
    wanted = tuple(scope for scope in query.get("scope", "").split(",") if scope)
    if not wanted or set(wanted) - set(SCOPES):
        raise _RefusedError("invalid_scope", "The scope is missing or not approved for the app.")
    return wanted


def _refusal(refused: _RefusedError) -> dict[str, str]:
    return {"error": refused.error, "error_description": refused.description}


def _back(request: Request, answer: dict[str, str]) -> Response:
    query = request.query_params
    whole = answer | ({"state": query["state"]} if "state" in query else {})
    return RedirectResponse(f"{query['redirect_uri']}?{urlencode(whole)}", status_code=302)


def _page(request: Request, wanted: tuple[str, ...]) -> str:
    query = request.query_params
    hidden = "".join(
        f'<input type="hidden" name="{name}" value="{escape(query[name], quote=True)}">'
        for name in _FORWARDED
        if name in query
    )
    scopes = "".join(
        f'<label><input type="checkbox" name="grant" value="{scope}" checked> {scope}</label>'
        for scope in wanted
    )
    return (
        f"<!doctype html><html lang=en><title>Log in</title><style>{_STYLE}</style>"
        f"<h1>Continue to the app?</h1><form action=/v2/auth/authorize/decide>{hidden}{scopes}"
        "<p><button name=decision value=allow>Continue</button> "
        "<button name=decision value=deny>Cancel</button></form></html>"
    )
