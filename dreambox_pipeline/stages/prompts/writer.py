"""Who words a prompt: the port, and the writer that leaves our own words as they are.

A writer may word the scene, the light, the beats and the sound of a prompt that `composition`
made. Everything that decides what is shown, how long, in which style and at what cost stays.
"""

from dataclasses import dataclass
from typing import Final, Protocol

from dreambox_pipeline.stages.dreams.model import DreamFacts
from dreambox_pipeline.stages.prompts.model import VideoPrompt
from dreambox_pipeline.stages.prompts.styles import Style

EMBEDDED_WRITER: Final = "embedded"


@dataclass(frozen=True, slots=True)
class Written:
    """A prompt and who worded it.

    Attributes:
        writer: `embedded`, a language model's name and the version of what it was told, or
            `embedded (fallback: …)` with the reason why our own words stayed.
    """

    prompt: VideoPrompt
    writer: str

    @property
    def is_fallback(self) -> bool:
        """A language model was asked, and its answer was not used."""
        return self.writer.startswith(f"{EMBEDDED_WRITER} (")


class PromptWriter(Protocol):
    """Something that words a prompt."""

    name: str

    def write(self, base: VideoPrompt, facts: DreamFacts, style: Style) -> Written:
        """*base* in the writer's words, or *base* itself.

        Args:
            base: As `composition` made it.
            facts: What the dream is known to hold. Its free text is not for the writer's use.
            style: The style of *base*.

        Raises:
            TransientError: No answer now; the dream waits.
            StopError: The key, the model or the address is wrong.
        """
        ...


class EmbeddedWriter:
    """Our own words, which a person reviewed."""

    name = EMBEDDED_WRITER

    def write(self, base: VideoPrompt, facts: DreamFacts, style: Style) -> Written:  # noqa: ARG002
        """*base*, unchanged."""
        return Written(base, self.name)


def fallen_back(base: VideoPrompt, reason: str) -> Written:
    """*base* in our own words, because another writer's cannot be used for this *reason*."""
    return Written(base, f"{EMBEDDED_WRITER} (fallback: {reason})")
