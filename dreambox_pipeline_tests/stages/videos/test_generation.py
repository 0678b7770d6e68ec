from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.stages.videos.generation import TRANSITIONS, JobProgress, advance
from dreambox_pipeline.stages.videos.model import JobState

STATES = st.sampled_from(JobState)
PAID = {JobState.SUBMITTED, JobState.RUNNING, JobState.DOWNLOADED, JobState.ACCEPTED}


def walk(choices: list[int]) -> list[JobState]:
    """A path through the machine from `planned`, steered by *choices*."""
    path = [JobState.PLANNED]
    for choice in choices:
        onward = sorted(TRANSITIONS[path[-1]])
        if not onward:
            break
        path.append(advance(path[-1], onward[choice % len(onward)]))
    return path


def reachable(start: JobState) -> set[JobState]:
    found, front = {start}, [start]
    while front:
        new = TRANSITIONS[front.pop()] - found
        found |= new
        front += new
    return found


def test_every_state_has_its_row_in_the_machine() -> None:
    """A new state without arrows would be a job that is stuck."""
    assert set(TRANSITIONS) == set(JobState)


def test_every_state_can_be_reached_and_only_one_is_final() -> None:
    """Only `accepted` has no way on; a refused job has one, which `jobs.move` opens once."""
    assert reachable(JobState.PLANNED) == set(JobState)
    assert {s for s in JobState if not TRANSITIONS[s]} == {JobState.ACCEPTED}
    for state in JobState:
        assert JobState.ACCEPTED in reachable(state)


@settings(max_examples=100)
@given(STATES, STATES)
def test_only_drawn_arrows_can_be_walked(current: JobState, to: JobState) -> None:
    """Anything else is refused, and the message names both ends."""
    if to in TRANSITIONS[current]:
        assert advance(current, to) is to
    else:
        with pytest.raises(ValueError, match=f"from {current} to {to}"):
            advance(current, to)


@settings(max_examples=100)
@given(st.lists(st.integers(0, 20), max_size=30))
def test_an_unknown_submit_is_never_sent_again_before_it_is_looked_up(choices: list[int]) -> None:
    """From `unknown` a job is found, lost or failed; or turned away, which is the answer "no job"."""
    path = walk(choices)
    for before, after in pairwise(path):
        if before is JobState.UNKNOWN:
            assert after in {JobState.SUBMITTED, JobState.PLANNED, JobState.LOST, JobState.FAILED}
        if after is JobState.PLANNED:
            assert before in {JobState.UNKNOWN, JobState.LOST, JobState.FAILED, JobState.REFUSED}


@settings(max_examples=100)
@given(st.lists(st.integers(0, 20), max_size=30))
def test_nothing_is_accepted_that_was_not_downloaded(choices: list[int]) -> None:
    """And nothing is downloaded that was not submitted since the last plan."""
    path = walk(choices)
    for index, state in enumerate(path):
        if state is JobState.ACCEPTED:
            assert path[index - 1] is JobState.DOWNLOADED
        if state is JobState.DOWNLOADED:
            start = max(i for i in range(index) if path[i] is JobState.PLANNED)
            assert JobState.SUBMITTED in path[start:index]


def test_a_planned_job_reaches_a_paid_state_only_through_a_submit() -> None:
    """The row exists before the request, so the request is always known."""
    assert TRANSITIONS[JobState.PLANNED] & PAID == {JobState.SUBMITTED}


def test_progress_defaults_to_unknown() -> None:
    """A provider that says nothing about progress did not say zero."""
    progress = JobProgress(JobState.RUNNING)
    assert (progress.progress, progress.is_ready, progress.detail) == (None, False, None)
