"""Rules of the embedded engine."""

import subprocess
import sys

import pytest

from dreambox_pipeline.errors import StopError
from dreambox_pipeline.stages.dreams.engine import CommentIn, TextEngine
from dreambox_pipeline.text_engines import weights_file
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


def test_every_verdict_names_code_and_weights():
    """A report says what understood it, down to the weights' digest."""
    engine = EmbeddedEngine()
    assert engine.version == f"embedded-2+{weights_file.load().digest}"
    assert {d.engine for d in engine.detect([CommentIn("1", t) for t in TEXTS])} == {engine.version}
    assert engine.extract(TEXTS)[0].engine == engine.version


def test_an_accounts_own_weights_are_used_when_they_exist(tmp_path):
    """And the shipped ones until then."""
    own = tmp_path / "detector.npz"
    assert EmbeddedEngine(own).version == EmbeddedEngine().version
    shipped = weights_file.load()
    shipped.hashed[:] = 0
    digest = weights_file.save(own, shipped, {})
    assert EmbeddedEngine(own).version == f"embedded-2+{digest[:8]}"


def test_altered_weights_stop_the_engine(tmp_path):
    """It would otherwise judge by numbers nobody vouches for."""
    own = tmp_path / "detector.npz"
    weights_file.save(own, weights_file.load(), {})
    own.write_bytes(own.read_bytes()[:-1] + b"!")
    with pytest.raises(StopError, match="SHA-256"):
        EmbeddedEngine(own)


def test_running_it_needs_no_training_library():
    """scikit-learn takes a second and 100 MB that reading comments must not cost."""
    code = (
        "import sys; from dreambox_pipeline.text_engines.embedded import EmbeddedEngine as E; E(); "
        "sys.exit('sklearn' in sys.modules or 'scipy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
