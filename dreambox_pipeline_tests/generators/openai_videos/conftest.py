"""The sandbox as a video server, and a server that answers whatever a test wants."""

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from pydantic import SecretStr

from dreambox_pipeline.generators.openai_videos import OpenAIVideosGenerator
from dreambox_pipeline.sandbox.testing import RunningSandbox, running_sandbox
from dreambox_pipeline_tests.contracts.video_benches import SIZE
from dreambox_pipeline_tests.sandbox.conftest import HTTP

WAN = "Wan-AI/Wan2.2-TI2V-5B-Diffusers"
SECRET = "sk-very-secret-key"


@dataclass
class Answer:
    """One answer of the scripted server; an object becomes JSON."""

    status: int
    body: object = b""
    headers: dict[str, str] = field(default_factory=dict)

    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass
class Asked:
    """One request that arrived."""

    method: str
    path: str
    headers: Message
    body: bytes

    def form(self) -> dict[str, str]:
        """The fields of a multipart form."""
        head = f"Content-Type: {self.headers['content-type']}\r\n\r\n".encode()
        parts = BytesParser().parsebytes(head + self.body).get_payload()
        assert isinstance(parts, list)
        return {
            str(part.get_param("name", header="content-disposition")): part.get_payload(
                decode=True
            ).decode()
            for part in parts
        }


@dataclass
class Scripted:
    """A server that gives `answers` in their order, the last one for ever."""

    url: str = ""
    answers: list[Answer] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)

    def generator(self, model: str = WAN, *, price: int = 0) -> OpenAIVideosGenerator:
        return OpenAIVideosGenerator(
            f"{self.url}/v1",
            api_key=SecretStr(SECRET),
            model=model,
            price_microusd_per_second=price,
        )


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    server_of = Scripted()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            server_of.asked.append(Asked(self.command, self.path, self.headers, body))
            answers = server_of.answers
            said = answers.pop(0) if len(answers) > 1 else answers[0]
            content = said.content()
            self.send_response(said.status)
            kind = (
                "application/octet-stream" if isinstance(said.body, bytes) else "application/json"
            )
            headers = {"content-type": kind, "content-length": str(len(content))} | said.headers
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *args: object) -> None:
            del args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server_of.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield server_of
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox() as running:
        yield running


@pytest.fixture
def generator(sandbox: RunningSandbox) -> OpenAIVideosGenerator:
    """The adapter against the sandbox, small clips."""
    return OpenAIVideosGenerator(
        sandbox.info["openai_base_url"],
        api_key=SecretStr(sandbox.info["api_key"]),
        model=WAN,
        price_microusd_per_second=50_000,
        size=SIZE,
    )


@pytest.fixture
def arm(sandbox: RunningSandbox) -> Callable[..., None]:
    """Injects a fault as docs/sandbox.md describes."""

    def arm(kind: str, path_prefix: str = "/v1/videos", **more: float) -> None:
        body = {"kind": kind, "path_prefix": path_prefix, **more}
        assert HTTP.post(f"{sandbox.info['control_url']}/faults", json=body).status_code == 200

    return arm
