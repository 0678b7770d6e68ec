"""Money and circuits in the ledger: what is booked is exact, also when several processes book at once."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from dreambox_pipeline.errors import ItemError, StopError, TransientError
from dreambox_pipeline.stages.videos.budget import Committed
from dreambox_pipeline.stages.videos.fallback import Circuit, CircuitState
from dreambox_pipeline.stages.videos.model import JobState
from dreambox_pipeline.stages.videos.waiting import WaitsFor
from dreambox_pipeline.storage.ledger import Ledger, circuits, job_choices, jobs, spend
from dreambox_pipeline.storage.tables import generation_jobs
from dreambox_pipeline_tests.storage import rivals, story

S = JobState
NOON = story.NOON
DAY = "2026-11-02"


def planned(ledger: Ledger, number: int, *, generator: str = "model") -> jobs.JobRow:
    """A planned job of a dream of its own; another generator's is another job of the same prompt."""
    ids = story.ids(number)
    with ledger.read() as connection:
        is_told = jobs.get(connection, ids.job_id) is not None
    if not is_told:
        story.make(ledger, number)
    job_id = f"{ids.job_id}_{generator}"
    with ledger.write() as connection:
        connection.execute(
            sa.update(generation_jobs)
            .where(generation_jobs.c.job_id == ids.job_id)
            .values(state="failed", passed_on_to="model")
        )
        jobs.plan(
            connection,
            job_id,
            prompt_id=ids.prompt_id,
            generator=generator,
            generator_version="1",
            estimate_microusd=300_000,
            now=NOON,
        )
        job = jobs.get(connection, job_id)
    assert job is not None
    return job


def sent(connection: sa.Connection, job: jobs.JobRow, microusd: int = 300_000) -> jobs.JobRow:
    """The job with its money reserved, as it stands when the request goes out."""
    spend.reserve(
        connection,
        job.job_id,
        dream_id=jobs.dream_of(connection, job),
        generator=job.generator,
        microusd=microusd,
        day=DAY,
        now=NOON,
    )
    return jobs.move(connection, job, S.UNKNOWN, now=NOON)


def walk(ledger: Ledger, job: jobs.JobRow, *states: JobState, told: int | None = None):
    """Walk a sent job along *states*; what the provider told comes with the last."""
    with ledger.write() as connection:
        job = sent(connection, job)
        for state in states:
            cost = told if state is states[-1] else None
            job = jobs.move(connection, job, state, now=NOON, cost_microusd=cost)
        cost_of_job = connection.scalar(
            sa.select(generation_jobs.c.cost_microusd).where(generation_jobs.c.job_id == job.job_id)
        )
        return spend.of_day(connection, DAY), cost_of_job


@pytest.mark.parametrize(
    ("states", "told", "counted", "cost"),
    [
        ((S.PLANNED,), None, 0, None),
        ((S.SUBMITTED,), None, 300_000, None),
        ((S.LOST,), None, 300_000, None),
        ((S.LOST, S.PLANNED), None, 300_000, None),
        ((S.SUBMITTED, S.RUNNING, S.DOWNLOADED), None, 300_000, 300_000),
        ((S.SUBMITTED, S.RUNNING, S.DOWNLOADED), 450_000, 450_000, 450_000),
        ((S.SUBMITTED, S.RUNNING, S.DOWNLOADED), 0, 0, 0),
        ((S.SUBMITTED, S.REFUSED), None, 300_000, None),
        ((S.SUBMITTED, S.REFUSED), 120_000, 120_000, 120_000),
        ((S.SUBMITTED, S.FAILED), 0, 0, 0),
        ((S.SUBMITTED, S.LOST), None, 300_000, None),
        ((S.FAILED,), None, 300_000, None),
    ],
)
def test_each_end_books_what_is_known_and_the_caps_count_the_worst(
    ledger: Ledger, states, told, counted, cost
):
    """The table of `budget`, through the rows: unknown stays unknown and counts in full."""
    day, cost_of_job = walk(ledger, planned(ledger, 1), *states, told=told)
    assert day.counted_microusd == counted
    assert cost_of_job == cost
    assert day.overruns == ((told or 0) > 300_000)


def test_a_step_lost_to_a_rival_books_nothing(ledger: Ledger):
    """The slower one's transaction is rolled back whole, its reservation too."""
    job = planned(ledger, 1)
    with ledger.write() as connection:
        sent(connection, job)

    def again() -> None:
        with ledger.write() as connection:
            sent(connection, job)

    with pytest.raises(ItemError, match="no longer planned"):
        again()
    with ledger.read() as connection:
        assert spend.of_day(connection, DAY).reserved_microusd == 300_000


def test_every_attempt_of_a_job_adds_to_its_cost(ledger: Ledger):
    """A bad clip is paid, and so is the next one; one amount nobody told makes the sum unknown."""
    job = planned(ledger, 1)
    with ledger.write() as connection:
        for told in (100_000, None):
            moved = jobs.move(connection, sent(connection, job), S.SUBMITTED, now=NOON)
            failed = jobs.move(
                connection, moved, S.FAILED, now=NOON, was_made=True, cost_microusd=told
            )
            job = jobs.move(connection, failed, S.PLANNED, now=NOON)
        assert spend.cost_of(connection, job.job_id) == 400_000
        moved = jobs.move(connection, sent(connection, job), S.SUBMITTED, now=NOON)
        jobs.move(connection, moved, S.FAILED, now=NOON)
        assert spend.cost_of(connection, job.job_id) is None
        dream_id = story.ids(1).dream_id
        assert spend.committed(connection, dream_id=dream_id, day="another") == Committed(
            700_000, 0
        )


def test_what_is_free_is_known_to_have_cost_nothing(ledger: Ledger):
    """Also when it fails: 0, not unknown."""
    job = planned(ledger, 1)
    with ledger.write() as connection:
        moved = sent(connection, job, microusd=0)
        jobs.move(connection, moved, S.FAILED, now=NOON)
        assert spend.cost_of(connection, job.job_id) == 0


def test_a_job_sent_before_bookings_were_kept_ends_with_its_estimate(ledger: Ledger):
    """An update of the program in the middle of a job loses no cost."""
    job = planned(ledger, 1)
    with ledger.write() as connection:
        moved = jobs.move(connection, job, S.SUBMITTED, now=NOON)
        jobs.move(connection, moved, S.DOWNLOADED, now=NOON)
        cost = connection.scalar(
            sa.select(generation_jobs.c.cost_microusd).where(generation_jobs.c.job_id == job.job_id)
        )
    assert cost == 300_000


def test_a_refused_job_is_softened_once(ledger: Ledger):
    """The second time there is no arrow back."""
    job = planned(ledger, 1)
    with ledger.write() as connection:
        job = jobs.move(connection, job, S.REFUSED, now=NOON)
        job = jobs.move(connection, job, S.PLANNED, now=NOON)
        assert job.is_softened
        assert jobs.get(connection, job.job_id) == job
        job = jobs.move(connection, job, S.REFUSED, now=NOON)
        with pytest.raises(ValueError, match="that is its end"):
            jobs.move(connection, job, S.PLANNED, now=NOON)


def test_a_waiting_job_is_due_when_its_time_has_come(ledger: Ledger):
    """And a step forgets what it waited for; `updated_at` stays, because deadlines count from there."""
    job = planned(ledger, 1)
    later = NOON + timedelta(minutes=10)
    with ledger.write() as connection:
        waiting = jobs.wait(
            connection, job, until=later, error="no room", waits_for=WaitsFor.DAY_CAP
        )
        assert waiting.updated_at == job.updated_at
        assert jobs.open_jobs(connection, due_at=NOON) == []
        assert jobs.open_jobs(connection) == [waiting] == job_choices.blocked(connection)
        assert jobs.open_jobs(connection, due_at=later) == [waiting]
        moved = jobs.move(connection, waiting, S.FAILED, now=NOON)
        assert (moved.polls, moved.poll_after, moved.waits_for) == (0, None, None)
        assert jobs.get(connection, job.job_id) == moved


def test_a_prompt_with_a_clip_on_its_way_elsewhere_is_not_planned_again_by_its_name(
    ledger: Ledger,
):
    """Naming the dream must not start both of its jobs."""
    first = planned(ledger, 1)
    second = planned(ledger, 1, generator="other")
    ids = story.ids(1)
    with ledger.write() as connection:
        failed = jobs.move(connection, first, S.FAILED, now=NOON)
        assert job_choices.ended_badly(connection, [ids.dream_id]) == []
        assert not job_choices.has_rival(connection, first)
        running = jobs.move(connection, second, S.SUBMITTED, now=NOON)
        assert job_choices.has_rival(connection, first)
        jobs.move(connection, running, S.FAILED, now=NOON, passed_on_to="model")
        assert job_choices.ended_badly(connection, [ids.dream_id]) == [failed]


def test_processes_that_race_for_the_last_dollars_never_pass_the_cap(
    ledger: Ledger, ledger_url: str
):
    """Adding up and reserving is one step for everybody: 10 fit, and exactly 10 are sent."""
    job_ids = [planned(ledger, number).job_id for number in range(1, 16)]
    calls = [(ledger_url, job_ids[start::3], 300_000, 3_100_000) for start in range(3)]
    assert sum(rivals.at_once(rivals.reserve, calls)) == 10
    with ledger.read() as connection:
        assert spend.of_day(connection, DAY).counted_microusd == 3_000_000


def test_of_processes_that_want_a_trial_exactly_one_gets_it(ledger: Ledger, ledger_url: str):
    """One job finds out whether the generator works again; the others do not wait with it."""
    with ledger.write() as connection:
        circuits.record_fault(connection, "model", StopError("key"), now=NOON)
    calls = [(ledger_url, "model")] * 4
    assert rivals.at_once(rivals.take_trial, calls).count(True) == 1
    with ledger.read() as connection:
        (circuit,) = circuits.not_closed(connection)
    assert circuit.state is CircuitState.HALF_OPEN


def test_faults_reported_at_once_are_all_counted(ledger: Ledger, ledger_url: str):
    """The third of three processes opens the circuit, whichever it is."""
    rivals.at_once(rivals.count_fault, [(ledger_url, "model", 2)] * 3)
    with ledger.write() as connection:
        (circuit,) = circuits.not_closed(connection)
        assert circuit.failures == 6
        circuits.record_success(connection, "model", now=NOON)
        assert circuits.not_closed(connection) == []
        assert circuits.of(connection, ["model", "new"]) == {
            "model": Circuit("model"),
            "new": Circuit("new"),
        }


def test_a_trial_that_was_taken_meanwhile_is_not_taken_again(ledger: Ledger):
    """The row is compared with what was read."""
    with ledger.write() as connection:
        for _ in range(3):
            circuits.record_fault(connection, "model", TransientError("busy"), now=NOON)
        (seen,) = circuits.not_closed(connection)
        assert circuits.take_trial(connection, seen, now=NOON + timedelta(hours=1))
        assert not circuits.take_trial(connection, seen, now=NOON + timedelta(hours=1))
        stale = replace(seen, state=CircuitState.HALF_OPEN)
        assert not circuits.take_trial(connection, stale, now=NOON + timedelta(hours=1))
