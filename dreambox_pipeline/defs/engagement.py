"""Engagement: what happened to posts, day by day, and the marts an analyst opens."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import dagster as dg

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.defs import previews
from dreambox_pipeline.defs.comments import source_videos
from dreambox_pipeline.defs.failures import translated
from dreambox_pipeline.defs.partitions import DAILY, SINGLE_RUN, days_of
from dreambox_pipeline.defs.posts import published_posts
from dreambox_pipeline.defs.resources import TikTokAccount
from dreambox_pipeline.stages.engagement.model import AccountMetric, EngagementSnapshot
from dreambox_pipeline.storage.lake import ACCOUNT_METRICS, ENGAGEMENT_SNAPSHOTS, Lake
from dreambox_pipeline.storage.ledger import Ledger, publications
from dreambox_pipeline.storage.marts import MartSpec, mart_specs
from dreambox_pipeline.storage.warehouse import MartBuilt, Warehouse
from dreambox_pipeline.tiktok.schemas import DayMetrics, VideoObject

GROUP = "engagement"
LOOK_BACK = timedelta(days=60)
"""TikTok keeps account metrics this long (`business/get`)."""

METRIC_FIELDS = (
    "item_id",
    "video_views",
    "likes",
    "comments",
    "shares",
    "favorites",
    "reach",
    "total_time_watched",
    "average_time_watched",
    "full_video_watched_rate",
    "new_followers",
)


@dg.asset(
    group_name=GROUP,
    kinds={"tiktok", "parquet"},
    owners=["team:dreambox"],
    partitions_def=DAILY,
    backfill_policy=SINGLE_RUN,
    deps=[published_posts],
    pool="tiktok",
    description=(
        "One reading of every post's lifetime counters per day. What TikTok does not say is null, never 0. "
        "A past day is kept as it was read: TikTok has no history to ask for."
    ),
)
def engagement_snapshots(
    context: dg.AssetExecutionContext,
    tiktok: dg.ResourceParam[TikTokAccount],
    ledger: dg.ResourceParam[Ledger],
    lake: dg.ResourceParam[Lake],
    clock: dg.ResourceParam[Clock],
) -> dg.MaterializeResult[None]:
    """Read the counters now, for today's partition."""
    now = clock()
    today = now.date()
    snapshots: list[EngagementSnapshot] = []
    if today in days_of(context):
        with translated():
            with ledger.read() as connection:
                post_ids = [
                    row.post_id for row in publications.published(connection) if row.post_id
                ]
            if post_ids:
                found = tiktok.client.videos(fields=METRIC_FIELDS, filters={"video_ids": post_ids})
                snapshots = [_snapshot(video, now) for video in found]
            lake.upsert(ENGAGEMENT_SNAPSHOTS, today, map(asdict, snapshots))
    kept = lake.read(ENGAGEMENT_SNAPSHOTS, days_of(context))
    rows = [
        {
            "post": row["post_id"],
            "views": row["views"],
            "likes": row["likes"],
            "shares": row["shares"],
            "watched to the end": row["full_video_watched_rate"],
        }
        for row in sorted(kept, key=lambda row: -(row["views"] or 0))
    ]
    return dg.MaterializeResult(
        metadata={
            "dagster/partition_row_count": len(kept),
            "read_now": len(snapshots),
            "without_views_yet": sum(snapshot.views is None for snapshot in snapshots),
            "preview": previews.table(rows),
        }
    )


@dg.asset(
    group_name=GROUP,
    kinds={"tiktok", "parquet"},
    owners=["team:dreambox"],
    partitions_def=DAILY,
    backfill_policy=SINGLE_RUN,
    deps=[source_videos],
    pool="tiktok",
    description="The account per UTC day: followers, views and active followers by hour. TikTok looks back 60 days.",
)
def account_metrics(
    context: dg.AssetExecutionContext,
    tiktok: dg.ResourceParam[TikTokAccount],
    lake: dg.ResourceParam[Lake],
    clock: dg.ResourceParam[Clock],
) -> dg.MaterializeResult[None]:
    """Ask for the days that TikTok still has."""
    today = clock().date()
    days = [day for day in days_of(context) if today - LOOK_BACK <= day <= today]
    found: list[AccountMetric] = []
    if days:
        with translated():
            profile = tiktok.client.profile(days[0], days[-1])
            tiktok.saw_username(profile.username)
            found = [_account_metric(metrics) for metrics in profile.metrics]
            for metric in found:
                lake.upsert(ACCOUNT_METRICS, date.fromisoformat(metric.day), [asdict(metric)])
    rows = [
        {
            "day": metric.day,
            "followers": metric.followers,
            "views": metric.video_views,
            "likes": metric.likes,
        }
        for metric in sorted(found, key=lambda metric: metric.day, reverse=True)
    ]
    return dg.MaterializeResult(
        metadata={"dagster/partition_row_count": len(found), "preview": previews.table(rows)}
    )


TABLE_ASSETS = {
    "dreams": "dream_reports",
    "rankings": "dream_ranking",
    "consents": "dream_consents",
    "outbox": "dream_consents",
    "prompts": "video_prompts",
    "series": "video_prompts",
    "generation_jobs": "generated_clips",
    "spend": "generated_clips",
    "generator_circuits": "generated_clips",
    "videos": "finished_videos",
    "findings": "finished_videos",
    "provenance": "finished_videos",
    "review_events": "review_decisions",
    "publications": "published_posts",
    "policies": "timing_policy",
}
"""Ledger table to the asset that writes it; tables and lake sets not named here have their asset's name."""

NO_ASSET = frozenset({"item_failures"})
LOOPED_BACK = frozenset({"post_rewards", "policies"})
"""Tables of a later group: a mart shows what the previous run learned, and waits for nothing."""

SOMEBODYS_WORDS = frozenset({"text", "caption", "title"})
"""Columns left out of previews: a dream's words, its title, and captions with credits must stay erasable."""


def _asset_spec(mart: MartSpec) -> dg.AssetSpec:
    tables = [table for table in mart.inputs if table not in NO_ASSET | LOOPED_BACK]
    return dg.AssetSpec(
        key=mart.name,
        group_name=GROUP,
        kinds={"duckdb", "sql"},
        owners=["team:dreambox"],
        deps=sorted({TABLE_ASSETS.get(table, table) for table in tables}),
        description=f"{mart.description}\n\n```sql\n{mart.query}\n```",
        metadata={"dagster/table_name": f"warehouse.{mart.name}"},
    )


@dg.multi_asset(
    name="marts",
    specs=[_asset_spec(mart) for mart in mart_specs()],
    pool="warehouse",
)
def marts(
    warehouse: dg.ResourceParam[Warehouse],
    clock: dg.ResourceParam[Clock],
    zone: dg.ResourceParam[ZoneInfo],
) -> Iterator[dg.MaterializeResult[None]]:
    """Build every mart aside from lake and ledger, then publish the file by an atomic rename."""
    with translated():
        built = warehouse.build(now=clock(), time_zone=str(zone))
    lineage = {mart.name: mart for mart in mart_specs()}
    for mart in built:
        yield _mart_result(mart, lineage[mart.name])


def _mart_result(mart: MartBuilt, spec: MartSpec) -> dg.MaterializeResult[None]:
    columns = [dg.TableColumn(name, kind) for name, kind in mart.columns]
    return dg.MaterializeResult(
        asset_key=mart.name,
        metadata={
            "dagster/row_count": mart.rows,
            "dagster/column_schema": dg.TableSchema(columns=columns),
            "dagster/column_lineage": dg.TableColumnLineage(_column_lineage(spec)),
            "preview": previews.table(
                [
                    {name: value for name, value in row.items() if name not in SOMEBODYS_WORDS}
                    for row in mart.preview
                ]
            ),
        },
    )


def _column_lineage(spec: MartSpec) -> dict[str, list[dg.TableColumnDep]]:
    return {
        column: [
            dg.TableColumnDep(asset_key=dg.AssetKey(asset), column_name=name)
            # Two tables of one asset may have a column of the same name; Dagster wants it once.
            for asset, name in dict.fromkeys(
                (TABLE_ASSETS.get(source.table, source.table), source.column)
                for source in sources
                if source.table not in NO_ASSET
            )
        ]
        for column, sources in spec.lineage.items()
    }


def _snapshot(video: VideoObject, now: datetime) -> EngagementSnapshot:
    return EngagementSnapshot(
        post_id=video.item_id,
        taken_at=now,
        views=video.video_views,
        likes=video.likes,
        comments=video.comments,
        shares=video.shares,
        favorites=video.favorites,
        reach=video.reach,
        total_time_watched_s=video.total_time_watched,
        average_time_watched_s=video.average_time_watched,
        full_video_watched_rate=video.full_video_watched_rate,
        new_followers=video.new_followers,
    )


def _account_metric(metrics: DayMetrics) -> AccountMetric:
    return AccountMetric(
        day=metrics.date.isoformat(),
        followers=metrics.followers_count,
        video_views=metrics.video_views,
        profile_views=metrics.profile_views,
        likes=metrics.likes,
        comments=metrics.comments,
        shares=metrics.shares,
        audience_activity=metrics.active_followers_by_hour(),
    )
