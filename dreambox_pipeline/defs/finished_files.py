"""The folder in which one job's video is made, so that a killed run's work is used and not repeated.

A signature is never the same twice, so a video that is signed again is another file. Whatever is
whole when a run dies is therefore taken up by the next one: the same bytes, the same content hash,
and nothing in the media store that no row names.
"""

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from dreambox_pipeline.defs.signing import Signed
from dreambox_pipeline.media.finishing.editing import COVER_NAME, PREVIEW_NAME, VIDEO_NAME
from dreambox_pipeline.media.model import EditedFiles

_PREFIX = "finish-"
_RECEIPT = "done.json"


@dataclass(frozen=True, slots=True)
class FinishedFiles:
    """A video, edited and signed, that the media store does not have yet."""

    files: EditedFiles
    signed: Signed


def folder_of(work_dir: Path, job_id: str) -> Path:
    """Where the video of this job is made."""
    return work_dir / f"{_PREFIX}{job_id}"


def made_once(folder: Path, recipe: str, make: Callable[[Path], FinishedFiles]) -> FinishedFiles:
    """What *make* leaves in *folder*, or what it left there for the same *recipe* before.

    Args:
        folder: Of one job; what an unfinished or different attempt left is removed.
        recipe: Stands for everything that decides the result.
        make: Makes the files in the folder it is given.
    """
    found = _found(folder, recipe)
    if found is not None:
        return found
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    made = make(folder)
    receipt = {"recipe": recipe, "gain_db": made.files.gain_db, "signed": asdict(made.signed)}
    draft = folder / f".{_RECEIPT}"
    draft.write_text(json.dumps(receipt))
    # Last, and at once: where the receipt is, everything is.
    draft.replace(folder / _RECEIPT)
    return made


def clear(folder: Path) -> None:
    """Remove *folder*: its files are stored, or nobody wants them any more."""
    shutil.rmtree(folder, ignore_errors=True)


def _found(folder: Path, recipe: str) -> FinishedFiles | None:
    try:
        receipt = json.loads((folder / _RECEIPT).read_text())
    except (OSError, ValueError):
        return None
    files = EditedFiles(
        folder / VIDEO_NAME,
        folder / COVER_NAME,
        folder / PREVIEW_NAME,
        gain_db=receipt.get("gain_db", 0.0),
    )
    is_whole = all(file.exists() for file in (files.video, files.cover, files.preview))
    if receipt.get("recipe") != recipe or not is_whole:
        return None
    return FinishedFiles(files, Signed(**receipt["signed"]))
