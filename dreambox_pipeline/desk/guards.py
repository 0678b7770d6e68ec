"""What every request and every answer passes, whatever the page.

The desk has no log-in: being on this machine is the permission. Other web sites in the same
browser must not borrow it, so requests have to name a loopback host (a page that rebinds its
own DNS name to 127.0.0.1 cannot), and writes have to come from the desk's own pages.
Media and webhooks are let through by their signatures instead, because the platform fetches the
one and delivers the other from outside.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dreambox_pipeline.desk.errors import Refusal, refuse
from dreambox_pipeline.desk.video_webhooks import PATH as VIDEO_WEBHOOK_PATH
from dreambox_pipeline.desk.webhooks import PATH as WEBHOOK_PATH

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
PUBLIC_PREFIX = "/media/"

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
        "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: browsers then send `Origin: null` with forms, and we could not tell whose.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Frame-Options": "DENY",
}


class SecurityHeaders:
    """Adds the security headers to every answer, and `no-store` where nothing else was said."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and complete the answer's headers."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers[name] = value
                if scope["path"].startswith(PUBLIC_PREFIX):
                    # Dagster's pages, on another port, show our pictures. Browsers count no two ports
                    # of an IP address as one site, so `same-site` blocks them; the signature guards.
                    headers["Cross-Origin-Resource-Policy"] = "cross-origin"
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, send_with_headers)


class OwnPagesOnly:
    """Refuses foreign hosts, and writes that another site's page started."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or answer 403 with the reason."""
        if scope["type"] == "http" and not _is_public(scope["path"]):
            refusal = _refusal(scope["method"], Headers(scope=scope))
            if refusal is not None:
                await refuse(scope, receive, send, refusal)
                return
        await self._app(scope, receive, send)


def _is_public(path: str) -> bool:
    return path.startswith(PUBLIC_PREFIX) or path in (WEBHOOK_PATH, VIDEO_WEBHOOK_PATH)


def _refusal(method: str, headers: Headers) -> Refusal | None:
    host = headers.get("host", "")
    if _hostname(host) not in LOOPBACK_HOSTS:
        return Refusal(
            403,
            "The desk answers on this machine only",
            "Open it as http://127.0.0.1 or http://localhost with its port. From another device, "
            "forward the port (for example with ssh -L).",
        )
    if method in SAFE_METHODS or _is_same_origin(headers, host):
        return None
    return Refusal(
        403,
        "This did not come from the desk",
        "A decision has to be made on the desk's own page. Nothing was changed; open the review "
        "list and decide there.",
    )


def _is_same_origin(headers: Headers, host: str) -> bool:
    # Browsers send at least one of the two with every write. A script sends neither, and no
    # web page can make it do anything.
    if headers.get("sec-fetch-site", "same-origin") not in {"same-origin", "none"}:
        return False
    origin = headers.get("origin")
    return origin is None or origin in {f"http://{host}", f"https://{host}"}


def _hostname(host: str) -> str | None:
    try:
        return urlsplit(f"//{host}").hostname
    except ValueError:
        return None
