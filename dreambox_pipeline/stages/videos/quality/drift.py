"""How far a new clip has drifted from the look of its style, in one number and in words.

A style is locked: the same words, palette and camera go into each of its prompts. A provider's
new model version, a changed default or a strange seed shows as clips that look different all the
same, and a feed that should look like one place begins to look like several. So the look of each
video (`media.measuring.look`) is compared with those of the last ones of its style:

    z = |value - median| / spread        for each feature, at most 5
    spread = max(1.4826 x median absolute deviation, least spread of the feature)
    drift = root mean square of z / USUAL

(The spread is also widened for few videos, whose median is unsure.) The medians, because one strange video in the twelve must not move what is usual. The least
spreads, because three videos that happen to be alike do not make the fourth a stranger: they are
the spreads that were measured within one style over all settings and moods.

The least spreads and USUAL come from 112 clips of our own renderer: each of seven styles in 16
random settings, moods, motifs and seeds. On 84 other clips, made the same way by a later version
of the renderer, a clip against its own style lies at 0.5 in the median and above 1 in 5 of 100
cases; against another style at 1.65, and above 1 in 92 of 100 (12 earlier videos; 90 with 3). The
area under the ROC curve is 0.97 with 3, 6 and 12. So one warning in twenty is about nothing, which
is why it warns and does not block. With language-driven generators it has not been measured.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import pi, sqrt
from statistics import median
from typing import Final

from dreambox_pipeline.media.measuring.look import Feature
from dreambox_pipeline.stages.videos.model import Finding, Severity
from dreambox_pipeline.stages.videos.quality.limits import Limits

COMPARED: Final = 12
"""Videos that a new one is compared with: a few weeks of one style, so that it may change slowly."""

FEWEST: Final = 3
"""Below this, nobody can say what is usual."""

USUAL: Final = 1.4
"""Root mean square of z that 19 of 20 videos of one style stay below: the edge of usual, drift 1."""

_LARGEST_Z: Final = 5.0
_MAD_TO_SIGMA: Final = 1.4826
# Of the median of n normal values, in their variance divided by n: a middle of three is unsure.
_MEDIAN_VARIANCE: Final = pi / 2


@dataclass(frozen=True, slots=True)
class _Scale:
    """One feature: its least spread, and what a lower and a higher value mean to a viewer."""

    least_spread: float
    lower: str
    higher: str


_SCALES: Final[dict[Feature, _Scale]] = {
    Feature.LIGHTNESS: _Scale(13.0, "darker", "brighter"),
    Feature.CONTRAST: _Scale(3.5, "flatter", "higher in contrast"),
    Feature.DARKNESS: _Scale(0.27, "less shadowy", "more shadowy"),
    Feature.GREEN_RED: _Scale(4.5, "greener", "redder"),
    Feature.BLUE_YELLOW: _Scale(5.0, "cooler", "warmer"),
    Feature.GREEN_RED_SPREAD: _Scale(1.4, "more even in color", "more mixed in color"),
    Feature.BLUE_YELLOW_SPREAD: _Scale(2.5, "more even in color", "more mixed in color"),
    Feature.COLORFULNESS: _Scale(6.0, "paler", "more colorful"),
    Feature.HUE_RED: _Scale(0.1, "less red", "more red"),
    Feature.HUE_YELLOW: _Scale(0.1, "less golden", "more golden"),
    Feature.HUE_GREEN: _Scale(0.1, "less green", "more green"),
    Feature.HUE_CYAN: _Scale(0.1, "less turquoise", "more turquoise"),
    Feature.HUE_BLUE: _Scale(0.1, "less blue", "more blue"),
    Feature.HUE_MAGENTA: _Scale(0.1, "less violet", "more violet"),
    Feature.DETAIL: _Scale(0.18, "calmer", "busier"),
    Feature.FINENESS: _Scale(0.18, "softer", "finer in texture"),
    Feature.MOVEMENT: _Scale(3.0, "slower", "livelier"),
}


@dataclass(frozen=True, slots=True)
class Drift:
    """How far a clip lies from the last ones of its style.

    Attributes:
        distance: From 0; 1 is the edge of what is usual.
        compared: How many videos it was compared with.
        words: What differs most, the first most, for example `("warmer", "busier")`.
    """

    distance: float
    compared: int
    words: tuple[str, ...]


def drift_of(look: Sequence[float], earlier_looks: Sequence[Sequence[float]]) -> Drift | None:
    """How far *look* lies from *earlier_looks*, or None when there are fewer than three.

    Args:
        look: From `Measurements.look`.
        earlier_looks: Those of the newest videos of the same style, newest first; the first 12
            count. One that was measured in another way than this one is left out.
    """
    comparable = [e for e in earlier_looks if len(e) == len(look)][:COMPARED]
    if len(look) != len(Feature) or len(comparable) < FEWEST:
        return None
    shifts = {
        feature: _shift(feature, value, [e[place] for e in comparable])
        for place, (feature, value) in enumerate(zip(Feature, look, strict=True))
    }
    mean_square = sum(shift**2 for shift in shifts.values()) / len(shifts)
    return Drift(round(mean_square**0.5 / USUAL, 3), len(comparable), _words(shifts))


def check_drift(drift: Drift | None, *, style: str, limits: Limits | None = None) -> list[Finding]:
    """One finding for the reviewer, or none when there is nothing to compare with.

    Args:
        drift: From `drift_of`.
        style: The style's name, for the message.
        limits: Thresholds; the defaults carry their reasons.
    """
    if drift is None:
        return []
    limits = limits or Limits()
    is_usual = drift.distance <= limits.drift
    than = f"the last {drift.compared} videos of {style}"
    said = (
        f"It looks like {than}" if is_usual else f"It looks {' and '.join(drift.words)} than {than}"
    )
    message = f"{said}: drift {drift.distance:.2f}, where {limits.drift:g} is the edge of usual."
    return [Finding("drift", is_usual, Severity.WARN, drift.distance, message)]


def _shift(feature: Feature, value: float, earlier: Sequence[float]) -> float:
    """How many spreads *value* lies above (or, negative, below) the median of *earlier*."""
    middle = median(earlier)
    deviation = median(abs(each - middle) for each in earlier)
    spread = max(_MAD_TO_SIGMA * deviation, _SCALES[feature].least_spread)
    spread *= sqrt(1 + _MEDIAN_VARIANCE / len(earlier))
    return max(-_LARGEST_Z, min(_LARGEST_Z, (value - middle) / spread))


def _words(shifts: dict[Feature, float]) -> tuple[str, ...]:
    """The two plainest differences; two features that say the same count once."""
    words: dict[str, None] = {}
    for feature, shift in sorted(shifts.items(), key=lambda item: -abs(item[1])):
        scale = _SCALES[feature]
        words[scale.higher if shift > 0 else scale.lower] = None
    return tuple(words)[:2]
