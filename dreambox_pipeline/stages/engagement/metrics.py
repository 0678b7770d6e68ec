"""Numbers derived from a post's readings, with one rule: unknown stays unknown.

The platform leaves counters out (they arrive a day or two late, and vanish after a quiet
week), so every function here answers None when a number it needs is None. A missing counter
is never read as 0. What the numbers mean for the next post belongs to `learning`.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal

from dreambox_pipeline.stages.engagement.model import EngagementSnapshot

Counter = Literal["views", "likes", "comments", "shares", "favorites", "reach", "new_followers"]


def latest_before_age(
    snapshots: Iterable[EngagementSnapshot], posted_at: datetime, age_hours: float
) -> EngagementSnapshot | None:
    """The last reading taken while the post was at most *age_hours* old, or None.

    Args:
        snapshots: Readings of one post, in any order.
        posted_at: When it went out, aware UTC. Readings from before are ignored.
        age_hours: Inclusive.
    """
    until = posted_at + timedelta(hours=age_hours)
    early = [s for s in snapshots if posted_at <= s.taken_at <= until]
    return max(early, key=lambda s: s.taken_at, default=None)


def first_at_age(
    snapshots: Iterable[EngagementSnapshot], posted_at: datetime, age_hours: float
) -> EngagementSnapshot | None:
    """The first reading with known views once the post was *age_hours* old, or None.

    Judging every post by this reading compares like with like: an old post has had
    longer to collect views, but not by its first reading at a fixed age.

    Args:
        snapshots: Readings of one post, in any order.
        posted_at: When it went out, aware UTC.
        age_hours: Inclusive.
    """
    since = posted_at + timedelta(hours=age_hours)
    late = [s for s in snapshots if s.taken_at >= since and s.views is not None]
    return min(late, key=lambda s: s.taken_at, default=None)


def age_hours_at(snapshot: EngagementSnapshot, posted_at: datetime) -> float:
    """How many hours old the post was when the reading was taken."""
    return (snapshot.taken_at - posted_at) / timedelta(hours=1)


def engagement_rate(snapshot: EngagementSnapshot) -> float | None:
    """Likes, comments, shares and favorites per view; 0 or more, usually far below 1.

    None when any of the five counters is unknown, or nobody has seen the post yet.
    """
    acts = (snapshot.likes, snapshot.comments, snapshot.shares, snapshot.favorites)
    known = [act for act in acts if act is not None]
    if not snapshot.views or len(known) < len(acts):
        return None
    return sum(known) / snapshot.views


def growth(
    earlier: EngagementSnapshot, later: EngagementSnapshot, counter: Counter
) -> float | None:
    """By how much *counter* changed per hour between two readings of one post.

    Negative when the platform took counts back, which it does after removing fake ones.
    None when either reading does not have the counter.

    Raises:
        ValueError: The readings are of two posts, or *later* is not later.
    """
    if earlier.post_id != later.post_id or later.taken_at <= earlier.taken_at:
        msg = (
            f"Growth needs two readings of one post in order, not {earlier.post_id} at "
            f"{earlier.taken_at} and {later.post_id} at {later.taken_at}."
        )
        raise ValueError(msg)
    before: int | None = getattr(earlier, counter)
    after: int | None = getattr(later, counter)
    if before is None or after is None:
        return None
    return (after - before) / ((later.taken_at - earlier.taken_at) / timedelta(hours=1))
