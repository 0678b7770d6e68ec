"""From an accepted clip to a finished video: once, and only while the dreamer agrees."""

import json
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest

from dreambox_pipeline.defs import finishing
from dreambox_pipeline.defs.clips import generated_clips
from dreambox_pipeline.defs.finished_files import folder_of
from dreambox_pipeline.defs.finishing import Finisher, FinishingStyle
from dreambox_pipeline.defs.prompts import video_prompts
from dreambox_pipeline.defs.signing import Signed, Signer
from dreambox_pipeline.defs.videos import (
    finished_videos,
    finished_videos_pass_quality,
)
from dreambox_pipeline.defs.work import production
from dreambox_pipeline.errors import StopError
from dreambox_pipeline.media.finishing.credentials import LibraryMissingError, read_credentials
from dreambox_pipeline.media.finishing.editing import apply_edit
from dreambox_pipeline.media.model import Edit, EditedFiles
from dreambox_pipeline.media.probe import probe
from dreambox_pipeline.stages.videos.model import Finding
from dreambox_pipeline.storage import leftovers
from dreambox_pipeline.storage.ledger import jobs, provenance, videos
from dreambox_pipeline.storage.media_store import MediaStore, content_hash
from dreambox_pipeline_tests.defs.workshop import Workshop


@pytest.fixture(scope="module", autouse=True)
def edited_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The same clip and edit give the same bytes, as the editor's own tests say: one is encoded."""
    shelf = tmp_path_factory.mktemp("edited")
    made: dict[tuple[object, ...], EditedFiles] = {}

    def once(clip: Path, edit: Edit, out_dir: Path, **how: str) -> EditedFiles:
        key = (content_hash(clip), edit, *how.items())
        if key not in made:
            made[key] = apply_edit(clip, edit, shelf / str(len(made)), **how)
        kept = made[key]
        copytree(kept.video.parent, out_dir, dirs_exist_ok=True)
        names = (file.name for file in (kept.video, kept.cover, kept.preview))
        return EditedFiles(*(out_dir / name for name in names), gain_db=kept.gain_db)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(finishing, "apply_edit", once)
        yield


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
    waiting = production(workshop.ledger, now=workshop.now, budget=workshop.budget)
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


class KilledError(BaseException):
    """Stands for a process that ends here: nothing of ours may catch it."""


def accepted_job(workshop: Workshop) -> jobs.JobRow:
    """A job whose clip waits to be finished."""
    workshop.granted_dream()
    workshop.run(video_prompts, generated_clips)
    with workshop.ledger.read() as connection:
        (job,) = jobs.accepted_without_video(connection)
    return job


def finisher(workshop: Workshop, **changes: object) -> Finisher:
    parts = {
        "ledger": workshop.ledger,
        "media": workshop.media,
        "moderator": workshop.parts["moderator"],
        "clock": workshop.parts["clock"],
        "work_dir": workshop.settings.var_dir / "work",
        "signer": workshop.parts["signer"],
    }
    return Finisher(**(parts | changes))  # type: ignore[arg-type]


def findings(workshop: Workshop, video: videos.VideoRow) -> dict[str, Finding]:
    with workshop.ledger.read() as connection:
        found = videos.findings_of(connection, video.render_id)
    return {finding.check: finding for finding in found}


def recorded(workshop: Workshop, video: videos.VideoRow) -> provenance.ProvenanceRow:
    with workshop.ledger.read() as connection:
        row = provenance.of_video(connection, video.render_id)
    assert row is not None
    return row


def stored_videos(workshop: Workshop) -> list[Path]:
    return sorted(workshop.settings.media_dir.rglob("*.mp4"))


def test_a_finished_video_is_signed_last_and_says_how_it_was_made(workshop):
    """What is stored, hashed and approved is the signed file; the record names its parts."""
    job = accepted_job(workshop)
    video = finisher(workshop).finish(job)

    file = workshop.media.get(video.content_hash, ".mp4")
    said = read_credentials(file)
    assert content_hash(file) == video.content_hash
    assert (said.state, said.actions[0]["action"]) == ("Valid", "c2pa.created")
    row = recorded(workshop, video)
    assert row.unsigned_reason is None
    assert row.record["content_hash"] == row.content_hash == video.content_hash
    assert row.record["clip_hash"] == job.clip_hash
    assert row.record["content_credentials"]["manifest"] == said.label
    assert len(row.record["content_credentials"]["certificate_sha256"]) == 64
    assert {"dream_id", "prompt_id", "template_version", "job_id", "generator"} <= set(row.record)
    assert row.record["edit"]["overlays"] == ["title", "credit", "subtitle", "ai_label"]
    # Nobody wrote down whose the sound of the tests' generator is, and its clip has one.
    has_sound = probe(workshop.media.get(job.clip_hash, ".mp4")).audio_codec is not None
    assert has_sound
    assert row.record["sound"] == ""
    assert findings(workshop, video)["content_credentials"].passed


def test_neither_file_nor_record_names_the_dreamer_or_the_dream(workshop):
    """The credit is in the picture, where the dreamer wanted it, and nowhere else."""
    video = finisher(workshop).finish(accepted_job(workshop))
    said = read_credentials(workshop.media.get(video.content_hash, ".mp4"))
    told = json.dumps([recorded(workshop, video).record, list(said.actions)])
    assert video.title not in told
    assert "dreamt by" not in told


def test_switched_off_a_video_is_unsigned_and_says_so(workshop):
    """A warning for the reviewer, and the reason in the record."""
    video = finisher(workshop, signer=Signer(None)).finish(accepted_job(workshop))
    assert read_credentials(workshop.media.get(video.content_hash, ".mp4")) is None
    finding = findings(workshop, video)["content_credentials"]
    assert (finding.passed, finding.severity) == (False, "warn")
    assert "DREAMBOX_CONTENT_CREDENTIALS" in recorded(workshop, video).unsigned_reason
    assert video.has_passed


def test_without_the_library_videos_are_still_made(workshop, monkeypatch):
    """There is no wheel for every system; the reason is recorded."""

    def without_library(*_args: object, **_kwargs: object) -> None:
        raise LibraryMissingError("The C2PA library cannot be loaded here.")

    monkeypatch.setattr("dreambox_pipeline.defs.signing.sign_video", without_library)
    video = finisher(workshop).finish(accepted_job(workshop))
    assert "cannot be loaded" in recorded(workshop, video).unsigned_reason


def test_a_key_that_cannot_be_used_stops_before_anything_is_stored(workshop):
    """A person has to act; the next run goes on."""
    job = accepted_job(workshop)
    before = stored_videos(workshop)

    def bad_key() -> None:
        raise StopError("The certificate is over. Renew it.")

    with pytest.raises(StopError, match="Renew it"):
        finisher(workshop, signer=Signer(bad_key)).finish(job)
    assert stored_videos(workshop) == before
    assert finisher(workshop).finish(job).has_passed


class DyingSigner(Signer):
    """Dies before or after it signs."""

    def __init__(self, signer: Signer, *, after: bool) -> None:
        self._signer, self._after = signer, after

    @property
    def is_on(self) -> bool:
        return True

    def sign(self, video: Path, **kwargs: object) -> Signed:
        if self._after:
            self._signer.sign(video, **kwargs)  # type: ignore[arg-type]
        raise KilledError


class DyingStore(MediaStore):
    """Dies after it took so many files."""

    def __init__(self, root: Path, *, takes: int) -> None:
        super().__init__(root)
        self._takes = takes

    def put(self, path: Path) -> str:
        if path.name == "evidence.webp":
            return super().put(path)
        if not self._takes:
            raise KilledError
        self._takes -= 1
        return super().put(path)


def dying_save(*_args: object, **_kwargs: object) -> bool:
    raise KilledError


@pytest.mark.parametrize(
    "seam", ["render", "before_sign", "after_sign", "put_0", "put_1", "put_2", "save", "record"]
)
def test_a_kill_at_any_seam_leaves_nothing_half_and_the_next_run_finishes(
    workshop, monkeypatch, seam
):
    """One video with one record, whole, and no file that no row names."""
    job = accepted_job(workshop)
    clips = set(stored_videos(workshop))
    changes: dict[str, object] = {}
    with monkeypatch.context() as broken:
        if seam == "render":
            broken.setattr(finishing, "apply_edit", dying_save)
        elif seam.endswith("sign"):
            signer = DyingSigner(workshop.parts["signer"], after=seam == "after_sign")
            changes["signer"] = signer
        elif seam.startswith("put"):
            changes["media"] = DyingStore(workshop.settings.media_dir, takes=int(seam[-1]))
        else:
            table = videos if seam == "save" else provenance
            broken.setattr(table, "save", dying_save)
        with pytest.raises(KilledError):
            finisher(workshop, **changes).finish(job)
    assert all_videos(workshop) == []
    video = finisher(workshop).finish(job)

    assert [each.render_id for each in all_videos(workshop)] == [video.render_id]
    assert recorded(workshop, video).content_hash == video.content_hash
    assert read_credentials(workshop.media.get(video.content_hash, ".mp4")).state == "Valid"
    assert set(stored_videos(workshop)) - clips == {workshop.media.path(video.content_hash, ".mp4")}
    assert list((workshop.settings.var_dir / "work").iterdir()) == []


def test_a_jobs_work_stays_until_its_video_is_there(workshop):
    """A killed run's work is taken up by the next one; afterwards nobody comes for it."""
    job = accepted_job(workshop)
    work_dir = workshop.settings.work_dir
    kept = [folder_of(work_dir, job.job_id), work_dir / f".{job.job_id}.json.4711.part"]
    kept[0].mkdir(parents=True)
    kept[1].touch()
    with workshop.ledger.read() as connection:
        leftovers.clear_stale(connection, work_dir)
        assert all(path.exists() for path in kept)
    finisher(workshop).finish(job)
    with workshop.ledger.read() as connection:
        leftovers.clear_stale(connection, work_dir)
    assert not any(path.exists() for path in kept)


def test_the_end_card_and_the_subtitles_are_the_accounts_choice(workshop):
    """The video is as much longer as the card adds, and its length is what was expected."""
    style = FinishingStyle(has_subtitles=False, has_end_card=True)
    video = finisher(workshop, style=style).finish(accepted_job(workshop))
    assert video.duration_s == pytest.approx(3.0 + 0.9, abs=0.05)
    overlays = recorded(workshop, video).record["edit"]["overlays"]
    assert overlays == ["title", "credit", "ai_label", "end_card"]
    assert findings(workshop, video)["duration"].passed
