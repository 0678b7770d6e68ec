"""How well an engine tells dreams from the rest: figures with intervals, from verdicts alone.

    precision  of the accepted, how many are dreams        recall  of the dreams, how many are accepted
    FPR        of the others, how many are accepted        AP      precision averaged over the ranking
    ECE        how far stated probabilities are from observed shares, weighed by their number

Shares carry Wilson's 95 % interval: with 49 dreams, .80 means "between .67 and .89". The
headline leaves out dreams that do not say they are dreams, when a file marks them as such.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from dreambox_pipeline.stages.dreams.engine import CommentIn, TextEngine
from dreambox_pipeline.stages.dreams.model import Detection
from dreambox_pipeline.text.normalize import clean
from dreambox_pipeline.text_engines.examples import Example

HEADLINE_KINDS = frozenset({"dream_report_cued", "social_dream_told"})
"""Dreams that can be told from a lone comment."""
_Z = 1.959964
_CHUNK = 500
_BINS = 10


@dataclass(frozen=True, slots=True)
class Share:
    """A share with its 95 % interval; `value` is None when there is nothing to divide by."""

    hits: int
    of: int
    value: float | None
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Figures:
    """What became of a set of labelled comments; shares that make no sense are None-valued."""

    dreams: int
    others: int
    precision: Share
    recall: Share
    false_positive_rate: Share
    f1: float | None
    average_precision: float | None


@dataclass(frozen=True, slots=True)
class Bin:
    """Comments whose probability lies between *low* and *high*, and how many are dreams."""

    low: float
    high: float
    comments: int
    mean_probability: float
    dreams_share: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All figures of one engine over one file.

    Attributes:
        headline: Over `HEADLINE_KINDS` when the file has them, else over all dreams; always
            against all others.
        everything: Over all labelled comments.
        judged_by: Version of an engine to how many comments it judged: below a language model's
            gate, and in its place, that is the embedded one.
        reliability: Stated against observed, over the headline's comments.
    """

    engine: str
    judged_by: dict[str, int]
    headline_kinds: tuple[str, ...]
    headline: Figures
    everything: Figures
    by_kind: dict[str, Figures]
    by_lang: dict[str, Figures]
    expected_calibration_error: float
    reliability: tuple[Bin, ...]

    def as_json(self) -> dict[str, Any]:
        """JSON values, for files and other programs."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Judged:
    """A labelled comment with an engine's verdict."""

    example: Example
    verdict: Detection

    @property
    def is_dream(self) -> bool:
        """What the file says."""
        return bool(self.example.is_dream)


def judge(examples: Sequence[Example], engine: TextEngine) -> list[Judged]:
    """Ask *engine* about every example, in portions.

    Raises:
        TransientError, ItemError, StopError: As the engine raises them.
    """
    judged: list[Judged] = []
    for start in range(0, len(examples), _CHUNK):
        part = examples[start : start + _CHUNK]
        asked = [CommentIn(str(start + n), clean(e.text)) for n, e in enumerate(part)]
        judged += [Judged(e, v) for e, v in zip(part, engine.detect(asked), strict=True)]
    return judged


def evaluate(judged: Sequence[Judged], *, engine: str) -> Evaluation:
    """Figures over verdicts on labelled comments; those without a label are left out."""
    labelled = [one for one in judged if one.example.is_dream is not None]
    others = [one for one in labelled if not one.is_dream]
    told = [one for one in labelled if one.is_dream and one.example.kind in HEADLINE_KINDS]
    dreams = told or [one for one in labelled if one.is_dream]
    headline = [*dreams, *others]
    bins = _reliability(headline)
    langs = sorted({one.example.lang for one in headline})
    return Evaluation(
        engine=engine,
        judged_by=dict(Counter(one.verdict.engine for one in labelled).most_common()),
        headline_kinds=tuple(sorted({one.example.kind or "unnamed" for one in dreams})),
        headline=figures(headline),
        everything=figures(labelled),
        by_kind={
            kind: figures([one for one in labelled if (one.example.kind or "unnamed") == kind])
            for kind in sorted({one.example.kind or "unnamed" for one in labelled})
        },
        by_lang={
            lang: figures([one for one in headline if one.example.lang == lang]) for lang in langs
        },
        expected_calibration_error=_calibration_error(bins),
        reliability=bins,
    )


def figures(judged: Sequence[Judged]) -> Figures:
    """Counts and shares over some verdicts."""
    accepted = [one for one in judged if one.verdict.is_dream]
    dreams = sum(one.is_dream for one in judged)
    others = len(judged) - dreams
    hits = sum(one.is_dream for one in accepted)
    precision, recall = share(hits, len(accepted)), share(hits, dreams)
    both = 2 * hits + (len(accepted) - hits) + (dreams - hits)
    return Figures(
        dreams=dreams,
        others=others,
        precision=precision,
        recall=recall,
        false_positive_rate=share(len(accepted) - hits, others),
        f1=round(2 * hits / both, 4) if dreams and both else None,
        average_precision=average_precision(judged) if dreams and others else None,
    )


def share(hits: int, of: int) -> Share:
    """`hits / of` with Wilson's 95 % interval, which stays inside 0 and 1 for small numbers."""
    if of == 0:
        return Share(hits, of, None, 0.0, 1.0)
    value = hits / of
    spread = _Z * math.sqrt(value * (1 - value) / of + _Z**2 / (4 * of**2))
    middle, width = value + _Z**2 / (2 * of), 1 + _Z**2 / of
    low, high = max(0.0, (middle - spread) / width), min(1.0, (middle + spread) / width)
    return Share(hits, of, round(value, 4), round(low, 4), round(high, 4))


def average_precision(judged: Iterable[Judged]) -> float:
    """Mean precision at each dream, best first; comments of equal probability count together."""
    by_probability: dict[float, tuple[int, int]] = {}
    for one in judged:
        dreams, all_ = by_probability.get(one.verdict.probability, (0, 0))
        by_probability[one.verdict.probability] = (dreams + one.is_dream, all_ + 1)
    seen = found = 0
    total = 0.0
    for probability in sorted(by_probability, reverse=True):
        dreams, all_ = by_probability[probability]
        seen, found = seen + all_, found + dreams
        total += dreams * found / seen
    return round(total / found, 4) if found else 0.0


def _reliability(judged: Sequence[Judged]) -> tuple[Bin, ...]:
    bins: list[Bin] = []
    for number in range(_BINS):
        low, high = number / _BINS, (number + 1) / _BINS
        inside = [
            one for one in judged if min(int(one.verdict.probability * _BINS), _BINS - 1) == number
        ]
        if inside:
            stated = sum(one.verdict.probability for one in inside) / len(inside)
            observed = sum(one.is_dream for one in inside) / len(inside)
            bins.append(Bin(low, high, len(inside), round(stated, 4), round(observed, 4)))
    return tuple(bins)


def _calibration_error(bins: Sequence[Bin]) -> float:
    total = sum(one.comments for one in bins)
    gaps = sum(one.comments * abs(one.mean_probability - one.dreams_share) for one in bins)
    return round(gaps / total, 4) if total else 0.0
