"""Which dream is made next, and why, in words a person can check.

Four parts from 0 to 1 are averaged with the policy's weights:

    visual       how much there is to see
    engagement   log of the likes, against the best-liked dream of the batch
    freshness    halves every 14 days
    safety       1 when the rules passed it, 0.5 when a person must look

What the account learned about motifs multiplies the *odds* of that average, so it stays
between 0 and 1. Two discounts follow: `diversity`, when recent videos or better dreams of
this ranking already show the same, and `fairness`, when its dreamer already had a turn.
The ranking is greedy: each place goes to the best dream given the places before it, so the
scores never rise down the list. A blocked dream has no place.
"""

import heapq
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from statistics import median
from types import MappingProxyType
from typing import Final

from dreambox_pipeline.safety.model import ScreeningAction
from dreambox_pipeline.stages.dreams.model import (
    DreamFacts,
    DreamReport,
    RankedDream,
    SelectionPolicy,
    Setting,
)

# A dreamer who told a dream two weeks ago still remembers it; a month later the reply surprises.
FRESHNESS_HALF_LIFE: Final = timedelta(days=14)
# A batch whose best dream has two likes has no favourite; ten likes are the least that count in full.
LEAST_FAVOURITE_LIKES: Final = 10
# Likes unknown in the whole batch: neither for nor against.
UNKNOWN_ENGAGEMENT: Final = 0.5
# Each repeat of a motif or setting costs a quarter more, down to one half; then it is enough.
REPEAT_COST: Final = 0.25
MAX_REPEATS: Final = 4
# A dreamer's second dream counts half, the third a third, and so on down to a sixth.
MAX_TURNS: Final = 5
# A learned lift beyond these says more about few posts than about the motif.
LIFT_RANGE: Final = (0.5, 2.0)

NOTHING: Final[Mapping[str, int]] = MappingProxyType({})
_SAFETY: Final = {ScreeningAction.PASS: 1.0, ScreeningAction.REVIEW: 0.5}


def rank_dreams(
    reports: Sequence[DreamReport],
    *,
    policy: SelectionPolicy,
    now: datetime,
    recent_motifs: Mapping[str, int] = NOTHING,
    recent_settings: Mapping[str, int] = NOTHING,
    dreams_made_per_author: Mapping[str, int] = NOTHING,
) -> list[RankedDream]:
    """All of *reports* that may be made, best first, each with its score and reason.

    The order of *reports* does not matter; equal scores go by dream id.

    Args:
        reports: Candidates, each dream once.
        policy: Weights of the four parts and what is known about motifs.
        now: Aware UTC.
        recent_motifs: Motif to how many recent videos show it.
        recent_settings: Setting to how many recent videos take place there.
        dreams_made_per_author: Author id to how many of their dreams became videos.

    Raises:
        ValueError: The policy weighs a part that does not exist, or nothing at all.
    """
    eligible = [r for r in reports if r.screening.action is not ScreeningAction.BLOCK]
    engagement = _engagement_of(eligible)
    merits = [
        _merit_of(r, likes_part=engagement[r.dream_id], policy=policy, now=now) for r in eligible
    ]
    shown = _Shown(
        motifs=Counter(recent_motifs),
        settings=Counter(recent_settings),
        turns=Counter(dreams_made_per_author),
    )
    return _pick_greedily(merits, shown, now=now)


@dataclass(frozen=True, slots=True)
class _Merit:
    """A dream's worth before anything else is made."""

    report: DreamReport
    parts: dict[str, float]
    value: float


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the audience has seen, or will have seen once better dreams are made."""

    motifs: Counter[str]
    settings: Counter[str]
    turns: Counter[str]

    def diversity_of(self, facts: DreamFacts) -> float:
        repeats = max((self.motifs[motif] for motif in facts.motifs), default=0)
        if facts.setting is not Setting.UNKNOWN:
            repeats = max(repeats, self.settings[facts.setting])
        return 1 / (1 + REPEAT_COST * min(max(repeats, 0), MAX_REPEATS))

    def fairness_of(self, author_id: str) -> float:
        return 1 / (1 + min(max(self.turns[author_id], 0), MAX_TURNS))

    def score(self, merit: _Merit) -> float:
        report = merit.report
        discount = self.diversity_of(report.facts) * self.fairness_of(report.author_id)
        return merit.value * discount

    def add(self, report: DreamReport) -> None:
        self.motifs.update(set(map(str, report.facts.motifs)))
        self.settings[report.facts.setting] += 1
        self.turns[report.author_id] += 1


def _pick_greedily(merits: Sequence[_Merit], shown: _Shown, *, now: datetime) -> list[RankedDream]:
    """Place after place. Discounts only grow, so a stale score is a ceiling and a heap suffices."""
    heap = [(-shown.score(merit), merit.report.dream_id, i) for i, merit in enumerate(merits)]
    heapq.heapify(heap)
    ranked: list[RankedDream] = []
    ranks = count(1)
    while heap:
        stale, dream_id, index = heapq.heappop(heap)
        merit = merits[index]
        score = shown.score(merit)
        if score < -stale:
            heapq.heappush(heap, (-score, dream_id, index))
            continue
        ranked.append(_ranked(merit, shown, rank=next(ranks), score=score, now=now))
        shown.add(merit.report)
    return ranked


def _ranked(merit: _Merit, shown: _Shown, *, rank: int, score: float, now: datetime) -> RankedDream:
    report = merit.report
    parts = merit.parts | {
        "diversity": shown.diversity_of(report.facts),
        "fairness": shown.fairness_of(report.author_id),
    }
    why = _explain(report, parts, now=now)
    return RankedDream(report.dream_id, rank=rank, score=score, parts=parts, why=why)


def _merit_of(
    report: DreamReport, *, likes_part: float, policy: SelectionPolicy, now: datetime
) -> _Merit:
    parts = {
        "visual": _visual_part(report.facts),
        "engagement": likes_part,
        "freshness": _freshness_part(report.told_at, now),
        "safety": _SAFETY[report.screening.action],
    }
    base = _weighted_mean(parts, policy.weights)
    lift = _lift_of(report.facts, policy.motif_lift)
    value = base * lift / (1 - base + base * lift)
    # 0.5 is an average motif, so that all parts share one scale.
    return _Merit(report, parts | {"motif_lift": lift / (1 + lift)}, value)


def _weighted_mean(parts: Mapping[str, float], weights: Mapping[str, float]) -> float:
    unknown = sorted(weights.keys() - parts.keys())
    total = math.fsum(weights.values())
    if unknown or total <= 0 or min(weights.values()) < 0:
        msg = (
            f"The selection policy weighs {dict(weights)}; weights must be 0 or more, not all 0, "
            f"and name only {sorted(parts)}. Correct the stored policy."
        )
        raise ValueError(msg)
    return min(1.0, math.fsum(w * parts[name] for name, w in weights.items()) / total)


def _visual_part(facts: DreamFacts) -> float:
    """Detail counts half; what the rest of the pipeline can draw counts the other half."""
    has_setting = facts.setting is not Setting.UNKNOWN and "setting" not in facts.inferred
    return (
        0.5 * facts.visual_detail
        + 0.2 * has_setting
        + 0.2 * min(len(set(facts.motifs)), 3) / 3
        + 0.1 * min(len(set(facts.colours)), 2) / 2
    )


def _engagement_of(reports: Sequence[DreamReport]) -> dict[str, float]:
    known = [max(r.likes, 0) for r in reports if r.likes is not None]
    ceiling = math.log1p(max([LEAST_FAVOURITE_LIKES, *known]))
    # A missing count is not zero likes: such a dream stands in the middle of its batch.
    unknown = math.log1p(median(known)) / ceiling if known else UNKNOWN_ENGAGEMENT
    return {
        r.dream_id: unknown if r.likes is None else math.log1p(max(r.likes, 0)) / ceiling
        for r in reports
    }


def _freshness_part(told_at: datetime, now: datetime) -> float:
    # The platform's clock may run ahead of ours; a dream told "in the future" is fresh.
    age = max(now - told_at, timedelta(0))
    return float(0.5 ** (age / FRESHNESS_HALF_LIFE))


def _lift_of(facts: DreamFacts, motif_lift: Mapping[str, float]) -> float:
    """Geometric mean of the motifs' lifts: two opposite ones cancel out."""
    if not facts.motifs:
        return 1.0
    low, high = LIFT_RANGE
    logs = [math.log(min(max(motif_lift.get(m, 1.0), low), high)) for m in set(facts.motifs)]
    return math.exp(math.fsum(logs) / len(logs))


def _explain(report: DreamReport, parts: Mapping[str, float], *, now: datetime) -> str:
    for_it = ", ".join([_picture(report.facts, parts), _likes(report.likes), _age(report, now)])
    notes = []
    if parts["motif_lift"] >= 0.52:
        notes.append("its motifs have done well before")
    if parts["motif_lift"] <= 0.48:
        notes.append("its motifs have done less well before")
    if report.screening.action is ScreeningAction.REVIEW:
        notes.append("a person must check it for safety")
    if parts["diversity"] < 1:
        notes.append("set back because similar videos come before it")
    if parts["fairness"] < 1:
        notes.append("set back because this dreamer has already had a turn")
    sentence = f"{for_it[0].upper()}{for_it[1:]}."
    return f"{sentence} Also: {'; '.join(notes)}." if notes else sentence


def _picture(facts: DreamFacts, parts: Mapping[str, float]) -> str:
    strength = (
        "strong" if parts["visual"] >= 0.65 else "fair" if parts["visual"] >= 0.35 else "faint"
    )
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
