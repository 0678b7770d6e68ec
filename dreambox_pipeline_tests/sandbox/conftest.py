"""A running sandbox per test, and a bare client that shares no code with the pipeline's."""

import json
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from dreambox_pipeline.sandbox.testing import RunningSandbox, running_sandbox

# Loading the trusted certificates takes longer than most tests; once is enough.
TLS = ssl.create_default_context()
HTTP = httpx.Client(trust_env=False, verify=TLS)


class Account:
    """Calls the Accounts API with a token, as plainly as HTTP allows."""

    def __init__(self, sandbox: RunningSandbox) -> None:
        self.sandbox = sandbox
        self.http = httpx.Client(
            base_url=sandbox.info["tiktok_base_url"], timeout=30, trust_env=False, verify=TLS
        )
        self.token: dict[str, Any] = {}
        self.log_in()

    def log_in(self) -> dict[str, Any]:
        """Exchanges a fresh auth code."""
        answer = self.exchange(self.sandbox.auth_code())
        self.token = answer["data"]
        return answer

    def exchange(self, code: str, **changes: str) -> dict[str, Any]:
        """The raw answer of the token endpoint."""
        body = {
            "client_id": "sandbox_app",
            "client_secret": "sandbox_secret",
            "grant_type": "authorization_code",
            "auth_code": code,
            "redirect_uri": "https://dreambox.invalid/callback/",
        }
        return self.http.post("/tt_user/oauth2/token/", json=body | changes).json()

    def get(self, path: str, **params: Any) -> dict[str, Any]:
        """GET with lists and objects as JSON strings."""
        query = {
            name: value if isinstance(value, str | int) else json.dumps(value)
            for name, value in ({"business_id": self.sandbox.info["business_id"]} | params).items()
        }
        return self._answer(self.http.get(path, params=query, headers=self._headers()))

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        """POST of a JSON object."""
        known = {"business_id": self.sandbox.info["business_id"]} | body
        return self._answer(self.http.post(path, json=known, headers=self._headers()))

    def pages(self, path: str, **params: Any) -> list[dict[str, Any]]:
        """All comments of a list, page by page."""
        found: list[dict[str, Any]] = []
        cursor = 0
        while True:
            data = self.get(path, cursor=cursor, max_count=30, **params)["data"]
            found += data["comments"]
            cursor = data["cursor"]
            if not data["has_more"]:
                return found

    def videos(self, *fields: str, **params: Any) -> list[dict[str, Any]]:
        """One page of videos."""
        asked = {"fields": ["item_id", *fields], "max_count": 20} | params
        return self.get("/business/video/list/", **asked)["data"]["videos"]

    def _headers(self) -> dict[str, str]:
        return {"Access-Token": self.token["access_token"]}

    def _answer(self, response: httpx.Response) -> dict[str, Any]:
        assert response.status_code == 200
        assert set(response.json()) == {"code", "message", "request_id", "data"}
        return response.json()


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    """A sandbox whose clock stands still."""
    with running_sandbox() as running:
        yield running


@pytest.fixture
def account(sandbox: RunningSandbox) -> Iterator[Account]:
    """A logged-in client of that sandbox."""
    client = Account(sandbox)
    yield client
    client.http.close()


@dataclass
class Loopback:
    """A small web server: serves `files`, keeps what was posted, answers POST with `status`."""

    url: str
    files: dict[str, bytes]
    posts: list[tuple[dict[str, str], bytes]]
    statuses: list[int]
    arrived: threading.Condition

    def wait_for(self, enough: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
        """Waits until the posted bodies are *enough* and returns them."""
        with self.arrived:
            assert self.arrived.wait_for(lambda: enough(self.bodies()), timeout=15), self.bodies()
            return self.bodies()

    def bodies(self) -> list[dict[str, Any]]:
        """Posted bodies, parsed."""
        return [json.loads(body) for _, body in self.posts]


@pytest.fixture
def loopback() -> Iterator[Loopback]:
    """A web server of the test's own on a free port."""
    served = Loopback("", {}, [], [], threading.Condition())

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/moved.mp4":
                self.send_response(302)
                self.send_header("location", "/clip.mp4")
                self.end_headers()
                return
            content = served.files.get(self.path)
            self.send_response(404 if content is None else 200)
            self.send_header("content-length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            with served.arrived:
                status = served.statuses.pop(0) if served.statuses else 200
                served.posts.append((dict(self.headers), body))
                served.arrived.notify_all()
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            del args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield served
    server.shutdown()
    server.server_close()
    thread.join()
