"""The engine that needs nothing: offline, deterministic, thousands of comments a second."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from dreambox_pipeline.stages.dreams.classifier import Classifier
from dreambox_pipeline.stages.dreams.detection import NO_CUE, detect_dream
from dreambox_pipeline.stages.dreams.engine import CommentIn
from dreambox_pipeline.stages.dreams.extraction import extract_facts
from dreambox_pipeline.stages.dreams.model import Detection, Extraction
from dreambox_pipeline.text_engines import weights_file

GENERATION = "embedded-2"
"""Raised when code changes a verdict or a fact; the weights' digest follows it in the version."""


class EmbeddedEngine:
    """Rules, hints and lexicons, weighed by a small learned classifier.

    Args:
        weights: An account's own weights, used when that file exists; else the shipped ones.

    Raises:
        StopError: The weights do not match their card.
    """

    name = "embedded"

    def __init__(self, weights: Path | None = None) -> None:
        own = weights if weights is not None and weights.exists() else None
        self._classifier = weights_file.load(own) if own else _shipped()
        self.version = f"{GENERATION}+{self._classifier.digest}"
        self._passed_over = replace(NO_CUE, engine=self.version)

    def detect(self, texts: Sequence[CommentIn]) -> list[Detection]:
        """See `TextEngine.detect`. Never raises."""
        return [self._detect(text) for text in texts]

    def extract(self, texts: Sequence[str]) -> list[Extraction]:
        """See `TextEngine.extract`. Never raises."""
        return [Extraction(extract_facts(text), self.version) for text in texts]

    def _detect(self, comment: CommentIn) -> Detection:
        verdict = detect_dream(
            comment.text, classifier=self._classifier, asks_for_dreams=comment.asks_for_dreams
        )
        # Nearly every comment; one shared value instead of thousands of copies.
        if verdict is NO_CUE:
            return self._passed_over
        return replace(verdict, engine=self.version)


@lru_cache(maxsize=1)
def _shipped() -> Classifier:
    return weights_file.load()
