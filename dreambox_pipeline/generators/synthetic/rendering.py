"""A prompt into a finished MP4, frame after frame, on a few threads."""

from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

import cv2
from numpy.typing import NDArray

from dreambox_pipeline.generators.synthetic.encode import to_yuv420, write_mp4
from dreambox_pipeline.generators.synthetic.music import compose
from dreambox_pipeline.generators.synthetic.scene import Scene, build_scene
from dreambox_pipeline.stages.prompts.model import VideoPrompt

FPS = 24
Progress = Callable[[float], None]


class _OpenCVThreads:
    """OpenCV's number of threads, which is one for the whole process, and who needs it to be 1."""

    def __init__(self) -> None:
        self._lock, self._users, self._before = Lock(), 0, 1

    def hold(self) -> None:
        """Set it to 1, if nobody has yet."""
        with self._lock:
            if not self._users:
                self._before = cv2.getNumThreads()
                cv2.setNumThreads(1)
            self._users += 1

    def release(self) -> None:
        """Set it back, if nobody needs it any more."""
        with self._lock:
            self._users -= 1
            if not self._users:
                cv2.setNumThreads(self._before)


_OPENCV = _OpenCVThreads()


@contextmanager
def one_thread_per_frame() -> Iterator[None]:
    """Keep OpenCV from starting threads inside a frame: frames are already spread over threads.

    Several clips may be rendered at once; the last to end sets it back.
    """
    _OPENCV.hold()
    try:
        yield
    finally:
        _OPENCV.release()


def render(
    prompt: VideoPrompt,
    to: Path,
    *,
    size: tuple[int, int],
    threads: int,
    on_progress: Progress | None = None,
) -> None:
    """Render *prompt* into the file *to*.

    Args:
        prompt: What to draw; its seed decides everything random.
        to: Written in place; a failure leaves part of a file behind.
        size: Width and height in pixels, both even.
        threads: Frames drawn at once.
        on_progress: Told the share of frames done, from 0 to 1.

    Raises:
        ValueError: The prompt's palette is not made of `#rrggbb` colours.
        OSError: *to* could not be written.
        av.FFmpegError: The encoder failed.
    """
    count = max(round(prompt.duration_s * FPS), 1)
    with (
        one_thread_per_frame(),
        ThreadPoolExecutor(threads, thread_name_prefix="frame") as pool,
    ):
        # Numpy lets go of the interpreter in both, so the music is ready when the scene is.
        music = pool.submit(compose, duration_s=count / FPS, mood=prompt.mood, seed=prompt.seed)
        scene = build_scene(prompt, size=size)
        frames = _in_order(scene, count, pool, ahead=threads + 2, on_progress=on_progress)
        with closing(frames):
            write_mp4(to, frames, music.result(), size=size, fps=FPS)


def _in_order(
    scene: Scene, count: int, pool: ThreadPoolExecutor, *, ahead: int, on_progress: Progress | None
) -> Generator[NDArray[Any], None, None]:
    """Every frame in order, at most *ahead* of them drawn or being drawn and not yet taken."""
    pending: deque[Future[NDArray[Any]]] = deque()
    try:
        for index in range(count):
            pending.append(pool.submit(_drawn, scene, index))
            if len(pending) >= ahead:
                yield _next(pending, index + 1 - len(pending), count, on_progress)
        while pending:
            yield _next(pending, count - len(pending), count, on_progress)
    finally:
        for future in pending:
            future.cancel()


def _drawn(scene: Scene, index: int) -> NDArray[Any]:
    return to_yuv420(scene.frame(index, fps=FPS))


def _next(
    pending: deque[Future[NDArray[Any]]], done: int, count: int, on_progress: Progress | None
) -> NDArray[Any]:
    frame = pending.popleft().result()
    if on_progress is not None:
        on_progress((done + 1) / count)
    return frame
