"""Measure a video's picture and sound in one decode.

One FFmpeg process decodes once, shrinks to 270x480 gray and streams the frames here, while its
meter listens to the sound. Judging the numbers belongs to `stages.videos.quality`.
"""

import statistics
from pathlib import Path
from typing import IO

import numpy as np

from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.media.containers import input_args
from dreambox_pipeline.media.ffmpeg import run_ffmpeg
from dreambox_pipeline.media.frame_statistics import HEIGHT, WIDTH, FrameStatistics
from dreambox_pipeline.media.loudness import METER, Loudness, parse_meter
from dreambox_pipeline.media.model import Measurements, MediaFacts
from dreambox_pipeline.media.probe import probe

# A viewer takes a picture that stands still this long for a stuck player.
_FREEZE_S = 0.5
# Ten minutes of video, TikTok's longest, decode in well under this on two old cores.
_TIMEOUT_S = 600.0


def measure(path: Path, *, timeout_s: float = _TIMEOUT_S) -> Measurements:
    """Decode the video at *path* once and say what is in it.

    Raises:
        ItemError: Not a whole, decodable video.
        StopError: FFmpeg is missing.
    """
    facts = probe(path)
    seen = FrameStatistics()

    def read(stream: IO[bytes]) -> None:
        while len(raw := stream.read(WIDTH * HEIGHT)) == WIDTH * HEIGHT:
            seen.add(np.frombuffer(raw, np.uint8).reshape(HEIGHT, WIDTH))

    log = run_ffmpeg(
        [*input_args(path), *_outputs(facts)],
        timeout_s=timeout_s,
        what=f"measure {path.name}",
        read=read,
    )
    if not seen.frames:
        raise ItemError(f"Decoded {path.name} and got no frame. Generate the clip again.")
    return _summary(facts, seen, parse_meter(log) if facts.audio_codec else None)


def _outputs(facts: MediaFacts) -> list[str]:
    graph = f"[0:v:0]scale={WIDTH}:{HEIGHT}:flags=area:out_range=pc,format=gray[picture]"
    if facts.audio_codec:
        graph += f";[0:a:0]{METER}[sound]"
    args = ["-filter_complex", graph, "-map", "[picture]", "-fps_mode", "passthrough"]
    args += ["-f", "rawvideo", "pipe:1"]
    return [*args, "-map", "[sound]", "-f", "null", "-"] if facts.audio_codec else args


def _summary(facts: MediaFacts, seen: FrameStatistics, sound: Loudness | None) -> Measurements:
    shortest_freeze = max(2, round(float(facts.frame_rate) * _FREEZE_S))
    silent_share = None
    if sound is not None:
        silent_share = round(min(1.0, sound.silent_s / max(facts.duration_s, 0.001)), 4)
    return Measurements(
        facts=facts,
        black_share=round(seen.black_frames / seen.frames, 4),
        frozen_share=round(seen.frozen_frames(shortest_freeze) / seen.frames, 4),
        sharpness=round(statistics.median(seen.sharpness), 2),
        brightness=round(statistics.fmean(seen.brightness), 4),
        loudness_lufs=sound.integrated_lufs if sound else None,
        peak_dbtp=sound.peak_dbtp if sound else None,
        silent_share=silent_share,
        frame_hashes=tuple(seen.hashes),
    )
