"""Comments: our own videos, and what people wrote under them, by day."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime, timedelta

import dagster as dg

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.defs import previews
from dreambox_pipeline.defs.failures import run_batch, translated
from dreambox_pipeline.defs.partitions import DAILY, SINGLE_RUN, days_of
from dreambox_pipeline.defs.resources import TikTokAccount
from dreambox_pipeline.stages.comments.ingest import make_comment
from dreambox_pipeline.stages.comments.invitation import asks_for_dreams
from dreambox_pipeline.stages.comments.model import Comment, RejectedRow, SourceVideo
from dreambox_pipeline.storage.keys import Keyring
from dreambox_pipeline.storage.lake import COMMENTS, Lake
from dreambox_pipeline.storage.ledger import Ledger
from dreambox_pipeline.storage.ledger import source_videos as ledger_videos
from dreambox_pipeline.tiktok.errors import NotFound
from dreambox_pipeline.tiktok.schemas import CommentObject, VideoObject

GROUP = "comments"
VIDEO_FIELDS = ("item_id", "caption", "create_time", "share_url", "comments")


@dg.asset(
    group_name=GROUP,
    kinds={"tiktok", "sqlite"},
    owners=["team:dreambox"],
    pool="tiktok",
    description="The account's own public videos, newest first. Their comments are read next.",
)
def source_videos(
    tiktok: dg.ResourceParam[TikTokAccount],
    ledger: dg.ResourceParam[Ledger],
    clock: dg.ResourceParam[Clock],
) -> dg.MaterializeResult[None]:
    """List the account's videos and remember them."""
    with translated():
        videos = [_source_video(video) for video in tiktok.client.videos(fields=VIDEO_FIELDS)]
        with ledger.write() as connection:
            ledger_videos.save(connection, videos, now=clock())
    rows = [
        {
            "video": video.source_video_id,
            "posted": video.created_at.date(),
            "comments": video.comments,
            # No caption: one of our own posts credits a dreamer, who must stay erasable.
            "asks for dreams": video.asks_for_dreams,
        }
        for video in videos
    ]
    return dg.MaterializeResult(
        metadata={"dagster/row_count": len(videos), "preview": previews.table(rows)}
    )


@dg.asset(
    group_name=GROUP,
    kinds={"tiktok", "parquet"},
    owners=["team:dreambox"],
    partitions_def=DAILY,
    backfill_policy=SINGLE_RUN,
    deps=[source_videos],
    pool="tiktok",
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
    rejected: list[RejectedRow] = []
    gone: list[str] = []
    by_day: dict[date, list[Comment]] = defaultdict(list)

    def read_video(video: SourceVideo) -> int:
        found = 0
        try:
            for entry in _read(
                video, tiktok, keyring, since=context.partition_time_window.start, now=clock()
            ):
                if isinstance(entry, RejectedRow):
                    rejected.append(entry)
                elif days[0] <= entry.created_at.date() <= days[-1]:
                    by_day[entry.created_at.date()].append(entry)
                    found += 1
        except NotFound:
            # A video that was deleted has no comments to read, on this run or any later one.
            gone.append(video.source_video_id)
        return found

    with translated():
        videos = _videos_until(ledger, days[-1])
        batch = run_batch(
            videos,
            read_video,
            stage="comments",
            item_id=lambda video: video.source_video_id,
            ledger=ledger,
            clock=clock,
            log=context.log.warning,
        )
        merges = {
            day: lake.upsert(COMMENTS, day, map(asdict, found)) for day, found in by_day.items()
        }
    rows = [
        {"day": day, "new": merge.new, "changed": merge.changed, "total": merge.total}
        for day, merge in sorted(merges.items(), reverse=True)
    ]
    return dg.MaterializeResult(
        metadata={
            "dagster/partition_row_count": sum(merge.total for merge in merges.values()),
            "new": sum(merge.new for merge in merges.values()),
            "changed": sum(merge.changed for merge in merges.values()),
            "rejected": len(rejected),
            "videos_read": len(batch.done),
            "videos_left_out": len(batch.failed),
            "videos_gone": len(gone),
            "preview": previews.table(rows, limit=31),
        }
    )


@dg.asset_check(
    asset=comments,
    blocking=True,
    description="No comment is stored twice on the days of the last run.",
)
def every_comment_is_stored_once(lake: dg.ResourceParam[Lake]) -> dg.AssetCheckResult:
    """Compare ids with rows over the newest days, where new comments arrive."""
    newest = lake.days(COMMENTS)[-31:]
    ids = [row["comment_id"] for row in lake.read(COMMENTS, newest)]
    repeated = len(ids) - len(set(ids))
    return dg.AssetCheckResult(
        passed=repeated == 0, metadata={"rows": len(ids), "repeated": repeated, "days": len(newest)}
    )


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


def _videos_until(ledger: Ledger, last: date) -> list[SourceVideo]:
    with ledger.read() as connection:
        videos = ledger_videos.everything(connection)
    return [video for video in videos if video.created_at.date() <= last]


def _read(
    video: SourceVideo, tiktok: TikTokAccount, keyring: Keyring, *, since: datetime, now: datetime
) -> Iterator[Comment | RejectedRow]:
    # One hour of overlap: TikTok's order by time is to the second, and ties may be on either side.
    comments = tiktok.client.comments(video.source_video_id, since=since - timedelta(hours=1))
    for row, found in enumerate(comments, start=1):
        yield comment_from(
            found, row=row, source_video_id=video.source_video_id, keyring=keyring, now=now
        )


def comment_from(
    found: CommentObject, *, row: int, source_video_id: str, keyring: Keyring, now: datetime
) -> Comment | RejectedRow:
    """TikTok's comment as ours: the same checks as an imported row, and a pseudonym for its author."""
    identity = found.unique_identifier or found.username or found.comment_id
    return make_comment(
        row=row,
        comment_id=found.comment_id,
        source_video_id=found.video_id or source_video_id,
        author_id=keyring.author_id(identity),
        text=found.text,
        created_at=found.create_time,
        parent_comment_id=found.parent_comment_id,
        likes=found.likes,
        replies=found.replies,
        is_owner=found.owner,
        status=found.status,
        origin="accounts_api",
        now=now,
    )


def _source_video(video: VideoObject) -> SourceVideo:
    if video.create_time is None:
        raise AssertionError("create_time was asked for")
    return SourceVideo(
        source_video_id=video.item_id,
        caption=video.caption,
        created_at=video.create_time,
        share_url=video.share_url,
        comments=video.comments,
        asks_for_dreams=asks_for_dreams(video.caption),
    )
