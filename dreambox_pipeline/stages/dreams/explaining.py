"""The "why this dream" record of a place in the ranking, and the sentence that sums it up.

The record is plain JSON: every score with its parts and weight, what was learned, what held the
dream back, the policy's version, and what would raise it. It holds no word of the dream, so it
may be shown where texts may not.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from heapq import nlargest
from typing import Any, Final

from dreambox_pipeline.safety.model import ScreeningAction
from dreambox_pipeline.stages.dreams.duplicates import COPIED
from dreambox_pipeline.stages.dreams.model import DreamFacts, DreamReport, Setting
from dreambox_pipeline.stages.dreams.scores import ENGAGEMENT_WEIGHTS, VISUAL_WEIGHTS, Score

FORMAT: Final = 1
"""Of the record; a reader of stored records asks for it before anything else."""

DIGITS: Final = 4
RAISES_SHOWN: Final = 3
# Nobody asks how the ten-thousandth could come first, and working it out costs as much as the rest.
RAISES_UP_TO_RANK: Final = 1000
# What would change less than this is not worth a line.
LEAST_GAIN: Final = 0.005

_RAISES: Final[Mapping[str, str]] = {
    "detail": "more detail for the eye",
    "place": "a place that is named",
    "things": "more things that can be shown",
    "colours": "colours",
    "action": "something that happens in the picture",
    "likes": "more likes",
    "feeling": "a stronger feeling",
    "story": "more that happens, or somebody in it",
    "diversity": "other videos first that do not show the same",
    "fairness": "other dreamers' turns first",
    "safety": "nothing in it that needs care",
}


@dataclass(frozen=True, slots=True)
class Weights:
    """The four parts' shares, which sum to 1, and names in the policy that could not be used."""

    shares: Mapping[str, float]
    left_out: tuple[str, ...]
    policy_version: int


@dataclass(frozen=True, slots=True)
class Merit:
    """A dream's worth before anything else is made.

    Attributes:
        base: The weighted mean of the four parts.
        lift: What the motifs are expected to earn against the average, 1.0 when unknown.
        lifts: The learned lifts among its motifs, as stored.
        value: The base with its odds multiplied by the lift.
    """

    report: DreamReport
    visual: Score
    engagement: Score
    risk: Score
    freshness: float
    base: float
    lift: float
    lifts: Mapping[str, float]
    value: float

    @property
    def parts(self) -> dict[str, float]:
        """The parts on one scale from 0 to 1; 0.5 is the lift of an average motif."""
        return {
            "visual": self.visual.value,
            "engagement": self.engagement.value,
            "freshness": self.freshness,
            "safety": 1 - self.risk.value,
            "motif_lift": self.lift / (1 + self.lift),
        }


@dataclass(frozen=True, slots=True)
class Discounts:
    """What sets a dream back behind others.

    Attributes:
        repeated: The motif or setting shown most often lately, empty when nothing repeats.
        repeats: How often.
        turns: How many dreams of this dreamer were made or are placed before.
    """

    diversity: float
    repeated: str
    repeats: int
    fairness: float
    turns: int

    @property
    def factor(self) -> float:
        """Both together."""
        return self.diversity * self.fairness


def lifted(base: float, lift: float) -> float:
    """*base* with its odds multiplied by *lift*."""
    return base * lift / (1 - base + base * lift)


def record_of(
    merit: Merit,
    discounts: Discounts,
    weights: Weights,
    *,
    rank: int,
    candidates: int,
    now: datetime,
) -> dict[str, Any]:
    """Everything that decided about the place *rank* among *candidates*, as JSON values."""
    report, shares = merit.report, weights.shares
    age_days = max((now - report.told_at).total_seconds(), 0) / 86_400
    return {
        "format": FORMAT,
        "policy_version": weights.policy_version,
        "weights_left_out": list(weights.left_out),
        "rank": rank,
        "candidates": candidates,
        "score": _round(merit.value * discounts.factor),
        "scores": {
            "visual": _score(merit.visual, shares["visual"]),
            "engagement": _score(merit.engagement, shares["engagement"]) | {"likes": report.likes},
            "freshness": {
                "value": _round(merit.freshness),
                "weight": _round(shares["freshness"]),
                "age_days": round(age_days, 1),
            },
            "policy_risk": _score(merit.risk, shares["safety"]),
        },
        "learned": {"motif_lift": _round(merit.lift), "motifs": dict(merit.lifts)},
        "before_discounts": _round(merit.value),
        "discounts": {
            "diversity": {
                "factor": _round(discounts.diversity),
                "repeated": discounts.repeated,
                "times": discounts.repeats,
            },
            "fairness": {"factor": _round(discounts.fairness), "turns": discounts.turns},
        },
        "screening": report.screening.action.value,
        "mode": report.mode,
        "engine": report.engine,
        "would_raise": _would_raise(merit, discounts, shares) if rank <= RAISES_UP_TO_RANK else [],
    }


def _score(score: Score, weight: float) -> dict[str, Any]:
    parts = {name: _round(value) for name, value in score.parts.items()}
    return {"value": _round(score.value), "weight": _round(weight), "parts": parts}


def _would_raise(
    merit: Merit, discounts: Discounts, shares: Mapping[str, float]
) -> list[dict[str, Any]]:
    """What would raise the score most, with the score's rise if it were fully there."""
    missing = {
        name: shares["visual"] * weight * (1 - merit.visual.parts[name])
        for name, weight in VISUAL_WEIGHTS.items()
    }
    missing |= {
        name: shares["engagement"] * weight * (1 - merit.engagement.parts[name])
        for name, weight in ENGAGEMENT_WEIGHTS.items()
    }
    missing["safety"] = shares["safety"] * merit.risk.value
    gains = {
        name: (lifted(min(1.0, merit.base + more), merit.lift) - merit.value) * discounts.factor
        for name, more in nlargest(RAISES_SHOWN, missing.items(), key=lambda item: item[1])
    }
    gains["diversity"] = merit.value * (1 - discounts.diversity) * discounts.fairness
    gains["fairness"] = merit.value * (1 - discounts.fairness) * discounts.diversity
    best = nlargest(RAISES_SHOWN, gains.items(), key=lambda item: item[1])
    return [
        {"what": _RAISES[name], "by": _round(gain)} for name, gain in best if gain >= LEAST_GAIN
    ]


def explain(merit: Merit, discounts: Discounts, *, now: datetime) -> str:
    """One or two sentences with the facts that decided."""
    report, lift_part = merit.report, merit.lift / (1 + merit.lift)
    for_it = ", ".join(
        [_picture(report.facts, merit.visual.value), _likes(report.likes), _age(report, now)]
    )
    notes = []
    if lift_part >= 0.52:
        notes.append("its motifs have done well before")
    if lift_part <= 0.48:
        notes.append("its motifs have done less well before")
    if report.screening.action is ScreeningAction.REVIEW:
        notes.append("a person must check it for safety")
    if discounts.diversity < 1:
        notes.append("set back because similar videos come before it")
    if discounts.fairness < 1:
        notes.append("set back because this dreamer has already had a turn")
    sentence = f"{for_it[0].upper()}{for_it[1:]}."
    return f"{sentence} Also: {'; '.join(notes)}." if notes else sentence


def explain_repeat(reasons: tuple[str, ...], original_id: str) -> str:
    """Why a dream that repeats another has no place."""
    if COPIED in reasons:
        return f"It nearly repeats {original_id}, which another person told earlier."
    return f"Its dreamer told nearly the same before, as {original_id}."


def _picture(facts: DreamFacts, visual: float) -> str:
    strength = "strong" if visual >= 0.65 else "fair" if visual >= 0.35 else "faint"
    things = [str(m) for m in facts.motifs[:3]]
    if facts.setting is not Setting.UNKNOWN:
        things.append(f"in the setting {facts.setting}" if things else f"setting {facts.setting}")
    shown = ", ".join(things).replace(", in the", " in the")
    return f"{strength} picture ({shown})" if shown else f"{strength} picture"


def _likes(likes: int | None) -> str:
    if likes is None:
        return "likes unknown"
    return "1 like" if likes == 1 else f"{likes} likes"


def _age(report: DreamReport, now: datetime) -> str:
    days = max((now - report.told_at).days, 0)
    return {0: "told today", 1: "told yesterday"}.get(days, f"told {days} days ago")


def _round(value: float) -> float:
    return round(value, DIGITS)
