import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreambox_pipeline.media.measuring.look import Feature
from dreambox_pipeline.stages.videos.model import Severity
from dreambox_pipeline.stages.videos.quality.drift import COMPARED, Drift, check_drift, drift_of
from dreambox_pipeline.stages.videos.quality.limits import Limits

USUAL = {
    Feature.LIGHTNESS: 40.0,
    Feature.CONTRAST: 18.0,
    Feature.DARKNESS: 0.2,
    Feature.GREEN_RED: 20.0,
    Feature.BLUE_YELLOW: -10.0,
    Feature.GREEN_RED_SPREAD: 6.0,
    Feature.BLUE_YELLOW_SPREAD: 12.0,
    Feature.COLORFULNESS: 25.0,
    Feature.HUE_RED: 0.2,
    Feature.HUE_YELLOW: 0.0,
    Feature.HUE_GREEN: 0.0,
    Feature.HUE_CYAN: 0.0,
    Feature.HUE_BLUE: 0.0,
    Feature.HUE_MAGENTA: 0.8,
    Feature.DETAIL: 1.8,
    Feature.FINENESS: -1.4,
    Feature.MOVEMENT: 7.0,
}


def a_look(**changes: float) -> tuple[float, ...]:
    return tuple(changes.get(feature.value, USUAL[feature]) for feature in Feature)


def looks(count: int) -> list[tuple[float, ...]]:
    """Of *count* videos that differ a little."""
    rng = random.Random(3)
    return [tuple(value * rng.uniform(0.9, 1.1) for value in a_look()) for _ in range(count)]


@pytest.mark.parametrize("count", [0, 1, 2])
def test_two_videos_do_not_make_a_habit(count: int) -> None:
    """No number is made up where nobody can say what is usual, and no finding either."""
    assert drift_of(a_look(), looks(count)) is None
    assert check_drift(None, style="Violet dusk") == []


def test_a_video_like_the_others_is_usual() -> None:
    """It says with how many it was compared."""
    drift = drift_of(a_look(), looks(8))
    assert drift is not None
    assert drift.distance < 0.5
    (finding,) = check_drift(drift, style="Violet dusk")
    assert finding.passed
    assert finding.message.startswith("It looks like the last 8 videos of Violet dusk")


def test_a_stranger_is_named_in_a_reviewers_words() -> None:
    """The two features that differ most, and a warning, never an error."""
    strange = a_look(blue_yellow=45.0, hue_magenta=0.0, hue_yellow=0.8, detail=3.4)
    drift = drift_of(strange, looks(8))
    assert drift is not None
    assert drift.distance > 1
    (finding,) = check_drift(drift, style="Violet dusk")
    assert (finding.passed, finding.severity) == (False, Severity.WARN)
    assert finding.value == drift.distance
    warmer = drift_of(a_look(blue_yellow=20.0, detail=2.5), looks(8))
    assert warmer is not None
    assert warmer.words == ("warmer", "busier")


def test_one_strange_video_does_not_move_what_is_usual() -> None:
    """Nor does it make the next like it usual."""
    strange = a_look(blue_yellow=45.0, hue_magenta=0.0, hue_yellow=0.8, lightness=90.0)
    among = drift_of(strange, [*looks(8), strange])
    alone = drift_of(strange, looks(8))
    assert among is not None
    assert alone is not None
    assert among.distance == pytest.approx(alone.distance, rel=0.15)
    assert among.distance > 1


def test_equal_videos_do_not_make_a_stranger_of_the_next() -> None:
    """Their spread is none, so the least spread of each feature counts."""
    drift = drift_of(a_look(lightness=43.0, blue_yellow=-8.0), [a_look()] * 3)
    assert drift is not None
    assert drift.distance < 1


def test_a_style_may_change_slowly() -> None:
    """Only the newest twelve count."""
    older = [a_look(lightness=90.0, hue_magenta=0.0)] * 40
    drift = drift_of(a_look(), [*looks(COMPARED), *older])
    assert drift is not None
    assert drift.compared == COMPARED
    assert drift.distance < 0.5


def test_looks_measured_in_another_way_are_left_out() -> None:
    """Videos from before the look was measured, or measured with other features."""
    assert drift_of(a_look(), [(), (1.0, 2.0), a_look()]) is None
    assert drift_of((), looks(8)) is None


def test_the_edge_is_policy() -> None:
    """It can be moved like every limit."""
    drift = Drift(0.9, 5, ("warmer", "busier"))
    (finding,) = check_drift(drift, style="Deep sea", limits=Limits(drift=0.8))
    assert finding.message == (
        "It looks warmer and busier than the last 5 videos of Deep sea: drift 0.90, where 0.8 is "
        "the edge of usual."
    )


@given(
    st.tuples(*[st.floats(-1e4, 1e4)] * len(Feature)),
    st.lists(st.tuples(*[st.floats(-1e4, 1e4)] * len(Feature)), min_size=3, max_size=20),
)
def test_drift_is_bounded_and_always_has_words(
    look: tuple[float, ...], earlier: list[tuple[float, ...]]
) -> None:
    """Whatever was measured."""
    drift = drift_of(look, earlier)
    assert drift is not None
    assert 0 <= drift.distance <= 5
    assert 1 <= len(drift.words) <= 2
