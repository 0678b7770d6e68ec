"""Placing approved videos in the queue: who gets which slot, and who has to leave it."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from dreambox_pipeline.stages.posts.caption import write_caption
from dreambox_pipeline.stages.posts.model import PublicationState, QueueItem, Slot, TimingPolicy
from dreambox_pipeline.stages.posts.scheduling import PostingRules, plan_slots
from dreambox_pipeline.stages.review.events import approval_of
from dreambox_pipeline.storage.ledger import (
    accounts,
    consents,
    publications,
    reviews,
    videos,
)
from dreambox_pipeline.storage.ledger import (
    dreams as ledger_dreams,
)

SETTLED = timedelta(hours=1)
"""A slot this close stays: moving it would only push it away by the lead time."""


@dataclass(frozen=True, slots=True)
class Placement:
    """What one run did to the queue, as counts."""

    added: int
    moved: int
    cancelled: int


def place(
    connection: Connection,
    policy: TimingPolicy,
    zone: ZoneInfo,
    now: datetime,
    *,
    missed_after: timedelta,
) -> Placement:
    """Give approved videos slots, move those that wait under an older policy, drop the disapproved.

    A slot that has come is left alone, because it is about to be published, until it is missed:
    then the video gets another one rather than going out at any time.
    """
    approved = approved_videos(connection)
    waiting = publications.planned(connection)
    cancelled = [row for row in waiting if row.render_id not in approved]
    for row in cancelled:
        publications.move(
            connection,
            row,
            PublicationState.CANCELLED,
            now=now,
            error="The approval or the dreamer's consent was taken back.",
        )
    movable = {
        row.render_id: row
        for row in waiting
        if row not in cancelled
        and (
            now - row.slot_at >= missed_after
            or (row.policy_version != policy.version and row.slot_at - now > SETTLED)
        )
    }
    everything = publications.everything(connection)
    unplaced = without_slot(approved, everything)
    revived = {row.render_id: row for row in everything if row.render_id in unplaced}
    taken = [
        row.slot_at
        for row in everything
        if row.render_id not in movable and row.state is not PublicationState.CANCELLED
    ]
    wanted = {
        render_id: at
        for render_id, at in approved.items()
        if render_id in movable or render_id in unplaced
    }
    plan = plan_slots(
        publications.items(connection, wanted),
        taken=taken,
        policy=policy,
        rules=PostingRules(),
        zone=zone,
        now=now,
    )
    for item, slot in plan:
        if item.render_id in movable:
            row = movable[item.render_id]
            publications.reschedule(connection, row, slot, policy_version=policy.version, now=now)
        elif item.render_id in revived:
            row = revived[item.render_id]
            publications.requeue(connection, row, slot, policy_version=policy.version, now=now)
        else:
            _enqueue(connection, item, slot, policy_version=policy.version, now=now)
    moved = sum(item.render_id in movable for item, _ in plan)
    return Placement(added=len(plan) - moved, moved=moved, cancelled=len(cancelled))


def without_slot(
    approved: Mapping[str, datetime], rows: Iterable[publications.PublicationRow]
) -> set[str]:
    """Approved videos that wait for a slot: never queued, or cancelled and approved again since.

    Args:
        approved: Render id to approval time, see `approved_videos`.
        rows: All publications. What ended otherwise than cancelled stays as it is.
    """
    return approved.keys() - {
        row.render_id
        for row in rows
        if row.state is not PublicationState.CANCELLED
        or approved.get(row.render_id, row.updated_at) <= row.updated_at
    }


def approved_videos(connection: Connection) -> dict[str, datetime]:
    """Render id to approval time: exactly this content was approved, checks passed, consent stands."""
    events = reviews.events(connection)
    found = {}
    for video in videos.newest(connection):
        own = [event for event in events if event.render_id == video.render_id]
        approval = approval_of(own, video.content_hash)
        if approval and video.has_passed and consents.is_granted(connection, video.dream_id):
            found[video.render_id] = approval.decided_at
    return found


def publication_id_for(render_id: str, account_id: str) -> str:
    """One video is posted to one account once."""
    return f"pub_{hashlib.sha256(f'{render_id}:{account_id}'.encode()).hexdigest()[:16]}"


def _enqueue(
    connection: Connection, item: QueueItem, slot: Slot, *, policy_version: int, now: datetime
) -> None:
    video = videos.get(connection, item.render_id)
    report = ledger_dreams.report(connection, video.dream_id) if video else None
    if video is None or report is None:
        raise AssertionError(f"{item.render_id} is approved but not in the ledger")
    publications.enqueue(
        connection,
        publication_id_for(item.render_id, accounts.MAIN),
        item=item,
        slot=slot,
        draft=write_caption(title=video.title, facts=report.facts, credit=video.credit),
        account_id=accounts.MAIN,
        policy_version=policy_version,
        now=now,
    )
