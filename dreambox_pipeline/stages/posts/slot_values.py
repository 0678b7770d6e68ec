"""What a moment is worth, by its local hour and weekday, and what that rests on.

Learned values come first; an hour nothing was learned about has the prior. Turning values into
slots belongs to `scheduling`, learning them to `learning.timing`, and what follower activity says
about hours to `activity`.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

from dreambox_pipeline.stages.posts.model import TimingPolicy

PRIOR_HOUR_VALUE: dict[int, float] = {
    **dict.fromkeys(range(7), 0.8),
    **dict.fromkeys(range(7, 12), 0.9),
    **dict.fromkeys(range(12, 17), 1.0),
    **dict.fromkeys(range(17, 19), 1.05),
    **dict.fromkeys(range(19, 22), 1.1),
    **dict.fromkeys(range(22, 24), 1.0),
}
"""Before anything was learned: evenings a little better. Weak on purpose, so ten posts outweigh it."""


def slot_value(at: datetime, policy: TimingPolicy, zone: ZoneInfo) -> float:
    """What a moment is worth by its local hour and weekday; 1.0 is average."""
    local = at.astimezone(zone)
    hour = policy.hour_value.get(local.hour, PRIOR_HOUR_VALUE[local.hour])
    return hour * policy.weekday_value.get(local.weekday(), 1.0)


def value_basis(at: datetime, policy: TimingPolicy, zone: ZoneInfo) -> str:
    """What `slot_value` rests on, in words."""
    local, value = at.astimezone(zone), slot_value(at, policy, zone)
    if local.hour not in policy.hour_value and local.weekday() not in policy.weekday_value:
        return f"prior {value:.1f}x average, nothing learned for this hour yet"
    if policy.activity_days and not policy.evidence_posts:
        days = "day" if policy.activity_days == 1 else f"{policy.activity_days} days"
        return (
            f"expected {value:.1f}x average from follower activity of the last {days} and a weak "
            "prior, no posts yet"
        )
    return f"learned {value:.1f}x average from {policy.evidence_posts} posts"
