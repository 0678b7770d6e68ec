"""Which dream is made next: three scores, freshness, and what the audience has just seen.

Four parts from 0 to 1 are averaged with the policy's weights:

    visual       `scores.visual_score`
    engagement   `scores.engagement_score`
    freshness    halves every 14 days
    safety       1 - `scores.policy_risk`

What the account learned about motifs multiplies the *odds* of that average, so it stays
between 0 and 1. Two discounts follow: `diversity`, when recent videos or better dreams of
this ranking already show the same, and `fairness`, when its dreamer already had a turn.
The ranking is greedy: each place goes to the best dream given the places before it, so the
scores never rise down the list. A blocked dream has no place.

How a place is put into words is in `explaining`.
"""

import heapq
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import count
from types import MappingProxyType
from typing import Final

from dreambox_pipeline.safety.model import ScreeningAction
from dreambox_pipeline.stages.dreams.explaining import (
    Discounts,
    Merit,
    Weights,
    explain,
    lifted,
    record_of,
)
from dreambox_pipeline.stages.dreams.model import (
    DreamFacts,
    DreamReport,
    RankedDream,
    SelectionPolicy,
    Setting,
)
from dreambox_pipeline.stages.dreams.scores import (
    engagement_score,
    likes_parts,
    policy_risk,
    visual_score,
)

# A dreamer who told a dream two weeks ago still remembers it; a month later the reply surprises.
FRESHNESS_HALF_LIFE: Final = timedelta(days=14)
# Each repeat of a motif or setting costs a quarter more, down to one half; then it is enough.
REPEAT_COST: Final = 0.25
MAX_REPEATS: Final = 4
# A dreamer's second dream counts half, the third a third, and so on down to a sixth.
MAX_TURNS: Final = 5
# A learned lift beyond these says more about few posts than about the motif.
LIFT_RANGE: Final = (0.5, 2.0)

NOTHING: Final[Mapping[str, int]] = MappingProxyType({})
PARTS: Final = ("visual", "engagement", "freshness", "safety")


def rank_dreams(
    reports: Sequence[DreamReport],
    *,
    policy: SelectionPolicy,
    now: datetime,
    recent_motifs: Mapping[str, int] = NOTHING,
    recent_settings: Mapping[str, int] = NOTHING,
    dreams_made_per_author: Mapping[str, int] = NOTHING,
) -> list[RankedDream]:
    """All of *reports* that may be made, best first, each with its score, reason and record.

    The order of *reports* does not matter; equal scores go by dream id.

    Args:
        reports: Candidates, each dream once.
        policy: Weights of the four parts and what is known about motifs. Weights for parts that
            do not exist are left out; without any that can be used the built-in ones count.
        now: Aware UTC.
        recent_motifs: Motif to how many recent videos show it.
        recent_settings: Setting to how many recent videos take place there.
        dreams_made_per_author: Author id to how many of their dreams became videos.
    """
    eligible = [r for r in reports if r.screening.action is not ScreeningAction.BLOCK]
    likes = likes_parts(eligible, now=now)
    weights = usable_weights(policy)
    merits = [
        _merit_of(r, likes=likes[r.dream_id], policy=policy, weights=weights, now=now)
        for r in eligible
    ]
    shown = _Shown(recent_motifs, recent_settings, dreams_made_per_author)
    return _pick_greedily(merits, shown, weights, now=now)


def usable_weights(policy: SelectionPolicy) -> Weights:
    """The policy's weights for the parts there are, summing to 1, and the names it left unused.

    A policy stored by another version may weigh other parts; a ranking must come of it all the same.
    """
    usable = {
        name: weight
        for name in PARTS
        if (weight := policy.weights.get(name, 0.0)) > 0 and math.isfinite(weight)
    }
    left_out = tuple(sorted(policy.weights.keys() - usable.keys()))
    if not usable:
        usable = dict(SelectionPolicy().weights)
    total = math.fsum(usable.values())
    shares = {name: usable.get(name, 0.0) / total for name in PARTS}
    return Weights(shares, left_out=left_out, policy_version=policy.version)


class _Shown:
    """What the audience has seen, or will have seen once better dreams are made."""

    def __init__(
        self, motifs: Mapping[str, int], settings: Mapping[str, int], turns: Mapping[str, int]
    ) -> None:
        self._motifs, self._settings, self._turns = (
            Counter(motifs),
            Counter(settings),
            Counter(turns),
        )

    def repeats_of(self, facts: DreamFacts) -> tuple[str, int]:
        """What of *facts* was shown most often, and how often; ("", 0) when nothing was."""
        seen = [(self._motifs[motif], str(motif)) for motif in facts.motifs]
        if facts.setting is not Setting.UNKNOWN:
            seen.append((self._settings[facts.setting], str(facts.setting)))
        times, what = max(seen, default=(0, ""))
        return (what, times) if times > 0 else ("", 0)

    def discounts_of(self, report: DreamReport) -> Discounts:
        what, repeats = self.repeats_of(report.facts)
        turns = max(self._turns[report.author_id], 0)
        return Discounts(
            diversity=1 / (1 + REPEAT_COST * min(repeats, MAX_REPEATS)),
            repeated=what,
            repeats=repeats,
            fairness=1 / (1 + min(turns, MAX_TURNS)),
            turns=turns,
        )

    def score(self, merit: Merit) -> float:
        return merit.value * self.discounts_of(merit.report).factor

    def add(self, report: DreamReport) -> None:
        self._motifs.update(set(map(str, report.facts.motifs)))
        self._settings[report.facts.setting] += 1
        self._turns[report.author_id] += 1


def _pick_greedily(
    merits: Sequence[Merit], shown: _Shown, weights: Weights, *, now: datetime
) -> list[RankedDream]:
    """Place after place. Discounts only grow, so a stale score is a ceiling and a heap suffices."""
    heap = [(-shown.score(merit), merit.report.dream_id, i) for i, merit in enumerate(merits)]
    heapq.heapify(heap)
    ranked: list[RankedDream] = []
    ranks = count(1)
    while heap:
        stale, dream_id, index = heapq.heappop(heap)
        merit = merits[index]
        discounts = shown.discounts_of(merit.report)
        score = merit.value * discounts.factor
        if score < -stale:
            heapq.heappush(heap, (-score, dream_id, index))
            continue
        rank = next(ranks)
        record = record_of(merit, discounts, weights, rank=rank, candidates=len(merits), now=now)
        ranked.append(
            RankedDream(
                dream_id,
                rank=rank,
                score=score,
                parts=merit.parts
                | {"diversity": discounts.diversity, "fairness": discounts.fairness},
                why=explain(merit, discounts, now=now),
                record=record,
            )
        )
        shown.add(merit.report)
    return ranked


def _merit_of(
    report: DreamReport, *, likes: float, policy: SelectionPolicy, weights: Weights, now: datetime
) -> Merit:
    visual = visual_score(report.facts)
    engagement = engagement_score(report.facts, likes=likes)
    risk = policy_risk(report)
    freshness = _freshness(report.told_at, now)
    safety = 1 - risk.value
    shares = weights.shares
    base = (
        shares["visual"] * visual.value
        + shares["engagement"] * engagement.value
        + shares["freshness"] * freshness
        + shares["safety"] * safety
    )
    base = min(1.0, base)
    lift = _lift_of(report.facts, policy.motif_lift)
    return Merit(
        report=report,
        visual=visual,
        engagement=engagement,
        risk=risk,
        freshness=freshness,
        base=base,
        lift=lift,
        lifts={str(m): policy.motif_lift[m] for m in report.facts.motifs if m in policy.motif_lift},
        value=lifted(base, lift),
    )


def _freshness(told_at: datetime, now: datetime) -> float:
    # The platform's clock may run ahead of ours; a dream told "in the future" is fresh.
    age = max(now - told_at, timedelta(0))
    return float(0.5 ** (age / FRESHNESS_HALF_LIFE))


def _lift_of(facts: DreamFacts, motif_lift: Mapping[str, float]) -> float:
    """Geometric mean of the motifs' lifts: two opposite ones cancel out."""
    if not facts.motifs or not motif_lift:
        return 1.0
    low, high = LIFT_RANGE
    logs = [math.log(min(max(motif_lift.get(m, 1.0), low), high)) for m in set(facts.motifs)]
    return math.exp(math.fsum(logs) / len(logs))
