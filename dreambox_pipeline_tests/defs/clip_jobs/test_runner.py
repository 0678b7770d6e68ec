"""Generation jobs after crashes, refusals and bad files: nothing is paid twice, nothing bad is kept."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dreambox_pipeline.defs.clips import generated_clips
from dreambox_pipeline.defs.prompts import video_prompts
from dreambox_pipeline.defs.work import production
from dreambox_pipeline.errors import ItemError, StopError, TransientError
from dreambox_pipeline.stages.videos.generation import JobProgress, NotSubmittedError
from dreambox_pipeline.stages.videos.model import JobState
from dreambox_pipeline.storage.ledger import dreams as ledger_dreams
from dreambox_pipeline.storage.ledger import prompts
from dreambox_pipeline.storage.media_store import content_hash
from dreambox_pipeline_tests.defs.workshop import Workshop

S = JobState


class Killed(BaseException):
    """The process is gone; nothing of ours may catch it."""


def generate(workshop: Workshop, **kwargs):
    return workshop.run(generated_clips, **kwargs)


def stored_files(workshop: Workshop) -> list[Path]:
    """Everything in the media store and the working folder."""
    folders = (workshop.settings.media_dir, workshop.settings.var_dir / "work")
    return [path for folder in folders for path in folder.rglob("*") if path.is_file()]


def prompts_of(workshop: Workshop) -> int:
    with workshop.ledger.read() as connection:
        return len(prompts.without_job(connection))


def test_a_granted_dream_becomes_a_clip_once(workshop, clip):
    """Prompt, job and clip; a second run makes nothing and asks for nothing."""
    workshop.granted_dream()
    for _ in range(2):
        workshop.run(video_prompts, generated_clips)

    assert len(workshop.generator.submitted) == 1
    assert workshop.generator.downloads == 1
    (file,) = [path for path in stored_files(workshop) if path.suffix == ".mp4"]
    assert file.stem == content_hash(clip)
    state, cost, error = workshop.job(workshop.generator.submitted[0])
    assert (state, cost, error) == (S.ACCEPTED, 250_000, None)


def test_no_prompt_without_consent(workshop):
    """A dream that was told, and even one that was taken back, costs nothing."""
    workshop.tell_dream()
    taken_back = workshop.granted_dream()
    workshop.take_back(taken_back)
    workshop.run(video_prompts, generated_clips)

    assert workshop.generator.submitted == []


def test_a_prompt_never_holds_the_comments_words(workshop):
    """What is sent to a video model is composed from facts."""
    workshop.granted_dream()
    workshop.run(video_prompts)

    with workshop.ledger.read() as connection:
        (row,) = prompts.without_job(connection)
    said = row.prompt.model_dump_json().lower()
    assert "swam slowly through" not in said
    assert "whale" in said


@pytest.mark.parametrize("is_interrupted_by", [Killed(), TransientError("no answer came")])
def test_an_interrupted_submit_is_looked_up_and_not_repeated(workshop, is_interrupted_by):
    """The provider has the job: the next run finds it there, and pays once."""
    job = workshop.clip_job()

    def interrupt() -> None:
        raise is_interrupted_by

    workshop.generator.after_submit = interrupt
    with pytest.raises(type(is_interrupted_by)):
        workshop.runner().finish(job)
    assert workshop.job(job.job_id)[0] == S.UNKNOWN

    generate(workshop)
    assert workshop.job(job.job_id)[0] == S.ACCEPTED
    assert workshop.generator.submitted == [job.job_id]


def test_a_submit_the_provider_never_saw_is_lost_until_a_person_plans_it_again(workshop):
    """It is not sent again by itself; naming its id in the launchpad does."""
    job = workshop.clip_job()

    def interrupt() -> None:
        workshop.generator.submitted.clear()
        raise Killed

    workshop.generator.after_submit = interrupt
    with pytest.raises(Killed):
        workshop.runner().finish(job)
    workshop.generator.after_submit = lambda: None
    for _ in range(2):
        generate(workshop)
    assert workshop.job(job.job_id)[0] == S.LOST
    advice = workshop.failures()["clips", job.job_id]
    assert "not known" in advice, "we did not see the provider's bill"
    assert workshop.generator.submitted == []
    assert f"give {job.job_id} to generated_clips" in advice

    generate(workshop, config={"generated_clips": {"ids": [job.job_id]}})
    assert workshop.job(job.job_id)[0] == S.ACCEPTED
    assert workshop.generator.submitted == [job.job_id]


def test_a_refused_prompt_is_recorded_with_the_providers_words(workshop):
    """A "no" at the door costs nothing and is not asked again."""
    job = workshop.clip_job()

    def refuse() -> None:
        raise ItemError("The prompt breaks rule 7.")

    workshop.generator.after_submit = refuse
    for _ in range(2):
        generate(workshop)
    state, cost, error = workshop.job(job.job_id)
    assert (state, cost) == (S.FAILED, None)
    assert "rule 7" in (error or "")
    assert len(workshop.generator.submitted) == 1


@pytest.mark.parametrize("end", [S.FAILED, S.LOST])
def test_a_job_that_ended_badly_at_the_provider_is_over(workshop, end):
    """Its row says how and why, and later runs leave it alone."""
    job = workshop.clip_job()
    workshop.generator.progress = JobProgress(end, detail="content policy")
    for _ in range(2):
        generate(workshop)

    state, _, error = workshop.job(job.job_id)
    assert state == end
    assert error == "content policy"
    assert workshop.generator.downloads == 0
    assert len(workshop.generator.submitted) == 1


def test_a_job_that_is_not_ready_is_taken_up_by_the_next_run(workshop):
    """Waiting is not failing."""
    job = workshop.clip_job()
    workshop.generator.progress = JobProgress(S.RUNNING, is_ready=False)
    result = generate(workshop)
    assert workshop.job(job.job_id)[0] == S.SUBMITTED
    facts = result.asset_materializations_for_node("generated_clips")[0].metadata
    assert (facts["waiting"].value, facts["failed"].value) == (1, 0)
    assert workshop.failures() == {}

    workshop.generator.progress = JobProgress(S.RUNNING, is_ready=True)
    generate(workshop)
    assert workshop.job(job.job_id)[0] == S.ACCEPTED
    assert len(workshop.generator.submitted) == 1
    assert workshop.failures() == {}


def polled(workshop: Workshop, *answers: JobProgress) -> list[JobProgress]:
    """The generator's answers from now on, in order; the last one stays. What is left of them."""
    left = list(answers)
    workshop.generator.poll = lambda _id: left.pop(0) if len(left) > 1 else left[0]
    return left


def test_a_job_that_is_promised_soon_is_waited_for_within_the_run(workshop):
    """The provider says two seconds, twice, and keeps its word: one run, one clip."""
    job = workshop.clip_job()
    soon = JobProgress(S.RUNNING, retry_after_s=2.0)
    polled(workshop, soon, soon, JobProgress(S.RUNNING, is_ready=True))
    generate(workshop)
    assert workshop.job(job.job_id)[0] == S.ACCEPTED


def test_a_provider_that_keeps_promising_is_left_to_the_next_run(workshop):
    """Four looks are enough; nothing hangs."""
    job = workshop.clip_job()
    soon = JobProgress(S.RUNNING, retry_after_s=2.0)
    left = polled(workshop, *[soon] * 10)
    generate(workshop)
    assert len(left) == 6
    assert workshop.job(job.job_id)[0] == S.SUBMITTED


def test_a_provider_that_wants_to_be_left_alone_is(workshop):
    """No run asks again before, and none is started for it; a person who names the job is heard."""
    job = workshop.clip_job()
    left = polled(workshop, *[JobProgress(S.RUNNING, retry_after_s=900.0)] * 9)
    for _ in range(3):
        generate(workshop)
    assert len(left) == 8
    assert production(workshop.ledger, now=workshop.now, budget=workshop.budget).open_jobs == 0
    generate(workshop, config={"generated_clips": {"ids": [job.job_id]}})
    assert len(left) == 7
    workshop.sandbox.advance(900)
    assert production(workshop.ledger, now=workshop.now, budget=workshop.budget).open_jobs == 1


def test_pauses_grow_while_a_provider_says_nothing(workshop):
    """10 s, 20 s, 40 s after each look."""
    job = workshop.clip_job()
    polled(workshop, JobProgress(S.RUNNING))
    pauses = []
    for _ in range(3):
        generate(workshop)
        (waiting,) = workshop.open_jobs()
        pauses.append((waiting.poll_after - workshop.now).total_seconds())
    assert pauses == [10, 20, 40]
    assert waiting.job_id == job.job_id


def test_a_job_that_never_ends_is_given_up(workshop):
    """After a day its row says so with the provider's last words; a person may plan it again."""
    job = workshop.clip_job()
    workshop.generator.progress = JobProgress(S.RUNNING, detail="The provider says 'dreaming'.")
    generate(workshop)
    workshop.sandbox.advance(25 * 3600)
    for _ in range(3):
        generate(workshop)
    state, cost, error = workshop.job(job.job_id)
    assert (state, cost) == (S.FAILED, None)
    assert "24 hours" in (error or "")
    assert "dreaming" in (error or "")

    workshop.generator.progress = JobProgress(S.RUNNING, is_ready=True)
    generate(workshop, config={"generated_clips": {"ids": [job.job_id]}})
    assert workshop.job(job.job_id)[0] == S.ACCEPTED


@pytest.mark.parametrize(
    "turned_away", [NotSubmittedError("429", retry_after_s=2), StopError("The key is not known.")]
)
def test_a_submit_that_surely_made_no_job_is_simply_made_again(workshop, turned_away):
    """There is nothing to look up and nothing for a person to settle."""
    job = workshop.clip_job()

    def turn_away() -> None:
        workshop.generator.submitted.clear()
        raise turned_away

    workshop.generator.after_submit = turn_away
    with pytest.raises(type(turned_away)):
        workshop.runner().finish(job)
    assert workshop.job(job.job_id)[0] == S.PLANNED

    workshop.generator.after_submit = lambda: None
    workshop.sandbox.advance(600)
    generate(workshop)
    assert workshop.job(job.job_id)[0] == S.ACCEPTED
    assert workshop.generator.submitted == [job.job_id]
    assert workshop.bookings() == [("released", 250_000, None), ("settled", 250_000, 250_000)]


@pytest.fixture
def bad_file(tmp_path: Path, clip: Path, wide_clip: Path, long_clip: Path) -> Callable[[str], Path]:
    """Files a provider might hand over instead of the clip that was asked for."""

    def make(kind: str) -> Path:
        if kind in {"wide", "long"}:
            return wide_clip if kind == "wide" else long_clip
        content = {
            "html": b"<!doctype html><html><h1>502 Bad Gateway</h1></html>",
            "empty": b"",
            "truncated": clip.read_bytes()[: clip.stat().st_size // 2],
            "noise": bytes(range(256)) * 40,
        }[kind]
        path = tmp_path / f"{kind}.mp4"
        path.write_bytes(content)
        return path

    return make


@pytest.mark.parametrize("kind", ["html", "empty", "truncated", "noise", "wide", "long"])
def test_a_file_that_is_not_the_clip_is_not_kept(workshop, bad_file, kind):
    """Judged by what is in it: nothing is stored, the money is noted, no run downloads it again."""
    job = workshop.clip_job()
    workshop.generator.clip = bad_file(kind)
    for _ in range(2):
        generate(workshop)

    state, cost, error = workshop.job(job.job_id)
    assert (state, cost) == (S.FAILED, 250_000)
    assert error
    assert workshop.failures()["clips", job.job_id]
    assert stored_files(workshop) == []
    assert workshop.generator.downloads == 1


def test_one_bad_file_does_not_stop_the_others(workshop, clip, bad_file):
    """Three dreams, one broken clip, two videos to come."""
    for _ in range(3):
        workshop.granted_dream()
    workshop.run(video_prompts)
    files = iter([clip, bad_file("html"), clip])
    original = workshop.generator.download

    def download(provider_job_id: str, to: Path) -> Path:
        workshop.generator.clip = next(files)
        return original(provider_job_id, to)

    workshop.generator.download = download
    result = generate(workshop)

    facts = result.asset_materializations_for_node("generated_clips")[0].metadata
    assert (facts["dagster/row_count"].value, facts["failed"].value) == (2, 1)


def test_a_full_disk_stops_the_run_and_leaves_nothing(workshop):
    """No half file; the job stands where the next run downloads again, without paying again."""
    job = workshop.clip_job()
    # What a full disk does to the media store, for any user: its folder cannot be made.
    workshop.media.root.parent.mkdir(parents=True, exist_ok=True)
    workshop.media.root.write_text("")
    with pytest.raises(StopError, match="Free some space"):
        workshop.runner().finish(job)
    workshop.media.root.unlink()
    assert stored_files(workshop) == []

    generate(workshop)
    assert workshop.job(job.job_id)[0] == S.ACCEPTED
    assert workshop.generator.submitted == [job.job_id]


@pytest.mark.parametrize("is_submitted", [False, True])
def test_a_withdrawn_dream_is_not_made_any_more(workshop, is_submitted):
    """Taken back between prompt and clip: nothing more is paid, downloaded or kept."""
    report = workshop.granted_dream()
    workshop.run(video_prompts)
    workshop.generator.progress = JobProgress(S.RUNNING, is_ready=False)
    if is_submitted:
        generate(workshop)
    else:
        workshop.runner().plan(limit=5, ids=None)
    workshop.take_back(report)
    workshop.generator.progress = JobProgress(S.RUNNING, is_ready=True)
    for _ in range(2):
        generate(workshop)

    assert len(workshop.generator.submitted) == is_submitted
    assert workshop.generator.downloads == 0
    assert workshop.open_jobs() == []


@pytest.mark.parametrize("is_in_the_run", [True, False])
def test_a_dream_held_back_is_made_when_it_goes_on(workshop, is_in_the_run):
    """Its comment is hidden for a while: the job waits, whatever moment that was noticed in."""
    report = workshop.granted_dream()
    workshop.run(video_prompts)
    workshop.runner().plan(limit=5, ids=None)
    (job,) = workshop.open_jobs()
    with workshop.ledger.write() as connection:
        ledger_dreams.suspend(connection, report.comment_id, reason="hidden", now=workshop.now)
    assert workshop.open_jobs() == []
    if is_in_the_run:
        with pytest.raises(TransientError, match="waits"):
            workshop.runner().finish(job)
    generate(workshop)
    assert workshop.job(job.job_id)[0] == S.PLANNED
    with workshop.ledger.write() as connection:
        ledger_dreams.resume(connection, report.comment_id, reasons=("hidden",))
    generate(workshop)
    assert workshop.job(job.job_id)[0] == S.ACCEPTED


def test_limit_and_ids_choose_the_prompts(workshop):
    """A person can make exactly one dream's clip."""
    for _ in range(2):
        workshop.granted_dream()
    workshop.run(video_prompts)
    with workshop.ledger.read() as connection:
        chosen = prompts.without_job(connection)[1].prompt_id
    generate(workshop, config={"generated_clips": {"ids": [chosen]}})

    assert len(workshop.generator.submitted) == 1
    assert prompts_of(workshop) == 1
