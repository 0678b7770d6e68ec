"""A clip is the same file however it is rendered, and rendering leaves the process as it was."""

import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2

from dreambox_pipeline.generators.synthetic.rendering import one_thread_per_frame, render
from dreambox_pipeline.stages.dreams.model import Motif, Setting
from dreambox_pipeline.stages.prompts.model import VideoPrompt

Make = Callable[..., VideoPrompt]


def test_threads_and_neighbours_change_no_byte(make_prompt: Make, tmp_path: Path) -> None:
    """One thread, three threads, or beside another clip: the same file."""
    prompt = make_prompt(setting=Setting.HOUSE, motifs=(Motif.FLOOD,), duration_s=0.5)

    def made(name: str, threads: int) -> str:
        path = tmp_path / name
        render(prompt, path, size=(90, 160), threads=threads)
        return hashlib.sha256(path.read_bytes()).hexdigest()

    with ThreadPoolExecutor(3) as pool:
        together = list(pool.map(made, ("a.mp4", "b.mp4", "c.mp4"), (1, 2, 3)))
    assert {made("d.mp4", 1), made("e.mp4", 3), *together} == {together[0]}


def test_the_last_of_several_clips_gives_opencv_its_threads_back() -> None:
    """One that ends early must not let the others start threads inside their frames."""
    before = cv2.getNumThreads()
    first, second = one_thread_per_frame(), one_thread_per_frame()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert cv2.getNumThreads() == 1
    second.__exit__(None, None, None)
    assert cv2.getNumThreads() == before
