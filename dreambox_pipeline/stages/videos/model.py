"""Value types for generation jobs and quality findings; files are described in `media.model`."""

from dataclasses import dataclass
from enum import StrEnum


class JobState(StrEnum):
    """See `generation` for the machine."""

    PLANNED = "planned"
    SUBMITTED = "submitted"
    UNKNOWN = "unknown"
    RUNNING = "running"
    DOWNLOADED = "downloaded"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    FAILED = "failed"
    LOST = "lost"


class Severity(StrEnum):
    """`ERROR` blocks a video, `WARN` is shown to the reviewer."""

    WARN = "warn"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Finding:
    """One quality check's result on one video.

    Attributes:
        check: Stable name, for example `duration`.
        value: What was measured, in the unit the message names.
        message: A sentence with the value, the limit and the reason for it.
        picture_hash: Content hash of a small WebP that shows it, in the media store, or None.
    """

    check: str
    passed: bool
    severity: Severity
    value: float | None
    message: str
    picture_hash: str | None = None
