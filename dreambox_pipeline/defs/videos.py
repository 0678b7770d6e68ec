"""Videos: clips from the generator, then finished, measured and judged."""

import dagster as dg

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.defs import previews
from dreambox_pipeline.defs.config import BatchConfig
from dreambox_pipeline.defs.failures import run_batch, translated
from dreambox_pipeline.defs.finishing import Finisher
from dreambox_pipeline.defs.generation import JobRunner
from dreambox_pipeline.defs.prompts import video_prompts
from dreambox_pipeline.safety.moderation import Moderator
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.videos.generation import VideoGenerator
from dreambox_pipeline.storage.ledger import Ledger, jobs, videos
from dreambox_pipeline.storage.media_store import MediaStore

GROUP = "videos"


@dg.asset(
    group_name=GROUP,
    kinds={"mp4", "sqlite"},
    owners=["team:dreambox"],
    deps=[video_prompts],
    pool="renderer",
    description=(
        "Raw clips, one per prompt and generator version, named by content hash. A job's row exists before "
        "its request, so a killed run resumes without paying twice. The default generator is the offline "
        "synthetic stand-in."
    ),
)
def generated_clips(
    context: dg.AssetExecutionContext,
    config: BatchConfig,
    ledger: dg.ResourceParam[Ledger],
    media: dg.ResourceParam[MediaStore],
    generator: dg.ResourceParam[VideoGenerator],
    clock: dg.ResourceParam[Clock],
    settings: dg.ResourceParam[Settings],
) -> dg.MaterializeResult[None]:
    """Plan jobs for new prompts, then bring every open job to its end."""
    runner = JobRunner(
        generator, ledger=ledger, media=media, clock=clock, work_dir=settings.var_dir / "work"
    )
    with translated():
        runner.plan(limit=config.limit, ids=config.ids or None)
        with ledger.read() as connection:
            waiting = jobs.open_jobs(connection, ids=config.ids or None)[: config.limit]
        batch = run_batch(
            waiting,
            runner.finish,
            stage="clips",
            item_id=lambda job: job.job_id,
            ledger=ledger,
            clock=clock,
            log=context.log.warning,
        )
    clips = [media.path(job.clip_hash, ".mp4") for job in batch.done if job.clip_hash]
    metadata: dict[str, dg.MetadataValue | int | str] = {
        "dagster/row_count": len(clips),
        "failed": len(batch.failed),
        "generator": f"{generator.name} ({generator.version})",
    }
    metadata["preview"] = previews.frames(clips, caption="Frames of the new clips")
    return dg.MaterializeResult(metadata=metadata)


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
    links: dg.ResourceParam[previews.PreviewLinks],
) -> dg.MaterializeResult[None]:
    """Finish every accepted clip that has no video yet."""
    finisher = Finisher(
        ledger=ledger,
        media=media,
        moderator=moderator,
        clock=clock,
        work_dir=settings.var_dir / "work",
    )
    with translated():
        with ledger.read() as connection:
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
            "title": video.title,
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
    metadata["preview"] = links.show([video.preview_hash for video in batch.done])
    metadata["frames"] = previews.frames(
        [media.path(video.clip_hash, ".mp4") for video in batch.done],
        caption="Frames of the clips they were made from",
    )
    return dg.MaterializeResult(metadata=metadata)


@dg.asset_check(
    asset=finished_videos,
    blocking=True,
    description="Every finished video that may be reviewed passed all blocking quality checks, and its file is whole.",
)
def finished_videos_pass_quality(
    ledger: dg.ResourceParam[Ledger], media: dg.ResourceParam[MediaStore]
) -> dg.AssetCheckResult:
    """A video that failed is kept out of review; the check fails when most of the newest did."""
    with ledger.read() as connection:
        newest = videos.newest(connection, limit=20)
        failed = {
            video.render_id: [
                finding.message
                for finding in videos.findings_of(connection, video.render_id)
                if not finding.passed
            ]
            for video in newest
            if not video.has_passed
        }
    missing = [
        video.render_id for video in newest if not media.path(video.content_hash, ".mp4").exists()
    ]
    rows = [
        {"video": render_id, "findings": "; ".join(messages)}
        for render_id, messages in failed.items()
    ]
    return dg.AssetCheckResult(
        passed=not missing and len(failed) * 2 <= len(newest),
        metadata={
            "judged": len(newest),
            "failed": len(failed),
            "missing_files": len(missing),
            "findings": previews.table(rows),
        },
    )
