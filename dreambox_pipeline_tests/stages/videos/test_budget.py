"""Money rules: what the caps allow, what each step books, how amounts are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreambox_pipeline.stages.videos.budget import (
    BOOKINGS,
    Booking,
    Cap,
    Caps,
    Committed,
    booking_for,
    exceeded,
    has_risen,
    in_usd,
)
from dreambox_pipeline.stages.videos.generation import TRANSITIONS
from dreambox_pipeline.stages.videos.model import JobState

S = JobState
CAPS = Caps(per_video_microusd=2_000_000, per_day_microusd=5_000_000)
AMOUNTS = st.integers(0, 10_000_000)


@pytest.mark.parametrize(
    ("estimate", "committed", "cap"),
    [
        (2_000_000, Committed(0, 0), None),
        (2_000_001, Committed(0, 0), Cap.VIDEO),
        (500_000, Committed(1_500_000, 4_500_000), None),
        (500_001, Committed(1_500_000, 0), Cap.VIDEO),
        (500_001, Committed(0, 4_500_000), Cap.DAY),
        (1, Committed(2_000_000, 5_000_000), Cap.VIDEO),
        (0, Committed(2_000_000, 5_000_000), None),
        (0, Committed(2_000_001, 0), Cap.VIDEO),
    ],
)
def test_a_cap_may_be_reached_and_not_passed(estimate, committed, cap):
    """To the millionth; one that is passed already lets nothing through."""
    assert exceeded(estimate, committed, CAPS) is cap


@given(st.lists(st.tuples(st.sampled_from("abc"), AMOUNTS), max_size=40))
def test_what_is_allowed_never_adds_up_to_more_than_the_caps(clips):
    """Whatever order clips come in, neither a dream nor the day passes its cap."""
    dreams: dict[str, int] = {}
    for dream, price in clips:
        committed = Committed(dreams.get(dream, 0), sum(dreams.values()))
        if exceeded(price, committed, CAPS) is None:
            dreams[dream] = dreams.get(dream, 0) + price
    assert sum(dreams.values()) <= CAPS.per_day_microusd
    assert all(spent <= CAPS.per_video_microusd for spent in dreams.values())


def test_only_arrows_of_the_machine_are_booked():
    """A booking for a step that cannot happen would be a typing mistake."""
    assert all(to in TRANSITIONS[current] for current, to in BOOKINGS)


def test_money_is_held_from_the_first_moment_the_request_may_be_out():
    """Nothing leaves `planned` for the provider without a reservation, and nothing else makes one."""
    reserving = [step for step, booking in BOOKINGS.items() if booking is Booking.RESERVE]
    assert reserving == [(S.PLANNED, S.UNKNOWN)]


def test_money_comes_back_only_when_there_surely_is_no_job():
    """Being turned away is the only proof; lost, refused and failed jobs may have been charged."""
    releasing = [step for step, booking in BOOKINGS.items() if booking is Booking.RELEASE]
    assert releasing == [(S.UNKNOWN, S.PLANNED)]


def test_every_way_out_of_a_providers_hands_is_settled_or_kept_for_a_person():
    """No reservation outlives its job unseen: it is closed, or the job is `lost`."""
    for current in (S.SUBMITTED, S.RUNNING):
        for to in TRANSITIONS[current] - {S.RUNNING, S.LOST}:
            assert booking_for(current, to) is Booking.SETTLE
        assert booking_for(current, S.LOST) is Booking.KEEP
    assert booking_for(S.LOST, S.PLANNED) is Booking.SETTLE


def test_a_price_that_rose_is_told_from_rounding():
    """Five per cent, and anything above what was free."""
    assert not has_risen(1_000_000, 1_050_000)
    assert has_risen(1_000_000, 1_050_001)
    assert has_risen(0, 1)
    assert not has_risen(1_000_000, 500_000)


@pytest.mark.parametrize(
    ("microusd", "said"),
    [(0, "$0.00"), (1_250_000, "$1.25"), (500, "$0.0005"), (1_234_567_890_000, "$1,234,567.89")],
)
def test_amounts_are_written_for_people(microusd, said):
    """In cents, and finer where cents would hide something."""
    assert in_usd(microusd) == said
