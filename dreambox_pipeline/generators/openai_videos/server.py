"""The calls to one video server, through the `openai` package's client.

OpenAI's own videos ended, but its client outlives them as the client of all servers of that
shape; it warns at every call, which concerns nobody here. It is told never to repeat a call: a
repeated submit is a second paid job, and a repeated look is the next run's.

Answers are handed on as the JSON they are, because the client checks nothing and drops what a
server adds. The key stays inside the client and its errors are dropped before ours are raised.
"""

import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import openai
from pydantic import SecretStr

from dreambox_pipeline.errors import DreamBoxError, ItemError, StopError, TransientError
from dreambox_pipeline.generators.addresses import is_loopback, without_login
from dreambox_pipeline.generators.downloads import write_all
from dreambox_pipeline.generators.openai_videos.address import require_server
from dreambox_pipeline.generators.openai_videos.faults import (
    call_fault,
    is_job_unknown,
    submit_fault,
)
from dreambox_pipeline.generators.pictures import Picture
from dreambox_pipeline.generators.provider_words import seconds_in

NO_KEY = "none"
"""The client insists on a key; a server of one's own often has none and ignores it."""

WAIT = "retry_after_s"
"""Ours among a job's fields: seconds from the header `openai-poll-after-ms`, or None."""

Job = Mapping[str, Any]


class VideoServer:
    """One server with `/videos` behind one address.

    Args:
        base_url: With its version, for example `http://127.0.0.1:30010/v1`.
        api_key: May be empty.
        timeout_s: For the next bytes of an answer; a connection has 5 seconds.
        submit_timeout_s: The same for a submit, which some gateways answer late.

    Raises:
        StopError: The address is none, or that of a server whose videos ended.
    """

    def __init__(
        self,
        base_url: str,
        *,
        api_key: SecretStr,
        timeout_s: float = 30.0,
        submit_timeout_s: float = 120.0,
    ) -> None:
        require_server(base_url)
        self.address = without_login(base_url)
        self._secret = api_key
        self._host = urlsplit(base_url).hostname
        self._submit_timeout_s = submit_timeout_s
        self._http = httpx2.Client(
            timeout=httpx2.Timeout(timeout_s, connect=5.0),
            # Gateways send downloads on to where the file lies; the key does not go along.
            follow_redirects=True,
            # On loopback the machine's proxies have no say.
            trust_env=not is_loopback(base_url),
        )
        self._client = openai.OpenAI(
            api_key=api_key.get_secret_value() or NO_KEY,
            base_url=base_url,
            max_retries=0,
            http_client=self._http,
        )

    def __repr__(self) -> str:
        return f"VideoServer({self.address!r})"

    def clean(self, text: str) -> str:
        """*text* without our key."""
        secret = self._secret.get_secret_value()
        return text.replace(secret, "[key]") if secret else text

    def submit(
        self, fields: Mapping[str, str], *, job_id: str, reference: Picture | None = None
    ) -> Job:
        """The new job, as the server describes it.

        Args:
            fields: The request, all as text.
            job_id: Our own id, for messages.
            reference: Goes along as `input_reference`, which is a file in a form.

        Raises:
            NotSubmittedError: There is surely no job; the same may be sent again.
            TransientError: There may be one.
            ItemError: The prompt is refused. There is no job.
            StopError: Nothing is taken until a person acts. There is no job.
        """
        tried = f"Submitted {job_id} to {self.address}"
        try:
            response = self._create(fields, reference)
            body = _object(response)
        # A body that is no JSON is a ValueError.
        except (openai.OpenAIError, ValueError) as error:
            fault = submit_fault(error, tried=tried, clean=self.clean)
        else:
            if response.request.method != "POST":
                # A redirect has made a question of it, so nothing was submitted.
                raise StopError(
                    f"{tried} and was sent on to {without_login(str(response.url))}. "
                    "Set DREAMBOX_VIDEO_BASE_URL to the address that answers itself."
                )
            return body
        raise fault

    def job(self, provider_job_id: str) -> Job | None:
        """The job, or None when the server does not know it.

        When the server says how long to wait with the next look, `WAIT` is among its fields.

        Raises:
            TransientError: No answer now.
            StopError: The key or the address is wrong.
            ItemError: The server cannot be asked about this job.
        """
        tried = f"Asked {self.address} for the job {provider_job_id}"
        try:
            with _quietly():
                raw = self._client.videos.with_raw_response.retrieve(provider_job_id)
            return {**_object(raw.http_response), WAIT: _poll_after_s(raw.http_response)}
        except openai.NotFoundError as error:
            if is_job_unknown(error):
                return None
            fault: DreamBoxError = StopError(
                f"{tried} and that address is not known there (HTTP 404). Set DREAMBOX_VIDEO_BASE_URL to a server "
                "with /videos, with its version (/v1)."
            )
        except openai.APIStatusError as error:
            # vLLM-Omni answers for a failed job with HTTP 4xx or 5xx around the job.
            if job := _failed_job(error):
                return job
            fault = call_fault(error, tried=tried, clean=self.clean)
        except (openai.OpenAIError, ValueError) as error:
            fault = call_fault(error, tried=tried, clean=self.clean)
        raise fault

    def fetch(self, provider_job_id: str, part: Path) -> str:
        """Writes the finished clip into *part* and returns its content type.

        Raises:
            TransientError: It broke off, or nobody answered.
            StopError: The key is wrong.
            ItemError: The server has no clip for this job.
        """
        tried = f"Downloading the clip of {provider_job_id} from {self.address}"
        try:
            return self._fetch_content(provider_job_id, part)
        except openai.BadRequestError as error:
            # SGLang does not serve what it has put into an object store.
            fault = call_fault(error, tried=tried, clean=self.clean)
        except (openai.OpenAIError, httpx2.HTTPError) as error:
            raise call_fault(error, tried=tried, clean=self.clean) from None
        url = _url_of(self.job(provider_job_id))
        if url is None:
            raise fault
        return self._fetch_url(url, part, tried=tried)

    def look(self) -> None:
        """Finds out whether the server is there and takes the key.

        Raises:
            TransientError: Nobody answers.
            StopError: The key is not taken.
        """
        tried = f"Asked {self.address} for its list of jobs"
        try:
            with _quietly():
                self._client.videos.with_raw_response.list(limit=1)
        except openai.APIStatusError as error:
            # Not every gateway has the list; an answer is an answer.
            fault = call_fault(error, tried=tried, clean=self.clean)
            if isinstance(fault, ItemError):
                return
        except (openai.OpenAIError, ValueError) as error:
            fault = call_fault(
                error, tried=tried, clean=self.clean, retry="Check that the server runs."
            )
        else:
            return
        raise fault

    def _create(self, fields: Mapping[str, str], reference: Picture | None) -> httpx2.Response:
        # Without an idempotency key: a job that a person plans again has the same id, and would
        # be given the old clip instead of a new one. Nothing here repeats a submit by itself.
        try:
            return self._create_by_form(fields, reference)
        except openai.APIStatusError as error:
            # Turned away for its form, so no job was started and another form may be tried.
            if not _wants_json(error):
                raise
        body: dict[str, Any] = dict(fields)
        if reference:
            body["input_reference"] = {"image_url": reference.data_url}
        return self._client.post(
            "/videos",
            body=body,
            cast_to=httpx2.Response,
            options={"timeout": self._submit_timeout_s},
        )

    def _create_by_form(
        self, fields: Mapping[str, str], reference: Picture | None
    ) -> httpx2.Response:
        part = (
            (reference.file_name, reference.content, reference.media_type)
            if reference
            else openai.omit
        )
        with _quietly():
            raw = self._client.videos.with_raw_response.create(
                prompt=fields["prompt"],
                input_reference=part,
                extra_body={name: value for name, value in fields.items() if name != "prompt"},
                timeout=self._submit_timeout_s,
            )
        return raw.http_response

    def _fetch_content(self, provider_job_id: str, part: Path) -> str:
        # Without `variant`: SGLang takes it for the number of an output.
        with (
            _quietly(),
            self._client.videos.with_streaming_response.download_content(
                provider_job_id
            ) as response,
        ):
            write_all(response.iter_bytes(), part, name=provider_job_id)
            return response.headers.get("content-type", "")

    def _fetch_url(self, url: str, part: Path, *, tried: str) -> str:
        parts = urlsplit(url)
        if parts.scheme != "https" and parts.hostname != self._host:
            raise ItemError(
                f"{tried}: the server keeps it at another host, without encryption. Have it serve https links."
            )
        try:
            with self._http.stream("GET", url) as response:
                response.raise_for_status()
                write_all(response.iter_bytes(), part, name=url.partition("?")[0])
                return response.headers.get("content-type", "")
        except httpx2.HTTPError as error:
            # A signed link is a key of its own, so it is not repeated.
            raise TransientError(
                f"{tried}: its link gave no clip ({type(error).__name__}). The next run asks again."
            ) from None


@contextmanager
def _quietly() -> Iterator[None]:
    """Calls of the client's videos, without its word that OpenAI's own have ended."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "The Sora API", DeprecationWarning)
        yield


def _object(response: httpx2.Response) -> Job:
    body = response.json()
    if not isinstance(body, dict):
        msg = "the answer is no JSON object"
        raise ValueError(msg)  # noqa: TRY004 - like a body that is no JSON at all
    return body


def _poll_after_s(response: httpx2.Response) -> float | None:
    wait_ms = seconds_in(response.headers.get("openai-poll-after-ms"))
    return None if wait_ms is None else wait_ms / 1000


def _failed_job(error: openai.APIStatusError) -> Job | None:
    try:
        body = error.response.json()
    except ValueError:
        return None
    return body if isinstance(body, dict) and body.get("status") == "failed" else None


def _wants_json(error: openai.APIStatusError) -> bool:
    if error.status_code == 415:
        return True
    said = str(error.body).lower()
    words = ("application/json", "valid json", "multipart", "input_reference")
    return error.status_code in (400, 422) and any(word in said for word in words)


def _url_of(job: Job | None) -> str | None:
    if job is None:
        return None
    urls = job.get("urls")
    url = job.get("url") or (urls[0] if isinstance(urls, list) and urls else None)
    return url if isinstance(url, str) and url.startswith(("http://", "https://")) else None
