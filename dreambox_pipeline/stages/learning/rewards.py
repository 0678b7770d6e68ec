"""Turn the readings of a post into one number that can be compared across posts.

Three things distort raw counts. Older posts have had longer to be seen, so every post is
judged by its first reading at the same age. Views run over orders of magnitude, so they are
compared with the account's median by their logarithm. And a post seen by ten people can score
anything, so rates are pulled towards the account's own by `prior_views` views of evidence:

    reach       = logistic(log((views + k) / (median + k)))        k = prior_views
    completion  = c / (c + account's c)     c = (rate * views + account's c * k) / (views + k)
    sharing     = s / (s + account's s)     s = (shares + account's s * k) / (views + k)
    reward      = 0.60 * reach + 0.25 * completion + 0.15 * sharing

Each term is 0.5 for the account's average post, and so is the reward. A rate the platform has
not told yet is the account's own, never 0. Nothing here reads a clock, a database or a random
number.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Final

from dreambox_pipeline.stages.engagement.metrics import age_hours_at, first_at_age
from dreambox_pipeline.stages.engagement.model import EngagementSnapshot
from dreambox_pipeline.stages.learning.model import PostReward

# Reach is what the account is after and the least noisy; shares are rare and the most telling.
REACH_WEIGHT: Final = 0.60
COMPLETION_WEIGHT: Final = 0.25
SHARING_WEIGHT: Final = 0.15

# A hundred views: below that, a completion or share rate says little about the video.
PRIOR_VIEWS: Final = 100.0
# Used until the account has rates of its own: a quarter watch to the end, one in 200 shares.
DEFAULT_COMPLETION_RATE: Final = 0.25
DEFAULT_SHARE_RATE: Final = 0.005


@dataclass(frozen=True, slots=True)
class PublishedPost:
    """A post that is out, and the choices that led to it.

    Attributes:
        posted_at: When it went out, aware UTC.
        local_hour: 0 to 23 in the account's time zone.
        local_weekday: Monday 0 to Sunday 6, in the account's time zone.
    """

    post_id: str
    render_id: str
    posted_at: datetime
    local_hour: int
    local_weekday: int
    style_id: str
    setting: str
    motifs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AccountPrior:
    """The account's own rates, which a post's are pulled towards.

    Attributes:
        completion_rate: Share of views that reach the end, from 0 to 1.
        share_rate: Shares per view, 0 or more.
    """

    completion_rate: float = DEFAULT_COMPLETION_RATE
    share_rate: float = DEFAULT_SHARE_RATE


def reward_of(
    snapshot: EngagementSnapshot,
    *,
    account_prior: AccountPrior,
    prior_views: float = PRIOR_VIEWS,
    reference_views: float,
) -> float:
    """One post's reward from 0 to 1; 0.5 is the account's average post.

    Args:
        snapshot: A reading with known views. Other unknown counters earn the average.
        account_prior: The account's own rates.
        prior_views: How many views the account's rates are worth; above 0.
        reference_views: The account's median views at the same age; 0 or more.

    Raises:
        ValueError: The views are unknown, or a number is outside its range. Clamping would
            teach from a mix-up of counters; leave the reading out instead.
    """
    views, rate = snapshot.views, snapshot.full_video_watched_rate
    if views is None or views < 0 or prior_views <= 0 or reference_views < 0:
        msg = (
            f"Post {snapshot.post_id} cannot be judged by {views} views against "
            f"{reference_views} with a prior of {prior_views}; leave this reading out."
        )
        raise ValueError(msg)
    if rate is not None and not 0 <= rate <= 1:
        msg = f"Post {snapshot.post_id} has a completion rate of {rate}; leave this reading out."
        raise ValueError(msg)
    completion = account_prior.completion_rate
    if rate is not None:
        completion = _shrunk(rate * views, views, completion, prior_views)
    sharing = account_prior.share_rate
    if snapshot.shares is not None:
        sharing = _shrunk(max(snapshot.shares, 0), views, sharing, prior_views)
    # logistic(log(a / b)) is a / (a + b).
    reach = _against(views + prior_views, reference_views + prior_views)
    return (
        REACH_WEIGHT * reach
        + COMPLETION_WEIGHT * _against(completion, account_prior.completion_rate)
        + SHARING_WEIGHT * _against(sharing, account_prior.share_rate)
    )


def reward_posts(
    posts: Iterable[PublishedPost],
    snapshots: Iterable[EngagementSnapshot],
    *,
    min_age_hours: float,
) -> list[PostReward]:
    """Rewards of all posts that have a reading at *min_age_hours* or later, oldest first.

    Args:
        posts: Published posts, in any order.
        snapshots: Readings of any posts, in any order. A reading whose completion rate is
            outside 0 to 1 is two counters mixed up, and left out.
        min_age_hours: Age at which posts are compared. The platform's numbers come one to two
            days late, so 48 or more live.
    """
    readings: dict[str, list[EngagementSnapshot]] = defaultdict(list)
    for snapshot in snapshots:
        if _is_sound(snapshot):
            readings[snapshot.post_id].append(snapshot)
    judged = [
        (post, reading)
        for post in sorted(posts, key=lambda post: (post.posted_at, post.post_id))
        if (reading := first_at_age(readings[post.post_id], post.posted_at, min_age_hours))
    ]
    if not judged:
        return []
    used = [reading for _, reading in judged]
    prior = account_prior_of(used)
    reference = median(reading.views or 0 for reading in used)
    return [
        _post_reward(
            post, reading, reward_of(reading, account_prior=prior, reference_views=reference)
        )
        for post, reading in judged
    ]


def account_prior_of(
    snapshots: Sequence[EngagementSnapshot], *, prior_views: float = PRIOR_VIEWS
) -> AccountPrior:
    """The account's rates over *snapshots*, one per post, pulled towards the built-in ones.

    Args:
        snapshots: Readings; a counter that is unknown is left out of its rate, not counted as 0.
        prior_views: How many views the built-in rates are worth; above 0.
    """
    watched = [
        (s.full_video_watched_rate * s.views, s.views)
        for s in snapshots
        if s.views is not None and s.full_video_watched_rate is not None
    ]
    shared = [
        (max(s.shares, 0), s.views)
        for s in snapshots
        if s.views is not None and s.shares is not None
    ]
    return AccountPrior(
        completion_rate=_pooled(watched, DEFAULT_COMPLETION_RATE, prior_views),
        share_rate=_pooled(shared, DEFAULT_SHARE_RATE, prior_views),
    )


def _pooled(counts: Sequence[tuple[float, int]], default: float, prior_views: float) -> float:
    hits = math.fsum(hit for hit, _ in counts)
    return _shrunk(hits, sum(views for _, views in counts), default, prior_views)


def _shrunk(hits: float, views: int, prior_rate: float, prior_views: float) -> float:
    return (hits + prior_rate * prior_views) / (views + prior_views)


def _against(value: float, reference: float) -> float:
    """0.5 when equal, towards 1 the more *value* exceeds *reference*; 0.5 when both are 0."""
    return value / (value + reference) if value + reference > 0 else 0.5


def _is_sound(snapshot: EngagementSnapshot) -> bool:
    rate = snapshot.full_video_watched_rate
    has_sound_views = snapshot.views is None or snapshot.views >= 0
    return has_sound_views and (rate is None or 0 <= rate <= 1)


def _post_reward(post: PublishedPost, reading: EngagementSnapshot, reward: float) -> PostReward:
    return PostReward(
        post_id=post.post_id,
        render_id=post.render_id,
        reward=reward,
        views=reading.views or 0,
        age_hours=age_hours_at(reading, post.posted_at),
        posted_at=post.posted_at,
        local_hour=post.local_hour,
        local_weekday=post.local_weekday,
        style_id=post.style_id,
        setting=post.setting,
        motifs=post.motifs,
    )
