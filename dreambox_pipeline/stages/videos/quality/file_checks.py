"""Checks of the file itself: container, codecs, size, shape, length and frame rate."""

from dreambox_pipeline.media.model import Measurements
from dreambox_pipeline.stages.videos.model import Finding, Severity
from dreambox_pipeline.stages.videos.quality.expectation import Expectation
from dreambox_pipeline.stages.videos.quality.limits import Limits


def check_file(seen: Measurements, expected: Expectation, limits: Limits) -> list[Finding]:
    """Whether the file is what was asked for, and what TikTok takes."""
    return [*_check_format(seen, expected), *_check_shape(seen, expected, limits)]


def _check_format(seen: Measurements, expected: Expectation) -> list[Finding]:
    facts = seen.facts
    return [
        _error(
            "container",
            facts.container in expected.containers,
            None,
            f"The container is {facts.container}; {_one_of(expected.containers)} can go on.",
        ),
        _error(
            "video_codec",
            facts.video_codec in expected.video_codecs,
            None,
            f"The picture is {facts.video_codec}; {_one_of(expected.video_codecs)} can go on.",
        ),
        _error(
            "audio_codec",
            facts.audio_codec in expected.audio_codecs
            if facts.audio_codec
            else not expected.needs_audio,
            None,
            f"The sound is {facts.audio_codec or 'missing'}; "
            f"{_one_of(expected.audio_codecs)} can go on.",
        ),
    ]


def _check_shape(seen: Measurements, expected: Expectation, limits: Limits) -> list[Finding]:
    facts = seen.facts
    size = f"{facts.width}x{facts.height} px"
    if expected.width and expected.height:
        fits = (facts.width, facts.height) == (expected.width, expected.height)
        wanted_size = f"{expected.width}x{expected.height} px was asked for"
    else:
        fits = min(facts.width, facts.height) >= 360 and max(facts.width, facts.height) <= 4096
        wanted_size = "TikTok takes sides from 360 to 4096 px"
    ratio = facts.width / facts.height
    # Upright within 3 %, so that covering 9:16 cuts off next to nothing. Anything else still
    # works, cropped, which a person should see: an error only when it is not upright at all.
    aspect_severity = Severity.WARN if ratio < 1 else Severity.ERROR
    return [
        _error("size", fits, float(facts.width), f"The size is {size}; {wanted_size}."),
        Finding(
            "aspect",
            abs(ratio / (9 / 16) - 1) <= 0.03,
            aspect_severity,
            round(ratio, 4),
            f"Width by height is {ratio:.3f}; 9:16 is 0.5625, and the rest would be cut off.",
        ),
        _check_duration(facts.duration_s, expected, limits),
        _check_frame_rate(float(facts.frame_rate), expected),
    ]


def _check_duration(duration_s: float, expected: Expectation, limits: Limits) -> Finding:
    in_range = 3 <= duration_s <= 600
    if expected.duration_s is None:
        message = f"It lasts {duration_s:.2f} s; TikTok takes 3 to 600 s."
        return _error("duration", in_range, duration_s, message)
    off_s = abs(duration_s - expected.duration_s)
    message = (
        f"It lasts {duration_s:.2f} s; {expected.duration_s:.2f} s was asked for "
        f"(±{limits.duration_tolerance_s} s), and TikTok takes 3 to 600 s."
    )
    close = off_s <= limits.duration_tolerance_s
    return _error("duration", in_range and close, duration_s, message)


def _check_frame_rate(rate: float, expected: Expectation) -> Finding:
    if expected.frame_rate is None:
        message = f"It has {rate:.2f} frames a second; TikTok takes 23 to 60."
        return _error("frame_rate", 23 <= rate <= 60, rate, message)
    message = f"It has {rate:.2f} frames a second; {expected.frame_rate} were asked for."
    return _error("frame_rate", abs(rate - expected.frame_rate) < 0.01, rate, message)


def _error(check: str, passed: bool, value: float | None, message: str) -> Finding:  # noqa: FBT001
    return Finding(check, passed, Severity.ERROR, value, message)


def _one_of(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))
