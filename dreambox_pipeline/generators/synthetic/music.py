"""Quiet music for a clip: a slow chord, breath, a few bells, and a large room around them.

Mood chooses the intervals and the pace: open, bright and quicker above zero, minor, narrow and slow
below, with a growl under a nightmare. Additive synthesis with numpy; the result peaks at -6 dBFS and never clips.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Audio = NDArray[Any]
RATE = 48_000
_PEAK = 0.5
_FADE_IN_S, _FADE_OUT_S = 0.8, 1.2
# Seconds a chord lasts: longer the darker the dream.
_CHORD_S, _CHORD_SLOWER_S = 3.4, 0.7
# Semitones over the root, mood from dark to bright; two chords each, taken in turn.
_CHORDS: tuple[tuple[float, tuple[tuple[int, ...], tuple[int, ...]]], ...] = (
    (-0.45, ((0, 7, 12, 13, 18), (0, 6, 12, 15, 20))),
    (-0.05, ((0, 7, 12, 15, 22), (-4, 3, 8, 15, 19))),
    (0.40, ((0, 7, 14, 15, 19), (-2, 5, 10, 17, 21))),
    (2.00, ((0, 7, 14, 16, 23), (5, 12, 16, 21, 28))),
)
_BELLS = {False: (0, 3, 5, 7, 10, 12), True: (0, 2, 4, 7, 9, 14)}


def compose(*, duration_s: float, mood: float, seed: int) -> Audio:
    """Stereo float32 of shape (samples, 2) at 48 kHz, between -0.5 and 0.5.

    Args:
        duration_s: Length in seconds.
        mood: From -1 (nightmare) to 1 (blissful).
        seed: The same seed is the same music.
    """
    rng = np.random.default_rng([seed, 0xA0D10])
    samples = max(round(duration_s * RATE), 1)
    t = np.arange(samples, dtype=np.float32) / RATE
    root = 110.0 * 2 ** (float(rng.integers(-4, 4)) / 12) * (0.75 if mood < -0.45 else 1.0)
    dry = _pad(rng, t, root, mood) + 0.55 * _breath(rng, t, mood)
    dry += 0.30 * _bells(rng, t, root, mood)
    if mood < -0.3:
        dry += (0.30 * -mood * _growl(t, root))[:, None]
    wet = _room(rng, dry)
    mix = np.tanh(0.9 * (dry * 0.6 + wet))
    mix *= _envelope(t, duration_s)[:, None]
    loudest = float(np.abs(mix).max()) or 1.0
    return np.asarray(mix * (_PEAK / loudest), dtype=np.float32)


def _growl(t: Audio, root: float) -> Audio:
    """Two low tones that beat against each other, with overtones a phone can play."""
    growl = np.zeros_like(t)
    for partial, level in ((1, 0.5), (2, 0.45), (3, 0.25), (5, 0.10)):
        for detune in (1.0, 1.019):
            growl += level * np.sin(2 * np.pi * root * 0.5 * partial * detune * t)
    return np.asarray(growl * 0.6 * (0.6 + 0.4 * np.sin(2 * np.pi * 0.31 * t)))


def _chords(mood: float) -> tuple[tuple[int, ...], tuple[int, ...]]:
    return next(chords for limit, chords in _CHORDS if mood <= limit)


def _pad(rng: np.random.Generator, t: Audio, root: float, mood: float) -> Audio:
    out = np.zeros((t.size, 2), np.float32)
    chords = _chords(mood)
    length = _CHORD_S - _CHORD_SLOWER_S * mood
    steps = int(np.ceil(t[-1] / length)) + 1
    for step in range(steps):
        # Each chord swells over its neighbours, so there is never a gap.
        middle = (step + 0.5) * length
        swell = np.clip(1 - np.abs(t - middle) / length, 0, 1) ** 1.5
        on = np.flatnonzero(swell)
        if on.size == 0:
            continue
        span = slice(int(on[0]), int(on[-1]) + 1)
        for note in chords[step % 2]:
            out[span] += swell[span, None] * _voice(rng, t[span], root * 2 ** (note / 12))
    return out * 0.16


def _voice(rng: np.random.Generator, t: Audio, hertz: float) -> Audio:
    left, right = np.zeros_like(t), np.zeros_like(t)
    for detune in (-0.0021, 0.0, 0.0024):
        phase, pan = rng.uniform(0, 6.28), rng.uniform(0.25, 0.75)
        wave = np.zeros_like(t)
        for partial, level in ((1, 1.0), (2, 0.34), (3, 0.12), (4, 0.05)):
            angle = 2 * np.pi * hertz * (1 + detune) * partial
            wave += level * np.sin(angle * t + phase * partial)
        wave *= 0.75 + 0.25 * np.sin(2 * np.pi * rng.uniform(0.07, 0.22) * t + phase)
        left += wave * (1 - pan)
        right += wave * pan
    return np.stack([left, right], axis=1)


def _breath(rng: np.random.Generator, t: Audio, mood: float) -> Audio:
    """Wind or surf: noise in a band, coming and going."""
    center = 420 + 380 * mood
    sides = []
    for side in range(2):
        spectrum = np.fft.rfft(rng.standard_normal(t.size).astype(np.float32))
        hertz = np.fft.rfftfreq(t.size, 1 / RATE)
        spectrum *= np.exp(-(((hertz - center) / 330) ** 2)) / (1 + hertz / 900)
        noise = np.fft.irfft(spectrum, n=t.size)
        noise /= float(np.std(noise)) or 1.0
        swell = 0.5 + 0.5 * np.sin(2 * np.pi * 0.13 * t + 1.3 * side + rng.uniform(0, 6.28))
        sides.append(noise * (0.03 + 0.07 * swell))
    return np.stack(sides, axis=1).astype(np.float32)


def _bells(rng: np.random.Generator, t: Audio, root: float, mood: float) -> Audio:
    out = np.zeros((t.size, 2), np.float32)
    length = float(t[-1])
    at = 0.7 + float(rng.uniform(0, 0.6))
    while at < length - 0.4:
        note = int(rng.choice(np.array(_BELLS[mood > 0.1])))
        hertz = root * 4 * 2 ** (note / 12)
        start = int(at * RATE)
        local = t[start : start + 3 * RATE] - at
        ring = np.zeros_like(local)
        for ratio, level, decay in ((1.0, 1.0, 1.7), (2.76, 0.30, 3.6), (5.40, 0.10, 7.0)):
            ring += level * np.sin(2 * np.pi * hertz * ratio * local) * np.exp(-decay * local)
        ring *= np.minimum(local / 0.004, 1) * rng.uniform(0.35, 0.8)
        pan = rng.uniform(0.2, 0.8)
        out[start : start + local.size] += np.stack([ring * (1 - pan), ring * pan], axis=1)
        at += float(rng.choice(np.array((0.8, 1.2, 1.6, 2.4)))) * (1.0 if mood > 0 else 1.5)
    return out


def _room(rng: np.random.Generator, dry: Audio) -> Audio:
    """Convolution with two seconds of decaying noise, a different one for each ear."""
    size = int(2.2 * RATE)
    decay = np.exp(-np.arange(size) / RATE * 2.6)
    total = 1 << int(np.ceil(np.log2(dry.shape[0] + size)))
    sides = []
    for side in range(2):
        tail = rng.standard_normal(size) * decay
        tail = np.convolve(tail, np.ones(6) / 6, mode="same")
        tail /= np.sqrt(np.sum(tail**2))
        product = np.fft.rfft(dry[:, side], total) * np.fft.rfft(tail, total)
        sides.append(np.fft.irfft(product, total)[: dry.shape[0]].astype(np.float32))
    return np.stack(sides, axis=1)


def _envelope(t: Audio, duration_s: float) -> Audio:
    begin = min(_FADE_IN_S, duration_s / 4)
    end = min(_FADE_OUT_S, duration_s / 3)
    rise = np.clip(t / begin, 0, 1)
    fall = np.clip((duration_s - t) / end, 0, 1)
    return np.asarray(np.sin(rise * np.pi / 2) ** 2 * np.sin(fall * np.pi / 2) ** 2)
