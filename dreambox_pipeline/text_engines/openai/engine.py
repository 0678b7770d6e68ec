"""The cascade: the embedded engine judges everything, the model only what may be a dream.

    comment -> embedded gate -> redact, look for injection -> ask, alone -> check -> verdict
                   |                      |                      |
                   +----------------------+----------------------+--> the embedded verdict

Two to six comments in a hundred pass the gate, so the model costs that share of its price.
Whatever goes wrong with one comment, the embedded engine's answer stands in for it and says so.
"""

from collections.abc import Sequence

import structlog

from dreambox_pipeline.stages.dreams.engine import CommentIn, TextEngine
from dreambox_pipeline.stages.dreams.model import Detection, Extraction
from dreambox_pipeline.text_engines.openai.answers import Answer, Answers, NoAnswer
from dreambox_pipeline.text_engines.openai.batches import BatchRuns
from dreambox_pipeline.text_engines.openai.facts import grounded_facts
from dreambox_pipeline.text_engines.openai.questions import PROMPT_VERSION, Question, prepared
from dreambox_pipeline.text_engines.openai.schemas import DreamVerdict, FactsAnswer
from dreambox_pipeline.text_engines.openai.server import ModelServer
from dreambox_pipeline.text_engines.openai.verdicts import (
    facts_fallen_back,
    facts_kept_back,
    facts_not_found,
    fallen_back,
    judged,
    kept_back,
)

GATE_PROBABILITY = 0.05
"""From this embedded probability on the model is asked.

Far below what is accepted, because the embedded engine overlooks dreams. A choice, made after
seeing what several gates let through of the evaluation mix and of a raw stream; so the counts at
this one (November 2026, embedded-2: 293 of 296 dreams told with a cue, all 49 told on social
media, 2.1 % of the stream) are a little better than unseen comments will give.
"""

_log = structlog.get_logger(__name__)


class OpenAIEngine:
    """Understands comments with a language model behind the embedded engine's gate.

    Args:
        server: The model.
        embedded: Judges first, and whenever the model does not.
        batches: Runs of the Batch API; None asks every question at once.
        batch_from: From this many questions in one call they go to *batches*; at least 1.
    """

    name = "openai"

    def __init__(
        self,
        server: ModelServer,
        *,
        embedded: TextEngine,
        batches: BatchRuns | None = None,
        batch_from: int = 1,
    ) -> None:
        self._server = server
        self._embedded = embedded
        self._batches = batches
        self._batch_from = max(1, batch_from)
        # The gate is part of the answer, so a new gate is a new version.
        self.version = f"openai:{server.model}+{PROMPT_VERSION}+{embedded.version}"

    def __repr__(self) -> str:
        return f"OpenAIEngine({self._server!r})"

    def detect(self, texts: Sequence[CommentIn]) -> list[Detection]:
        """See `TextEngine.detect`.

        Raises:
            StopError: The key, the model or the account's credit must be seen to.
            TransientError: No comment could be asked about, or a batch is still running.
        """
        first = self._embedded.detect(texts)
        asked = {
            place: _question("detect", comment.text, asks_for_dreams=comment.asks_for_dreams)
            for place, (comment, verdict) in enumerate(zip(texts, first, strict=True))
            if verdict.is_dream or verdict.probability >= GATE_PROBABILITY
        }
        answers = self._answers([question for question in asked.values() if question])
        return [
            self._verdict(verdict, asked[place], answers) if place in asked else verdict
            for place, verdict in enumerate(first)
        ]

    def extract(self, texts: Sequence[str]) -> list[Extraction]:
        """See `TextEngine.extract`. Raises as `detect` does."""
        first = self._embedded.extract(texts)
        asked = [_question("extract", text) for text in texts]
        answers = self._answers([question for question in asked if question])
        return [
            self._extraction(text, found, question, answers)
            for text, found, question in zip(texts, first, asked, strict=True)
        ]

    def _answers(self, questions: Sequence[Question]) -> Answers:
        """Each different question is asked once: the same words get the same answer."""
        unique = list({question.key: question for question in questions}.values())
        if self._batches is None or len(unique) < self._batch_from:
            return self._server.ask_all(unique)
        answers, rest = self._batches.run(unique, smallest=self._batch_from)
        return {**answers, **self._server.ask_all(rest)}

    def _verdict(self, first: Detection, question: Question | None, answers: Answers) -> Detection:
        if question is None:
            return kept_back(first)
        answer = answers[question.key]
        if isinstance(answer, DreamVerdict):
            return judged(answer, question, embedded=first, engine=self.version)
        return fallen_back(first, _reason(answer))

    def _extraction(
        self, text: str, first: Extraction, question: Question | None, answers: Answers
    ) -> Extraction:
        if question is None:
            return facts_kept_back(first)
        answer = answers[question.key]
        if isinstance(answer, FactsAnswer):
            facts = grounded_facts(answer, text, embedded=first.facts)
            return facts_not_found(first) if facts is None else Extraction(facts, self.version)
        return facts_fallen_back(first, _reason(answer))


def _question(purpose: str, text: str, *, asks_for_dreams: bool = False) -> Question | None:
    sent = prepared(text)
    return None if sent is None else Question(purpose, sent, asks_for_dreams)


def _reason(answer: Answer) -> NoAnswer:
    """Why *answer* is none. One that repeats the canary is worth a line in the log."""
    if not isinstance(answer, NoAnswer):
        raise TypeError(f"an answer of another question: {type(answer).__name__}")
    if answer is NoAnswer.LEAKED:
        _log.warning("canary_repeated", prompts=PROMPT_VERSION)
    return answer
