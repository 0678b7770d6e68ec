"""Checks of what is seen: black, frozen, bars, flashes and blur."""

from dreambox_pipeline.media.model import Measurements
from dreambox_pipeline.stages.videos.model import Finding, Severity
from dreambox_pipeline.stages.videos.quality.limits import Limits


def check_picture(seen: Measurements, limits: Limits) -> list[Finding]:
    """Whether there is a picture that moves, fills the frame, is safe to watch and has edges."""
    return [
        Finding(
            "black",
            seen.black_share <= limits.black_share,
            Severity.ERROR,
            seen.black_share,
            f"{seen.black_share:.0%} of the frames are black; more than "
            f"{limits.black_share:.0%} means the render failed.",
        ),
        Finding(
            "frozen",
            seen.frozen_share <= limits.frozen_share,
            Severity.ERROR,
            seen.frozen_share,
            f"{seen.frozen_share:.0%} of the frames stand still; more than "
            f"{limits.frozen_share:.0%} looks like a stuck player.",
        ),
        _check_bars(seen, limits),
        _check_flashes(seen, limits),
        Finding(
            "sharpness",
            seen.sharpness >= limits.sharpness,
            Severity.WARN,
            seen.sharpness,
            f"Sharpness is {seen.sharpness:.1f}; below {limits.sharpness:.1f} nothing in the "
            "picture has an edge.",
        ),
    ]


def _check_bars(seen: Measurements, limits: Limits) -> Finding:
    share = seen.letterbox_share
    # Thin bars are a blemish that a person may accept; thick ones, a picture of another shape.
    is_thick = share > limits.letterbox_error_share
    return Finding(
        "letterbox",
        share <= limits.letterbox_share,
        Severity.ERROR if is_thick else Severity.WARN,
        share,
        f"Bars cover {share:.0%} of the picture; more than {limits.letterbox_share:.0%} looks "
        f"like a mistake, more than {limits.letterbox_error_share:.0%} is a picture of another "
        "shape.",
    )


def _check_flashes(seen: Measurements, limits: Limits) -> Finding:
    return Finding(
        "flashing",
        seen.flashes_per_s <= limits.flashes_per_s,
        Severity.ERROR,
        seen.flashes_per_s,
        f"A quarter of the picture flashes up to {seen.flashes_per_s:g} times in one second; more "
        f"than {limits.flashes_per_s:g} can cause seizures (WCAG 2.3.1). This is a screen, not the "
        "Harding test.",
    )
