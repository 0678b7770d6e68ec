"""Rewards compare posts fairly: at one age, against the account, without trusting small numbers."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.stages.engagement.model import EngagementSnapshot
from dreambox_pipeline.stages.learning.rewards import (
    DEFAULT_COMPLETION_RATE,
    DEFAULT_SHARE_RATE,
    AccountPrior,
    PublishedPost,
    account_prior_of,
    reward_of,
    reward_posts,
)

POSTED = datetime(2026, 11, 1, 19, tzinfo=UTC)
PRIOR = AccountPrior(completion_rate=0.4, share_rate=0.01)


def reading(
    post_id: str = "p1",
    *,
    hours: float = 48,
    views: int | None = 1000,
    rate: float | None = None,
    shares: int | None = None,
) -> EngagementSnapshot:
    return EngagementSnapshot(
        post_id=post_id,
        taken_at=POSTED + timedelta(hours=hours),
        views=views,
        likes=None,
        comments=None,
        shares=shares,
        favorites=None,
        reach=None,
        total_time_watched_s=None,
        average_time_watched_s=None,
        full_video_watched_rate=rate,
        new_followers=None,
    )


def post(post_id: str = "p1") -> PublishedPost:
    return PublishedPost(
        post_id=post_id,
        render_id=f"rnd_{post_id}",
        posted_at=POSTED,
        local_hour=19,
        local_weekday=6,
        style_id="violet_dusk",
        setting="ocean",
        motifs=("whale",),
    )


def reward(snapshot: EngagementSnapshot, **changes: object) -> float:
    return reward_of(snapshot, **({"account_prior": PRIOR, "reference_views": 1000} | changes))  # type: ignore[arg-type]


def test_an_average_post_earns_a_half() -> None:
    """Median views, the account's own rates, or rates not told yet: all average."""
    assert reward(reading()) == pytest.approx(0.5)
    assert reward(reading(rate=0.4, shares=10)) == pytest.approx(0.5)


@pytest.mark.parametrize(
    "better",
    [reading(views=2000), reading(rate=0.7), reading(shares=40)],
    ids=["views", "completion", "shares"],
)
def test_more_of_anything_earns_more(better: EngagementSnapshot) -> None:
    """Each term alone lifts a post above the average."""
    assert reward(better) > 0.51


def test_ten_viewers_prove_little() -> None:
    """The same perfect rates move a tiny post far less than a large one."""
    tiny = reward(reading(views=10, rate=1.0, shares=10), reference_views=10)
    large = reward(reading(views=10_000, rate=1.0, shares=10_000), reference_views=10_000)
    assert 0.5 < tiny < large - 0.05


def test_an_unseen_post_is_below_average_only_by_its_reach() -> None:
    """No viewers say nothing about completion and shares."""
    unseen = reward(reading(views=0, rate=0.0, shares=0))
    assert unseen == pytest.approx(0.6 * (100 / 1200) + 0.4 * 0.5)
    assert reward(reading(views=0), reference_views=0) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("snapshot", "changes"),
    [
        (reading(views=None), {}),
        (reading(views=-1), {}),
        (reading(rate=1.2), {}),
        (reading(), {"prior_views": 0}),
        (reading(), {"reference_views": -1}),
    ],
)
def test_a_mix_up_is_refused(snapshot: EngagementSnapshot, changes: dict[str, float]) -> None:
    """Impossible counters would teach nonsense; the error says what to do."""
    with pytest.raises(ValueError, match="leave this reading out"):
        reward(snapshot, **changes)


@settings(max_examples=120, deadline=None)
@given(
    views=st.integers(0, 10**9),
    rate=st.none() | st.floats(0, 1),
    shares=st.none() | st.integers(0, 10**9),
    prior=st.builds(AccountPrior, st.floats(0, 1), st.floats(0, 2)),
    prior_views=st.floats(0.1, 10**4),
    reference=st.floats(0, 10**9),
    more=st.integers(1, 10**6),
)
def test_any_reading_earns_between_0_and_1(
    *,
    views: int,
    rate: float | None,
    shares: int | None,
    prior: AccountPrior,
    prior_views: float,
    reference: float,
    more: int,
) -> None:
    """The reward stays in its range, and never falls when rates are known and views rise with them."""
    context = {"account_prior": prior, "prior_views": prior_views, "reference_views": reference}
    earned = reward(reading(views=views, rate=rate, shares=shares), **context)
    assert 0 <= earned <= 1
    unrated = [reward(reading(views=v), **context) for v in (views, views + more)]
    assert unrated[0] <= unrated[1]


def test_posts_are_judged_at_the_same_age() -> None:
    """A later, larger reading of an older post changes nothing; a young post waits."""
    snapshots = [
        reading("p1", hours=24, views=1),
        reading("p1", hours=48, views=800),
        reading("p1", hours=900, views=90_000),
        reading("p2", hours=50, views=1200),
        reading("p3", hours=10, views=5000),
        reading("p4", hours=48, views=None),
    ]
    rewards = reward_posts([post(f"p{n}") for n in range(1, 6)], snapshots, min_age_hours=48)
    assert [(r.post_id, r.views, r.age_hours) for r in rewards] == [
        ("p1", 800, 48),
        ("p2", 1200, 50),
    ]
    assert rewards[0].reward < 0.5 < rewards[1].reward
    assert rewards[0].render_id == "rnd_p1"
    assert rewards[0].motifs == ("whale",)


def test_a_mixed_up_reading_is_left_out() -> None:
    """The next sound reading is used, and without one the post waits."""
    snapshots = [reading(hours=48, rate=1.5), reading("p2", rate=-0.1), reading(hours=60, rate=0.5)]
    rewards = reward_posts([post(), post("p2")], snapshots, min_age_hours=48)
    assert [(r.post_id, r.age_hours) for r in rewards] == [("p1", 60)]


def test_nothing_posted_earns_nothing() -> None:
    """An empty account is not an error."""
    assert reward_posts([], [], min_age_hours=48) == []
    assert reward_posts([post()], [], min_age_hours=48) == []


def test_the_account_has_its_own_rates() -> None:
    """They are pooled over views, leave unknown counters out, and start from the built-in ones."""
    nothing = account_prior_of([])
    assert nothing == AccountPrior(DEFAULT_COMPLETION_RATE, DEFAULT_SHARE_RATE)
    many = [
        reading(views=100_000, rate=0.6, shares=2000),
        reading(views=50, rate=None, shares=None),
    ]
    own = account_prior_of(many)
    assert own.completion_rate == pytest.approx(0.6, abs=0.01)
    assert own.share_rate == pytest.approx(0.02, abs=0.001)
    assert account_prior_of([*many, reading(views=None, rate=0.1, shares=9)]) == own


@settings(max_examples=40, deadline=None)
@given(views=st.lists(st.integers(0, 10**6), min_size=1, max_size=12), seed=st.integers(0, 9))
def test_the_order_of_reading_changes_nothing(views: list[int], seed: int) -> None:
    """Posts and readings may come in any order; more views always rank higher."""
    posts = [replace(post(f"p{n}"), posted_at=POSTED) for n in range(len(views))]
    snapshots = [reading(f"p{n}", views=v) for n, v in enumerate(views)]
    rewards = reward_posts(posts, snapshots, min_age_hours=48)
    dice = random.Random(seed)
    again = reward_posts(
        dice.sample(posts, len(posts)), dice.sample(snapshots, len(posts)), min_age_hours=48
    )
    assert again == rewards
    by_views = sorted(rewards, key=lambda r: r.views)
    assert [r.reward for r in by_views] == sorted(r.reward for r in rewards)
