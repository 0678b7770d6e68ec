"""Generators that fail, and those that go on in their place: a prompt's clip is never paid twice."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from dreambox_pipeline.defs.clips import generated_clips
from dreambox_pipeline.defs.prompts import video_prompts
from dreambox_pipeline.defs.work import production
from dreambox_pipeline.errors import ItemError, StopError, TransientError
from dreambox_pipeline.generators.registry import GENERATORS
from dreambox_pipeline.stages.prompts.styles import STYLES
from dreambox_pipeline.stages.videos.fallback import FIRST_PAUSE, CircuitState
from dreambox_pipeline.stages.videos.generation import JobProgress, NotSubmittedError
from dreambox_pipeline.stages.videos.model import JobState
from dreambox_pipeline.stages.videos.waiting import WaitsFor
from dreambox_pipeline.storage.ledger import circuits, jobs, prompts, series
from dreambox_pipeline.storage.tables import generation_jobs
from dreambox_pipeline_tests.defs.workshop import ReadyMadeGenerator, Workshop

S = JobState
FAULTS: list[Exception] = [NotSubmittedError("nobody answered"), StopError("The key is not known.")]


@pytest.fixture
def second(workshop, clip) -> ReadyMadeGenerator:
    """Another generator, after the first in the operator's order."""
    made = ReadyMadeGenerator(clip, "second")
    workshop.use(workshop.generator, made)
    return made


def failing(generator: ReadyMadeGenerator, error: Exception) -> Callable[[], None]:
    def fail() -> None:
        generator.submitted.pop()
        raise error

    return fail


def generate(workshop: Workshop, **config):
    return workshop.run(generated_clips, config={"generated_clips": config} if config else None)


def dreams(workshop: Workshop, count: int) -> None:
    for _ in range(count):
        workshop.granted_dream()
    workshop.run(video_prompts)


def all_jobs(workshop: Workshop) -> list[tuple[str, str, str | None]]:
    """Generator, state and heir of every job."""
    table = generation_jobs
    with workshop.ledger.read() as connection:
        rows = connection.execute(
            sa.select(table.c.generator, table.c.state, table.c.passed_on_to).order_by(
                table.c.created_at, table.c.job_id
            )
        )
        return [tuple(row) for row in rows]


def circuit(workshop: Workshop, name: str = "ready_made"):
    with workshop.ledger.read() as connection:
        return circuits.of(connection, [name])[name]


def test_the_first_generator_makes_everything_while_it_works(workshop, second):
    """The order is the operator's, not the price's."""
    dreams(workshop, 2)
    generate(workshop)
    assert (len(workshop.generator.submitted), second.submitted) == (2, [])


def test_three_faults_in_a_row_and_the_next_generator_goes_on(workshop, second):
    """Within the same run from the third job on; those before follow when they are due again."""
    workshop.generator.after_submit = failing(
        workshop.generator, NotSubmittedError("nobody answered")
    )
    dreams(workshop, 5)
    generate(workshop)
    assert circuit(workshop).state is CircuitState.OPEN
    assert len(second.submitted) >= 3
    workshop.sandbox.advance(60)
    generate(workshop)
    assert len(second.submitted) == 5
    states = all_jobs(workshop)
    assert states.count(("ready_made", S.FAILED, "second")) == 5
    assert states.count(("second", S.ACCEPTED, None)) == 5
    assert workshop.generator.submitted == []


def test_one_that_needs_a_person_is_left_at_once_and_the_run_goes_on(workshop, second):
    """With a second generator a wrong key is no reason to stop making videos."""
    workshop.generator.after_submit = failing(workshop.generator, StopError("The key is wrong."))
    dreams(workshop, 2)
    result = generate(workshop)
    assert len(second.submitted) == 2
    metadata = result.asset_materializations_for_node("generated_clips")[0].metadata
    assert "The key is wrong." in str(metadata["generators_left_alone"].value)
    assert metadata["dagster/row_count"].value == 2


def test_without_another_generator_what_needs_a_person_stops_the_run(workshop):
    """And the next run waits, with the reason on the job, instead of failing every minute."""
    workshop.generator.after_submit = failing(workshop.generator, StopError("The key is wrong."))
    dreams(workshop, 2)
    workshop.run(generated_clips, is_expected_to_fail=True)
    generate(workshop)
    waiting = workshop.open_jobs()
    assert {job.state for job in waiting} == {S.PLANNED}
    assert any("The key is wrong." in (job.error or "") for job in waiting)
    assert production(workshop.ledger, now=workshop.now, budget=workshop.budget).open_jobs == 0


def test_a_job_whose_submit_is_unknown_is_never_passed_on(workshop, second):
    """The first may be making it: another would be a second bill."""
    workshop.generator.after_submit = failing(workshop.generator, TransientError("HTTP 500"))
    dreams(workshop, 1)
    generate(workshop)
    with workshop.ledger.write() as connection:
        circuits.record_fault(connection, "ready_made", StopError("key"), now=workshop.now)
    for _ in range(3):
        workshop.sandbox.advance(600)
        generate(workshop)
    assert all_jobs(workshop) == [("ready_made", S.LOST, None)]
    assert second.submitted == []


def test_a_running_job_stays_where_it_is_when_its_generator_is_left_alone(workshop, second):
    """It is fetched from there: the clip is being paid for."""
    workshop.generator.progress = JobProgress(S.RUNNING)
    dreams(workshop, 1)
    generate(workshop)
    with workshop.ledger.write() as connection:
        circuits.record_fault(connection, "ready_made", StopError("key"), now=workshop.now)
    workshop.generator.progress = JobProgress(S.RUNNING, is_ready=True)
    generate(workshop)
    assert all_jobs(workshop) == [("ready_made", S.ACCEPTED, None)]
    assert second.submitted == []


def test_when_every_generator_is_down_jobs_wait_and_say_for_whom(workshop, second):
    """Nothing is lost, nothing is a failure any more, and the time of the next trial is told."""
    for each in (workshop.generator, second):
        each.after_submit = failing(each, StopError(f"The key of {each.name} is wrong."))
    dreams(workshop, 1)
    workshop.run(generated_clips, is_expected_to_fail=True)
    workshop.sandbox.advance(30)
    (job,) = workshop.open_jobs()
    workshop.runner().finish(job)
    (job,) = workshop.open_jobs()
    assert job.waits_for is WaitsFor.GENERATOR
    assert "The key of ready_made is wrong." in (job.error or "")
    assert "tried again at" in (job.error or "")
    assert job.poll_after == circuit(workshop).open_until


def test_after_the_pause_exactly_one_job_is_the_trial(workshop, second):
    """It works again: the trial closes the circuit, and the rest follows."""
    with workshop.ledger.write() as connection:
        circuits.record_fault(connection, "ready_made", StopError("key"), now=workshop.now)
    workshop.generator.after_submit = failing(workshop.generator, NotSubmittedError("still down"))
    dreams(workshop, 3)
    workshop.sandbox.advance(FIRST_PAUSE.total_seconds())
    generate(workshop)
    assert circuit(workshop).failures == 4, "one trial, and it failed"
    assert len(second.submitted) == 3

    workshop.generator.after_submit = lambda: None
    workshop.sandbox.advance(2 * FIRST_PAUSE.total_seconds())
    dreams(workshop, 2)
    generate(workshop)
    assert circuit(workshop).is_closed()
    assert len(workshop.generator.submitted) >= 1


def test_a_trial_whose_process_died_does_not_keep_the_generator_out_for_ever(workshop):
    """Its time runs out, and another job tries."""
    with workshop.ledger.write() as connection:
        circuits.record_fault(connection, "ready_made", StopError("key"), now=workshop.now)
        seen = circuits.of(connection, ["ready_made"])["ready_made"]
        later = workshop.now + FIRST_PAUSE
        assert circuits.take_trial(connection, seen, now=later)
    dreams(workshop, 1)
    generate(workshop)
    assert workshop.generator.submitted == []
    workshop.sandbox.advance(timedelta(minutes=16).total_seconds())
    generate(workshop)
    assert len(workshop.generator.submitted) == 1
    assert circuit(workshop).is_closed()


def test_a_person_who_names_a_job_has_it_tried_whatever_it_waits_for(workshop):
    """They just put the key in, and do not want to wait for an hour."""
    dreams(workshop, 1)
    workshop.generator.after_submit = failing(workshop.generator, StopError("key"))
    workshop.run(generated_clips, is_expected_to_fail=True)
    workshop.generator.after_submit = lambda: None
    (job,) = workshop.open_jobs()
    generate(workshop, ids=[job.job_id])
    assert workshop.job(job.job_id)[0] == S.ACCEPTED
    assert circuit(workshop).is_closed()


def test_a_generator_taken_out_of_the_settings_hands_its_planned_jobs_on(workshop, second):
    """And keeps those it is making, which wait until it is back."""
    workshop.generator.progress = JobProgress(S.RUNNING)
    dreams(workshop, 1)
    generate(workshop)
    dreams(workshop, 1)
    workshop.runner().plan(limit=5, ids=None)
    workshop.use(second)
    workshop.sandbox.advance(600)
    generate(workshop)
    assert len(second.submitted) == 1
    assert ("ready_made", S.SUBMITTED, None) in all_jobs(workshop)
    ((_, message),) = workshop.failures().items()
    assert "not in DREAMBOX_GENERATOR any more" in message


def test_a_prompt_has_one_clip_however_its_jobs_stand(workshop, second):
    """Two planned jobs of one prompt, by hand or by accident: the second is never sent."""
    dreams(workshop, 1)
    runner = workshop.runner()
    runner.plan(limit=5, ids=None)
    (first,) = workshop.open_jobs()
    with workshop.ledger.write() as connection:
        jobs.plan(
            connection,
            "job_other",
            prompt_id=first.prompt_id,
            generator="second",
            generator_version="1",
            estimate_microusd=1,
            now=workshop.now,
        )
        other = jobs.get(connection, "job_other")
    assert runner.finish(first).state is S.ACCEPTED
    with pytest.raises(ItemError, match="not paid twice"):
        runner.finish(other)
    assert second.submitted == []
    with workshop.ledger.read() as connection:
        assert prompts.without_job(connection) == []
        assert len(jobs.accepted_without_video(connection)) == 1


def test_a_job_passed_on_and_back_is_still_one_clip(workshop, second):
    """The second fails, too, before it took anything; the first works again."""
    workshop.generator.after_submit = failing(workshop.generator, StopError("key"))
    second.after_submit = failing(second, StopError("no money"))
    dreams(workshop, 1)
    workshop.run(generated_clips, is_expected_to_fail=True)
    workshop.generator.after_submit = lambda: None
    workshop.sandbox.advance(FIRST_PAUSE.total_seconds() + 1)
    second.after_submit = lambda: None
    with workshop.ledger.write() as connection:
        circuits.record_fault(connection, "second", StopError("no money"), now=workshop.now)
    generate(workshop)
    assert sorted(all_jobs(workshop)) == [
        ("ready_made", S.ACCEPTED, None),
        ("second", S.FAILED, "ready_made"),
    ]
    assert workshop.bookings().count(("settled", 250_000, 250_000)) == 1


@pytest.mark.parametrize("is_stored", [True, False])
def test_the_series_picture_goes_to_generators_that_take_one(
    workshop, second, tmp_path, monkeypatch, is_stored
):
    """Others make the clip from words alone, and so does everybody when the file is gone."""
    taking = replace(
        GENERATORS["synthetic"],
        capabilities=replace(GENERATORS["synthetic"].capabilities, takes_reference_image=True),
    )
    monkeypatch.setitem(GENERATORS, "second", taking)
    picture = tmp_path / f"look{series.REFERENCE_SUFFIX}"
    picture.write_bytes(b"any picture")
    digest = workshop.media.put(picture)
    if not is_stored:
        workshop.media.remove(digest)
    with workshop.ledger.write() as connection:
        series.start(
            connection,
            "Night walks",
            style_id=next(iter(STYLES)),
            seed=7,
            reference_hash=digest,
            now=workshop.now,
        )
    dreams(workshop, 1)
    generate(workshop)
    assert workshop.generator.references == [None]
    workshop.use(second)
    dreams(workshop, 1)
    generate(workshop)
    expected = workshop.media.path(digest, series.REFERENCE_SUFFIX) if is_stored else None
    assert second.references == [expected]
