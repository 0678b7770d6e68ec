"""From a model's answer to a `Detection`, held against what the embedded engine said.

Two engines that are far apart are both signals: the comment is odd, or one of them is wrong.
Either way a person looks, and the embedded detector gets something to learn from. What stands
in for an answer that never came is made here too, for verdicts and for facts alike.
"""

import math
import re
from dataclasses import replace

from dreambox_pipeline.safety.screening import COVERED_LANGUAGES
from dreambox_pipeline.stages.dreams.model import Detection, Extraction
from dreambox_pipeline.text.language import UNDETERMINED
from dreambox_pipeline.text_engines.openai.answers import SUSPECT, NoAnswer
from dreambox_pipeline.text_engines.openai.grounding import find_quote
from dreambox_pipeline.text_engines.openai.questions import Question
from dreambox_pipeline.text_engines.openai.schemas import CommentKind, DreamVerdict

FURTHEST_APART = 0.4
"""Probabilities of the two engines that differ by more go to a person."""

ACCEPT_PROBABILITY = 0.5
_LANGUAGE = re.compile(r"[a-z]{2}")


def judged(
    verdict: DreamVerdict, question: Question, *, embedded: Detection, engine: str
) -> Detection:
    """The model's *verdict* with the embedded engine's reasons behind its own.

    Args:
        verdict: As the model gave it.
        question: What it was sent; its quote is looked up in these words, because a placeholder
            it quotes is not in the comment.
        embedded: The embedded engine's verdict on the same comment.
        engine: Version to note as the one that judged.
    """
    probability = _probability(verdict.probability)
    is_dream = probability >= ACCEPT_PROBABILITY
    doubts = [
        *(["engines_disagree"] if abs(probability - embedded.probability) > FURTHEST_APART else []),
        *(["kind_contradicts"] if is_dream != (verdict.kind is CommentKind.OWN_DREAM) else []),
        *(["no_evidence"] if is_dream and find_quote(verdict.quote, question.text) is None else []),
    ]
    return Detection(
        is_dream=is_dream,
        probability=round(probability, 4),
        mode=_mode(question, embedded),
        reasons=(f"openai:{verdict.kind.value}", *doubts, *embedded.reasons),
        lang=_lang(verdict.lang, embedded.lang),
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


def facts_fallen_back(embedded: Extraction, why: NoAnswer) -> Extraction:
    """The embedded engine's facts in the model's place."""
    return replace(
        embedded,
        reasons=(*embedded.reasons, f"openai:facts_{why.value}"),
        needs_review=embedded.needs_review or why in SUSPECT,
    )


def facts_not_found(embedded: Extraction) -> Extraction:
    """The embedded engine's facts where nothing that the model listed is in the comment."""
    return replace(embedded, reasons=(*embedded.reasons, "openai:facts_not_found"))


def facts_kept_back(embedded: Extraction) -> Extraction:
    """The embedded engine's facts of a dream that speaks to a model."""
    reasons = (*embedded.reasons, "openai:facts_not_sent")
    return replace(embedded, reasons=reasons, needs_review=True)


def _probability(said: float) -> float:
    return min(1.0, max(0.0, said)) if math.isfinite(said) else 0.0


def _lang(said: str, embedded: str) -> str:
    """The model's word for the language, which may cost a review and never save one.

    Screening sends languages it has no words in to a person; a model, or a comment that talked
    it into something, must not call such a comment English.
    """
    needs_person = embedded != UNDETERMINED and embedded not in COVERED_LANGUAGES
    return embedded if needs_person or not _LANGUAGE.fullmatch(said) else said


def _mode(question: Question, embedded: Detection) -> str:
    """Without a word for dreaming it was the video's question that made it one."""
    has_cue = any(reason.startswith("cue:") for reason in embedded.reasons)
    return "context" if question.asks_for_dreams and not has_cue else embedded.mode
