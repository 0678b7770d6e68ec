"""Train the detector's weights: the same examples give the same bytes.

    examples -> features of those that pass the cheap look -> logistic regression (L2)
    out-of-fold scores -> Platt's line and two thresholds -> figures for the card

Folds keep bundles of one source and language together. The threshold is the lowest that
reaches `TARGET_PRECISION` out of fold; for comments that only hint at a dream, the lowest that
`HINTED_FALSE_POSITIVES` of the others reach. scikit-learn is imported here and nowhere
else in the package; nothing that reads comments needs it.
"""

import hashlib
import math
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack  # type: ignore[import-untyped] # none are shipped
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

from dreambox_pipeline.errors import StopError
from dreambox_pipeline.stages.dreams.classifier import Calibration, Classifier
from dreambox_pipeline.stages.dreams.features import (
    BUCKETS,
    NAMES,
    SCHEME,
    Features,
    read_features,
    regime_of,
)
from dreambox_pipeline.text.normalize import clean
from dreambox_pipeline.text_engines.examples import Example

SEED = 20_261_122
FOLDS = 5
INVERSE_REGULARISATION = 1.0
WORDING_SCALE = 2.5
"""How much the hashed wording may say against the named features; chosen by cross-validation."""
TARGET_PRECISION = 0.95
"""Out of fold, of the examples that name a dream by a phrase."""
HINTED_FALSE_POSITIVES = 0.03
"""Out of fold, of the examples that tell no dream and name none by a phrase."""
CONTEXT_ODDS = 2.2
"""Log-odds that a comment gains under a video that asks for dreams; a judgement, not measured."""
_STEPS = tuple(round(0.2 + 0.01 * step, 2) for step in range(79))
_BUNDLES = 10
_FEWEST = 10

Floats = NDArray[np.float64]
Matrix = Any
"""A scipy sparse matrix; scipy ships no types that fit."""


@dataclass(frozen=True, slots=True)
class Trained:
    """Weights, and what a card should say about how they were made."""

    classifier: Classifier
    figures: dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Row:
    example: Example
    features: Features

    @property
    def label(self) -> int:
        return int(bool(self.example.is_dream))

    @property
    def regime(self) -> str:
        return regime_of(self.features.rules)

    @property
    def group(self) -> str:
        """Collected comments stay with their source, written ones with a bundle of their language."""
        bundle = zlib.crc32(self.example.key.encode()) % _BUNDLES
        return f"{self.example.source}:{self.example.lang}:{bundle}"


def train(examples: Sequence[Example]) -> Trained:
    """Learn from labelled examples; order and duplicates do not matter.

    Raises:
        StopError: Too few dreams or too few others among them pass the cheap look.
    """
    kept = _each_once(examples)
    rows = [_Row(e, f) for e in kept if (f := read_features(clean(e.text))) is not None]
    labels = np.array([row.label for row in rows])
    if min(labels.sum(), len(labels) - labels.sum()) < _FEWEST:
        raise StopError(
            f"Of {len(kept)} examples {int(labels.sum())} dreams and {int(len(labels) - labels.sum())} "
            f"others can be learned from; at least {_FEWEST} of each are needed. Add examples."
        )
    matrix = _matrix([row.features for row in rows])
    outside = _out_of_fold(matrix, rows, labels)
    line = _line(outside, rows, labels)
    model = _fit(matrix, labels)
    weights = model.coef_[0]
    classifier = Classifier(
        named=weights[: len(NAMES)].round(4),
        hashed=(weights[len(NAMES) :]).astype("<f2").astype(np.float64),
        bias=round(float(model.intercept_[0]), 4),
        scale=WORDING_SCALE,
        calibration=line,
        digest="",
    )
    return Trained(
        classifier, _figures(kept, rows, labels, _probabilities(outside, rows, line), line)
    )


def digest_of(examples: Sequence[Example]) -> str:
    """SHA-256 over the examples in a fixed order, for the card."""
    lines = sorted(f"{int(bool(e.is_dream))} {e.lang} {e.text}" for e in examples)
    return hashlib.sha256("\n".join(lines).encode("utf-8", "surrogatepass")).hexdigest()


def _each_once(examples: Sequence[Example]) -> list[Example]:
    """Labelled examples once each, ordered by their text."""
    ordered = sorted(
        (e for e in examples if e.is_dream is not None),
        key=lambda e: (e.key, not e.is_dream, e.text, e.source),
    )
    return list({example.key: example for example in reversed(ordered)}.values())[::-1]


def _matrix(features: Sequence[Features]) -> Matrix:
    """One row per comment: the named features, then the scaled, signed buckets."""
    values: list[float] = []
    for one in features:
        factor = WORDING_SCALE / math.sqrt(max(1, len(one.buckets)))
        values.extend(sign * factor for sign in one.signs)
    ends = np.cumsum([0, *(len(one.buckets) for one in features)])
    picked = np.array([bucket for one in features for bucket in one.buckets], dtype=np.int64)
    hashed = csr_matrix((np.array(values), picked, ends), shape=(len(features), BUCKETS))
    return hstack([csr_matrix(np.array([one.named for one in features])), hashed]).tocsr()


def _fit(matrix: Matrix, labels: NDArray[np.int64]) -> Any:
    """Both classes weigh the same. liblinear runs in one thread, so its result repeats."""
    model = LogisticRegression(
        C=INVERSE_REGULARISATION,
        solver="liblinear",
        class_weight="balanced",
        intercept_scaling=5.0,
        tol=1e-6,
        max_iter=2_000,
        random_state=SEED,
    )
    return model.fit(matrix, labels)


def _out_of_fold(matrix: Matrix, rows: Sequence[_Row], labels: NDArray[np.int64]) -> Floats:
    """A score for every row by a model that saw none of its group."""
    scores = np.zeros(len(rows))
    folds = StratifiedGroupKFold(n_splits=FOLDS, shuffle=True, random_state=SEED)
    groups = [row.group for row in rows]
    for inside, outside in folds.split(matrix, labels, groups):
        model = _fit(matrix[inside], labels[inside])
        scores[outside] = model.decision_function(matrix[outside])
    return scores


def _line(scores: Floats, rows: Sequence[_Row], labels: NDArray[np.int64]) -> Calibration:
    """Platt's line over out-of-fold scores, and the two thresholds."""
    bare = np.array([float(row.regime == "bare") for row in rows])
    platt = LogisticRegression(C=1.0, solver="liblinear", intercept_scaling=5.0, random_state=SEED)
    platt.fit(np.column_stack([scores, bare]), labels)
    slope, bare_offset = (round(float(number), 4) for number in platt.coef_[0])
    offset = round(float(platt.intercept_[0]), 4)
    probabilities = 1 / (1 + np.exp(-(slope * scores + offset + bare_offset * bare)))
    is_named = np.array([row.regime == "cue" for row in rows])
    return Calibration(
        slope=slope,
        offset=offset,
        bare_offset=bare_offset,
        threshold=_precise_enough(probabilities[is_named], labels[is_named]),
        hinted_threshold=_rare_enough(probabilities[~is_named & (labels == 0)]),
        context_offset=CONTEXT_ODDS,
    )


def _precise_enough(probabilities: Floats, labels: NDArray[np.int64]) -> float:
    """The lowest threshold whose accepted rows are dreams often enough."""
    for threshold in _STEPS:
        accepted = labels[probabilities >= threshold]
        if len(accepted) and accepted.mean() >= TARGET_PRECISION:
            return float(threshold)
    return float(_STEPS[-1])


def _rare_enough(others: Floats) -> float:
    """The lowest threshold that few enough of the *others* reach."""
    for threshold in _STEPS:
        if (others >= threshold).mean() <= HINTED_FALSE_POSITIVES:
            return float(threshold)
    return float(_STEPS[-1])


def _probabilities(scores: Floats, rows: Sequence[_Row], line: Calibration) -> Floats:
    bare = np.array([float(row.regime == "bare") for row in rows])
    return np.asarray(
        1 / (1 + np.exp(-(line.slope * scores + line.offset + line.bare_offset * bare)))
    )


def _figures(
    examples: Sequence[Example],
    rows: Sequence[_Row],
    labels: NDArray[np.int64],
    probabilities: Floats,
    line: Calibration,
) -> dict[str, Any]:
    """Counts and out-of-fold figures, all JSON values."""
    bars = [line.threshold if row.regime == "cue" else line.hinted_threshold for row in rows]
    accepted = probabilities >= np.array(bars)
    found = int((accepted & (labels == 1)).sum())
    dreams = sum(bool(e.is_dream) for e in examples)
    return {
        "scheme": SCHEME,
        "seed": SEED,
        "examples": len(examples),
        "dreams": dreams,
        "passed_cheap_look": len(rows),
        "data_sha256": digest_of(examples),
        "by_source": dict(sorted(Counter(e.source for e in examples).items())),
        "by_lang": dict(
            sorted(
                Counter(f"{e.lang}:{'dream' if e.is_dream else 'other'}" for e in examples).items()
            )
        ),
        "threshold": line.threshold,
        "hinted_threshold": line.hinted_threshold,
        "out_of_fold": {
            "precision": round(found / max(1, int(accepted.sum())), 4),
            "recall": round(found / max(1, dreams), 4),
            "brier": round(float(((probabilities - labels) ** 2).mean()), 4),
            "by_kind": _accepted(rows, accepted, [row.example.kind or "unnamed" for row in rows]),
            "by_lang": _accepted(rows, accepted, [row.example.lang for row in rows]),
        },
    }


def _accepted(
    rows: Sequence[_Row], accepted: NDArray[np.bool_], names: Sequence[str]
) -> dict[str, str]:
    """Accepted of all that passed the cheap look, by label and name."""
    counts: Counter[str] = Counter()
    taken: Counter[str] = Counter()
    for row, is_taken, name in zip(rows, accepted, names, strict=True):
        key = f"{'dream' if row.label else 'other'}/{name}"
        counts[key] += 1
        taken[key] += int(is_taken)
    return {key: f"{taken[key]}/{counts[key]}" for key in sorted(counts)}
