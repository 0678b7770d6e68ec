"""Value types for dreams. `DreamFacts` is also the schema a language model must answer in."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from dreambox_pipeline.safety.model import Screening


class Setting(StrEnum):
    """Where a dream takes place; every value can be drawn by the synthetic generator's catalogue."""

    OCEAN = "ocean"
    FOREST = "forest"
    CORRIDOR = "corridor"
    CITY = "city"
    SKY = "sky"
    SPACE = "space"
    DESERT = "desert"
    UNDERWATER = "underwater"
    HOUSE = "house"
    SCHOOL = "school"
    MOUNTAIN = "mountain"
    MEADOW = "meadow"
    UNKNOWN = "unknown"


class Motif(StrEnum):
    """Things that recur in dreams and that a picture can show."""

    WHALE = "whale"
    TEETH = "teeth"
    DOOR = "door"
    STAIRS = "stairs"
    TRAIN = "train"
    CLOCK = "clock"
    CAT = "cat"
    DOG = "dog"
    BIRD = "bird"
    FISH = "fish"
    SNAKE = "snake"
    SPIDER = "spider"
    HORSE = "horse"
    FALLING = "falling"
    FLYING = "flying"
    CHASE = "chase"
    MOON = "moon"
    STARS = "stars"
    MIRROR = "mirror"
    CAR = "car"
    BOAT = "boat"
    FIRE = "fire"
    FLOOD = "flood"
    LIGHT = "light"
    TREE = "tree"
    FLOWER = "flower"
    BALLOON = "balloon"
    LANTERN = "lantern"


class Emotion(StrEnum):
    """Hall and Van de Castle's five emotion classes."""

    ANGER = "anger"
    APPREHENSION = "apprehension"
    SADNESS = "sadness"
    CONFUSION = "confusion"
    HAPPINESS = "happiness"


class Role(StrEnum):
    """People inside a dream become roles; names never survive."""

    DREAMER = "dreamer"
    FAMILY = "family"
    FRIEND = "friend"
    PARTNER = "partner"
    STRANGER = "stranger"
    TEACHER = "teacher"
    CROWD = "crowd"
    ANIMAL = "animal"
    CREATURE = "creature"
    CHILD = "child"
    PUBLIC_FIGURE = "public_figure"


class Sense(StrEnum):
    """Senses a dream speaks to besides sight."""

    SOUND = "sound"
    TOUCH = "touch"
    TEMPERATURE = "temperature"
    SMELL = "smell"
    TASTE = "taste"
    PAIN = "pain"


ShortText = Annotated[str, Field(max_length=40)]


class DreamFacts(BaseModel):
    """What happens in a dream, as closed vocabularies and short capped strings.

    Attributes:
        actions: Short verb phrases in order, free of names; at most 8.
        mood: From -1 (nightmare) to 1 (blissful).
        sensory: Senses the dream speaks to besides sight.
        visual_detail: From 0 to 1, its vividness: how much there is to see. Not validated
            against people.
        evidence: Field name to character spans `(start, end)` in the redacted text.
        inferred: Fields that the text does not state and a default filled.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    setting: Setting
    characters: tuple[Role, ...] = ()
    actions: Annotated[tuple[ShortText, ...], Field(max_length=8)] = ()
    emotions: tuple[Emotion, ...] = ()
    motifs: Annotated[tuple[Motif, ...], Field(max_length=6)] = ()
    colours: Annotated[tuple[ShortText, ...], Field(max_length=4)] = ()
    sensory: tuple[Sense, ...] = ()
    mood: Annotated[float, Field(ge=-1, le=1)]
    visual_detail: Annotated[float, Field(ge=0, le=1)]
    evidence: dict[str, tuple[tuple[int, int], ...]] = Field(default_factory=dict)
    inferred: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Detection:
    """Whether a comment tells a dream, and why we think so.

    Attributes:
        probability: From 0 to 1.
        mode: `cue` when the text says it is a dream, `context` when the video asked for dreams.
        reasons: Stable codes, for example `cue:i_dreamt` or `figurative:dream_job`.
        lang: ISO 639-1 guess; metadata only, nothing is gated on it.
        engine: Version of the engine that judged; a fallback names the one that took over.
        needs_review: Engines disagree, or the text speaks to the model instead of to people.
    """

    is_dream: bool
    probability: float
    mode: str
    reasons: tuple[str, ...]
    lang: str
    engine: str = ""
    needs_review: bool = False


@dataclass(frozen=True, slots=True)
class Extraction:
    """The facts of one dream, and the version of the engine that found them.

    Attributes:
        reasons: Stable codes for what was unusual, for example `openai:facts_refused`.
        needs_review: Something about the text or the answer made the engine fall back on another.
    """

    facts: DreamFacts
    engine: str = ""
    reasons: tuple[str, ...] = ()
    needs_review: bool = False


@dataclass(frozen=True, slots=True)
class DreamReport:
    """One dream as told in one comment, redacted and structured.

    Attributes:
        dream_id: `drm_` and 16 hex digits of the comment id's hash: a comment tells one dream.
        text: The redacted text. The raw text stays in the lake only.
        engine: Version of what understood it, for example `embedded-2`.
        mode: `cue` or `context`; see `Detection`.
        needs_review: A person should look before anything is made of it.
        signature: 128 MinHash numbers of the redacted text, one number for a short text, None
            for one without words; see `duplicates`.
        duplicate_of: The dream id this one nearly repeats, or None.
    """

    dream_id: str
    comment_id: str
    source_video_id: str
    author_id: str
    told_at: datetime
    text: str
    lang: str
    probability: float
    reasons: tuple[str, ...]
    facts: DreamFacts
    screening: Screening
    likes: int | None
    engine: str
    mode: str = "cue"
    needs_review: bool = False
    signature: tuple[int, ...] | None = None
    duplicate_of: str | None = None


@dataclass(frozen=True, slots=True)
class RankedDream:
    """A dream's place in the queue for production, with the reason a person can read.

    Attributes:
        score: From 0 to 1; higher is made sooner.
        parts: Each score that went in, by name, from 0 to 1.
        why: One or two sentences.
        record: The whole "why this dream": scores with their own parts, weights, discounts and
            the policy's version, as JSON values.
    """

    dream_id: str
    rank: int
    score: float
    parts: dict[str, float] = field(default_factory=dict)
    why: str = ""
    record: dict[str, Any] = field(default_factory=dict)


class ConsentState(StrEnum):
    """See `consent` for the machine."""

    NONE = "none"
    ASKED = "asked"
    GRANTED = "granted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class Answer(StrEnum):
    """What a reply to our question means."""

    YES = "yes"
    YES_ANONYMOUS = "yes_anonymous"
    NO = "no"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class SelectionPolicy:
    """How dreams are ranked: written by `learning`, read by `dreams.ranking`.

    Attributes:
        version: 0 is the built-in prior, before anything was learned.
        weights: Part name to weight; they are normalised when used.
        motif_lift: Motif to expected relative reward, 1.0 when unknown.
    """

    version: int = 0
    weights: dict[str, float] = field(
        default_factory=lambda: {
            "visual": 0.45,
            "engagement": 0.25,
            "freshness": 0.15,
            "safety": 0.15,
        }
    )
    motif_lift: dict[str, float] = field(default_factory=dict)
