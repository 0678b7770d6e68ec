from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.media.containers import Container, container_of
from dreambox_pipeline.media.ffmpeg import run_ffmpeg
from dreambox_pipeline.media.probe import probe


def test_a_clip_says_what_it_is(make_clip: Callable[..., Path]) -> None:
    """Size, exact rate, length, codecs and container."""
    path = make_clip()
    facts = probe(path)
    assert (facts.width, facts.height) == (180, 320)
    assert facts.frame_rate == Fraction(30, 1)
    assert facts.duration_s == pytest.approx(2.0, abs=0.04)
    assert (facts.video_codec, facts.audio_codec) == ("h264", "aac")
    assert (facts.container, facts.size_bytes) == ("mp4", path.stat().st_size)


def test_a_clip_without_sound_has_no_audio_codec(make_clip: Callable[..., Path]) -> None:
    """None, not an empty string."""
    assert probe(make_clip(sound=None)).audio_codec is None


def test_webm_and_matroska_are_told_apart_by_their_header(make_clip: Callable[..., Path]) -> None:
    """Their names do not count."""
    webm = make_clip(sound=None, seconds=1, suffix=".webm")
    assert probe(webm).container == "webm"
    assert container_of(make_clip(sound=None, seconds=1, suffix=".mkv")) is Container.MATROSKA


def test_a_rotated_clip_has_the_size_it_is_shown_in(
    make_clip: Callable[..., Path], tmp_path: Path
) -> None:
    """A phone's upright video is stored lying down with a note to turn it."""
    turned = tmp_path / "turned.mp4"
    run_ffmpeg(
        ["-display_rotation", "90", "-i", str(make_clip()), "-c", "copy", str(turned)],
        timeout_s=20,
        what="turn",
    )
    assert (probe(turned).width, probe(turned).height) == (320, 180)


def test_a_clip_cut_off_after_its_index_is_refused(
    make_clip: Callable[..., Path], tmp_path: Path
) -> None:
    """It opens, promises two seconds and holds fewer frames."""
    whole = make_clip().read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ItemError, match="cut off"):
        probe(cut)


def test_a_clip_cut_off_before_its_index_is_refused(
    make_clip: Callable[..., Path], tmp_path: Path
) -> None:
    """Without its index nothing can be found in it."""
    plain, cut = tmp_path / "plain.mp4", tmp_path / "cut.mp4"
    run_ffmpeg(["-i", str(make_clip()), "-c", "copy", str(plain)], timeout_s=20, what="copy")
    cut.write_bytes(plain.read_bytes()[: plain.stat().st_size // 2])
    with pytest.raises(ItemError, match="cut off or damaged"):
        probe(cut)


def test_sound_alone_is_no_video(tmp_path: Path) -> None:
    """An M4A has the same container as an MP4."""
    sound = tmp_path / "sound.mp4"
    run_ffmpeg(["-f", "lavfi", "-i", "sine=d=1", str(sound)], timeout_s=20, what="hum")
    with pytest.raises(ItemError, match="no picture"):
        probe(sound)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty file"),
        (b"<!DOCTYPE html><html>502</html>", "HTML page"),
        (b"\n <HTML>", "HTML page"),
        (b'{"error": "quota"}', "JSON"),
        (b"<?xml version='1.0'?><Error/>", "XML"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n", "playlist"),
        (b"\x89PNG\r\n\x1a\n....", "PNG"),
        (b"GIF89a....", "GIF"),
        (b"PK\x03\x04....", "ZIP"),
        (b"Too many requests\n", "plain text that begins 'Too many"),
        (b"\x00\x01\x02\x03\x04\x05\x06\x07\xfe\xff", "no container"),
    ],
)
def test_what_is_no_video_is_named(tmp_path: Path, content: bytes, said: str) -> None:
    """A failed download usually left an error page under the video's name."""
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)
    with pytest.raises(ItemError, match=said):
        probe(path)


def test_a_missing_file_is_an_item_error(tmp_path: Path) -> None:
    """The batch goes on with the others."""
    with pytest.raises(ItemError, match="No such file"):
        probe(tmp_path / "gone.mp4")


def test_garbage_behind_a_video_header_is_refused(tmp_path: Path) -> None:
    """The right first bytes do not make a video."""
    path = tmp_path / "clip.mp4"
    path.write_bytes(b"\x00\x00\x00\x18ftypisom" + bytes(range(256)) * 40)
    with pytest.raises(ItemError, match=r"clip\.mp4"):
        probe(path)
