"""What exists of a video besides the rows and files that name each other.

Under `var/work` a job's prompt, its clip on the way and its video before it is stored, all named
by the job; a killed run leaves them behind. And a series' picture, which may have been taken from
somebody's video and was written anew since.
"""

import re
import shutil
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import numpy as np
import sqlalchemy as sa
from PIL import Image
from sqlalchemy.engine import Connection

from dreambox_pipeline.errors import StopError
from dreambox_pipeline.media.measuring.frame_statistics import perceptual_hash
from dreambox_pipeline.media.measuring.small_frames import HEIGHT, WIDTH
from dreambox_pipeline.stages.videos.model import JobState
from dreambox_pipeline.storage.ledger.series import REFERENCE_SUFFIX
from dreambox_pipeline.storage.ledger.traces import Traces
from dreambox_pipeline.storage.media_store import SUFFIXES, MediaStore, content_hash
from dreambox_pipeline.storage.tables import generation_jobs, series, videos

_JOB = re.compile(r"job_[0-9a-f]{16}")
_ENDED = (JobState.REFUSED, JobState.FAILED, JobState.LOST)

SAME_PICTURE_BITS = 10
"""Of 64. Frames of four videos, written anew, lay 0 to 6 from their own video's hashes and 12 and more
from the others'. A tight crop may lie farther and is missed; a series that loses its picture for
nothing goes on without one."""


def work_files(work_dir: Path, job_ids: Iterable[str]) -> Iterator[Path]:
    """Files and folders that belong to these jobs."""
    for job_id in job_ids:
        yield from sorted(work_dir.glob(f"*{job_id}*"))


def clear_stale(connection: Connection, work_dir: Path) -> None:
    """Remove the work of jobs that came to their end: nobody takes it up any more.

    Raises:
        StopError: It cannot be removed.
    """
    job_id, state = generation_jobs.c.job_id, generation_jobs.c.state
    is_ended = state.in_([each.value for each in _ENDED])
    is_finished = (state == JobState.ACCEPTED.value) & job_id.in_(sa.select(videos.c.job_id))
    ended = set(connection.scalars(sa.select(job_id).where(is_ended | is_finished)))
    for path in sorted(work_dir.glob("*job_*")):
        named = _JOB.search(path.name)
        if named and named[0] in ended:
            remove_work(path)


def remove_work(path: Path) -> None:
    """Remove a file or a folder; one that another process removed meanwhile is gone as well.

    Raises:
        StopError: It cannot be removed.
    """
    try:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
    except FileNotFoundError:
        # A run that still worked on it moved something: what is left goes now.
        shutil.rmtree(path, ignore_errors=True)
    except OSError as error:
        raise StopError(
            f"Tried to remove {path} and got {error}. Make the folder writable and run again."
        ) from error


def hashes_in(path: Path) -> frozenset[str]:
    """Content hashes of the media in a job's work: a killed run may have stored them already."""
    inside = path.rglob("*") if path.is_dir() else [path]
    media = [file for file in inside if file.suffix in SUFFIXES and file.is_file()]
    return frozenset(content_hash(file) for file in media)


def series_pictures(connection: Connection, found: Traces, media: MediaStore) -> frozenset[str]:
    """Hashes of series' pictures that were taken from the videos on these traces.

    A picture whose file is gone is among them: it is of no use to anybody.
    """
    frames = _frame_hashes(connection, found.render_ids)
    pictures = connection.scalars(
        sa.select(series.c.reference_hash).where(series.c.reference_hash.is_not(None)).distinct()
    )
    return frozenset(each for each in pictures if each and _shows(media, each, frames))


def _frame_hashes(connection: Connection, render_ids: Collection[str]) -> frozenset[int]:
    rows = connection.scalars(
        sa.select(videos.c.frame_hashes).where(videos.c.render_id.in_(render_ids))
    )
    # All zeros is a flat frame, which looks like every other one.
    return frozenset(int(each, 16) for hashes in rows for each in hashes) - {0}


def _shows(media: MediaStore, picture: str, frames: Collection[int]) -> bool:
    path = media.path(picture, REFERENCE_SUFFIX)
    try:
        with Image.open(path) as image:
            small = image.convert("L").resize((WIDTH, HEIGHT), Image.Resampling.BOX)
    except OSError:
        return not path.exists()
    seen = int(perceptual_hash(np.asarray(small)), 16)
    return any((seen ^ frame).bit_count() <= SAME_PICTURE_BITS for frame in frames)
