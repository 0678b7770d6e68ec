from dataclasses import replace
from fractions import Fraction

import pytest

from dreambox_pipeline.media.model import Edit, Measurements, MediaFacts
from dreambox_pipeline.stages.videos.model import Finding, Severity
from dreambox_pipeline.stages.videos.quality.checking import (
    Expectation,
    Limits,
    check_quality,
    expect_clip,
    expect_finished,
    is_acceptable,
)

FACTS = MediaFacts(
    width=1080,
    height=1920,
    duration_s=6.0,
    frame_rate=Fraction(30),
    video_codec="h264",
    audio_codec="aac",
    size_bytes=8_000_000,
    container="mp4",
)
HASHES = tuple(f"{0x9E3779B97F4A7C15 * (i // 3 + 1) % 2**64:016x}" for i in range(20))
GOOD = Measurements(
    facts=FACTS,
    black_share=0.02,
    frozen_share=0.0,
    sharpness=120.0,
    brightness=0.4,
    loudness_lufs=-14.1,
    peak_dbtp=-1.8,
    silent_share=0.05,
    frame_hashes=HASHES,
    clipped_share=0.0,
)
FINISHED = expect_finished(Edit(()), duration_s=6.0)


def findings_of(
    measurements: Measurements = GOOD, expected: Expectation = FINISHED, **kwargs: object
) -> dict[str, Finding]:
    found = check_quality(measurements, expected=expected, **kwargs)  # type: ignore[arg-type]
    return {finding.check: finding for finding in found}


def with_facts(**changes: object) -> Measurements:
    return replace(GOOD, facts=replace(FACTS, **changes))  # type: ignore[arg-type]


def test_a_good_video_passes_every_check() -> None:
    """And every check says what it saw."""
    found = findings_of()
    assert list(found) == [
        *("container", "video_codec", "audio_codec"),
        *("size", "aspect", "duration", "frame_rate"),
        *("black", "frozen", "letterbox", "flashing", "sharpness"),
        *("clipping", "silence", "loudness", "peak"),
        "near_duplicate",
    ]
    assert all(finding.passed and finding.message.endswith(".") for finding in found.values())


@pytest.mark.parametrize(
    ("bad", "check", "severity"),
    [
        (with_facts(container="webm"), "container", Severity.ERROR),
        (with_facts(video_codec="vp9"), "video_codec", Severity.ERROR),
        (with_facts(audio_codec="opus"), "audio_codec", Severity.ERROR),
        (with_facts(audio_codec=None), "audio_codec", Severity.ERROR),
        (with_facts(width=720, height=1280), "size", Severity.ERROR),
        (with_facts(width=1200, height=1920), "aspect", Severity.WARN),
        (with_facts(width=1920, height=1080), "aspect", Severity.ERROR),
        (with_facts(duration_s=5.0), "duration", Severity.ERROR),
        (with_facts(frame_rate=Fraction(24)), "frame_rate", Severity.ERROR),
        (replace(GOOD, black_share=0.3), "black", Severity.ERROR),
        (replace(GOOD, frozen_share=0.4), "frozen", Severity.ERROR),
        (replace(GOOD, letterbox_share=0.1), "letterbox", Severity.WARN),
        (replace(GOOD, letterbox_share=0.3), "letterbox", Severity.ERROR),
        (replace(GOOD, flashes_per_s=3.5), "flashing", Severity.ERROR),
        (replace(GOOD, clipped_share=0.01), "clipping", Severity.WARN),
        (replace(GOOD, sharpness=1.0), "sharpness", Severity.WARN),
        (replace(GOOD, silent_share=0.9), "silence", Severity.WARN),
        (replace(GOOD, loudness_lufs=-22.0), "loudness", Severity.WARN),
        (replace(GOOD, peak_dbtp=0.4), "peak", Severity.WARN),
    ],
)  # fmt: skip
def test_each_fault_is_found_by_its_own_check(
    bad: Measurements, check: str, severity: Severity
) -> None:
    """The right check fails, with its severity and the measured value or name."""
    finding = findings_of(bad)[check]
    assert (finding.passed, finding.severity) == (False, severity)


def test_errors_block_and_warnings_do_not() -> None:
    """A reviewer decides about a soft picture; nobody sees a black one."""
    assert is_acceptable(check_quality(GOOD, expected=FINISHED))
    assert is_acceptable(check_quality(replace(GOOD, sharpness=1.0), expected=FINISHED))
    assert not is_acceptable(check_quality(replace(GOOD, black_share=0.9), expected=FINISHED))


@pytest.mark.parametrize(
    ("facts", "check"),
    [
        (with_facts(width=200, height=356), "size"),
        (with_facts(width=2400, height=4267), "size"),
        (with_facts(duration_s=2.0), "duration"),
        (with_facts(duration_s=601.0), "duration"),
        (with_facts(frame_rate=Fraction(16)), "frame_rate"),
        (with_facts(frame_rate=Fraction(120)), "frame_rate"),
        (with_facts(container="avi"), "container"),
        (with_facts(video_codec="mpeg2video"), "video_codec"),
    ],
)
def test_a_clip_outside_the_platforms_limits_is_refused(facts: Measurements, check: str) -> None:
    """Before time is spent on editing it."""
    assert not findings_of(facts, expect_clip(None))[check].passed


def test_a_raw_clip_may_have_any_good_size_and_no_sound() -> None:
    """Editing gives it both; its loudness is nobody's business yet."""
    raw = with_facts(width=720, height=1280, frame_rate=Fraction(24), audio_codec=None)
    raw = replace(raw, loudness_lufs=None, peak_dbtp=None, silent_share=None, clipped_share=None)
    found = findings_of(raw, expect_clip(6.0))
    assert all(finding.passed for finding in found.values())
    assert not {"loudness", "silence", "peak", "clipping"} & set(found)


def test_a_length_too_short_to_post_fails_even_when_asked_for() -> None:
    """TikTok's limits hold whatever was expected."""
    assert not findings_of(with_facts(duration_s=2.0), expect_clip(2.0))["duration"].passed


def test_the_same_clip_again_is_an_error() -> None:
    """Also when it starts a little later."""
    for earlier in (HASHES, HASHES[3:]):
        others = {"vid_flat": ("0" * 16,) * 20, "vid_first": earlier}
        finding = findings_of(earlier_hashes=others)["near_duplicate"]
        assert (finding.passed, finding.severity, finding.value) == (False, Severity.ERROR, 0)
        assert "vid_first" in finding.message


def test_a_look_alike_is_shown_to_the_reviewer() -> None:
    """Seven bits of difference is a question for a person."""
    alike = tuple(f"{int(h, 16) ^ 0b1111111:016x}" for h in HASHES)
    finding = findings_of(earlier_hashes={"vid_first": alike})["near_duplicate"]
    assert (finding.passed, finding.severity, finding.value) == (False, Severity.WARN, 7)


def test_another_video_is_new() -> None:
    """Far from all earlier ones."""
    other = tuple(f"{int(h, 16) ^ 0x5A5A5A5A5A5A5A5A:016x}" for h in HASHES)
    finding = findings_of(earlier_hashes={"vid_first": other})["near_duplicate"]
    assert finding.passed
    assert finding.value is not None
    assert finding.value > 10


def test_the_first_video_is_new() -> None:
    """There is nothing to compare with, and no value is made up."""
    finding = findings_of()["near_duplicate"]
    assert (finding.passed, finding.value) == (True, None)


def test_limits_can_be_tightened() -> None:
    """Policy is data."""
    assert not findings_of(limits=Limits(black_share=0.01))["black"].passed
