"""Finishing: its CPU beside a plain re-encode of the same frames, and beside moviepy.

The floor is one FFmpeg call that decodes the same clip, brings it to the same size and rate and
encodes it with the same settings: no texts, no loudness, no cover, no preview, no signature. Ours
is everything `apply_edit` and the signing do. moviepy's is the same composition as its manual
says: a clip, text clips over it, `write_videofile`. Each runs in a process of its own, in turn, so
that a busy machine is busy for all; CPU seconds are those of the process and all it started.
"""

import hashlib
import multiprocessing
import resource
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil

REPS, SECONDS = 3, 8.0
BATCH, BATCH_SECONDS = 10, 3.0
SOURCES = ("1080x1920@30", "720x1280@24")
_PALETTE = ("#140b33", "#3b2a78", "#8a4fb0", "#e58ab8", "#ffc59a", "#fff3df")
_LINES = ("The sea lies still", "The whale passes, slowly", "The boat drifts toward the light")


def measure() -> dict[str, object]:
    """Finish the same clip in each way, in turn, then ten clips with one worker and with two.

    Returns:
        Figures: CPU and wall seconds and peak MB of each way (medians), and of the batch.
        Ratios: ours and moviepy's CPU to the floor's (medians of the pairs), and how the batch scales.

    Raises:
        SystemExit: The same clip gave another file the second time.
    """
    figures: list[dict[str, object]] = []
    ratios: dict[str, float] = {}
    with tempfile.TemporaryDirectory(prefix="dreambox-bench-") as name:
        folder = Path(name)
        for source in SOURCES:
            clip = _in_own_process(_source, (source, SECONDS, folder))["path"]
            _compare(source, Path(clip), folder, figures, ratios)
        clip = _in_own_process(_source, (SOURCES[1], BATCH_SECONDS, folder))["path"]
        _batch(Path(clip), folder, figures, ratios)
    return {"figures": figures, "ratios": ratios}


def _compare(
    source: str,
    clip: Path,
    folder: Path,
    figures: list[dict[str, object]],
    ratios: dict[str, float],
) -> None:
    ways: dict[str, Callable[..., dict[str, Any]]] = {
        "re-encode": _floor,
        "finishing": _ours,
        "moviepy": _moviepy,
    }
    runs: dict[str, list[dict[str, Any]]] = {way: [] for way in ways}
    for _ in range(REPS):
        for way, work in ways.items():
            runs[way].append(_in_own_process(work, (clip, folder)))
    if len({run["digest"] for run in runs["finishing"]}) != 1:
        sys.exit("The same clip gave two different files; finishing must be deterministic.")
    for way in ways:
        for key, unit in (("cpu", "s CPU"), ("wall", "s wall"), ("mb", "MB peak")):
            value = statistics.median(run[key] for run in runs[way])
            figures.append({"figure": f"{source}: {way}", "value": value, "unit": unit})
    for way in ("finishing", "moviepy"):
        pairs = zip(runs[way], runs["re-encode"], strict=True)
        ratios[f"{source}: CPU of {way} to a re-encode"] = statistics.median(
            run["cpu"] / floor["cpu"] for run, floor in pairs
        )


def _batch(
    clip: Path, folder: Path, figures: list[dict[str, object]], ratios: dict[str, float]
) -> None:
    walls = {}
    for workers in (1, 2):
        run = _in_own_process(_ten, (clip, folder, workers))
        walls[workers] = run["wall"]
        name = f"{BATCH} clips of {BATCH_SECONDS:.0f} s, {workers} worker" + "s" * (workers > 1)
        figures.append({"figure": name, "value": run["wall"], "unit": "s wall"})
        figures.append({"figure": name, "value": run["cpu"], "unit": "s CPU"})
        figures.append({"figure": name, "value": run["mb"], "unit": "MB peak"})
    ratios[f"{BATCH} clips: two workers are faster by"] = walls[1] / walls[2]


def _in_own_process(
    work: Callable[..., dict[str, Any]], arguments: tuple[object, ...]
) -> dict[str, Any]:
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(_measured, work, arguments).result()


def _measured(work: Callable[..., dict[str, Any]], arguments: tuple[object, ...]) -> dict[str, Any]:
    """Run *work* and say what it and its children used; its own imports are made before."""
    import c2pa  # noqa: F401

    import dreambox_pipeline.media.finishing.editing
    import dreambox_pipeline.storage.signing_keys  # noqa: F401

    is_over, peak = threading.Event(), [0]
    watcher = threading.Thread(target=_watch, args=(is_over, peak))
    watcher.start()
    wall, cpu = time.perf_counter(), _cpu_s()
    result = work(*arguments)
    wall, cpu = time.perf_counter() - wall, _cpu_s() - cpu
    is_over.set()
    watcher.join()
    return result | {"wall": wall, "cpu": cpu, "mb": peak[0] / 1e6}


def _watch(is_over: threading.Event, peak: list[int]) -> None:
    """Note the most memory that this process and all below it held at one moment."""
    own = psutil.Process()
    while not is_over.wait(0.05):
        held = 0
        for process in (own, *own.children(recursive=True)):
            with suppress(psutil.Error):  # it ended meanwhile
                held += process.memory_info().rss
        peak[0] = max(peak[0], held)


def _cpu_s() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def _source(source: str, seconds: float, folder: Path) -> dict[str, Any]:
    """A clip as generators make them: our renderer's, in the large case brought to 1080x1920@30."""
    from dreambox_pipeline.generators.synthetic.rendering import render
    from dreambox_pipeline.media.ffmpeg import run_ffmpeg
    from dreambox_pipeline.stages.dreams.model import Motif, Setting
    from dreambox_pipeline.stages.prompts.model import VideoPrompt

    prompt = VideoPrompt(
        style_id="bench", style="", scene="", cinematography="", lighting="", audio="",
        camera="drift", palette=_PALETTE, beats=(), avoid=(), mood=0.1, setting=Setting.OCEAN,
        motifs=(Motif.WHALE,), duration_s=seconds, seed=5,
    )  # fmt: skip
    small = folder / f"small-{seconds:.0f}.mp4"
    render(prompt, small, size=(720, 1280), threads=2)
    if source != SOURCES[0]:
        return {"path": str(small)}
    large = folder / f"large-{seconds:.0f}.mp4"
    args = ["-i", str(small), "-vf", "scale=1080:1920:flags=lanczos,fps=30,setsar=1"]
    args += ["-c:v", "libx264", "-preset", "medium", "-crf", "18", "-pix_fmt", "yuv420p"]
    args += ["-c:a", "copy", "-movflags", "+faststart", "-y", str(large)]
    run_ffmpeg(args, timeout_s=600, what="make the large clip")
    return {"path": str(large)}


def _edit(seconds: float) -> Any:
    from dreambox_pipeline.media.model import Edit, OverlayText

    step = seconds / len(_LINES)
    return Edit(
        (
            OverlayText("title", "The flying house", 0.2, 2.7),
            OverlayText("credit", "dreamt by @lena", 0.8),
            *(
                OverlayText("subtitle", line, 0.35 + step * index, step * (index + 1) - 0.1)
                for index, line in enumerate(_LINES)
            ),
            OverlayText("ai_label", "AI-generated"),
        )
    )


def _floor(clip: Path, folder: Path) -> dict[str, Any]:
    from dreambox_pipeline.media.ffmpeg import run_ffmpeg
    from dreambox_pipeline.media.finishing import encoding

    edit = _edit(SECONDS)
    args = ["-i", str(clip), "-vf", "scale=1080:1920:flags=lanczos,fps=30"]
    args += [*encoding._video_codec(edit), *encoding._audio_codec(), "-movflags", "+faststart"]  # noqa: SLF001
    run_ffmpeg([*args, "-y", str(folder / "floor.mp4")], timeout_s=600, what="encode again")
    return {}


def _ours(clip: Path, folder: Path, seconds: float = SECONDS) -> dict[str, Any]:
    from dreambox_pipeline.media.finishing.credentials import ALGORITHMIC_MEDIA, Making, sign_video
    from dreambox_pipeline.media.finishing.editing import apply_edit
    from dreambox_pipeline.storage.signing_keys import load_signing_key

    key = load_signing_key(
        certificate="", key="", own_file=folder / "own.pem", now=datetime.now(UTC)
    )
    with tempfile.TemporaryDirectory(dir=folder) as name:
        out = Path(name)
        files = apply_edit(clip, _edit(seconds), out)
        digest = hashlib.sha256(files.video.read_bytes()).hexdigest()
        making = Making("synthetic", "bench", ALGORITHMIC_MEDIA, ("title",), "bench")
        sign_video(files.video, out / "signed.mp4", key=key, making=making, clip=clip)
    return {"digest": digest}


def _moviepy(clip: Path, folder: Path) -> dict[str, Any]:
    import matplotlib as mpl
    from moviepy import CompositeVideoClip, TextClip, VideoFileClip, vfx

    font = str(Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans-Bold.ttf")
    places = {
        "title": (72, 330),
        "credit": (72, 1450),
        "subtitle": (72, 1310),
        "ai_label": (72, 164),
    }
    sizes = {"title": 88, "credit": 33, "subtitle": 46, "ai_label": 27}
    with VideoFileClip(str(clip)) as opened:
        layers: list[Any] = [opened.resized((1080, 1920))]
        for text in _edit(SECONDS).overlays:
            end_s = SECONDS if text.end_s is None else text.end_s
            layers.append(
                TextClip(font, text=text.text, font_size=sizes[text.kind], color="white", margin=(10, 20))
                .with_start(text.start_s)
                .with_duration(end_s - text.start_s)
                .with_position(places[text.kind])
            )  # fmt: skip
        composed = CompositeVideoClip(layers, size=(1080, 1920)).with_effects(
            [vfx.FadeIn(0.35), vfx.FadeOut(0.5)]
        )
        composed.write_videofile(
            str(folder / "moviepy.mp4"), fps=30, codec="libx264", preset="veryfast", threads=2,
            audio_codec="aac", ffmpeg_params=["-crf", "19"], logger=None,
        )  # fmt: skip
    return {}


def _ten(clip: Path, folder: Path, workers: int) -> dict[str, Any]:
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(lambda _: _ours(clip, folder, BATCH_SECONDS), range(BATCH)))
    return {}
