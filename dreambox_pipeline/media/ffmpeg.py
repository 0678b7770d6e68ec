"""Run the bundled FFmpeg, and say in plain words why it failed.

The program comes with the `imageio-ffmpeg` package, so nothing has to be installed. Arguments
are always a list, never a shell line, and no text a person wrote is ever part of them: text is
drawn into pictures by `lettering`, so a quote or a colon in a title cannot become a filter.

What to decode, filter or encode does not belong here.
"""

import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import IO

import imageio_ffmpeg

from dreambox_pipeline.errors import DreamBoxError, ItemError, StopError, TransientError

# Enough for every line of a normal run and for the silences of a ten-minute clip,
# and a bound on what a hostile file can make us remember.
_KEPT_LINES = 20_000
_DISK_TROUBLE = ("no space left on device", "disk quota exceeded", "file too large")
_FOLDER_TROUBLE = ("read-only file system", "permission denied")


@lru_cache(maxsize=1)
def ffmpeg_path() -> Path:
    """Where the bundled FFmpeg is.

    Raises:
        StopError: The package carries no program for this machine.
    """
    try:
        return Path(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise StopError(
            f"Looked for the FFmpeg that imageio-ffmpeg brings and got: {error}. "
            "Install the package again on this machine (`make install`)."
        ) from error


@lru_cache(maxsize=1)
def ffmpeg_version() -> str:
    """The version of the bundled FFmpeg, as it names itself."""
    return str(imageio_ffmpeg.get_ffmpeg_version())


def run_ffmpeg(
    args: Sequence[str],
    *,
    timeout_s: float,
    what: str,
    read: Callable[[IO[bytes]], None] | None = None,
) -> str:
    """Run FFmpeg to its end and return its log (levels are marked, `[error]` and so on).

    Args:
        args: Everything after the program's name.
        timeout_s: Seconds after which the process is killed.
        what: What is being done, for error messages, for example `measure clip.mp4`.
        read: Takes FFmpeg's standard output while it runs. Without it the output is dropped.

    Raises:
        ItemError: FFmpeg refused the input, or ran into the time limit.
        StopError: The program, the disk or the folder's rights are at fault, not the input.
        TransientError: The system killed the process, most often for lack of memory.
    """
    command = [str(ffmpeg_path()), "-hide_banner", "-nostdin", "-nostats"]
    command += ["-loglevel", "repeat+level+info", *args]
    process = _start(command, piped=read is not None, what=what)
    lines: deque[str] = deque(maxlen=_KEPT_LINES)
    drain = threading.Thread(target=_drain, args=(process.stderr, lines), daemon=True)
    drain.start()
    timed_out = threading.Event()
    timer = threading.Timer(timeout_s, _kill, args=(process, timed_out))
    timer.start()
    try:
        if read is not None and process.stdout is not None:
            read(process.stdout)
        process.wait()
    finally:
        timer.cancel()
        _finish(process, drain)
    if timed_out.is_set():
        raise ItemError(
            f"Tried to {what}; FFmpeg was still busy after {timeout_s:.0f} s and was stopped. "
            "Run this item again when the machine is idle; if it repeats, the file is at fault."
        )
    if process.returncode != 0:
        raise _failure(process.returncode, list(lines), what)
    return "\n".join(lines)


def _start(command: list[str], *, piped: bool, what: str) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if piped else subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
    except OSError as error:
        raise StopError(
            f"Tried to {what} with {command[0]} and the program did not start: {error}. "
            "Install imageio-ffmpeg again (`make install`)."
        ) from error


def _drain(stream: IO[bytes] | None, lines: deque[str]) -> None:
    for line in stream or ():
        lines.append(line.decode("utf-8", errors="replace").rstrip())


def _kill(process: subprocess.Popen[bytes], timed_out: threading.Event) -> None:
    timed_out.set()
    process.kill()


def _finish(process: subprocess.Popen[bytes], drain: threading.Thread) -> None:
    """Leave no process and no open pipe, also when the reader raised or Ctrl-C came."""
    if process.poll() is None:
        process.kill()
    process.wait()
    drain.join()
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()


def _failure(returncode: int, lines: list[str], what: str) -> DreamBoxError:
    # Only lines FFmpeg itself marked: a file's own tags are in the log too, and a
    # title that says "no space left on device" must not stop the whole pipeline.
    marked = [line for line in lines if "[error]" in line or "[fatal]" in line]
    said = " | ".join((marked or lines)[-4:]) or f"exit code {returncode} and nothing else"
    lowered = said.lower()
    tried = f"Tried to {what}; FFmpeg said: {said}."
    if returncode == -signal.SIGXFSZ or any(sign in lowered for sign in _DISK_TROUBLE):
        return StopError(f"{tried} The disk is full. Free some space, then run again.")
    if any(sign in lowered for sign in _FOLDER_TROUBLE):
        return StopError(f"{tried} Make the folder writable for this user, then run again.")
    if returncode == -signal.SIGKILL:
        return TransientError(
            f"{tried} The system killed it, most often for lack of memory. It is tried again."
        )
    return ItemError(f"{tried} The file is damaged or no video FFmpeg knows; make it again.")
