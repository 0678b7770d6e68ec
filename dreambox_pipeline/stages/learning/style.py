"""Which styles earn their place: a Beta posterior over reward for each.

`prompts.composition.choose_style` samples from these arms, so a style with few posts keeps
being tried and one with many poor posts fades by itself. How well a style fits one dream is
not learned here; it is a prior there.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from dreambox_pipeline.stages.learning.model import PostReward
from dreambox_pipeline.stages.learning.posterior import beta_arm
from dreambox_pipeline.stages.prompts.model import StylePolicy

# Finer differences than this change no draw that anyone could notice.
DIGITS: Final = 6


def learn_styles(rewards: Sequence[PostReward], *, previous: StylePolicy) -> StylePolicy:
    """The style policy that *rewards* support; *previous* itself when they say nothing new.

    It is computed from all evidence every time, and the order does not matter. A style
    without a post has no arm: the prior applies.

    Raises:
        ValueError: A reward is outside 0 to 1.
    """
    earned: dict[str, list[float]] = defaultdict(list)
    for reward in rewards:
        earned[reward.style_id].append(reward.reward)
    arms = {style_id: _stored(beta_arm(earned[style_id])) for style_id in sorted(earned)}
    if arms == previous.arms:
        return previous
    return StylePolicy(version=previous.version + 1, arms=arms)


def _stored(arm: tuple[float, float]) -> tuple[float, float]:
    alpha, beta = arm
    return round(alpha, DIGITS), round(beta, DIGITS)
