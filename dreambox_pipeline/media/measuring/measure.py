"""Measure a video's picture and sound in one decode.

One FFmpeg process decodes once, shrinks to 270x480 and streams the frames here, while its meters
listen to the sound. Each check looks at the same small frames, and only as often as it needs to.
Judging the numbers belongs to `stages.videos.quality.checking`.
"""

from dataclasses import replace
from pathlib import Path
from typing import IO

from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.media.containers import input_args
from dreambox_pipeline.media.ffmpeg import run_ffmpeg
from dreambox_pipeline.media.measuring.bars import LOOK_EVERY as BARS_EVERY
from dreambox_pipeline.media.measuring.bars import Bars
from dreambox_pipeline.media.measuring.evidence import MIDDLE, Candidates
from dreambox_pipeline.media.measuring.flashes import Flashes
from dreambox_pipeline.media.measuring.frame_statistics import (
    SHARPNESS_EVERY,
    FrameStatistics,
    thumbnail,
)
from dreambox_pipeline.media.measuring.look import LOOK_EVERY, Look
from dreambox_pipeline.media.measuring.loudness import (
    CLIPPING_METER,
    METER,
    Loudness,
    parse_clipping,
    parse_meter,
)
from dreambox_pipeline.media.measuring.small_frames import SHRINK, SmallFrame, read_small_frames
from dreambox_pipeline.media.model import Evidence, Measurements, MediaFacts
from dreambox_pipeline.media.probe import probe

# A viewer takes a picture that stands still this long for a stuck player.
_FREEZE_S = 0.5
# Ten minutes of video, TikTok's longest, decode in well under this on two old cores.
_TIMEOUT_S = 600.0
# From here on a picture may be wanted; good clips are far below (flashes) or above (sharpness).
_WORTH_SHOWING_FLASHES, _WORTH_SHOWING_SHARPNESS = 2.0, 12.0


def measure(
    path: Path, *, moderated_frames: int = 0, timeout_s: float = _TIMEOUT_S
) -> Measurements:
    """Decode the video at *path* once and say what is in it.

    Args:
        path: The video.
        moderated_frames: How many frames, spread evenly, come along as evidence for a moderation
            model to look at.
        timeout_s: Seconds after which FFmpeg is stopped.

    Raises:
        ItemError: Not a whole, decodable video.
        StopError: FFmpeg is missing.
    """
    facts = probe(path)
    watched = _Watch(facts, moderated_frames)

    def read(stream: IO[bytes]) -> None:
        for frame in read_small_frames(stream):
            watched.add(frame)

    log = run_ffmpeg(
        [*input_args(path), *_outputs(facts)],
        timeout_s=timeout_s,
        what=f"measure {path.name}",
        read=read,
    )
    if not watched.statistics.frames:
        raise ItemError(f"Decoded {path.name} and got no frame. Generate the clip again.")
    return watched.summary(log)


def _outputs(facts: MediaFacts) -> list[str]:
    # At an even pace, or a frame that is held for a second would count as little as any other.
    pace = f"fps={facts.frame_rate}," if facts.frame_rate else ""
    graph = f"[0:v:0]{pace}{SHRINK}[picture]"
    if facts.audio_codec:
        graph += f";[0:a:0]{METER},{CLIPPING_METER}[sound]"
    args = ["-filter_complex", graph, "-map", "[picture]", "-fps_mode", "passthrough"]
    args += ["-f", "rawvideo", "pipe:1"]
    return [*args, "-map", "[sound]", "-f", "null", "-"] if facts.audio_codec else args


class _Watch:
    """Every check's running numbers over the frames of one clip."""

    def __init__(self, facts: MediaFacts, moderated_frames: int) -> None:
        self._facts = facts
        self._rate = float(facts.frame_rate) or 1.0
        self._shortest_freeze = max(2, round(self._rate * _FREEZE_S))
        self.statistics = FrameStatistics()
        self._bars, self._flashes, self._look = Bars(), Flashes(self._rate), Look()
        self._candidates = Candidates(round(facts.duration_s * self._rate), moderated_frames)

    def add(self, frame: SmallFrame) -> None:
        """Take in the next frame; each check looks at as many as it needs."""
        small = thumbnail(frame.luma)
        self.statistics.add(frame.luma, small)
        if self._flashes.add(small):
            self._candidates.offer("flashing", frame, self._flashes.most_per_s)
        if frame.index % BARS_EVERY == 0:
            self._bars.add(frame.luma)
        if frame.index % LOOK_EVERY == 0:
            self._look.add(frame)
        self._keep(frame)

    def _keep(self, frame: SmallFrame) -> None:
        seen, keep = self.statistics, self._candidates
        keep.pass_by(frame)
        brightness = seen.brightness[-1]
        if seen.black_frames:
            keep.offer("black", frame, -brightness)
        # Bars show best beside a bright picture.
        if frame.index % LOOK_EVERY == 0:
            keep.offer("letterbox", frame, brightness)
        # The sharpest frame: when it is soft, all are.
        if frame.index % SHARPNESS_EVERY == 0:
            keep.offer("sharpness", frame, seen.sharpness[-1])
        if seen.still_runs[-1] >= self._shortest_freeze:
            # Whole seconds, so that one long run is copied a few times and not at every frame.
            keep.offer("frozen", frame, seen.still_runs[-1] // max(1, round(self._rate)))

    def summary(self, log: str) -> Measurements:
        """All numbers, and pictures of what was found. *log* is FFmpeg's."""
        facts, seen = self._facts, self.statistics
        sound = parse_meter(log) if facts.audio_codec else None
        found = Measurements(
            facts=facts,
            black_share=round(seen.black_frames / seen.frames, 4),
            frozen_share=round(seen.frozen_frames(self._shortest_freeze) / seen.frames, 4),
            sharpness=round(seen.median_sharpness, 2),
            brightness=round(sum(seen.brightness) / seen.frames, 4),
            loudness_lufs=sound.integrated_lufs if sound else None,
            peak_dbtp=sound.peak_dbtp if sound else None,
            silent_share=_silent_share(facts, sound) if sound else None,
            frame_hashes=tuple(seen.hashes),
            letterbox_share=self._bars.share(),
            flashes_per_s=self._flashes.most_per_s,
            clipped_share=parse_clipping(log) if facts.audio_codec else None,
            look=self._look.values(),
        )
        return replace(found, evidence=self._evidence(found))

    def _evidence(self, found: Measurements) -> tuple[Evidence, ...]:
        worth_showing = {
            "black": found.black_share > 0,
            "frozen": found.frozen_share > 0,
            "letterbox": found.letterbox_share > 0,
            "flashing": found.flashes_per_s >= _WORTH_SHOWING_FLASHES,
            "sharpness": found.sharpness <= _WORTH_SHOWING_SHARPNESS,
            MIDDLE: True,
        }
        wanted = [check for check, is_worth in worth_showing.items() if is_worth]
        return self._candidates.pictures(wanted, self._rate)


def _silent_share(facts: MediaFacts, sound: Loudness) -> float:
    return round(min(1.0, sound.silent_s / max(facts.duration_s, 0.001)), 4)
