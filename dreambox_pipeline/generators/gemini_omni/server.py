"""The calls to the Gemini API, through the `google-genai` package's Interactions client.

The package is an extra and loaded when the generator is made. It is told never to repeat a call (a
repeated submit is a second paid job), to follow no redirect (it would carry the key along), and
nothing of the machine's environment (another key, a cloud project) has a say.

Answers are handed on as the JSON they are. The key stays inside the client, and its errors, which
repeat whole answers, are dropped before ours are raised.
"""

import base64
import binascii
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
from pydantic import SecretStr

from dreambox_pipeline.errors import ItemError, StopError, TransientError
from dreambox_pipeline.generators.addresses import is_address, is_loopback, without_login
from dreambox_pipeline.generators.downloads import write_all
from dreambox_pipeline.generators.gemini_omni.faults import (
    Answer,
    answer_of,
    call_fault,
    is_job_unknown,
    submit_fault,
    unanswered,
)
from dreambox_pipeline.generators.gemini_omni.links import ClipLinks
from dreambox_pipeline.generators.gemini_omni.statuses import video_of

Interaction = Mapping[str, Any]

INSTALL = 'pip install "dreambox-pipeline[gemini]"` or `uv sync --extra gemini'
_VERSION = "v1"
"""Of the API; the package's own default, said because a machine's environment may change it."""


class _Failed(Exception):  # noqa: N818 - an answer on its way, not an error of ours
    """The provider answered with an error."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


class InteractionsServer:
    """The Interactions API at one address.

    Args:
        base_url: Without a version, for example `https://generativelanguage.googleapis.com`.
        api_key: From Google AI Studio.
        timeout_s: For the next bytes of an answer; a connection has 5 seconds.
        submit_timeout_s: The same for a submit.

    Raises:
        StopError: There is no address, no key, or no package.
    """

    def __init__(
        self,
        base_url: str,
        *,
        api_key: SecretStr,
        timeout_s: float = 30.0,
        submit_timeout_s: float = 120.0,
    ) -> None:
        _require(base_url, api_key)
        self.address = without_login(base_url)
        self._secret = api_key
        self._timeout_s = timeout_s
        self._submit_timeout_s = submit_timeout_s
        self._http = httpx2.Client(
            timeout=httpx2.Timeout(timeout_s, connect=5.0),
            follow_redirects=False,
            # On loopback the machine's proxies have no say.
            trust_env=not is_loopback(base_url),
        )
        self._interactions, self._error = _client(base_url, api_key, self._http)
        self._links = ClipLinks(self._http, base_url=base_url, api_key=api_key, clean=self.clean)

    def __repr__(self) -> str:
        return f"InteractionsServer({self.address!r})"

    def clean(self, text: str) -> str:
        """*text* without our key."""
        return text.replace(self._secret.get_secret_value(), "[key]")

    def submit(self, body: Mapping[str, Any], *, job_id: str) -> Interaction:
        """The new job, as the provider describes it.

        Raises:
            NotSubmittedError: There is surely no job; the same may be sent again.
            TransientError: There may be one.
            RefusedError: The content of the prompt is refused. There is no job.
            ItemError: The prompt cannot be made. There is no job.
            StopError: Nothing is taken until a person acts. There is no job.
        """
        tried = f"Submitted {job_id} to {self.address}"
        try:
            return self._asked(
                lambda: self._interactions.create(**body, timeout=self._submit_timeout_s)
            )
        except _Failed as failed:
            fault = submit_fault(failed.answer, tried=tried, clean=self.clean)
        except (self._error, httpx2.HTTPError, ValueError) as error:
            fault = unanswered(error, tried)
        raise fault

    def job(self, provider_job_id: str) -> Interaction | None:
        """The job, or None when the provider does not know it.

        Raises:
            TransientError: No answer now.
            StopError: The key or the address is wrong.
            ItemError: The provider cannot be asked about this job.
        """
        tried = f"Asked {self.address} for the job {provider_job_id}"
        try:
            return self._get(provider_job_id)
        except _Failed as failed:
            if is_job_unknown(failed.answer):
                return None
            raise call_fault(failed.answer, tried=tried, clean=self.clean) from None
        except (self._error, httpx2.HTTPError, ValueError) as error:
            raise TransientError(
                f"{tried} and got no answer ({type(error).__name__}). The next run asks again."
            ) from None

    def fetch(self, provider_job_id: str, part: Path) -> str:
        """Writes the finished clip into *part* and returns its content type.

        Raises:
            TransientError: It broke off, or nobody answered.
            StopError: The key is wrong.
            ItemError: There is no clip for this job.
        """
        tried = f"Downloading the clip of {provider_job_id} from {self.address}"
        video = video_of(self.job(provider_job_id) or {})
        if video is None:
            raise ItemError(f"{tried}: the job has no video. Look at it at the provider.")
        data, uri = video.get("data"), video.get("uri")
        if isinstance(uri, str) and uri and not data:
            return self._links.fetch(uri, part, tried=tried)
        write_all([_decoded(str(data), tried)], part, name=provider_job_id)
        return str(video.get("mime_type") or "")

    def look(self) -> None:
        """Finds out whether the provider is there and takes the key; starts nothing.

        Raises:
            TransientError: Nobody answers.
            StopError: The key is not taken.
        """
        tried = f"Asked {self.address} for a job"
        try:
            self._get("dreambox-doctor")
        except _Failed as failed:
            if is_job_unknown(failed.answer):
                return
            fault = call_fault(
                failed.answer, tried=tried, clean=self.clean, retry="Try again later."
            )
            # Any other answer about one job is an answer all the same.
            if not isinstance(fault, ItemError):
                raise fault from None
        except (self._error, httpx2.HTTPError, ValueError) as error:
            raise TransientError(
                f"{tried} and got no answer ({type(error).__name__}). Check DREAMBOX_GEMINI_BASE_URL and the network."
            ) from None

    def _get(self, provider_job_id: str) -> Interaction:
        # The package leaves a slash in an id as it is, which would make another address of it.
        name = quote(provider_job_id, safe="")
        return self._asked(lambda: self._interactions.get(id=name, timeout=self._timeout_s))

    def _asked(self, call: Callable[[], Any]) -> Interaction:
        """The JSON object that *call* was answered with.

        Raises:
            _Failed: It was answered with an error, or sent elsewhere.
            ValueError: What came is no JSON object.
        """
        try:
            response = call().http_response
        except self._error as error:
            response = getattr(error, "response", None)
            if response is None:
                raise
        if not response.is_success:
            raise _Failed(answer_of(response))
        body = response.json()
        if not isinstance(body, dict):
            msg = "the answer is no JSON object"
            raise ValueError(msg)  # noqa: TRY004 - like a body that is no JSON at all
        return body


def _require(base_url: str, api_key: SecretStr) -> None:
    if not api_key.get_secret_value().strip():
        raise StopError(
            "The generator is gemini_omni, and DREAMBOX_GEMINI_API_KEY is empty. Set it to a key of Google AI Studio, "
            "or set DREAMBOX_GENERATOR to synthetic, which needs none."
        )
    if not is_address(base_url):
        raise StopError(
            "DREAMBOX_GEMINI_BASE_URL is no address. Unset it, or set it to something like "
            "https://generativelanguage.googleapis.com."
        )


def _client(base_url: str, api_key: SecretStr, http: httpx2.Client) -> tuple[Any, type[Exception]]:
    """The package's Interactions with raw answers, and the base of what it raises."""
    try:
        from google import genai
        from google.genai import types

        # Its public `errors` do not cover the Interactions, and nothing else exports these.
        from google.genai._interactions import GeminiNextGenAPIClientError
    except ImportError:
        raise StopError(
            f"The generator is gemini_omni, and the package google-genai is not installed. Run `{INSTALL}`."
        ) from None
    options = types.HttpOptions(
        base_url=base_url,
        api_version=_VERSION,
        httpx_client=http,
        retry_options=types.HttpRetryOptions(attempts=1),
    )
    client = genai.Client(
        enterprise=False, api_key=api_key.get_secret_value(), http_options=options
    )
    return client.interactions.with_raw_response, GeminiNextGenAPIClientError


def _decoded(data: str, tried: str) -> bytes:
    try:
        return base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        raise ItemError(
            f"{tried}: its inline video is no base64. Look at the job at the provider."
        ) from None
