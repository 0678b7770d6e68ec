"""What a server says about a job, in the words of the port.

Every server has words of its own for the same four things, and may leave out any field but the
status. A word nobody knows is work in progress: a job ends by a word that is known, or by the
deadline of whoever waits.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import structlog

from dreambox_pipeline.generators.openai_videos.faults import Clean, is_refusal, words_of
from dreambox_pipeline.stages.videos.generation import JobProgress
from dreambox_pipeline.stages.videos.model import JobState

_WAITING = frozenset({"queued", "pending", "submitted", "accepted", "created"})
_WORKING = frozenset({"in_progress", "processing", "running", "generating"})
_DONE = frozenset({"completed", "succeeded", "success", "done"})
_GONE = frozenset({"deleted", "expired"})
_ENDED = frozenset({"failed", "error", "cancelled", "canceled", "rejected"})

_log = structlog.get_logger(__name__)


def progress_of(job: Mapping[str, Any], *, clean: Clean = str) -> JobProgress:
    """Where *job* is; unknown words are `running` with the word as detail.

    Args:
        job: The job as JSON; any field may be missing or of another kind.
        clean: Takes our key out of a reason.
    """
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
    _note(word)
    detail = f"The provider says {word!r}, which is not known here; taken for work in progress."
    return JobProgress(JobState.RUNNING, progress=share, detail=detail)


@lru_cache(maxsize=64)
def _note(word: str) -> None:
    """Once for each word, however often the job is looked at."""
    _log.warning("unknown_video_status", status=word)


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
