"""Jobs in odd places: none is asked about in a loop, none is stuck, and a late answer is not thrown away."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from dreambox_pipeline.defs import clips
from dreambox_pipeline.defs.clips import generated_clips
from dreambox_pipeline.defs.prompts import video_prompts
from dreambox_pipeline.defs.work import production
from dreambox_pipeline.errors import ItemError, StopError, TransientError
from dreambox_pipeline.safety.moderation import Moderation, NoModerator
from dreambox_pipeline.stages.videos.generation import (
    JobProgress,
    RefusedError,
)
from dreambox_pipeline.stages.videos.model import JobState
from dreambox_pipeline.storage.ledger import jobs
from dreambox_pipeline.storage.tables import generation_jobs
from dreambox_pipeline_tests.defs.test_refusals import SNAKES
from dreambox_pipeline_tests.defs.workshop import ReadyMadeGenerator, Workshop

S = JobState
PRICE = 250_000


@pytest.fixture
def second(workshop, clip) -> ReadyMadeGenerator:
    """Another generator, after the first in the operator's order."""
    made = ReadyMadeGenerator(clip, "second")
    workshop.use(workshop.generator, made)
    return made


def generate(workshop: Workshop, **config):
    return workshop.run(generated_clips, config={"generated_clips": config} if config else None)


def due(workshop: Workshop) -> int:
    """How many jobs would have a run started for them now."""
    return production(workshop.ledger, now=workshop.now, budget=workshop.budget).open_jobs


def raising(error: Exception) -> Callable[..., None]:
    def fail(*_args, **_kwargs) -> None:
        raise error

    return fail


def waiting_job(workshop: Workshop) -> jobs.JobRow:
    (job,) = workshop.open_jobs()
    return job


def test_an_answer_that_comes_after_another_process_gave_the_job_up_is_kept(workshop):
    """The other one asked while the submit was out, and was told that there is no such job."""
    job = workshop.clip_job()
    generator, other = workshop.generator, workshop.runner()

    def look_meanwhile() -> None:
        generator.after_submit = lambda: None
        generator.remembers = False
        with pytest.raises(ItemError, match="does not know job"):
            other.finish(waiting_job(workshop))
        assert workshop.job(job.job_id)[0] == S.LOST
        generator.remembers = True

    generator.after_submit = look_meanwhile
    assert workshop.runner().finish(job).state is S.ACCEPTED
    assert workshop.bookings() == [("settled", PRICE, PRICE)]
    assert len(generator.submitted) == 1


def test_an_answer_that_another_process_found_first_is_the_same_job(workshop):
    """It looked the job up under our own id, and both go on with one clip."""
    job = workshop.clip_job()
    generator, other = workshop.generator, workshop.runner()
    generator.progress = JobProgress(S.RUNNING)
    generator.after_submit = lambda: other.finish(waiting_job(workshop))
    workshop.runner().finish(job)
    assert workshop.job(job.job_id)[0] == S.SUBMITTED
    generator.progress = JobProgress(S.RUNNING, is_ready=True)
    generate(workshop)
    assert workshop.job(job.job_id)[:2] == (S.ACCEPTED, PRICE)
    assert workshop.failures() == {}


def test_an_answer_that_cannot_be_written_down_is_told_with_the_providers_id(workshop):
    """A person can find the clip that is paid for, though the ledger has no id of it."""
    job = workshop.clip_job()
    steady = workshop.parts["clock"]

    def break_the_clock() -> None:
        workshop.parts["clock"] = raising(StopError("no time"))
        runner._steps._clock = workshop.parts["clock"]

    runner = workshop.runner()
    workshop.generator.after_submit = break_the_clock
    with pytest.raises(StopError):
        runner.finish(job)
    workshop.parts["clock"] = steady
    assert any(job.job_id in told and "took" in told for told in workshop.told)
    assert workshop.job(job.job_id)[0] == S.UNKNOWN


def test_a_job_at_a_generator_that_is_not_used_any_more_waits_and_blocks_nobody(workshop, second):
    """It is asked about ever more rarely, and does not take the places of jobs that can go on."""
    workshop.generator.progress = JobProgress(S.RUNNING)
    workshop.clip_job()
    generate(workshop)
    workshop.use(second)
    workshop.sandbox.advance(600)
    generate(workshop, limit=1)
    assert "not in DREAMBOX_GENERATOR any more" in (waiting_job(workshop).error or "")
    assert due(workshop) == 0
    workshop.granted_dream()
    workshop.run(video_prompts)
    for _ in range(2):
        generate(workshop, limit=1)
    assert len(second.submitted) == 1


@pytest.mark.parametrize("error", [TransientError("no answer"), StopError("wrong key")])
def test_a_softened_job_waits_while_the_moderation_model_does_not_answer(workshop, error):
    """No run is started for it every few seconds."""

    class Away(NoModerator):
        def check_text(self, text: str) -> Moderation | None:  # noqa: ARG002
            raise error

    workshop.granted_dream(SNAKES)
    workshop.run(video_prompts)
    workshop.generator.after_submit = raising(RefusedError("rule 7"))
    workshop.parts["moderator"] = Away()
    workshop.run(generated_clips, is_expected_to_fail=isinstance(error, StopError))
    assert waiting_job(workshop).is_softened
    assert due(workshop) == 0


@pytest.mark.parametrize("error", [TransientError("broke off"), StopError("The key is wrong.")])
def test_a_clip_that_cannot_be_fetched_now_waits(workshop, monkeypatch, error):
    """Whether time or a person has to act; the run after the pause tries again."""
    workshop.clip_job()
    monkeypatch.setattr(workshop.generator, "download", raising(error))
    workshop.run(generated_clips, is_expected_to_fail=isinstance(error, StopError))
    assert waiting_job(workshop).state is S.RUNNING
    assert due(workshop) == 0


def test_a_clip_whose_download_never_works_is_given_up_and_was_paid(workshop, monkeypatch):
    """A link that has run out never comes back; after a day a person decides."""
    job = workshop.clip_job()
    monkeypatch.setattr(workshop.generator, "download", raising(TransientError("HTTP 403")))
    for _ in range(6):
        generate(workshop)
        workshop.sandbox.advance(6 * 3600)
    state, cost, error = workshop.job(job.job_id)
    assert (state, cost) == (S.FAILED, PRICE)
    assert "HTTP 403" in (error or "")


def test_a_job_the_provider_cannot_be_asked_about_is_given_up_after_a_day(workshop, monkeypatch):
    """Its message says to plan it again, so there must come a time when that works."""
    job = workshop.clip_job()
    poll = workshop.generator.poll
    monkeypatch.setattr(workshop.generator, "poll", raising(ItemError("HTTP 400: bad id.")))
    for _ in range(6):
        generate(workshop)
        workshop.sandbox.advance(6 * 3600)
    assert workshop.job(job.job_id)[0] == S.FAILED
    monkeypatch.setattr(workshop.generator, "poll", poll)
    generate(workshop, ids=[job.job_id])
    assert workshop.job(job.job_id)[0] == S.ACCEPTED


def test_a_pipeline_that_was_off_for_days_does_not_give_up_at_the_first_silence(workshop):
    """The network comes up after the machine does, and the clip is still there."""
    job = workshop.clip_job()
    workshop.generator.progress = JobProgress(S.RUNNING)
    generate(workshop)
    workshop.sandbox.advance(40 * 3600)
    poll = workshop.generator.poll
    workshop.generator.poll = raising(TransientError("no network"))
    generate(workshop)
    workshop.generator.poll = poll
    workshop.generator.progress = JobProgress(S.RUNNING, is_ready=True)
    generate(workshop)
    assert workshop.job(job.job_id)[:2] == (S.ACCEPTED, PRICE)


@pytest.mark.parametrize(
    "end", [JobProgress(S.FAILED, detail="out of memory"), JobProgress(S.LOST)]
)
def test_what_a_message_advises_about_an_ended_job_works(workshop, end):
    """It names the job and what to do; doing it makes the clip."""
    job = workshop.clip_job()
    workshop.generator.progress = end
    generate(workshop)
    message = workshop.failures()["clips", job.job_id]
    assert job.job_id in message
    assert "generated_clips" in message
    workshop.generator.progress = JobProgress(S.RUNNING, is_ready=True)
    generate(workshop, ids=[job.job_id])
    assert workshop.job(job.job_id)[0] == S.ACCEPTED
    assert workshop.failures() == {}


def test_a_step_that_dagster_retries_does_not_plan_ended_jobs_again(
    workshop, monkeypatch, wide_clip
):
    """A person named the job once, so it is paid once more, and not once a retry."""
    job = workshop.clip_job()
    workshop.generator.clip = wide_clip
    generate(workshop)
    tries = iter([TransientError("the ledger is locked", retry_after_s=0.0), None])
    original = clips.clip_facts

    def stumble(*args, **kwargs):
        if error := next(tries, None):
            raise error
        return original(*args, **kwargs)

    monkeypatch.setattr(clips, "clip_facts", stumble)
    generate(workshop, ids=[job.job_id])
    assert len(workshop.generator.submitted) == 2


def test_a_failure_after_passing_on_belongs_to_the_job_that_failed(workshop, second, wide_clip):
    """Its id is the one a person names; and the failure goes away when that job went through."""
    workshop.generator.after_submit = raising(StopError("The key is wrong."))
    good, second.clip = second.clip, wide_clip
    job = workshop.clip_job()
    generate(workshop)
    ((_, failed),) = workshop.failures()
    assert failed != job.job_id
    second.clip = good
    generate(workshop, ids=[failed])
    assert workshop.job(failed)[0] == S.ACCEPTED
    assert workshop.failures() == {}


def test_a_softened_job_whose_generator_needs_a_person_does_not_stop_the_others(workshop, second):
    """It stays where it was refused; the rest of the batch goes to the next generator."""
    calls = {"n": 0}

    def refuse_then_break() -> None:
        calls["n"] += 1
        raise RefusedError("rule 7") if calls["n"] == 1 else StopError("The key is wrong.")

    workshop.granted_dream(SNAKES)
    workshop.run(video_prompts)
    workshop.generator.after_submit = refuse_then_break
    generate(workshop)
    workshop.granted_dream()
    workshop.run(video_prompts, generated_clips)
    assert len(second.submitted) == 1


def test_a_raised_cap_starts_a_run_for_the_jobs_that_have_room_now(workshop):
    """The message says they go on when it is raised, so nobody has to start anything."""
    workshop.allow(per_day_usd=0.1)
    job = workshop.clip_job()
    generate(workshop)
    assert due(workshop) == 0
    workshop.allow(per_day_usd=1.0)
    assert due(workshop) == 1
    generate(workshop)
    assert workshop.job(job.job_id)[0] == S.ACCEPTED
    assert due(workshop) == 0


def test_a_provider_that_bills_for_what_was_said_to_be_free_is_stopped_by_the_cap(workshop):
    """Nobody set a price; what the provider tells counts, and the caps hold from the next clip on."""
    workshop.allow(per_video_usd=5.0, per_day_usd=1.0)
    workshop.generator.price_microusd = 0
    workshop.generator.progress = JobProgress(S.RUNNING, is_ready=True, cost_microusd=700_000)
    for _ in range(5):
        workshop.granted_dream()
    workshop.run(video_prompts)
    for _ in range(5):
        generate(workshop, limit=1)
    assert len(workshop.generator.submitted) == 2, "1.40 of 1.00: one clip over, and no more"


def test_a_clip_carries_the_version_that_made_it(workshop):
    """A job planned before an update is made after it; its row and its provenance say by what."""
    job = workshop.clip_job()
    workshop.generator.version = "ready-made-2"
    generate(workshop)
    with workshop.ledger.read() as connection:
        version = connection.scalar(
            sa.select(generation_jobs.c.generator_version).where(
                generation_jobs.c.job_id == job.job_id
            )
        )
    assert version == "ready-made-2"


def test_a_second_answer_to_a_stale_row_is_no_failure(workshop):
    """Two runs took the same job up; the one that came late finds it made and says nothing."""
    job = workshop.clip_job()
    workshop.runner().finish(job)
    assert workshop.runner().finish(job).state is S.ACCEPTED
    assert len(workshop.generator.submitted) == 1
