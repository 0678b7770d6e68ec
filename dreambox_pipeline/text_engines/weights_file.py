"""The detector's weights on disk: arrays without pickle, and a card that vouches for them.

`detector.npz` holds the numbers, `detector.json` beside it says what they were made from and
what their SHA-256 is. A file that does not match its card, or was made for other features, is
refused in a sentence. The digest's first 8 digits become part of the engine's version.
"""

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from dreambox_pipeline.errors import StopError
from dreambox_pipeline.stages.dreams.classifier import Calibration, Classifier
from dreambox_pipeline.stages.dreams.features import NAMES, SCHEME

SHIPPED = Path(__file__).parent / "weights" / "detector.npz"
"""The weights this package comes with."""
OWN_NAME = "detector.npz"
"""What an account's own weights are called, inside its var folder."""
_REMEDY = "Train again with `dreambox train-detector`, or remove the file to use the shipped one."
_LINE = ("slope", "offset", "bare_offset", "threshold", "hinted_threshold", "context_offset")


def card_path(weights: Path) -> Path:
    """Where the card of a weights file is."""
    return weights.with_suffix(".json")


_EPOCH = (1980, 1, 1, 0, 0, 0)
_UNIX = 3


def to_bytes(classifier: Classifier) -> bytes:
    """The file's content; the same weights give the same bytes."""
    line = classifier.calibration
    arrays = {
        "scheme": np.array(SCHEME),
        "names": np.array(NAMES),
        "named": classifier.named.astype("<f4"),
        "hashed": classifier.hashed.astype("<f2"),
        "line": np.array(
            [classifier.bias, classifier.scale, *(getattr(line, n) for n in _LINE)], "<f4"
        ),
    }
    buffer = io.BytesIO()
    # Not np.savez: how it frames its entries differs between patch versions of Python.
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, array in arrays.items():
            entry = zipfile.ZipInfo(f"{name}.npy", date_time=_EPOCH)
            entry.create_system = _UNIX
            archive.writestr(entry, _npy(array))
    return buffer.getvalue()


def _npy(array: np.ndarray[Any, Any]) -> bytes:
    content = io.BytesIO()
    np.lib.format.write_array(content, array, allow_pickle=False)
    return content.getvalue()


def from_bytes(content: bytes) -> Classifier:
    """The classifier in a file's content.

    Raises:
        ValueError, KeyError, OSError, zipfile.BadZipFile: It is no weights file, or one for
            other features.
    """
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        if str(arrays["scheme"]) != SCHEME or tuple(map(str, arrays["names"])) != NAMES:
            raise ValueError(f"made for features of scheme {arrays['scheme']}, not {SCHEME}")
        bias, scale, *line = (float(number) for number in arrays["line"])
        return Classifier(
            named=arrays["named"].astype(np.float64),
            hashed=arrays["hashed"].astype(np.float64),
            bias=bias,
            scale=scale,
            calibration=Calibration(**dict(zip(_LINE, line, strict=True))),
            digest=hashlib.sha256(content).hexdigest()[:8],
        )


def save(path: Path, classifier: Classifier, card: dict[str, Any]) -> str:
    """Write weights and card; returns the weights' SHA-256."""
    content = to_bytes(classifier)
    digest = hashlib.sha256(content).hexdigest()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    text = json.dumps({"sha256": digest, **card}, indent=2, ensure_ascii=False, sort_keys=True)
    card_path(path).write_text(text + "\n", encoding="utf-8")
    return digest


def load(path: Path = SHIPPED) -> Classifier:
    """Read weights that match their card.

    Raises:
        StopError: A file is missing, altered, or made for another version of the features.
    """
    try:
        content = path.read_bytes()
        card = json.loads(card_path(path).read_text(encoding="utf-8"))
        promised = str(card["sha256"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StopError(
            f"Read the detector's weights at {path} and their card, and got {error!r}. {_REMEDY}"
        ) from error
    digest = hashlib.sha256(content).hexdigest()
    if digest != promised:
        raise StopError(
            f"The detector's weights at {path} have SHA-256 {digest[:16]}..., their card says "
            f"{promised[:16]}...: one of the two files was changed or only half copied. {_REMEDY}"
        )
    try:
        return from_bytes(content)
    except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise StopError(
            f"The detector's weights at {path} match their card but cannot be used: {error}. {_REMEDY}"
        ) from error
