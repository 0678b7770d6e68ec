"""Whose the sound of a video is, as reviewed data.

A video may be posted with a sound only when somebody wrote down here where such a sound comes
from and why it is ours to use. Nothing here is legal advice; the source is named so that a person
can read it again.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

_READ_ON = date(2026, 11, 22)


@dataclass(frozen=True, slots=True)
class SoundOrigin:
    """Where a sound comes from and why it may be posted.

    Attributes:
        name: What provenance records call it.
        source: Where the right is written.
    """

    name: str
    why: str
    source: str
    read_on: date = _READ_ON


SILENCE: Final = SoundOrigin(
    "silence", "The clip came without sound, so there is nothing to own.", "measured from the clip"
)
COMPOSED_HERE: Final = SoundOrigin(
    "composed_here",
    "Computed from a seed on this machine; no recording and no melody of anybody's is in it.",
    "generators/synthetic/music.py",
)
GEMINI: Final = SoundOrigin(
    "gemini",
    "The model made it with the picture, and Google claims no ownership of what it generates.",
    "Gemini API Additional Terms of Service, Use of Generated Content, https://ai.google.dev/gemini-api/terms",
)
OPERATORS_MODEL: Final = SoundOrigin(
    "operators_model",
    "The model on the operator's video server made it with the picture, under the license by which the operator runs that model.",
    "the license of the model in DREAMBOX_VIDEO_MODEL",
)

SOUND_ORIGINS: Final[dict[str, SoundOrigin]] = {
    origin.name: origin for origin in (SILENCE, COMPOSED_HERE, GEMINI, OPERATORS_MODEL)
}
