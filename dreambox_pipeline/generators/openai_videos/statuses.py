"""What a server says about a job, in the words of the port.

Every server has words of its own for the same four things, and may leave out any field but the
status. A word nobody knows is work in progress: a job ends by a word that is known, or by the
deadline of whoever waits.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dreambox_pipeline.generators.openai_videos.faults import is_refusal
from dreambox_pipeline.generators.openai_videos.server import WAIT
from dreambox_pipeline.generators.provider_words import Clean, note_unknown_status, words_of
from dreambox_pipeline.stages.videos.generation import JobProgress
from dreambox_pipeline.stages.videos.model import JobState

_WAITING = frozenset({"queued", "pending", "submitted", "accepted", "created"})
_WORKING = frozenset({"in_progress", "processing", "running", "generating"})
_DONE = frozenset({"completed", "succeeded", "success", "done"})
_GONE = frozenset({"deleted", "expired"})
_MOST_USD = 1_000
_ENDED = frozenset({"failed", "error", "cancelled", "canceled", "rejected"})


def progress_of(job: Mapping[str, Any], *, clean: Clean = str) -> JobProgress:
    """Where *job* is; unknown words are `running` with the word as detail.

    Args:
        job: The job as JSON; any field may be missing or of another kind.
        clean: Takes our key out of a reason.
    """
    told = _state_of(job, clean)
    return replace(told, cost_microusd=_cost(job.get("usage")), retry_after_s=_wait(job))


def _state_of(job: Mapping[str, Any], clean: Clean) -> JobProgress:
    status = str(job.get("status") or "").strip().lower()
    if status in _DONE:
        return JobProgress(JobState.RUNNING, is_ready=True, progress=1.0)
    if status in _GONE:
        detail = f"The provider says the job is {status}."
        return JobProgress(JobState.LOST, detail=detail)
    if status in _ENDED:
        return _ended(status, job.get("error"), clean)
    share = _share(job.get("progress"))
    if status in _WAITING | _WORKING:
        return JobProgress(JobState.RUNNING, progress=share)
    word = clean(words_of(status)) or "no status"
    note_unknown_status(word)
    detail = f"The provider says {word!r}, which is not known here; taken for work in progress."
    return JobProgress(JobState.RUNNING, progress=share, detail=detail)


def _ended(status: str, error: Any, clean: Clean) -> JobProgress:
    code = error.get("code") if isinstance(error, Mapping) else None
    message = error.get("message") if isinstance(error, Mapping) else error
    reason = words_of(message)
    known = reason or f"status {status}, without a reason"
    detail = clean(f"{known} ({words_of(code)})" if code is not None else known)
    refused = status == "rejected" or is_refusal(code, reason)
    return JobProgress(JobState.REFUSED if refused else JobState.FAILED, detail=detail)


def _share(percent: Any) -> float | None:
    if isinstance(percent, bool) or not isinstance(percent, int | float):
        return None
    return min(100, max(0, percent)) / 100


def _cost(usage: Any) -> int | None:
    """What the job cost, in millionths of a US dollar; gateways such as OpenRouter say `usage.cost`."""
    cost = usage.get("cost") if isinstance(usage, Mapping) else None
    if isinstance(cost, bool) or not isinstance(cost, int | float):
        return None
    # What no clip costs is a mistake of theirs, and NaN is no number; the estimate stands then.
    return round(cost * 1_000_000) if 0 <= cost <= _MOST_USD else None


def _wait(job: Mapping[str, Any]) -> float | None:
    seconds = job.get(WAIT)
    return seconds if isinstance(seconds, float) else None
