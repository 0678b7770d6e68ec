"""Small clips, made by FFmpeg once a session."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from dreambox_pipeline.media.ffmpeg import run_ffmpeg

ClipMaker = Callable[..., Path]
Painting = Callable[[int], NDArray[np.float64]]

MOVING = "testsrc2=s=180x320:r=30,format=yuv420p"
TONE = "sine=f=330:r=48000,volume=0.3"


@pytest.fixture(scope="session")
def make_clip(tmp_path_factory: pytest.TempPathFactory) -> ClipMaker:
    """Makes a clip from lavfi sources; the same request gives the same file."""
    folder = tmp_path_factory.mktemp("clips")
    made: dict[tuple[str, str | None, float, str], Path] = {}

    def make(
        picture: str = MOVING, sound: str | None = TONE, *, seconds: float = 2, suffix: str = ".mp4"
    ) -> Path:
        key = (picture, sound, seconds, suffix)
        if key not in made:
            path = folder / f"clip-{len(made)}{suffix}"
            args = ["-f", "lavfi", "-i", picture]
            args += ["-f", "lavfi", "-i", sound] if sound else []
            codec = ["-c:v", "libvpx", "-deadline", "realtime"] if suffix == ".webm" else []
            codec = codec or ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
            args += ["-t", str(seconds), *codec, "-movflags", "+faststart"]
            run_ffmpeg([*args, str(path)], timeout_s=60, what="make a test clip")
            made[key] = path
        return made[key]

    return make


@pytest.fixture(scope="session")
def paint_clip(tmp_path_factory: pytest.TempPathFactory) -> ClipMaker:
    """Makes a silent clip of 180x320 at 30 fps from a function of the frame's number.

    The function gives gray levels 0 to 255, 320 rows of 180. The same function gives the same file.
    """
    folder = tmp_path_factory.mktemp("painted")
    made: dict[Painting, Path] = {}

    def make(painting: Painting, *, seconds: float = 2) -> Path:
        if painting not in made:
            path = folder / f"clip-{len(made)}.mp4"
            frames = [
                np.clip(painting(number), 0, 255).astype(np.uint8)
                for number in range(int(seconds * 30))
            ]
            raw = path.with_suffix(".gray")
            raw.write_bytes(b"".join(frame.tobytes() for frame in frames))
            source = ["-f", "rawvideo", "-pix_fmt", "gray", "-s", "180x320", "-r", "30"]
            codec = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"]
            args = [*source, "-i", str(raw), *codec, str(path)]
            run_ffmpeg(args, timeout_s=60, what="make a painted clip")
            raw.unlink()
            made[painting] = path
        return made[painting]

    return make
