"""Taking TikTok's answer on this machine: one page, at the address that is registered for it.

A login waits here until the browser comes back with an answer to its own question. Whatever else
asks (another path, an answer to another login) is turned away and nothing is changed by it.
Nothing here is logged: the address that comes back holds a code.
"""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from queue import Empty, Queue
from typing import NamedTuple
from urllib.parse import urlsplit

from dreambox_pipeline.errors import StopError
from dreambox_pipeline.tiktok.errors import CallbackRejected, TikTokError

PATIENCE_S = 600.0
"""How long a person may take: as long as the code that they bring back is good for."""

IDLE_S = 5.0
"""Browsers open connections ahead and may send nothing on them."""

MAX_ADDRESS_CHARS = 8_192
"""TikTok's answers are below 1,000."""


class _Page(NamedTuple):
    """What the browser shows."""

    status: int
    title: str
    text: str

    def html(self) -> bytes:
        """In full."""
        return (
            "<!doctype html><html lang=en><meta charset=utf-8><title>DreamBox</title>"
            "<style>body{font:16px system-ui,sans-serif;max-width:32em;margin:4em auto;padding:0 1em}</style>"
            f"<h1>{escape(self.title)}</h1><p>{escape(self.text)}</p></html>"
        ).encode()


_NOTHING_HERE = _Page(
    404, "Nothing here", "This address only takes TikTok's answer to a login that is waiting."
)
_ALREADY_DONE = _Page(200, "Already done", "This login has its answer. You may close this page.")
_NOT_THIS_LOGIN = _Page(
    400,
    "Not this login",
    "This does not answer the login that is waiting. Nothing was changed. Open the address in the terminal again.",
)
_REFUSED = _Page(
    200, "Not connected", "TikTok's page said no. The terminal tells more. You may close this page."
)
_THANKS = _Page(200, "Thank you", "The terminal goes on from here. You may close this page.")

_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-store",
    # The address of this page holds the code.
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    "Connection": "close",
}


class CallbackServer:
    """Listens on a loopback redirect address for as long as the `with` block lasts.

    Args:
        redirect_uri: `http://127.0.0.1:8703/callback/`, or another loopback address with a port.
        read: Makes an answer of the address that came back; raises `CallbackRejected` for one
            that answers another question, and another `TikTokError` for a refusal.
        on_stray: Told once for each answer that was turned away.

    Raises:
        StopError: The port is taken.
    """

    def __init__(
        self,
        redirect_uri: str,
        read: Callable[[str], object],
        *,
        on_stray: Callable[[], None] = lambda: None,
    ) -> None:
        self._redirect_uri = redirect_uri
        self._read = read
        self._on_stray = on_stray
        self._answers: Queue[object] = Queue(maxsize=1)
        self._taking = threading.Lock()

    @contextmanager
    def listening(self) -> Iterator["CallbackServer"]:
        """Serve in the background."""
        server = _listen(self._redirect_uri, self._take)
        # In a thread, so that Ctrl-C reaches the one who waits.
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join(IDLE_S)

    def wait(self, patience_s: float = PATIENCE_S) -> object:
        """What `read` made of the answer.

        Raises:
            TikTokError: The person or TikTok's page refused.
            StopError: Nobody came back in time.
        """
        try:
            answer = self._answers.get(timeout=patience_s)
        except Empty:
            raise StopError(
                f"Waited {patience_s / 60:.0f} minutes at {self._redirect_uri} and nobody came back from TikTok's "
                "page. Nothing was changed. Run `dreambox login` again, or, if the browser is on another machine, "
                "`dreambox login --paste`."
            ) from None
        if isinstance(answer, TikTokError):
            raise answer
        return answer

    def _take(self, path: str) -> _Page:
        """The page for a request to *path*, with its query."""
        is_ours = urlsplit(path).path == urlsplit(self._redirect_uri).path
        if not is_ours or len(path) > MAX_ADDRESS_CHARS:
            return _NOTHING_HERE
        with self._taking:
            if self._answers.full():
                return _ALREADY_DONE
            try:
                answer: object = self._read(f"http://callback{path}")
            except CallbackRejected:
                self._on_stray()
                return _NOT_THIS_LOGIN
            except TikTokError as refusal:
                answer = refusal
            self._answers.put(answer)
        return _REFUSED if isinstance(answer, TikTokError) else _THANKS


def can_listen(redirect_uri: str) -> bool:
    """Whether an answer to *redirect_uri* comes to this machine, without a certificate."""
    parts = urlsplit(redirect_uri)
    host = parts.hostname or ""
    return parts.scheme == "http" and bool(parts.port) and _loopback(host) is not None


def _loopback(host: str) -> str | None:
    """The address to listen on for *host*; None if it is not this machine."""
    if host == "localhost":
        return "127.0.0.1"
    try:
        return host if ip_address(host).is_loopback else None
    except ValueError:
        return None


def _listen(redirect_uri: str, take: Callable[[str], _Page]) -> ThreadingHTTPServer:
    parts = urlsplit(redirect_uri)
    host, port = _loopback(parts.hostname or "") or "127.0.0.1", parts.port or 0

    class Handler(BaseHTTPRequestHandler):
        timeout = IDLE_S

        def do_GET(self) -> None:
            page = take(self.path)
            body = page.html()
            self.send_response(page.status)
            for name, value in (_HEADERS | {"Content-Length": str(len(body))}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
            """Say nothing: the request line holds the code."""

        def version_string(self) -> str:
            return "DreamBox"

    class Server(ThreadingHTTPServer):
        address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        daemon_threads = True
        block_on_close = False

        def handle_error(self, request: object, client_address: object) -> None:
            """A browser that hangs up is nobody's business, and a traceback would name the address."""

    try:
        return Server((host, port), Handler)
    except OSError as error:
        raise StopError(
            f"Tried to wait for TikTok's answer at {redirect_uri} and the port could not be listened on "
            f"({error.strerror}). Most likely another `dreambox login` is waiting there. End that one, or use "
            "`dreambox login --paste`."
        ) from error
