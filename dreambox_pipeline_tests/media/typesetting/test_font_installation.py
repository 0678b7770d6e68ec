"""Fonts come from packages: checked, whole, once; from the next source where one fails."""

import gzip
import json
import tarfile
from dataclasses import replace
from pathlib import Path, PurePosixPath

import matplotlib as mpl
import pytest

from dreambox_pipeline.errors import StopError
from dreambox_pipeline.media.typesetting.font_catalog import (
    DEBIAN,
    LICENCE,
    NPM,
    FontFile,
    FontPackage,
)
from dreambox_pipeline.media.typesetting.font_installation import (
    FontSource,
    install_fonts,
    read_manifest,
    undrawn,
)
from dreambox_pipeline.media.typesetting.font_sources import NotFetched, debian_archive, npm_archive
from dreambox_pipeline.media.typesetting.fonts import EMOJI_FILE

DEJAVU = Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
ONE = FontPackage("noto-one", (FontFile("One.ttf", "One_400.ttf", "Dream"),), ("Devanagari",))


def pack(archive: Path, members: dict[str, Path | bytes]) -> Path:
    """An archive as the registries have them, but for its compression."""
    with tarfile.open(archive, "w") as tar:
        for name, content in members.items():
            data = content if isinstance(content, bytes) else content.read_bytes()
            member = tarfile.TarInfo(name)
            member.size = len(data)
            source = archive.with_suffix(".member")
            source.write_bytes(data)
            with source.open("rb") as opened:
                tar.addfile(member, opened)
    return archive


class Registry:
    """Packages it was given, and what it was asked for."""

    def __init__(self, contents: dict[str, dict[str, Path | bytes]]) -> None:
        self.contents = contents
        self.asked: list[str] = []

    def fetch(self, package: str, work: Path) -> Path:
        self.asked.append(package)
        if package not in self.contents:
            raise NotFetched(f"404 for {package}.")
        return pack(work / f"{PurePosixPath(package).name}-1.0.tgz", self.contents[package])

    def source(self, *packages: FontPackage, name: str = "npm") -> FontSource:
        return FontSource(name, packages, self.fetch)


def quiet(_sentence: str) -> None:
    """Nobody listens."""


def test_everything_is_fetched_once_checked_and_written_down(noto: Path, tmp_path: Path) -> None:
    """Every script is drawn afterwards, and the second run asks nobody."""
    # This machine's fonts are from one of the two.
    packages = DEBIAN if (noto / DEBIAN[1].files[0].name).exists() else NPM
    registry = Registry(
        {
            package.name: {
                **{f"usr/share/fonts/{f.member}": noto / f.name for f in package.files},
                f"usr/share/doc/{package.name}/copyright": b"OFL-1.1",
            }
            for package in packages
        }
    )
    source = registry.source(*packages)
    said: list[str] = []
    first = install_fonts(tmp_path / "fonts", sources=[source], say=said.append)
    second = install_fonts(tmp_path / "fonts", sources=[source], say=said.append)

    assert first.undrawn == second.undrawn == ()
    assert first.fetched == [package.name for package in packages]
    assert second.fetched == []
    assert len(said) == len(registry.asked) == len(packages)
    written = read_manifest(tmp_path / "fonts")
    files = {f.name for package in packages for f in package.files}
    assert set(written) == files
    assert written[EMOJI_FILE]["licence"] == LICENCE
    assert written[EMOJI_FILE]["bytes"] == (noto / EMOJI_FILE).stat().st_size
    assert "noto-color-emoji-1.0.tgz" in str(written[EMOJI_FILE]["archive"])
    kept = {p.name for p in (tmp_path / "fonts").iterdir()}
    assert kept == files | {"fonts.json", "licences"}
    licences = {p.read_text() for p in (tmp_path / "fonts/licences").iterdir()}
    assert licences == {"OFL-1.1"}


def test_a_file_that_was_cut_short_is_fetched_again(noto: Path, tmp_path: Path) -> None:
    """What is written down is held against what is there."""
    folder = tmp_path / "fonts"
    folder.mkdir()
    for file in noto.glob("*.*"):
        (folder / file.name).symlink_to(file)
    assert not undrawn(folder)
    (folder / EMOJI_FILE).unlink()
    (folder / EMOJI_FILE).write_bytes(b"half")
    assert "emoji" in {writing.name for writing in undrawn(folder)}


def test_the_next_source_is_asked_for_what_the_first_lacks(tmp_path: Path) -> None:
    """And what went wrong is told with its reason."""
    first, second = Registry({}), Registry({"noto-one": {"package/One_400.ttf": DEJAVU}})
    done = install_fonts(
        tmp_path, sources=[first.source(ONE, name="debian"), second.source(ONE)], say=quiet
    )
    assert done.fetched == ["noto-one"]
    assert done.problems == ["noto-one: 404 for noto-one."]
    assert read_manifest(tmp_path)["One.ttf"]["source"] == "npm"


def test_a_registry_that_never_answers_is_given_up(tmp_path: Path) -> None:
    """Without a network nobody waits for twenty packages to fail one after the other."""
    silent = Registry({})
    packages = [replace(ONE, name=f"noto-{number}") for number in range(20)]
    done = install_fonts(tmp_path, sources=[silent.source(*packages)], say=quiet)
    assert silent.asked == ["noto-0", "noto-1", "noto-2"]
    assert done.problems[-1] == "The other packages of npm were not asked for."


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"package/One_400.ttf": b"<html>moved</html>"}, "is no font with D r e a m"),
        ({"package/One_400.ttf": b""}, "is no font"),
        ({"package/Two.ttf": DEJAVU}, "has no One.ttf"),
    ],
)
def test_what_is_no_such_font_leaves_nothing_behind(
    tmp_path: Path, content: dict[str, Path | bytes], reason: str
) -> None:
    """A web page with a font's name must not end up in a video."""
    done = install_fonts(tmp_path, sources=[Registry({"noto-one": content}).source(ONE)], say=quiet)
    assert reason in done.problems[0]
    assert "Devanagari" in done.undrawn
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("damage", ["begins", "ends", "middle"])
def test_a_damaged_archive_is_a_problem_not_a_crash(tmp_path: Path, damage: str) -> None:
    """A download that broke off, or of which a part went wrong."""
    whole = gzip.compress(pack(tmp_path / "whole.tar", {"One_400.ttf": DEJAVU}).read_bytes())
    half = len(whole) // 2
    broken = {
        "begins": whole[:20],
        "ends": whole[:half],
        "middle": whole[:half] + bytes(64) + whole[half + 64 :],
    }[damage]

    def fetch(_package: str, work: Path) -> Path:
        (work / "noto-one-1.0.tgz").write_bytes(broken)
        return work / "noto-one-1.0.tgz"

    folder = tmp_path / "fonts"
    done = install_fonts(folder, sources=[FontSource("npm", (ONE,), fetch)], say=quiet)
    assert "noto-one-1.0.tgz" in done.problems[0]
    assert list(folder.iterdir()) == []


def test_paths_in_an_archive_lead_nowhere(tmp_path: Path) -> None:
    """Only names we expect are used, and only their last part."""
    registry = Registry(
        {"noto-one": {"../../../One_400.ttf": DEJAVU, "/etc/evil": b"x", "../../copyright": b"y"}}
    )
    folder = tmp_path / "a" / "b" / "fonts"
    install_fonts(folder, sources=[registry.source(ONE)], say=quiet)
    found = {str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file()}
    inside = {"One.ttf", "fonts.json", "licences/noto-one.txt"}
    assert found == {f"a/b/fonts/{name}" for name in inside}


def test_a_manifest_nobody_can_read_is_no_installation(tmp_path: Path) -> None:
    """It is written again by the next one."""
    (tmp_path / "fonts.json").write_text("{half")
    assert read_manifest(tmp_path) == {}
    (tmp_path / "fonts.json").write_text(json.dumps({"files": {}}))
    assert read_manifest(tmp_path) == {}


def test_a_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    """A person has to act."""
    (tmp_path / "file").write_text("")
    with pytest.raises(StopError, match="writable"):
        install_fonts(tmp_path / "file" / "fonts", sources=[], say=quiet)


def test_every_promised_script_has_a_package_in_both_registries() -> None:
    """But for what DejaVu draws by itself."""
    for packages in (DEBIAN, NPM):
        drawn = {writing for package in packages for writing in package.writings}
        assert {"Arabic", "Devanagari", "Japanese", "Korean", "emoji"} <= drawn
        files = [f.name for package in packages for f in package.files]
        assert len(files) == len(set(files))
        assert all(f.sample for package in packages for f in package.files)


def client(folder: Path, name: str, script: str) -> None:
    """A program of that name that does what *script* says."""
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder where programs are found."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def test_apt_is_asked_as_a_user_would(programs: Path, tmp_path: Path) -> None:
    """A slim machine has no lists: they are fetched into a folder of our own, without root."""
    client(programs, "dpkg-deb", "exit 0")
    client(
        programs,
        "apt-get",
        'echo "$@" >> asked\n'
        'case "$*" in\n'
        '"download noto") echo "E: Unable to locate package noto" >&2; exit 100;;\n'
        "*update) exit 100;;\n"
        "*) : > noto_1%3a2_all.deb;;\nesac",
    )
    assert debian_archive("noto", tmp_path).name == "noto_1%3a2_all.deb"
    asked = (tmp_path / "asked").read_text().splitlines()
    assert asked[0] == "download noto"
    assert f"Dir::State::Lists={tmp_path}/apt/lists" in asked[1]
    assert asked[2].endswith("download noto")


def test_clients_that_fail_are_quoted(programs: Path, tmp_path: Path) -> None:
    """Their last words say why."""
    client(programs, "npm", "echo 'npm error 404 Not Found' >&2; exit 1")
    with pytest.raises(NotFetched, match=r"npm pack .*404 Not Found"):
        npm_archive("@noto/one", tmp_path)
    client(programs, "npm", "exit 0")
    with pytest.raises(NotFetched, match="no archive"):
        npm_archive("@noto/one", tmp_path)
    client(programs, "npm", ": > noto-one-1.0.tgz")
    assert npm_archive("@noto/one", tmp_path).name == "noto-one-1.0.tgz"


@pytest.mark.usefixtures("programs")
def test_a_machine_without_clients_says_so(tmp_path: Path) -> None:
    """Both are named."""
    with pytest.raises(NotFetched, match="no apt-get"):
        debian_archive("noto", tmp_path)
    with pytest.raises(NotFetched, match="no npm"):
        npm_archive("noto", tmp_path)


def test_debian_packages_are_opened_by_their_own_program(programs: Path, tmp_path: Path) -> None:
    """Its tar goes through a file, because a package is larger than a pipe."""
    client(programs, "dpkg-deb", '/bin/cat "$2"')

    def fetch(_package: str, work: Path) -> Path:
        packed = pack(work / "one.tgz", {"./usr/share/fonts/One_400.ttf": DEJAVU})
        return packed.rename(work / "noto-one_1_all.deb")

    folder = tmp_path / "fonts"
    done = install_fonts(folder, sources=[FontSource("debian", (ONE,), fetch)], say=quiet)
    assert done.problems == []
    assert (folder / "One.ttf").read_bytes() == DEJAVU.read_bytes()
