"""A sandbox for tests: a real server on a free port, with a clock that stands still.

    with running_sandbox() as sandbox:
        client = Client(sandbox.info["tiktok_base_url"], ...)
        sandbox.advance(3600)

Time moves only by `advance`. Rate limits are off unless asked for, because at a standing clock
a minute never ends.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from dreambox_pipeline.errors import StopError
from dreambox_pipeline.sandbox.app import Sandbox
from dreambox_pipeline.sandbox.server import HOST, SandboxServer, bind, hang_up
from dreambox_pipeline.sandbox.world.world import PRESENT_DAYS, World

DEFAULT_NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
_START_TIMEOUT_S = 20.0


class RunningSandbox:
    """A sandbox that serves in the background.

    Attributes:
        url: Base address of the server, without a slash at the end.
        info: Connection info as announced: base URLs, app id and secret, auth code, ids.
        world: The world, for looking inside.
        sandbox: The application, for its switches.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self.url = sandbox.base_url
        self.info: dict[str, Any] = sandbox.info()
        self.world = sandbox.world
        self.sandbox = sandbox

    @property
    def now(self) -> datetime:
        """The simulated present."""
        return self.world.clock.now()

    def advance(self, seconds: float) -> datetime:
        """Moves the simulated clock forward and returns the new present."""
        moved = self.world.clock.advance(seconds)
        self.world.save_clock()
        return moved

    def auth_code(self) -> str:
        """A fresh single-use auth code."""
        return self.sandbox.tokens.new_code()


@contextmanager
def running_sandbox(
    *,
    seed: int = 7,
    now: datetime = DEFAULT_NOW,
    state_path: Path | None = None,
    rate_limits: bool = False,
    speed: float = 0.0,
    port: int = 0,
) -> Iterator[RunningSandbox]:
    """Serves a sandbox in a thread for the length of a `with` block.

    Args:
        seed: The world's seed.
        now: The simulated present at first start; only its day counts, the hour is 08:00 UTC.
        state_path: Keeps the state in this file, to stop and start the same world again.
        rate_limits: Whether the platform's limits count.
        speed: Simulated seconds per real second; needed only to test the running clock.
        port: TCP port; 0 picks a free one.

    Raises:
        StopError: The server did not start.
    """
    present = now + timedelta(days=PRESENT_DAYS)
    began = datetime.now(UTC)

    def wall() -> datetime:
        return present if speed == 0 else present + (datetime.now(UTC) - began)

    listener = bind(port)
    world = World(seed=seed, state_path=state_path, speed=speed, wall=wall)
    sandbox = Sandbox(
        world,
        base_url=f"http://{HOST}:{listener.getsockname()[1]}",
        limits_enabled=rate_limits,
        hang_up=hang_up,
    )
    started = threading.Event()
    server = SandboxServer(sandbox.app, on_started=started.set)
    thread = threading.Thread(
        target=server.run, kwargs={"sockets": [listener]}, name="sandbox", daemon=True
    )
    thread.start()
    try:
        if not started.wait(_START_TIMEOUT_S):
            raise StopError(f"The sandbox did not start within {_START_TIMEOUT_S:.0f} s.")
        yield RunningSandbox(sandbox)
    finally:
        server.stop()
        thread.join(_START_TIMEOUT_S)
        listener.close()
        world.close()
