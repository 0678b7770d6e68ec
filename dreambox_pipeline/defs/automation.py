"""What moves by itself: jobs, sensors and schedules. Each asks one plain question and acts on it.

    new_comments_sensor   collect_comments    somebody wrote: a look found it, or a webhook told
    comment_changes_sensor  settle_comment_changes  a comment was deleted, hidden or shown again
    production_sensor     produce_videos      a row waits between dream and video
    review_sensor         publish_due_posts   somebody decided; reports the decisions
    posting_schedule      publish_due_posts   a slot has come, or an outcome is open
    engagement_schedule   measure_and_learn   the newest snapshot is hours old
    audience_sensor       measure_audience    nobody asked today when followers are active

All are on by default: with nothing to do they skip and say why. Switching one off in the UI
lasts. Times are the pipeline clock's, so against a fast world the same rules come round faster.
"""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import dagster as dg

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.defs.clip_jobs.budget import budget_of
from dreambox_pipeline.defs.collection import (
    ASK_AGAIN_AFTER,
    CommentsCursor,
    run_requests,
    settle,
    uncollected,
)
from dreambox_pipeline.defs.inbox import ChangesCursor, changes_waiting, take_replies
from dreambox_pipeline.defs.looking import find_new_comments
from dreambox_pipeline.defs.partitions import DAILY
from dreambox_pipeline.defs.resources import TikTokAccount
from dreambox_pipeline.defs.work import posting_reason, production, why_nothing_is_posted
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.posts.activity import LOOK_BACK_DAYS
from dreambox_pipeline.storage.lake import ENGAGEMENT_SNAPSHOTS, Lake
from dreambox_pipeline.storage.ledger import Ledger, publications, reviews

ON = dg.DefaultSensorStatus.RUNNING
IN_PROGRESS = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
]
SNAPSHOT_EVERY = timedelta(hours=6)
AUDIENCE_EVERY = timedelta(hours=24)

collect_comments = dg.define_asset_job(
    "collect_comments",
    selection=["source_videos", "comments", "dream_reports"],
    description="Read a day's comments and find the dreams in them.",
)
settle_comment_changes = dg.define_asset_job(
    "settle_comment_changes",
    selection=["comment_changes"],
    description="Erase what was made of deleted comments, suspend hidden ones, let shown ones go on.",
)
produce_videos = dg.define_asset_job(
    "produce_videos",
    selection=[
        "dream_ranking",
        "dream_consents",
        "video_prompts",
        "generated_clips",
        "finished_videos",
        "post_drafts",
    ],
    description="Rank dreams, ask dreamers, and make videos and captions of what was granted, up to a person's review.",
)
publish_due_posts = dg.define_asset_job(
    "publish_due_posts",
    selection=["post_queue", "published_posts"],
    description="Plan the queue, follow up what was sent, publish what is due.",
)
measure_and_learn = dg.define_asset_job(
    "measure_and_learn",
    selection=dg.AssetSelection.groups("engagement", "learning"),
    description="Read today's counters, publish the warehouse, compute rewards and new policies.",
)
measure_audience = dg.define_asset_job(
    "measure_audience",
    selection=["account_metrics"],
    description="Read the account's last weeks: when followers are active is what slots go by at first.",
)
JOBS = [
    collect_comments,
    settle_comment_changes,
    produce_videos,
    publish_due_posts,
    measure_and_learn,
    measure_audience,
]


def partition_of(moment: datetime) -> str:
    """The daily partition of a moment, in UTC."""
    return moment.astimezone(UTC).date().isoformat()


def is_in_progress(instance: dg.DagsterInstance, job_name: str) -> bool:
    """A run of this job is waiting or working: another would do the same work."""
    filters = dg.RunsFilter(job_name=job_name, statuses=IN_PROGRESS)
    return instance.get_runs_count(filters) > 0


@dg.sensor(
    job=collect_comments,
    minimum_interval_seconds=30,
    default_status=ON,
    description=(
        "Looks at the videos that are due (fresh and busy ones often, old ones rarely) and into the webhook inbox, "
        "and collects the days of what is new."
    ),
)
def new_comments_sensor(
    context: dg.SensorEvaluationContext,
    ledger: dg.ResourceParam[Ledger],
    tiktok: dg.ResourceParam[TikTokAccount],
    clock: dg.ResourceParam[Clock],
    settings: dg.ResourceParam[Settings],
) -> dg.SensorResult | dg.SkipReason:
    """What was asked for counts when its runs have succeeded, see `collection`."""
    now = clock()
    cursor = CommentsCursor.read(context.cursor, now=now)
    if is_in_progress(context.instance, collect_comments.name):
        return dg.SkipReason("A collecting run is in progress.")
    if asked := cursor.asked:
        left_out = uncollected(context.instance, ledger, asked, job_name=collect_comments.name)
        if left_out is not None:
            settle(asked.about(asked.about_videos - left_out), ledger=ledger, now=now)
            cursor = cursor.after_success(left_out)
        if cursor.asked and now - asked.at < ASK_AGAIN_AFTER:
            return dg.SensorResult(
                skip_reason=f"Comments were asked for at {asked.at:%Y-%m-%d %H:%M} UTC and are not all "
                "stored; they will be asked for again.",
                cursor=cursor.model_dump_json(),
            )
    findings = find_new_comments(
        cursor, tiktok=tiktok, ledger=ledger, clock=clock, settings=settings
    )
    cursor = cursor.model_copy(update={"ticked": now})
    if not findings.days(now):
        return dg.SensorResult(
            skip_reason=f"Nothing new under the {len(findings.quiet)} videos that were due.",
            cursor=cursor.model_dump_json(),
        )
    cursor = cursor.request(findings, now=now)
    return dg.SensorResult(
        run_requests=run_requests(cursor, findings, now=now), cursor=cursor.model_dump_json()
    )


@dg.sensor(
    job=settle_comment_changes,
    minimum_interval_seconds=15,
    default_status=ON,
    description="Has deletions, hidings and returns settled that webhooks or readings told of.",
)
def comment_changes_sensor(
    context: dg.SensorEvaluationContext,
    ledger: dg.ResourceParam[Ledger],
    clock: dg.ResourceParam[Clock],
) -> dg.SensorResult | dg.SkipReason:
    """The cursor is what was asked for last; the same is asked for again after a while only."""
    if is_in_progress(context.instance, settle_comment_changes.name):
        return dg.SkipReason("A settling run is in progress.")
    waiting = changes_waiting(ledger)
    if not waiting:
        return dg.SkipReason("No comment was deleted, hidden or shown again.")
    now = clock()
    before = ChangesCursor.read(context.cursor)
    cursor = before.after(waiting, now=now, patience=ASK_AGAIN_AFTER)
    if cursor == before:
        return dg.SkipReason("What waits was asked for already; it will be asked for again.")
    return dg.SensorResult(
        run_requests=[dg.RunRequest(run_key=cursor.run_key)], cursor=cursor.model_dump_json()
    )


@dg.sensor(
    job=produce_videos,
    minimum_interval_seconds=15,
    default_status=ON,
    description="Starts production when a row waits: a dreamer to ask, an answer to read, a video to make.",
)
def production_sensor(
    context: dg.SensorEvaluationContext,
    ledger: dg.ResourceParam[Ledger],
    clock: dg.ResourceParam[Clock],
    zone: dg.ResourceParam[ZoneInfo],
    settings: dg.ResourceParam[Settings],
) -> dg.SensorResult | dg.SkipReason:
    """The cursor is when production was last requested."""
    now = clock()
    last = (
        datetime.fromisoformat(context.cursor)
        if context.cursor
        else datetime.min.replace(tzinfo=UTC)
    )
    if is_in_progress(context.instance, produce_videos.name):
        return dg.SkipReason("A production run is in progress.")
    answers = take_replies(ledger, now=now)
    waiting = production(ledger, now=now, budget=budget_of(settings, zone))
    reason = waiting.reason(since_last=now - last) or answers
    if reason is None:
        return dg.SkipReason("No dream is waiting for its next step.")
    context.log.info(reason)
    return dg.SensorResult(
        run_requests=[dg.RunRequest(run_key=now.isoformat(), tags={"dreambox/reason": reason})],
        cursor=now.isoformat(),
    )


@dg.sensor(
    job=publish_due_posts,
    minimum_interval_seconds=15,
    default_status=ON,
    description="Reports what people decided at the desk and has approved videos queued.",
)
def review_sensor(
    context: dg.SensorEvaluationContext, ledger: dg.ResourceParam[Ledger]
) -> dg.SensorResult | dg.SkipReason:
    """The cursor is the last review event that was reported."""
    after = int(context.cursor or "0")
    materialization, last = decisions_since(ledger, after=after)
    if materialization is None:
        return dg.SkipReason("Nobody decided anything since the last look.")
    return dg.SensorResult(
        asset_events=[materialization],
        run_requests=[dg.RunRequest(run_key=f"review:{last}")],
        cursor=str(last),
    )


def decisions_since(ledger: Ledger, *, after: int) -> tuple[dg.AssetMaterialization | None, int]:
    """One event for all decisions after an event id, and the last id; None when there are none."""
    with ledger.read() as connection:
        events = reviews.events(connection, after=after)
    if not events:
        return None, after
    counts = {
        decision: sum(event.decision == decision for event in events)
        for decision in {event.decision for event in events}
    }
    return (
        dg.AssetMaterialization(
            asset_key="review_decisions",
            metadata={
                "dagster/row_count": len(events),
                **{decision.value: count for decision, count in counts.items()},
                "last_event": events[-1].event_id,
            },
        ),
        events[-1].event_id,
    )


@dg.schedule(
    job=publish_due_posts,
    cron_schedule="* * * * *",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description=(
        "Every minute: publish when a slot has come, follow up when an outcome is open. A quiet tick names the next "
        "slot, or the pause."
    ),
)
def posting_schedule(
    context: dg.ScheduleEvaluationContext,
    ledger: dg.ResourceParam[Ledger],
    clock: dg.ResourceParam[Clock],
    zone: dg.ResourceParam[ZoneInfo],
) -> dg.RunRequest | dg.SkipReason:
    """Nothing due is not a reason to start a run."""
    if is_in_progress(context.instance, publish_due_posts.name):
        return dg.SkipReason("A publishing run is in progress.")
    now = clock()
    reason = posting_reason(ledger, now=now)
    if reason is None:
        return dg.SkipReason(why_nothing_is_posted(ledger, zone, now=now))
    return dg.RunRequest(tags={"dreambox/reason": reason})


@dg.schedule(
    job=measure_and_learn,
    cron_schedule="*/5 * * * *",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="Measures every post and learns, when the newest snapshot is hours old.",
)
def engagement_schedule(
    context: dg.ScheduleEvaluationContext,
    ledger: dg.ResourceParam[Ledger],
    lake: dg.ResourceParam[Lake],
    clock: dg.ResourceParam[Clock],
) -> dg.RunRequest | dg.SkipReason:
    """Posts must exist, and their newest snapshot must be old enough to be worth another."""
    now = clock()
    if is_in_progress(context.instance, measure_and_learn.name):
        return dg.SkipReason("A measuring run is in progress.")
    with ledger.read() as connection:
        if not publications.published(connection):
            return dg.SkipReason("Nothing has been published yet.")
    newest = newest_snapshot_at(lake)
    if newest and now - newest < SNAPSHOT_EVERY:
        return dg.SkipReason(
            f"The newest snapshot is from {newest:%Y-%m-%d %H:%M} UTC; that is recent enough."
        )
    return dg.RunRequest(partition_key=partition_of(now))


@dg.sensor(
    job=measure_audience,
    minimum_interval_seconds=60,
    default_status=ON,
    description="Once a day: when the account's followers were active, which TikTok tells a day or two late.",
)
def audience_sensor(
    context: dg.SensorEvaluationContext, clock: dg.ResourceParam[Clock]
) -> dg.SensorResult | dg.SkipReason:
    """The cursor is when it was last asked."""
    now = clock()
    if is_in_progress(context.instance, measure_audience.name):
        return dg.SkipReason("A run that reads the account is in progress.")
    last = datetime.fromisoformat(context.cursor) if context.cursor else None
    if last and now - last < AUDIENCE_EVERY:
        return dg.SkipReason(
            f"The account was read at {last:%Y-%m-%d %H:%M} UTC; once a day is enough."
        )
    first = max(partition_of(now - timedelta(days=LOOK_BACK_DAYS)), DAILY.start.date().isoformat())
    tags = {
        "dagster/asset_partition_range_start": first,
        "dagster/asset_partition_range_end": partition_of(now),
    }
    return dg.SensorResult(
        run_requests=[dg.RunRequest(run_key=now.isoformat(), tags=tags)], cursor=now.isoformat()
    )


def newest_snapshot_at(lake: Lake) -> datetime | None:
    """When posts were last measured."""
    days = lake.days(ENGAGEMENT_SNAPSHOTS)[-1:]
    return max((row["taken_at"] for row in lake.read(ENGAGEMENT_SNAPSHOTS, days)), default=None)


SENSORS = [
    new_comments_sensor,
    comment_changes_sensor,
    production_sensor,
    review_sensor,
    audience_sensor,
]
SCHEDULES = [posting_schedule, engagement_schedule]
