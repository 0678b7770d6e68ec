"""The engine that needs nothing: offline, deterministic, thousands of comments a second."""

from collections.abc import Sequence
from dataclasses import replace

from dreambox_pipeline.stages.dreams.detection import detect_dream
from dreambox_pipeline.stages.dreams.engine import CommentIn
from dreambox_pipeline.stages.dreams.extraction import extract_facts
from dreambox_pipeline.stages.dreams.model import Detection, Extraction


class EmbeddedEngine:
    """Rules and lexicons."""

    name = "embedded"
    version = "embedded-1"

    def detect(self, texts: Sequence[CommentIn]) -> list[Detection]:
        """See `TextEngine.detect`. Never raises."""
        return [
            replace(
                detect_dream(t.text, asks_for_dreams=t.asks_for_dreams),
                engine=self.version,
            )
            for t in texts
        ]

    def extract(self, texts: Sequence[str]) -> list[Extraction]:
        """See `TextEngine.extract`. Never raises."""
        return [Extraction(extract_facts(text), self.version) for text in texts]
