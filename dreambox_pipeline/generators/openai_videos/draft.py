"""A clip on its way to its place: streamed into a draft, looked into, and renamed when whole."""

import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dreambox_pipeline.errors import ItemError, TransientError
from dreambox_pipeline.media.probe import probe

MAX_BYTES = 1_000_000_000
"""A minute of 1080p takes a tenth of this; more is not a clip."""

MAX_S = 900.0
"""Real seconds for one download, however steadily it trickles."""


@contextmanager
def draft_of(to: Path) -> Iterator[Path]:
    """A file beside *to* that takes its place at the end, and is gone after any error."""
    to.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=to.parent, prefix=f".{to.name}.", suffix=".part")
    os.close(handle)
    part = Path(name)
    try:
        yield part
        part.chmod(0o644)
        part.replace(to)
    finally:
        part.unlink(missing_ok=True)


def write_all(chunks: Iterable[bytes], part: Path, *, name: str) -> None:
    """Write *chunks* into *part*.

    Raises:
        ItemError: There are more bytes than a clip can have.
        TransientError: It took too long.
    """
    written, began = 0, time.monotonic()
    with part.open("wb") as file:
        for chunk in chunks:
            written += len(chunk)
            if written > MAX_BYTES:
                raise ItemError(
                    f"Downloading the clip of {name}: more than {MAX_BYTES // 10**6} MB came, so it was "
                    "stopped. Look at the job at the provider."
                )
            if time.monotonic() - began > MAX_S:
                raise TransientError(
                    f"Downloading the clip of {name}: {written} bytes came in {MAX_S:g} s, so it was stopped. "
                    "The next run tries again."
                )
            file.write(chunk)


def require_clip(part: Path, *, content_type: str, name: str) -> None:
    """The bytes are judged, not the status or the type they came with.

    Raises:
        ItemError: Not a video, or not all of one. The message says what it is.
    """
    try:
        probe(part)
    except ItemError as error:
        said = str(error).replace(part.name, "it")
        raise ItemError(
            f"Downloaded the clip of {name} ({part.stat().st_size} bytes, type {content_type or 'not given'}). {said}"
        ) from error
