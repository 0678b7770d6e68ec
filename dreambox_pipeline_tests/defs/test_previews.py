"""What an asset's page shows is small, says who drew a clip, and reads nobody's words as Markdown."""

from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest
from cryptography.fernet import Fernet

from dreambox_pipeline.defs.previews import MAX_BYTES, PreviewLinks, findings_table, table
from dreambox_pipeline.stages.videos.stand_in import SENTENCE
from dreambox_pipeline.storage.keys import Keyring
from dreambox_pipeline.storage.media_store import MediaStore

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
PICTURE = "a" * 64


@pytest.fixture
def media(tmp_path: Path) -> MediaStore:
    return MediaStore(tmp_path / "media")


@pytest.fixture
def links(media: MediaStore) -> PreviewLinks:
    keyring = Keyring(Fernet.generate_key().decode())
    desk_url = "http://127.0.0.1:8702/media"
    return PreviewLinks(media, keyring=keyring, clock=lambda: NOON, desk_url=desk_url)


def finding(**changes: object) -> dict[str, object]:
    return {
        "video": "vid_1",
        "check": "black",
        "value": 0.41,
        "message": "41 % is black.",
    } | changes


def test_a_finding_stands_beside_its_picture(links):
    """The picture is a link, so an erased file disappears from every old event."""
    shown = findings_table([finding(picture_hash=PICTURE), finding(check="silence")], links).value
    head, _line, first, second = shown.splitlines()
    assert head == "| video | check | value | message | picture |"
    assert "41 % is black." in first
    assert f"![black](http://127.0.0.1:8702/media/{PICTURE}.webp?expires=" in first
    assert second.endswith("| – |")


def test_without_pictures_there_is_no_column_for_them(links):
    """An empty column tells nothing."""
    assert "picture" not in findings_table([finding()], links).value
    assert "picture" not in findings_table([finding(picture_hash=PICTURE)]).value


def test_no_findings_are_said_in_words():
    """A blank looks like something that broke."""
    assert findings_table([]).value == "_nothing this time_"


def test_a_thousand_findings_fit_and_the_rest_is_counted(links):
    """Whole rows only: half a signed address shows a broken picture."""
    rows = [finding(picture_hash=PICTURE, message="ü" * 500) for _ in range(1000)]
    shown = findings_table(rows, links).value
    assert len(shown.encode()) <= MAX_BYTES
    lines = shown.splitlines()
    assert lines[-1] == f"… and {1000 - (len(lines) - 4)} more"
    assert all(line.endswith(" |") for line in lines[:-2])


@pytest.mark.parametrize(
    "words",
    ["![x](http://tracker.example)", "<img src=x>", "a | b", "line\nbreak\u2028again", "\\| c"],
)
def test_a_provider_s_words_stay_words(words):
    """Its refusal may be in a message, and nobody knows what it answers."""
    shown = findings_table([finding(message=words)]).value
    row = shown.splitlines()[-1]
    assert len(shown.splitlines()) == 3
    assert "<" not in row
    assert "![x]" not in row.replace("!\\[", "")
    assert row.replace("\\\\", "").replace("\\|", "").count("|") == 5


def test_a_table_keeps_numbers_short_and_unknowns_apart():
    """A dash is not a zero."""
    shown = table([{"a": 1 / 3, "b": None, "c": 0}]).value
    assert shown.splitlines()[-1] == "| 0.333 | – | 0 |"


def test_a_stand_in_s_previews_are_called_one(links):
    """Wherever its work is shown to a person."""
    assert links.show([PICTURE], generators=["synthetic"]).value.endswith(f"**{SENTENCE}**")
    mixed = links.show([PICTURE] * 3, generators=["synthetic", "gemini_omni", "gemini_omni"]).value
    assert "1 of 3 drawn by the offline stand-in, not by a video model." in mixed
    assert "stand-in" not in links.show([PICTURE], generators=["gemini_omni"]).value
    assert links.show([], generators=["synthetic"]).value == "_nothing this time_"


def test_a_table_of_findings_quotes_nobody():
    """A finding about a credit quotes the handle, which could not be erased here."""
    said = "The credit on the picture reads “dreamt by @lena ”ok” x”: no installed font draws it."
    shown = findings_table([finding(message=said)]).value
    assert "lena" not in shown
    assert "x”" not in shown
    assert "The credit on the picture reads “…”: no installed font draws it." in shown


def test_a_clip_s_frames_go_with_the_clip(links, media, tmp_path: Path):
    """The event holds a link; a picture in it could not be erased. A stand-in's are called one in words."""
    clip = tmp_path / "clip.mp4"
    writer = cv2.VideoWriter(str(clip), cv2.VideoWriter.fourcc(*"mp4v"), 24, (180, 320))
    for shade in range(24):
        writer.write(np.full((320, 180, 3), shade * 10, np.uint8))
    writer.release()
    digest = media.put(clip)
    shown = links.frames([digest], generators=["synthetic"]).value
    assert shown == links.frames([digest], generators=["synthetic"]).value
    assert shown.startswith(f"![frames of a clip](http://127.0.0.1:8702/media/{digest}.webp?")
    assert shown.endswith(f"\n\n**{SENTENCE}**")
    assert media.get(digest, ".webp").read_bytes()[:4] == b"RIFF"
    media.remove(digest)
    assert not any(file.is_file() for file in media.root.rglob("*"))
