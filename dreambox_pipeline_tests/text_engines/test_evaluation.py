"""The evaluation's arithmetic, on tables small enough to check by hand."""

import pytest

from dreambox_pipeline.stages.dreams.model import Detection
from dreambox_pipeline.text_engines.embedded import EmbeddedEngine
from dreambox_pipeline.text_engines.evaluation import (
    Judged,
    average_precision,
    evaluate,
    figures,
    judge,
    share,
)
from dreambox_pipeline.text_engines.examples import Example


def judged(probability, is_dream, kind="", lang="en"):
    verdict = Detection(probability >= 0.5, probability, "cue", ("x",), lang)
    return Judged(Example("", is_dream, lang, kind), verdict)


TABLE = [
    judged(0.9, True, "dream_report_cued"),
    judged(0.8, True, "social_dream_told", "de"),
    judged(0.7, False, "ordinary"),
    judged(0.2, True, "dream_report_cued"),
    judged(0.1, True, "dream_report_uncued"),
    judged(0.1, False, "ordinary", "de"),
    judged(0.05, False, "story"),
]


def test_shares_are_counted_by_hand():
    """Two of three accepted are dreams; two of four dreams are accepted."""
    found = figures(TABLE)
    assert (found.dreams, found.others) == (4, 3)
    assert (found.precision.hits, found.precision.of) == (2, 3)
    assert found.recall.value == 0.5
    assert found.false_positive_rate.value == 0.3333
    assert found.f1 == 0.5714


def test_the_headline_leaves_out_dreams_that_do_not_say_so():
    """They stay in the table of kinds."""
    result = evaluate(TABLE, engine="e")
    assert result.headline_kinds == ("dream_report_cued", "social_dream_told")
    assert result.headline.dreams == 3
    assert result.everything.dreams == 4
    assert result.by_kind["dream_report_uncued"].recall.value == 0.0
    assert result.by_kind["story"].precision.value is None
    assert result.by_lang["de"].recall.value == 1.0


def test_every_engine_that_judged_is_named():
    """Figures of a language model are partly those of its gate."""
    mixed = [
        Judged(Example("", True), Detection(True, 0.9, "cue", (), "en", engine))
        for engine in ("gate", "model", "gate")
    ]
    assert evaluate(mixed, engine="model").judged_by == {"gate": 2, "model": 1}


def test_without_such_kinds_every_dream_counts():
    """Any file of labelled rows can be measured."""
    result = evaluate([judged(0.9, True), judged(0.1, False)], engine="e")
    assert result.headline_kinds == ("unnamed",)
    assert result.headline.precision.value == 1.0


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [
        (10, 10, 0.7225, 1.0),
        (0, 10, 0.0, 0.2775),
        (5, 10, 0.2366, 0.7634),
        (318, 345, 0.8885, 0.9457),
    ],
)
def test_intervals_are_wilsons(hits, of, low, high):
    """Values of the textbook formula; never outside 0 and 1."""
    found = share(hits, of)
    assert (found.low, found.high) == (pytest.approx(low, abs=2e-4), pytest.approx(high, abs=2e-4))


def test_nothing_to_divide_by_has_no_value():
    """Which is not 0."""
    assert share(0, 0).value is None


def test_average_precision_counts_ties_together():
    """Otherwise the file's order would change the figure."""
    assert average_precision(TABLE[:4]) == pytest.approx((1 + 1 + 3 / 4) / 3, abs=1e-4)
    tied = [judged(0.5, True), judged(0.5, False)]
    assert average_precision(tied) == average_precision(tied[::-1]) == 0.5


def test_calibration_compares_stated_with_observed():
    """Ten comments at .9 of which half are dreams are .4 off."""
    result = evaluate([judged(0.9, n < 5) for n in range(10)], engine="e")
    assert result.expected_calibration_error == pytest.approx(0.4)
    (only,) = result.reliability
    assert (only.comments, only.dreams_share) == (10, 0.5)


def test_an_engine_judges_cleaned_texts_in_order():
    """As it would in the pipeline."""
    examples = [Example("I dre\u00adamt of a whale", True), Example("first", False)] * 300
    verdicts = judge(examples, EmbeddedEngine())
    assert [one.verdict.is_dream for one in verdicts] == [True, False] * 300
