"""Views follow hidden effects that can be learnt, and only ever grow."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.sandbox.world.engagement import Engagement, hidden_effects, themes_of
from dreambox_pipeline.sandbox.world.videos import DAY, StyleMeasure, Timeline, Video

MONDAY = 1_772_409_600
EFFECTS = hidden_effects(7)


def post(hour: int = 12, **changes: object) -> Video:
    plain = replace(
        Timeline(7, MONDAY).video(0),
        video_id="7600000000000000001",
        created_at=MONDAY + hour * 3600,
        caption="a whale",
        style=StyleMeasure(0.5, 0.5, 0.5, 0.5),
        published_by_api=True,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def test_the_best_hour_earns_twice_the_worst() -> None:
    """Everything else equal."""
    factors = [EFFECTS.factor(post(hour)) for hour in range(24)]
    assert max(factors) / min(factors) == pytest.approx(2.2, abs=0.05)


def test_style_and_theme_matter() -> None:
    """Both change the outcome by a good part."""
    styles = [StyleMeasure(a, b, 0.5, 0.5) for a in (0.1, 0.9) for b in (0.1, 0.9)]
    factors = [EFFECTS.style_factor(style) for style in styles]
    assert max(factors) / min(factors) > 1.3
    assert max(EFFECTS.themes.values()) / min(EFFECTS.themes.values()) > 1.8
    assert themes_of("a whale in the city") == ["water", "city"]


def test_hours_are_local_to_the_audience() -> None:
    """The same second is another hour elsewhere."""
    tokyo = hidden_effects(7, "Asia/Tokyo")
    assert tokyo.factor(post(3)) == pytest.approx(EFFECTS.factor(post(12)))


@settings(max_examples=60)
@given(ages=st.lists(st.integers(0, 60 * DAY), min_size=2, max_size=6))
def test_numbers_only_grow_and_fit_each_other(ages: list[int]) -> None:
    """Lifetime totals; likes and reach never exceed views; rates stay rates."""
    engagement, video = Engagement(7, EFFECTS), post()
    found = [engagement.performance(video, video.created_at + age) for age in sorted(ages)]
    for one, later in pairwise(found):
        assert one.views <= later.views
        assert one.likes <= later.likes
    for one in found:
        assert one.likes + one.shares <= one.reach or one.views < 20
        assert one.reach <= one.views
        assert 0 < one.full_video_watched_rate < 1
        assert 0 < one.average_time_watched <= video.duration_s


def test_most_views_come_in_a_week() -> None:
    """Half after a day or so, nearly all after seven."""
    engagement, video = Engagement(7, EFFECTS), post()
    final = engagement.final_views(video)
    assert 0.3 < engagement.views_at(video, video.created_at + DAY) / final < 0.65
    assert engagement.views_at(video, video.created_at + 7 * DAY) / final > 0.85
    assert engagement.views_at(video, video.created_at) == 0
