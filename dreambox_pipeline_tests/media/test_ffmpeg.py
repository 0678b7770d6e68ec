from pathlib import Path
from typing import IO

import pytest

from dreambox_pipeline.errors import ItemError, StopError, TransientError
from dreambox_pipeline.media import ffmpeg
from dreambox_pipeline.media.ffmpeg import run_ffmpeg

ENDLESS = ["-f", "lavfi", "-re", "-i", "testsrc=s=64x64", "-f", "rawvideo", "pipe:1"]


def test_an_error_keeps_what_ffmpeg_said(tmp_path: Path) -> None:
    """The last lines of the log are what a person needs."""
    with pytest.raises(ItemError, match=r"make a dream; FFmpeg said.*No such file"):
        run_ffmpeg(
            ["-i", str(tmp_path / "gone.mp4"), "-f", "null", "-"],
            timeout_s=10,
            what="make a dream",
        )


def test_a_full_disk_stops_the_run() -> None:
    """`/dev/full` answers every write as a full disk does."""
    with pytest.raises(StopError, match="Free some space"):
        run_ffmpeg(
            ["-f", "lavfi", "-i", "testsrc=d=1", "-f", "rawvideo", "-y", "/dev/full"],
            timeout_s=20,
            what="fill the disk",
        )


def test_a_files_own_tags_cannot_fake_a_full_disk() -> None:
    """Only lines FFmpeg marks as errors are read for a cause."""
    lines = ["[info]  title : No space left on device", "[error] Invalid data found"]
    assert type(ffmpeg._failure(1, lines, "read")) is ItemError


def test_a_killed_process_is_tried_again() -> None:
    """The system's out-of-memory killer is not the clip's fault."""
    assert isinstance(ffmpeg._failure(-9, [], "read"), TransientError)


def test_a_process_that_never_ends_is_killed() -> None:
    """The time limit holds also while output is being read."""
    with pytest.raises(ItemError, match="still busy"):
        run_ffmpeg(ENDLESS, timeout_s=0.3, what="wait", read=_exhaust)


def test_a_reader_that_fails_leaves_no_process_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader's error comes through and FFmpeg has ended."""
    started = []
    start = ffmpeg._start

    def remember(*args: object, **kwargs: object) -> object:
        started.append(start(*args, **kwargs))  # type: ignore[arg-type]
        return started[0]

    monkeypatch.setattr(ffmpeg, "_start", remember)

    def fail(stream: IO[bytes]) -> None:
        stream.read(1)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_ffmpeg(ENDLESS, timeout_s=20, what="break", read=fail)
    assert started[0].poll() is not None


def test_a_program_that_does_not_start_stops_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without FFmpeg no clip of any kind will work."""
    monkeypatch.setattr(ffmpeg, "ffmpeg_path", lambda: tmp_path / "missing")
    with pytest.raises(StopError, match="did not start"):
        run_ffmpeg([], timeout_s=1, what="anything")


def test_a_missing_bundle_stops_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """imageio-ffmpeg raises RuntimeError on a machine it has no program for."""

    def missing() -> str:
        raise RuntimeError("No ffmpeg exe could be found")

    monkeypatch.setattr(ffmpeg.imageio_ffmpeg, "get_ffmpeg_exe", missing)
    with pytest.raises(StopError, match="imageio-ffmpeg"):
        ffmpeg.ffmpeg_path.__wrapped__()


def test_arguments_never_reach_a_shell(tmp_path: Path) -> None:
    """A name made of shell syntax is only a name."""
    target = tmp_path / "a;touch b;$(touch c) '\".raw"
    run_ffmpeg(
        ["-f", "lavfi", "-i", "color=s=16x16:d=0.1", "-f", "rawvideo", str(target)],
        timeout_s=10,
        what="write",
    )
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


def _exhaust(stream: IO[bytes]) -> None:
    while stream.read(65536):
        pass
