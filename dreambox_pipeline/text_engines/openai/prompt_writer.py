"""Prompts worded by a language model, behind the same port as our own words.

    base prompt -> ask, facts only -> answer of a closed shape -> every check of `wording`
                        |                     |                        |
                        +---------------------+------------------------+--> our own words, and why

A server that cannot be reached is no reason to fall back: the dream waits, because a prompt is
made once and nobody would ask for the better words later.
"""

from dreambox_pipeline.errors import TransientError
from dreambox_pipeline.stages.dreams.model import DreamFacts
from dreambox_pipeline.stages.prompts.model import VideoPrompt
from dreambox_pipeline.stages.prompts.styles import Style
from dreambox_pipeline.stages.prompts.wording import Wording, applied, objection
from dreambox_pipeline.stages.prompts.writer import Written, fallen_back
from dreambox_pipeline.text_engines.openai.answers import NoAnswer
from dreambox_pipeline.text_engines.openai.prompt_questions import (
    WORDING_VERSION,
    PromptWording,
    wording_parameters,
)
from dreambox_pipeline.text_engines.openai.server import ModelServer


class OpenAIPromptWriter:
    """Words prompts with a language model over OpenAI's Responses API.

    Args:
        server: The model.
    """

    def __init__(self, server: ModelServer) -> None:
        self._server = server
        self.name = f"openai:{server.model}+{WORDING_VERSION}"

    def __repr__(self) -> str:
        return f"OpenAIPromptWriter({self._server!r})"

    def write(self, base: VideoPrompt, facts: DreamFacts, style: Style) -> Written:
        """See `PromptWriter.write`."""
        server = self._server
        asked = wording_parameters(base, facts, style, model=server.model, rng=server.rng)
        answer, wait_s = server.call(asked, PromptWording)
        if answer is NoAnswer.UNREACHABLE:
            raise TransientError(
                f"Asked {server.model!r} at {server.address} to word a prompt and got no answer. The dream "
                "waits. Set DREAMBOX_PROMPT_WRITER to embedded to go on without it.",
                retry_after_s=wait_s,
            )
        if not isinstance(answer, PromptWording):
            return fallen_back(base, answer.value if isinstance(answer, NoAnswer) else "unreadable")
        wording = Wording(answer.scene, answer.lighting, tuple(answer.beats), answer.audio)
        reason = objection(wording, base, facts)
        if reason is not None:
            return fallen_back(base, reason)
        return Written(applied(wording, base), self.name)
