"""Every server's words for a job, in the port's."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.generators.openai_videos.statuses import progress_of
from dreambox_pipeline.stages.videos.generation import JobProgress
from dreambox_pipeline.stages.videos.model import JobState

S = JobState
WORDS = st.text("ab \n\u202e", max_size=20)
SCALARS = st.none() | st.booleans() | st.floats() | st.integers() | st.just(10**400) | WORDS
ERRORS = st.fixed_dictionaries({}, optional={"code": SCALARS, "message": SCALARS})
JSON = SCALARS | st.lists(SCALARS, max_size=2) | ERRORS


@pytest.mark.parametrize("status", ["queued", "pending", "in_progress", "processing", "RUNNING"])
def test_waiting_and_working_are_running(status: str) -> None:
    """LiteLLM says `processing` for Veo, which the client's own waiting takes for the end."""
    job = {"status": status, "progress": 40}
    assert progress_of(job) == JobProgress(S.RUNNING, progress=0.4)


@pytest.mark.parametrize("status", ["completed", "succeeded", "done"])
def test_done_is_ready(status: str) -> None:
    """Whatever else is missing."""
    assert progress_of({"status": status}).is_ready


def test_an_unknown_word_is_work_in_progress_with_the_word_as_detail() -> None:
    """Never an end, never a crash: a deadline ends it."""
    progress = progress_of({"status": "dreaming\u202e\n"})
    assert (progress.state, progress.is_ready) == (S.RUNNING, False)
    assert "'dreaming'" in (progress.detail or "")


@pytest.mark.parametrize(
    "error",
    [
        {"code": "moderation_blocked", "message": "No."},
        {"code": 500, "message": "Your request was blocked by our moderation system."},
        {"message": "Output removed by the safety checker (NSFW)"},
        "violates our usage policy",
    ],
)
def test_a_refusal_is_known_by_its_code_or_its_words(error: Any) -> None:
    """SGLang sends no code at all, vLLM-Omni a number; the reason is kept."""
    progress = progress_of({"status": "failed", "error": error})
    assert progress.state is S.REFUSED
    words = error if isinstance(error, str) else error["message"]
    assert words in (progress.detail or "")


@pytest.mark.parametrize("status", ["failed", "cancelled", "error"])
def test_a_failure_without_a_reason_says_so(status: str) -> None:
    """`error` may be missing, and so may its code."""
    for error in (None, {}, {"code": None}):
        progress = progress_of({"status": status, "error": error})
        assert progress.state is S.FAILED
        assert status in (progress.detail or "")


@pytest.mark.parametrize("status", ["deleted", "expired"])
def test_what_the_server_has_thrown_away_is_lost(status: str) -> None:
    """It may be made again by a person."""
    assert progress_of({"status": status}).state is S.LOST


@settings(max_examples=150)
@given(
    st.fixed_dictionaries(
        {}, optional={"status": JSON | st.just("failed"), "error": JSON, "progress": JSON}
    )
)
def test_no_job_however_odd_breaks_the_reading(job: dict[str, Any]) -> None:
    """Servers leave fields out and put other kinds in."""
    progress = progress_of(job)
    assert progress.progress is None or 0 <= progress.progress <= 1
    assert len(progress.detail or "") < 800
