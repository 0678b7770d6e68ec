"""Things as silhouettes, in unit coordinates, y down, standing on y = 0 unless it says otherwise."""

import numpy as np

from dreambox_pipeline.generators.synthetic.raster import Ink


def boat() -> Ink:
    """A rowing boat 1 long in profile; the waterline is y = 0."""
    ink = Ink()
    ink.blob(
        (-0.50, -0.150), (-0.46, -0.118), (-0.25, -0.068), (0.0, -0.055), (0.25, -0.068), (0.46, -0.118), (0.50, -0.150),
        (0.44, -0.035), (0.33, 0.030), (0.0, 0.050), (-0.33, 0.030), (-0.44, -0.035),
    )  # fmt: skip
    return ink


def balloon_envelope() -> Ink:
    """A hot-air balloon without its basket, 1 wide; the mouth is near (0, 0.62)."""
    return Ink().blob(
        (0, -0.50), (-0.22, -0.45), (-0.42, -0.28), (-0.50, -0.03), (-0.43, 0.20), (-0.28, 0.42), (-0.12, 0.62),
        (0.12, 0.62), (0.28, 0.42), (0.43, 0.20), (0.50, -0.03), (0.42, -0.28), (0.22, -0.45),
    )  # fmt: skip


def balloon_basket() -> Ink:
    """The ropes and the basket that belong to `balloon_envelope`."""
    ink = Ink()
    for x in (-0.09, 0.09, -0.03, 0.03):
        ink.stroke([(x * 1.25, 0.60), (x, 0.84)], 0.010)
    ink.poly((-0.105, 0.83), (0.105, 0.83), (0.088, 0.985), (-0.088, 0.985))
    ink.stroke([(-0.11, 0.835), (0.11, 0.835)], 0.03)
    return ink


def sky_lantern() -> Ink:
    """A paper lantern, 1 high, centered; open at the bottom."""
    return Ink().blob(
        (0, -0.50), (-0.24, -0.47), (-0.36, -0.30), (-0.34, 0.05), (-0.26, 0.44), (-0.20, 0.49), (0.20, 0.49),
        (0.26, 0.44), (0.34, 0.05), (0.36, -0.30), (0.24, -0.47),
    )  # fmt: skip


def door_frame() -> Ink:
    """A door frame 1 high without its opening."""
    ink = Ink()
    ink.poly(
        (-0.30, 0.0),
        (-0.30, -1.0),
        (0.30, -1.0),
        (0.30, 0.0),
        (0.235, 0.0),
        (0.235, -0.935),
        (-0.235, -0.935),
        (-0.235, 0.0),
    )
    ink.poly((-0.335, -0.985), (0.335, -0.985), (0.335, -1.03), (-0.335, -1.03))
    ink.poly((-0.36, 0.0), (0.36, 0.0), (0.38, 0.028), (-0.38, 0.028))
    return ink


def door_opening() -> Ink:
    """The light in `door_frame`."""
    return Ink().poly((-0.236, 0.0), (-0.236, -0.936), (0.236, -0.936), (0.236, 0.0))


def door_leaf() -> Ink:
    """The leaf of `door_frame`, standing open on the left, in perspective."""
    return Ink().poly((-0.236, 0.0), (-0.236, -0.936), (-0.40, -0.985), (-0.40, 0.055))


def mirror_frame() -> Ink:
    """A standing mirror 1 high: an oval frame on two feet, with the glass cut out."""
    ink = Ink()
    ink.disc(0, -0.56, 0.275, 0.44)
    ring = [
        (0.232 * float(np.cos(a)), -0.56 + 0.392 * float(np.sin(a)))
        for a in np.linspace(0, 2 * np.pi, 24, endpoint=False)
    ]
    ink.cut(*ring)
    for side in (-1.0, 1.0):
        ink.stroke([(side * 0.30, -0.62), (side * 0.31, -0.22), (side * 0.36, -0.01)], 0.036, 0.045)
        ink.disc(side * 0.30, -0.64, 0.03)
    ink.stroke([(-0.31, -0.12), (0.31, -0.12)], 0.034)
    return ink


def mirror_glass() -> Ink:
    """The glass of `mirror_frame`."""
    return Ink().disc(0, -0.56, 0.236, 0.397)


def car() -> Ink:
    """An old saloon in profile, 1 long, facing right."""
    ink = Ink()
    ink.blob(
        (-0.49, -0.10), (-0.495, -0.175), (-0.47, -0.225), (-0.36, -0.245), (-0.30, -0.26), (-0.235, -0.345),
        (-0.17, -0.372), (0.0, -0.378), (0.08, -0.358), (0.175, -0.262), (0.30, -0.245), (0.43, -0.222), (0.485, -0.18),
        (0.495, -0.10), (0.46, -0.065), (0.0, -0.06), (-0.46, -0.065),
    )  # fmt: skip
    ink.cut((-0.265, -0.255), (-0.212, -0.33), (-0.165, -0.348), (-0.06, -0.352), (-0.06, -0.255))
    ink.cut((-0.03, -0.255), (-0.03, -0.352), (0.05, -0.34), (0.085, -0.325), (0.142, -0.255))
    for x in (-0.30, 0.30):
        ink.disc(x, -0.082, 0.086)
    return ink


def bare_tree(rng: np.random.Generator) -> Ink:
    """A leafless trunk and its branches, 1 high."""
    ink = Ink()

    def grow(x: float, y: float, *, angle: float, length: float, width: float, left: int) -> None:
        ex, ey = x + np.sin(angle) * length, y - np.cos(angle) * length
        bend = rng.uniform(-0.10, 0.10) * length
        middle = ((x + ex) / 2 + bend, (y + ey) / 2)
        ink.stroke([(x, y), middle, (float(ex), float(ey))], width, width * 0.62)
        if left == 0:
            return
        for side in (-1, 1) if rng.random() < 0.72 else (-1, 0, 1):
            turn = side * rng.uniform(0.28, 0.62) + rng.uniform(-0.1, 0.1)
            grow(
                float(ex),
                float(ey),
                angle=angle * 0.86 + turn,
                length=length * float(rng.uniform(0.66, 0.86)),
                width=width * 0.62,
                left=left - 1,
            )

    grow(0, 0.01, angle=float(rng.uniform(-0.06, 0.06)), length=0.26, width=0.062, left=6)
    ink.blob(
        (-0.09, 0.02),
        (-0.042, -0.02),
        (-0.030, -0.10),
        (0.030, -0.10),
        (0.042, -0.02),
        (0.09, 0.02),
        (0, 0.035),
    )
    return ink


def tooth() -> Ink:
    """A molar with two roots, 1 high, centered."""
    return Ink().blob(
        (-0.05, -0.40), (-0.20, -0.47), (-0.345, -0.38), (-0.37, -0.18), (-0.30, 0.04), (-0.275, 0.28), (-0.21, 0.475),
        (-0.135, 0.44), (-0.075, 0.20), (0.0, 0.10), (0.075, 0.20), (0.135, 0.44), (0.21, 0.475), (0.275, 0.28),
        (0.30, 0.04), (0.37, -0.18), (0.345, -0.38), (0.20, -0.47), (0.05, -0.40),
    )  # fmt: skip


def locomotive() -> Ink:
    """A steam engine facing right, 1 long; its wheels stand on y = 0."""
    ink = Ink()
    ink.poly(
        (-0.46, -0.06),
        (-0.46, -0.335),
        (-0.50, -0.335),
        (-0.50, -0.365),
        (-0.17, -0.365),
        (-0.17, -0.335),
        (-0.20, -0.335),
        (-0.20, -0.27),
        (0.40, -0.27),
        (0.425, -0.19),
        (0.40, -0.10),
        (0.42, -0.06),
    )
    ink.cut((-0.42, -0.22), (-0.42, -0.31), (-0.25, -0.31), (-0.25, -0.22))
    ink.poly((0.28, -0.26), (0.265, -0.385), (0.385, -0.385), (0.365, -0.26))
    ink.blob((-0.06, -0.26), (-0.05, -0.325), (0.0, -0.345), (0.05, -0.325), (0.06, -0.26))
    ink.blob((0.13, -0.26), (0.14, -0.31), (0.175, -0.32), (0.20, -0.31), (0.21, -0.26))
    ink.poly((0.38, -0.09), (0.42, -0.10), (0.50, 0.0), (0.37, 0.0))
    for x, r in ((-0.33, 0.088), (-0.13, 0.088), (0.06, 0.088), (0.24, 0.055), (0.345, 0.055)):
        ink.disc(x, -r, r)
    ink.stroke([(-0.33, -0.088), (0.06, -0.088)], 0.03)
    return ink


def carriage() -> Ink:
    """A railway carriage, 1 long; its windows are `carriage_windows`."""
    ink = Ink()
    ink.poly(
        (-0.485, -0.055),
        (-0.485, -0.31),
        (-0.50, -0.32),
        (-0.46, -0.355),
        (0.46, -0.355),
        (0.50, -0.32),
        (0.485, -0.31),
        (0.485, -0.055),
    )
    ink.poly((-0.54, -0.085), (0.54, -0.085), (0.54, -0.055), (-0.54, -0.055))
    for x in (-0.36, -0.25, 0.25, 0.36):
        ink.disc(x, -0.048, 0.048)
    return ink


def carriage_windows() -> Ink:
    """Lit windows of `carriage`."""
    ink = Ink()
    for x in np.linspace(-0.40, 0.40, 7):
        ink.poly((x - 0.042, -0.17), (x - 0.042, -0.285), (x + 0.042, -0.285), (x + 0.042, -0.17))
    return ink


def round_tree(rng: np.random.Generator) -> Ink:
    """A broad tree in full leaf, 1 high."""
    ink = Ink().stroke([(0, 0.02), (0.01, -0.22), (0, -0.42)], 0.085, 0.05)
    ink.stroke([(0, -0.26), (0.12, -0.40)], 0.04, 0.02).stroke(
        [(0, -0.30), (-0.13, -0.44)], 0.04, 0.02
    )
    for angle in np.linspace(0, 2 * np.pi, 15, endpoint=False):
        reach = float(rng.uniform(0.16, 0.30))
        x, y = reach * 1.25 * float(np.cos(angle)), -0.66 + reach * 0.85 * float(np.sin(angle))
        ink.disc(x, y, float(rng.uniform(0.09, 0.15)))
    return ink.disc(0, -0.66, 0.24, 0.19)


def cottage() -> Ink:
    """A small house with a chimney, 1 wide."""
    ink = Ink().poly((-0.40, 0.03), (-0.40, -0.34), (0.40, -0.34), (0.40, 0.03))
    ink.poly((-0.50, -0.32), (-0.26, -0.66), (0.26, -0.66), (0.50, -0.32))
    return ink.poly((0.14, -0.60), (0.14, -0.82), (0.25, -0.82), (0.25, -0.60))


def stones(rng: np.random.Generator) -> Ink:
    """A few standing stones, the tallest 1 high."""
    ink = Ink()
    for x, most in ((-1.3, 0.62), (-0.62, 1.0), (0.05, 0.80), (0.66, 0.94), (1.32, 0.55)):
        lean, wide = float(rng.uniform(-0.07, 0.07)), float(rng.uniform(0.13, 0.20))
        tall = most * float(rng.uniform(0.85, 1.0))
        ink.blob(
            (x - wide, 0.04), (x - wide * 0.92 + lean, -tall * 0.6), (x - wide * 0.6 + lean, -tall), (x + wide * 0.5 + lean, -tall * 0.97),
            (x + wide + lean, -tall * 0.6), (x + wide * 1.05, 0.04),
        )  # fmt: skip
    return ink
