"""When to post: what each local hour and weekday has been worth so far.

A value is an expected relative reward; 1 is an average moment. Every post speaks for its own
hour and, more softly, for the hours around it, across midnight too. With few posts the
values stay near the prior, which is worth four posts at every hour:

    value(h) = (4 * prior(h) + sum of kernel * reward) / (4 + sum of kernel)

Rewards are scaled so that the posts' mean equals the mean prior of the hours they went out
in. Otherwise, an account that posts only in good hours would teach itself that they are average.
Turning values into slots belongs to `posts.scheduling`.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Final

from dreambox_pipeline.stages.learning.model import PostReward
from dreambox_pipeline.stages.learning.posterior import relative_rewards, shrunk_mean
from dreambox_pipeline.stages.posts.model import TimingPolicy

HOURS: Final = range(24)
WEEKDAYS: Final = range(7)
_DAY_NAMES: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

# Audiences come and go over an hour or two, so a post at 19:00 says something about 18:00 too.
KERNEL: Final[dict[int, float]] = {0: 1.0, 1: 0.5, 2: 0.2}
# Four posts: one lucky video must not move the schedule, a week of posts may.
PRIOR_WORTH_POSTS: Final = 4.0
# No weekday is better until posts say so.
PRIOR_WEEKDAY_VALUE: Final = 1.0
# Values are stored with this many digits: an hour is not known to a hundred-thousandth.
DIGITS: Final = 4
# A slot's value may never reach 0, or its hour would not be tried again.
LEAST_VALUE: Final = 0.05


def learn_timing(
    rewards: Sequence[PostReward],
    *,
    previous: TimingPolicy,
    prior_hour_value: Mapping[int, float],
) -> TimingPolicy:
    """The timing policy that *rewards* support; *previous* itself when they say nothing new.

    It is computed from all evidence every time, so a post that was erased is forgotten. Their
    order does not matter.

    Args:
        rewards: All posts judged so far.
        previous: The policy in force. A new one has the next version.
        prior_hour_value: Local hour 0..23 to expected relative reward before any evidence;
            above 0. A missing hour is average.

    Raises:
        ValueError: A prior is not above 0, or a reward's hour or weekday does not exist.
    """
    _check(rewards, prior_hour_value)
    if not rewards and previous.version == 0:
        return previous
    hours = _hour_values(rewards, prior_hour_value)
    weekdays = _weekday_values(rewards)
    learned = TimingPolicy(
        version=previous.version + 1,
        hour_value=hours,
        weekday_value=weekdays,
        evidence_posts=len(rewards),
        note=_note(len(rewards), hours, weekdays),
    )
    return previous if _says_the_same(learned, previous) else learned


def _check(rewards: Sequence[PostReward], prior_hour_value: Mapping[int, float]) -> None:
    bad_prior = {hour: value for hour, value in prior_hour_value.items() if value <= 0}
    bad_times = [
        r.post_id for r in rewards if r.local_hour not in HOURS or r.local_weekday not in WEEKDAYS
    ]
    if bad_prior or bad_times:
        msg = (
            f"Timing cannot be learned: priors not above 0: {bad_prior}; posts with an hour "
            f"outside 0..23 or a weekday outside 0..6: {bad_times}. Correct them and run again."
        )
        raise ValueError(msg)


def _hour_values(
    rewards: Sequence[PostReward], prior_hour_value: Mapping[int, float]
) -> dict[int, float]:
    prior = {hour: prior_hour_value.get(hour, 1.0) for hour in HOURS}
    expected = math.fsum(prior[r.local_hour] for r in rewards) / max(len(rewards), 1)
    relative = [expected * value for value in relative_rewards([r.reward for r in rewards])]
    return {
        hour: _stored(
            shrunk_mean(
                relative,
                prior_mean=prior[hour],
                prior_worth=PRIOR_WORTH_POSTS,
                weights=[KERNEL.get(_hours_apart(hour, r.local_hour), 0.0) for r in rewards],
            )
        )
        for hour in HOURS
    }


def _weekday_values(rewards: Sequence[PostReward]) -> dict[int, float]:
    relative = relative_rewards([r.reward for r in rewards])
    return {
        day: _stored(
            shrunk_mean(
                relative,
                prior_mean=PRIOR_WEEKDAY_VALUE,
                prior_worth=PRIOR_WORTH_POSTS,
                weights=[float(r.local_weekday == day) for r in rewards],
            )
        )
        for day in WEEKDAYS
    }


def _stored(value: float) -> float:
    return max(LEAST_VALUE, round(value, DIGITS))


def _hours_apart(a: int, b: int) -> int:
    """Around the clock: 23:00 and 1:00 are two hours apart."""
    return min((a - b) % 24, (b - a) % 24)


def _says_the_same(learned: TimingPolicy, previous: TimingPolicy) -> bool:
    return (learned.hour_value, learned.weekday_value, learned.evidence_posts) == (
        previous.hour_value,
        previous.weekday_value,
        previous.evidence_posts,
    )


def _note(posts: int, hours: Mapping[int, float], weekdays: Mapping[int, float]) -> str:
    if not posts:
        return "No posts to learn from any more; the built-in prior applies."
    best = sorted(hours, key=lambda hour: (-hours[hour], hour))[:3]
    worst = min(hours, key=lambda hour: (hours[hour], hour))
    day = max(weekdays, key=lambda day: (weekdays[day], -day))
    good = ", ".join(f"{hour:02d}:00 ({hours[hour] - 1:+.0%})" for hour in best)
    noun = "post" if posts == 1 else "posts"
    return (
        f"Rests on {posts} {noun}. Best hours so far: {good}; weakest {worst:02d}:00 "
        f"({hours[worst] - 1:+.0%}); best day {_DAY_NAMES[day]} ({weekdays[day] - 1:+.0%}). "
        "An hour with few posts near it stays close to the built-in prior."
    )
