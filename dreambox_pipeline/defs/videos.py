"""Videos: clips finished, measured and judged."""

from collections.abc import Sequence
from typing import Any

import dagster as dg
from sqlalchemy.engine import Connection

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.defs import previews
from dreambox_pipeline.defs.clips import generated_clips
from dreambox_pipeline.defs.config import BatchConfig
from dreambox_pipeline.defs.failures import run_batch, translated
from dreambox_pipeline.defs.finishing import Finisher, FinishingStyle
from dreambox_pipeline.defs.signing import Signer
from dreambox_pipeline.safety.moderation import Moderator
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.videos.model import Severity
from dreambox_pipeline.storage import leftovers
from dreambox_pipeline.storage.ledger import Ledger, jobs, videos
from dreambox_pipeline.storage.media_store import MediaStore

GROUP = "videos"


@dg.asset(
    group_name=GROUP,
    kinds={"mp4", "ffmpeg"},
    owners=["team:dreambox"],
    deps=[generated_clips],
    pool="renderer",
    description=(
        "1080x1920 videos ready for a person: title, the dreamer's credit as they chose it, the AI label, "
        "loudness, encoding to TikTok's limits, cover and preview, and the findings of the quality checks."
    ),
)
def finished_videos(
    context: dg.AssetExecutionContext,
    config: BatchConfig,
    ledger: dg.ResourceParam[Ledger],
    media: dg.ResourceParam[MediaStore],
    clock: dg.ResourceParam[Clock],
    settings: dg.ResourceParam[Settings],
    moderator: dg.ResourceParam[Moderator],
    signer: dg.ResourceParam[Signer],
    links: dg.ResourceParam[previews.PreviewLinks],
) -> dg.MaterializeResult[None]:
    """Finish every accepted clip that has no video yet."""
    finisher = Finisher(
        ledger=ledger,
        media=media,
        moderator=moderator,
        clock=clock,
        work_dir=settings.work_dir,
        signer=signer,
        style=FinishingStyle(settings.subtitles, settings.end_card),
    )
    with translated():
        with ledger.read() as connection:
            leftovers.clear_stale(connection, settings.work_dir)
            waiting = jobs.accepted_without_video(connection, ids=config.ids or None)[
                : config.limit
            ]
        batch = run_batch(
            waiting,
            finisher.finish,
            stage="videos",
            item_id=lambda job: job.job_id,
            ledger=ledger,
            clock=clock,
            log=context.log.warning,
        )
    rows = [
        {
            "video": video.render_id,
            "seconds": video.duration_s,
            "megabytes": video.size_bytes / 1e6,
            "passed": video.has_passed,
        }
        for video in batch.done
    ]
    metadata: dict[str, dg.MetadataValue | int] = {
        "dagster/row_count": len(rows),
        "failed": len(batch.failed),
        "videos": previews.table(rows),
    }
    generator_of = {job.job_id: job.generator for job in waiting}
    generators = [generator_of[video.job_id] for video in batch.done]
    with ledger.read() as connection:
        found = _failed_findings(connection, batch.done)
    metadata["findings"] = previews.findings_table(found, links)
    metadata["preview"] = links.show(
        [video.preview_hash for video in batch.done], generators=generators
    )
    return dg.MaterializeResult(metadata=metadata)


@dg.asset_check(
    asset=finished_videos,
    blocking=True,
    description="Every finished video that may be reviewed passed all blocking quality checks, and its file is whole.",
)
def finished_videos_pass_quality(
    ledger: dg.ResourceParam[Ledger],
    media: dg.ResourceParam[MediaStore],
    links: dg.ResourceParam[previews.PreviewLinks],
) -> dg.AssetCheckResult:
    """A video that failed is kept out of review; the check fails when most of the newest did."""
    with ledger.read() as connection:
        newest = videos.newest(connection, limit=20)
        found = _failed_findings(connection, newest)
    failed = [video for video in newest if not video.has_passed]
    missing = [
        video.render_id for video in newest if not media.path(video.content_hash, ".mp4").exists()
    ]
    return dg.AssetCheckResult(
        passed=not missing and len(failed) * 2 <= len(newest),
        metadata={
            "judged": len(newest),
            "failed": len(failed),
            "missing_files": len(missing),
            "findings": previews.findings_table(found, links),
        },
    )


def _failed_findings(
    connection: Connection, judged: Sequence[videos.VideoRow]
) -> list[dict[str, Any]]:
    """What the checks found wrong, as rows for a table: what blocks a video before what warns."""
    found = [
        (video.render_id, finding)
        for video in judged
        for finding in videos.findings_of(connection, video.render_id)
        if not finding.passed
    ]
    found.sort(key=lambda pair: pair[1].severity is not Severity.ERROR)
    return [
        {
            "video": render_id,
            "check": f"{finding.check} ({finding.severity.value})",
            "value": finding.value,
            "message": finding.message,
            "picture_hash": finding.picture_hash,
        }
        for render_id, finding in found
    ]
