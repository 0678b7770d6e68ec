"""From an accepted clip to a finished, signed, measured and judged video."""

import hashlib
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from dreambox_pipeline import __version__
from dreambox_pipeline.clock import Clock
from dreambox_pipeline.defs.finished_files import FinishedFiles, clear, folder_of, made_once
from dreambox_pipeline.defs.judging import Judge, Judgement
from dreambox_pipeline.defs.signing import Signer
from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.generators.registry import GENERATORS, TRAINED_ALGORITHMIC_MEDIA
from dreambox_pipeline.media.ffmpeg import ffmpeg_version
from dreambox_pipeline.media.finishing.credentials import Making
from dreambox_pipeline.media.finishing.editing import apply_edit
from dreambox_pipeline.media.model import Edit
from dreambox_pipeline.media.probe import probe
from dreambox_pipeline.media.typesetting.lettering import can_draw
from dreambox_pipeline.safety.moderation import Moderator
from dreambox_pipeline.safety.sound_rights import SILENCE
from dreambox_pipeline.stages.videos.assembly import check_lettering, plan_edit
from dreambox_pipeline.stages.videos.model import Finding
from dreambox_pipeline.stages.videos.overlays import (
    POLICIES,
    Destination,
    OverlayKind,
    check_overlay_policy,
)
from dreambox_pipeline.stages.videos.provenance import (
    check_credentials,
    kinds_of,
    provenance_record,
)
from dreambox_pipeline.stages.videos.quality.checking import expect_finished, is_acceptable
from dreambox_pipeline.storage.ledger import (
    Ledger,
    consents,
    dreams,
    jobs,
    prompts,
    provenance,
    videos,
)
from dreambox_pipeline.storage.media_store import MediaStore


@dataclass(frozen=True, slots=True)
class FinishingStyle:
    """What the account wants on its videos, within what the destination allows."""

    has_subtitles: bool = True
    has_end_card: bool = False
    destination: Destination = Destination.TIKTOK


@dataclass(frozen=True, slots=True)
class _Plan:
    """One job and what is to be made of it."""

    job: jobs.JobRow
    row: prompts.PromptRow
    credit: str | None
    clip: Path
    clip_s: float
    sound: str
    edit: Edit
    making: Making


class Finisher:
    """Finishes clips: overlays, encoding, signing, measuring, judging, storing.

    Args:
        work_dir: Where files lie before the media store takes them.
        signer: Signs each file last, before it is measured and stored.
        style: What the account wants on its videos.
    """

    def __init__(
        self,
        *,
        ledger: Ledger,
        media: MediaStore,
        moderator: Moderator,
        clock: Clock,
        work_dir: Path,
        signer: Signer,
        style: FinishingStyle | None = None,
    ) -> None:
        self._ledger = ledger
        self._media = media
        self._judge = Judge(ledger=ledger, media=media, moderator=moderator)
        self._clock = clock
        self._work_dir = work_dir
        self._signer = signer
        self._style = style or FinishingStyle()

    def finish(self, job: jobs.JobRow) -> videos.VideoRow:
        """Make the video of an accepted job and store it with its findings and its provenance.

        A run that was killed before goes on with what it had whole.

        Raises:
            ItemError: The clip is missing or cannot be edited.
            StopError: The disk is full, or the key that signs cannot be used.
        """
        plan = self._plan(job)
        folder = folder_of(self._work_dir, job.job_id)
        made = made_once(folder, self._recipe(plan), lambda where: self._make(plan, where))
        judged = self._judge.judge(
            made.files.video,
            dream_id=plan.row.dream_id,
            style_id=plan.row.style_id,
            expected=expect_finished(plan.edit, duration_s=plan.edit.length_s(plan.clip_s)),
        )
        video = self._store(plan, made, judged)
        clear(folder)
        return video

    def _plan(self, job: jobs.JobRow) -> _Plan:
        if job.clip_hash is None:
            raise ItemError(
                f"Job {job.job_id} is accepted without a clip. Give its id to generated_clips."
            )
        row, credit, language = self._look_up(job)
        clip = self._media.get(job.clip_hash, ".mp4")
        facts = probe(clip)
        duration_s = facts.duration_s
        edit = plan_edit(
            title=row.prompt.title,
            credit=credit_line(credit),
            ai_label=True,
            duration_s=duration_s,
            can_draw=can_draw,
            beats=row.prompt.beats if self._style.has_subtitles else (),
            end_card=self._style.has_end_card,
            policy=POLICIES[self._style.destination],
            language=language,
        )
        sound = sound_origin(job.generator, has_sound=facts.audio_codec is not None)
        return _Plan(job, row, credit, clip, duration_s, sound, edit, self._making(job, edit))

    def _look_up(self, job: jobs.JobRow) -> tuple[prompts.PromptRow, str | None, str]:
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
            report = dreams.report(connection, row.dream_id)
        return row, credit, report.lang if report else ""

    def _making(self, job: jobs.JobRow, edit: Edit) -> Making:
        entry = GENERATORS.get(job.generator)
        with self._ledger.read() as connection:
            origin = provenance.origin_of(connection, job.job_id)
        return Making(
            generator=job.generator,
            generator_version=origin.get("generator_version", ""),
            # A generator that left the registry is taken for a model: the label that says more.
            digital_source_type=entry.digital_source_type if entry else TRAINED_ALGORITHMIC_MEDIA,
            drawn=kinds_of(edit),
            software_version=__version__,
        )

    def _recipe(self, plan: _Plan) -> str:
        parts = (plan.job.clip_hash, plan.edit, plan.making, self._signer.is_on)
        return hashlib.sha256(repr(parts).encode()).hexdigest()

    def _make(self, plan: _Plan, folder: Path) -> FinishedFiles:
        source_type = plan.making.digital_source_type
        files = apply_edit(plan.clip, plan.edit, folder, digital_source_type=source_type)
        signed = self._signer.sign(files.video, making=plan.making, clip=plan.clip)
        return FinishedFiles(files, signed)

    def _findings(self, plan: _Plan, made: FinishedFiles, judged: Judgement) -> list[Finding]:
        title, credit = plan.row.prompt.title, credit_line(plan.credit)
        policy = POLICIES[self._style.destination]
        promised = credit if policy.allows(OverlayKind.CREDIT) else None
        wanted = {OverlayKind.TITLE: title, OverlayKind.CREDIT: credit}
        return [
            *judged.findings,
            *check_lettering(plan.edit, title=title, credit=promised, can_draw=can_draw),
            check_overlay_policy(policy, wanted),
            check_credentials(made.signed.unsigned_reason),
        ]

    def _store(self, plan: _Plan, made: FinishedFiles, judged: Judgement) -> videos.VideoRow:
        facts = judged.measured.facts
        found = self._findings(plan, made, judged)
        video = videos.VideoRow(
            render_id=render_id_for(plan.job.job_id, plan.edit.version),
            job_id=plan.job.job_id,
            prompt_id=plan.row.prompt_id,
            dream_id=plan.row.dream_id,
            clip_hash=plan.job.clip_hash or "",
            content_hash=self._media.put(made.files.video),
            cover_hash=self._media.put(made.files.cover),
            preview_hash=self._media.put(made.files.preview),
            title=plan.row.prompt.title,
            credit=plan.credit,
            edit_version=plan.edit.version,
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
            origin = provenance.origin_of(connection, plan.job.job_id)
            if videos.save(connection, video, found):
                record = self._record(plan, made, origin | {"content_hash": video.content_hash})
                provenance.save(
                    connection,
                    provenance.ProvenanceRow(
                        video.render_id,
                        video.content_hash,
                        record,
                        made.signed.unsigned_reason,
                        video.finished_at,
                    ),
                )
        return video

    def _record(
        self, plan: _Plan, made: FinishedFiles, origin: dict[str, object]
    ) -> dict[str, object]:
        return provenance_record(
            origin=origin,
            digital_source_type=plan.making.digital_source_type,
            edit=plan.edit,
            destination=self._style.destination.value,
            gain_db=made.files.gain_db,
            sound=plan.sound,
            software={
                "dreambox": __version__,
                "ffmpeg": ffmpeg_version(),
                "c2pa": version("c2pa-python") if made.signed.manifest_label else "not used",
            },
            signing={
                "manifest": made.signed.manifest_label,
                "certificate_sha256": made.signed.fingerprint,
                "keeps_providers_manifest": made.signed.has_parent,
            },
        )


def credit_line(handle: str | None) -> str:
    """How the dreamer is named on the video: by handle, or not at all, as they chose."""
    return f"dreamt by @{handle.lstrip('@')}" if handle else "dreamt by a viewer"


def sound_origin(generator: str, *, has_sound: bool) -> str:
    """Where a clip's sound comes from, as `safety.sound_rights` names it; empty when nobody knows."""
    if not has_sound:
        return SILENCE.name
    entry = GENERATORS.get(generator)
    return entry.sound_origin if entry else ""


def render_id_for(job_id: str, edit_version: str) -> str:
    """The same job and edit version are the same video."""
    return f"vid_{hashlib.sha256(f'{job_id}:{edit_version}'.encode()).hexdigest()[:16]}"
