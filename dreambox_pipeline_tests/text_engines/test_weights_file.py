"""Rules of the weights on disk."""

import io
import json
import zipfile

import numpy as np
import pytest

from dreambox_pipeline.errors import StopError
from dreambox_pipeline.text_engines import weights_file


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "deep" / "detector.npz"
    weights_file.save(path, weights_file.load(), {"note": "a test"})
    return path


def vouch(path):
    """Make the card match whatever the file holds now."""
    import hashlib

    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    weights_file.card_path(path).write_text(json.dumps({"sha256": digest}))


def test_what_was_saved_is_loaded(path):
    """Bit by bit: the same weights make the same file."""
    assert path.read_bytes() == weights_file.SHIPPED.read_bytes()
    assert weights_file.load(path).digest == weights_file.load().digest
    assert json.loads(weights_file.card_path(path).read_text())["note"] == "a test"


def test_the_shipped_file_holds_no_pickle():
    """Arrays of numbers and short strings only, so loading it runs nothing."""
    with zipfile.ZipFile(weights_file.SHIPPED) as archive:
        for name in archive.namelist():
            array = np.load(io.BytesIO(archive.read(name)), allow_pickle=False)
            assert array.dtype.kind in "fU"
    assert weights_file.SHIPPED.stat().st_size < 1_000_000


def test_a_changed_file_is_refused(path):
    """With what is wrong and what to do."""
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(StopError, match=r"SHA-256.*Train again"):
        weights_file.load(path)


def test_a_missing_card_is_refused(path):
    """Weights without provenance are no weights."""
    weights_file.card_path(path).unlink()
    with pytest.raises(StopError, match="card"):
        weights_file.load(path)


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x05\x06" + bytes(18)])
def test_a_file_that_is_none_is_refused(path, content):
    """Even when its card matches."""
    path.write_bytes(content)
    vouch(path)
    with pytest.raises(StopError, match="cannot be used"):
        weights_file.load(path)


def test_a_pickle_inside_is_refused(path):
    """Loading one could run anything."""
    buffer = io.BytesIO()
    np.savez(buffer, scheme=np.array([{"a": 1}], dtype=object))
    path.write_bytes(buffer.getvalue())
    vouch(path)
    with pytest.raises(StopError, match="cannot be used"):
        weights_file.load(path)


def test_weights_for_other_features_are_refused(path):
    """After an update of the code, an account's own weights have to be made again."""
    with np.load(path) as arrays:
        changed = {**arrays, "names": np.array(["another"])}
    buffer = io.BytesIO()
    np.savez(buffer, **changed)
    path.write_bytes(buffer.getvalue())
    vouch(path)
    with pytest.raises(StopError, match="made for features"):
        weights_file.load(path)
