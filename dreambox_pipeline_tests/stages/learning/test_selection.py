"""Motifs people like get a lift, in proportion to the evidence."""

import random
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.stages.dreams.model import SelectionPolicy
from dreambox_pipeline.stages.learning.model import PostReward
from dreambox_pipeline.stages.learning.selection import learn_selection

START = SelectionPolicy()


def judged(reward: float, motifs: tuple[str, ...]) -> PostReward:
    return PostReward(
        post_id="p",
        render_id="r",
        reward=reward,
        views=100,
        age_hours=48,
        posted_at=datetime(2026, 11, 1, tzinfo=UTC),
        local_hour=19,
        local_weekday=0,
        style_id="violet_dusk",
        setting="ocean",
        motifs=motifs,
    )


def test_no_evidence_changes_nothing() -> None:
    """No posts, or posts without motifs, leave the very same policy in force."""
    assert learn_selection([], previous=START) is START
    assert learn_selection([judged(0.9, ())], previous=START) is START


def test_a_lift_is_shrunk_towards_one() -> None:
    """One post at twice the average is a lift of a sixth, not of two."""
    rewards = [judged(0.8, ("whale", "whale")), judged(0.0, ("train",))]
    lift = learn_selection(rewards, previous=START).motif_lift
    assert lift == {
        "whale": pytest.approx(7 / 6, abs=1e-4),
        "train": pytest.approx(5 / 6, abs=1e-4),
    }


def test_the_true_lift_is_found() -> None:
    """On simulated posts, a motif worth a quarter more comes out near 1.25, an average one near 1."""
    dice = random.Random(9)
    rewards = []
    for n in range(800):
        motif = ("whale", "door", "train", "cat")[n % 4]
        mean = {"whale": 0.6, "train": 0.36}.get(motif, 0.48)
        rewards.append(judged(min(1, max(0, dice.gauss(mean, 0.1))), (motif,)))
    lift = learn_selection(rewards, previous=START).motif_lift
    assert lift["whale"] == pytest.approx(1.25, abs=0.05)
    assert lift["train"] == pytest.approx(0.75, abs=0.05)
    assert lift["door"] == pytest.approx(1.0, abs=0.05)


def test_weights_are_kept_and_versions_count_changes() -> None:
    """What a person decided stays; the same evidence twice is one version."""
    previous = SelectionPolicy(version=4, weights={"visual": 1.0})
    first = learn_selection([judged(0.6, ("cat",)), judged(0.3, ("dog",))], previous=previous)
    assert (first.version, first.weights) == (5, {"visual": 1.0})
    assert learn_selection([judged(0.3, ("dog",)), judged(0.6, ("cat",))], previous=first) is first
    assert learn_selection([], previous=first).motif_lift == {}


@settings(max_examples=50, deadline=None)
@given(
    rewards=st.lists(
        st.builds(
            judged, st.floats(0, 1), st.lists(st.sampled_from("abcd"), max_size=3).map(tuple)
        ),
        max_size=25,
    ),
    seed=st.integers(0, 9),
)
def test_any_evidence_gives_positive_lifts(rewards: list[PostReward], seed: int) -> None:
    """Every motif seen has a positive lift, and the order of the rewards is irrelevant."""
    policy = learn_selection(rewards, previous=START)
    assert set(policy.motif_lift) == {motif for r in rewards for motif in r.motifs}
    assert all(lift > 0 for lift in policy.motif_lift.values())
    shuffled = random.Random(seed).sample(rewards, len(rewards))
    assert learn_selection(shuffled, previous=policy) is policy
