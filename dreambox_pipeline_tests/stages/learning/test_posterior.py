"""Small samples stay near the prior, large ones speak for themselves."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.stages.learning.posterior import beta_arm, relative_rewards, shrunk_mean

unit = st.floats(0, 1)


def test_no_evidence_gives_the_prior_back() -> None:
    """Nothing seen, nothing learned."""
    assert shrunk_mean([], prior_mean=1.3, prior_worth=4) == 1.3
    assert beta_arm([]) == (1.0, 1.0)
    assert relative_rewards([]) == []


def test_a_prior_worth_four_is_half_the_answer_after_four() -> None:
    """The worth is counted in posts, so a person can judge it."""
    assert shrunk_mean([2.0] * 4, prior_mean=1.0, prior_worth=4) == pytest.approx(1.5)
    assert shrunk_mean([2.0] * 4000, prior_mean=1.0, prior_worth=4) == pytest.approx(2, abs=0.01)
    assert shrunk_mean([2.0], prior_mean=1.0, prior_worth=4, weights=[0.0]) == 1.0


@settings(max_examples=60, deadline=None)
@given(
    values=st.lists(unit, max_size=20), prior=unit, worth=st.floats(0.1, 50), seed=st.integers(0, 9)
)
def test_a_shrunk_mean_lies_between_prior_and_evidence(
    values: list[float], prior: float, worth: float, seed: int
) -> None:
    """It never leaves their range, and the order of the evidence does not matter at all."""
    mean = shrunk_mean(values, prior_mean=prior, prior_worth=worth)
    assert min([prior, *values]) - 1e-9 <= mean <= max([prior, *values]) + 1e-9
    shuffled = random.Random(seed).sample(values, len(values))
    assert shrunk_mean(shuffled, prior_mean=prior, prior_worth=worth) == mean
    assert beta_arm(shuffled) == beta_arm(values)


@settings(max_examples=60, deadline=None)
@given(rewards=st.lists(unit, max_size=30))
def test_an_arm_counts_its_posts(rewards: list[float]) -> None:
    """Both sides stay positive and together count the prior and every post."""
    alpha, beta = beta_arm(rewards)
    assert min(alpha, beta) >= 1
    assert alpha + beta == pytest.approx(2 + len(rewards))


@pytest.mark.parametrize("reward", [-0.01, 1.01, float("nan")])
def test_an_impossible_reward_is_refused(reward: float) -> None:
    """A reward outside 0 to 1 would break every later draw."""
    with pytest.raises(ValueError, match="between 0 and 1"):
        beta_arm([0.5, reward])


@pytest.mark.parametrize(
    ("worth", "weights"), [(0, None), (-1, None), (4, [-1.0]), (4, [1.0, 1.0])]
)
def test_shrinking_without_sense_is_refused(worth: float, weights: list[float] | None) -> None:
    """No prior, a negative weight and a missing value are mistakes."""
    with pytest.raises(ValueError, match=r"prior worth|zip"):
        shrunk_mean([1.0], prior_mean=1, prior_worth=worth, weights=weights)


def test_relative_rewards_average_one() -> None:
    """1 is the account's average post, also when nothing was earned at all."""
    assert relative_rewards([0.2, 0.4, 0.6]) == pytest.approx([0.5, 1.0, 1.5])
    assert relative_rewards([0.0, 0.0]) == [1.0, 1.0]
