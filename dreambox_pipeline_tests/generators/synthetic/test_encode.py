"""The file says what it is: size, rate, colours, sound, and where its index lies."""

from pathlib import Path

import av
import numpy as np

from dreambox_pipeline.generators.synthetic.encode import NOTICE, to_yuv420, write_mp4
from dreambox_pipeline.generators.synthetic.music import RATE


def test_a_clip_is_tagged_and_can_start_before_it_is_whole(tmp_path: Path) -> None:
    """bt709 in limited range, AAC at 48 kHz stereo, and the index before the media."""
    path = tmp_path / "clip.mp4"
    frames = (to_yuv420(np.full((64, 36, 3), level, np.uint8)) for level in range(0, 240, 10))
    write_mp4(path, frames, np.zeros((RATE, 2), np.float32), size=(36, 64), fps=24)
    with av.open(str(path)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        context = video.codec_context
        assert (context.colorspace, context.color_primaries, context.color_trc) == (1, 1, 1)
        assert (context.color_range, context.pix_fmt) == (1, "yuv420p")
        assert video.average_rate == 24
        assert (audio.rate, audio.layout.name) == (RATE, "stereo")
    body = path.read_bytes()
    assert body.index(b"moov") < body.index(b"mdat")


def test_a_clip_says_what_drew_it(tmp_path: Path) -> None:
    """Whoever finds the file alone learns that no video model made it."""
    path = tmp_path / "clip.mp4"
    frames = (to_yuv420(np.zeros((64, 36, 3), np.uint8)) for _ in range(3))
    write_mp4(path, frames, np.zeros((100, 2), np.float32), size=(36, 64), fps=24)
    with av.open(str(path)) as container:
        assert container.metadata["comment"] == NOTICE
    assert "stand-in" in NOTICE


def test_colours_survive_the_encoder(tmp_path: Path) -> None:
    """A flat colour comes back as itself, so the matrix and the tag agree."""
    path = tmp_path / "clip.mp4"
    colour = np.array((60, 120, 200), np.uint8)
    frames = (to_yuv420(np.full((64, 64, 3), colour)) for _ in range(6))
    write_mp4(path, frames, np.zeros((100, 2), np.float32), size=(64, 64), fps=24)
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0))
        back = frame.reformat(
            format="bgr24", src_colorspace="ITU709", src_color_range="MPEG", dst_color_range="JPEG"
        ).to_ndarray()
    assert np.abs(back[32, 32].astype(int) - colour).max() <= 4


def test_planes_hold_the_true_bt709_values() -> None:
    """Luma is off by less than a step: black is 16, white 235, grays have no colour."""
    rng = np.random.default_rng(3)
    frame = rng.integers(0, 256, (32, 48, 3), dtype=np.uint8)
    frame[:2] = 0
    frame[2:4] = 255
    planes = to_yuv420(frame)
    luma = frame.astype(np.float64) @ (0.0722, 0.7152, 0.2126) * 219 / 255 + 16
    assert np.abs(planes[:32] - luma).max() < 0.75
    assert set(np.unique(planes[:2])) == {16}
    assert set(np.unique(planes[2:4])) == {235}
    blue, red = planes[32:].reshape(2, 16, 24)
    assert set(np.unique(blue[:2])) == set(np.unique(red[:2])) == {128}


def test_the_same_frames_are_the_same_file(tmp_path: Path) -> None:
    """Byte for byte, so that a clip rendered again is the same clip."""
    rng = np.random.default_rng(4)
    noise = [to_yuv420(rng.integers(0, 256, (96, 72, 3), dtype=np.uint8)) for _ in range(30)]
    files = []
    for name in ("one.mp4", "two.mp4"):
        write_mp4(tmp_path / name, noise, np.zeros((RATE, 2), np.float32), size=(72, 96), fps=24)
        files.append((tmp_path / name).read_bytes())
    assert files[0] == files[1]
