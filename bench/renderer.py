"""The offline renderer in every setting, and ten clips in a batch.

In every setting: wall and CPU time, realtime factor, peak memory. The batch: ten short clips, one
or two at a time, with one or two threads each, in one process as the pipeline renders them.

Every clip is rendered by a process of its own on two threads, as the generator does by default,
at its default size. On a machine that does other work too the wall figures are too high;
"CPU-bound" is what two idle cores could reach at best: clip seconds times two over CPU seconds.
"""

import multiprocessing
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

SECONDS, CORES, SIZE = 6.0, 2, (720, 1280)
# Short, because a batch is rendered four times; every clip is of another setting.
BATCH, BATCH_SECONDS = 10, 2.0
# Clips at a time and threads for each; the generator's own choice is the second.
MODES = ((1, 1), (1, 2), (2, 1), (2, 2))
_PALETTE = ("#140b33", "#3b2a78", "#8a4fb0", "#e58ab8", "#ffc59a", "#fff3df")
_NAMES = {
    "cpu_ms": "CPU",
    "wall_x": "realtime, wall",
    "cpu_x": "realtime, CPU-bound on 2 cores",
    "mb": "peak memory",
}
_BATCH_NAMES = {
    "wall_s": "wall",
    "cpu_s": "CPU",
    "wall_x": "clip seconds per second",
    "mb": "peak memory",
}
_CAMERAS = ("drift", "dolly", "rise", "fall")


def measure() -> dict[str, object]:
    """Render one clip of every setting, one of them again, and a batch in four ways.

    Returns:
        Figures: by setting CPU milliseconds per frame, realtime factors and peak MB, then the
        minimum, the median and the worst; by way of rendering the batch its wall and CPU seconds,
        clip seconds per second and peak MB. Ratios: how much of two cores each clip got; how much
        sooner the batch is done than one clip at a time on one thread.

    Raises:
        SystemExit: The same prompt gave another file the second time.
    """
    from dreambox_pipeline.stages.dreams.model import Setting

    figures, ratios, clips = [], {}, []
    for number, setting in enumerate(Setting):
        clip = _in_own_process(_render, number)
        clips.append(clip)
        for figure, unit in (("cpu_ms", "ms/frame"), ("wall_x", "x"), ("cpu_x", "x"), ("mb", "MB")):
            figures.append(
                {
                    "figure": f"{setting.value}: {_NAMES[figure]}",
                    "value": clip[figure],
                    "unit": unit,
                }
            )
        ratios[f"{setting.value}: cores used"] = clip["cores"]
    if _in_own_process(_render, 0)["digest"] != clips[0]["digest"]:
        sys.exit("The same prompt gave two different files; the renderer must be deterministic.")
    for figure in ("wall_x", "cpu_x"):
        values = [clip[figure] for clip in clips]
        for name, value in (("minimum", min(values)), ("median", statistics.median(values))):
            figures.append({"figure": f"{name}: {_NAMES[figure]}", "value": value, "unit": "x"})
    figures.append(
        {"figure": "highest peak memory", "value": max(c["mb"] for c in clips), "unit": "MB"}
    )
    batches = {mode: _in_own_process(_batch, *mode) for mode in MODES}
    for mode, batch in batches.items():
        for figure, unit in (("wall_s", "s"), ("cpu_s", "s"), ("wall_x", "x"), ("mb", "MB")):
            name = f"{BATCH} clips, {_described(mode)}: {_BATCH_NAMES[figure]}"
            figures.append({"figure": name, "value": batch[figure], "unit": unit})
    alone = batches[MODES[0]]["wall_s"]
    for mode in MODES[1:]:
        name = f"{BATCH} clips, {_described(mode)}: times as fast as {_described(MODES[0])}"
        ratios[name] = alone / batches[mode]["wall_s"]
    return {"figures": figures, "ratios": ratios}


def _described(mode: tuple[int, int]) -> str:
    at_once, threads = mode
    return f"{at_once} at a time on {threads} thread{'s'[: threads - 1]}"


def _in_own_process(measured: Callable[..., dict[str, Any]], *args: int) -> dict[str, Any]:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(measured, *args).result()


def _batch(at_once: int, threads: int) -> dict[str, Any]:
    from dreambox_pipeline.generators.synthetic.rendering import render

    prompts = [_prompt(number, BATCH_SECONDS) for number in range(BATCH)]
    with tempfile.TemporaryDirectory(prefix="dreambox-bench-") as folder:
        paths = [Path(folder) / f"{number}.mp4" for number in range(BATCH)]
        wall, cpu = time.perf_counter(), time.process_time()
        with ThreadPoolExecutor(at_once) as pool:
            jobs = [
                pool.submit(render, prompt, path, size=SIZE, threads=threads)
                for prompt, path in zip(prompts, paths, strict=True)
            ]
            for job in jobs:
                job.result()
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    wall_x = BATCH * BATCH_SECONDS / wall
    return {"wall_s": wall, "cpu_s": cpu, "wall_x": wall_x, "mb": _peak_mb()}


def _render(number: int) -> dict[str, Any]:
    import hashlib

    from dreambox_pipeline.generators.synthetic.rendering import FPS, render

    prompt = _prompt(number, SECONDS)
    with tempfile.TemporaryDirectory(prefix="dreambox-bench-") as folder:
        path = Path(folder) / "clip.mp4"
        wall, cpu = time.perf_counter(), time.process_time()
        render(prompt, path, size=SIZE, threads=CORES)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return {
        "cpu_ms": cpu / (SECONDS * FPS) * 1000,
        "wall_x": SECONDS / wall,
        "cpu_x": SECONDS * CORES / cpu,
        "cores": cpu / wall,
        "mb": _peak_mb(),
        "digest": digest,
    }


def _prompt(number: int, seconds: float) -> Any:
    """A prompt of the setting and the motif with this *number*, with a camera move that turns."""
    from dreambox_pipeline.stages.dreams.model import Motif, Setting
    from dreambox_pipeline.stages.prompts.model import VideoPrompt

    return VideoPrompt(
        style_id="bench", style="", scene="", cinematography="", lighting="", audio="",
        camera=_CAMERAS[number % len(_CAMERAS)], palette=_PALETTE, beats=(), avoid=(), mood=0.1,
        setting=list(Setting)[number], motifs=(list(Motif)[number],), duration_s=seconds, seed=5,
    )  # fmt: skip


def _peak_mb() -> float:
    # Kilobytes on Linux, bytes on macOS.
    unit = 1 if os.uname().sysname == "Darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6
