"""Moving one video to a time that a person wishes, and who has to make room for it.

A person may do what a plan may not, because they see the calendar and answer for it:

    refused   the past; more posts on a local day than TikTok takes
    said      quiet hours, less spacing or more posts a day than our own rules want, a time that
              clocks skip or show twice, no time left to stop it

Videos that only wait make room: those closer to the wish than the spacing, and on a day that would
get too full the one with the least valuable slot. What was posted, is on its way or was put there
by hand stays. The ones that had to leave are planned again, by `scheduling`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.stages.posts.local_time import clock_changes, describe, wall_time
from dreambox_pipeline.stages.posts.model import Slot, TimingPolicy
from dreambox_pipeline.stages.posts.scheduling import TIKTOK_POSTS_PER_DAY, PostingRules
from dreambox_pipeline.stages.posts.slot_values import slot_value, value_basis

_AROUND = timedelta(days=2)
"""A wish and the moment it means are never further apart, whole skipped days included."""


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another publication with its slot.

    Attributes:
        can_move: It only waits, and nobody chose its slot by hand.
    """

    publication_id: str
    at: datetime
    value: float
    can_move: bool


@dataclass(frozen=True, slots=True)
class HandMove:
    """What a wish comes to.

    Attributes:
        displaced: Publication ids that have to be planned again, by their slots.
        warnings: What our own rules would not have done, in sentences.
    """

    slot: Slot
    displaced: tuple[str, ...]
    warnings: tuple[str, ...]


def move_by_hand(
    wish: datetime,
    *,
    others: Sequence[Neighbour],
    policy: TimingPolicy,
    rules: PostingRules,
    zone: ZoneInfo,
    now: datetime,
    by: str,
) -> HandMove:
    """The slot that *wish* means, and what it changes for *others*.

    Args:
        wish: Local wall time of the account, naive.
        others: Every other publication that has a slot or was posted.
        policy: What hours and weekdays are worth.
        rules: Our own rules; breaking them is said.
        zone: The account's.
        now: Aware.
        by: Who wishes it.

    Raises:
        ItemError: It cannot be; the message says why.
    """
    at = wall_time(wish.date(), wish.time(), zone)
    if at <= now:
        raise ItemError(
            f"{describe(at, zone)} is in the past; it is {describe(now, zone)} now. Choose a later time."
        )
    displaced = _displaced(at, others, rules, zone)
    staying = [each for each in others if each.publication_id not in displaced]
    on_day = sum(_day(each.at, zone) == _day(at, zone) for each in staying)
    if on_day >= TIKTOK_POSTS_PER_DAY:
        raise ItemError(
            f"{on_day} posts have their slots on {_day(at, zone)} and TikTok takes "
            f"{TIKTOK_POSTS_PER_DAY} a day. Choose another day."
        )
    # "reviewer:mia" is for the audit chain; people read the name.
    person = by.rpartition(":")[2]
    why = f"put here by hand by {person}; {value_basis(at, policy, zone)}"
    slot = Slot(at, describe(at, zone), slot_value(at, policy, zone), why)
    warnings = [
        *_about_clocks(wish, at, zone),
        *_about_rules(at, rules, zone, now),
        *_about_neighbours(at, staying, rules, zone),
    ]
    return HandMove(slot, displaced, tuple(warnings))


def _displaced(
    at: datetime, others: Sequence[Neighbour], rules: PostingRules, zone: ZoneInfo
) -> tuple[str, ...]:
    spacing = timedelta(hours=rules.min_spacing_h)
    leaving = [each for each in others if each.can_move and abs(each.at - at) < spacing]
    that_day = [
        each for each in others if each not in leaving and _day(each.at, zone) == _day(at, zone)
    ]
    too_many = len(that_day) + 1 - rules.max_posts_per_day
    movable = sorted(
        (each for each in that_day if each.can_move),
        key=lambda each: (each.value, -each.at.timestamp()),
    )
    leaving += movable[: max(0, too_many)]
    return tuple(each.publication_id for each in sorted(leaving, key=lambda each: each.at))


def _about_clocks(wish: datetime, at: datetime, zone: ZoneInfo) -> list[str]:
    shown = at.astimezone(zone).replace(tzinfo=None)
    near = clock_changes(zone, at - _AROUND, at + _AROUND)
    if shown != wish:
        return [
            f"{wish:%Y-%m-%d %H:%M} does not exist: {change}"
            for change in near
            if change.is_forward and change.shown_before <= wish < change.shown_after
        ]
    return [
        f"{wish:%Y-%m-%d %H:%M} comes twice: {change}"
        for change in near
        if not change.is_forward and change.shown_after <= wish < change.shown_before
    ]


def _about_rules(at: datetime, rules: PostingRules, zone: ZoneInfo, now: datetime) -> list[str]:
    warnings = []
    if rules.is_quiet(at.astimezone(zone).hour):
        warnings.append(
            f"{at.astimezone(zone):%H:%M} is in the quiet hours ({rules.quiet_from_hour}:00 to "
            f"{rules.quiet_until_hour}:00): nobody on the team may notice trouble."
        )
    if at - now < timedelta(minutes=rules.lead_time_min):
        minutes = (at - now) / timedelta(minutes=1)
        warnings.append(f"It is only {minutes:.0f} minutes away; there is little time to stop it.")
    return warnings


def _about_neighbours(
    at: datetime, staying: Sequence[Neighbour], rules: PostingRules, zone: ZoneInfo
) -> list[str]:
    warnings = [
        f"{each.publication_id} is at {describe(each.at, zone)} and stays, "
        f"{abs(each.at - at) / timedelta(hours=1):.1f} h away; {rules.min_spacing_h:g} h are wanted."
        for each in sorted(staying, key=lambda each: each.at)
        if abs(each.at - at) < timedelta(hours=rules.min_spacing_h)
    ]
    on_day = sum(_day(each.at, zone) == _day(at, zone) for each in staying)
    if on_day >= rules.max_posts_per_day:
        warnings.append(
            f"It is post {on_day + 1} on {_day(at, zone)}; {rules.max_posts_per_day} a day are wanted."
        )
    return warnings


def _day(at: datetime, zone: ZoneInfo) -> str:
    return at.astimezone(zone).date().isoformat()
