"""Judge the measurements of a video: is it a whole, watchable, new one?

Each check gives one `Finding`, passed or not, so a reviewer sees what was looked at. An `ERROR`
that did not pass keeps the video from going on; a `WARN` is shown to the reviewer.

    expectation                     what the file should be
    limits                          every threshold with its reason
    file_checks, picture_checks, sound_checks, similarity     the checks made here
    drift, frame_moderation         two more that need other videos or a model

Measuring belongs to `media.measuring.measure`; what a person thinks of the dream, to the reviewer.
"""

from collections.abc import Mapping, Sequence

from dreambox_pipeline.media.model import Measurements
from dreambox_pipeline.stages.videos.model import Finding, Severity
from dreambox_pipeline.stages.videos.quality.expectation import (
    Expectation,
    expect_clip,
    expect_finished,
)
from dreambox_pipeline.stages.videos.quality.file_checks import check_file
from dreambox_pipeline.stages.videos.quality.limits import Limits
from dreambox_pipeline.stages.videos.quality.picture_checks import check_picture
from dreambox_pipeline.stages.videos.quality.similarity import nearest_clip
from dreambox_pipeline.stages.videos.quality.sound_checks import check_sound

__all__ = [
    "Expectation",
    "Limits",
    "check_quality",
    "expect_clip",
    "expect_finished",
    "is_acceptable",
]


def check_quality(
    measurements: Measurements,
    *,
    expected: Expectation,
    earlier_hashes: Mapping[str, Sequence[str]] | None = None,
    limits: Limits | None = None,
) -> list[Finding]:
    """Every check's finding on one video, in a fixed order.

    Args:
        measurements: From `media.measuring.measure`.
        expected: See `expect_clip` and `expect_finished`.
        earlier_hashes: Frame hashes of earlier videos of other dreams, by their ids.
        limits: Thresholds; the defaults carry their reasons.
    """
    limits = limits or Limits()
    return [
        *check_file(measurements, expected, limits),
        *check_picture(measurements, limits),
        *check_sound(measurements, expected, limits),
        _check_novelty(measurements, earlier_hashes or {}, limits),
    ]


def is_acceptable(findings: Sequence[Finding]) -> bool:
    """Whether nothing that blocks a video was found."""
    return all(f.passed or f.severity is not Severity.ERROR for f in findings)


def _check_novelty(
    seen: Measurements, earlier_hashes: Mapping[str, Sequence[str]], limits: Limits
) -> Finding:
    nearest = nearest_clip(seen.frame_hashes, earlier_hashes)
    if nearest is None:
        message = "There is no earlier video to compare with."
        return Finding("near_duplicate", True, Severity.ERROR, None, message)
    return Finding(
        "near_duplicate",
        nearest.distance > limits.near_distance,
        Severity.ERROR if nearest.distance <= limits.same_distance else Severity.WARN,
        nearest.distance,
        # The other video's id and nothing of its dream: this row outlives that one's erasure.
        f"The nearest earlier video is {nearest.clip_id}, {nearest.distance:g} of 64 bits a frame "
        f"away; {limits.near_distance:g} or fewer looks alike, {limits.same_distance:g} or fewer "
        "is the same clip again.",
    )
