"""The server process: its first line, its end, and what survives."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from dreambox_pipeline.errors import StopError
from dreambox_pipeline.sandbox.server import bind, serve
from dreambox_pipeline.sandbox.testing import running_sandbox
from dreambox_pipeline_tests.sandbox.conftest import HTTP

SCRIPT = """
import sys
from pathlib import Path
from dreambox_pipeline.sandbox.server import serve
serve(port=0, seed=int(sys.argv[2]), speed=float(sys.argv[3]), state_path=Path(sys.argv[1]))
"""


@contextmanager
def server_process(
    state: Path, *, seed: int = 7, speed: float = 0.0
) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any]]]:
    command = [sys.executable, "-c", SCRIPT, str(state), str(seed), str(speed)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}  # noqa: TID251
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            yield process, json.loads(line) if line else {}
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)


def inject(info: dict[str, Any], text: str) -> str:
    url = info["control_url"] + "/comments"
    return str(HTTP.post(url, json={"text": text}).json()["comment_id"])


def truth(info: dict[str, Any], comment_id: str) -> int:
    url = info["control_url"] + "/truth"
    return HTTP.get(url, params={"comment_id": comment_id}).status_code


def clock(info: dict[str, Any]) -> str:
    return str(HTTP.get(info["clock_url"]).json()["now"])


def test_the_first_line_tells_everything_and_sigterm_ends_cleanly(tmp_path: Path) -> None:
    """One JSON object, an exit code of 0, and nothing on stderr."""
    with server_process(tmp_path / "world.sqlite") as (process, info):
        assert {
            "tiktok_base_url", "tiktok_developer_base_url", "openai_base_url", "app_id",
            "app_secret", "auth_code", "business_id", "api_key", "control_url", "clock",
        } <= set(info)  # fmt: skip
        same = HTTP.get(info["control_url"] + "/").json()
        assert same == info
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=15)
        assert process.returncode == 0
        assert errors == ""


def test_a_killed_server_loses_nothing_it_acknowledged(tmp_path: Path) -> None:
    """After kill -9 the comment is there, and time did not go back."""
    state = tmp_path / "world.sqlite"
    with server_process(state, speed=500.0) as (process, info):
        comment_id = inject(info, "i dreamt of a clock")
        shown = clock(info)
        process.kill()
        process.communicate(timeout=15)
    with server_process(state, speed=500.0) as (_, info):
        assert truth(info, comment_id) == 200
        assert clock(info) >= shown


def test_a_port_in_use_says_what_to_do() -> None:
    """No half-started server, and a remedy in the message."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(StopError, match=r"another port with --port"):
            serve(port=port)


def test_an_impossible_port_is_refused() -> None:
    """70000 is no port."""
    with pytest.raises(StopError, match="1024 to 65535"):
        bind(70_000)


def test_another_seed_on_the_same_state_is_refused(tmp_path: Path) -> None:
    """A state file belongs to the world it was begun with."""
    state = tmp_path / "world.sqlite"
    with running_sandbox(seed=1, state_path=state):
        pass
    with (
        pytest.raises(StopError, match="begun with seed 1"),
        running_sandbox(seed=2, state_path=state),
    ):
        pass


def test_a_file_that_is_no_state_is_refused(tmp_path: Path) -> None:
    """Garbage in the state file stops the start with a remedy."""
    state = tmp_path / "world.sqlite"
    state.write_bytes(b"this is not a database, not at all" * 200)
    with pytest.raises(StopError, match="Delete that file"), running_sandbox(state_path=state):
        pass


def test_a_stopped_and_started_world_goes_on(tmp_path: Path) -> None:
    """Clock, token, comment and answer are as they would have been without the stop."""
    state = tmp_path / "world.sqlite"
    with running_sandbox(state_path=state) as first:
        told = inject(first.info, "i dreamt of a train")
        asked = first.world.find_comment(told)
        assert asked is not None
        first.world.reply(asked, "may we?")
        first.advance(2 * 86_400)
        parent = first.world.find_comment(told)
        before = [] if parent is None else first.world.replies(parent)
        shown = first.now
    with running_sandbox(state_path=state) as second:
        assert second.now == shown
        parent = second.world.find_comment(told)
        assert (parent is None) == (not before)
        assert [] if parent is None else second.world.replies(parent) == before
