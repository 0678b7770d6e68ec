"""The clock runs fast, never back, and never past the real present by itself."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreambox_pipeline.sandbox.world.clock import SimulatedClock

START = datetime(2026, 3, 2, 8, tzinfo=UTC)
PRESENT = START + timedelta(days=90)


class Wall:
    """A real present that a test moves."""

    def __init__(self) -> None:
        self.now = PRESENT

    def __call__(self) -> datetime:
        return self.now


def clock_at(speed: float) -> tuple[SimulatedClock, Wall]:
    wall = Wall()
    return SimulatedClock(start=START, now=START, speed=speed, wall=wall), wall


def test_it_runs_at_its_speed() -> None:
    """Two simulated minutes per second."""
    clock, wall = clock_at(120)
    wall.now += timedelta(seconds=10)
    assert clock.now() == START + timedelta(seconds=1200)
    clock.set_speed(0)
    wall.now += timedelta(hours=1)
    assert clock.now() == START + timedelta(seconds=1200)


def test_at_the_present_it_walks_with_it() -> None:
    """Caught up, it continues at real time."""
    clock, wall = clock_at(1_000_000)
    wall.now += timedelta(minutes=10)
    assert clock.now() == wall.now
    wall.now += timedelta(seconds=7)
    assert clock.now() == wall.now


def test_the_future_needs_permission_and_runs_at_real_time() -> None:
    """A post in the future would be a lie, so it has to be asked for."""
    clock, wall = clock_at(120)
    assert clock.advance(10 * 365 * 86_400) == PRESENT
    there = clock.advance(86_400, allow_future=True)
    assert there == PRESENT + timedelta(days=1)
    wall.now += timedelta(seconds=30)
    assert clock.now() == there + timedelta(seconds=30)


def test_it_cannot_be_turned_back() -> None:
    """Neither by a time nor by a speed."""
    clock, _ = clock_at(0)
    with pytest.raises(ValueError, match="cannot go back"):
        clock.advance(-1)
    with pytest.raises(ValueError, match="does not run backwards"):
        clock.set_speed(-2)


@given(
    steps=st.lists(
        st.tuples(st.floats(-50, 5000), st.floats(0, 1e6), st.floats(0, 500)), max_size=12
    )
)
def test_it_never_goes_back_or_past_the_present(
    steps: list[tuple[float, float, float]],
) -> None:
    """Whatever the wall does and however it is advanced."""
    clock, wall = clock_at(60)
    latest_wall, shown = wall.now, clock.now()
    for passed, advanced, speed in steps:
        wall.now += timedelta(seconds=passed)
        latest_wall = max(latest_wall, wall.now)
        clock.advance(advanced)
        clock.set_speed(speed)
        assert clock.now() >= shown
        assert clock.now() <= latest_wall
        shown = clock.now()
