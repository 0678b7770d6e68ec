"""The files by which TikTok sees that an address is ours, beside the media that are served there.

    <media>/.url_proofs/<file name TikTok chose>

What lies here is registered, and nothing else is served without a signature.
"""

import re
from pathlib import Path

from dreambox_pipeline.errors import ItemError, StopError

_FOLDER = ".url_proofs"
_NAME = re.compile(r"[A-Za-z0-9_-]{1,128}\.(?:txt|html)", re.ASCII)


class UrlProofs:
    """Proof files in the media store's folder.

    Args:
        media_root: The media store's folder; ours is made in it when missing.
    """

    def __init__(self, media_root: Path) -> None:
        self._folder = media_root / _FOLDER

    def put(self, file_name: str, text: str) -> None:
        """Have *text* served as *file_name*.

        Raises:
            ItemError: Such a name is not served.
            StopError: The folder is not writable.
        """
        if not _NAME.fullmatch(file_name):
            raise ItemError(
                f"TikTok wants a file called {file_name[:80]!r}, which the desk does not serve (letters, "
                "digits, - and _, ending in .txt or .html). Serve it yourself under that address."
            )
        target = self._folder / file_name
        draft = self._folder / f".{file_name}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            draft.write_text(text, "utf-8")
            draft.replace(target)
        except OSError as error:
            raise StopError(
                f"Tried to write {target} and got {error}. Make the folder writable and run again."
            ) from error

    def get(self, file_name: str) -> str | None:
        """What is served as *file_name*; None when nothing is registered by that name."""
        if not _NAME.fullmatch(file_name):
            return None
        try:
            return (self._folder / file_name).read_text("utf-8")
        except OSError:
            return None

    def remove(self, file_name: str) -> None:
        """Serve *file_name* no longer; what was not served is fine."""
        if _NAME.fullmatch(file_name):
            (self._folder / file_name).unlink(missing_ok=True)
