"""From a model's answer to a `Detection`, held against what the embedded engine said.

Two engines that are far apart are both signals: the comment is odd, or one of them is wrong.
Either way a person looks, and the embedded detector gets something to learn from.
"""

import math
import re
from dataclasses import replace

from dreambox_pipeline.stages.dreams.engine import CommentIn
from dreambox_pipeline.stages.dreams.model import Detection
from dreambox_pipeline.text_engines.openai.answers import SUSPECT, NoAnswer
from dreambox_pipeline.text_engines.openai.grounding import find_quote
from dreambox_pipeline.text_engines.openai.schemas import CommentKind, DreamVerdict

FURTHEST_APART = 0.4
"""Probabilities of the two engines that differ by more go to a person."""

ACCEPT_PROBABILITY = 0.5
_LANGUAGE = re.compile(r"[a-z]{2}")


def judged(
    verdict: DreamVerdict, comment: CommentIn, *, embedded: Detection, engine: str
) -> Detection:
    """The model's *verdict* with the embedded engine's reasons behind its own."""
    probability = _probability(verdict.probability)
    is_dream = probability >= ACCEPT_PROBABILITY
    doubts = [
        *(["engines_disagree"] if abs(probability - embedded.probability) > FURTHEST_APART else []),
        *(["kind_contradicts"] if is_dream != (verdict.kind is CommentKind.OWN_DREAM) else []),
        *(["no_evidence"] if is_dream and find_quote(verdict.quote, comment.text) is None else []),
    ]
    return Detection(
        is_dream=is_dream,
        probability=round(probability, 4),
        mode=_mode(comment, embedded),
        reasons=(f"openai:{verdict.kind.value}", *doubts, *embedded.reasons),
        lang=verdict.lang if _LANGUAGE.fullmatch(verdict.lang) else embedded.lang,
        engine=engine,
        needs_review=bool(doubts) or embedded.needs_review,
    )


def fallen_back(embedded: Detection, why: NoAnswer) -> Detection:
    """The embedded engine's verdict in the model's place."""
    return replace(
        embedded,
        reasons=(*embedded.reasons, f"openai:{why.value}"),
        needs_review=embedded.needs_review or why in SUSPECT,
    )


def kept_back(embedded: Detection) -> Detection:
    """The embedded engine's verdict on a comment that speaks to a model."""
    return replace(embedded, reasons=(*embedded.reasons, "openai:not_sent"), needs_review=True)


def _probability(said: float) -> float:
    return min(1.0, max(0.0, said)) if math.isfinite(said) else 0.0


def _mode(comment: CommentIn, embedded: Detection) -> str:
    """Without a word for dreaming it was the video's question that made it one."""
    has_cue = any(reason.startswith("cue:") for reason in embedded.reasons)
    return "context" if comment.asks_for_dreams and not has_cue else embedded.mode
