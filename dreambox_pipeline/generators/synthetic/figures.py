"""People as silhouettes: grown, seen from behind or from afar, never anyone.

Unit coordinates: a standing person is 1 high, feet at (0, 0), y down, so the head is near -1.
Proportions are an adult's, seven and a half heads.
"""

from dreambox_pipeline.generators.synthetic.raster import Ink


def standing(*, coat: bool = True, stride: float = 0.0) -> Ink:
    """A person from behind; *coat* flares to the knee, *stride* sets one foot ahead."""
    ink = Ink()
    for side in (-1.0, 1.0):
        foot = side * (0.045 + stride * 0.5)
        ink.stroke(
            [(side * 0.045, -0.46), (side * 0.05 + foot * 0.2, -0.24), (foot, -0.015)], 0.095, 0.05
        )
        ink.disc(foot + 0.012 * side, -0.012, 0.034, 0.018)
        ink.stroke(
            [(side * 0.108, -0.80), (side * 0.142, -0.62), (side * 0.132, -0.45)], 0.062, 0.042
        )
    ink.stroke([(0, -0.90), (0, -0.80)], 0.055)
    ink.disc(0, -0.932, 0.056, 0.066)
    if coat:
        ink.blob(
            (-0.05, -0.845), (-0.118, -0.80), (-0.118, -0.68), (-0.092, -0.56), (-0.13, -0.36),
            (-0.145, -0.28), (0.0, -0.265), (0.145, -0.28), (0.13, -0.36), (0.092, -0.56),
            (0.118, -0.68), (0.118, -0.80), (0.05, -0.845),
        )  # fmt: skip
    else:
        ink.blob(
            (-0.05, -0.845), (-0.122, -0.80), (-0.112, -0.66), (-0.085, -0.55), (-0.098, -0.44),
            (0.0, -0.42), (0.098, -0.44), (0.085, -0.55), (0.112, -0.66), (0.122, -0.80), (0.05, -0.845),
        )  # fmt: skip
    return ink


def long_haired() -> Ink:
    """A person from behind with long hair and a dress."""
    ink = Ink()
    for side in (-1.0, 1.0):
        ink.stroke(
            [(side * 0.04, -0.40), (side * 0.045, -0.2), (side * 0.045, -0.015)], 0.075, 0.042
        )
        ink.disc(side * 0.052, -0.012, 0.03, 0.017)
        ink.stroke(
            [(side * 0.095, -0.79), (side * 0.135, -0.62), (side * 0.145, -0.46)], 0.05, 0.034
        )
    ink.disc(0, -0.932, 0.056, 0.066)
    ink.blob(
        (0, -1.0), (-0.062, -0.96), (-0.074, -0.86), (-0.082, -0.72), (0, -0.68), (0.082, -0.72),
        (0.074, -0.86), (0.062, -0.96),
    )  # fmt: skip
    ink.blob(
        (-0.05, -0.84), (-0.105, -0.79), (-0.09, -0.66), (-0.066, -0.58), (-0.105, -0.42),
        (-0.165, -0.18), (0, -0.155), (0.165, -0.18), (0.105, -0.42), (0.066, -0.58),
        (0.09, -0.66), (0.105, -0.79), (0.05, -0.84),
    )  # fmt: skip
    return ink


def seated() -> Ink:
    """Someone sitting, knees drawn up, facing right; (0, 0) is where they sit."""
    ink = Ink()
    ink.disc(0.015, -0.452, 0.046, 0.055)
    ink.stroke([(0.01, -0.42), (-0.01, -0.36)], 0.048)
    ink.blob(
        (-0.045, -0.375), (-0.10, -0.30), (-0.115, -0.12), (-0.11, 0.0), (0.06, 0.0), (0.085, -0.10),
        (0.075, -0.28), (0.05, -0.36),
    )  # fmt: skip
    ink.stroke([(0.02, -0.05), (0.22, -0.20), (0.24, -0.01)], 0.085, 0.05)
    ink.stroke([(0.05, -0.30), (0.14, -0.20), (0.22, -0.16)], 0.052, 0.036)
    ink.disc(0.265, -0.012, 0.045, 0.02)
    return ink


def falling() -> Ink:
    """Someone falling head first, limbs and coat trailing upwards; the center is (0, 0)."""
    ink = Ink()
    ink.blob(
        (-0.115, 0.20), (-0.085, 0.06), (-0.08, -0.10), (-0.09, -0.19), (0.0, -0.215), (0.09, -0.19), (0.08, -0.10),
        (0.085, 0.06), (0.115, 0.20), (0.045, 0.245), (-0.045, 0.245),
    )  # fmt: skip
    ink.stroke([(0.0, 0.23), (0.012, 0.29)], 0.06)
    ink.disc(0.02, 0.335, 0.058, 0.068, tilt=-10)
    # Arms flung wide, one leg straight and one bent.
    ink.stroke([(-0.10, 0.19), (-0.255, 0.125), (-0.37, -0.035)], 0.064, 0.032)
    ink.stroke([(0.10, 0.19), (0.275, 0.165), (0.395, 0.05)], 0.064, 0.032)
    ink.stroke([(-0.045, -0.17), (-0.115, -0.36), (-0.225, -0.53)], 0.098, 0.048)
    ink.stroke([(0.045, -0.17), (0.185, -0.30), (0.125, -0.47)], 0.098, 0.048)
    ink.disc(-0.245, -0.555, 0.024, 0.044, tilt=-38)
    ink.disc(0.118, -0.50, 0.024, 0.044, tilt=14)
    # A coat blown open.
    ink.blob((-0.075, 0.05), (-0.15, -0.12), (-0.175, -0.29), (-0.085, -0.25), (-0.02, -0.14))
    ink.blob((0.075, 0.05), (0.135, -0.06), (0.20, -0.20), (0.09, -0.20), (0.02, -0.14))
    return ink


def flying() -> Ink:
    """Someone flying to the right, arms ahead and cape behind; the center is (0, 0)."""
    ink = Ink()
    ink.blob(
        (-0.16, 0.02),
        (-0.10, -0.05),
        (0.06, -0.085),
        (0.19, -0.095),
        (0.21, -0.03),
        (0.10, 0.02),
        (-0.04, 0.06),
        (-0.14, 0.065),
    )
    ink.disc(0.268, -0.115, 0.064, 0.055, tilt=-25)
    ink.stroke([(0.18, -0.075), (0.25, -0.09)], 0.055)
    ink.stroke([(0.16, -0.05), (0.30, -0.04), (0.46, -0.125)], 0.058, 0.03)
    ink.stroke([(0.15, -0.07), (0.06, 0.06), (-0.06, 0.115)], 0.05, 0.03)
    ink.stroke([(-0.10, 0.03), (-0.32, 0.045), (-0.54, 0.005)], 0.095, 0.036)
    ink.stroke([(-0.08, 0.045), (-0.28, 0.095), (-0.48, 0.105)], 0.095, 0.036)
    ink.blob(
        (0.17, -0.085),
        (0.02, -0.11),
        (-0.18, -0.10),
        (-0.36, -0.16),
        (-0.27, -0.05),
        (-0.14, 0.0),
        (0.05, -0.03),
    )
    return ink


def looming() -> Ink:
    """A pursuer: tall, thin, too long in the arms; feet at (0, 0), 1 high."""
    ink = Ink()
    ink.disc(0, -0.945, 0.036, 0.055)
    ink.stroke([(0, -0.92), (0, -0.86)], 0.036)
    ink.blob(
        (-0.03, -0.885), (-0.098, -0.855), (-0.088, -0.70), (-0.060, -0.56), (-0.068, -0.44), (0.0, -0.42),
        (0.068, -0.44), (0.060, -0.56), (0.088, -0.70), (0.098, -0.855), (0.03, -0.885),
    )  # fmt: skip
    for side in (-1.0, 1.0):
        ink.stroke(
            [(side * 0.036, -0.46), (side * 0.052, -0.22), (side * 0.042, -0.01)], 0.066, 0.026
        )
        ink.disc(side * 0.05, -0.008, 0.026, 0.011)
        ink.stroke(
            [(side * 0.085, -0.84), (side * 0.142, -0.62), (side * 0.130, -0.36)], 0.042, 0.020
        )
        for finger in (-0.018, 0.0, 0.018):
            ink.stroke([(side * 0.130, -0.36), (side * (0.130 + finger), -0.26)], 0.014, 0.004)
    return ink
