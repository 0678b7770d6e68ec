"""The server's beginning and end."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from dreambox_pipeline.desk.server import listen, serve
from dreambox_pipeline.errors import StopError
from dreambox_pipeline.settings import Settings

RUN = "from dreambox_pipeline.desk.server import serve; from dreambox_pipeline.settings import Settings; serve(Settings())"


def test_a_port_in_use_says_which_setting_to_change(tmp_path: Path) -> None:
    """Before anything is opened or written."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StopError, match="DREAMBOX_DESK_PORT"):
            serve(Settings(desk_port=port, var_dir=tmp_path / "var"))
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly(tmp_path: Path, end: signal.Signals) -> None:
    """Exit code 0, so a supervisor does not take it for a crash; quiet while it runs."""
    with listen(0) as free:
        port = free.getsockname()[1]
    environment = {
        "PATH": os.environ["PATH"],  # noqa: TID251 - the child needs its interpreter's path
        "DREAMBOX_VAR_DIR": str(tmp_path / "var"),
        "DREAMBOX_DESK_PORT": str(port),
        "DREAMBOX_CLOCK_URL": "",
    }
    with subprocess.Popen(
        [sys.executable, "-c", RUN], env=environment, cwd=tmp_path, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    ) as child:  # fmt: skip
        assert child.stdout is not None
        assert "desk_open" in child.stdout.readline()
        page = httpx.get(
            f"http://127.0.0.1:{port}/", headers={"Accept": "text/html"}, trust_env=False
        )
        child.send_signal(end)
        rest, _ = child.communicate(timeout=20)
    assert page.status_code == 200
    assert "No dreams here yet" in page.text
    assert child.returncode == 0
    assert rest == ""
