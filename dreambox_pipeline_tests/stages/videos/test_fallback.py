"""Who makes a clip when somebody is down, too short of breath, or gone."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dreambox_pipeline.errors import StopError, TransientError
from dreambox_pipeline.stages.videos.fallback import (
    FAULTS_TO_OPEN,
    FIRST_PAUSE,
    LONGEST_PAUSE,
    TRIAL_TAKES,
    Candidate,
    Circuit,
    CircuitState,
    choose,
)

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
BUSY = TransientError("HTTP 503")


def candidate(name: str, *, circuit: Circuit | None = None, **changes) -> Candidate:
    return Candidate(name, **{"longest_s": 60, "circuit": circuit or Circuit(name)} | changes)


def broken(name: str, *, faults: int = FAULTS_TO_OPEN, now: datetime = NOON) -> Circuit:
    circuit = Circuit(name)
    for _ in range(faults):
        circuit = circuit.after_fault(BUSY, now=now)
    return circuit


def chosen(*candidates: Candidate, duration_s: float = 6.0, now: datetime = NOON) -> str | None:
    return choose(candidates, duration_s=duration_s, now=now).name


def test_the_operators_order_decides():
    """The first that can, whatever the others could do better."""
    assert chosen(candidate("a"), candidate("b")) == "a"


def test_who_ended_today_makes_nothing_today():
    """The sunset is the first day without clips; the day before, it still works."""
    gone = candidate("a", sunset=NOON.date())
    assert chosen(gone, candidate("b")) == "b"
    assert chosen(candidate("a", sunset=date(2026, 11, 23)), candidate("b")) == "a"


def test_who_cannot_make_the_length_is_passed_over():
    """A clip of half the length is not what was asked for."""
    short = candidate("a", longest_s=5)
    assert chosen(short, candidate("b")) == "b"
    choice = choose([short], duration_s=6, now=NOON)
    assert (choice.name, choice.later, choice.again_at) == (None, (), None)
    assert "at most 5 s" in choice.why_not("a")


def test_faults_in_a_row_open_a_circuit_and_a_success_forgets_them():
    """Two are bad luck; three are an outage. One success in between starts the count anew."""
    two = broken("a", faults=2)
    assert two.is_closed()
    assert two.after_success() == Circuit("a")
    three = two.after_fault(BUSY, now=NOON)
    assert (three.state, three.open_until) == (CircuitState.OPEN, NOON + FIRST_PAUSE)
    assert chosen(candidate("a", circuit=three), candidate("b")) == "b"


def test_what_needs_a_person_opens_the_circuit_at_once():
    """A wrong key is wrong for the next job, too."""
    opened = Circuit("a").after_fault(StopError("Set the key."), now=NOON)
    assert (opened.state, opened.reason) == (CircuitState.OPEN, "Set the key.")


@pytest.mark.parametrize(
    ("wished_s", "pause"),
    [(None, FIRST_PAUSE), (1.0, FIRST_PAUSE), (900.0, timedelta(minutes=15)), (1e6, LONGEST_PAUSE)],
)
def test_a_wish_to_be_left_alone_is_kept_up_to_an_hour(wished_s, pause):
    """Retry-After of the fault that opened it counts."""
    fault = TransientError("HTTP 429", retry_after_s=wished_s)
    opened = broken("a", faults=2).after_fault(fault, now=NOON)
    assert opened.open_until == NOON + pause


def test_when_nobody_works_it_is_said_when_who_is_tried_again():
    """The earliest of those that could; and each objection has its words."""
    slow = broken("b", faults=FAULTS_TO_OPEN + 2)
    choice = choose(
        [
            candidate("a", longest_s=5),
            candidate("b", circuit=slow),
            candidate("c", circuit=broken("c")),
        ],
        duration_s=6,
        now=NOON,
    )
    assert choice.name is None
    assert choice.later == ("b", "c")
    assert choice.again_at == NOON + FIRST_PAUSE
    assert "HTTP 503" in choice.why_not("c")
    assert "12:05 UTC" in choice.why_not("c")
    assert "not in DREAMBOX_GENERATOR" in choice.why_not("d")


def test_after_the_pause_one_trial_is_due_and_nobody_elses_turn():
    """Half-open keeps the others out, until the trial's time is up: its process may be dead."""
    opened = broken("a")
    later = NOON + FIRST_PAUSE
    assert not opened.is_due(later - timedelta(seconds=1))
    assert chosen(candidate("a", circuit=opened), candidate("b"), now=later) == "a"
    trial = opened.on_trial(later)
    assert chosen(candidate("a", circuit=trial), candidate("b"), now=later) == "b"
    assert trial.is_due(later + TRIAL_TAKES)


def test_a_trial_that_fails_doubles_the_pause():
    """5, 10, 20 … minutes, and never more than an hour."""
    circuit, pauses = broken("a"), []
    for _ in range(6):
        moment = circuit.open_until or NOON
        circuit = circuit.on_trial(moment).after_fault(BUSY, now=moment)
        assert circuit.open_until is not None
        pauses.append((circuit.open_until - moment) / timedelta(minutes=1))
    assert pauses == [10, 20, 40, 60, 60, 60]


@given(st.lists(st.sampled_from(["fault", "stop", "success", "trial"]), max_size=30))
def test_whatever_happened_a_circuit_is_closed_or_has_a_time_to_try_again(history):
    """No generator is left alone for ever."""
    circuit, now = Circuit("a"), NOON
    for event in history:
        now += timedelta(minutes=7)
        if event == "success":
            circuit = circuit.after_success()
        elif event == "trial" and circuit.is_due(now):
            circuit = circuit.on_trial(now)
        elif event in {"fault", "stop"}:
            error = BUSY if event == "fault" else StopError("key")
            circuit = circuit.after_fault(error, now=now)
    if not circuit.is_closed():
        assert circuit.open_until is not None
        assert circuit.open_until <= now + LONGEST_PAUSE
        assert circuit.is_due(now + LONGEST_PAUSE)
