"""Videos judged against real rows, a real media store and a moderation model over real HTTP."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from PIL import Image
from pydantic import SecretStr

from dreambox_pipeline.defs.judging import Judge, Judgement
from dreambox_pipeline.defs.resources import resources_from
from dreambox_pipeline.defs.videos import finished_videos, finished_videos_pass_quality
from dreambox_pipeline.errors import StopError, TransientError
from dreambox_pipeline.media.ffmpeg import run_ffmpeg
from dreambox_pipeline.media.measuring.measure import measure
from dreambox_pipeline.sandbox.testing import RunningSandbox
from dreambox_pipeline.stages.prompts.styles import STYLES
from dreambox_pipeline.stages.videos.model import Finding, Severity
from dreambox_pipeline.stages.videos.quality.checking import expect_clip
from dreambox_pipeline.storage.ledger import prompts as ledger_prompts
from dreambox_pipeline.storage.ledger import videos as ledger_videos
from dreambox_pipeline.storage.tables import videos
from dreambox_pipeline.text_engines.moderators import moderator_for
from dreambox_pipeline_tests.defs.workshop import Workshop

CALM = "testsrc2=s=180x320:r=30,format=yuv420p"
STILL = "testsrc2=s=180x320:r=30:d=0.03,loop=loop=-1:size=1,format=yuv420p"
# What the sandbox's moderation model takes for blood, in the second half only.
RED = f"{CALM},drawbox=color=0xa00505:t=fill:enable='gt(t,2)'"

STRANGE = f"{CALM},hue=h=150:s=0.4,gblur=sigma=4"


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("judged")
    made = {}
    pictures = {"calm": CALM, "still": STILL, "red": RED, "strange": STRANGE}
    for name, picture in pictures.items():
        made[name] = folder / f"{name}.mp4"
        args = ["-f", "lavfi", "-i", picture, "-t", "3", "-c:v", "libx264", "-preset", "ultrafast"]
        run_ffmpeg([*args, str(made[name])], timeout_s=30, what="make a test clip")
    return made


def moderator_of(sandbox: RunningSandbox, key: str = ""):
    return moderator_for(
        "openai",
        api_key=SecretStr(key or sandbox.info["api_key"]),
        base_url=sandbox.info["openai_base_url"],
    )


def judged(workshop: Workshop, clip: Path, *, style_id: str = "violet_dusk", **parts) -> Judgement:
    moderator = parts.get("moderator", workshop.parts["moderator"])
    judge = Judge(ledger=workshop.ledger, media=workshop.media, moderator=moderator)
    return judge.judge(clip, dream_id="dream_new", style_id=style_id, expected=expect_clip(None))


def by_check(judgement: Judgement) -> dict[str, Finding]:
    return {finding.check: finding for finding in judgement.findings}


def remember(workshop: Workshop, render_id: str, **values) -> None:
    with workshop.ledger.write() as connection:
        connection.execute(sa.update(videos).where(videos.c.render_id == render_id).values(values))


def style_of(workshop: Workshop, prompt_id: str) -> str:
    with workshop.ledger.read() as connection:
        row = ledger_prompts.get(connection, prompt_id)
    assert row is not None
    return row.style_id


def stored_pictures(workshop: Workshop) -> list[Path]:
    return list(workshop.media.root.rglob("*.webp"))


def test_without_a_moderation_model_nobody_claims_to_have_looked(workshop, clips):
    """No finding, not a passed one; nor is there drift without earlier videos."""
    found = by_check(judged(workshop, clips["calm"]))

    assert not {"moderation", "drift"} & set(found)
    assert judged(workshop, clips["calm"]).drift is None


def test_only_what_failed_is_shown(workshop, clips):
    """Its picture is in the media store; a passed check needs none."""
    found = by_check(judged(workshop, clips["still"]))

    assert found["frozen"].picture_hash is not None
    assert workshop.media.get(found["frozen"].picture_hash, ".webp").stat().st_size <= 15_000
    assert [f.check for f in found.values() if f.picture_hash] == ["frozen"]


def test_a_flagged_frame_blocks_the_video_and_is_shown(workshop, sandbox, clips):
    """Four frames spread over the clip are looked at; the worst is named."""
    found = by_check(judged(workshop, clips["red"], moderator=moderator_of(sandbox)))["moderation"]

    assert (found.passed, found.severity) == (False, Severity.ERROR)
    assert "violence/graphic" in found.message
    assert "the frame at 2.6 s" in found.message
    assert found.picture_hash is not None
    calm = by_check(judged(workshop, clips["calm"], moderator=moderator_of(sandbox)))["moderation"]
    assert (calm.passed, calm.picture_hash) == (True, None)
    assert "4 frames" in calm.message


def test_trouble_of_the_moderation_model_leaves_nothing_behind(workshop, sandbox, clips):
    """Neither a verdict nor a picture: the clip is judged as a whole in the next run."""
    workshop.parts["moderator"] = moderator_of(sandbox, "wrong-key")
    with pytest.raises(StopError):
        judged(workshop, clips["still"])
    unreachable = moderator_for("openai", api_key=SecretStr("k"), base_url="http://127.0.0.1:9/v1")
    unreachable._server.client = unreachable._server.client.with_options(max_retries=0)
    with pytest.raises(TransientError):
        judged(workshop, clips["still"], moderator=unreachable)

    assert stored_pictures(workshop) == []


def test_the_settings_name_the_moderation_model(workshop):
    """An unknown name is found when resources are made, before anything runs."""
    assert workshop.parts["moderator"].name == "none"
    with pytest.raises(StopError, match="DREAMBOX_MODERATION"):
        resources_from(workshop.settings.model_copy(update={"moderation": "oracle"}))


def test_a_video_that_repeats_another_dreams_is_named(workshop, clips):
    """By its id, which outlives nothing of the dreamer's; a dream's own remakes do not count."""
    report, video = workshop.finished_video()
    hashes = list(measure(clips["calm"]).frame_hashes)
    remember(workshop, video.render_id, frame_hashes=hashes)
    finding = by_check(judged(workshop, clips["calm"]))["near_duplicate"]

    assert (finding.passed, finding.severity) == (False, Severity.ERROR)
    assert video.render_id in finding.message
    assert video.title not in finding.message
    assert finding.picture_hash is not None
    with workshop.ledger.read() as connection:
        others = ledger_videos.hashes_of_others(connection, report.dream_id, limit=9)
        anybodys = ledger_videos.hashes_of_others(connection, "dream_new", limit=9)
    assert others == {}
    assert anybodys == {video.render_id: tuple(hashes)}


def test_drift_is_measured_against_the_same_styles_videos(workshop, clips):
    """Those that passed and have a look; and the style is called by its name."""
    made = [workshop.finished_video() for _ in range(4)]
    style = style_of(workshop, made[0][1].prompt_id)
    same = [video for _, video in made if style_of(workshop, video.prompt_id) == style]
    assert len(same) == 4, "the same words and dice choose the same style"
    usual = measure(clips["calm"]).look
    for video in same[:3]:
        remember(workshop, video.render_id, look=list(usual))
    with workshop.ledger.read() as connection:
        assert len(ledger_videos.looks_of_style(connection, style, limit=12)) == 3
        assert len(ledger_videos.looks_of_style(connection, style, limit=2)) == 2
        own = made[0][0].dream_id
        apart = ledger_videos.looks_of_style(connection, style, limit=12, except_dream_id=own)
        assert len(apart) == 2
        assert ledger_videos.looks_of_style(connection, "another", limit=12) == []

    same_again = judged(workshop, clips["calm"], style_id=style)
    assert same_again.drift == 0
    assert by_check(same_again)["drift"].passed
    strange = judged(workshop, clips["strange"], style_id=style)
    drift = by_check(strange)["drift"]
    assert (drift.passed, drift.severity, drift.value) == (False, Severity.WARN, strange.drift)
    assert f"the last 3 videos of {STYLES[style].name}" in drift.message
    remember(workshop, same[0].render_id, has_passed=False)
    assert judged(workshop, clips["calm"], style_id=style).drift is None


@pytest.mark.expects_error_log
def test_findings_stand_on_the_assets_page_with_their_pictures(workshop):
    """What blocks and what warns, by the video's id; the pictures are links that can be emptied."""
    _, video = workshop.finished_video()
    picture = workshop.media.put(a_picture(workshop))
    found = [
        Finding("frozen", False, Severity.ERROR, 1.0, "100% of the frames stand still.", picture),
        Finding("sharpness", False, Severity.WARN, 1.0, "Sharpness is 1.0."),
        Finding("black", True, Severity.ERROR, 0.0, "0% of the frames are black."),
    ]
    with workshop.ledger.write() as connection:
        ledger_videos.save(connection, video, found)
    remember(workshop, video.render_id, has_passed=False)
    (check,) = workshop.run(
        finished_videos, finished_videos_pass_quality, is_expected_to_fail=True
    ).get_asset_check_evaluations()

    shown = check.metadata["findings"].value
    assert not check.passed
    assert shown.index("frozen (error)") < shown.index("sharpness (warn)")
    assert "black" not in shown
    assert video.render_id in shown
    assert f"{picture}.webp" in shown
    assert len(shown.encode()) <= 30_000


def test_a_video_that_cannot_be_moderated_now_waits_for_the_next_run(workshop, sandbox):
    """The clip stays as it is, with the reason; nothing of the video is kept."""
    job = workshop.clip_job()
    workshop.runner().finish(job)
    before = set(workshop.media.root.rglob("*.*"))
    off = moderator_for("openai", api_key=SecretStr("k"), base_url="http://127.0.0.1:9/v1")
    off._server.client = off._server.client.with_options(max_retries=0)
    workshop.run(finished_videos, moderator=off)

    assert "no answer" in workshop.failures()["videos", job.job_id]
    assert set(workshop.media.root.rglob("*.*")) == before
    workshop.run(finished_videos, moderator=moderator_of(sandbox))
    assert workshop.failures() == {}
    with workshop.ledger.read() as connection:
        (video,) = ledger_videos.newest(connection)
        found = {f.check: f for f in ledger_videos.findings_of(connection, video.render_id)}
    assert found["moderation"].passed
    assert video.look is not None


def a_picture(workshop: Workshop) -> Path:
    path = workshop.settings.var_dir / "evidence.webp"
    Image.new("RGB", (27, 48), (9, 9, 9)).save(path)
    return path
