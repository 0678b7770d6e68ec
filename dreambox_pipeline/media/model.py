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
class Evidence:
    """A frame that shows what a check found.

    Attributes:
        check: Name of the check, for example `letterbox`.
        at_s: Where in the clip, in seconds.
        picture: WebP, 270 px wide.
    """

    check: str
    at_s: float
    picture: bytes


@dataclass(frozen=True, slots=True)
class Measurements:
    """What one decode of a video found; shares are of the clip's frames or seconds, 0 to 1.

    Attributes:
        sharpness: Median variance of the Laplacian at 270 px width.
        loudness_lufs: Integrated loudness, or None without audio.
        peak_dbtp: True peak, or None without audio.
        frame_hashes: 64-bit perceptual hashes of every 8th frame, as 16 hex digits.
        letterbox_share: Share of the picture under constant bars at its edges.
        flashes_per_s: Most pairs of opposing changes of luminance over a quarter of the picture
            in any one second (WCAG 2.3.1 and ITU-R BT.1702 allow 3).
        clipped_share: Share of the audio samples within 0.3 dB of full scale, or None without
            audio.
        look: Colour and texture statistics of the whole clip, as `media.measuring.look` orders them; empty
            for a clip of which no frame was seen.
        evidence: The frames that show best what was found.
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
    letterbox_share: float = 0.0
    flashes_per_s: float = 0.0
    clipped_share: float | None = None
    look: tuple[float, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class OverlayText:
    """One text on the finished video.

    Attributes:
        kind: `title`, `credit`, `subtitle` or `ai_label`.
        start_s, end_s: When it is visible; `end_s` None means to the end.
    """

    kind: str
    text: str
    start_s: float = 0.0
    end_s: float | None = None


@dataclass(frozen=True, slots=True)
class EndCard:
    """A still close over the blurred last picture.

    Attributes:
        title, credit: What it says; either may be empty, not both.
        duration_s: How long it lasts, the crossfade included.
        crossfade_s: How long it and the clip are seen together.
    """

    title: str
    credit: str
    duration_s: float = 1.5
    crossfade_s: float = 0.6


@dataclass(frozen=True, slots=True)
class Edit:
    """The edit as data: what is drawn over a clip and how it is encoded.

    Attributes:
        end_card: What closes the video, or None.
        width, height: Pixels of the finished video.
        frame_rate: Frames a second, constant.
        loudness_lufs: Integrated loudness to aim for.
        language: Tag of the dream's language, `ja` or `zh-TW`: Japan, Korea and China write some
            Han letters differently, also in a name. Empty: each text decides for itself.
        version: Changes whenever the same inputs would give different pixels.
    """

    overlays: tuple[OverlayText, ...]
    end_card: EndCard | None = None
    width: int = 1080
    height: int = 1920
    frame_rate: int = 30
    loudness_lufs: float = -14.0
    language: str = ""
    version: str = "finish-3"

    def length_s(self, clip_s: float) -> float:
        """Seconds of the finished video of a clip that lasts *clip_s*."""
        if self.end_card is None:
            return clip_s
        return clip_s + self.end_card.duration_s - self.end_card.crossfade_s


@dataclass(frozen=True, slots=True)
class EditedFiles:
    """Files that an edit made.

    Attributes:
        gain_db: What the sound was raised by; 0 for a clip without any.
        cover: JPEG, 1080x1920.
        preview: Small animated WebP for lists and Dagster's pages, at most about 30 KB.
    """

    video: Path
    cover: Path
    preview: Path
    gain_db: float = 0.0
