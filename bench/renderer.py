"""The offline renderer in every setting: wall and CPU time, realtime factor, peak memory.

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
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

SECONDS, CORES, SIZE = 6.0, 2, (720, 1280)
_PALETTE = ("#140b33", "#3b2a78", "#8a4fb0", "#e58ab8", "#ffc59a", "#fff3df")
_NAMES = {
    "cpu_ms": "CPU",
    "wall_x": "realtime, wall",
    "cpu_x": "realtime, CPU-bound on 2 cores",
    "mb": "peak memory",
}
_CAMERAS = ("drift", "dolly", "rise", "fall")


def measure() -> dict[str, object]:
    """Render one clip of every setting, and one of them again.

    Returns:
        Figures: by setting CPU milliseconds per frame, realtime factors and peak MB, then the
        minimum, the median and the worst. Ratios: how much of two cores each clip got.

    Raises:
        SystemExit: The same prompt gave another file the second time.
    """
    from dreambox_pipeline.stages.dreams.model import Setting

    figures, ratios, clips = [], {}, []
    for number, setting in enumerate(Setting):
        clip = _in_own_process(number)
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
    if _in_own_process(0)["digest"] != clips[0]["digest"]:
        sys.exit("The same prompt gave two different files; the renderer must be deterministic.")
    for figure in ("wall_x", "cpu_x"):
        values = [clip[figure] for clip in clips]
        for name, value in (("minimum", min(values)), ("median", statistics.median(values))):
            figures.append({"figure": f"{name}: {_NAMES[figure]}", "value": value, "unit": "x"})
    figures.append(
        {"figure": "highest peak memory", "value": max(c["mb"] for c in clips), "unit": "MB"}
    )
    return {"figures": figures, "ratios": ratios}


def _in_own_process(number: int) -> dict[str, Any]:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(_render, number).result()


def _render(number: int) -> dict[str, Any]:
    import hashlib

    from dreambox_pipeline.generators.synthetic.rendering import FPS, render
    from dreambox_pipeline.stages.dreams.model import Motif, Setting
    from dreambox_pipeline.stages.prompts.model import VideoPrompt

    prompt = VideoPrompt(
        style_id="bench", style="", scene="", cinematography="", lighting="", audio="",
        camera=_CAMERAS[number % len(_CAMERAS)], palette=_PALETTE, beats=(), avoid=(), mood=0.1,
        setting=list(Setting)[number], motifs=(list(Motif)[number],), duration_s=SECONDS, seed=5,
    )  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="dreambox-bench-") as folder:
        path = Path(folder) / "clip.mp4"
        wall, cpu = time.perf_counter(), time.process_time()
        render(prompt, path, size=SIZE, threads=CORES)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    # Kilobytes on Linux, bytes on macOS.
    unit = 1 if os.uname().sysname == "Darwin" else 1024
    return {
        "cpu_ms": cpu / (SECONDS * FPS) * 1000,
        "wall_x": SECONDS / wall,
        "cpu_x": SECONDS * CORES / cpu,
        "cores": cpu / wall,
        "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6,
        "digest": digest,
    }
