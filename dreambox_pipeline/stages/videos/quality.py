"""Judge the measurements of a video: is it a whole, watchable, new one?

Each check gives one `Finding`, passed or not, so a reviewer sees what was looked at. An `ERROR`
that did not pass keeps the video from going on; a `WARN` is shown to the reviewer.

Measuring belongs to `media.measure`; what a person thinks of the dream, to the reviewer.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from dreambox_pipeline.media.model import Edit, Measurements
from dreambox_pipeline.stages.videos.model import Finding, Severity
from dreambox_pipeline.stages.videos.similarity import clip_distance


@dataclass(frozen=True, slots=True)
class Limits:
    """Thresholds, each with its reason.

    Attributes:
        black_share: A fade in and out of a 3 s clip is under a tenth of it in the dark;
            a night scene has stars and a moon. More is a failed render.
        frozen_share: A quarter of a clip standing still reads as a stuck player.
        sharpness: Variance of the Laplacian at 270 px. Measured: smooth color gradients
            below 1, scenes blurred by 20 px of 540 at most 3.1, by 8 px 5, clean ones over 600.
        loudness_tolerance_lu: TikTok plays everything at about the same loudness; 1 LU is
            the smallest difference listeners notice, the measuring noise comes on top.
        peak_dbtp: Above it, TikTok's own lossy encode can clip.
        silent_share: Half a clip without sound seems broken to someone with sound on.
        same_distance: Bits of 64 that differ. Measured: blurred, noisy and shrunk re-encodes
            of one clip 0 to 2. Nobody needs to look to know that it is the same one.
        near_distance: Clips of other scenes lay at 26 and more; 10 is close enough for a
            person to compare.
        duration_tolerance_s: One muxer rounding plus one AAC frame, with slack.
    """

    black_share: float = 0.15
    frozen_share: float = 0.25
    sharpness: float = 4.0
    loudness_tolerance_lu: float = 1.5
    peak_dbtp: float = -0.5
    silent_share: float = 0.5
    same_distance: float = 4.0
    near_distance: float = 10.0
    duration_tolerance_s: float = 0.25


@dataclass(frozen=True, slots=True)
class Expectation:
    """What the file should be.

    Attributes:
        duration_s: Expected length in seconds, or None for any from 3 to 600, which are
            TikTok's limits.
        width, height: Exact size, or None for any from 360 to 4096 px (TikTok's limits).
        frame_rate: Exact, or None for any from 23 to 60 (TikTok's limits).
        loudness_lufs: What the sound was set to, or None when it is set later.
        needs_audio: Whether a video without sound is an error.
    """

    duration_s: float | None = None
    width: int | None = None
    height: int | None = None
    frame_rate: int | None = None
    loudness_lufs: float | None = None
    needs_audio: bool = False
    containers: frozenset[str] = frozenset({"mp4", "mov", "webm", "mkv"})
    video_codecs: frozenset[str] = frozenset({"h264", "hevc", "vp8", "vp9", "av1"})
    audio_codecs: frozenset[str] = frozenset({"aac", "mp3", "opus", "vorbis"})


def expect_clip(duration_s: float | None) -> Expectation:
    """What a generator's clip must be before it is worth editing."""
    return Expectation(duration_s=duration_s)


def expect_finished(edit: Edit, *, duration_s: float) -> Expectation:
    """What the finished video of *edit* must be: exactly what the edit says, ready to post."""
    return Expectation(
        duration_s=duration_s,
        width=edit.width,
        height=edit.height,
        frame_rate=edit.frame_rate,
        loudness_lufs=edit.loudness_lufs,
        needs_audio=True,
        containers=frozenset({"mp4"}),
        video_codecs=frozenset({"h264"}),
        audio_codecs=frozenset({"aac"}),
    )


def check_quality(
    measurements: Measurements,
    *,
    expected: Expectation,
    earlier_hashes: Sequence[Sequence[str]] = (),
    limits: Limits | None = None,
) -> list[Finding]:
    """Every check's finding on one video, in a fixed order.

    Args:
        measurements: From `media.measure`.
        expected: See `expect_clip` and `expect_finished`.
        earlier_hashes: Frame hashes of earlier videos of other dreams, one list each.
        limits: Thresholds; the defaults carry their reasons.
    """
    limits = limits or Limits()
    return [
        *_check_format(measurements, expected),
        *_check_shape(measurements, expected, limits),
        *_check_picture(measurements, limits),
        *_check_sound(measurements, expected, limits),
        _check_novelty(measurements, earlier_hashes, limits),
    ]


def is_acceptable(findings: Sequence[Finding]) -> bool:
    """Whether nothing that blocks a video was found."""
    return all(f.passed or f.severity is not Severity.ERROR for f in findings)


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


def _check_picture(seen: Measurements, limits: Limits) -> list[Finding]:
    return [
        _error(
            "black",
            seen.black_share <= limits.black_share,
            seen.black_share,
            f"{seen.black_share:.0%} of the frames are black; more than "
            f"{limits.black_share:.0%} means the render failed.",
        ),
        _error(
            "frozen",
            seen.frozen_share <= limits.frozen_share,
            seen.frozen_share,
            f"{seen.frozen_share:.0%} of the frames stand still; more than "
            f"{limits.frozen_share:.0%} looks like a stuck player.",
        ),
        Finding(
            "sharpness",
            seen.sharpness >= limits.sharpness,
            Severity.WARN,
            seen.sharpness,
            f"Sharpness is {seen.sharpness:.1f}; below {limits.sharpness:.1f} nothing in the "
            "picture has an edge.",
        ),
    ]


def _check_sound(seen: Measurements, expected: Expectation, limits: Limits) -> list[Finding]:
    findings = []
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


def _check_novelty(
    seen: Measurements, earlier_hashes: Sequence[Sequence[str]], limits: Limits
) -> Finding:
    distances = (clip_distance(seen.frame_hashes, earlier) for earlier in earlier_hashes)
    nearest = min((d for d in distances if d is not None), default=None)
    if nearest is None:
        return _error("near_duplicate", True, None, "There is no earlier video to compare with.")
    return Finding(
        "near_duplicate",
        nearest > limits.near_distance,
        Severity.ERROR if nearest <= limits.same_distance else Severity.WARN,
        nearest,
        f"The nearest earlier video differs in {nearest:.0f} of 64 bits a frame; "
        f"{limits.near_distance:.0f} or fewer looks alike, {limits.same_distance:.0f} or fewer "
        "is the same clip again.",
    )


def _error(check: str, passed: bool, value: float | None, message: str) -> Finding:  # noqa: FBT001
    return Finding(check, passed, Severity.ERROR, value, message)


def _one_of(names: frozenset[str]) -> str:
    return ", ".join(sorted(names))
