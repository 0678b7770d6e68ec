"""When to post what: the best free moments for the best videos, with a reason for each.

A moment is worth `hour value x weekday value`, learned or prior, and a little less for every day of
waiting. The best moments that the rules allow are taken first; then the best videos go to the best
moments, and videos that resemble their neighbours, planned or posted, go elsewhere where the plan
as a whole gains by it. A small, fixed share of videos, picked by a hash of their id and not by dice, goes to hours that were
tried less, or learning would stop.

Pure: the same arguments give the same plan.
"""

import hashlib
import math
from bisect import bisect
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dreambox_pipeline.stages.posts.diversity import freshness, spread
from dreambox_pipeline.stages.posts.local_time import WEEKDAYS, describe, wall_time
from dreambox_pipeline.stages.posts.model import QueueItem, Slot, TimingPolicy
from dreambox_pipeline.stages.posts.slot_values import slot_value, value_basis

TIKTOK_POSTS_PER_DAY = 15
"""What TikTok takes from one account in a day (Content Posting API, sharing guidelines)."""

HORIZON_DAYS = 14
"""How far ahead slots are given; beyond it, what is learned meanwhile would move them anyway."""


@dataclass(frozen=True, slots=True)
class PostingRules:
    """What a plan must obey.

    Attributes:
        max_posts_per_day: Per local day. TikTok allows 15; more than two dreams a day compete
            with each other and look automated.
        min_spacing_h: Hours between posts, so that one is seen before the next.
        quiet_from_hour, quiet_until_hour: Local hours without posts, the second excluded: nobody
            on the team would notice trouble then.
        candidate_hours: Local hours considered.
        candidate_minute: Half past, away from the crowd that schedules on the hour.
        lead_time_min: A person can still stop what is planned.
        waiting_discount_per_day: Share of its value a moment loses per day of waiting: dreams
            go stale, and consent may be withdrawn meanwhile.
        explore_share: Share of videos that try a less-tried hour.
        resemblance_discount: Share of a video's score lost beside a neighbour of the same style,
            and again beside one with a common motif.
    """

    max_posts_per_day: int = 2
    min_spacing_h: float = 4.0
    quiet_from_hour: int = 0
    quiet_until_hour: int = 7
    candidate_hours: tuple[int, ...] = tuple(range(24))
    candidate_minute: int = 30
    lead_time_min: float = 10.0
    waiting_discount_per_day: float = 0.05
    explore_share: float = 0.15
    resemblance_discount: float = 0.3

    def __post_init__(self) -> None:
        if not 1 <= self.max_posts_per_day <= TIKTOK_POSTS_PER_DAY:
            raise ValueError(
                f"max_posts_per_day is {self.max_posts_per_day}; TikTok takes 1 to 15 a day."
            )

    def is_quiet(self, hour: int) -> bool:
        """Whether local *hour* is quiet; the span may cross midnight, and equal ends mean none."""
        start, end = self.quiet_from_hour, self.quiet_until_hour
        return start <= hour < end if start <= end else hour >= start or hour < end


def plan_slots(
    items: Sequence[QueueItem],
    *,
    taken: Sequence[datetime],
    policy: TimingPolicy,
    rules: PostingRules,
    zone: ZoneInfo,
    now: datetime,
    horizon_days: int = HORIZON_DAYS,
    beside: Mapping[datetime, QueueItem] | None = None,
) -> list[tuple[QueueItem, Slot]]:
    """A slot for each of *items*, as far as the days ahead hold enough; in order of time.

    Args:
        items: Approved videos without a slot.
        taken: Moments already promised or posted; their day and spacing count.
        policy: What hours and weekdays are worth.
        rules: What may not happen, whatever it is worth.
        zone: The account's zone; hours, weekdays and days are its wall time.
        now: Aware.
        horizon_days: How far ahead to plan. Items that find no moment are left out.
        beside: What is posted at which of *taken*, as far as it is known; a moment beside a video
            of the same style or with a common motif is worth less.

    Raises:
        ValueError: A time without a zone.
    """
    if any(moment.tzinfo is None for moment in (now, *taken)):
        raise ValueError("Times must be aware; a naive one could post in the wrong hour.")
    calendar = _Calendar(
        policy=policy, rules=rules, zone=zone, now=now, taken=taken, horizon_days=horizon_days
    )
    neighbours = {at.astimezone(UTC): item for at, item in (beside or {}).items()}
    explorers = {item.render_id for item in items if explores(item.render_id, rules.explore_share)}
    ranked = sorted(items, key=lambda item: (-item.score, item.approved_at, item.render_id))
    given: dict[datetime, QueueItem] = {}
    for item in ranked:
        if item.render_id not in explorers:
            moment = calendar.take_best(item, neighbours | given)
            if moment is not None:
                given[moment] = item
    worth = {moment: calendar.worth(moment) for moment in given}
    plan = [
        (item, calendar.slot(at))
        for at, item in spread(given, worth, neighbours, rules.resemblance_discount).items()
    ]
    plan.extend(
        (item, calendar.exploring_slot(moment))
        for item in ranked
        if item.render_id in explorers and (moment := calendar.take_less_tried(item.render_id))
    )
    return sorted(plan, key=lambda pair: pair[1].at)


def explores(render_id: str, share: float) -> bool:
    """Whether this video tries a less-tried hour: the same answer for the same id, always."""
    return _fraction("explore", render_id) < share


def _fraction(purpose: str, key: str) -> float:
    digest = hashlib.sha256(f"{purpose}:{key}".encode()).digest()
    return int.from_bytes(digest[:8]) / 2**64


class _Calendar:
    """The candidate moments of the days ahead, and which of them are still free."""

    def __init__(
        self,
        *,
        policy: TimingPolicy,
        rules: PostingRules,
        zone: ZoneInfo,
        now: datetime,
        taken: Sequence[datetime],
        horizon_days: int,
    ) -> None:
        self._policy, self._rules, self._zone, self._now = policy, rules, zone, now
        self._taken = [moment.astimezone(UTC) for moment in taken]
        self._candidates = sorted(self._moments(horizon_days))
        self._tries = Counter(moment.astimezone(zone).hour for moment in taken)
        self._tries.update(policy.hour_value)

    def take_best(self, item: QueueItem, beside: Mapping[datetime, QueueItem]) -> datetime | None:
        """The free moment worth most for *item* between what is *beside*, now taken; the earlier of equals."""
        order = sorted(beside)

        def preference(at: datetime) -> tuple[float, datetime]:
            place = bisect(order, at)
            around = [beside[each] for each in order[max(place - 1, 0) : place + 1]]
            return (-self.worth(at) * freshness(item, around, self._rules.resemblance_discount), at)

        return self._take(sorted(self._free(), key=preference))

    def take_less_tried(self, render_id: str) -> datetime | None:
        """A free moment in one of the hours tried least, now taken; which of those, the id's hash says.

        Among the days it takes the soonest, because an experiment delayed teaches nobody.
        """

        def preference(at: datetime) -> tuple[int, float, datetime]:
            hour = at.astimezone(self._zone).hour
            return (self._tries[hour], _fraction(f"hour-{hour}", render_id), at)

        return self._take(sorted(self._free(), key=preference))

    def slot(self, at: datetime) -> Slot:
        """*at*, with what it is worth and why."""
        return self._slot(at, value_basis(at, self._policy, self._zone))

    def exploring_slot(self, at: datetime) -> Slot:
        """*at*, marked as an experiment."""
        share = f"{self._rules.explore_share:.0%} of videos do, to keep learning"
        return self._slot(
            at,
            f"trying a less-tried hour, expected {slot_value(at, self._policy, self._zone):.1f}x ({share})",
        )

    def _slot(self, at: datetime, basis: str) -> Slot:
        local = at.astimezone(self._zone)
        return Slot(
            at=at,
            local=describe(at, self._zone),
            value=slot_value(at, self._policy, self._zone),
            why=f"{WEEKDAYS[local.weekday()]} {local:%H:%M} local: {basis}",
        )

    def _moments(self, horizon_days: int) -> set[datetime]:
        earliest = self._now + timedelta(minutes=self._rules.lead_time_min)
        latest = self._now + timedelta(days=horizon_days)
        # Not today plus the horizon: where clocks go forward on the way, the last day is one more.
        today, last_day = (at.astimezone(self._zone).date() for at in (self._now, latest))
        moments = {
            wall_time(
                today + timedelta(days=ahead), time(hour, self._rules.candidate_minute), self._zone
            )
            for ahead in range((last_day - today).days + 1)
            for hour in self._rules.candidate_hours
        }
        return {
            at
            for at in moments
            if earliest <= at <= latest and not self._rules.is_quiet(at.astimezone(self._zone).hour)
        }

    def _free(self) -> Iterable[datetime]:
        posts_on = Counter(moment.astimezone(self._zone).date() for moment in self._taken)
        spacing = timedelta(hours=self._rules.min_spacing_h)
        return (
            at
            for at in self._candidates
            if posts_on[at.astimezone(self._zone).date()] < self._rules.max_posts_per_day
            and all(abs(at - other) >= spacing for other in self._taken)
        )

    def _take(self, preferred: Sequence[datetime]) -> datetime | None:
        if not preferred:
            return None
        self._taken.append(preferred[0])
        self._tries[preferred[0].astimezone(self._zone).hour] += 1
        return preferred[0]

    def worth(self, at: datetime) -> float:
        """The value of *at* now, less for every day of waiting."""
        days = (at - self._now) / timedelta(days=1)
        waiting = math.pow(1 - self._rules.waiting_discount_per_day, days)
        return slot_value(at, self._policy, self._zone) * waiting
