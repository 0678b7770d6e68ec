"""Neighbours in the queue should not look alike: a whale after a whale reads as a repeat.

A video beside another of its style counts for less, and again beside one with a common motif.
What to count it for, and between which moments to choose, is `scheduling`'s business.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import combinations

from dreambox_pipeline.stages.posts.model import QueueItem


def spread(
    given: Mapping[datetime, QueueItem],
    worth: Mapping[datetime, float],
    beside: Mapping[datetime, QueueItem],
    resemblance_discount: float,
) -> dict[datetime, QueueItem]:
    """Let two of the videos *given* to moments change places, as long as the plan gains by it.

    What is *beside* stays. The plan as a whole only ever improves, so this ends.
    """
    everything = {**beside, **given}
    order = sorted(everything)
    places = [place for place, moment in enumerate(order) if moment in given]
    row = [everything[moment] for moment in order]

    def total() -> float:
        return sum(
            worth[order[place]]
            * row[place].score
            * freshness(
                row[place],
                [*row[max(place - 1, 0) : place], *row[place + 1 : place + 2]],
                resemblance_discount,
            )
            for place in places
        )

    best, has_improved = total(), True
    while has_improved:
        has_improved = False
        for one, other in combinations(places, 2):
            row[one], row[other] = row[other], row[one]
            if total() > best + 1e-9:
                best, has_improved = total(), True
            else:
                row[one], row[other] = row[other], row[one]
    return {order[place]: row[place] for place in places}


def freshness(item: QueueItem, beside: Sequence[QueueItem], resemblance_discount: float) -> float:
    """From 0 to 1: how little *item* resembles the ones right before and after it."""
    same_style = any(item.style_id == other.style_id for other in beside)
    same_motif = any(set(item.motifs) & set(other.motifs) for other in beside)
    return (1 - resemblance_discount) ** (same_style + same_motif)
