"""What a moderation model said about some frames, as one finding.

The model only ever adds a "no": a frame that it flags keeps the video from a reviewer, and a
video that it does not flag is looked at by a person all the same. Some of its categories, minors
and hate among them, are for texts alone, so the prompt is moderated too, before any clip is made.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from dreambox_pipeline.safety.moderation import Moderation
from dreambox_pipeline.stages.videos.model import Finding, Severity

CHECK = "moderation"


@dataclass(frozen=True, slots=True)
class ModeratedFrame:
    """A frame and what was said about it.

    Attributes:
        at_s: Where in the video, in seconds.
    """

    at_s: float
    said: Moderation


def worst_frame(frames: Sequence[ModeratedFrame]) -> ModeratedFrame | None:
    """The flagged frame with the highest score, else the frame with the highest score."""
    return max(frames, key=lambda frame: (frame.said.is_flagged, _score(frame)), default=None)


def check_frames(frames: Sequence[ModeratedFrame], *, engine: str) -> list[Finding]:
    """One finding, or none when nothing looked at any frame.

    Args:
        frames: What the model said about each.
        engine: Its name, for the message.
    """
    worst = worst_frame(frames)
    if worst is None:
        return []
    category, score = worst.said.worst or ("no category", 0.0)
    if worst.said.is_flagged:
        message = (
            f"The moderation model {engine} flags the frame at {worst.at_s:.1f} s as {category} "
            f"(score {score:.2f}); a flagged video does not reach review."
        )
    else:
        message = (
            f"The moderation model {engine} looked at {len(frames)} frames and flagged none; the "
            f"highest score is {category} {score:.2f}."
        )
    return [Finding(CHECK, not worst.said.is_flagged, Severity.ERROR, round(score, 4), message)]


def _score(frame: ModeratedFrame) -> float:
    worst = frame.said.worst
    return worst[1] if worst else 0.0
