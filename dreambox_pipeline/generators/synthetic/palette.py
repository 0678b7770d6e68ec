"""Five or six hex colours become every tone a scene needs.

Colours are mixed in OKLab, so a ramp from indigo to peach passes through rose and not through
gray. A scene asks for a place on the ramp and for the lightness it needs there, which keeps the
tonal structure (dark foreground, bright horizon) under every palette. Colours leave this module
as float32 BGR from 0 to 255, the order OpenCV works in.
"""

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Colour = NDArray[Any]
Image = NDArray[Any]

# Björn Ottosson's matrices, https://bottosson.github.io/posts/oklab/
_TO_LMS = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_FROM_LAB = np.linalg.inv(_TO_LAB)
_FROM_LMS = np.linalg.inv(_TO_LMS)
# How far a scene's wish for lightness wins over the palette's own.
_TONE_PULL = 0.72
# Lamplight; mixed with the palette's light so it belongs.
_AMBER = "#ffb45e"


def hex_to_lab(colour: str) -> Colour:
    """OKLab of `#rrggbb`.

    Raises:
        ValueError: Not six hexadecimal digits after a hash.
    """
    digits = colour.removeprefix("#")
    if len(digits) != 6:
        msg = f"{colour!r} is not a colour of the form #rrggbb"
        raise ValueError(msg)
    rgb = np.array([int(digits[i : i + 2], 16) for i in (0, 2, 4)]) / 255.0
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return np.asarray(_TO_LAB @ np.cbrt(_TO_LMS @ linear))


def lab_to_bgr(lab: Colour) -> Colour:
    """Float32 BGR, 0 to 255, clipped into sRGB; works on any leading shape."""
    linear = ((np.asarray(lab) @ _FROM_LAB.T) ** 3) @ _FROM_LMS.T
    linear = np.clip(linear, 0.0, 1.0)
    rgb = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.asarray(rgb[..., ::-1] * 255.0, dtype=np.float32)


@dataclass(frozen=True)
class Palette:
    """A ramp from dark to light, with named tones.

    Attributes:
        labs: OKLab of each stop, darkest first.
        mood: From -1 to 1; a nightmare is darker at the horizon, bliss is lighter everywhere.
    """

    labs: Colour
    mood: float

    @classmethod
    def of(cls, colours: tuple[str, ...], *, mood: float) -> "Palette":
        """The palette of `#rrggbb` stops in any order."""
        labs = np.array([hex_to_lab(colour) for colour in colours])
        return cls(labs[np.argsort(labs[:, 0], kind="stable")], mood)

    def lab(self, x: float, *, lightness: float | None = None, chroma: float = 1.0) -> Colour:
        """The ramp at *x* from 0 (dark) to 1 (light), pulled towards *lightness* (0 to 1)."""
        at = np.linspace(0, 1, len(self.labs))
        lab = np.array([np.interp(x, at, self.labs[:, i]) for i in range(3)])
        if lightness is not None:
            lab[0] += (lightness - lab[0]) * _TONE_PULL
        lab[1:] *= chroma
        return lab

    def at(self, x: float, *, lightness: float | None = None, chroma: float = 1.0) -> Colour:
        """As `lab`, in BGR."""
        return lab_to_bgr(self.lab(x, lightness=lightness, chroma=chroma))

    def ramp(self, values: Image, tones: tuple[tuple[float, float, float], ...]) -> Image:
        """Colour a field of values from 0 to 1 by *tones*, each `(value, place, lightness)`."""
        at = [value for value, _, _ in tones]
        labs = np.array([self.lab(place, lightness=light) for _, place, light in tones])
        steps = np.linspace(0, 1, 1024)
        table = lab_to_bgr(np.stack([np.interp(steps, at, labs[:, i]) for i in range(3)], axis=-1))
        index = np.clip(np.asarray(values, np.float32) * 1023, 0, 1022.999)
        return np.asarray(cv2.remap(table[None], index, np.zeros_like(index), cv2.INTER_LINEAR))

    @property
    def shadow(self) -> Colour:
        """The foreground's near-black."""
        return self.at(0.0, lightness=0.10 + 0.05 * max(self.mood, 0.0), chroma=0.9)

    @property
    def fog(self) -> Colour:
        """What distance fades into."""
        return self.at(0.68, lightness=0.60 + 0.07 * self.mood)

    @property
    def light(self) -> Colour:
        """Moonlight or sunlight."""
        return self.at(1.0, lightness=0.95, chroma=0.75)

    @property
    def lamp(self) -> Colour:
        """Windows, lanterns and fires: warm in any palette."""
        lab = hex_to_lab(_AMBER) * 0.72 + self.labs[-1] * 0.28
        lab[0] = max(lab[0], 0.80)
        return lab_to_bgr(lab)

    @property
    def accent(self) -> Colour:
        """The most colourful stop, lifted enough to be seen."""
        lab = self.labs[int(np.argmax(np.hypot(self.labs[:, 1], self.labs[:, 2])))].copy()
        lab[0] = max(lab[0], 0.62)
        return lab_to_bgr(lab)
