"""A language model's server: asked one question, or many at once with bounded concurrency.

The key stays inside the client and its errors are dropped before ours are raised, so that no
traceback carries what the server said about it.
"""

import ipaddress
import random
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

import httpx2
import openai
import structlog
from pydantic import BaseModel, SecretStr

from dreambox_pipeline.errors import StopError, TransientError
from dreambox_pipeline.text_engines.openai.answers import Answer, Answers, NoAnswer, read_answer
from dreambox_pipeline.text_engines.openai.faults import meaning_of, wait_of
from dreambox_pipeline.text_engines.openai.questions import Question, parameters_of

AT_ONCE = 8
"""Questions on the way at the same time."""

GIVE_UP_AFTER = 16
"""Questions in a row without an answer, after which the rest is not asked any more."""

_log = structlog.get_logger(__name__)


class ModelServer:
    """One model behind one address.

    Args:
        timeout_s: For the next bytes of an answer; a connection has 5 seconds.
        max_retries: How often the client repeats a call that was limited or not answered.
        rng: Draws the markers around comments; tests give their own.
    """

    def __init__(
        self,
        *,
        api_key: SecretStr,
        base_url: str,
        model: str,
        timeout_s: float = 60.0,
        max_retries: int = 2,
        rng: random.Random | None = None,
    ) -> None:
        self.model = model
        self.address = _without_login(base_url)
        self.rng = rng or random.SystemRandom()
        self._secret = api_key
        self.client = openai.OpenAI(
            api_key=api_key.get_secret_value(),
            base_url=base_url,
            max_retries=max_retries,
            http_client=httpx2.Client(
                timeout=httpx2.Timeout(timeout_s, connect=5.0),
                # On loopback the machine's proxies have no say.
                trust_env=not _is_loopback(base_url),
            ),
        )

    def __repr__(self) -> str:
        return f"ModelServer({self.model!r}, {self.address!r})"

    def ask(self, question: Question) -> tuple[Answer, float | None]:
        """The answer to one question about a comment; as `call`."""
        return self.call(parameters_of(question, self.model, self.rng), question.schema)

    def call(
        self, asked: Mapping[str, Any], schema: type[BaseModel]
    ) -> tuple[Answer, float | None]:
        """The answer to one request, and how long to wait if the server said so.

        Args:
            asked: What the Responses API is sent, except the format of the answer.
            schema: What the answer must fit.

        Raises:
            StopError: No question of ours will be answered until a person acts.
        """
        try:
            raw = self.client.responses.with_raw_response.parse(**asked, text_format=schema)
            # Read by us, as lines of a batch are: the client's own reading stops at an answer
            # that breaks off or does not fit, and drops what it said.
            body = raw.http_response.json()
        # A body that is no JSON escapes the client as ValueError.
        except (openai.OpenAIError, ValueError) as error:
            meaning, wait_s = self.meaning_of(error), wait_of(error)
        else:
            return read_answer(body, schema), None
        if isinstance(meaning, StopError):
            raise meaning
        return meaning, wait_s

    def ask_all(self, questions: Sequence[Question]) -> Answers:
        """Answers by key.

        Raises:
            StopError: No question of ours will be answered until a person acts.
            TransientError: Not a single question could be asked.
        """
        if not questions:
            return {}
        round_ = _Round(self)
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="model-server") as pool:
            waiting = {question.key: pool.submit(round_.ask, question) for question in questions}
            try:
                answers = {key: future.result() for key, future in waiting.items()}
            except BaseException:
                # What is not on its way yet would be paid for and thrown away.
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        lost = sum(answer is NoAnswer.UNREACHABLE for answer in answers.values())
        if lost == len(answers):
            raise TransientError(
                f"Asked {self.model!r} at {self.address} about {lost} comments and got no answer. "
                "Nothing was judged. Dagster tries its run again; a command has to be given again.",
                retry_after_s=round_.wait_s,
            )
        if lost:
            _log.warning("questions_without_answer", asked=len(answers), unanswered=lost)
        return answers

    def meaning_of(self, error: Exception) -> NoAnswer | StopError:
        """See `faults.meaning_of`; our key is taken out, whatever a server may have put where."""
        meaning = meaning_of(error, model=self.model, base_url=self.address)
        if isinstance(meaning, StopError):
            return StopError(self.without_key(str(meaning)))
        return meaning

    def without_key(self, text: str) -> str:
        """*text*, which a server had a hand in, with our key taken out."""
        return text.replace(self._secret.get_secret_value(), "[key]")


class _Round:
    """Many questions to one server; it stops asking when the server seems to be gone."""

    def __init__(self, server: ModelServer) -> None:
        self.wait_s: float | None = None
        self._server = server
        self._lock = Lock()
        self._missed = 0

    def ask(self, question: Question) -> Answer:
        with self._lock:
            if self._missed >= GIVE_UP_AFTER:
                return NoAnswer.UNREACHABLE
        answer, wait_s = self._server.ask(question)
        with self._lock:
            self._missed = self._missed + 1 if answer is NoAnswer.UNREACHABLE else 0
            self.wait_s = wait_s if wait_s is not None else self.wait_s
        return answer


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _without_login(url: str) -> str:
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()
