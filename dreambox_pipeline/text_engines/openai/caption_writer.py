"""Captions worded by a language model, behind the same port as our own words.

    facts only -> answer of a closed shape -> every check of `caption_objections` -> its words
                       |                                |
                       +--------------------------------+--> our own words, and why

A server that cannot be reached is a reason to fall back, too: a slot comes at its hour, with a
caption or without. Whoever wants the model's words later names the video in post_drafts' ids.
"""

from dreambox_pipeline.stages.posts.caption_objections import objection
from dreambox_pipeline.stages.posts.caption_writer import CaptionBrief, CaptionWords, fallen_back
from dreambox_pipeline.text_engines.openai.answers import NoAnswer
from dreambox_pipeline.text_engines.openai.caption_questions import (
    CAPTION_VERSION,
    CaptionWording,
    caption_parameters,
)
from dreambox_pipeline.text_engines.openai.server import ModelServer


class OpenAICaptionWriter:
    """Words captions with a language model over OpenAI's Responses API.

    Args:
        server: The model.
    """

    def __init__(self, server: ModelServer) -> None:
        self._server = server
        self.name = f"openai:{server.model}+{CAPTION_VERSION}"

    def __repr__(self) -> str:
        return f"OpenAICaptionWriter({self._server!r})"

    def write(self, brief: CaptionBrief) -> CaptionWords:
        """See `CaptionWriter.write`."""
        server = self._server
        asked = caption_parameters(brief, model=server.model, rng=server.rng)
        answer, _ = server.call(asked, CaptionWording)
        if not isinstance(answer, CaptionWording):
            return fallen_back(
                brief, answer.value if isinstance(answer, NoAnswer) else "unreadable"
            )
        hook, alt_text = answer.hook.strip(), answer.alt_text.strip()
        reason = objection(hook, alt_text, brief)
        if reason is not None:
            return fallen_back(brief, reason)
        return CaptionWords(hook, alt_text, self.name)
