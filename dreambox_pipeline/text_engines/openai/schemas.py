"""What a language model may answer: closed vocabularies, and quotes to check them by.

`FactsAnswer` is `DreamFacts` with every item beside the words it was read from, because a model
cannot count characters. What our code works out is missing: spans, `visual_detail` (it decides
money) and what was inferred. Only JSON Schema that strict structured outputs accept is used:
closed objects, everything required, no defaults, no lengths; caps are applied after reading.
Docstrings here are sent to the model as descriptions.
"""

from enum import StrEnum
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

from dreambox_pipeline.stages.dreams.model import Emotion, Motif, Role, Sense, Setting

T = TypeVar("T")


class CommentKind(StrEnum):
    """What a comment does."""

    OWN_DREAM = "own_dream"
    OTHERS_DREAM = "others_dream"
    TALK_ABOUT_DREAMS = "talk_about_dreams"
    FIGURATIVE = "figurative"
    QUESTION = "question"
    FORGOTTEN_DREAM = "forgotten_dream"
    OTHER = "other"


class Mood(StrEnum):
    """How a dream feels as a whole."""

    NIGHTMARE = "nightmare"
    UNPLEASANT = "unpleasant"
    MIXED = "mixed"
    PLEASANT = "pleasant"
    BLISSFUL = "blissful"


class Colour(StrEnum):
    """Colours by their plain names."""

    RED = "red"
    BLUE = "blue"
    GREEN = "green"
    YELLOW = "yellow"
    GOLD = "gold"
    PURPLE = "purple"
    PINK = "pink"
    ORANGE = "orange"
    BLACK = "black"
    WHITE = "white"
    GREY = "grey"
    TURQUOISE = "turquoise"


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DreamVerdict(_Closed):
    """Whether a comment tells a dream its writer had while asleep."""

    kind: CommentKind
    probability: float
    lang: str
    quote: str


class Seen(_Closed, Generic[T]):
    """One finding and the words of the comment that state it."""

    value: T
    quote: str


class FactsAnswer(_Closed):
    """What happens in a dream."""

    setting: Seen[Setting]
    characters: list[Seen[Role]]
    actions: list[Seen[str]]
    emotions: list[Seen[Emotion]]
    motifs: list[Seen[Motif]]
    colours: list[Seen[Colour]]
    sensory: list[Seen[Sense]]
    mood: Mood
