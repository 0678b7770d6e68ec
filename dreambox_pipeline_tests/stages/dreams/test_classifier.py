"""Rules of weighing features."""

import numpy as np
import pytest

from dreambox_pipeline.stages.dreams.classifier import Calibration, Classifier
from dreambox_pipeline.stages.dreams.features import BUCKETS, NAMES, read_features

LINE = Calibration(
    slope=2.0, offset=-1.0, bare_offset=0.5, threshold=0.5, hinted_threshold=0.4, context_offset=1.0
)


def classifier(**weights):
    named = np.array([weights.get(name, 0.0) for name in NAMES])
    return Classifier(named, np.zeros(BUCKETS), bias=0.25, scale=2.0, calibration=LINE, digest="0")


def test_a_score_is_the_weighted_sum():
    """Bias, named features and wording, each readable."""
    features = read_features("I dreamt of a whale")
    one = classifier(own_cue=3.0)
    assert one.scores(features) == (3.25, 0.0)
    one.hashed[features.buckets[0]] = 1.0
    named, wording = one.scores(features)
    assert named == 3.25
    assert wording == pytest.approx(features.signs[0] * 2.0 / len(features.buckets) ** 0.5)


def test_probabilities_follow_the_line():
    """Platt's two numbers, and the third where no dream word is."""
    one = classifier()
    assert one.probability(0.5, is_bare=False) == 0.5
    assert one.probability(0.25, is_bare=True) == 0.5
    assert 0 < one.probability(-1e9, is_bare=False) < one.probability(1e9, is_bare=False) < 1


def test_weights_for_other_features_are_refused():
    """A wrong shape would score nonsense silently."""
    with pytest.raises(ValueError, match="the features have"):
        Classifier(np.zeros(3), np.zeros(BUCKETS), bias=0, scale=1, calibration=LINE, digest="0")
