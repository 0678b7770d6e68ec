"""From points to soft-edged masks, and from masks to sprites.

Shapes are given in unit coordinates (x right, y down), filled at four times the size and
averaged down. Sprites are BGRA, 8 bit, premultiplied, dithered before they are rounded so that
a slow gradient never shows steps. What the shapes depict belongs to `figures`, `creatures` and
`objects`.
"""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[Any]
Point = tuple[float, float]
_SUPERSAMPLE = 4


def spline(points: Sequence[Point], *, closed: bool = True, samples: int = 10) -> Image:
    """Catmull-Rom curve through *points*, float32 (n, 2)."""
    p = np.asarray(points, dtype=np.float32)
    p = np.concatenate([p[-1:], p, p[:2]]) if closed else np.concatenate([p[:1], p, p[-1:]])
    t = np.linspace(0, 1, samples, endpoint=False, dtype=np.float32)[:, None]
    pieces = []
    for a, b, c, d in zip(p[:-3], p[1:-2], p[2:-1], p[3:], strict=True):
        pieces.append(
            0.5
            * (
                2 * b
                + (c - a) * t
                + (2 * a - 5 * b + 4 * c - d) * t**2
                + (3 * b - a - 3 * c + d) * t**3
            )
        )
    if not closed:
        pieces.append(p[-2:-1])
    return np.concatenate(pieces)


class Ink:
    """Collects closed outlines in unit coordinates and fills them in one go."""

    def __init__(self) -> None:
        self._outlines: list[tuple[Image, bool]] = []

    @property
    def outlines(self) -> tuple[tuple[Image, bool], ...]:
        """Each outline, and whether it adds or removes."""
        return tuple(self._outlines)

    def blob(self, *points: Point) -> "Ink":
        """A smooth closed shape through *points*."""
        self._outlines.append((spline(points), True))
        return self

    def poly(self, *points: Point) -> "Ink":
        """A straight-edged closed shape."""
        self._outlines.append((np.asarray(points, dtype=np.float32), True))
        return self

    def disc(
        self, x: float, y: float, rx: float, ry: float | None = None, tilt: float = 0
    ) -> "Ink":
        """An ellipse; *tilt* in degrees."""
        a = np.linspace(0, 2 * np.pi, 40, endpoint=False)
        ex, ey = np.cos(a) * rx, np.sin(a) * (rx if ry is None else ry)
        c, s = np.cos(np.radians(tilt)), np.sin(np.radians(tilt))
        self._outlines.append((np.stack([x + ex * c - ey * s, y + ex * s + ey * c], 1), True))
        return self

    def stroke(self, points: Sequence[Point], start: float, end: float | None = None) -> "Ink":
        """A smooth line whose width goes from *start* to *end*."""
        path = spline(points, closed=False, samples=14)
        width = np.linspace(start, start if end is None else end, len(path))[:, None] / 2
        tangent = np.gradient(path, axis=0)
        tangent /= np.maximum(np.linalg.norm(tangent, axis=1, keepdims=True), 1e-6)
        normal = np.stack([-tangent[:, 1], tangent[:, 0]], 1)
        self._outlines.append(
            (np.concatenate([path + normal * width, (path - normal * width)[::-1]]), True)
        )
        for at, w in ((path[0], width[0, 0]), (path[-1], width[-1, 0])):
            self.disc(float(at[0]), float(at[1]), float(w))
        return self

    def cut(self, *points: Point) -> "Ink":
        """Remove a smooth closed shape from what was drawn before."""
        self._outlines.append((spline(points), False))
        return self

    def join(self, other: "Ink", *, size: float = 1.0, x: float = 0.0, y: float = 0.0) -> "Ink":
        """Add another's shapes, scaled by *size* and moved by (*x*, *y*)."""
        self._outlines.extend((o * size + np.array([x, y]), on) for o, on in other.outlines)
        return self

    def mirrored(self) -> "Ink":
        """The same shapes facing the other way."""
        other = Ink()
        other._outlines.extend((o * np.array([-1, 1]), on) for o, on in self._outlines)
        return other

    def bounds(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of everything drawn."""
        every = np.concatenate([o for o, on in self._outlines if on])
        (left, top), (right, bottom) = every.min(0), every.max(0)
        return float(left), float(top), float(right), float(bottom)

    def mask_within(self, outer: "Ink", unit: float) -> Image:
        """Coverage at the size and place of *outer*'s `mask`, which must enclose these shapes."""
        whole, anchor = outer.mask(unit)
        part, at = self.mask(unit)
        out = np.zeros_like(whole)
        top, left = round(anchor[1] - at[1]), round(anchor[0] - at[0])
        y0, x0 = max(top, 0), max(left, 0)
        room = out[y0 : top + part.shape[0], x0 : left + part.shape[1]]
        room[:] = part[y0 - top :, x0 - left :][: room.shape[0], : room.shape[1]]
        return out

    def mask(self, unit: float, *, pad: int = 6) -> tuple[Image, Point]:
        """Coverage from 0 to 1 at *unit* pixels per unit, and where (0, 0) lies in it."""
        left, top, right, bottom = self.bounds()
        width = int(np.ceil((right - left) * unit)) + 2 * pad
        height = int(np.ceil((bottom - top) * unit)) + 2 * pad
        origin = (pad - left * unit, pad - top * unit)
        big = np.zeros((height * _SUPERSAMPLE, width * _SUPERSAMPLE), np.uint8)
        for outline, on in self._outlines:
            points = (outline * unit + np.asarray(origin)) * _SUPERSAMPLE * 16
            cv2.fillPoly(big, [np.round(points).astype(np.int32)], 255 if on else 0, cv2.LINE_8, 4)
        small = cv2.resize(big, (width, height), interpolation=cv2.INTER_AREA)
        return small.astype(np.float32) / 255, origin


def blur(image: Image, sigma: float) -> Image:
    """Gaussian blur; *sigma* in pixels, nothing below a fifth of one."""
    if sigma < 0.2:
        return image
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE))


def to_bytes(image: Image, rng: np.random.Generator) -> Image:
    """Rounded to 8 bits with triangular dither."""
    noise = rng.random(image.shape, np.float32)
    noise -= rng.random(image.shape, np.float32)
    noise *= np.float32(0.75)
    # One pass that adds, rounds and keeps within 0 to 255.
    return np.asarray(cv2.add(np.asarray(image, np.float32), noise, dtype=cv2.CV_8U))


def sprite(colour: Image, alpha: Image, rng: np.random.Generator) -> Image:
    """Premultiplied BGRA bytes from BGR (0 to 255; one colour or a field) and alpha (0 to 1)."""
    alpha = np.asarray(alpha, np.float32)
    noise = (rng.random(alpha.shape, np.float32) - 0.5) * np.minimum(alpha * 8, 1)
    cover = cv2.convertScaleAbs(alpha, alpha=255)
    channels = []
    for number in range(3):
        # Channel by channel: numpy is slow over a last axis of three.
        part = cv2.add(np.asarray(colour, np.float32)[..., number] * alpha, noise, dtype=cv2.CV_8U)
        # A premultiplied colour above its alpha would glow at the edges.
        channels.append(cv2.min(part, cover))
    return np.asarray(cv2.merge([*channels, cover]))


def rim(mask: Image, towards: Point, reach: float) -> Image:
    """The edge of *mask* that faces *towards*, from 0 to 1, about *reach* pixels deep."""
    length = float(np.hypot(*towards)) or 1.0
    move = np.array(
        [[1, 0, -towards[0] / length * reach], [0, 1, -towards[1] / length * reach]], np.float32
    )
    inner = cv2.warpAffine(
        blur(mask, reach * 0.5), move, mask.shape[::-1], borderMode=cv2.BORDER_CONSTANT
    )
    return np.asarray(np.clip(mask - np.asarray(inner) * 1.05, 0, 1) * mask)


def soft_disc(radius: float, *, power: float = 2.0) -> Image:
    """A round glow from 1 at its centre to 0 at *radius* pixels."""
    size = int(np.ceil(radius)) * 2 + 1
    ys, xs = np.mgrid[0:size, 0:size].astype(np.float32) - size // 2
    return np.asarray(np.clip(1 - np.hypot(xs, ys) / radius, 0, 1) ** power)
