"""Checks of what is heard: clipping, silence, loudness and peak."""

from dreambox_pipeline.media.model import Measurements
from dreambox_pipeline.stages.videos.model import Finding, Severity
from dreambox_pipeline.stages.videos.quality.expectation import Expectation
from dreambox_pipeline.stages.videos.quality.limits import Limits


def check_sound(seen: Measurements, expected: Expectation, limits: Limits) -> list[Finding]:
    """Whether there is sound, and as loud as it was set to; nothing about a clip without sound."""
    findings = []
    if seen.clipped_share is not None:
        findings.append(
            Finding(
                "clipping",
                seen.clipped_share <= limits.clipped_share,
                Severity.WARN,
                seen.clipped_share,
                f"{seen.clipped_share:.2%} of the sound is cut off at full scale; more than "
                f"{limits.clipped_share:.1%} is heard as crackling.",
            )
        )
    # A clip without any sound is given a silent track on purpose: judged by `needs_audio` alone.
    if seen.silent_share is not None and expected.loudness_lufs is not None:
        findings.append(
            Finding(
                "silence",
                seen.silent_share <= limits.silent_share,
                Severity.WARN,
                seen.silent_share,
                f"{seen.silent_share:.0%} of it is silent; more than {limits.silent_share:.0%} "
                "seems broken to someone with sound on.",
            )
        )
    if seen.loudness_lufs is None or expected.loudness_lufs is None:
        return findings
    off_lu = abs(seen.loudness_lufs - expected.loudness_lufs)
    findings.append(
        Finding(
            "loudness",
            off_lu <= limits.loudness_tolerance_lu,
            Severity.WARN,
            seen.loudness_lufs,
            f"Loudness is {seen.loudness_lufs:.1f} LUFS; {expected.loudness_lufs:.1f} "
            f"±{limits.loudness_tolerance_lu} LU was asked for.",
        )
    )
    if seen.peak_dbtp is not None:
        findings.append(
            Finding(
                "peak",
                seen.peak_dbtp <= limits.peak_dbtp,
                Severity.WARN,
                seen.peak_dbtp,
                f"The true peak is {seen.peak_dbtp:.1f} dBTP; above {limits.peak_dbtp} dBTP "
                "the platform's own encode can clip.",
            )
        )
    return findings
