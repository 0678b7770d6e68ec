"""TikTok's data download from the command line: zipped or not, broken or hostile, twice the same."""

import json
import struct
import zipfile
from pathlib import Path
from shutil import copytree

import pytest

from dreambox_pipeline.cli import archive
from dreambox_pipeline.cli.archive import run_archive
from dreambox_pipeline.defs.resources import resources_from
from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.comments.model import SourceVideo
from dreambox_pipeline.storage.lake import COMMENTS
from dreambox_pipeline.storage.ledger import source_videos
from dreambox_pipeline_tests.storage.story import NOON

OURS = "7300000000000000001"
JSON_NAME = "user_data_tiktok.json"


def content(*, videos: int = 2) -> str:
    link = "https://www.tiktokv.com/share/video/"
    when = "2026-03-01 18:30:00 UTC"
    return json.dumps(
        {
            "Comment": {
                "Comments": {
                    "CommentsList": [
                        {"date": when, "comment": "May we?", "original post link": link + OURS},
                        {"date": when, "comment": "nice", "originalPostUrl": f"{link}{OURS[:-1]}9"},
                    ]
                }
            },
            "Post": {
                "Posts": {
                    "VideoList": [
                        {"Date": when, "Link": f"{link}{int(OURS) + n}/", "Title": "Dreams?"}
                        for n in range(videos)
                    ]
                }
            },
        }
    )


@pytest.fixture(autouse=True)
def project(settings: Settings, empty_history: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checkout = Path(__file__).parents[2]
    home = settings.var_dir.parent
    for name in ("dagster.yaml", "workspace.yaml"):
        (home / name).write_text((checkout / name).read_text())
    copytree(empty_history, settings.var_dir / "dagster")
    monkeypatch.chdir(home)


def zipped(path: Path, *members: tuple[str, str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in members:
            packed.writestr(name, text)
    return path


def known(settings: Settings) -> dict[str, SourceVideo]:
    with resources_from(settings)["ledger"].read() as connection:
        return {v.source_video_id: v for v in source_videos.everything(connection)}


def stored(settings: Settings) -> list[dict]:
    lake = resources_from(settings)["lake"]
    return lake.read(COMMENTS, lake.days(COMMENTS))


def nothing_is_stored(settings: Settings) -> bool:
    reports = settings.var_dir / "imports"
    return not (known(settings) or stored(settings) or reports.exists())


@pytest.mark.parametrize(
    "members",
    [
        [(JSON_NAME, content())],
        [("TikTok_Data_1/", ""), (f"TikTok_Data_1/deep/{JSON_NAME}", content())],
        [("readme.txt", "hello"), ("__MACOSX/._export.json", "x"), ("export.json", content())],
        [("other.json", "{}"), ("USER_DATA.json", content())],
    ],
)
def test_own_videos_and_words_come_in_once(settings, console, tmp_path, members):
    """At any depth and under any of its names; a second time, all of it is known."""
    file = zipped(tmp_path / "data.zip", *members)
    first = run_archive(file, settings, console)
    before = stored(settings), known(settings)
    second = run_archive(file, settings, console)

    assert (first.rows, first.new_videos, first.new) == (4, 2, 1)
    assert first.reasons == {"others_video": 1}
    assert (second.new_videos, second.new, second.duplicates) == (0, 0, 3)
    assert (stored(settings), known(settings)) == before
    (row,) = stored(settings)
    assert (row["is_owner"], row["origin"], row["text"]) == (True, "archive", "May we?")
    assert first.new_dreams == 0, "our own words tell no dream"
    assert known(settings)[OURS].asks_for_dreams is False
    assert not [path for path in settings.lake_dir.rglob("*") if ".spool" in path.name and any(path.iterdir())]  # fmt: skip


def test_what_tiktok_said_before_stays(settings, console, tmp_path):
    """An archive knows no counts and may have no caption."""
    video = SourceVideo(OURS, "Tell me your dream", NOON, "https://t.example/1", 12, True)
    with resources_from(settings)["ledger"].write() as connection:
        source_videos.save(connection, [video], now=NOON)
    report = run_archive(zipped(tmp_path / "a.zip", (JSON_NAME, content())), settings, console)

    assert known(settings)[OURS] == video
    assert report.new_videos == 1


def test_unpacked_is_as_good_as_zipped(settings, console, tmp_path):
    """With the byte-order mark that some programs add."""
    file = tmp_path / "user_data_tiktok.JSON"
    file.write_text("\ufeff" + content())
    assert run_archive(file, settings, console).new_videos == 2


def broken(path: Path, *, keep: float = 1.0, flip: bool = False) -> Path:
    whole = zipped(path, (JSON_NAME, content(videos=500))).read_bytes()
    cut = bytearray(whole[: int(len(whole) * keep)])
    if flip:
        cut[200] ^= 0xFF
    path.write_bytes(cut)
    return path


@pytest.mark.parametrize("keep", [0.0, 0.01, 0.5, 0.99])
def test_a_truncated_zip_is_refused_whole(settings, console, tmp_path, keep):
    """A download that broke off."""
    with pytest.raises(ItemError, match="Download it again"):
        run_archive(broken(tmp_path / "a.zip", keep=keep), settings, console)
    assert nothing_is_stored(settings)


def test_a_damaged_zip_is_refused_whole(settings, console, tmp_path):
    """Its checksum tells."""
    with pytest.raises(ItemError, match="Download it again"):
        run_archive(broken(tmp_path / "a.zip", flip=True), settings, console)
    assert nothing_is_stored(settings)


@pytest.mark.parametrize("is_lying", [False, True])
def test_a_bomb_is_not_unpacked(settings, console, tmp_path, monkeypatch, is_lying):
    """Also when its directory claims that it is small."""
    monkeypatch.setattr(archive, "MAX_BYTES", 10_000)
    file = zipped(tmp_path / "a.zip", (JSON_NAME, " " * 2_000_000 + content()))
    if is_lying:
        data = bytearray(file.read_bytes())
        entry = data.index(b"PK\x01\x02")
        struct.pack_into("<I", data, entry + 24, 500)
        file.write_bytes(data)
    with pytest.raises(ItemError, match=r"more than|Download it again"):
        run_archive(file, settings, console)
    assert nothing_is_stored(settings)


def test_an_encrypted_zip_says_so(settings, console, tmp_path):
    """The flag is enough; nobody here has the password."""
    file = zipped(tmp_path / "a.zip", (JSON_NAME, content()))
    data = bytearray(file.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    file.write_bytes(data)
    with pytest.raises(ItemError, match="unpacked by hand"):
        run_archive(file, settings, console)
    assert nothing_is_stored(settings)


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ([], "found nothing"),
        ([("Comments.txt", "Date: 2026")], "not TXT"),
        ([("a.json", "{}"), ("b.json", "{}")], "a.json, b.json"),
        ([(JSON_NAME, '{"comments": []}')], "VideoList"),
        ([(JSON_NAME, content()[:-40])], "broke"),
    ],
)
def test_another_zip_is_refused_with_what_is_expected(settings, console, tmp_path, members, said):
    """The commonest is the TXT download."""
    with pytest.raises(ItemError, match=said):
        run_archive(zipped(tmp_path / "a.zip", *members), settings, console)
    assert nothing_is_stored(settings)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.rar", b"", "neither a .zip nor a .json"),
        ("a.zip", b"<html>", "Download it again"),
        ("a.json", b"\xff\xfe\x00", "UTF-8"),
        ("a.json", b"", "broke"),
        ("folder.zip", None, "Check the path"),
        ("missing.json", None, "Check the path"),
    ],
)
def test_another_file_is_refused(*, settings, console, tmp_path, name, data, said):
    """Nothing is half-written."""
    (tmp_path / "folder.zip").mkdir()
    if data is not None:
        (tmp_path / name).write_bytes(data)
    with pytest.raises(ItemError, match=said):
        run_archive(tmp_path / name, settings, console)
    assert nothing_is_stored(settings)
