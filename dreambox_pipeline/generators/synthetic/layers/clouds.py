"""Clouds of two kinds: thin wisps from warped noise, and banks of round cumulus.

Both are lit from where the clip's light stands.
"""

import cv2
import numpy as np

from dreambox_pipeline.generators.synthetic.bake import Area, Bake, Image
from dreambox_pipeline.generators.synthetic.canvas import Sheet, trimmed
from dreambox_pipeline.generators.synthetic.noise import smoothstep, spectral, warp
from dreambox_pipeline.generators.synthetic.raster import blur, sprite


def bake_wisps(
    bake: Bake,
    *,
    center: float,
    spread: float,
    depth: float,
    cover: float,
    speed: float,
    opacity: float = 0.85,
) -> Sheet:
    """Stratus lit at the edges that face the light.

    Args:
        bake: The clip.
        center: Design y of the thickest part.
        spread: Design pixels over which it thins out.
        depth: Of the sheet.
        cover: From 0 (clear) to 1 (closed).
        speed: Design pixels per second.
        opacity: Of the thickest part.
    """
    area = bake.area(depth, speed=speed, top=center - spread * 2.2, bottom=center + spread * 2)
    rows, columns = max(area.height // 2, 48), max(area.width // 5, 48)
    rough = spectral(bake.rng, rows, columns, 1.55)
    cloth = warp(rough, spectral(bake.rng, rows, columns, 1.9), columns * 0.07)
    noise = bake.stretched(cloth, area)
    noise += (bake.stretched(spectral(bake.rng, rows * 2, columns * 3, 1.2), area) - 0.5) * 0.12
    envelope = np.exp(-(((area.ys - center) / spread) ** 2))
    alpha = smoothstep(0.78 - 0.5 * cover, 1.12 - 0.4 * cover, noise * (0.55 + 0.45 * envelope))
    alpha = alpha * envelope * opacity
    return trimmed(
        _lit(bake, area, alpha), area.left, area.top, bake.scale, depth=depth, speed=speed
    )


def _lit(bake: Bake, area: Area, alpha: Image) -> Image:
    reach = 9 * bake.scale
    dx, dy = bake.towards_light(270, float(area.ys.mean()))
    move = np.array([[1, 0, -dx * reach], [0, 1, -dy * reach]], np.float32)
    behind = cv2.warpAffine(
        blur(alpha, reach * 0.6), move, (area.width, area.height), borderMode=cv2.BORDER_REPLICATE
    )
    edge = np.clip(0.5 + (alpha - behind) * 1.4, 0, 1)
    near = np.exp(-np.hypot(area.xs - bake.light.x, area.ys - bake.light.y) / 260)
    value = np.clip(0.22 + 0.5 * edge + 0.42 * near * edge, 0, 1)
    colour = bake.palette.ramp(value, ((0.0, 0.35, 0.36), (0.5, 0.66, 0.60), (1.0, 0.97, 0.90)))
    return sprite(colour, alpha, bake.rng)


def bake_puffs(
    bake: Bake, *, base: float, height: float, depth: float, speed: float,
    tones: tuple[tuple[float, float, float], ...], size: float = 60.0, opacity: float = 1.0,
) -> Sheet:  # fmt: skip
    """A bank of cumulus whose tops reach *height* design pixels above *base*.

    Args:
        bake: The clip.
        base: Design y below which the bank is closed.
        height: Of the highest towers.
        depth: Of the sheet.
        speed: Design pixels per second.
        tones: Shadow to lit colours, as for `Palette.ramp`.
        size: Typical radius of one puff, in design pixels.
        opacity: Of the whole bank.
    """
    area = bake.area(depth, speed=speed, top=base - height * 1.25 - size)
    small = Area(
        area.left, area.top, area.width // 2, area.height // 2, area.xs[:, ::2], area.ys[::2]
    )
    bulge = _bulges(bake, small, base, height, size)
    lumps = spectral(bake.rng, bulge.shape[0], bulge.shape[1], 1.5, lowest=7)
    bulge += (lumps - 0.5) * np.minimum(bulge, size * 0.34) * 0.52
    dy, dx = np.gradient(blur(bulge, 2.0 * bake.scale))
    # Per design pixel of slope, whatever the resolution.
    slope = bake.scale / 2
    nx, ny = -dx * slope, -dy * slope
    nz = 1 / np.sqrt(nx**2 + ny**2 + 0.45)
    lx, ly = bake.towards_light(270, base - height)
    lit = (nx * lx + ny * ly) * nz * 0.62 + 0.36 * nz
    texture = _texture(bake, bulge.shape)
    sink = np.clip((small_rows(small, bulge) - base) / 160, 0, 1)
    value = np.clip(0.40 + lit * 0.62 + (texture - 0.5) * 0.13 - 0.34 * sink, 0, 1)
    alpha = smoothstep(0.0, 6.0, bulge * (0.35 + 1.3 * texture)) * opacity
    value, alpha = (
        bake.stretched(value.astype(np.float32), area),
        bake.stretched(alpha.astype(np.float32), area),
    )
    image = sprite(bake.palette.ramp(np.clip(value, 0, 1), tones), np.clip(alpha, 0, 1), bake.rng)
    return trimmed(image, area.left, area.top, bake.scale, depth=depth, speed=speed)


def small_rows(area: Area, like: Image) -> Image:
    """Design y of each row of *like*, a half-size picture of *area*."""
    rows = like.shape[0]
    return np.linspace(float(area.ys[0, 0]), float(area.ys[-1, 0]), rows, dtype=np.float32)[:, None]


def _texture(bake: Bake, shape: tuple[int, ...]) -> Image:
    rows, columns = shape[0], shape[1]
    rough = spectral(bake.rng, rows, columns, 1.25)
    return warp(rough, spectral(bake.rng, rows, columns, 1.8), 9 * bake.scale)


def _bulges(bake: Bake, area: Area, base: float, height: float, size: float) -> Image:
    """Height in design pixels of a heap of spheres, half size."""
    rng, scale = bake.rng, bake.scale / 2
    field = np.zeros((area.height, area.width), np.float32)
    span = area.width / scale
    towers = rng.random((max(int(span / 150), 3), 3))
    count = int(span / size * 30)
    for number in range(count):
        x = rng.random() * span
        lift = max(t[2] * np.exp(-(((x - t[0] * span) / (50 + 90 * t[1])) ** 2)) for t in towers)
        rise = height * (0.22 + 0.78 * lift) * rng.random() ** 0.75
        radius = size * (0.20 + 0.80 * rng.random() ** 1.6) * (1.10 - 0.45 * rise / height)
        if number % 5 < 2:
            # Below the base too, so that the bank is made of puffs all the way down.
            rise = -float(rng.uniform(0, 230))
            radius *= 1.25
        _heap(field, x * scale, (base - rise - area.top) * scale, radius * scale, scale)
    closed = np.clip((small_rows(area, field) - base) * 0.4, 0, size * 0.22)
    return np.maximum(field, closed)


def _heap(field: Image, x: float, y: float, radius: float, scale: float) -> None:
    left, right = max(int(x - radius), 0), min(int(x + radius) + 2, field.shape[1])
    top, bottom = max(int(y - radius), 0), min(int(y + radius) + 2, field.shape[0])
    if left >= right or top >= bottom:
        return
    ys, xs = np.ogrid[top:bottom, left:right]
    inside = radius**2 - (xs - x) ** 2 - (ys - y) ** 2
    bump = np.sqrt(np.maximum(inside, 0)) / scale
    part = field[top:bottom, left:right]
    np.maximum(part, bump, out=part)
