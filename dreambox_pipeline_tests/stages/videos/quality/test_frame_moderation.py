from dreambox_pipeline.safety.moderation import Moderation
from dreambox_pipeline.stages.videos.model import Severity
from dreambox_pipeline.stages.videos.quality.frame_moderation import (
    ModeratedFrame,
    check_frames,
    worst_frame,
)

CALM = ModeratedFrame(1.0, Moderation(is_flagged=False, scores={"violence": 0.02, "sexual": 0.01}))
# A category can be flagged below another category's score: each has its own limit.
FLAGGED = ModeratedFrame(3.0, Moderation(is_flagged=True, scores={"violence/graphic": 0.82}))
LOUD = ModeratedFrame(5.0, Moderation(is_flagged=False, scores={"violence": 0.9}))


def test_one_flagged_frame_blocks_the_video() -> None:
    """With where, what and how sure."""
    (finding,) = check_frames([CALM, FLAGGED, LOUD], engine="openai")
    assert (finding.passed, finding.severity, finding.value) == (False, Severity.ERROR, 0.82)
    assert "3.0 s as violence/graphic (score 0.82)" in finding.message


def test_frames_that_are_not_flagged_pass() -> None:
    """The highest score is shown all the same."""
    (finding,) = check_frames([CALM, CALM], engine="openai")
    assert (finding.passed, finding.value) == (True, 0.02)
    assert "2 frames" in finding.message


def test_nobody_looked_is_no_finding() -> None:
    """Not a pass."""
    assert check_frames([], engine="none") == []
    assert worst_frame([]) is None


def test_a_flag_without_a_category_is_a_flag() -> None:
    """Whatever the server leaves out."""
    bare = ModeratedFrame(0.5, Moderation(is_flagged=True))
    (finding,) = check_frames([LOUD, bare], engine="openai")
    assert not finding.passed
    assert "no category" in finding.message
