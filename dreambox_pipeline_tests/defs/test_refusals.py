"""A provider's "no": asked once more in a gentler way, then it is a person's turn."""

import pytest

from dreambox_pipeline.defs.clips import generated_clips
from dreambox_pipeline.defs.prompts import video_prompts
from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.safety.moderation import Moderation, NoModerator
from dreambox_pipeline.stages.videos.generation import (
    JobProgress,
    NotSubmittedError,
    RefusedError,
)
from dreambox_pipeline.stages.videos.model import JobState
from dreambox_pipeline_tests.defs.workshop import ReadyMadeGenerator, Workshop

S = JobState
SNAKES = "Last night I dreamt that a huge snake chased me through my old school and everything was on fire"


def refuses(generator: ReadyMadeGenerator, *, times: int, at_door: bool) -> None:
    """The generator says no so many times, when asked or when it has looked."""
    said = {"times": 0}

    def answer() -> None:
        said["times"] += 1
        is_no = said["times"] <= times
        if at_door and is_no:
            raise RefusedError("The prompt breaks rule 7.")
        if not at_door:
            no = JobProgress(S.REFUSED, detail="The frames break rule 8.")
            generator.progress = no if is_no else JobProgress(S.RUNNING, is_ready=True)

    generator.after_submit = answer


def job_of(workshop: Workshop):
    workshop.granted_dream(SNAKES)
    workshop.run(video_prompts)
    workshop.runner().plan(limit=5, ids=None)
    (job,) = workshop.open_jobs()
    return job


@pytest.mark.parametrize("at_door", [True, False])
def test_a_refused_prompt_is_softened_and_asked_once_more(workshop, at_door):
    """The gentler one is taken: a clip, made from other words, in the same job."""
    job = job_of(workshop)
    refuses(workshop.generator, times=1, at_door=at_door)
    done = workshop.runner().finish(job)
    assert (done.job_id, done.state, done.is_softened) == (job.job_id, S.ACCEPTED, True)
    first, second = workshop.generator.prompts
    assert first != second
    assert len(workshop.bookings()) == 2


@pytest.mark.parametrize("at_door", [True, False])
def test_a_second_refusal_is_the_end_and_goes_to_a_person(workshop, at_door, clip):
    """With the provider's words; and no other generator is asked to make what one refused."""
    other = ReadyMadeGenerator(clip, "other")
    workshop.use(workshop.generator, other)
    job = job_of(workshop)
    refuses(workshop.generator, times=9, at_door=at_door)
    for _ in range(3):
        workshop.run(generated_clips)
    state, _, error = workshop.job(job.job_id)
    assert state == S.REFUSED
    assert "rule" in (error or "")
    assert len(workshop.generator.submitted) == 2
    assert other.submitted == []
    message = workshop.failures()["clips", job.job_id]
    assert "rule" in message
    assert "Remake" in message


def test_a_refused_job_is_not_planned_again_by_naming_it(workshop):
    """The same prompt would be refused again; a remade one is another job."""
    job = job_of(workshop)
    refuses(workshop.generator, times=9, at_door=True)
    for _ in range(2):
        workshop.run(generated_clips, config={"generated_clips": {"ids": [job.job_id]}})
    assert workshop.job(job.job_id)[0] == S.REFUSED
    assert len(workshop.generator.submitted) == 2


def test_the_softened_prompt_passes_our_own_rules_before_it_is_sent(workshop):
    """The moderation model looks at it like at any other; its "no" is final."""

    class Strict(NoModerator):
        name = "strict"

        def check_text(self, text: str) -> Moderation | None:  # noqa: ARG002
            return Moderation(is_flagged=True, scores={"violence": 0.9, "hate": 0.1})

    job = job_of(workshop)
    refuses(workshop.generator, times=1, at_door=True)
    workshop.parts["moderator"] = Strict()
    with pytest.raises(
        ItemError, match=r"rule 7\. The softened one was not sent: moderation: violence\."
    ):
        workshop.runner().finish(job)
    assert workshop.job(job.job_id)[0] == S.REFUSED
    assert len(workshop.generator.submitted) == 1
    assert [state for state, _, _ in workshop.bookings()] == ["released"]


def test_a_softened_job_stays_with_the_generator_that_refused_it(workshop, clip):
    """It is turned away meanwhile: it waits there, and is not shopped around."""
    other = ReadyMadeGenerator(clip, "other")
    workshop.use(workshop.generator, other)
    job = job_of(workshop)
    calls = {"n": 0}

    def answer() -> None:
        calls["n"] += 1
        if calls["n"] == 1:
            raise RefusedError("rule 7")
        if calls["n"] < 6:
            raise NotSubmittedError("busy")

    workshop.generator.after_submit = answer
    for _ in range(8):
        workshop.run(generated_clips)
        workshop.sandbox.advance(3600)
    assert workshop.job(job.job_id)[0] == S.ACCEPTED
    assert other.submitted == []


def test_an_interrupted_softened_submit_is_not_sent_a_third_time(workshop):
    """Softening survives the process: the row remembers it."""
    job = job_of(workshop)
    calls = {"n": 0}

    def answer() -> None:
        calls["n"] += 1
        raise RefusedError("rule 7") if calls["n"] == 1 else KeyboardInterrupt

    workshop.generator.after_submit = answer
    with pytest.raises(KeyboardInterrupt):
        workshop.runner().finish(job)
    assert workshop.job(job.job_id)[0] == S.UNKNOWN
    workshop.generator.after_submit = lambda: None
    workshop.run(generated_clips)
    assert workshop.job(job.job_id)[0] == S.ACCEPTED
    assert len(workshop.generator.submitted) == 2
