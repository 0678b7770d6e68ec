"""When followers are active, as a first guess at what each local hour is worth.

TikTok tells how many followers were active in each hour of a UTC day (`audience_activity`, for
accounts with 100 followers and more). Until posts have earned anything, that and a weak prior are
all there is:

    value(h) = (1 - w) * prior(h) + w * activity(h) / mean activity,   w = 1/2 * days / (days + 7)

Active is not yet watching, so activity never counts for more than half, and no hour for less than
half or more than one and a half of the average. One post that was judged ends its use: then
`learning` speaks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from dreambox_pipeline.stages.posts.model import TimingPolicy
from dreambox_pipeline.stages.posts.slot_values import PRIOR_HOUR_VALUE

LOOK_BACK_DAYS: Final = 28
"""Four of every weekday, and no older than people's habits."""
MOST_WEIGHT: Final = 0.5
HALF_WEIGHT_DAYS: Final = 7
LEAST, MOST = 0.5, 1.5

_QUARTER: Final = timedelta(minutes=15)
"""All zones are whole quarters of an hour away from UTC (Kathmandu: 5:45)."""

Activity = Mapping[date, Sequence[int] | None]
"""UTC day to active followers in each of its 24 hours; None where TikTok did not say."""


def policy_in_force(stored: TimingPolicy, activity: Activity, zone: ZoneInfo) -> TimingPolicy:
    """What slots are worth now: *stored* once it rests on posts, before that *activity*.

    Args:
        stored: The newest that learning wrote, or the prior.
        activity: Any days; those without numbers are passed over.
        zone: The account's.
    """
    days = {day: counts for day, counts in activity.items() if counts and sum(counts)}
    if stored.evidence_posts or not days:
        return stored
    hours = _by_local_hour(days, zone)
    mean = sum(hours.values()) / len(hours)
    weight = MOST_WEIGHT * len(days) / (len(days) + HALF_WEIGHT_DAYS)
    values = {
        hour: round((1 - weight) * prior + weight * _bounded(hours[hour] / mean), 4)
        for hour, prior in PRIOR_HOUR_VALUE.items()
        if hour in hours
    }
    best = sorted(values, key=lambda hour: (-values[hour], hour))[:3]
    named = ", ".join(f"{hour:02d}:00" for hour in best)
    span = "day" if len(days) == 1 else f"{len(days)} days"
    return replace(
        stored,
        hour_value=values,
        activity_days=len(days),
        note=(
            f"Follower activity of the last {span} and a weak prior, no posts yet. Best hours by "
            f"that: {named}."
        ),
    )


def _by_local_hour(days: Mapping[date, Sequence[int]], zone: ZoneInfo) -> dict[int, float]:
    """Active followers in an average quarter of each local hour.

    A UTC hour may lie in two local ones (India: half and half), so its quarters are counted.
    """
    total, quarters = dict.fromkeys(range(24), 0.0), dict.fromkeys(range(24), 0)
    for day, counts in days.items():
        midnight = datetime.combine(day, time(0), tzinfo=UTC)
        for number in range(4 * len(counts)):
            hour = (midnight + number * _QUARTER).astimezone(zone).hour
            total[hour] += counts[number // 4]
            quarters[hour] += 1
    return {hour: total[hour] / count for hour, count in quarters.items() if count}


def _bounded(relative: float) -> float:
    return min(MOST, max(LEAST, relative))
