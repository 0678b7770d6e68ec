"""What the provider says about an interaction, in the words of the port.

    queued, in_progress, requires_continuation   work in progress
    completed                                    ready with a video, refused without one
    failed, incomplete, cancelled                refused when a reason says so, else failed
    budget_exceeded, requires_action             failed: a person must see to it
    anything else                                work in progress, until the deadline of whoever waits

How Google refuses a video is not documented. It is taken for a refusal when a code or its words say
so, and when a job is completed without a video and without an error; one softened try then follows.
Usage is told in tokens and the price is one per second, so there is no cost to read from an answer.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from dreambox_pipeline.generators.provider_words import (
    Clean,
    is_refusing,
    note_unknown_status,
    words_of,
)
from dreambox_pipeline.generators.refusal_signals import GEMINI_OMNI
from dreambox_pipeline.stages.videos.generation import JobProgress
from dreambox_pipeline.stages.videos.model import JobState

_WORKING = frozenset({"queued", "in_progress", "requires_continuation"})
_ENDED = frozenset({"failed", "incomplete", "cancelled"})
_FOR_A_PERSON = {
    "budget_exceeded": "The provider stopped at a spending limit. Raise it in Google AI Studio, then plan the job again.",
    "requires_action": "The provider waits for an action that a video does not need. Look at it in Google AI Studio.",
}


def progress_of(interaction: Mapping[str, Any], *, clean: Clean = str) -> JobProgress:
    """Where the job is; unknown words are `running` with the word as detail.

    Args:
        interaction: The answer as JSON; any field may be missing or of another kind.
        clean: Takes our key out of a reason.
    """
    status = str(interaction.get("status") or "").strip().lower()
    if status in _WORKING:
        return JobProgress(JobState.RUNNING)
    if status == "completed" and video_of(interaction):
        return JobProgress(JobState.RUNNING, is_ready=True, progress=1.0)
    if status == "completed":
        return _without_video(interaction, clean)
    if status in _ENDED:
        return _ended(status, interaction, clean)
    if status in _FOR_A_PERSON:
        return JobProgress(JobState.FAILED, detail=_FOR_A_PERSON[status])
    word = clean(words_of(status)) or "no status"
    note_unknown_status(word)
    detail = f"The provider says {word!r}, which is not known here; taken for work in progress."
    return JobProgress(JobState.RUNNING, detail=detail)


def video_of(interaction: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The clip's `data` or `uri`; from `output_video`, or the newest video the model put out."""
    contents = [interaction.get("output_video"), *_outputs(interaction, "video")]
    for content in contents:
        # Data without a byte is a clip that was handed over empty, which the download will say.
        if isinstance(content, Mapping) and (
            isinstance(content.get("data"), str) or _text(content, "uri")
        ):
            return content
    return None


def is_refusal(code: object, message: str) -> bool:
    """A "no" to the content; a code may be a URI that ends in its name."""
    name = str(code or "").rstrip("/").rpartition("/")[2].lower()
    return name in GEMINI_OMNI or is_refusing(message)


def _without_video(interaction: Mapping[str, Any], clean: Clean) -> JobProgress:
    errors = list(_errors(interaction))
    said = clean(words_of(" ".join(_spoken(interaction))))
    if not errors:
        detail = f"Completed without a video{': ' + said if said else ', and without a reason'}."
        return JobProgress(JobState.REFUSED, detail=detail)
    return _ended("completed without a video", interaction, clean)


def _ended(status: str, interaction: Mapping[str, Any], clean: Clean) -> JobProgress:
    errors = list(_errors(interaction))
    refused = any(is_refusal(code, message) for code, message in errors)
    reasons = [f"{message} ({code})" if code else message for code, message in errors]
    detail = words_of("; ".join(reasons) or f"status {status}, without a reason")
    return JobProgress(JobState.REFUSED if refused else JobState.FAILED, detail=clean(detail))


def _errors(interaction: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Code and message of everything that went wrong: at the job, and at the model's last step."""
    listed = interaction.get("errors")
    steps = [step.get("error") for step in _model_steps(interaction)]
    for error in [*(listed if isinstance(listed, list) else []), *steps]:
        if isinstance(error, Mapping):
            yield words_of(error.get("code")), words_of(error.get("message"))


def _spoken(interaction: Mapping[str, Any]) -> Iterator[str]:
    """What the model said in words instead."""
    yield _text(interaction, "output_text")
    for content in _outputs(interaction, "text"):
        yield _text(content, "text")


def _outputs(interaction: Mapping[str, Any], kind: str) -> Iterator[Mapping[str, Any]]:
    for step in _model_steps(interaction):
        contents = step.get("content")
        for content in reversed(contents) if isinstance(contents, list) else ():
            if isinstance(content, Mapping) and content.get("type") == kind:
                yield content


def _model_steps(interaction: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What the model put out, newest first, and nothing from before our own words."""
    steps = interaction.get("steps")
    for step in reversed(steps) if isinstance(steps, list) else ():
        if not isinstance(step, Mapping):
            continue
        if step.get("type") == "user_input":
            return
        if step.get("type") == "model_output":
            yield step


def _text(content: Mapping[str, Any], name: str) -> str:
    value = content.get(name)
    return value if isinstance(value, str) else ""
