"""Rules of the embedded engine."""

from dreambox_pipeline.stages.dreams.engine import CommentIn, TextEngine
from dreambox_pipeline.text_engines.embedded import EmbeddedEngine

TEXTS = ["I dreamt of a whale", "first", "my dream job"]


def test_batches_keep_their_order_and_repeat_themselves():
    """The same input gives the same answer; that is what a version promises."""
    engine: TextEngine = EmbeddedEngine()
    batch = [CommentIn(str(n), text) for n, text in enumerate(TEXTS)]
    first = engine.detect(batch)
    assert [d.is_dream for d in first] == [True, False, False]
    assert engine.detect(batch) == first
    assert engine.extract(TEXTS) == engine.extract(TEXTS)
    assert len(engine.extract(TEXTS)) == len(TEXTS)


def test_the_engine_says_who_it_is():
    """Reports name what understood them."""
    assert (EmbeddedEngine.name, EmbeddedEngine.version) == ("embedded", "embedded-1")
