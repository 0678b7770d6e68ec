"""Styles gather evidence as Beta arms."""

import random
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.stages.learning.model import PostReward
from dreambox_pipeline.stages.learning.style import learn_styles
from dreambox_pipeline.stages.prompts.model import StylePolicy


def judged(style_id: str, reward: float) -> PostReward:
    return PostReward(
        post_id="p",
        render_id="r",
        reward=reward,
        views=100,
        age_hours=48,
        posted_at=datetime(2026, 11, 1, tzinfo=UTC),
        local_hour=19,
        local_weekday=0,
        style_id=style_id,
        setting="ocean",
        motifs=(),
    )


def test_no_evidence_changes_nothing() -> None:
    """The prior stays in force, the very same object."""
    start = StylePolicy()
    assert learn_styles([], previous=start) is start


def test_an_arm_is_the_sum_of_its_posts() -> None:
    """Each post is a fraction of a success, on top of the uniform prior; other styles have no arm."""
    policy = learn_styles(
        [judged("rose_dawn", 0.75), judged("rose_dawn", 0.5), judged("deep_sea", 0.25)],
        previous=StylePolicy(),
    )
    assert policy.version == 1
    assert policy.arms == {"deep_sea": (1.25, 1.75), "rose_dawn": (2.25, 1.75)}


def test_a_version_is_new_only_when_the_evidence_is() -> None:
    """The same posts give the same policy object; an erased one gives the next version."""
    rewards = [judged("rose_dawn", 0.7), judged("deep_sea", 0.2)]
    first = learn_styles(rewards, previous=StylePolicy())
    assert learn_styles(rewards, previous=first) is first
    erased = learn_styles(rewards[:1], previous=first)
    assert (erased.version, set(erased.arms)) == (2, {"rose_dawn"})


def test_the_better_style_gets_the_better_arm() -> None:
    """On simulated posts the arms' means approach what the styles really earn."""
    dice = random.Random(5)
    truth = {"a": 0.45, "b": 0.6}
    rewards = [
        judged(style, min(1, max(0, dice.gauss(mean, 0.15))))
        for style, mean in truth.items()
        for _ in range(300)
    ]
    arms = learn_styles(rewards, previous=StylePolicy()).arms
    for style, mean in truth.items():
        alpha, beta = arms[style]
        assert alpha / (alpha + beta) == pytest.approx(mean, abs=0.03)


@settings(max_examples=50, deadline=None)
@given(
    rewards=st.lists(st.builds(judged, st.sampled_from("abc"), st.floats(0, 1)), max_size=25),
    seed=st.integers(0, 9),
)
def test_any_evidence_gives_arms_that_can_be_drawn_from(
    rewards: list[PostReward], seed: int
) -> None:
    """Both sides of every arm are positive, and the order of the rewards is irrelevant."""
    policy = learn_styles(rewards, previous=StylePolicy())
    assert set(policy.arms) == {r.style_id for r in rewards}
    assert all(min(arm) >= 1 for arm in policy.arms.values())
    shuffled = random.Random(seed).sample(rewards, len(rewards))
    assert learn_styles(shuffled, previous=policy) is policy
