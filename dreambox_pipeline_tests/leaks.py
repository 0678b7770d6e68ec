"""Looking for secrets where none may be: in files, whatever they hold, and in what was said.

Databases, logs and events are read as bytes, so it does not matter how they are encoded, whether
a row was deleted, or which table it was in. A secret is also looked for as its URL-encoded self.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

CHUNK = 1 << 20


def leaks(secrets: Iterable[str], folders: Iterable[Path]) -> list[str]:
    """`file: secret 2` for every secret found in a file under *folders*; never the secret itself.

    Args:
        secrets: At least 8 characters each; shorter ones are in any file by chance.
        folders: Folders, or single files.
    """
    numbered = [*enumerate(secrets)]
    if short := [number for number, secret in numbered if len(secret) < 8]:
        raise ValueError(f"Secrets {short} are too short to look for.")
    return [
        f"{file}: secret {number}"
        for file in _files(folders)
        for number, secret in numbered
        if any(_holds(file, form.encode()) for form in {secret, quote(secret, safe="")})
    ]


def _files(folders: Iterable[Path]) -> Iterator[Path]:
    for folder in folders:
        found = folder.rglob("*") if folder.is_dir() else [folder]
        yield from sorted(path for path in found if path.is_file())


def _holds(file: Path, needle: bytes) -> bool:
    """Whether *needle* is in *file*, also across two reads."""
    kept = b""
    with file.open("rb") as opened:
        while part := opened.read(CHUNK):
            if needle in kept + part:
                return True
            kept = part[-len(needle) :]
    return False
