"""What a failed call means: stop, leave this comment to the embedded engine, or try later.

The server's own words are not repeated: they may quote the key or the comment. Codes, the
HTTP status and the request id say enough, and are what its support asks for.
"""

import openai

from dreambox_pipeline.errors import StopError
from dreambox_pipeline.text_engines.openai.answers import NoAnswer

OUT_OF_MONEY = frozenset({"insufficient_quota", "billing_hard_limit_reached"})
REFUSING = frozenset(
    {"content_policy_violation", "content_filter", "invalid_prompt", "moderation_blocked"}
)
_LONGEST_CODE = 60


def meaning_of(error: Exception, *, model: str, base_url: str) -> NoAnswer | StopError:
    """What *error* of one call means.

    Args:
        error: Anything the client raises: its own errors, and the JSON reader's for a body that
            is none.
        model: Named in the message.
        base_url: Named in the message; without a login.
    """
    if not isinstance(error, openai.APIStatusError):
        return NoAnswer.UNREACHABLE
    if error.status_code == 400 and error.code in REFUSING:
        return NoAnswer.REFUSED
    remedy = _remedy(error, model)
    if remedy is None:
        return NoAnswer.UNREACHABLE
    said = f"HTTP {error.status_code}, code {word_of(error.code)}, parameter {word_of(error.param)}"
    return StopError(
        f"Asked {model!r} at {base_url} and got {said} (request {word_of(error.request_id)}). {remedy}"
    )


def _remedy(error: openai.APIStatusError, model: str) -> str | None:
    """What a person must do; None when waiting is enough."""
    status = error.status_code
    if error.code in OUT_OF_MONEY:
        return "The account is out of quota: add credit, raise its limit, or set DREAMBOX_TEXT_ENGINE and DREAMBOX_PROMPT_WRITER to embedded."
    if status == 401:
        return "Set DREAMBOX_OPENAI_API_KEY to a key this server knows."
    if status == 403:
        return f"Let the key's project use {model!r} from here, or set DREAMBOX_OPENAI_MODEL to a model it may use."
    if status == 404:
        return "Set DREAMBOX_OPENAI_MODEL to a model of this server, and check that DREAMBOX_OPENAI_BASE_URL ends with its version."
    if status in (408, 409, 425, 429) or status >= 500:
        return None
    return (
        "The server does not take the request as we send it: choose another DREAMBOX_OPENAI_MODEL, one with structured "
        "outputs, and report this code."
    )


def word_of(said: str | None) -> str:
    """A code of the server's, short enough to hold no message."""
    return repr(str(said)[:_LONGEST_CODE]) if said else "none"


def wait_of(error: Exception) -> float | None:
    """Seconds the server asked to wait, if it did."""
    if not isinstance(error, openai.APIStatusError):
        return None
    try:
        return max(0.0, float(error.response.headers.get("retry-after", "")))
    except ValueError:
        return None
