"""The three scores a dream is ranked by, each from 0 to 1 and each with its parts.

    visual       how much there is to see: a weighted mean of what a picture is made of
    engagement   how people are expected to like it: a weighted mean of likes, feeling and story
    policy risk  that it does harm or is refused: 1 - product(1 - part), so one grave part is enough

The weights and risks are this product's judgement, written down to be argued with; none was
fitted to posts yet. What posts teach arrives as the motifs' lift in the stored policy.

A fresh comment has had less time to be liked. Its likes are compared as what they will be: of
all its likes a comment has `1 - 0.5 ** (age / 12 h)` by an age, and a guess at the batch's
typical count stands in for what cannot be known yet:

    expected likes = (likes + 0.25 * typical) / (share so far + 0.25)
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from types import MappingProxyType
from typing import Final

from dreambox_pipeline.safety.model import ScreeningAction
from dreambox_pipeline.safety.redaction import KINDS
from dreambox_pipeline.stages.dreams.model import DreamFacts, DreamReport, Role, Setting

VISUAL_WEIGHTS: Final[Mapping[str, float]] = MappingProxyType(
    {"detail": 0.4, "place": 0.2, "things": 0.2, "colours": 0.1, "action": 0.1}
)
ENGAGEMENT_WEIGHTS: Final[Mapping[str, float]] = MappingProxyType(
    {"likes": 0.7, "feeling": 0.15, "story": 0.15}
)

# Comments are read while their video is new: half of all likes come in the first half day.
LIKES_HALF_LIFE: Final = timedelta(hours=12)
# How much the typical count weighs against a comment's own; more, and nothing fresh could shine.
TYPICAL_WEIGHS: Final = 0.25
# A batch whose best dream has two likes has no favourite; ten likes are the least that count in full.
LEAST_FAVOURITE_LIKES: Final = 10
# Likes unknown in the whole batch: neither for nor against.
UNKNOWN_LIKES: Final = 0.5

# Screening reasons, by how likely it is that a careful person would not post it.
REASON_RISKS: Final[Mapping[str, float]] = MappingProxyType(
    {
        "minor_depicted": 0.6,
        "self_harm": 0.6,
        "hate": 0.6,
        "slur": 0.5,
        "nudity": 0.5,
        "public_figure": 0.5,
        "injection": 0.5,
        "gore": 0.45,
        "drugs": 0.4,
        "violence": 0.35,
        "language_not_covered": 0.35,
    }
)
UNKNOWN_REASON_RISK: Final = 0.4
# The extraction saw them even where no screening word did; a role can be drawn without a likeness.
ROLE_RISKS: Final[Mapping[Role, float]] = MappingProxyType(
    {Role.PUBLIC_FIGURE: 0.4, Role.CHILD: 0.3}
)
# What was taken out shows that there was personal data; rules miss some (see `text.pii`).
PERSONAL_DATA_RISK: Final = 0.1
MOST_PERSONAL_DATA_RISK: Final = 0.3
# It spoke to the model or the engines disagreed; a person looked since, and passed it.
LOOKED_AT_RISK: Final = 0.15

_PLACEHOLDER: Final = re.compile(rf"\[(?:{'|'.join(KINDS)})\]")


@dataclass(frozen=True, slots=True)
class Score:
    """A score from 0 to 1 with the parts it is made of, each from 0 to 1 by its name."""

    value: float
    parts: Mapping[str, float]


def visual_score(facts: DreamFacts) -> Score:
    """How much of a picture the words give, not counting what a default filled in."""
    parts = {
        "detail": facts.visual_detail,
        "place": float(facts.setting is not Setting.UNKNOWN and "setting" not in facts.inferred),
        "things": min(len(set(facts.motifs)), 3) / 3,
        "colours": min(len(set(facts.colours)), 2) / 2,
        "action": min(len(set(facts.actions)), 2) / 2,
    }
    return Score(_weighted(parts, VISUAL_WEIGHTS), parts)


def engagement_score(facts: DreamFacts, *, likes: float) -> Score:
    """How people are expected to like it; *likes* is the dream's part from `likes_parts`."""
    others = {role for role in facts.characters if role is not Role.DREAMER}
    parts = {
        "likes": likes,
        "feeling": 0.5 * min(len(set(facts.emotions)), 2) / 2 + 0.5 * abs(facts.mood),
        "story": 0.7 * min(len(set(facts.actions)), 3) / 3 + 0.3 * bool(others),
    }
    return Score(_weighted(parts, ENGAGEMENT_WEIGHTS), parts)


def policy_risk(report: DreamReport) -> Score:
    """How likely it does harm or is refused; 0 when nothing speaks against it."""
    parts: dict[str, float] = {}
    for reason in report.screening.reasons:
        kind = reason.partition(":")[0]
        parts[reason] = REASON_RISKS.get(kind, UNKNOWN_REASON_RISK)
    if report.screening.action is ScreeningAction.REVIEW and not parts:
        parts["unexplained"] = UNKNOWN_REASON_RISK
    for role, risk in ROLE_RISKS.items():
        if role in report.facts.characters:
            parts[f"character:{role}"] = risk
    found = len(_PLACEHOLDER.findall(report.text)) if "[" in report.text else 0
    if found:
        parts["personal_data"] = min(PERSONAL_DATA_RISK * found, MOST_PERSONAL_DATA_RISK)
    if report.needs_review:
        parts["looked_at"] = LOOKED_AT_RISK
    return Score(1 - math.prod(1 - risk for risk in parts.values()), parts)


def likes_parts(reports: Sequence[DreamReport], *, now: datetime) -> dict[str, float]:
    """Dream id to how well it is liked among *reports*, 0 to 1, made comparable by age.

    A missing count is not zero likes: such a dream stands in the middle of its batch.
    """
    known = [max(r.likes, 0) for r in reports if r.likes is not None]
    if not known:
        return dict.fromkeys((r.dream_id for r in reports), UNKNOWN_LIKES)
    typical = median(known)
    expected = {
        r.dream_id: typical if r.likes is None else expected_likes(r, typical=typical, now=now)
        for r in reports
    }
    ceiling = math.log1p(max(LEAST_FAVOURITE_LIKES, *expected.values()))
    return {dream_id: math.log1p(likes) / ceiling for dream_id, likes in expected.items()}


def expected_likes(report: DreamReport, *, typical: float, now: datetime) -> float:
    """The likes a comment will have when it is old, guessed from those it has at its age."""
    likes = max(report.likes or 0, 0)
    # The platform's clock may run ahead of ours; a dream told "in the future" is fresh.
    age = max(now - report.told_at, timedelta(0))
    so_far = 1 - 0.5 ** (age / LIKES_HALF_LIFE)
    return float((likes + TYPICAL_WEIGHS * typical) / (so_far + TYPICAL_WEIGHS))


def _weighted(parts: Mapping[str, float], weights: Mapping[str, float]) -> float:
    return min(1.0, math.fsum(weight * parts[name] for name, weight in weights.items()))
