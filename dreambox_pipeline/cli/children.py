"""Processes that DreamBox starts: each with a log file, stopped together and in order."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO, Any

import httpx

from dreambox_pipeline.errors import StopError

STOP_GRACE_S = 15.0
"""Dagster needs some seconds to end its own children cleanly."""

INTERRUPTS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C, `kill`, and a closed terminal."""


@dataclass
class Child:
    """A running process and where its words go."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def last_words(self, lines: int = 12) -> str:
        """The end of the log, for an error message."""
        text = self.log.read_text(errors="replace")
        return "\n".join(text.splitlines()[-lines:])

    def check_alive(self) -> None:
        """Raise when the process ended.

        Raises:
            StopError: It ended; the message holds its last words.
        """
        if self.process.poll() is not None:
            raise StopError(
                f"{self.name} ended with code {self.process.returncode}. Its last words, from {self.log}:\n"
                f"{self.last_words()}"
            )


class Children:
    """Starts processes and stops them in reverse order.

    Args:
        log_dir: Folder of the log files.
        environment: Variables the processes get beside this process's own.
    """

    def __init__(self, log_dir: Path, environment: Mapping[str, str]) -> None:
        log_dir.mkdir(parents=True, exist_ok=True)
        self._log_dir = log_dir
        # A child inherits what this process got; settings.py stays the only reader of our variables.
        self._environment = {**os.environ, **environment}  # noqa: TID251
        self.running: list[Child] = []

    def set(self, **environment: str) -> None:
        """Variables for processes started from now on."""
        self._environment |= environment

    def start(self, name: str, *command: str) -> Child:
        """Start a process in its own group, so that Ctrl-C reaches it through us, in order."""
        log = self._log_dir / f"{name}.log"
        with log.open("wb") as sink:
            process = subprocess.Popen(
                command,
                stdout=sink,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                env=self._environment,
                start_new_session=True,
            )
        child = Child(name, process, log)
        self.running.append(child)
        return child

    def start_dreambox(self, name: str, *arguments: str) -> Child:
        """Start one of our own commands."""
        return self.start(name, sys.executable, "-m", "dreambox_pipeline.cli", *arguments)

    def stop(self) -> None:
        """Ask every process to end, the newest first; kill what does not.

        Another Ctrl-C meanwhile kills all of them at once, and cannot leave one behind.
        """
        with _instead_of_interrupting(self._kill_all):
            for child in reversed(self.running):
                _end(child)
        self.running.clear()

    def _kill_all(self) -> None:
        for child in self.running:
            _signal_group(child.process, signal.SIGKILL)


def _end(child: Child) -> None:
    _signal_group(child.process, signal.SIGINT)
    try:
        child.process.wait(STOP_GRACE_S)
    except subprocess.TimeoutExpired:
        _signal_group(child.process, signal.SIGKILL)
        child.process.wait()


@contextmanager
def _instead_of_interrupting(act: Callable[[], None]) -> Iterator[None]:
    """Within the block a signal to end calls *act*, and the block goes on."""
    if threading.current_thread() is not threading.main_thread():
        yield  # Python hands signals to the main thread only
        return
    before = {number: signal.getsignal(number) for number in INTERRUPTS}
    for number in INTERRUPTS:
        signal.signal(number, lambda *_: act())
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def make_interruptible() -> None:
    """End on SIGTERM and SIGHUP as on Ctrl-C, also when started in the background with SIGINT ignored.

    Children inherit an ignored signal but not a handled one, so this comes before any of them.
    """
    for number in INTERRUPTS:
        is_nohup = number == signal.SIGHUP and signal.getsignal(number) is signal.SIG_IGN
        if not is_nohup:
            signal.signal(number, _interrupt)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


@contextmanager
def children(log_dir: Path, environment: Mapping[str, str]) -> Iterator[Children]:
    """Processes that end with the block, whatever ends it."""
    started = Children(log_dir, environment)
    try:
        yield started
    finally:
        started.stop()


def wait_until(child: Child, is_ready: Callable[[], bool], *, timeout_s: float, what: str) -> None:
    """Wait until *is_ready*, as long as *child* lives.

    Raises:
        StopError: It ended, or was not ready in time.
    """
    deadline = time.monotonic() + timeout_s
    while not is_ready():
        child.check_alive()
        if time.monotonic() > deadline:
            raise StopError(
                f"{child.name} did not {what} within {timeout_s:.0f} s. Its last words, from {child.log}:\n"
                f"{child.last_words()}"
            )
        time.sleep(0.1)


def answers(url: str) -> bool:
    """Whether something answers 200 at *url*."""
    with contextlib.suppress(httpx.HTTPError):
        return httpx.get(url, timeout=2.0, trust_env=False).status_code == httpx.codes.OK
    return False


def first_json_line(child: Child, *, timeout_s: float = 60.0) -> dict[str, Any]:
    """The JSON object a process prints as its first line."""
    found: dict[str, Any] = {}

    def is_printed() -> bool:
        with child.log.open(errors="replace") as log:
            found.update(_first_object(log))
        return bool(found)

    wait_until(child, is_printed, timeout_s=timeout_s, what="say where it listens")
    return found


def _first_object(log: IO[str]) -> dict[str, Any]:
    for line in log:
        if line.endswith("\n") and line.startswith("{"):
            with contextlib.suppress(json.JSONDecodeError):
                return dict(json.loads(line))
    return {}


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)
