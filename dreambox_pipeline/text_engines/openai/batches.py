"""Thousands of questions through the Batch API: half the price, hours later, never paid twice.

    key known, id known ............ look at that batch
    key known, id lost (killed) .... look through the account's batches for our key
    nothing found .................. write the key down, upload, create, write the id down

Another process may end the work this one began, so everything hangs on the key: a hash of the
questions, the prompts and the model. A cut follows from the questions themselves, so a comment
that came or went since yesterday makes one batch anew and leaves the others as they are.

A batch that expired or was cancelled counts with what it completed; the rest is the embedded
engine's, this time and every later time. One that failed was never begun, so it is made anew. So
is one whose results the server has deleted, because nobody else has them.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import openai
import structlog
from openai.types import Batch

from dreambox_pipeline.errors import StopError, TransientError
from dreambox_pipeline.text_engines.batch_store import BatchStore
from dreambox_pipeline.text_engines.openai.answers import Answer, Answers, NoAnswer
from dreambox_pipeline.text_engines.openai.batch_files import read_lines, request_lines
from dreambox_pipeline.text_engines.openai.questions import PROMPT_VERSION, Question
from dreambox_pipeline.text_engines.openai.server import ModelServer

KEY = "dreambox_key"
"""Name of our key in a batch's metadata."""

LONGEST_BATCH = 10_000
"""Questions in one batch; the server takes 50,000 and 200 MB, and ours are up to 12 kB each."""

_ENDED = ("completed", "expired", "cancelled")
_USUAL_BATCH = 1_000
_MOST_PAGES = 10
# The words of a batch leave the server soon after nobody needs them.
_INPUT_KEPT_S = 2 * 86_400
_OUTPUT_KEPT_S = 7 * 86_400
_FIRST_LOOK_S = 10.0
_SLOWEST_LOOK_S = 120.0

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class _Running:
    """A batch on its way; `gone` holds ids whose results were deleted."""

    key: str
    questions: Sequence[Question]
    batch: Batch
    gone: set[str] = field(default_factory=set)


class BatchRuns:
    """Runs questions as batches and remembers them in a store.

    Args:
        sleep: Waits between looks, in seconds.
        patience_s: After this much waiting the run is given back; the batch goes on.
        again_s: When to look again after that.
    """

    def __init__(
        self,
        server: ModelServer,
        store: BatchStore,
        *,
        sleep: Callable[[float], None],
        patience_s: float = 600.0,
        again_s: float = 1_800.0,
    ) -> None:
        self._server = server
        self._client = server.client
        self._store = store
        self._sleep = sleep
        self._patience_s = patience_s
        self._again_s = again_s

    def run(
        self, questions: Sequence[Question], *, smallest: int
    ) -> tuple[Answers, Sequence[Question]]:
        """Answers by key, and the questions at the end that are too few for a batch.

        Args:
            questions: Different ones.
            smallest: A batch has at least this many.

        Raises:
            TransientError: A batch is still running, or the server cannot be reached; what was
                begun is found again by the same call.
            StopError: The server will not take batches until a person acts.
        """
        groups, rest = grouped(questions, smallest=smallest)
        try:
            running = [self._started(group) for group in groups]
            answers = self._awaited(running)
        # A body that is no JSON escapes the client as ValueError.
        except (openai.OpenAIError, ValueError) as error:
            meaning = self._server.meaning_of(error)
        else:
            return answers, rest
        if isinstance(meaning, StopError):
            raise meaning
        raise TransientError(
            f"Ran {len(groups)} batches at {self._server.address} and lost the server. What was begun goes on "
            "there and is found again by the next run.",
        )

    def _started(self, questions: Sequence[Question]) -> _Running:
        key = self._key(questions)
        known = self._store.find(key)
        if known is None:
            self._store.remember(key, items=len(questions))
        named = self._named(known.provider_batch_id) if known and known.provider_batch_id else None
        batch = named or self._listed(key, gone=set())
        if batch is None:
            batch = self._created(key, questions)
        elif known is None or known.provider_batch_id != batch.id:
            self._store.set_provider_id(key, batch.id)
        return _Running(key, questions, batch)

    def _named(self, batch_id: str) -> Batch | None:
        try:
            batch = self._client.batches.retrieve(batch_id)
        except openai.NotFoundError:
            return None
        return None if batch.status == "failed" else batch

    def _listed(self, key: str, *, gone: set[str]) -> Batch | None:
        """The newest batch of ours with this key that was begun; newest come first."""
        page = self._client.batches.list(limit=100)
        for _ in range(_MOST_PAGES):
            for batch in page.data:
                is_ours = (batch.metadata or {}).get(KEY) == key
                if is_ours and batch.status != "failed" and batch.id not in gone:
                    return batch
            if not page.has_next_page():
                break
            page = page.get_next_page()
        return None

    def _created(self, key: str, questions: Sequence[Question]) -> Batch:
        lines = request_lines(questions, model=self._server.model, rng=self._server.rng)
        file = self._client.files.create(
            file=(f"dreambox-{key[:16]}.jsonl", lines),
            purpose="batch",
            expires_after={"anchor": "created_at", "seconds": _INPUT_KEPT_S},
        )
        # Never repeated blindly: a lost answer may hide a batch that was begun, and the next
        # run looks for it by its key.
        batch = self._client.with_options(max_retries=0).batches.create(
            input_file_id=file.id,
            endpoint="/v1/responses",
            completion_window="24h",
            metadata={KEY: key},
            output_expires_after={"anchor": "created_at", "seconds": _OUTPUT_KEPT_S},
        )
        self._store.set_provider_id(key, batch.id)
        _log.info("batch_created", batch_id=batch.id, items=len(questions))
        return batch

    def _awaited(self, running: Sequence[_Running]) -> Answers:
        answers: dict[str, Answer] = {}
        waited_s, look_s = 0.0, _FIRST_LOOK_S
        waiting = list(running)
        while True:
            for one in list(waiting):
                found = self._looked_at(one)
                if found is not None:
                    answers |= found
                    waiting.remove(one)
            if not waiting:
                return answers
            if waited_s + look_s > self._patience_s:
                raise self._still_running(waiting)
            self._sleep(look_s)
            waited_s, look_s = waited_s + look_s, min(2 * look_s, _SLOWEST_LOOK_S)
            for one in waiting:
                one.batch = self._client.batches.retrieve(one.batch.id)

    def _looked_at(self, one: _Running) -> Answers | None:
        """The answers of a batch that ended; None while it runs."""
        if one.batch.status == "failed":
            self._store.set_state(one.key, one.batch.status)
            raise _failure(one.batch, self._server.model)
        if one.batch.status not in _ENDED:
            return None
        try:
            answers = self._results(one)
        except openai.NotFoundError:
            _log.warning("batch_results_gone", batch_id=one.batch.id)
            one.gone.add(one.batch.id)
            one.batch = self._listed(one.key, gone=one.gone) or self._created(
                one.key, one.questions
            )
            return None
        self._store.set_state(one.key, one.batch.status)
        return answers

    def _results(self, one: _Running) -> Answers:
        schemas = {question.key: question.schema for question in one.questions}
        answers: dict[str, Answer] = dict.fromkeys(schemas, NoAnswer.MISSING)
        for file_id in (one.batch.output_file_id, one.batch.error_file_id):
            if file_id:
                answers |= read_lines(self._client.files.content(file_id).text, schemas)
        missing = sum(answer is NoAnswer.MISSING for answer in answers.values())
        if missing:
            _log.warning("batch_lines_missing", batch_id=one.batch.id, missing=missing)
        return answers

    def _still_running(self, waiting: Sequence[_Running]) -> TransientError:
        for one in waiting:
            self._store.set_state(one.key, one.batch.status)
        ids = ", ".join(one.batch.id for one in waiting[:3])
        return TransientError(
            f"Waited {self._patience_s:.0f} s for {len(waiting)} batches ({ids}) at {self._server.address}; they are "
            "still running and may take 24 hours. Run again later: the same batches are found, and not paid again.",
            retry_after_s=self._again_s,
        )

    def _key(self, questions: Sequence[Question]) -> str:
        made_of = [PROMPT_VERSION, self._server.model, *sorted(q.key for q in questions)]
        return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()[:32]


def grouped(
    questions: Sequence[Question], *, smallest: int
) -> tuple[list[Sequence[Question]], Sequence[Question]]:
    """Questions cut into batches, and what is left at the end.

    A cut comes after about every thousandth question, and which one follows from the question.
    So the same questions with a few more behind them are cut at the same places.
    """
    groups: list[Sequence[Question]] = []
    group: list[Question] = []
    for question in questions:
        group.append(question)
        is_cut = int(question.key[:8], 16) % _USUAL_BATCH == 0 and len(group) >= smallest
        if is_cut or len(group) == LONGEST_BATCH:
            groups.append(group)
            group = []
    if len(group) >= smallest:
        groups.append(group)
        group = []
    return groups, group


def _failure(batch: Batch, model: str) -> TransientError | StopError:
    """A batch fails as a whole before it begins; nothing was paid."""
    problems = (batch.errors.data if batch.errors else None) or []
    codes = sorted({(problem.code or "none")[:60] for problem in problems})
    said = (
        f"Sent batch {batch.id} for {model!r} and it failed with {', '.join(codes) or 'no code'}."
    )
    if any("limit" in code for code in codes):
        return TransientError(
            f"{said} Too many questions are queued for this account; it is sent again later.",
            retry_after_s=3_600,
        )
    return StopError(
        f"{said} Check that DREAMBOX_OPENAI_MODEL takes batches, or set DREAMBOX_OPENAI_BATCH_FROM to 0."
    )
