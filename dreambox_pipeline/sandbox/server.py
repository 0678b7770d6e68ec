"""Serves the sandbox on loopback until told to stop.

The first line on stdout is one JSON object with everything a client needs. The socket is bound
to 127.0.0.1 and nothing else, before anything is promised.
"""

import asyncio
import errno
import json
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import uvicorn
from starlette.applications import Starlette
from starlette.types import Scope
from uvicorn.protocols.http.h11_impl import H11Protocol

from dreambox_pipeline.errors import StopError
from dreambox_pipeline.sandbox.app import Sandbox
from dreambox_pipeline.sandbox.world.clock import wall_time
from dreambox_pipeline.sandbox.world.world import World

HOST = "127.0.0.1"
_GRACE_S = 3

_open_connections: dict[tuple[Any, Any], asyncio.Transport] = {}


class _KnownConnection(H11Protocol):
    """Remembers its transport, so that a fault can hang up without another byte."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.access_log = False  # upload addresses and codes stand in queries
        self._name = (transport.get_extra_info("sockname"), transport.get_extra_info("peername"))
        _open_connections[self._name] = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        _open_connections.pop(self._name, None)
        super().connection_lost(exc)


def hang_up(scope: Scope) -> None:
    """Closes the connection behind *scope* after what was already written."""
    name = (tuple(scope["server"] or ()), tuple(scope["client"] or ()))
    if transport := _open_connections.get(name):
        transport.close()


class SandboxServer(uvicorn.Server):
    """A server that says when it listens and exits cleanly on Ctrl-C and SIGTERM.

    Args:
        app: The application to serve.
        on_started: Called once the server accepts connections.
    """

    def __init__(self, app: Starlette, *, on_started: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=_KnownConnection,
                ws="none",
                lifespan="on",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                timeout_graceful_shutdown=_GRACE_S,
            )
        )
        self._on_started = on_started
        self._stopping = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Starts listening, then tells."""
        await super().startup(sockets)
        if self.started:
            self._on_started()

    async def main_loop(self) -> None:
        """Ticks like its base, but wakes at once when told to stop."""
        self._loop = asyncio.get_running_loop()
        counter = 0
        while not await self.on_tick(counter):
            counter = (counter + 1) % 864_000
            with suppress(TimeoutError):
                async with asyncio.timeout(0.1):
                    await self._stopping.wait()

    def stop(self) -> None:
        """Asks the server to end, from any thread."""
        self.should_exit = True
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stopping.set)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stops on SIGINT and SIGTERM without raising them again: stopping is no error."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        stopping = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.signal(number, self.handle_exit) for number in stopping}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def bind(port: int) -> socket.socket:
    """A socket on 127.0.0.1; port 0 picks a free one.

    Raises:
        StopError: The port is in use or not allowed.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(128)
    except (OSError, OverflowError) as error:
        listener.close()
        used = isinstance(error, OSError) and error.errno == errno.EADDRINUSE
        remedy = (
            "Something listens there already, perhaps another sandbox: stop it, or choose "
            "another port with --port (0 picks a free one)."
            if used
            else "Choose a port from 1024 to 65535, or 0 for a free one."
        )
        raise StopError(
            f"Tried to listen on {HOST}:{port} for the sandbox and got: {error}. {remedy}"
        ) from error
    return listener


def create_app(world: World, *, base_url: str, limits_enabled: bool = True) -> Starlette:
    """The sandbox's application over *world*, for any ASGI server at *base_url*."""
    sandbox = Sandbox(world, base_url=base_url, limits_enabled=limits_enabled, hang_up=hang_up)
    return sandbox.app


def serve(
    *,
    port: int,
    seed: int = 7,
    speed: float = 120.0,
    state_path: Path | None = None,
    now: Callable[[], datetime] = wall_time,
    announce: Callable[[str], object] = print,
) -> None:
    """Serves the sandbox on 127.0.0.1 until SIGINT or SIGTERM.

    Args:
        port: TCP port; 0 picks a free one.
        seed: The world's seed; another seed is another audience.
        speed: Simulated seconds per real second.
        state_path: The one file for what clients did; None forgets it at the end.
        now: Answers with the real present, which the simulated clock never passes by itself.
        announce: Takes the first line: connection info as one JSON object.

    Raises:
        StopError: The port is in use, or the state file cannot be used.
    """
    listener = bind(port)
    try:
        world = World(seed=seed, state_path=state_path, speed=speed, wall=now)
    except StopError:
        listener.close()
        raise
    base_url = f"http://{HOST}:{listener.getsockname()[1]}"
    sandbox = Sandbox(world, base_url=base_url, hang_up=hang_up)
    server = SandboxServer(sandbox.app, on_started=lambda: _announce(sandbox, announce))
    try:
        server.run(sockets=[listener])
    finally:
        listener.close()
        world.close()


def _announce(sandbox: Sandbox, announce: Callable[[str], object]) -> None:
    line = json.dumps(sandbox.info(), ensure_ascii=False)
    if announce is print:
        print(line, flush=True)  # noqa: T201 - the first line is the contract with the caller
    else:
        announce(line)
