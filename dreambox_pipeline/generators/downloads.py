"""A clip on its way to its place: streamed into a draft, looked into, and renamed when whole."""

import os
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dreambox_pipeline.errors import ItemError, TransientError
from dreambox_pipeline.media.probe import probe

MAX_BYTES = 1_000_000_000
"""A minute of 1080p takes a tenth of this; more is not a clip."""

MAX_S = 900.0
"""Real seconds for one download, however steadily it trickles."""

LOOKS_AT_A_FILE = 2
"""A file that is no clip is fetched once more: a gateway's error page may be gone by then."""

Fetch = Callable[[str, Path], str]
"""Writes the clip of a provider's job into a file and returns the content type it came with."""


def download_clip(fetch: Fetch, provider_job_id: str, to: Path) -> Path:
    """Put the clip of *provider_job_id* at *to*, whole or not at all.

    Raises:
        ItemError: There is no clip, or what came is none, twice.
        TransientError: It broke off, or could not be written.
        StopError: *fetch* says that a person must act.
    """
    try:
        with draft_of(to) as part:
            _fetch_whole(fetch, provider_job_id, part)
    except OSError as error:
        raise TransientError(
            f"Writing the clip of {provider_job_id} to {to}: {error.strerror or error}. Nothing was left behind. "
            "Check the folder and the room on its disk; the next run tries again."
        ) from error
    return to


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


def _fetch_whole(fetch: Fetch, provider_job_id: str, part: Path) -> None:
    for look in range(1, LOOKS_AT_A_FILE + 1):
        content_type = fetch(provider_job_id, part)
        try:
            require_clip(part, content_type=content_type, name=provider_job_id)
        except ItemError:
            if look == LOOKS_AT_A_FILE:
                raise
        else:
            return
