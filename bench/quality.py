"""The quality checks beside plain decoding: CPU and wall time of both in one run, and peak memory.

The clip is 8 seconds of 1080x1920 at 30 frames a second, drawn by the offline renderer and
finished as every video is. Both decode picture and sound once with FFmpeg; one throws the frames
away, the other is `measure()` with all its checks. They take turns, so other work on the machine
meets both; a ratio is the median over the pairs. The ten-minute clip is the same one, repeated
without encoding again.
"""

import multiprocessing
import resource
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path

SECONDS, LONG_SECONDS, PAIRS = 8.0, 600.0, 7
_PALETTE = ("#140b33", "#3b2a78", "#8a4fb0", "#e58ab8", "#ffc59a", "#fff3df")
_TICK_S = 0.02


def measure() -> dict[str, object]:
    """Time decoding and measuring in turns, then measure a ten-minute clip once.

    Returns:
        Figures: CPU and wall seconds of both, peak MB of measuring 8 s and 600 s. Ratios: measuring
        over decoding, in CPU and wall time.

    Raises:
        SystemExit: Measuring found something wrong with our own renderer's clip.
    """
    with tempfile.TemporaryDirectory(prefix="dreambox-bench-") as folder:
        clip = _in_own_process(_make_clip, Path(folder))
        times = _in_own_process(_time_pairs, clip)
        peak = _in_own_process(_peak_mb, clip)
        long_peak = _in_own_process(_peak_mb, _repeated(clip, Path(folder) / "long.mp4"))
    figures = [
        {"figure": f"{name}, {kind}", "value": statistics.median(values), "unit": "s"}
        for (name, kind), values in times.items()
    ]
    figures += [
        {"figure": "peak memory of the process tree, 8 s clip", "value": peak, "unit": "MB"},
        {"figure": "the same, 600 s clip", "value": long_peak, "unit": "MB"},
    ]
    ratios = {
        f"measure / decode only, {kind}": statistics.median(
            checked / plain
            for checked, plain in zip(
                times["measure", kind], times["decode only", kind], strict=True
            )
        )
        for kind in ("CPU", "wall")
    }
    return {"figures": figures, "ratios": ratios}


def _in_own_process(work: Callable[[Path], object], path: Path) -> object:
    # Peak memory and children's CPU time are counted per process, so each part has its own.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(work, path).result()


def _make_clip(folder: Path) -> Path:
    from dreambox_pipeline.generators.synthetic.rendering import render
    from dreambox_pipeline.media.finishing.editing import apply_edit
    from dreambox_pipeline.media.model import Edit, OverlayText
    from dreambox_pipeline.stages.dreams.model import Motif, Setting
    from dreambox_pipeline.stages.prompts.model import VideoPrompt

    prompt = VideoPrompt(
        style_id="bench", style="", scene="", cinematography="", lighting="", audio="",
        camera="drift", palette=_PALETTE, beats=(), avoid=(), mood=0.1, setting=Setting.OCEAN,
        motifs=(Motif.WHALE,), duration_s=SECONDS, seed=5,
    )  # fmt: skip
    raw = folder / "raw.mp4"
    render(prompt, raw, size=(720, 1280), threads=2)
    edit = Edit((OverlayText("title", "A whale in the school"),))
    return apply_edit(raw, edit, folder / "finished").video


def _time_pairs(clip: Path) -> dict[tuple[str, str], list[float]]:
    from dreambox_pipeline.media.measuring.measure import measure as measure_clip

    works = {"decode only": _decode, "measure": measure_clip}
    found = measure_clip(clip)  # also the first reading of the file and of the libraries
    if found.letterbox_share or found.frozen_share or found.flashes_per_s > 1:
        sys.exit(f"Our own renderer's clip should pass every check; measured {found}.")
    times: dict[tuple[str, str], list[float]] = {}
    for pair in range(PAIRS):
        for name in sorted(works, reverse=bool(pair % 2)):
            wall, cpu = time.perf_counter(), _cpu_s()
            works[name](clip)
            times.setdefault((name, "CPU"), []).append(_cpu_s() - cpu)
            times.setdefault((name, "wall"), []).append(time.perf_counter() - wall)
    return times


def _decode(clip: Path) -> None:
    from dreambox_pipeline.media.containers import input_args
    from dreambox_pipeline.media.ffmpeg import run_ffmpeg

    args = [*input_args(clip), "-map", "0:v:0", "-map", "0:a:0", "-f", "null", "-"]
    run_ffmpeg(args, timeout_s=600, what="decode the clip")


def _cpu_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def _repeated(clip: Path, to: Path) -> Path:
    """*clip* again and again until it is ten minutes long."""
    from dreambox_pipeline.media.ffmpeg import run_ffmpeg

    times = round(LONG_SECONDS / SECONDS) - 1
    args = ["-stream_loop", str(times), "-i", str(clip), "-c", "copy", str(to)]
    run_ffmpeg(args, timeout_s=600, what="repeat the clip")
    return to


def _peak_mb(clip: Path) -> float:
    from dreambox_pipeline.media.measuring.measure import measure as measure_clip

    with _watched_memory() as peak:
        measure_clip(clip)
    return peak[0] / 1e6


@contextmanager
def _watched_memory() -> Iterator[list[int]]:
    """The largest resident memory of this process and its children together, in bytes, sampled."""
    import psutil

    process, peak, ended = psutil.Process(), [0], threading.Event()

    def watch() -> None:
        while not ended.wait(_TICK_S):
            together = 0
            for each in (process, *process.children(recursive=True)):
                # A child may end while it is looked at.
                try:
                    together += each.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            peak[0] = max(peak[0], together)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        ended.set()
        watcher.join()
