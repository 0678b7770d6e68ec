"""Value types for prompts and for the policy that chooses a style."""

from dataclasses import dataclass, field
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from dreambox_pipeline.stages.dreams.model import Motif, Setting

LONGEST_ACTION: Final = 120
"""Characters of one beat."""


class Beat(BaseModel):
    """One thing that happens, and when."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    at_s: Annotated[float, Field(ge=0)]
    action: Annotated[str, Field(max_length=LONGEST_ACTION)]


class VideoPrompt(BaseModel):
    """Everything a text-to-video model is told, typed, so every renderer says the same thing.

    `setting`, `motifs`, `camera`, `palette` and `mood` are closed vocabularies that the
    synthetic generator draws from; the prose fields say the same to a language-driven model.

    Attributes:
        style_id: Key into `styles.STYLES`.
        scene: Who and what is seen, and where; it contains *subject* word for word.
        subject: Who we follow, worded the same in every prompt, which keeps them the same person.
        finishing: Grain, halation, vignette: what a colorist would add last.
        palette: Three to six `#rrggbb` colours, dark to light.
        mood: From -1 (nightmare) to 1 (blissful).
        duration_s: Seconds asked for.
        seed: Drives everything random in an offline render, and a provider's where supported.
        title: Shown on the video; from facts, at most 60 characters.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    style_id: str
    style: str
    scene: str
    cinematography: str
    camera: str
    lighting: str
    palette: Annotated[tuple[str, ...], Field(min_length=3, max_length=6)]
    beats: tuple[Beat, ...]
    mood: Annotated[float, Field(ge=-1, le=1)]
    audio: str
    avoid: tuple[str, ...]
    setting: Setting
    motifs: tuple[Motif, ...]
    figures: Annotated[int, Field(ge=0, le=3)] = 1
    duration_s: Annotated[float, Field(gt=0, le=60)] = 6.0
    seed: Annotated[int, Field(ge=0)] = 0
    title: Annotated[str, Field(max_length=60)] = ""
    # Prompts stored before these fields existed have none.
    subject: str = ""
    finishing: str = ""


@dataclass(frozen=True, slots=True)
class StylePolicy:
    """How styles are chosen: written by `learning`, read by `prompts.composition`.

    Attributes:
        version: 0 is the built-in prior.
        arms: style id to `(alpha, beta)` of a Beta posterior over reward.
    """

    version: int = 0
    arms: dict[str, tuple[float, float]] = field(default_factory=dict)
