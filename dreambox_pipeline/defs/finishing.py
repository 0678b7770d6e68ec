"""From an accepted clip to a finished, measured and judged video."""

import hashlib
from pathlib import Path
from tempfile import TemporaryDirectory

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.defs.judging import Judge, Judgement
from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.media.editing import apply_edit
from dreambox_pipeline.media.lettering import can_draw
from dreambox_pipeline.media.model import Edit, EditedFiles
from dreambox_pipeline.media.probe import probe
from dreambox_pipeline.safety.moderation import Moderator
from dreambox_pipeline.stages.videos.assembly import check_lettering, plan_edit
from dreambox_pipeline.stages.videos.model import Finding
from dreambox_pipeline.stages.videos.quality import expect_finished, is_acceptable
from dreambox_pipeline.storage.ledger import Ledger, consents, jobs, prompts, videos
from dreambox_pipeline.storage.media_store import MediaStore


class Finisher:
    """Finishes clips: overlays, encoding, measuring, judging, storing.

    Args:
        work_dir: Where files lie before the media store takes them.
    """

    def __init__(
        self,
        *,
        ledger: Ledger,
        media: MediaStore,
        moderator: Moderator,
        clock: Clock,
        work_dir: Path,
    ) -> None:
        self._ledger = ledger
        self._media = media
        self._judge = Judge(ledger=ledger, media=media, moderator=moderator)
        self._clock = clock
        self._work_dir = work_dir

    def finish(self, job: jobs.JobRow) -> videos.VideoRow:
        """Make the video of an accepted job and store it with its findings.

        Raises:
            ItemError: The clip is missing or cannot be edited.
        """
        if job.clip_hash is None:
            raise ItemError(
                f"Job {job.job_id} is accepted without a clip. Give its id to generated_clips."
            )
        clip = self._media.get(job.clip_hash, ".mp4")
        row, credit = self._look_up(job)
        duration_s = probe(clip).duration_s
        edit = plan_edit(
            title=row.prompt.title,
            credit=credit_line(credit),
            ai_label=True,
            duration_s=duration_s,
            can_draw=can_draw,
        )
        self._work_dir.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=self._work_dir, prefix="finish-") as folder:
            files = apply_edit(clip, edit, Path(folder))
            judged = self._judge.judge(
                files.video,
                dream_id=row.dream_id,
                style_id=row.style_id,
                expected=expect_finished(edit, duration_s=duration_s),
            )
            found = [
                *judged.findings,
                *check_lettering(edit, title=row.prompt.title, credit=credit_line(credit)),
            ]
            return self._store(job, row, credit, edit, files, judged, found)

    def _look_up(self, job: jobs.JobRow) -> tuple[prompts.PromptRow, str | None]:
        with self._ledger.read() as connection:
            row = prompts.get(connection, job.prompt_id)
            if row is None:
                raise ItemError(
                    f"Job {job.job_id} has no prompt {job.prompt_id}. Run video_prompts again."
                )
            if not consents.is_granted(connection, row.dream_id):
                raise ItemError(
                    f"The dreamer of {row.dream_id} took their consent back; nothing is finished."
                )
            credit = consents.credit_of(connection, row.dream_id)
        return row, credit

    def _store(
        self,
        job: jobs.JobRow,
        row: prompts.PromptRow,
        credit: str | None,
        edit: Edit,
        files: EditedFiles,
        judged: Judgement,
        found: list[Finding],
    ) -> videos.VideoRow:
        facts = judged.measured.facts
        video = videos.VideoRow(
            render_id=render_id_for(job.job_id, edit.version),
            job_id=job.job_id,
            prompt_id=row.prompt_id,
            dream_id=row.dream_id,
            clip_hash=job.clip_hash or "",
            content_hash=self._media.put(files.video),
            cover_hash=self._media.put(files.cover),
            preview_hash=self._media.put(files.preview),
            title=row.prompt.title,
            credit=credit,
            edit_version=edit.version,
            width=facts.width,
            height=facts.height,
            duration_s=facts.duration_s,
            frame_rate=float(facts.frame_rate),
            size_bytes=facts.size_bytes,
            frame_hashes=judged.measured.frame_hashes,
            has_passed=is_acceptable(found),
            finished_at=self._clock(),
            look=judged.measured.look or None,
            drift=judged.drift,
        )
        with self._ledger.write() as connection:
            videos.save(connection, video, found)
        return video


def credit_line(handle: str | None) -> str:
    """How the dreamer is named on the video: by handle, or not at all, as they chose."""
    return f"dreamt by @{handle.lstrip('@')}" if handle else "dreamt by a viewer"


def render_id_for(job_id: str, edit_version: str) -> str:
    """The same job and edit version are the same video."""
    return f"vid_{hashlib.sha256(f'{job_id}:{edit_version}'.encode()).hexdigest()[:16]}"
