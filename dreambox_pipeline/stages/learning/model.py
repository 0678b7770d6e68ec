"""Value types for learning."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PostReward:
    """One post's result at a fixed age, and the choices that led to it.

    Attributes:
        reward: Comparable between posts, from 0 to 1; see `rewards`.
        age_hours: Age of the post at the snapshot used.
        local_hour, local_weekday: When it went out, in the account's time zone.
    """

    post_id: str
    render_id: str
    reward: float
    views: int
    age_hours: float
    posted_at: datetime
    local_hour: int
    local_weekday: int
    style_id: str
    setting: str
    motifs: tuple[str, ...]
