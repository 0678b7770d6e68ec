"""Noise with a chosen roughness, made in the frequency domain.

One call gives a whole field that repeats seamlessly at its edges: white noise whose spectrum is
shaped as 1/f^beta. Nothing here knows what the noise will become.
"""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Field = NDArray[Any]


def spectral(
    rng: np.random.Generator, height: int, width: int, beta: float, *, lowest: float = 0.0
) -> Field:
    """A periodic float32 field from 0 to 1.

    Args:
        rng: Where the dice come from.
        height: Rows.
        width: Columns.
        beta: 0.9 is rough, 2.2 is smooth.
        lowest: Cycles across the field below which nothing happens; for texture without patches.
    """
    fy = np.fft.fftfreq(height)[:, None] * height
    fx = np.fft.rfftfreq(width)[None, :] * width
    frequency = np.hypot(fy, fx)
    frequency[0, 0] = 1.0
    spectrum = np.fft.rfft2(rng.standard_normal((height, width))) / frequency**beta
    spectrum[0, 0] = 0.0
    if lowest:
        spectrum *= 1 - np.exp(-((frequency / lowest) ** 2))
    field = np.fft.irfft2(spectrum, s=(height, width))
    low, high = np.percentile(field, (0.5, 99.5))
    return np.asarray(np.clip((field - low) / (high - low), 0, 1), dtype=np.float32)


def line(rng: np.random.Generator, width: int, beta: float, *, lowest: float = 1.0) -> Field:
    """A float32 profile from 0 to 1 for ridges and dunes.

    Args:
        rng: Where the dice come from.
        width: Samples.
        beta: Roughness as in `spectral`; 1.0 is craggy, 2.0 is rolling.
        lowest: Cycles across the width below which nothing happens.
    """
    frequency = np.fft.rfftfreq(width) * width
    frequency[0] = 1.0
    spectrum = np.fft.rfft(rng.standard_normal(width)) / frequency**beta
    spectrum[frequency < lowest] = 0
    spectrum[0] = 0
    profile = np.fft.irfft(spectrum, n=width)
    low, high = profile.min(), profile.max()
    return np.asarray((profile - low) / (high - low), dtype=np.float32)


def warp(field: Field, by: Field, amount: float) -> Field:
    """*field* displaced by *by* (0 to 1) up to *amount* pixels: turns clouds into wisps."""
    height, width = field.shape
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    shift = (by - 0.5) * 2 * amount
    return np.asarray(
        cv2.remap(
            field, xs + shift, ys + np.roll(shift, width // 3, axis=1), cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_WRAP,
        )
    )  # fmt: skip


def smoothstep(low: float, high: float, x: Field) -> Field:
    """0 below *low*, 1 above *high*, smooth between."""
    t = np.clip((x - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t))
