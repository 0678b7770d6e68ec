"""What a failed call means, and how much of the provider's own words may be repeated.

As with every generator the question is whether a job was started: a call turned away with a reason
started none; one that broke off, or came back as HTTP 5xx, may have, and is never sent again.
Google tells more by its own status word than by HTTP's: a wrong key is an HTTP 400.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx2

from dreambox_pipeline.errors import DreamBoxError, ItemError, StopError, TransientError
from dreambox_pipeline.generators.gemini_omni.statuses import is_refusal
from dreambox_pipeline.generators.provider_words import Clean, ended, seconds_in, words_of
from dreambox_pipeline.stages.videos.generation import NotSubmittedError, RefusedError

_KEY = "Set DREAMBOX_GEMINI_API_KEY to a key of Google AI Studio that may use the Gemini API."
_MONEY = "Turn billing on for the key's project, or set DREAMBOX_GENERATOR to synthetic."
_PLACE = (
    "Set DREAMBOX_GEMINI_BASE_URL to the Gemini API's address without a version, and "
    "DREAMBOX_GEMINI_MODEL to a model that makes videos."
)
_REMEDIES = {401: _KEY, 402: _MONEY, 403: _KEY, 404: _PLACE, 405: _PLACE}
_REASONS = {
    "api_key_invalid": _KEY,
    "api_key_service_blocked": _KEY,
    "unauthenticated": _KEY,
    "permission_denied": _KEY,
    "billing_disabled": _MONEY,
    "budget_exceeded": _MONEY,
    "failed_precondition": "Turn billing on for the key's project, and check that Omni is offered where this machine is.",
}
_NEVER_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout)
_DURATION = re.compile(r"^\s*(\d+(?:\.\d+)?)s\s*$")


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer that is no success, read for what matters.

    Attributes:
        status: HTTP's.
        codes: Google's words for it, lower case: its status, its code and the reasons in its details.
        message: The words, or the type of an answer that is no JSON.
        retry_after_s: Seconds we were asked to wait.
        is_theirs: It has the shape of the Gemini API's errors, so the address is right.
    """

    status: int
    codes: tuple[str, ...]
    message: str
    retry_after_s: float | None
    is_theirs: bool

    @property
    def remedy(self) -> str | None:
        """What a person must do; None when it is about one prompt, or passes by itself."""
        named = next((_REASONS[code] for code in self.codes if code in _REASONS), None)
        return named or _REMEDIES.get(self.status)

    @property
    def is_refusal(self) -> bool:
        """A "no" to the content of the prompt."""
        return any(is_refusal(code, self.message) for code in (*self.codes, ""))


def answer_of(response: Any) -> Answer:
    """*response* (HTTP 4xx or 5xx, its body read) as an `Answer`."""
    try:
        body = response.json()
    except ValueError:
        body = None
    error = body.get("error") if isinstance(body, Mapping) else None
    header = seconds_in(response.headers.get("retry-after"))
    if not isinstance(error, Mapping):
        kind = response.headers.get("content-type", "").partition(";")[0]
        message = f"an answer of the type {kind or 'unknown'}"
        return Answer(response.status_code, (), message, header, is_theirs=False)
    wait = header if header is not None else _retry_delay(error)
    message = words_of(error.get("message"))
    return Answer(response.status_code, tuple(_codes(error)), message, wait, is_theirs=True)


def submit_fault(answer: Answer, *, tried: str, clean: Clean) -> DreamBoxError:
    """What a `POST /interactions` that was answered with an error means."""
    said = clean(f"{tried} and got HTTP {answer.status}: {ended(answer.message or 'no reason')}")
    wait = answer.retry_after_s
    if answer.status < 400:
        return StopError(f"{said} Set DREAMBOX_GEMINI_BASE_URL to the address that answers itself.")
    if answer.status >= 500 or answer.status == 408:
        return TransientError(
            f"{said} A job may have been started; it is not sent again.", retry_after_s=wait
        )
    if answer.is_refusal:
        return RefusedError(f"{said} The provider refuses this prompt; no job was started.")
    if remedy := answer.remedy:
        return StopError(f"{said} {remedy}")
    if answer.status == 429:
        return NotSubmittedError(
            f"{said} No job was started; a later run sends it again.", retry_after_s=wait
        )
    return ItemError(f"{said} No job was started. Correct the prompt, or report it if others pass.")


def call_fault(
    answer: Answer, *, tried: str, clean: Clean, retry: str = "The next run asks again."
) -> DreamBoxError:
    """What a GET that was answered with an error means; the same call may always be made again."""
    said = clean(f"{tried} and got HTTP {answer.status}: {ended(answer.message or 'no reason')}")
    if answer.status in (408, 409, 425) or answer.status >= 500:
        return TransientError(f"{said} {retry}", retry_after_s=answer.retry_after_s)
    if remedy := answer.remedy:
        return StopError(f"{said} {remedy}")
    if answer.status == 429:
        return TransientError(f"{said} {retry}", retry_after_s=answer.retry_after_s)
    return ItemError(f"{said} Look at the job at the provider; plan it again if it is gone.")


def is_job_unknown(answer: Answer) -> bool:
    """The provider knows no such job. A wrong address is no lost job: that would be paid twice.

    An id is all that such a request says, so an invalid argument is an id that is none of theirs.
    """
    if not answer.is_theirs or answer.status not in (400, 404):
        return False
    return answer.status == 404 or ("invalid_argument" in answer.codes and not answer.remedy)


def unanswered(error: BaseException, tried: str) -> TransientError:
    """What it means that no answer to a submit came, or none that can be read."""
    cause = next((each for each in _causes(error) if isinstance(each, _NEVER_SENT)), None)
    if cause is not None:
        return NotSubmittedError(
            f"{tried} and nobody answered ({type(cause).__name__}). Nothing was sent. "
            "Check DREAMBOX_GEMINI_BASE_URL and the network; a later run sends it again."
        )
    return TransientError(
        f"{tried} and no answer came that can be read ({type(error).__name__}). A job may have been started; "
        "it is not sent again."
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__


def _codes(error: Mapping[str, Any]) -> Iterator[str]:
    details = [detail for detail in _details(error) if detail.get("reason")]
    for said in (*(detail["reason"] for detail in details), error.get("code"), error.get("status")):
        if isinstance(said, str):
            yield said.rstrip("/").rpartition("/")[2].lower()


def _retry_delay(error: Mapping[str, Any]) -> float | None:
    """`google.rpc.RetryInfo` says it as `"34s"`."""
    for detail in _details(error):
        if match := _DURATION.match(str(detail.get("retryDelay") or "")):
            return float(match[1])
    return None


def _details(error: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    details = error.get("details")
    if not isinstance(details, list):
        return []
    return [detail for detail in details if isinstance(detail, Mapping)]
