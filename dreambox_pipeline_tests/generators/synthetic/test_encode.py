"""The file says what it is: size, rate, colours, sound, and where its index lies."""

from pathlib import Path

import av
import numpy as np

from dreambox_pipeline.generators.synthetic.encode import write_mp4
from dreambox_pipeline.generators.synthetic.music import RATE


def test_a_clip_is_tagged_and_can_start_before_it_is_whole(tmp_path: Path) -> None:
    """bt709 in limited range, AAC at 48 kHz stereo, and the index before the media."""
    path = tmp_path / "clip.mp4"
    frames = (np.full((64, 36, 3), level, np.uint8) for level in range(0, 240, 10))
    write_mp4(path, frames, np.zeros((RATE, 2), np.float32), size=(36, 64), fps=24, threads=1)
    with av.open(str(path)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        context = video.codec_context
        assert (context.colorspace, context.color_primaries, context.color_trc) == (1, 1, 1)
        assert (context.color_range, context.pix_fmt) == (1, "yuv420p")
        assert video.average_rate == 24
        assert (audio.rate, audio.layout.name) == (RATE, "stereo")
    body = path.read_bytes()
    assert body.index(b"moov") < body.index(b"mdat")


def test_colours_survive_the_encoder(tmp_path: Path) -> None:
    """A flat colour comes back as itself, so the matrix and the tag agree."""
    path = tmp_path / "clip.mp4"
    colour = np.array((60, 120, 200), np.uint8)
    frames = (np.broadcast_to(colour, (64, 64, 3)) for _ in range(6))
    write_mp4(path, frames, np.zeros((100, 2), np.float32), size=(64, 64), fps=24, threads=1)
    with av.open(str(path)) as container:
        frame = next(container.decode(video=0))
        back = frame.reformat(
            format="bgr24", src_colorspace="ITU709", src_color_range="MPEG", dst_color_range="JPEG"
        ).to_ndarray()
    assert np.abs(back[32, 32].astype(int) - colour).max() <= 4
