"""Jobs at a real video server, through the ledger: paid once, kept only when right."""

import pytest
from pydantic import SecretStr

from dreambox_pipeline.defs.videos import generated_clips
from dreambox_pipeline.errors import StopError, TransientError
from dreambox_pipeline.generators.openai_videos import OpenAIVideosGenerator
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

    workshop.generator = workshop.parts["generator"] = adapter()
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
    workshop.generator = adapter("a-wrong-key")
    with pytest.raises(StopError, match="DREAMBOX_VIDEO_API_KEY"):
        workshop.runner().finish(job)
    assert workshop.job(job.job_id)[0] == S.PLANNED

    workshop.generator = adapter()
    workshop.run(generated_clips)
    assert workshop.job(job.job_id)[0] == S.SUBMITTED
