"""Rules of training the detector."""

import random

import pytest

from dreambox_pipeline.errors import StopError
from dreambox_pipeline.text_engines import weights_file
from dreambox_pipeline.text_engines.detector_training import digest_of, train
from dreambox_pipeline.text_engines.examples import Example, read_examples, written

FEW = 400


@pytest.fixture(scope="module")
def examples():
    every = [example for path in written() for example in read_examples(path)[0]]
    return random.Random(3).sample(every, FEW)


@pytest.fixture(scope="module")
def trained(examples):
    return train(examples)


def test_the_same_examples_give_the_same_bytes(examples, trained):
    """In any order, and with some of them twice."""
    shuffled = [*examples, *examples[:50]]
    random.Random(4).shuffle(shuffled)
    again = train(shuffled)
    assert weights_file.to_bytes(again.classifier) == weights_file.to_bytes(trained.classifier)
    assert again.figures == trained.figures


def test_other_examples_give_other_bytes(examples, trained):
    """The digest of the data says which."""
    other = train(examples[:-20])
    assert weights_file.to_bytes(other.classifier) != weights_file.to_bytes(trained.classifier)
    assert other.figures["data_sha256"] != trained.figures["data_sha256"]


def test_figures_describe_what_was_learned_from(trained):
    """Counts, thresholds and out-of-fold shares, all JSON values."""
    assert trained.figures["examples"] == FEW
    assert 0.2 <= trained.figures["threshold"] < 1
    assert 0.5 < trained.figures["out_of_fold"]["precision"] <= 1
    assert 0.3 < trained.figures["out_of_fold"]["recall"] <= 1


def test_too_few_examples_stop(examples):
    """A model of five dreams would be worse than the rules."""
    with pytest.raises(StopError, match="at least 10"):
        train([e for e in examples if e.is_dream][:5])


def test_unlabelled_examples_teach_nothing(examples, trained):
    """They are left out, not taken for negatives."""
    more = [*examples, Example("I dreamt of somebody's label", None)]
    assert train(more).figures["examples"] == trained.figures["examples"]


def test_the_digest_of_data_ignores_its_order(examples):
    """And sees a changed label."""
    assert digest_of(examples) == digest_of(examples[::-1])
    turned = Example(examples[0].text, not examples[0].is_dream, examples[0].lang)
    assert digest_of(examples) != digest_of([turned, *examples[1:]])
