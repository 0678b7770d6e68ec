"""Small samples, pulled towards what we believed before.

Two posteriors are all the learning here needs, both with a prior that says how many posts it
is worth, so that a person can read it:

    mean   (worth * prior + sum of weighted values) / (worth + sum of weights)
    arm    Beta(1 + sum of rewards, 1 + sum of (1 - reward))

The mean is the normal-normal posterior mean when one post's noise is `worth` times wider (in
variance) than the prior. A Beta arm takes a reward between 0 and 1 as a fraction of a success.
Sums are exact (`fsum`), so the order of the evidence cannot change a result.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Final

# Nothing known about an arm: every expected reward is equally likely.
UNIFORM_ARM: Final = (1.0, 1.0)


def shrunk_mean(
    values: Sequence[float],
    *,
    prior_mean: float,
    prior_worth: float,
    weights: Sequence[float] | None = None,
) -> float:
    """The mean of *values*, pulled towards *prior_mean*.

    Args:
        values: Any numbers; none at all gives the prior back.
        prior_mean: What to believe without evidence.
        prior_worth: How many full values the prior is worth; above 0.
        weights: How much each value counts, 0 or more; 1 each when left out.

    Raises:
        ValueError: *prior_worth* is not above 0, a weight is negative, or the lengths differ.
    """
    counts = [1.0] * len(values) if weights is None else list(weights)
    if prior_worth <= 0 or min(counts, default=0.0) < 0:
        msg = f"Shrinking needs a prior worth above 0 and no negative weight, not {prior_worth}."
        raise ValueError(msg)
    total = math.fsum(w * v for w, v in zip(counts, values, strict=True))
    return (prior_worth * prior_mean + total) / (prior_worth + math.fsum(counts))


def beta_arm(
    rewards: Iterable[float], *, prior: tuple[float, float] = UNIFORM_ARM
) -> tuple[float, float]:
    """`(alpha, beta)` of the posterior over an arm's expected reward.

    Raises:
        ValueError: A reward is outside 0 to 1.
    """
    seen = list(rewards)
    outside = [reward for reward in seen if not 0 <= reward <= 1]
    if outside:
        msg = f"A reward lies between 0 and 1, not at {outside[0]}."
        raise ValueError(msg)
    alpha, beta = prior
    return alpha + math.fsum(seen), beta + math.fsum(1 - reward for reward in seen)


def relative_rewards(rewards: Sequence[float]) -> list[float]:
    """Each reward divided by their mean, so that 1 is this account's average post.

    When every reward is 0 they are all equally average.
    """
    mean = math.fsum(rewards) / len(rewards) if rewards else 0.0
    return [reward / mean if mean > 0 else 1.0 for reward in rewards]
