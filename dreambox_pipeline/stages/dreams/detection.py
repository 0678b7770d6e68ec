"""Decide whether a comment tells a dream, and say why.

    cheap look -> rules and hints -> learned weights -> calibrated probability -> verdict

A comment without a dream word and without a hint costs a few microseconds. One that says
plainly "last night I dreamt that ..." is taken whatever the weights make of its style. One
that only hints needs many hints, and goes to a person: stories and dreams cannot be told
apart by style alone.
Under a video that asks for dreams (mode `context`) the same score needs less.
"""

import math

from dreambox_pipeline.stages.dreams import contexts
from dreambox_pipeline.stages.dreams.classifier import Classifier
from dreambox_pipeline.stages.dreams.features import (
    READ_CHARS,
    Features,
    read_features,
    regime_of,
)
from dreambox_pipeline.stages.dreams.model import Detection
from dreambox_pipeline.stages.dreams.rules import BIAS
from dreambox_pipeline.text.language import UNDETERMINED, guess_language

RULES_THRESHOLD = 0.5
"""Where the line is when only the rules decide."""
NO_CUE = Detection(
    is_dream=False,
    probability=0.01,
    mode="cue",
    reasons=("no_cue",),
    lang=UNDETERMINED,  # Naming the language would cost more than the whole look.
)
"""The verdict on a comment that does not even hint at a dream."""
# Rules this sure (log-odds) and uncontradicted accept on their own; style may not veto
# "anoche soñé que volaba".
_STRONG_SCORE = 2.0
# A hint of a dream weighs more where dreams were asked for.
_ASKED_BONUS = 1.0
# "Tell me your dream" videos: shorter than this is banter, not a dream.
_STORY_MIN_WORDS = 12
_STORY_MIN_VERBS = 2
# "Mine: a piano on a snowy mountain" is an answer to such a video, as short as it is.
_ANSWER_MIN_WORDS = 6
# Something happens or is seen; without any of these a forgotten dream has no content.
_TELLING_HINTS = frozenset(
    {"scene", "shift", "odd_identity", "impossible", "struggle", "present_self", "recall"}
)
_PICTURED = frozenset({"scene", "shift", "impossible", "struggle"})
_ROOM_TO_TELL = 30
_HINTS_SHOWN = 3
# What an answer's form adds to the learned score, in log-odds; judgements, as the bonus is.
_STORY_ODDS = {"answer": 3.0, "story": 0.7}
# From here on the learned wording is worth naming as a reason.
_TELLING_WORDING = 0.5


def detect_dream(
    text: str, *, classifier: Classifier | None = None, asks_for_dreams: bool = False
) -> Detection:
    """Judge one cleaned comment.

    Args:
        text: Already `clean`ed. Anything beyond its first 2,000 characters is not read.
        classifier: Learned weights; None lets the rules decide alone.
        asks_for_dreams: The video it was written under asks viewers to tell a dream.
    """
    features = read_features(text, ungated=asks_for_dreams)
    if features is None:
        return NO_CUE
    verdict = _judge_by_rules(features) if classifier is None else _judge(features, classifier)
    if asks_for_dreams and not verdict[0]:
        verdict = _judge_answer(features, classifier) or verdict
    is_dream, probability, mode, reasons = verdict
    is_hinted = is_dream and mode == "cue" and regime_of(features.rules) != "cue"
    return Detection(
        is_dream=is_dream,
        probability=round(probability, 4),
        mode=mode,
        reasons=reasons or ("no_cue",),
        lang=features.rules.lang or guess_language(text[:READ_CHARS]),
        needs_review=is_hinted,
    )


_Verdict = tuple[bool, float, str, tuple[str, ...]]


def _judge_by_rules(features: Features) -> _Verdict:
    probability = _logistic(features.rules.score)
    return probability >= RULES_THRESHOLD, probability, "cue", features.rules.reasons


def _judge(features: Features, classifier: Classifier) -> _Verdict:
    named, wording = classifier.scores(features)
    regime, line = regime_of(features.rules), classifier.calibration
    threshold = line.threshold if regime == "cue" else line.hinted_threshold
    probability = classifier.probability(named + wording, is_bare=regime == "bare")
    reasons = _reasons(features, wording)
    if _is_forgotten(features):
        return False, min(probability, threshold / 2), "cue", reasons
    if probability < threshold and _is_strong(features):
        return True, threshold, "cue", (*reasons, "plain_phrase")
    return probability >= threshold, probability, "cue", reasons


def _is_strong(features: Features) -> bool:
    rules = features.rules
    return rules.names_dreamer and rules.score >= _STRONG_SCORE and not rules.is_contradicted


def _is_forgotten(features: Features) -> bool:
    """The writer had a dream and cannot say what it was: there is nothing to tell."""
    is_gone = any(code == "forgotten" for code, _ in features.rules.contexts)
    is_short = len(features.lowered.split()) < _ROOM_TO_TELL
    return is_gone and is_short and not _TELLING_HINTS.intersection(features.hints)


def _reasons(features: Features, wording: float) -> tuple[str, ...]:
    hints = sorted(features.hints, key=lambda code: (-features.hints[code], code))
    reasons = [*features.rules.reasons, *(f"hint:{code}" for code in hints[:_HINTS_SHOWN])]
    if abs(wording) >= _TELLING_WORDING:
        reasons.append("learned:+" if wording > 0 else "learned:-")
    return tuple(reasons)


def _judge_answer(features: Features, classifier: Classifier | None) -> _Verdict | None:
    """The verdict under a video that asks for dreams, where it is kinder; None where not."""
    rules = features.rules
    if rules.is_contradicted:
        return None
    if rules.cues and rules.score + _ASKED_BONUS >= 0:
        return True, _logistic(rules.score + _ASKED_BONUS), "cue", (*rules.reasons, "asked")
    story, codes = _score_story(features.lowered)
    if classifier is None:
        is_told = story >= 0
        return (True, _logistic(story), "context", (*rules.reasons, *codes)) if is_told else None
    if "selling" in codes or not _may_answer(features):
        return None
    named, wording = classifier.scores(features)
    z = named + wording + classifier.calibration.context_offset + _STORY_ODDS.get(codes[0], 0.0)
    probability = classifier.probability(z, is_bare=regime_of(rules) == "bare")
    is_dream = probability >= classifier.calibration.hinted_threshold
    return is_dream, probability, "context", (*_reasons(features, wording), *codes)


def _may_answer(features: Features) -> bool:
    """Long enough, no question, no request, and not about a dream that is gone."""
    folded = features.lowered
    words = len(folded.split())
    is_asking = folded.rstrip().endswith("?") or contexts.REQUEST.search(folded)
    # A short line answers only if it shows something: "idk why but i'm crying" is about the video.
    least = _ANSWER_MIN_WORDS if _shows_something(features) else _STORY_MIN_WORDS
    return words >= least and not is_asking and not contexts.FORGOTTEN.search(folded)


def _shows_something(features: Features) -> bool:
    return bool(_PICTURED.intersection(features.hints)) or bool(
        contexts.ANSWER.search(features.lowered)
    )


def _score_story(folded: str) -> tuple[float, tuple[str, ...]]:
    """How much a comment without a cue reads like something that happened to its writer."""
    words = len(folded.split())
    if contexts.SELLING.search(folded):
        return BIAS, ("selling",)
    if words >= _ANSWER_MIN_WORDS and contexts.ANSWER.search(folded) and "?" not in folded:
        return 0.6, ("answer",)
    verbs = len(contexts.STORY_VERB.findall(folded))
    is_own = len(contexts.FIRST_PERSON.findall(folded)) >= 2
    is_question = folded.rstrip().endswith("?")
    if words < _STORY_MIN_WORDS or verbs < _STORY_MIN_VERBS or not is_own or is_question:
        return BIAS, ("no_story",)
    return -1.2 + min(2.4, 0.5 * verbs) + min(1.0, words / 60), ("story",)


def _logistic(log_odds: float) -> float:
    return 1 / (1 + math.exp(-log_odds))
