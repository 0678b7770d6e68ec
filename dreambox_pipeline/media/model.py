"""Value types for media files: what they are, what was measured, how they are edited."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path


@dataclass(frozen=True, slots=True)
class MediaFacts:
    """What a container says about itself, read without decoding every frame.

    Attributes:
        frame_rate: Exact, never a float.
        audio_codec: None when there is no audio stream.
    """

    width: int
    height: int
    duration_s: float
    frame_rate: Fraction
    video_codec: str
    audio_codec: str | None
    size_bytes: int
    container: str


@dataclass(frozen=True, slots=True)
class Measurements:
    """What one decode of a video found; shares are of the clip's frames or seconds, 0 to 1.

    Attributes:
        sharpness: Median variance of the Laplacian at 270 px width.
        loudness_lufs: Integrated loudness, or None without audio.
        peak_dbtp: True peak, or None without audio.
        frame_hashes: 64-bit perceptual hashes of every 8th frame, as 16 hex digits.
    """

    facts: MediaFacts
    black_share: float
    frozen_share: float
    sharpness: float
    brightness: float
    loudness_lufs: float | None
    peak_dbtp: float | None
    silent_share: float | None
    frame_hashes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OverlayText:
    """One text on the finished video.

    Attributes:
        kind: `title`, `credit` or `ai_label`.
        start_s, end_s: When it is visible; `end_s` None means to the end.
    """

    kind: str
    text: str
    start_s: float = 0.0
    end_s: float | None = None


@dataclass(frozen=True, slots=True)
class Edit:
    """The edit as data: what is drawn over a clip and how it is encoded.

    Attributes:
        width, height: Pixels of the finished video.
        frame_rate: Frames a second, constant.
        loudness_lufs: Integrated loudness to aim for.
        version: Changes whenever the same inputs would give different pixels.
    """

    overlays: tuple[OverlayText, ...]
    width: int = 1080
    height: int = 1920
    frame_rate: int = 30
    loudness_lufs: float = -14.0
    version: str = "finish-1"


@dataclass(frozen=True, slots=True)
class EditedFiles:
    """Files that an edit made.

    Attributes:
        cover: JPEG, 1080x1920.
        preview: Small animated WebP for lists and Dagster's pages, at most about 30 KB.
    """

    video: Path
    cover: Path
    preview: Path
