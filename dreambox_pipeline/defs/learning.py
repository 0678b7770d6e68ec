"""Learning: rewards from snapshots, and new versions of the policies that earlier stages read.

The loop closes in data: `post_queue`, `video_prompts` and `dream_ranking` read the newest stored
policy on their next run. No asset here is upstream of them.
"""

from collections.abc import Sequence
from functools import partial
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

import dagster as dg

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.defs import previews
from dreambox_pipeline.defs.engagement import engagement_snapshots
from dreambox_pipeline.defs.failures import translated
from dreambox_pipeline.defs.posts import published_posts
from dreambox_pipeline.stages.dreams.model import SelectionPolicy
from dreambox_pipeline.stages.learning.hashtags import learn_hashtags
from dreambox_pipeline.stages.learning.model import PostReward
from dreambox_pipeline.stages.learning.rewards import reward_posts
from dreambox_pipeline.stages.learning.selection import learn_selection
from dreambox_pipeline.stages.learning.style import learn_styles
from dreambox_pipeline.stages.learning.timing import learn_timing
from dreambox_pipeline.stages.posts.model import HashtagPolicy, TimingPolicy
from dreambox_pipeline.stages.posts.slot_values import PRIOR_HOUR_VALUE
from dreambox_pipeline.stages.prompts.model import StylePolicy
from dreambox_pipeline.stages.prompts.styles import STYLES
from dreambox_pipeline.storage.lake import ENGAGEMENT_SNAPSHOTS, Lake
from dreambox_pipeline.storage.ledger import Ledger, policies, posts, rewards

P = TypeVar("P")

GROUP = "learning"
MIN_AGE_HOURS = 48.0
"""TikTok's metrics come 24 to 48 hours late; a younger post has nothing to compare."""


@dg.asset(
    group_name=GROUP,
    kinds={"python", "sqlite"},
    owners=["team:dreambox"],
    deps=[published_posts, engagement_snapshots],
    description=(
        "One comparable number per post, from 0 to 1, at the same age for all: views against the account's own, "
        "completion and shares, pulled towards the account's average while there is little evidence."
    ),
)
def post_rewards(
    ledger: dg.ResourceParam[Ledger],
    lake: dg.ResourceParam[Lake],
    clock: dg.ResourceParam[Clock],
    zone: dg.ResourceParam[ZoneInfo],
) -> dg.MaterializeResult[None]:
    """Judge every post that is old enough."""
    with translated():
        snapshots = posts.snapshots(
            lake.read(ENGAGEMENT_SNAPSHOTS, lake.days(ENGAGEMENT_SNAPSHOTS))
        )
        with ledger.write() as connection:
            published = posts.published(connection, zone)
            found = reward_posts(published, snapshots, min_age_hours=MIN_AGE_HOURS)
            rewards.save(connection, found, now=clock())
    rows = [
        {
            "post": reward.post_id,
            "reward": reward.reward,
            "views": reward.views,
            "age in hours": reward.age_hours,
            "local hour": reward.local_hour,
            "style": reward.style_id,
        }
        for reward in sorted(found, key=lambda reward: -reward.reward)
    ]
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": len(found),
            "too_young": len(published) - len(found),
            "preview": previews.table(rows),
        }
    )


@dg.asset(
    group_name=GROUP,
    kinds={"python", "sqlite"},
    owners=["team:dreambox"],
    deps=[post_rewards],
    description="How much each local hour and weekday is worth, learned from rewards. post_queue reads it on its next run.",
)
def timing_policy(
    ledger: dg.ResourceParam[Ledger], clock: dg.ResourceParam[Clock]
) -> dg.MaterializeResult[None]:
    """Store a new version when the evidence changed."""
    policy, is_new = _learn(
        TimingPolicy,
        partial(learn_timing, prior_hour_value=PRIOR_HOUR_VALUE),
        ledger=ledger,
        clock=clock,
    )
    values = {hour: policy.hour_value.get(hour, prior) for hour, prior in PRIOR_HOUR_VALUE.items()}
    hours = [
        {"local hour": f"{hour:02d}:00", "value": value}
        for hour, value in sorted(values.items(), key=lambda pair: -pair[1])
    ]
    return dg.MaterializeResult(
        metadata={
            "version": policy.version,
            "changed": is_new,
            "evidence_posts": policy.evidence_posts,
            "note": policy.note,
            "preview": previews.table(hours, limit=8),
        }
    )


@dg.asset(
    group_name=GROUP,
    kinds={"python", "sqlite"},
    owners=["team:dreambox"],
    deps=[post_rewards],
    description="What each house style has earned, as Beta posteriors. video_prompts samples from it on its next run.",
)
def style_policy(
    ledger: dg.ResourceParam[Ledger], clock: dg.ResourceParam[Clock]
) -> dg.MaterializeResult[None]:
    """Store a new version when the evidence changed."""
    policy, is_new = _learn(StylePolicy, learn_styles, ledger=ledger, clock=clock)
    rows = [
        {"style": style_id, "mean": alpha / (alpha + beta), "evidence": alpha + beta}
        for style_id, (alpha, beta) in sorted(policy.arms.items())
    ]
    return dg.MaterializeResult(
        metadata={
            "version": policy.version,
            "changed": is_new,
            "styles": len(STYLES),
            "preview": previews.table(rows),
        }
    )


@dg.asset(
    group_name=GROUP,
    kinds={"python", "sqlite"},
    owners=["team:dreambox"],
    deps=[post_rewards],
    description="Which motifs the audience rewards. dream_ranking reads it on its next run.",
)
def selection_policy(
    ledger: dg.ResourceParam[Ledger], clock: dg.ResourceParam[Clock]
) -> dg.MaterializeResult[None]:
    """Store a new version when the evidence changed."""
    policy, is_new = _learn(SelectionPolicy, learn_selection, ledger=ledger, clock=clock)
    rows = [
        {"motif": motif, "lift": lift}
        for motif, lift in sorted(policy.motif_lift.items(), key=lambda pair: -pair[1])
    ]
    return dg.MaterializeResult(
        metadata={
            "version": policy.version,
            "changed": is_new,
            "preview": previews.table(rows),
        }
    )


@dg.asset(
    group_name=GROUP,
    kinds={"python", "sqlite"},
    owners=["team:dreambox"],
    deps=[post_rewards],
    description="What posts with each hashtag earned, against the account's average. post_drafts reads it on its next run.",
)
def hashtag_policy(
    ledger: dg.ResourceParam[Ledger], clock: dg.ResourceParam[Clock]
) -> dg.MaterializeResult[None]:
    """Store a new version when the evidence changed."""
    with ledger.read() as connection:
        tags = rewards.hashtags(connection)

    def learner(found: Sequence[PostReward], /, *, previous: HashtagPolicy) -> HashtagPolicy:
        return learn_hashtags(found, tags, previous=previous)

    policy, is_new = _learn(HashtagPolicy, learner, ledger=ledger, clock=clock)
    rows = [
        {"hashtag": f"#{tag}", "value": value, "posts": policy.posts[tag]}
        for tag, value in sorted(policy.value.items(), key=lambda pair: -pair[1])
    ]
    return dg.MaterializeResult(
        metadata={
            "version": policy.version,
            "changed": is_new,
            "evidence_posts": policy.evidence_posts,
            "note": policy.note,
            "preview": previews.table(rows),
        }
    )


class _Learner(Protocol[P]):
    def __call__(self, rewards: Sequence[PostReward], /, *, previous: P) -> P: ...


def _learn(kind: type[P], learner: _Learner[P], *, ledger: Ledger, clock: Clock) -> tuple[P, bool]:
    """The policy after all rewards so far, stored; and whether it is a new version."""
    now = clock()
    with translated(), ledger.write() as connection:
        previous = policies.newest(connection, kind)
        policy = learner(rewards.everything(connection), previous=previous)
        is_new = policy != previous and policies.save(connection, policy, now=now)
    return policy, is_new
