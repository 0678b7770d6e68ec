"""Value types for queueing and publishing."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class PublicationState(StrEnum):
    """See `publishing` for the machine."""

    PLANNED = "planned"
    CLAIMED = "claimed"
    INITIATED = "initiated"
    UPLOADED = "uploaded"
    PROCESSING = "processing"
    PUBLISHED = "published"
    FAILED = "failed"
    UNCONFIRMED = "unconfirmed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class QueueItem:
    """An approved video waiting for a slot.

    Attributes:
        approved_at: When a person approved exactly this content hash.
        motifs: For diversity between neighbours in the queue.
    """

    render_id: str
    content_hash: str
    approved_at: datetime
    score: float
    style_id: str
    motifs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Slot:
    """A moment to post, with why it was chosen.

    Attributes:
        at: Aware UTC.
        local: The same moment as the account's wall time, for people.
        value: Expected relative reward of the slot, 1.0 is average.
    """

    at: datetime
    local: str
    value: float
    why: str


@dataclass(frozen=True, slots=True)
class TimingPolicy:
    """How much each local hour and weekday is worth: written by `learning`, read by `posts.scheduling`.

    Attributes:
        version: 0 is the built-in prior, before anything was learned.
        hour_value: Local hour 0..23 to expected relative reward.
        weekday_value: Monday 0 .. Sunday 6 to expected relative reward.
        evidence_posts: How many posts the values rest on.
        activity_days: On how many days of follower activity the hours rest while there are no
            posts; such a policy is made for the moment and never stored.
    """

    version: int = 0
    hour_value: dict[int, float] = field(default_factory=dict)
    weekday_value: dict[int, float] = field(default_factory=dict)
    evidence_posts: int = 0
    note: str = "Weak prior: evenings do a little better. Nothing has been learned yet."
    activity_days: int = 0


@dataclass(frozen=True, slots=True)
class PostDraft:
    """What is sent to the platform for one video."""

    caption: str
    hashtags: tuple[str, ...]
    is_ai_generated: bool = True
    cover_ms: int = 0
