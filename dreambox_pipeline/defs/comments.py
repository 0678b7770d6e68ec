"""Comments: our own videos, and what people wrote under them, by day."""

from datetime import date
from typing import Any

import dagster as dg

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.defs import previews
from dreambox_pipeline.defs.collection import only_videos
from dreambox_pipeline.defs.comment_collection import Collected, Collector, comment_from
from dreambox_pipeline.defs.failures import SHORT_PATIENCE_S, translated
from dreambox_pipeline.defs.partitions import DAILY, SINGLE_RUN, days_of
from dreambox_pipeline.defs.resources import TikTokAccount
from dreambox_pipeline.defs.tiktok_accounts import TikTokAccounts
from dreambox_pipeline.defs.video_listing import SHOWN, VideoListing, list_videos
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.comments.model import SourceVideo
from dreambox_pipeline.storage.keys import Keyring
from dreambox_pipeline.storage.lake import COMMENTS, Lake, Merge
from dreambox_pipeline.storage.ledger import Ledger
from dreambox_pipeline.storage.ledger import source_videos as ledger_videos

__all__ = [
    "comment_from",
    "comments",
    "every_comment_is_stored_once",
    "every_video_was_read",
    "source_videos",
]

GROUP = "comments"
DAYS_IN_A_NORMAL_RUN = 7
MAX_RUNTIME_TAG = "dagster/max_runtime"
BACKFILL_MAX_S = 3 * 86_400
"""40 requests a minute with 30 comments each: a million comments take 14 hours live."""


@dg.asset(
    group_name=GROUP,
    kinds={"tiktok", "sqlite"},
    owners=["team:dreambox"],
    description="The account's own public videos, newest first. Their comments are read next.",
)
def source_videos(
    context: dg.AssetExecutionContext,
    settings: dg.ResourceParam[Settings],
    tiktok: dg.ResourceParam[TikTokAccount],
    tiktok_accounts: dg.ResourceParam[TikTokAccounts],
    ledger: dg.ResourceParam[Ledger],
    clock: dg.ResourceParam[Clock],
) -> dg.MaterializeResult[None]:
    """List the account's videos and remember them."""
    with translated():
        with ledger.read() as connection:
            known = ledger_videos.everything(connection)
        listing = list_videos(
            tiktok.client,
            tiktok_accounts.display_client(settings.account),
            known=known,
            log=context.log.warning,
        )
        with ledger.write() as connection:
            ledger_videos.save(connection, listing.videos, now=clock())
    return dg.MaterializeResult(metadata=_of_listing(listing))


@dg.asset(
    group_name=GROUP,
    kinds={"tiktok", "parquet"},
    owners=["team:dreambox"],
    partitions_def=DAILY,
    backfill_policy=SINGLE_RUN,
    deps=[source_videos],
    description=(
        "Every comment under our videos, one Parquet file a day (UTC), each comment once. "
        "Commenters are pseudonyms. Any day can be collected again; a year is one run."
    ),
)
def comments(
    context: dg.AssetExecutionContext,
    tiktok: dg.ResourceParam[TikTokAccount],
    ledger: dg.ResourceParam[Ledger],
    lake: dg.ResourceParam[Lake],
    keyring: dg.ResourceParam[Keyring],
    clock: dg.ResourceParam[Clock],
) -> dg.MaterializeResult[None]:
    """Read the asked-for days from TikTok and merge them into the lake."""
    days = days_of(context)
    patience_s = SHORT_PATIENCE_S
    if len(days) > DAYS_IN_A_NORMAL_RUN:
        # `dagster.yaml` ends runs after half an hour. TikTok's limits make a year take hours.
        context.instance.add_run_tags(context.run.run_id, {MAX_RUNTIME_TAG: str(BACKFILL_MAX_S)})
        patience_s = BACKFILL_MAX_S
    collector = Collector(tiktok, ledger, lake, keyring, clock, log=context.log.warning)
    with translated(patience_s=patience_s):
        videos = _videos_until(ledger, days[-1], only=only_videos(context.run.tags))
        collected = collector.collect(videos, days[0], days[-1])
    for day in days:
        context.add_asset_metadata(
            _of_day(day, collected, lake), asset_key="comments", partition_key=day.isoformat()
        )
    return dg.MaterializeResult(metadata=_of_run(collected))


@dg.asset_check(
    asset=comments,
    blocking=True,
    description="No comment is stored twice, on one day or on two.",
)
def every_comment_is_stored_once(lake: dg.ResourceParam[Lake]) -> dg.AssetCheckResult:
    """Compare ids with rows over all days; the ids alone are read, a million in a second."""
    rows, repeated = lake.repeated_keys(COMMENTS)
    return dg.AssetCheckResult(passed=repeated == 0, metadata={"rows": rows, "repeated": repeated})


@dg.asset_check(
    asset=comments,
    # What was read is good and goes on; the sensor asks for the rest again.
    blocking=False,
    description="The newest run read every video; one that it left out is read by the next run.",
)
def every_video_was_read(context: dg.AssetCheckExecutionContext) -> dg.AssetCheckResult:
    """Judge the counts that the last materialization reported."""
    event = context.instance.get_latest_materialization_event(comments.key)
    metadata = event.asset_materialization.metadata if event and event.asset_materialization else {}
    left_out = int(str(metadata["videos_left_out"].value)) if metadata else 0
    return dg.AssetCheckResult(
        passed=left_out == 0,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"videos_left_out": left_out},
    )


def _videos_until(ledger: Ledger, last: date, *, only: frozenset[str] | None) -> list[SourceVideo]:
    """Videos posted by then; *only* those that the run is about, when it says so."""
    with ledger.read() as connection:
        videos = ledger_videos.everything(connection)
    return [
        video
        for video in videos
        if video.created_at.date() <= last and (only is None or video.source_video_id in only)
    ]


def _of_day(day: date, collected: Collected, lake: Lake) -> dict[str, int]:
    """What a partition's page shows: its own rows. A day without a comment has what was there."""
    merge = collected.merges.get(day) or Merge(0, 0, lake.count(COMMENTS, day))
    return {
        "dagster/partition_row_count": merge.total,
        "new": merge.new,
        "changed": merge.changed,
    }


def _of_run(collected: Collected) -> dict[str, dg.MetadataValue[Any] | int]:
    """What holds for the run as a whole, and is shown on each of its partitions."""
    merges = collected.merges
    rows = [
        {"day": day, "new": merge.new, "changed": merge.changed, "total": merge.total}
        for day, merge in sorted(merges.items(), reverse=True)
    ]
    return {
        "new_in_run": sum(merge.new for merge in merges.values()),
        "changed_in_run": sum(merge.changed for merge in merges.values()),
        "rejected": collected.rejected.total(),
        "rejected_why": previews.table(
            [{"reason": name, "rows": n} for name, n in collected.rejected.most_common()]
        ),
        "videos_read": len(collected.batch.done),
        "videos_resumed": collected.resumed,
        "videos_left_out": len(collected.batch.failed),
        "videos_gone": len(collected.gone),
        "preview": previews.table(rows, limit=31),
    }


def _of_listing(listing: VideoListing) -> dict[str, dg.MetadataValue[Any] | int]:
    rows = [
        {
            "video": video.source_video_id,
            "posted": video.created_at.date(),
            "comments": video.comments,
            # No caption: one of our own posts credits a dreamer, who must stay erasable.
            "asks for dreams": video.asks_for_dreams,
        }
        for video in listing.videos
    ]
    disagreement = [
        {"named by": source, "not by": other, "videos": len(ids), "first": ", ".join(ids[:SHOWN])}
        for source, other, ids in (
            ("Accounts API", "Display API", listing.only_accounts),
            ("Display API", "Accounts API", listing.only_display),
        )
        if ids
    ]
    return {
        "dagster/row_count": len(listing.videos),
        **{f"named_by_{source}": count for source, count in listing.by_source.items()},
        "disagreement": previews.table(disagreement),
        "sources_left_out": previews.table(
            [{"source": source, "why": why} for source, why in listing.trouble.items()]
        ),
        "preview": previews.table(rows),
    }
