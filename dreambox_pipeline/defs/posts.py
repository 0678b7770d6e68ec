"""Posts: the queue at good times, and publishing each video once."""

from dataclasses import asdict
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import dagster as dg

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.defs import previews
from dreambox_pipeline.defs.captions import post_drafts
from dreambox_pipeline.defs.config import BatchConfig
from dreambox_pipeline.defs.drafting import draft_what_is_due
from dreambox_pipeline.defs.failures import Stops, run_batch, translated
from dreambox_pipeline.defs.kits import clear_kits
from dreambox_pipeline.defs.placement import place
from dreambox_pipeline.defs.post_events import PostEvents
from dreambox_pipeline.defs.publishing import PublicationRunner
from dreambox_pipeline.defs.resources import TikTokAccount
from dreambox_pipeline.defs.review import review_decisions
from dreambox_pipeline.defs.videos import finished_videos
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.posts.model import PublicationState
from dreambox_pipeline.stages.posts.publisher import PublisherSource
from dreambox_pipeline.stages.review.events import approval_of
from dreambox_pipeline.storage.keys import Keyring
from dreambox_pipeline.storage.lake import Lake
from dreambox_pipeline.storage.ledger import (
    Ledger,
    publications,
    reviews,
    switches,
)
from dreambox_pipeline.storage.media_store import MediaStore
from dreambox_pipeline.storage.post_queue.timing import policy_now

GROUP = "posts"
MAY_BE_OUT = (
    PublicationState.INITIATED,
    PublicationState.UPLOADED,
    PublicationState.PROCESSING,
    PublicationState.PUBLISHED,
    PublicationState.UNCONFIRMED,
)


@dg.asset(
    group_name=GROUP,
    kinds={"python", "sqlite"},
    owners=["team:dreambox"],
    deps=[finished_videos, post_drafts, review_decisions],
    description=(
        "Approved videos with a slot, a caption and hashtags. Slots are local wall time; their values come from "
        "the newest stored timing policy, or before any post was judged from follower activity, and each says why "
        "it was chosen. Videos that wait are placed again when the policy changes, but not those that a person put "
        "where they are (`dreambox schedule`)."
    ),
)
def post_queue(
    ledger: dg.ResourceParam[Ledger],
    lake: dg.ResourceParam[Lake],
    media: dg.ResourceParam[MediaStore],
    clock: dg.ResourceParam[Clock],
    zone: dg.ResourceParam[ZoneInfo],
    settings: dg.ResourceParam[Settings],
) -> dg.MaterializeResult[None]:
    """Give every approved video a slot; replan the ones that wait when the policy is newer."""
    now = clock()
    with translated():
        draft_what_is_due(ledger, media=media, clock=clock, language=settings.caption_language)
        with ledger.write() as connection:
            policy = policy_now(connection, lake, zone, now)
            grace = timedelta(hours=settings.missed_slot_hours)
            placement = place(
                connection,
                policy,
                zone,
                now,
                missed_after=grace,
                language=settings.caption_language,
            )
            queue = publications.planned(connection)
    rows = [
        {
            "slot": row.slot_local,
            "video": row.render_id,
            "value": row.slot_value,
            "by hand": row.is_pinned,
            "why": row.slot_why,
        }
        for row in queue
    ]
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": len(queue),
            **asdict(placement),
            "timing_policy_version": policy.version,
            "timing_policy": policy.note,
            "preview": previews.table(rows, limit=28),
        }
    )


@dg.asset(
    group_name=GROUP,
    kinds={"tiktok", "sqlite"},
    owners=["team:dreambox"],
    deps=[post_queue],
    pool="tiktok",
    description=(
        "Videos that are out. Hears TikTok's webhooks, follows up what was sent before, then publishes what is due by "
        "the chosen route unless posting is paused: approval of exactly this content, consent, the comment's existence "
        "and TikTok's rules are checked again just before, and what may exist is never sent twice. Drafts and kits "
        "become a person's task."
    ),
)
def published_posts(
    context: dg.AssetExecutionContext,
    config: BatchConfig,
    publishers: dg.ResourceParam[PublisherSource],
    tiktok: dg.ResourceParam[TikTokAccount],
    ledger: dg.ResourceParam[Ledger],
    media: dg.ResourceParam[MediaStore],
    keyring: dg.ResourceParam[Keyring],
    clock: dg.ResourceParam[Clock],
    settings: dg.ResourceParam[Settings],
) -> dg.MaterializeResult[None]:
    """First hear and learn what became of earlier requests, then publish what is due."""
    runner = PublicationRunner(
        publishers=publishers,
        tiktok=tiktok,
        ledger=ledger,
        media=media,
        keyring=keyring,
        clock=clock,
        settings=settings,
    )
    stops = Stops()
    with translated():
        told = PostEvents(ledger=ledger, keyring=keyring, clock=clock).apply(
            log=context.log.warning
        )
        with ledger.write() as connection:
            publications.correct_stamps(connection, now=clock())
            open_rows = publications.in_flight(connection)
        followed = run_batch(
            open_rows,
            stops.noted(runner.follow_up),
            stage="posts",
            item_id=lambda row: row.publication_id,
            ledger=ledger,
            clock=clock,
            log=context.log.warning,
        )
        clear_kits(ledger, settings, refused=stops.note)
        with ledger.read() as connection:
            pause = switches.pause_of_posting(connection)
            due = publications.due(connection, now=clock(), ids=config.ids or None)[: config.limit]
        if pause is not None:
            context.log.warning(str(pause))
            due = []
        sent = run_batch(
            due,
            stops.noted(runner.publish),
            stage="posts",
            item_id=lambda row: row.publication_id,
            ledger=ledger,
            clock=clock,
            log=context.log.warning,
        )
        stops.raise_first()
    rows = [
        {
            "publication": row.publication_id,
            "state": row.state.value,
            "route": row.sent_by.value,
            "post": row.post_id,
            "slot": row.slot_local,
        }
        for row in [*followed.done, *sent.done]
    ]
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": len(rows),
            "sent": len(sent.done),
            "followed_up": len(followed.done),
            "told": len(told.done),
            "failed": len(sent.failed) + len(followed.failed) + len(told.failed),
            "paused": str(pause or "no"),
            "preview": previews.table(rows),
        }
    )


@dg.asset_check(
    asset=published_posts,
    blocking=True,
    description="Every video that was sent to TikTok had a person's approval of exactly its content.",
)
def every_post_was_approved(ledger: dg.ResourceParam[Ledger]) -> dg.AssetCheckResult:
    """Look for a row that went out, or may have, without one."""
    with ledger.read() as connection:
        sent = [row for row in publications.everything(connection) if row.state in MAY_BE_OUT]
        events = reviews.events(connection)
    unapproved = [
        row.publication_id
        for row in sent
        if approval_of(
            [
                event
                for event in events
                if event.render_id == row.render_id and event.decided_at <= _sent_at(row)
            ],
            row.content_hash,
        )
        is None
    ]
    return dg.AssetCheckResult(
        passed=not unapproved,
        metadata={"sent": len(sent), "unapproved": ", ".join(unapproved) or "none"},
    )


def _sent_at(row: publications.PublicationRow) -> datetime:
    # Without an answer there is no moment of its own; the state was written right after it.
    return row.initiated_at or row.published_at or row.updated_at
