"""A provider's own words: how much of them may be repeated, and which of them are a "no"."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

import structlog

from dreambox_pipeline.errors import TransientError

_REFUSING_WORDS = re.compile(
    r"moderation|content[ _-]?(policy|filter)|safety (system|filter|setting|checker|policy|reason)|guardrail|"
    r"nsfw|prohibited (content|use)|responsible ai|violates? .{0,40}(policy|policies|guideline)",
    re.IGNORECASE,
)
_LONGEST_WORDS = 300
_CONTROLS = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2066-\u2069]+")

Clean = Callable[[str], str]
"""Takes our key out of a text, whatever a server may have put where."""

_log = structlog.get_logger(__name__)


def words_of(said: object) -> str:
    """A server's words on one line and of bearable length."""
    text = _CONTROLS.sub(" ", str(said or "")).strip()
    return text if len(text) <= _LONGEST_WORDS else f"{text[:_LONGEST_WORDS]}…"


def ended(words: str) -> str:
    """*words* as a sentence."""
    return words if words.endswith((".", "!", "?")) else f"{words}."


def is_refusing(message: str) -> bool:
    """*message* is a "no" to what a prompt shows, by its words; codes are each provider's own."""
    return bool(_REFUSING_WORDS.search(message))


def job_id_in(answer: Mapping[str, object], *, job_id: str, address: str) -> str:
    """The provider's id in its answer to the submit of *job_id*.

    Raises:
        TransientError: There is none. The job may exist all the same.
    """
    provider_job_id = answer.get("id")
    if not isinstance(provider_job_id, str) or not provider_job_id:
        raise TransientError(
            f"Submitted {job_id} to {address} and the answer has no id. A job may have been "
            "started; it is not sent again."
        )
    return provider_job_id


def seconds_in(header: str | None) -> float | None:
    """The seconds a Retry-After header names; None without one, and for a date."""
    try:
        return max(0.0, float(header or ""))
    except ValueError:
        return None


@lru_cache(maxsize=64)
def note_unknown_status(word: str) -> None:
    """Log a status word nobody knows, once for each word however often a job is looked at."""
    _log.warning("unknown_video_status", status=word)
