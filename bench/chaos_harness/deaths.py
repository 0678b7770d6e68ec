"""Two ways to end a process badly: SIGKILL at a line of our own code, and a disk without room."""

import os
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import dreambox_pipeline

PACKAGE = str(Path(dreambox_pipeline.__file__).parent)


@contextmanager
def dying_at_line(number: int, last_words: Callable[[str], None]) -> Iterator[None]:
    """Kill this process when it has run *number* lines of DreamBox's code; 0 for never.

    Only our own files are traced, so that what a line costs elsewhere stays as it is.
    """
    if number <= 0:
        yield
        return
    left = number

    def in_line(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal left
        if event == "line":
            left -= 1
            if left <= 0:
                file = frame.f_code.co_filename.removeprefix(PACKAGE)
                last_words(f"{file}:{frame.f_lineno}")
                os.kill(os.getpid(), signal.SIGKILL)
        return in_line

    def on_call(frame: FrameType, _event: str, _arg: Any) -> Any:
        return in_line if frame.f_code.co_filename.startswith(PACKAGE) else None

    sys.settrace(on_call)
    try:
        yield
    finally:
        sys.settrace(None)


@contextmanager
def counting_lines(counted: list[int]) -> Iterator[None]:
    """Append to *counted* how many lines of DreamBox's code ran."""
    total = 0

    def in_line(_frame: FrameType, event: str, _: Any) -> Any:
        nonlocal total
        total += event == "line"
        return in_line

    def on_call(frame: FrameType, _event: str, _arg: Any) -> Any:
        return in_line if frame.f_code.co_filename.startswith(PACKAGE) else None

    sys.settrace(on_call)
    try:
        yield
    finally:
        sys.settrace(None)
        counted.append(total)


def fill_disk(*files: Path, room: int) -> None:
    """Let no file of this process grow further than the longest of *files* and *room* bytes.

    The system then answers a write as a full disk's or a quota's: it fails, whole or in part.
    """
    longest = max((file.stat().st_size for file in files if file.exists()), default=0)
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (longest + room, most))
