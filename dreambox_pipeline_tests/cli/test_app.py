"""The command as a person types it: messages instead of tracebacks, and exit codes for scripts."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from dreambox_pipeline.cli import app as command
from dreambox_pipeline.cli.ports import require_free
from dreambox_pipeline.cli.up import run_up
from dreambox_pipeline.cli.world import require_loopback, world_with_desk
from dreambox_pipeline.errors import StopError
from dreambox_pipeline.settings import Settings, get_settings

KEYS = {
    "tiktok_base_url", "openai_base_url", "app_id", "app_secret", "auth_code", "business_id",
    "api_key", "control_url", "clock_url", "seed",
}  # fmt: skip


# Every command here writes under the test's own folder.
pytestmark = pytest.mark.usefixtures("settings")


def typed(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Run the command in this process and return its exit code."""
    monkeypatch.setattr(sys, "argv", ["dreambox", *arguments])
    get_settings.cache_clear()
    with pytest.raises(SystemExit) as ended:
        command.main()
    return int(ended.value.code or 0)


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_an_error_on_purpose_is_a_message_and_exit_code_2(dreambox, taken):
    """In a process of its own, so that nothing can hide a traceback; it says what to change."""
    done = dreambox("sandbox", "--port", str(taken))

    assert done.returncode == 2
    assert "dreambox:" in done.stderr
    assert "--port" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout


@pytest.mark.parametrize("name", ["[bold]x[/bold].csv", "[/].csv", "[link=x].csv"])
def test_brackets_in_a_message_are_shown_as_they_are(monkeypatch, capsys, name):
    """A file name is not markup, and must not break the message either."""
    assert typed(monkeypatch, "import-comments", name) == 2
    assert name in capsys.readouterr().err.replace("\n", "")


@pytest.mark.parametrize(
    ("variable", "value"),
    [("CLIP_SECONDS", "1000"), ("DESK_PORT", "eighty"), ("HISTORY_START", "[/]")],
)
def test_a_bad_setting_is_named(monkeypatch, capsys, variable, value):
    """With the variable a person can change, and where it is explained."""
    monkeypatch.setenv(f"DREAMBOX_{variable}", value)

    assert typed(monkeypatch, "status") == 2
    said = capsys.readouterr().err
    assert f"DREAMBOX_{variable}:" in said
    assert ".env.example" in said


@pytest.mark.parametrize("variable", ["TIME_ZONE", "TEXT_ENGINE", "GENERATOR"])
def test_a_setting_that_names_nothing_is_named(monkeypatch, capsys, variable):
    """Known to be wrong only when it is used, and as clear."""
    monkeypatch.setenv(f"DREAMBOX_{variable}", "nonsense")

    assert typed(monkeypatch, "status") == 2
    said = capsys.readouterr().err
    assert f"DREAMBOX_{variable}" in said
    assert "'nonsense'" in said


def test_without_arguments_it_lists_its_commands(dreambox):
    """What a newcomer types first."""
    done = dreambox()

    for name in ("demo", "up", "doctor", "import-comments", "status", "journey", "sandbox", "desk"):
        assert name in done.stdout + done.stderr


def test_the_sandbox_announces_itself_and_ends_cleanly_on_ctrl_c(tmp_path):
    """Its first line is one JSON object with everything a client needs; its exit code is 0."""
    with subprocess.Popen(
        [sys.executable, "-m", "dreambox_pipeline.cli", "sandbox", "--port", "0", "--seed", "11"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=tmp_path,
        text=True,
        env={"PATH": os.environ["PATH"]},  # noqa: TID251 - the child needs its interpreter's path
    ) as child:
        assert child.stdout is not None
        info = json.loads(child.stdout.readline())
        clock = httpx.get(info["clock_url"], trust_env=False).json()
        child.send_signal(signal.SIGINT)
        rest, _ = child.communicate(timeout=20)

    assert set(info) >= KEYS
    assert all(info[key] not in (None, "") for key in KEYS)
    assert info["seed"] == 11
    assert clock["now"]
    assert (child.returncode, rest) == (0, "")


# Ports


def test_a_desk_on_a_taken_port_names_its_setting(monkeypatch, capsys, taken):
    """Before anything is opened."""
    monkeypatch.setenv("DREAMBOX_DESK_PORT", str(taken))

    assert typed(monkeypatch, "desk") == 2
    assert "DREAMBOX_DESK_PORT" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["sandbox", "desk", "dagster"])
def test_up_on_a_taken_port_names_the_setting_and_starts_nothing(
    tmp_path, console, free_ports, taken, name
):
    """Not after a minute of starting, and not in a child's log."""
    settings = Settings(var_dir=tmp_path / "var", **free_ports | {f"{name}_port": taken})
    before = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    try:
        with pytest.raises(StopError, match=f"DREAMBOX_{name.upper()}_PORT"):
            run_up(settings, console)
    finally:
        for number, handler in zip((signal.SIGINT, signal.SIGTERM), before, strict=True):
            signal.signal(number, handler)
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize("port", [-1, 65_536, 10**9])
def test_a_number_that_is_no_port_is_refused_in_words(port):
    """No OverflowError reaches a person."""
    with pytest.raises(StopError, match="DREAMBOX_DESK_PORT"):
        require_free(port, what="the desk", setting="DREAMBOX_DESK_PORT")


def test_the_demo_refuses_a_tiktok_that_is_not_on_this_machine(tmp_path: Path):
    """It approves by itself, so it may only ever meet the sandbox."""
    live = "https://business-api.tiktok.com/open_api/v1.3"
    settings = Settings(var_dir=tmp_path / "var", tiktok_base_url=live)

    with pytest.raises(StopError, match="DREAMBOX_TIKTOK_BASE_URL"), world_with_desk(settings):
        raise AssertionError("never reached")
    for url in ("http://127.0.0.1.evil.example/x", "http://example.com/127.0.0.1"):
        with pytest.raises(StopError):
            require_loopback(settings.model_copy(update={"tiktok_base_url": url}))
