"""Folders with all that a person needs to post one video by hand.

    <kits>/2026-11-28_<publication id>/    video.mp4  cover.jpg  caption.txt  alt_text.txt  CHECKLIST.md

A kit is there whole or not at all: it is built aside and renamed. The video is a copy, not a link,
because a program that a person opens it with may write into it, and the media store's file is
what was approved.
"""

import os
import re
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from dreambox_pipeline.errors import StopError

CHECKLIST = "CHECKLIST.md"

_FOLDER = re.compile(r"\d{4}-\d{2}-\d{2}_(?P<publication_id>[\w-]+)", re.ASCII)


def find_kit(kits_dir: Path, publication_id: str) -> Path | None:
    """The kit of a publication, of whatever day."""
    return next(
        (path for path, found in _kits(kits_dir) if found == publication_id and path.is_dir()), None
    )


def kits_in(kits_dir: Path) -> list[str]:
    """The publications that have a kit, oldest kit first."""
    return [found for _, found in _kits(kits_dir)]


def write_kit(
    folder: Path, *, texts: Mapping[str, str], files: Mapping[str, Path], replacing: Path | None
) -> None:
    """Put a kit together in *folder*, instead of *replacing*.

    Args:
        folder: `<date>_<publication id>` under the kits' folder; made with its parents.
        texts: File name to text; written as UTF-8, with nothing added or changed.
        files: File name to the file that is copied.
        replacing: An older kit of the same publication, which goes.

    Raises:
        StopError: The disk is full or not writable, or a file is missing. Nothing half-written stays.
    """
    draft = folder.with_name(f".{folder.name}.{os.getpid()}.{threading.get_ident()}")
    try:
        for left_behind in folder.parent.glob(f".{folder.name}.*"):
            shutil.rmtree(left_behind)
        draft.mkdir(parents=True)
        for name, source in files.items():
            shutil.copyfile(source, draft / name)
        for name, text in texts.items():
            (draft / name).write_bytes(text.encode())
        if replacing is not None:
            shutil.rmtree(replacing)
        draft.rename(folder)
    except OSError as error:
        with suppress(OSError):  # the same trouble; the first error tells more
            shutil.rmtree(draft)
        raise StopError(
            f"Tried to put the kit {folder} together and got {error}. Nothing was kept of it. Free "
            "some space or make the folder writable, then run again."
        ) from error


def remove_kit(kits_dir: Path, publication_id: str) -> bool:
    """Remove the kit of a publication, and what a killed run left of one; False when there is none.

    Raises:
        StopError: It cannot be removed.
    """
    names = [path for path, found in _kits(kits_dir, with_drafts=True) if found == publication_id]
    try:
        for path in names:
            shutil.rmtree(path)
    except FileNotFoundError:
        return bool(names)  # another process removed it meanwhile
    except OSError as error:
        raise StopError(
            f"Tried to remove the kit of {publication_id} from {kits_dir} and got {error}. Remove "
            "it by hand, or make the folder writable and run again: it must not be posted any more."
        ) from error
    return bool(names)


def _kits(kits_dir: Path, *, with_drafts: bool = False) -> Iterator[tuple[Path, str]]:
    for path in sorted(kits_dir.glob("*")):
        name = path.name
        if name.startswith(".") and with_drafts:
            name = name[1:].rsplit(".", 2)[0]
        if found := _FOLDER.fullmatch(name):
            yield path, found["publication_id"]
