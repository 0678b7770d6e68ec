"""Makes the clip a video job asked for: a real MP4 with a moving picture and a soft chord.

The picture is painted small, from colors its prompt suggests, and scaled up by the encoder;
same prompt, seed, size and length give the same clip. H.264 and AAC, like the servers it
stands in for.
"""

import colorsys
import io
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from dreambox_pipeline.sandbox.world.seeds import dice

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

FRAME_RATE = 24
_SAMPLE_RATE = 44_100
_SHRINK = 4
# Hues (turns of the color circle) that words of a prompt bring along.
_HUES = {
    "ocean": 0.53, "sea": 0.53, "underwater": 0.5, "whale": 0.56, "sky": 0.58, "cloud": 0.6,
    "forest": 0.36, "meadow": 0.25, "desert": 0.1, "sand": 0.11, "fire": 0.04, "sun": 0.12,
    "space": 0.7, "star": 0.68, "moon": 0.64, "city": 0.82, "neon": 0.87, "snow": 0.55,
    "house": 0.08, "lantern": 0.09, "corridor": 0.02, "night": 0.66,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ClipRequest:
    """What one clip shall be; *seconds* long, *width* by *height* even pixels."""

    prompt: str
    seed: int
    width: int
    height: int
    seconds: int


def encode_clip(request: ClipRequest) -> bytes:
    """The clip as MP4 bytes. Takes about a tenth of its playing time."""
    import av

    target = io.BytesIO()
    with av.open(target, mode="w", format="mp4") as container:
        video = container.add_stream("libx264", rate=FRAME_RATE)
        video.width, video.height, video.pix_fmt = request.width, request.height, "yuv420p"
        video.options = {"preset": "ultrafast", "crf": "26"}
        audio = container.add_stream("aac", rate=_SAMPLE_RATE, layout="stereo")
        _write_picture(container, video, request)
        _write_sound(container, audio, request)
    return target.getvalue()


def _write_picture(container: Any, stream: Any, request: ClipRequest) -> None:
    import av

    painter = _Painter(request)
    for number in range(request.seconds * FRAME_RATE):
        small = av.VideoFrame.from_ndarray(painter.paint(number / FRAME_RATE), format="rgb24")
        frame = small.reformat(request.width, request.height, format="yuv420p")
        frame.pts, frame.time_base = number, Fraction(1, FRAME_RATE)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


class _Painter:
    """A sky of two colors, slow waves of light, and orbs that drift through it."""

    def __init__(self, request: ClipRequest) -> None:
        import numpy as np

        rng = dice(request.seed, "clip", request.prompt)
        height, width = max(8, request.height // _SHRINK), max(8, request.width // _SHRINK)
        rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
        self._y, self._x = rows / height, columns / width
        self._aspect = height / width
        hue = _hue(request.prompt, rng.random())
        self._top = _color(hue, 0.65, 0.16)
        self._bottom = _color(hue + rng.uniform(0.06, 0.16), 0.6, 0.55)
        self._glow = _color(hue + rng.uniform(-0.12, 0.12) + 0.45, 0.35, 1.0)
        self._orbs = [
            (rng.random(), rng.random(), rng.uniform(0.03, 0.11), rng.uniform(-0.06, 0.06), rng.uniform(0, 6.3))
            for _ in range(9)
        ]  # fmt: skip
        self._phase = rng.uniform(0, 6.3)

    def paint(self, second: float) -> "NDArray[np.uint8]":
        import numpy as np

        sky = self._top + (self._bottom - self._top) * self._y[..., None]
        bend = 0.05 * np.sin(self._x * 7 + second * 0.9 + self._phase)
        waves = np.clip(np.sin((self._y + bend) * 22 - second * 1.3), 0, 1) ** 6
        light = 0.22 * waves * (1 - self._y)
        for x, y, size, speed, phase in self._orbs:
            at_x = (x + speed * second) % 1.0
            at_y = y + 0.03 * np.sin(second * 0.8 + phase)
            across = np.exp(-(((self._x[0] - at_x) / size) ** 2))
            down = np.exp(-(((self._y[:, 0] - at_y) * self._aspect / size) ** 2))
            light = light + 0.75 * np.outer(down, across)
        picture = sky + np.clip(light, 0, 1)[..., None] * (self._glow - sky)
        painted: NDArray[np.uint8] = (np.clip(picture, 0, 1) * 255).astype(np.uint8)
        return painted


def _hue(prompt: str, chance: float) -> float:
    text = prompt.lower()
    named = [hue for word, hue in _HUES.items() if word in text]
    return named[0] + 0.03 * (chance - 0.5) if named else chance


def _color(hue: float, saturation: float, value: float) -> Any:
    import numpy as np

    return np.array(colorsys.hsv_to_rgb(hue % 1.0, saturation, value), dtype=np.float32)


def _write_sound(container: Any, stream: Any, request: ClipRequest) -> None:
    """Three quiet tones that breathe, faded in and out."""
    import av
    import numpy as np

    rng = dice(request.seed, "chord", request.prompt)
    root = 110.0 * 2 ** (rng.randrange(12) / 12)
    time = np.arange(request.seconds * _SAMPLE_RATE, dtype=np.float32) / _SAMPLE_RATE
    tones = [np.sin(2 * np.pi * root * ratio * time) for ratio in (1.0, 1.5, 2.5)]
    breath = 0.7 + 0.3 * np.sin(2 * np.pi * 0.25 * time)
    edge = np.minimum(1.0, np.minimum(time, request.seconds - time) / 0.4)
    mono = (0.09 * sum(tones) * breath * edge).astype(np.float32)
    samples = np.stack([mono, np.roll(mono, 180)])
    for start in range(0, samples.shape[1], 1024):
        block = np.ascontiguousarray(samples[:, start : start + 1024])
        frame = av.AudioFrame.from_ndarray(block, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = (
            _SAMPLE_RATE,
            start,
            Fraction(1, _SAMPLE_RATE),
        )
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))
