"""Value types for human review."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Decision(StrEnum):
    """What a reviewer may say about a video."""

    APPROVE = "approve"
    REJECT = "reject"
    COMMENT = "comment"


class ReviewState(StrEnum):
    """Derived from events, never stored; the words are Ozone's."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class ReviewEvent:
    """One decision on exactly one file.

    Attributes:
        event_id: Increasing; 0 before it is stored.
        render_id: The finished video.
        content_hash: SHA-256 of the file the reviewer saw; an approval counts for no other.
    """

    event_id: int
    render_id: str
    content_hash: str
    decision: Decision
    reviewer: str
    reason: str
    decided_at: datetime
