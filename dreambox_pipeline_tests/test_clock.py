"""What time it is: the machine's, or another server's, and never a guess."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from dreambox_pipeline.clock import RemoteClock, clock_for, system_clock
from dreambox_pipeline.errors import StopError
from dreambox_pipeline.sandbox.testing import running_sandbox


class Answering(BaseHTTPRequestHandler):
    """Says whatever the server was told to say."""

    def do_GET(self) -> None:
        status, body = self.server.answer
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def server() -> Iterator[ThreadingHTTPServer]:
    made = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    threading.Thread(target=made.serve_forever, args=(0.01,), daemon=True).start()
    yield made
    made.shutdown()
    made.server_close()


def clock_saying(server: ThreadingHTTPServer, body: bytes, status: int = 200) -> RemoteClock:
    server.answer = (status, body)
    return RemoteClock(f"http://127.0.0.1:{server.server_address[1]}/clock")


def test_without_an_address_it_is_the_machines_clock():
    """Aware and in UTC."""
    assert clock_for("") is system_clock
    assert system_clock().tzinfo is UTC
    assert abs(system_clock() - datetime.now(UTC)) < timedelta(seconds=5)


@pytest.mark.parametrize(
    "said", ["2026-03-02T08:00:00+00:00", "2026-03-02T10:00:00+02:00", "2026-03-02T08:00:00Z"]
)
def test_any_offset_becomes_utc(server, said):
    """One moment, whichever way it is written."""
    clock = clock_saying(server, b'{"now": "%s"}' % said.encode())

    assert clock() == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert clock().tzinfo is UTC


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"<html>502</html>", 200),
        (b"{}", 200),
        (b"[]", 200),
        (b'{"now": null}', 200),
        (b'{"now": "tomorrow"}', 200),
        (b'{"now": 1772438400}', 200),
        (b"\x80\x81", 200),
        (b"", 200),
        (b'{"now": "2026-03-02T08:00:00+00:00"}', 500),
        (b'{"now": "2026-03-02T08:00:00+00:00"}', 404),
    ],
)
def test_an_answer_that_is_no_time_is_an_error_and_not_a_guess(server, body, status):
    """It says who was asked and which setting to change."""
    with pytest.raises(StopError, match="DREAMBOX_CLOCK_URL"):
        clock_saying(server, body, status)()


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/clock", "nonsense", "ftp://127.0.0.1/clock"])
def test_an_address_without_a_clock_is_an_error(url):
    """Nothing listens there, or it is no address."""
    with pytest.raises(StopError, match="DREAMBOX_CLOCK_URL"):
        clock_for(url)()


def test_the_sandboxes_clock_is_followed():
    """Read again at every call."""
    with running_sandbox() as sandbox:
        clock = clock_for(sandbox.info["clock_url"])
        before = clock()
        sandbox.advance(3600)
        assert clock() - before == timedelta(hours=1)
