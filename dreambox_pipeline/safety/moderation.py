"""The port over a moderation model, which looks at texts and pictures besides our own rules.

Our rules (`screening`) always run and always have the first word; a moderation model can only
add a "no". It never adds a "yes".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from dreambox_pipeline.safety.model import Screening, ScreeningAction
from dreambox_pipeline.safety.screening import screen


@dataclass(frozen=True, slots=True)
class Moderation:
    """What a moderation model says about one text or picture.

    Attributes:
        is_flagged: The model would not allow it.
        scores: Category, in the model's own words, to a score from 0 to 1.
    """

    is_flagged: bool
    scores: Mapping[str, float] = field(default_factory=dict)

    @property
    def worst(self) -> tuple[str, float] | None:
        """The category with the highest score, or None when the model names none."""
        return max(self.scores.items(), key=lambda item: item[1], default=None)


class Moderator(Protocol):
    """Something that judges texts and pictures. Answers are None when it does not look at such a thing."""

    name: str

    def check_text(self, text: str) -> Moderation | None:
        """Judge *text*.

        Raises:
            TransientError: No answer now.
            StopError: The key or the address is wrong.
        """
        ...

    def check_picture(self, picture: bytes) -> Moderation | None:
        """Judge *picture*, a whole JPEG, PNG or WebP file.

        Raises:
            TransientError: No answer now.
            StopError: The key or the address is wrong.
        """
        ...


def judged(text: str, *, moderator: Moderator) -> Screening:
    """Our rules first; *moderator* may add a "no", never a "yes".

    Args:
        text: English words of ours, such as a prompt's.
        moderator: Looks at what our rules let pass.

    Raises:
        TransientError: The moderation model gives no answer now.
        StopError: Its key or its address is wrong.
    """
    verdict = screen(text, lang="en")
    if verdict.action is ScreeningAction.BLOCK:
        return verdict
    moderation = moderator.check_text(text)
    if moderation is None or not moderation.is_flagged:
        return verdict
    category = moderation.worst[0] if moderation.worst else "flagged"
    return Screening(ScreeningAction.BLOCK, (*verdict.reasons, f"moderation: {category}"))


class NoModerator:
    """Looks at nothing: our own rules are all there is."""

    name = "none"

    def check_text(self, text: str) -> Moderation | None:  # noqa: ARG002
        """Nothing to say."""
        return None

    def check_picture(self, picture: bytes) -> Moderation | None:  # noqa: ARG002
        """Nothing to say."""
        return None
