"""What a file should be, before and after finishing."""

from dataclasses import dataclass

from dreambox_pipeline.media.model import Edit


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the file should be.

    Attributes:
        duration_s: Expected length in seconds, or None for any from 3 to 600, which are
            TikTok's limits.
        width, height: Exact size, or None for any from 360 to 4096 px (TikTok's limits).
        frame_rate: Exact, or None for any from 23 to 60 (TikTok's limits).
        loudness_lufs: What the sound was set to, or None when it is set later.
        needs_audio: Whether a video without sound is an error.
    """

    duration_s: float | None = None
    width: int | None = None
    height: int | None = None
    frame_rate: int | None = None
    loudness_lufs: float | None = None
    needs_audio: bool = False
    containers: frozenset[str] = frozenset({"mp4", "mov", "webm", "mkv"})
    video_codecs: frozenset[str] = frozenset({"h264", "hevc", "vp8", "vp9", "av1"})
    audio_codecs: frozenset[str] = frozenset({"aac", "mp3", "opus", "vorbis"})


def expect_clip(duration_s: float | None) -> Expectation:
    """What a generator's clip must be before it is worth editing."""
    return Expectation(duration_s=duration_s)


def expect_finished(edit: Edit, *, duration_s: float) -> Expectation:
    """What the finished video of *edit* must be: exactly what the edit says, ready to post."""
    return Expectation(
        duration_s=duration_s,
        width=edit.width,
        height=edit.height,
        frame_rate=edit.frame_rate,
        loudness_lufs=edit.loudness_lufs,
        needs_audio=True,
        containers=frozenset({"mp4"}),
        video_codecs=frozenset({"h264"}),
        audio_codecs=frozenset({"aac"}),
    )
