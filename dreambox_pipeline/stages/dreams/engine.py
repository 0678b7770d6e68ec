"""The port through which comments are understood; the engines behind it are in `text_engines`.

An engine finds dreams and extracts facts. Redaction, screening and the scores that decide
money or publishing are never an engine's business. Batches keep their order. An engine that
is asked about something it cannot answer raises; `reading` isolates the item.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from dreambox_pipeline.stages.dreams.model import Detection, Extraction


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

    Every verdict and every extraction names the engine version it came from: an engine that
    fell back to another one for an item says so there.

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

    def extract(self, texts: Sequence[str]) -> list[Extraction]:
        """Facts per redacted text, in order. Raises as `detect` does."""
        ...
