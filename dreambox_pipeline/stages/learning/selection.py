"""Which motifs people want to see: each one's reward against the average post.

A lift of 1.2 says that posts with the motif earned a fifth more than the average, after
shrinking towards 1 as if five average posts had shown it. `dreams.ranking` multiplies a
dream's odds by it. The weights of the ranking's parts are product policy and stay as they are.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from dreambox_pipeline.stages.dreams.model import SelectionPolicy
from dreambox_pipeline.stages.learning.model import PostReward
from dreambox_pipeline.stages.learning.posterior import relative_rewards, shrunk_mean

# A post's success has many fathers, its motif is one; five posts before it counts half.
PRIOR_WORTH_POSTS: Final = 5.0
# Without evidence a motif is an average one.
PRIOR_LIFT: Final = 1.0
DIGITS: Final = 4
# A motif that always earned nothing stays possible: audiences change.
LEAST_LIFT: Final = 0.05


def learn_selection(rewards: Sequence[PostReward], *, previous: SelectionPolicy) -> SelectionPolicy:
    """The selection policy that *rewards* support; *previous* itself when they say nothing new.

    It is computed from all evidence every time, and the order does not matter. A motif no
    post has shown has no lift: it counts as average.
    """
    relative = relative_rewards([reward.reward for reward in rewards])
    seen: dict[str, list[float]] = defaultdict(list)
    for reward, value in zip(rewards, relative, strict=True):
        for motif in set(reward.motifs):
            seen[motif].append(value)
    lift = {motif: _lift(seen[motif]) for motif in sorted(seen)}
    if lift == previous.motif_lift:
        return previous
    return replace(previous, version=previous.version + 1, motif_lift=lift)


def _lift(values: Sequence[float]) -> float:
    mean = shrunk_mean(values, prior_mean=PRIOR_LIFT, prior_worth=PRIOR_WORTH_POSTS)
    return max(LEAST_LIFT, round(mean, DIGITS))
