"""Bring the fonts into their folder: fetched, checked, moved in place whole, and written down.

The folder's `fonts.json` says for each file its size, hash, version, package and licence. It is
written after every package, so an installation that was cut off goes on where it stopped.
"""

import hashlib
import json
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import uharfbuzz as hb

from dreambox_pipeline.errors import StopError
from dreambox_pipeline.media.typesetting.font_catalog import (
    DEBIAN,
    LICENCE,
    NPM,
    WRITINGS,
    FontPackage,
    Writing,
)
from dreambox_pipeline.media.typesetting.font_sources import (
    NotFetched,
    debian_archive,
    npm_archive,
    unpack,
)
from dreambox_pipeline.media.typesetting.fonts import MANIFEST, Family, FontShelf, shelf_in
from dreambox_pipeline.media.typesetting.shaping import missing_letters
from dreambox_pipeline.media.typesetting.typefaces import Typeface

LICENCE_FOLDER = "licences"
# Without a network each package costs a client's own patience; twenty of them, half an hour.
_GIVEN_UP_AFTER = 3


@dataclass(frozen=True, slots=True)
class FontSource:
    """Where packages come from.

    Attributes:
        name: `debian` or `npm`.
        fetch: Downloads a package by name into a folder; raises `NotFetched`.
    """

    name: str
    packages: tuple[FontPackage, ...]
    fetch: Callable[[str, Path], Path]


SOURCES = (FontSource("debian", DEBIAN, debian_archive), FontSource("npm", NPM, npm_archive))


@dataclass(slots=True)
class Installation:
    """What an installation did.

    Attributes:
        fetched: Packages that were downloaded; empty when everything was there.
        problems: What did not work, in full sentences; harmless when nothing is undrawn.
        undrawn: Names of writings that still cannot be drawn.
    """

    fetched: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    undrawn: tuple[str, ...] = ()


def install_fonts(
    folder: Path, *, sources: Sequence[FontSource] = SOURCES, say: Callable[[str], None]
) -> Installation:
    """Fetch what lacks in *folder*, from the first source that has it.

    Args:
        folder: Where fonts go; made when it is missing.
        sources: Asked in this order.
        say: Told what is being done, one sentence at a time.

    Raises:
        StopError: The folder cannot be written.
    """
    folder = folder.absolute()  # the clients run in folders of their own
    done = Installation(undrawn=tuple(w.name for w in undrawn(folder)))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for source in sources:
            _fetch_lacking(folder, source, done, say)
    except OSError as error:
        raise StopError(
            f"Wrote fonts to {folder} and got: {error}. Make the folder writable, or free some space."
        ) from error
    return done


def undrawn(folder: Path) -> list[Writing]:
    """The writings that cannot be drawn in every family with the whole files of *folder*."""
    is_whole = all(
        (folder / name).exists() and (folder / name).stat().st_size == facts["bytes"]
        for name, facts in read_manifest(folder).items()
    )
    # With a file gone or cut short nothing is taken for granted: its package is fetched again.
    shelf = shelf_in(folder) if is_whole else FontShelf()
    return [w for w in WRITINGS if not _is_drawn(w, shelf)]


def read_manifest(folder: Path) -> dict[str, dict[str, object]]:
    """What is written down about each file, by name; empty when nothing is installed."""
    try:
        files = json.loads((folder / MANIFEST).read_text())["files"]
    except (OSError, ValueError, KeyError):
        return {}
    return dict(files)


def _is_drawn(writing: Writing, shelf: FontShelf) -> bool:
    return not any(
        missing_letters(writing.sample, family, shelf, language=writing.language)
        for family in Family
    )


def _fetch_lacking(
    folder: Path, source: FontSource, done: Installation, say: Callable[[str], None]
) -> None:
    failed, is_answering = 0, False
    for package in source.packages:
        if not set(package.writings) & set(done.undrawn):
            continue
        if failed == _GIVEN_UP_AFTER and not is_answering:
            done.problems.append(f"The other packages of {source.name} were not asked for.")
            break
        say(f"Fetching {package.name} ({source.name}) ...")
        try:
            _install(package, source, folder)
        except NotFetched as error:
            done.problems.append(f"{package.name}: {error}")
            failed += 1
        else:
            done.fetched.append(package.name)
            is_answering = True
    done.undrawn = tuple(w.name for w in undrawn(folder))


def _install(package: FontPackage, source: FontSource, folder: Path) -> None:
    # On the same disk as the folder, so that a file is moved in place at once.
    with tempfile.TemporaryDirectory(prefix=".fonts-", dir=folder) as name:
        work, unpacked = Path(name), Path(name) / "unpacked"
        unpacked.mkdir()
        archive = source.fetch(package.name, work)
        found = unpack(archive, package, unpacked)
        facts = {
            file.name: _facts(
                found[file.name], file.sample, package.name, source.name, archive.name
            )
            for file in package.files
        }
        if licence := found.get("licence"):
            kept = folder / LICENCE_FOLDER
            kept.mkdir(exist_ok=True)
            licence.replace(kept / f"{package.name.replace('/', '-').lstrip('@')}.txt")
        for file in package.files:
            found[file.name].replace(folder / file.name)
        _write_manifest(folder, read_manifest(folder) | facts, work)


def _facts(path: Path, sample: str, package: str, source: str, archive: str) -> dict[str, object]:
    """What is written down about a file, once it was found to be a font with its letters."""
    content = path.read_bytes()
    face = hb.Face(hb.Blob(content))
    lacking = Typeface(path).lacks(sample.replace(" ", "")) if face.glyph_count else tuple(sample)
    if lacking:
        raise NotFetched(f"{path.name} of {archive} is no font with {' '.join(lacking)}.")
    return {
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "package": package,
        "archive": archive,
        "source": source,
        "licence": LICENCE,
    }


def _write_manifest(folder: Path, files: dict[str, dict[str, object]], work: Path) -> None:
    draft = work / MANIFEST
    draft.write_text(json.dumps({"files": dict(sorted(files.items()))}, indent=1) + "\n")
    draft.replace(folder / MANIFEST)
