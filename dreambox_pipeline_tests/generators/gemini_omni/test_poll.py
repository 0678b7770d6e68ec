"""Polling: what the provider says about a job, and what it means when it says nothing."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dreambox_pipeline.errors import ItemError, StopError, TransientError
from dreambox_pipeline.generators.gemini_omni.statuses import progress_of
from dreambox_pipeline.stages.videos.generation import JobProgress
from dreambox_pipeline.stages.videos.model import JobState
from dreambox_pipeline_tests.generators.gemini_omni.conftest import GeminiScripted, google
from dreambox_pipeline_tests.generators.scripted import SECRET, Answer

S = JobState
VIDEO = {"type": "video", "uri": "https://files.example/1", "mime_type": "video/mp4"}
SCALARS = st.none() | st.booleans() | st.integers() | st.text("ab \n\u202e", max_size=9)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.fixed_dictionaries(
            {}, optional=dict.fromkeys(("type", "content", "error", "code", "message"), inner)
        )
    ),
    max_leaves=8,
)


@pytest.mark.parametrize("status", ["queued", "in_progress", "requires_continuation"])
def test_waiting_and_working_are_running(status: str) -> None:
    """A background job is continued by the provider itself."""
    assert progress_of({"status": status}) == JobProgress(S.RUNNING)


@pytest.mark.parametrize(
    "where",
    [
        {"output_video": VIDEO},
        {"output_video": {"data": "AAAA"}},
        {"steps": [{"type": "model_output", "content": [VIDEO]}]},
        {"steps": [{"type": "user_input"}, {"type": "thought"}, {"type": "model_output", "content": [VIDEO]}]},
    ],
)  # fmt: skip
def test_completed_with_a_video_is_ready(where: dict[str, Any]) -> None:
    """Wherever it stands; the client package looks in the same two places."""
    assert progress_of({"status": "completed", **where}).is_ready


@pytest.mark.parametrize(
    "without",
    [
        {},
        {"steps": None, "errors": []},
        {"output_video": {"mime_type": "video/mp4"}},
        {"steps": [{"type": "user_input", "content": [VIDEO]}]},
        {"steps": [{"type": "model_output", "content": [{"type": "text", "text": "I won't."}]}]},
    ],
)
def test_completed_without_a_video_is_a_refusal(without: dict[str, Any]) -> None:
    """A picture or clip of our own among the inputs is none of the model's."""
    progress = progress_of({"status": "completed", **without})
    assert progress.state is S.REFUSED
    assert ("I won't." in (progress.detail or "")) == ("I won't." in str(without))


@pytest.mark.parametrize("status", ["failed", "incomplete", "cancelled", "completed"])
def test_an_error_tells_a_refusal_from_a_failure(status: str) -> None:
    """A softened prompt helps against the one and not against the other."""
    safety = {"code": "https://ai.google.dev/errors/video_safety", "message": "no"}
    words = {"message": "It violates our content policies."}
    broken = {"code": "internal", "message": "a machine broke"}
    for error in (safety, words):
        assert progress_of({"status": status, "errors": [broken, error]}).state is S.REFUSED
        step = {"type": "model_output", "error": error}
        assert progress_of({"status": status, "steps": [step]}).state is S.REFUSED
    failed = progress_of({"status": status, "errors": [broken]})
    assert (failed.state, failed.detail) == (S.FAILED, "a machine broke (internal)")


@pytest.mark.parametrize("status", ["failed", "incomplete", "cancelled"])
def test_a_failure_without_a_reason_says_so(status: str) -> None:
    """With the provider's word for it."""
    progress = progress_of({"status": status})
    assert progress.state is S.FAILED
    assert status in (progress.detail or "")


@pytest.mark.parametrize(
    ("status", "said"), [("budget_exceeded", "spending limit"), ("requires_action", "AI Studio")]
)
def test_what_needs_a_person_ends_the_job_with_what_to_do(status: str, said: str) -> None:
    """Nothing here can answer a question or raise a limit."""
    progress = progress_of({"status": status})
    assert progress.state is S.FAILED
    assert said in (progress.detail or "")


def test_an_unknown_word_is_work_in_progress_with_the_word_as_detail() -> None:
    """Never an end, never a crash: a deadline ends it."""
    progress = progress_of({"status": "Dreaming\u202e\n"})
    assert (progress.state, progress.is_ready) == (S.RUNNING, False)
    assert "'dreaming'" in (progress.detail or "")


@settings(max_examples=150)
@given(
    st.fixed_dictionaries(
        {"status": SCALARS | st.sampled_from(["completed", "failed"])},
        optional={"errors": JSON, "steps": JSON, "output_video": JSON, "output_text": JSON},
    )
)
def test_no_answer_however_odd_breaks_the_reading(interaction: dict[str, Any]) -> None:
    """Fields may be missing or of another kind."""
    assert len(progress_of(interaction).detail or "") < 800


@pytest.mark.parametrize(
    "answer", [google(404, "NOT_FOUND"), google(400, "INVALID_ARGUMENT", message="bad id")]
)
def test_an_id_the_provider_does_not_know_is_lost(scripted: GeminiScripted, answer: Answer) -> None:
    """An id is all such a request says, so what is invalid is the id."""
    scripted.answers = [answer]
    assert scripted.generator().poll("job_1").state is S.LOST


@pytest.mark.parametrize(
    "answer",
    [
        Answer(404, b"<html>Not Found</html>", {"content-type": "text/html"}),
        Answer(404, {"detail": "Not Found"}),
        google(400, "INVALID_ARGUMENT", message=SECRET, reason="API_KEY_INVALID"),
        google(403, "PERMISSION_DENIED"),
    ],
)
def test_a_wrong_address_or_key_is_not_a_lost_job(scripted: GeminiScripted, answer: Answer) -> None:
    """A lost job may be made again and paid again."""
    scripted.answers = [answer]
    with pytest.raises(StopError, match="DREAMBOX_GEMINI") as caught:
        scripted.generator().poll("v1_abc")
    assert SECRET not in str(caught.value)


def test_other_answers_say_who_must_act(scripted: GeminiScripted) -> None:
    """An odd job is only its own matter; a conflict passes."""
    scripted.answers = [google(422, "INVALID_ARGUMENT"), google(409, "ABORTED")]
    with pytest.raises(ItemError):
        scripted.generator().poll("v1_abc")
    with pytest.raises(TransientError):
        scripted.generator().poll("v1_abc")


@pytest.mark.parametrize("job_id", ["../models", "a/b", "a?b=c", "💧"])
def test_an_odd_id_stays_one_part_of_the_path(scripted: GeminiScripted, job_id: str) -> None:
    """The client package leaves a slash as it is, which would be another address."""
    scripted.answers = [Answer(200, {"status": "queued"})]
    assert scripted.generator().poll(job_id).state is S.RUNNING
    path, _, query = scripted.asked[0].path.partition("?")
    assert path.count("/") == 3
    assert query == "stream=false"


def test_a_look_starts_nothing_and_needs_no_job(scripted: GeminiScripted) -> None:
    """`dreambox doctor` asks for a job nobody has; that it is unknown is a good answer."""
    scripted.answers = [google(404, "NOT_FOUND")]
    scripted.generator().look()
    assert [asked.method for asked in scripted.asked] == ["GET"]
    scripted.answers = [google(400, "INVALID_ARGUMENT", reason="API_KEY_INVALID")]
    with pytest.raises(StopError, match="DREAMBOX_GEMINI_API_KEY"):
        scripted.generator().look()
    scripted.answers = [Answer(503, b"")]
    with pytest.raises(TransientError):
        scripted.generator().look()
