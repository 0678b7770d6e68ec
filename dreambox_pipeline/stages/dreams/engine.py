"""The port through which comments are understood, and the engine that needs nothing.

An engine finds dreams and extracts facts. Redaction, screening and the scores that decide
money or publishing are never an engine's business. Batches keep their order. An engine that
is asked about something it cannot answer raises; `reading` isolates the item.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from dreambox_pipeline.stages.dreams.detection import detect_dream
from dreambox_pipeline.stages.dreams.extraction import extract_facts
from dreambox_pipeline.stages.dreams.model import Detection, DreamFacts


@dataclass(frozen=True, slots=True)
class CommentIn:
    """What an engine may know about a comment; never who wrote it.

    Attributes:
        text: Cleaned. Detection reads the raw words, extraction is given redacted ones.
        asks_for_dreams: The video it was written under asks viewers to tell a dream.
    """

    comment_id: str
    text: str
    asks_for_dreams: bool = False


class TextEngine(Protocol):
    """Something that understands comments.

    Attributes:
        version: Changes whenever the same input may give another output.
    """

    name: str
    version: str

    def detect(self, texts: Sequence[CommentIn]) -> list[Detection]:
        """One verdict per comment, in order.

        Raises:
            TransientError: The engine cannot be reached now; nothing was judged.
            ItemError: This batch cannot be judged; ask again one by one.
        """
        ...

    def extract(self, texts: Sequence[str]) -> list[DreamFacts]:
        """Facts per redacted text, in order. Raises as `detect` does."""
        ...


class EmbeddedEngine:
    """Rules and lexicons: offline, deterministic, thousands of comments a second."""

    name = "embedded"
    version = "embedded-1"

    def detect(self, texts: Sequence[CommentIn]) -> list[Detection]:
        """See `TextEngine.detect`. Never raises."""
        return [detect_dream(t.text, asks_for_dreams=t.asks_for_dreams) for t in texts]

    def extract(self, texts: Sequence[str]) -> list[DreamFacts]:
        """See `TextEngine.extract`. Never raises."""
        return [extract_facts(text) for text in texts]
