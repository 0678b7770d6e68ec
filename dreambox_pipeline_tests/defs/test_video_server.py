"""Jobs at a real video server, through the ledger: paid once, kept only when right."""

import signal
import subprocess
import sys
from datetime import timedelta

import pytest
from pydantic import SecretStr

from dreambox_pipeline.defs.clips import generated_clips
from dreambox_pipeline.errors import StopError, TransientError
from dreambox_pipeline.generators.openai_videos import OpenAIVideosGenerator
from dreambox_pipeline.stages.videos.generation import NotSubmittedError
from dreambox_pipeline.stages.videos.model import JobState
from dreambox_pipeline_tests.contracts.video_benches import SIZE
from dreambox_pipeline_tests.sandbox.conftest import HTTP

S = JobState
SWITCHES = {"video_flavour": "openai", "video_content": "normal", "video_status": ""}


@pytest.fixture
def at_server(workshop):
    """The workshop, with the sandbox's own video server instead of the ready-made files."""

    def adapter(key: str = "") -> OpenAIVideosGenerator:
        return OpenAIVideosGenerator(
            workshop.sandbox.info["openai_base_url"],
            api_key=SecretStr(key or workshop.sandbox.info["api_key"]),
            model="wan",
            price_microusd_per_second=50_000,
            size=SIZE,
        )

    workshop.use(adapter())
    yield workshop, adapter
    for name, value in SWITCHES.items():
        workshop.sandbox.sandbox.set_switch(name, value)


def jobs_at(workshop) -> int:
    return len(workshop.sandbox.world.state.all("video_job"))


def test_a_clip_is_made_in_two_runs_and_paid_once(at_server):
    """Submitted by the first, fetched by the second, counted with the operator's price."""
    workshop, _ = at_server
    before = jobs_at(workshop)
    job = workshop.clip_job()
    workshop.run(generated_clips)
    assert workshop.job(job.job_id)[0] == S.SUBMITTED
    workshop.sandbox.advance(600)
    for _ in range(2):
        workshop.run(generated_clips)
    assert workshop.job(job.job_id) == (S.ACCEPTED, 150_000, None)
    assert jobs_at(workshop) - before == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [("html", "HTML"), ("truncated", "cut off"), ("landscape", "not upright"), ("long", "30.0 s")],
)
def test_a_clip_that_is_not_what_was_asked_for_is_not_kept(at_server, content, said):
    """Its row says what came and what it cost; a later run neither fetches nor pays again."""
    workshop, _ = at_server
    job = workshop.clip_job()
    workshop.run(generated_clips)
    workshop.sandbox.sandbox.set_switch("video_content", content)
    workshop.sandbox.advance(600)
    for _ in range(2):
        workshop.run(generated_clips)
    state, cost, error = workshop.job(job.job_id)
    assert (state, cost) == (S.FAILED, 150_000)
    assert said in error
    assert not any(path.is_file() for path in workshop.settings.media_dir.rglob("*.mp4"))


def test_a_submit_whose_answer_is_lost_is_not_sent_again(at_server):
    """The server has a job under an id we never saw; a person is told to look there first."""
    workshop, _ = at_server
    job = workshop.clip_job()
    before = jobs_at(workshop)
    fault = {"kind": "timeout_after", "path_prefix": "/v1/videos", "delay_s": 0}
    HTTP.post(f"{workshop.sandbox.info['control_url']}/faults", json=fault).raise_for_status()
    with pytest.raises(TransientError, match="may have been started"):
        workshop.runner().finish(job)
    assert workshop.job(job.job_id)[0] == S.UNKNOWN
    for _ in range(2):
        workshop.run(generated_clips)
    assert workshop.job(job.job_id)[0] == S.LOST
    assert "look at the provider" in workshop.failures()["clips", job.job_id]
    assert jobs_at(workshop) - before == 1


def test_a_wrong_key_stops_the_run_and_a_right_one_goes_on(at_server):
    """No job was started by the wrong one, so nothing has to be settled by a person."""
    workshop, adapter = at_server
    job = workshop.clip_job()
    workshop.use(adapter("a-wrong-key"))
    with pytest.raises(StopError, match="DREAMBOX_VIDEO_API_KEY"):
        workshop.runner().finish(job)
    assert workshop.job(job.job_id)[0] == S.PLANNED

    workshop.use(adapter())
    workshop.run(generated_clips)
    assert workshop.job(job.job_id)[0] == S.PLANNED, "left alone for a while"
    workshop.sandbox.advance(600)
    workshop.run(generated_clips)
    assert workshop.job(job.job_id)[0] == S.SUBMITTED


def work_on(workshop, job_id: str, moment: str) -> int:
    """Another process takes the job on; the signal that ended it, or 0."""
    info = workshop.sandbox.info
    name = "dreambox_pipeline_tests.defs.killed_generation"
    command = [sys.executable, "-m", name, str(workshop.settings.var_dir), info["clock_url"]]
    command += [info["openai_base_url"], info["api_key"], job_id, moment]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode in (0, -signal.SIGKILL), done.stderr
    return -done.returncode


@pytest.mark.parametrize(
    ("moment", "state", "jobs_made", "booked"),
    [
        ("before_submit", S.LOST, 0, ("reserved", 150_000, None)),
        ("after_submit", S.LOST, 1, ("reserved", 150_000, None)),
        ("before_download", S.ACCEPTED, 1, ("settled", 150_000, 150_000)),
    ],
)
def test_a_killed_worker_never_leads_to_a_second_submit(
    at_server, moment, state, jobs_made, booked
):
    """SIGKILL around the request, over real HTTP: found again, or left to a person; never paid twice."""
    workshop, _ = at_server
    job = workshop.clip_job()
    before = jobs_at(workshop)
    if moment == "before_download":
        assert work_on(workshop, job.job_id, "never") == 0
        workshop.sandbox.advance(600)
    assert work_on(workshop, job.job_id, moment) == signal.SIGKILL
    if moment != "before_download":
        assert workshop.job(job.job_id)[0] == S.UNKNOWN
        assert workshop.bookings() == [("reserved", 150_000, None)], "held while nobody knows"
    for _ in range(3):
        workshop.run(generated_clips)
        workshop.sandbox.advance(600)
    assert jobs_at(workshop) - before == jobs_made
    assert workshop.job(job.job_id)[0] == state
    assert workshop.bookings() == [booked]
    if state == S.LOST:
        assert "look at the provider" in workshop.failures()["clips", job.job_id]


def fault(workshop, **values) -> None:
    body = {"path_prefix": "/v1/videos", "delay_s": 0} | values
    url = f"{workshop.sandbox.info['control_url']}/faults"
    HTTP.post(url, json=body).raise_for_status()


@pytest.mark.parametrize("kind", ["http_429", "http_429_bare", "http_500"])
def test_trouble_while_asking_about_a_job_is_waited_out(at_server, kind):
    """The job is at the server and paid for: no failure, no second submit, asked again later."""
    workshop, _ = at_server
    job = workshop.clip_job()
    before = jobs_at(workshop)
    workshop.run(generated_clips)
    fault(workshop, kind=kind, times=1)
    workshop.run(generated_clips)
    (waiting,) = workshop.open_jobs()
    assert waiting.state is S.SUBMITTED
    assert waiting.poll_after > workshop.now - timedelta(seconds=60)
    assert workshop.failures() == {}
    workshop.sandbox.advance(600)
    workshop.run(generated_clips)
    assert workshop.job(job.job_id)[0] == S.ACCEPTED
    assert jobs_at(workshop) - before == 1


def test_an_unknown_status_word_is_work_in_progress_until_the_deadline(at_server):
    """`pondering` may be this server's word for anything; after a day it is given up with that word."""
    workshop, _ = at_server
    job = workshop.clip_job()
    workshop.sandbox.sandbox.set_switch("video_status", "pondering")
    workshop.run(generated_clips)
    (waiting,) = workshop.open_jobs()
    assert "pondering" in (waiting.error or "")
    workshop.sandbox.advance(25 * 3600)
    for _ in range(3):
        workshop.run(generated_clips)
    state, _, error = workshop.job(job.job_id)
    assert state == S.FAILED
    assert "pondering" in error
    assert "24 hours" in error
    assert workshop.bookings() == [("settled", 150_000, None)], "it may have been charged"


@pytest.mark.parametrize("kind", ["http_429", "http_429_bare"])
def test_a_submit_that_is_one_too_many_is_made_later(at_server, kind):
    """With a time to wait or without one: the job is planned as before, and nothing is held for it."""
    workshop, _ = at_server
    job = workshop.clip_job()
    before = jobs_at(workshop)
    fault(workshop, kind=kind, times=1)
    with pytest.raises(NotSubmittedError):
        workshop.runner().finish(job)
    (waiting,) = workshop.open_jobs()
    assert (waiting.state, waiting.polls) == (S.PLANNED, 1)
    assert waiting.poll_after == workshop.now + timedelta(seconds=10)
    assert workshop.bookings() == [("released", 150_000, None)]
    workshop.run(generated_clips)
    assert workshop.job(job.job_id)[0] == S.SUBMITTED
    assert jobs_at(workshop) - before == 1
