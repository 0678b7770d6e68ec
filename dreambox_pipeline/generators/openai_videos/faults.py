"""What a failed call means, and how much of a server's own words may be repeated.

The hard question is always whether a job was started. A call that was turned away with a reason
started none; one that broke off, or came back as HTTP 5xx, may have, and is never sent again.
"""

from typing import Any

import httpx2
import openai

from dreambox_pipeline.errors import DreamBoxError, ItemError, StopError, TransientError
from dreambox_pipeline.generators.provider_words import (
    Clean,
    ended,
    is_refusing,
    seconds_in,
    words_of,
)
from dreambox_pipeline.generators.refusal_signals import OPENAI_VIDEOS
from dreambox_pipeline.stages.videos.generation import NotSubmittedError, RefusedError

_OUT_OF_MONEY = frozenset(
    {"insufficient_quota", "billing_hard_limit_reached", "budget_exceeded", "insufficient_credits"}
)
_WRONG_ADDRESS = (
    "Set DREAMBOX_VIDEO_BASE_URL to a server with /videos, with its version (/v1), and "
    "DREAMBOX_VIDEO_MODEL to a model of it."
)
_REMEDIES = {
    401: "Set DREAMBOX_VIDEO_API_KEY to a key this server knows.",
    402: "The account is out of money: add credit, or set DREAMBOX_GENERATOR to synthetic.",
    403: "Let the key use this model, or set DREAMBOX_VIDEO_MODEL to one it may use.",
    404: _WRONG_ADDRESS,
    405: _WRONG_ADDRESS,
    409: "vLLM-Omni with several API processes answers so: start it with --api-server-count 1.",
}
_PARAM_REMEDIES = {
    "model": "Set DREAMBOX_VIDEO_MODEL to a model of this server.",
    "seconds": "Set DREAMBOX_CLIP_SECONDS to a length this server makes.",
    "size": "Set DREAMBOX_VIDEO_MODEL to a model that makes upright clips of 720x1280.",
}
_NEVER_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)


def is_refusal(code: object, message: str) -> bool:
    """A "no" to the content of the prompt, which no second attempt changes."""
    return str(code).lower() in OPENAI_VIDEOS or is_refusing(message)


def reason_of(error: openai.APIStatusError) -> tuple[str | None, str]:
    """Code and message of an error answer; FastAPI servers put theirs under `detail`."""
    body = error.body
    if isinstance(body, dict):
        said = body.get("message") or body.get("detail") or body.get("error")
        code = body.get("code")
        return (str(code) if code is not None else None), words_of(said)
    if isinstance(body, str) and error.response.headers.get("content-type", "").endswith("json"):
        return None, words_of(body)
    kind = error.response.headers.get("content-type", "").partition(";")[0]
    return None, f"an answer of the type {kind or 'unknown'}"


def wait_of(error: openai.APIStatusError) -> float | None:
    """Seconds the server asked to wait, if it did."""
    return seconds_in(error.response.headers.get("retry-after"))


def submit_fault(error: Exception, *, tried: str, clean: Clean) -> DreamBoxError:
    """What a failed `POST /videos` means.

    Args:
        error: Anything the client raises.
        tried: The beginning of the message: what was sent where.
        clean: Takes our key out.
    """
    if not isinstance(error, openai.APIStatusError):
        return _unanswered(error, tried)
    code, message = reason_of(error)
    said = clean(f"{tried} and got HTTP {error.status_code}: {ended(message or 'no reason')}")
    if is_refusal(code, message) and 400 <= error.status_code < 500:
        return RefusedError(f"{said} The provider refuses this prompt; no job was started.")
    if error.status_code == 429 and code not in _OUT_OF_MONEY:
        return NotSubmittedError(
            f"{said} No job was started; a later run sends it again.", retry_after_s=wait_of(error)
        )
    if error.status_code >= 500 or error.status_code == 408:
        return TransientError(
            f"{said} A job may have been started; it is not sent again.",
            retry_after_s=wait_of(error),
        )
    remedy = _remedy(error.status_code, code, _param(error.body))
    if remedy:
        return StopError(f"{said} {remedy}")
    return ItemError(f"{said} No job was started. Correct the prompt, or report it if others pass.")


def call_fault(
    error: Exception, *, tried: str, clean: Clean, retry: str = "The next run asks again."
) -> DreamBoxError:
    """What a failed GET means; the same call may always be made again.

    Args:
        error: Anything the client raises.
        tried: The beginning of the message.
        clean: Takes our key out.
        retry: What happens next when waiting is enough.
    """
    if not isinstance(error, openai.APIStatusError):
        return TransientError(f"{tried} and got no answer ({type(error).__name__}). {retry}")
    code, message = reason_of(error)
    said = clean(f"{tried} and got HTTP {error.status_code}: {ended(message or 'no reason')}")
    if error.status_code in (401, 402, 403) or code in _OUT_OF_MONEY:
        return StopError(f"{said} {_remedy(error.status_code, code, None)}")
    if error.status_code in (408, 409, 425, 429) or error.status_code >= 500:
        return TransientError(f"{said} {retry}", retry_after_s=wait_of(error))
    return ItemError(f"{said} Look at the job at the provider; plan it again if it is gone.")


def is_job_unknown(error: openai.NotFoundError) -> bool:
    """The server knows no such job; False when it is the address that is not known.

    A wrong address must not look like a lost job, which would be made and paid a second time.
    """
    body = error.body
    if not isinstance(body, dict) or body.get("code") == "unknown_url":
        return False
    # FastAPI's own answer for a path without a route.
    return body.get("detail") != "Not Found"


def _unanswered(error: Exception, tried: str) -> TransientError:
    if isinstance(error.__cause__, _NEVER_SENT):
        return NotSubmittedError(
            f"{tried} and nobody answered ({type(error.__cause__).__name__}). Nothing was sent. "
            "Check DREAMBOX_VIDEO_BASE_URL and that the server runs; a later run sends it again."
        )
    return TransientError(
        f"{tried} and no answer came that can be read ({type(error).__name__}). A job may have been started; "
        "it is not sent again."
    )


def _remedy(status: int, code: str | None, param: str | None) -> str | None:
    """What a person must do; None when it is about this one prompt."""
    if code in _OUT_OF_MONEY:
        return _REMEDIES[402]
    return _REMEDIES.get(status) or _PARAM_REMEDIES.get(param or "")


def _param(body: Any) -> str | None:
    if not isinstance(body, dict):
        return None
    detail = body.get("detail")
    if isinstance(detail, list) and detail and isinstance(detail[0], dict):
        # FastAPI says where: ["body", "seconds"].
        place = detail[0].get("loc")
        return str(place[-1]) if isinstance(place, list) and place else None
    return str(body["param"]) if body.get("param") else None
