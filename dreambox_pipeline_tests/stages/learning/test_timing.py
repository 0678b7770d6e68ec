"""The schedule learns the better hour, slowly, and only from evidence."""

import math
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.stages.learning.model import PostReward
from dreambox_pipeline.stages.learning.timing import HOURS, WEEKDAYS, learn_timing
from dreambox_pipeline.stages.posts.model import TimingPolicy

FLAT = dict.fromkeys(range(24), 1.0)
EVENING = {hour: 1.2 if 18 <= hour <= 21 else 0.95 for hour in range(24)}
START = TimingPolicy()


def judged(number: int, *, hour: int, reward: float = 0.5, weekday: int = 0) -> PostReward:
    return PostReward(
        post_id=f"p{number}",
        render_id=f"r{number}",
        reward=reward,
        views=100,
        age_hours=48,
        posted_at=datetime(2026, 11, 1, tzinfo=UTC) + timedelta(days=number),
        local_hour=hour,
        local_weekday=weekday,
        style_id="violet_dusk",
        setting="ocean",
        motifs=(),
    )


def test_no_evidence_changes_nothing() -> None:
    """Before the first reward the built-in policy stays in force, the very same."""
    assert learn_timing([], previous=START, prior_hour_value=EVENING) is START


def test_far_from_any_post_the_prior_is_recovered() -> None:
    """One post at noon says nothing about midnight."""
    policy = learn_timing([judged(1, hour=12)], previous=START, prior_hour_value=EVENING)
    assert {h: policy.hour_value[h] for h in HOURS if not 10 <= h <= 14} == {
        h: EVENING[h] for h in HOURS if not 10 <= h <= 14
    }
    assert {d: v for d, v in policy.weekday_value.items() if d} == dict.fromkeys(range(1, 7), 1.0)


def test_equal_posts_in_good_hours_do_not_make_them_average() -> None:
    """An account that posts only in the evening learns nothing against the evening."""
    rewards = [judged(n, hour=19, reward=0.6) for n in range(50)]
    policy = learn_timing(rewards, previous=START, prior_hour_value=EVENING)
    assert policy.hour_value[19] == pytest.approx(EVENING[19])


def test_hours_speak_for_their_neighbours_across_midnight() -> None:
    """A success at midnight lifts 23:00 and 1:00 alike, less than itself and more than 22:00."""
    rewards = [judged(1, hour=0, reward=0.9), judged(2, hour=12, reward=0.1)]
    value = learn_timing(rewards, previous=START, prior_hour_value=FLAT).hour_value
    assert value[0] > value[1] == value[23] > value[2] == value[22] > value[3] == 1.0
    assert value[12] < value[11] == value[13] < 1.0


@pytest.mark.parametrize("best", [3, 20, 23])
def test_the_better_hour_is_found(best: int) -> None:
    """On a simulated audience, even one that contradicts the prior, the values come to agree with it."""
    dice = random.Random(42)

    def simulate(number: int) -> PostReward:
        hour = dice.randrange(24)
        closeness = math.cos((hour - best) / 24 * 2 * math.pi)
        earned = min(1.0, max(0.0, 0.5 + 0.2 * closeness + dice.gauss(0, 0.1)))
        return judged(number, hour=hour, reward=earned, weekday=number % 7)

    rewards = [simulate(n) for n in range(1500)]
    few, many = (
        learn_timing(rewards[:n], previous=START, prior_hour_value=EVENING) for n in (5, 1500)
    )
    found = max(many.hour_value, key=lambda hour: many.hour_value[hour])
    assert min((found - best) % 24, (best - found) % 24) <= 2
    opposite = (best + 12) % 24
    assert many.hour_value[best] > many.hour_value[opposite] + 0.3
    assert many.hour_value[best] == pytest.approx(1.4, abs=0.12)
    assert few.evidence_posts == 5
    assert abs(few.hour_value[best] - EVENING[best]) < 0.35


def test_the_better_weekday_is_found() -> None:
    """Weekdays are learned without neighbours."""
    rewards = [
        judged(n, hour=19, weekday=n % 7, reward=0.7 if n % 7 == 5 else 0.4) for n in range(140)
    ]
    policy = learn_timing(rewards, previous=START, prior_hour_value=FLAT)
    assert max(policy.weekday_value, key=lambda day: policy.weekday_value[day]) == 5
    assert "best day Sat" in policy.note


def test_a_version_is_new_only_when_the_evidence_is() -> None:
    """Learning the same again returns the policy in force itself; a new post makes the next one."""
    rewards = [judged(1, hour=19), judged(2, hour=9, reward=0.9)]
    first = learn_timing(rewards, previous=START, prior_hour_value=FLAT)
    assert first.version == 1
    assert learn_timing(rewards[::-1], previous=first, prior_hour_value=FLAT) is first
    second = learn_timing([*rewards, judged(3, hour=4)], previous=first, prior_hour_value=FLAT)
    assert (second.version, second.evidence_posts) == (2, 3)


def test_erased_posts_are_forgotten() -> None:
    """When the last post is withdrawn, the prior is back, as a new version."""
    first = learn_timing([judged(1, hour=19)], previous=START, prior_hour_value=EVENING)
    back = learn_timing([], previous=first, prior_hour_value=EVENING)
    assert (back.version, back.evidence_posts, back.hour_value) == (2, 0, EVENING)
    assert "prior applies" in back.note
    assert learn_timing([], previous=back, prior_hour_value=EVENING) is back


def test_the_note_is_for_people() -> None:
    """It says how much it rests on, and which hours are good and bad."""
    rewards = [judged(1, hour=19, reward=0.9), judged(2, hour=4, reward=0.1)]
    note = learn_timing(rewards, previous=START, prior_hour_value=FLAT).note
    assert "2 posts" in note
    assert "19:00 (+" in note
    assert "weakest 04:00 (-" in note
    one = learn_timing(rewards[:1], previous=START, prior_hour_value=FLAT).note
    assert "1 post." in one


@pytest.mark.parametrize(
    ("rewards", "prior"),
    [
        ([judged(1, hour=24)], FLAT),
        ([judged(1, hour=1, weekday=7)], FLAT),
        ([], FLAT | {3: 0.0}),
    ],
)
def test_impossible_times_and_priors_are_refused(
    rewards: list[PostReward], prior: dict[int, float]
) -> None:
    """A broken time zone must not become a silent schedule."""
    with pytest.raises(ValueError, match="Correct them"):
        learn_timing(rewards, previous=START, prior_hour_value=prior)


evidence = st.lists(
    st.builds(
        judged,
        st.integers(0, 400),
        hour=st.integers(0, 23),
        weekday=st.integers(0, 6),
        reward=st.floats(0, 1),
    ),
    min_size=1,
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(
    rewards=evidence,
    seed=st.integers(0, 9),
    prior=st.dictionaries(st.integers(0, 23), st.floats(0.1, 3)),
)
def test_any_evidence_gives_a_usable_policy(
    rewards: list[PostReward], seed: int, prior: dict[int, float]
) -> None:
    """Every hour and weekday has a positive value, and the order of the rewards is irrelevant."""
    policy = learn_timing(rewards, previous=START, prior_hour_value=prior)
    assert set(policy.hour_value) == set(HOURS)
    assert set(policy.weekday_value) == set(WEEKDAYS)
    assert all(v > 0 for v in (*policy.hour_value.values(), *policy.weekday_value.values()))
    assert policy.evidence_posts == len(rewards)
    shuffled = random.Random(seed).sample(rewards, len(rewards))
    assert learn_timing(shuffled, previous=START, prior_hour_value=prior) == policy
    stored = replace(policy, hour_value=dict(policy.hour_value))
    assert learn_timing(shuffled, previous=stored, prior_hour_value=prior) is stored
