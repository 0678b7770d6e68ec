"""Jobs at Google's API, as the sandbox plays it, through the ledger; and a webhook that hurries one."""

import base64
import hashlib
import hmac
import json

import httpx
import pytest
from pydantic import SecretStr

from dreambox_pipeline.defs.clips import generated_clips
from dreambox_pipeline.desk.testing import running_desk
from dreambox_pipeline.desk.video_webhooks import PATH
from dreambox_pipeline.generators.gemini_omni import GeminiOmniGenerator
from dreambox_pipeline.stages.videos.model import JobState
from dreambox_pipeline.storage.ledger import jobs

KEY = b"a signing key"


@pytest.fixture
def at_google(workshop):
    """The workshop with Gemini Omni as its generator."""
    workshop.use(
        GeminiOmniGenerator(
            workshop.sandbox.info["gemini_base_url"],
            api_key=SecretStr(workshop.sandbox.info["api_key"]),
            model="gemini-omni-1.2-flash",
            price_microusd_per_second=70_000,
            resolution="360p",
        )
    )
    yield workshop
    workshop.sandbox.sandbox.set_switch("video_status", "")


def test_a_clip_is_made_in_two_runs_and_paid_once(at_google):
    """Submitted by the first, fetched by the second, counted with the operator's price."""
    before = len(at_google.sandbox.world.state.all("interaction"))
    job = at_google.clip_job()
    at_google.run(generated_clips)
    assert at_google.job(job.job_id)[0] == JobState.SUBMITTED
    at_google.sandbox.advance(600)
    for _ in range(2):
        at_google.run(generated_clips)
    assert at_google.job(job.job_id) == (JobState.ACCEPTED, 3 * 70_000, None)
    assert len(at_google.sandbox.world.state.all("interaction")) - before == 1


def test_a_signed_word_lets_the_next_run_look_at_once(at_google):
    """Without it the job waits for its turn; the look, and not the word, says that it is ready."""
    job = at_google.clip_job()
    at_google.sandbox.sandbox.set_switch("video_status", "in_progress")
    at_google.run(generated_clips)
    assert at_google.failures() == {}
    clock = at_google.parts["clock"]
    with at_google.ledger.read() as connection:
        row = jobs.get(connection, job.job_id)
        assert (row.state, row.error) == (JobState.SUBMITTED, None)
        assert row.poll_after > clock()
        assert jobs.open_jobs(connection, due_at=clock()) == []

    raw = json.dumps({"type": "video.generated", "data": {"id": row.provider_job_id}}).encode()
    moment = str(int(clock().timestamp()))
    signed = hmac.new(KEY, f"msg_1.{moment}.".encode() + raw, hashlib.sha256).digest()
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": moment,
        "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
    }
    secret = SecretStr(f"whsec_{base64.b64encode(KEY).decode()}")
    parts = {name: at_google.parts[name] for name in ("ledger", "media", "keyring", "clock")}
    with running_desk(**parts, video_webhook_secret=secret) as address:
        answered = httpx.post(address + PATH, content=raw, headers=headers, trust_env=False)
    assert answered.status_code == 200
    with at_google.ledger.read() as connection:
        (due,) = jobs.open_jobs(connection, due_at=clock())
    assert due.job_id == job.job_id
