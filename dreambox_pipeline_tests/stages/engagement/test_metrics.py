"""Metrics never read an unknown counter as zero."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.stages.engagement.metrics import (
    age_hours_at,
    engagement_rate,
    first_at_age,
    growth,
    latest_before_age,
)
from dreambox_pipeline.stages.engagement.model import EngagementSnapshot

POSTED = datetime(2026, 11, 1, 19, tzinfo=UTC)


def reading(
    hours: float = 1.0, *, views: int | None = 100, **counters: object
) -> EngagementSnapshot:
    values: dict[str, object] = {
        "post_id": "7",
        "likes": 10,
        "comments": 2,
        "shares": 1,
        "favorites": 3,
        "reach": None,
        "total_time_watched_s": None,
        "average_time_watched_s": None,
        "full_video_watched_rate": None,
        "new_followers": None,
    }
    taken_at = POSTED + timedelta(hours=hours)
    return EngagementSnapshot(taken_at=taken_at, views=views, **(values | counters))  # type: ignore[arg-type]


def test_a_post_is_judged_by_its_last_reading_up_to_an_age() -> None:
    """The age is inclusive; later readings and ones from before the post are ignored."""
    readings = [reading(h) for h in (24, 48, 1, 49, -3)]
    assert latest_before_age(readings, POSTED, 48) == readings[1]
    assert latest_before_age(readings, POSTED, 30) == readings[0]
    assert latest_before_age(readings, POSTED, 0.5) is None
    assert latest_before_age([], POSTED, 48) is None


def test_a_post_is_compared_at_its_first_reading_of_an_age() -> None:
    """A reading whose views have not arrived yet is passed over."""
    readings = [reading(72), reading(48, views=None), reading(50), reading(47)]
    assert first_at_age(readings, POSTED, 48) == readings[2]
    assert first_at_age(readings, POSTED, 47) == readings[3]
    assert first_at_age(readings, POSTED, 73) is None
    assert age_hours_at(readings[2], POSTED) == 50


def test_engagement_rate_is_acts_per_view() -> None:
    """Likes, comments, shares and favorites, over views."""
    assert engagement_rate(reading()) == pytest.approx(0.16)


@pytest.mark.parametrize("counter", ["likes", "comments", "shares", "favorites", "views"])
def test_an_unknown_counter_makes_the_rate_unknown(counter: str) -> None:
    """None is never 0."""
    assert engagement_rate(reading(**{counter: None})) is None  # type: ignore[arg-type]


def test_an_unseen_post_has_no_rate() -> None:
    """Nothing was liked by nobody: that is no rate of 0."""
    assert engagement_rate(reading(views=0)) is None


def test_growth_is_change_per_hour() -> None:
    """It can be negative: the platform removes fake counts."""
    assert growth(reading(1), reading(5, views=300), "views") == 50.0
    assert growth(reading(1), reading(3), "likes") == 0.0
    assert growth(reading(1), reading(2, views=90), "views") == -10.0


def test_growth_of_an_unknown_counter_is_unknown() -> None:
    """A counter that appears or vanishes did not grow from or to 0."""
    assert growth(reading(1, views=None), reading(2), "views") is None
    assert growth(reading(1), reading(2, views=None), "views") is None


@pytest.mark.parametrize("later", [reading(1), reading(0.5), reading(9, post_id="8")])
def test_growth_needs_two_readings_of_one_post_in_order(later: EngagementSnapshot) -> None:
    """Anything else is a caller's mistake."""
    with pytest.raises(ValueError, match="one post in order"):
        growth(reading(1), later, "views")


counts = st.none() | st.integers(0, 10**9)


@settings(max_examples=60, deadline=None)
@given(views=counts, likes=counts, comments=counts, shares=counts, favorites=counts)
def test_a_rate_is_known_exactly_when_all_of_it_is(
    views: int | None,
    likes: int | None,
    comments: int | None,
    shares: int | None,
    favorites: int | None,
) -> None:
    """Any mixture of known and unknown counters gives a rate of 0 or more, or None."""
    rate = engagement_rate(
        reading(views=views, likes=likes, comments=comments, shares=shares, favorites=favorites)
    )
    is_known = bool(views) and None not in (likes, comments, shares, favorites)
    assert (rate is not None) == is_known
    assert rate is None or rate >= 0
