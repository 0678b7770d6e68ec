"""Clips: planned, paid for within the budget, made by whichever generator works."""

from collections.abc import Callable, Sequence
from functools import partial
from zoneinfo import ZoneInfo

import dagster as dg

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.defs import previews
from dreambox_pipeline.defs.clip_jobs.budget import budget_of
from dreambox_pipeline.defs.clip_jobs.clip_facts import clip_facts
from dreambox_pipeline.defs.clip_jobs.runner import JobRunner
from dreambox_pipeline.defs.config import BatchConfig
from dreambox_pipeline.defs.failures import run_batch, translated
from dreambox_pipeline.defs.prompts import video_prompts
from dreambox_pipeline.safety.moderation import Moderator
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.videos.budget import MICROUSD, WARN_SHARE
from dreambox_pipeline.stages.videos.generation import VideoGenerator
from dreambox_pipeline.stages.videos.model import JobState
from dreambox_pipeline.storage import leftovers
from dreambox_pipeline.storage.ledger import Ledger, jobs
from dreambox_pipeline.storage.media_store import MediaStore

GROUP = "videos"


@dg.asset(
    group_name=GROUP,
    kinds={"mp4", "sqlite"},
    owners=["team:dreambox"],
    deps=[video_prompts],
    pool="renderer",
    description=(
        "Raw clips, one per prompt, named by content hash. A job's row exists and its money is reserved before "
        "its request, so a killed run resumes without paying twice. The generators are tried in their order; "
        "the default is the offline synthetic stand-in. What waits is no failure: for its provider, for a "
        "generator that works, or for room under a budget cap."
    ),
)
def generated_clips(
    context: dg.AssetExecutionContext,
    config: BatchConfig,
    ledger: dg.ResourceParam[Ledger],
    media: dg.ResourceParam[MediaStore],
    generators: dg.ResourceParam[Sequence[VideoGenerator]],
    moderator: dg.ResourceParam[Moderator],
    clock: dg.ResourceParam[Clock],
    sleep: dg.ResourceParam[Callable[[float], None]],
    zone: dg.ResourceParam[ZoneInfo],
    settings: dg.ResourceParam[Settings],
    links: dg.ResourceParam[previews.PreviewLinks],
) -> dg.MaterializeResult[None]:
    """Plan jobs for new prompts, then take every open job that is due as far as it goes."""
    budget = budget_of(settings, zone)
    runner = JobRunner(
        generators,
        ledger=ledger,
        media=media,
        moderator=moderator,
        clock=clock,
        sleep=sleep,
        budget=budget,
        work_dir=settings.work_dir,
        log=context.log.warning,
    )
    # A person who names rows wants them tried now, whatever they wait for.
    by_hand = bool(config.ids)
    with translated():
        is_retry = context.retry_number > 0
        runner.plan(limit=config.limit, ids=config.ids or None, is_retry=is_retry)
        with ledger.read() as connection:
            due_at = None if by_hand else clock()
            waiting = jobs.open_jobs(connection, ids=config.ids or None, due_at=due_at)
            leftovers.clear_stale(connection, settings.work_dir)
        batch = run_batch(
            waiting[: config.limit],
            partial(runner.finish, by_hand=by_hand),
            stage="clips",
            item_id=lambda job: job.job_id,
            ledger=ledger,
            clock=clock,
            log=context.log.warning,
            workers=runner.workers,
        )
        with ledger.read() as connection:
            facts = clip_facts(connection, budget, now=clock())
    made = [job for job in batch.done if job.state is JobState.ACCEPTED]
    clips = [job.clip_hash for job in made if job.clip_hash]
    preview = links.frames(clips, generators=[job.generator for job in made])
    metadata: dict[str, dg.MetadataValue | int | float | str] = {
        "dagster/row_count": len(clips),
        "failed": len(batch.failed),
        "generators": ", then ".join(f"{each.name} ({each.version})" for each in generators),
        **facts,
        "preview": preview,
    }
    return dg.MaterializeResult(metadata=metadata)


@dg.asset_check(
    asset=generated_clips,
    description="What today's clips cost, with what is reserved for those on their way, is within the daily cap; "
    "warns from 80 % of it.",
)
def clips_within_budget(
    ledger: dg.ResourceParam[Ledger],
    clock: dg.ResourceParam[Clock],
    zone: dg.ResourceParam[ZoneInfo],
    settings: dg.ResourceParam[Settings],
) -> dg.AssetCheckResult:
    """A price that a provider raises afterwards is the one way over the cap; a person should know."""
    budget = budget_of(settings, zone)
    with ledger.read() as connection:
        today = budget.today(connection, now=clock())
    cap = budget.caps.per_day_microusd
    is_over = today.counted_microusd > cap
    is_near = cap > 0 and today.counted_microusd >= WARN_SHARE * cap
    return dg.AssetCheckResult(
        passed=not is_over and not is_near,
        severity=dg.AssetCheckSeverity.ERROR if is_over else dg.AssetCheckSeverity.WARN,
        metadata={
            "spent_or_reserved_usd": today.counted_microusd / MICROUSD,
            "cap_usd": cap / MICROUSD,
            "costs_unknown": today.unknown,
            "cost_more_than_reserved": today.overruns,
        },
    )
