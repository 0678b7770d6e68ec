"""Weigh a comment's features into a calibrated probability that it tells a dream.

    z = bias + named . weights + scale / sqrt(n) * sum(sign * bucket weights)
    probability = 1 / (1 + exp(-(slope * z + offset [+ bare offset])))

A logistic regression whose second line (Platt's) was fitted on comments it had not learned
from. `train-detector` writes the weights, an engine reads them; here is only arithmetic.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dreambox_pipeline.stages.dreams.features import BUCKETS, NAMES, Features


@dataclass(frozen=True, slots=True)
class Calibration:
    """From a score to a probability, and where the line is.

    Attributes:
        slope, offset: Platt's two numbers.
        bare_offset: Added where no dream word is.
        threshold: From this probability on a comment that names its dream is taken for one.
        hinted_threshold: The same for one that only hints; a person looks at those.
        context_offset: Added to the score under a video that asks for dreams.
    """

    slope: float
    offset: float
    bare_offset: float
    threshold: float
    hinted_threshold: float
    context_offset: float


@dataclass(frozen=True, slots=True, eq=False)
class Classifier:
    """Learned weights, ready to use.

    Attributes:
        named: One weight per name in `features.NAMES`.
        hashed: One weight per bucket.
        scale: What the hashed part as a whole is multiplied with.
        digest: Of the weights, 8 hex digits; part of an engine's version.

    Raises:
        ValueError: The shapes do not fit the features.
    """

    named: NDArray[np.float64]
    hashed: NDArray[np.float64]
    bias: float
    scale: float
    calibration: Calibration
    digest: str

    def __post_init__(self) -> None:
        if self.named.shape != (len(NAMES),) or self.hashed.shape != (BUCKETS,):
            msg = (
                f"weights for {self.named.shape} names and {self.hashed.shape} buckets, where "
                f"the features have {len(NAMES)} and {BUCKETS}"
            )
            raise ValueError(msg)

    def scores(self, features: Features) -> tuple[float, float]:
        """Log-odds of the named features with the bias, and of the wording; their sum is z."""
        named = self.bias + float(np.dot(self.named, np.array(features.named)))
        if not features.buckets:
            return named, 0.0
        picked = self.hashed[np.array(features.buckets)] * np.array(features.signs)
        return named, self.scale * float(picked.sum()) / math.sqrt(len(features.buckets))

    def probability(self, z: float, *, is_bare: bool) -> float:
        """The calibrated probability, strictly between 0 and 1."""
        line = self.calibration
        log_odds = line.slope * z + line.offset + (line.bare_offset if is_bare else 0.0)
        return 1 / (1 + math.exp(-max(-20.0, min(20.0, log_odds))))
