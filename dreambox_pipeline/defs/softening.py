"""A softened prompt for a generator that refused the first, judged again before it is sent."""

from dataclasses import replace

from dreambox_pipeline.safety.model import ScreeningAction
from dreambox_pipeline.safety.moderation import Moderator
from dreambox_pipeline.safety.screening import screen
from dreambox_pipeline.stages.prompts.model import VideoPrompt
from dreambox_pipeline.stages.prompts.rendering import to_prose
from dreambox_pipeline.stages.prompts.softening import soften
from dreambox_pipeline.storage.ledger.prompts import PromptRow


def softened_row(row: PromptRow) -> PromptRow | None:
    """*row* with a gentler prompt for the same dream; None when there is nothing to soften."""
    gentler = soften(row.prompt)
    return None if gentler is None or gentler == row.prompt else replace(row, prompt=gentler)


def objection_to(prompt: VideoPrompt, *, moderator: Moderator) -> str | None:
    """Why a composed prompt must not be sent, by our rules or the moderation model; or None.

    Raises:
        TransientError: The moderation model gives no answer now.
        StopError: Its key or its address is wrong.
    """
    # Without the avoid list: "no weapons" would otherwise read as weapons.
    seen = f"{prompt.title}.\n{to_prose(prompt, says_avoid=False)}"
    verdict = screen(seen, lang="en")
    if verdict.action is ScreeningAction.BLOCK:
        return f"our rules block it ({', '.join(verdict.reasons)})"
    moderation = moderator.check_text(seen)
    if moderation is None or not moderation.is_flagged:
        return None
    worst = moderation.worst
    return f"{moderator.name} flags it{f' ({worst[0]})' if worst else ''}"
