"""From an accepted clip to a finished video: once, and only while the dreamer agrees."""

import pytest

from dreambox_pipeline.defs.prompts import video_prompts
from dreambox_pipeline.defs.videos import (
    finished_videos,
    finished_videos_pass_quality,
    generated_clips,
)
from dreambox_pipeline.defs.work import production
from dreambox_pipeline.media.probe import probe
from dreambox_pipeline.storage.ledger import videos
from dreambox_pipeline_tests.defs.workshop import Workshop


def all_videos(workshop: Workshop) -> list[videos.VideoRow]:
    with workshop.ledger.read() as connection:
        return videos.newest(connection)


def test_a_clip_is_finished_once_to_tiktoks_format(workshop):
    """Upright full HD with sound, cover and preview; a second run adds nothing."""
    workshop.granted_dream()
    workshop.run(video_prompts, generated_clips, finished_videos)
    files = sorted(workshop.settings.media_dir.rglob("*.*"))
    result = workshop.run(
        video_prompts, generated_clips, finished_videos, finished_videos_pass_quality
    )

    (video,) = all_videos(workshop)
    facts = probe(workshop.media.get(video.content_hash, ".mp4"))
    assert (facts.width, facts.height, facts.video_codec) == (1080, 1920, "h264")
    assert {file.suffix for file in files} == {".mp4", ".jpg", ".webp"}
    assert sorted(workshop.settings.media_dir.rglob("*.*")) == files
    assert list((workshop.settings.var_dir / "work").iterdir()) == []
    (check,) = result.get_asset_check_evaluations()
    assert check.metadata["judged"].value == 1


def test_a_dream_taken_back_before_finishing_is_not_finished(workshop):
    """The clip stays a clip, nothing is attempted, and nothing waits for it any more."""
    report = workshop.granted_dream()
    workshop.run(video_prompts, generated_clips)
    workshop.take_back(report)
    workshop.run(finished_videos)

    assert all_videos(workshop) == []
    assert workshop.failures() == {}
    waiting = production(workshop.ledger, now=workshop.now)
    assert waiting.without_video == 0, "or the sensor would start a run for ever"


@pytest.mark.expects_error_log
def test_the_quality_check_fails_when_a_file_is_missing(workshop):
    """A video whose file is gone must not reach a reviewer."""
    _, video = workshop.finished_video()
    workshop.media.path(video.content_hash, ".mp4").unlink()
    result = workshop.run(finished_videos, finished_videos_pass_quality, is_expected_to_fail=True)

    (check,) = result.get_asset_check_evaluations()
    assert not check.passed
    assert check.metadata["missing_files"].value == 1
