"""The media store: clips, videos, covers and previews, named by what is in them.

    <root>/3f/3f9a….mp4

The same content is stored once; a name never changes its content, so it can be approved,
cached and checked.
"""

import hashlib
import os
import shutil
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from dreambox_pipeline.errors import ItemError, StopError

SUFFIXES = frozenset({".mp4", ".jpg", ".webp"})


def content_hash(path: Path) -> str:
    """SHA-256 of a file, 64 hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class MediaStore:
    """Files under one folder, named by content hash.

    Args:
        root: The folder; made when missing.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, path: Path) -> str:
        """Copy a file in and return its content hash. Whole or not at all.

        Raises:
            StopError: The disk is full or not writable; nothing is left behind.
        """
        digest = content_hash(path)
        self._keep(self.path(digest, path.suffix), lambda draft: shutil.copyfile(path, draft))
        return digest

    def put_beside(self, digest: str, suffix: str, content: bytes) -> None:
        """Keep what was made of the content with this hash under the same hash: both go together.

        Raises:
            StopError: The disk is full or not writable; nothing is left behind.
        """
        self._keep(self.path(digest, suffix), lambda draft: draft.write_bytes(content))

    def _keep(self, target: Path, write: Callable[[Path], object]) -> None:
        if target.exists():
            return
        # Threads may store the same content at once, so the process id alone would not do.
        draft = target.with_name(f".{target.name}.{os.getpid()}.{threading.get_ident()}")
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            write(draft)
            draft.replace(target)
        except OSError as error:
            with suppress(OSError):  # the same trouble; the first error tells more
                draft.unlink(missing_ok=True)
            raise StopError(
                f"Tried to store {target} and got {error}. Nothing was kept. "
                "Free some space or set DREAMBOX_VAR_DIR elsewhere, then run again."
            ) from error

    def path(self, digest: str, suffix: str) -> Path:
        """Where the content with this hash is, or would be."""
        if suffix not in SUFFIXES:
            raise ValueError(
                f"{suffix!r} is not a kind of file we store; known are {sorted(SUFFIXES)}."
            )
        return self._folder(digest) / f"{digest}{suffix}"

    def remove(self, digest: str) -> int:
        """Erase the content with this hash and what a killed copy of it left; returns how many files.

        Raises:
            StopError: The folder is not writable.
        """
        files = [
            *self._folder(digest).glob(f"{digest}.*"),
            *self._folder(digest).glob(f".{digest}.*"),
        ]
        try:
            for file in files:
                file.unlink(missing_ok=True)
        except OSError as error:
            raise StopError(
                f"Tried to remove the files of {digest} from {self.root} and got {error}. Make the "
                "folder writable and run again."
            ) from error
        return len(files)

    def get(self, digest: str, suffix: str) -> Path:
        """The file with this hash.

        Raises:
            ItemError: It is not there.
        """
        path = self.path(digest, suffix)
        if not path.exists():
            raise ItemError(
                f"{path} is missing. Restore it from a backup, or make the video again."
            )
        return path

    def _folder(self, digest: str) -> Path:
        return self.root / digest[:2]
