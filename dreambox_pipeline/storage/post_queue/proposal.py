"""What the queue would become: who gets which slot, and who has to leave it. Reads, and changes nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from dreambox_pipeline.stages.posts.model import PublicationState, QueueItem, Slot, TimingPolicy
from dreambox_pipeline.stages.posts.scheduling import PostingRules, plan_slots
from dreambox_pipeline.stages.review.events import approval_of
from dreambox_pipeline.storage.ledger import consents, publications, reviews, videos

SETTLED = timedelta(hours=1)
"""A slot this close stays: moving it would only push it away by the lead time."""


NEIGHBOURS_SINCE = timedelta(days=7)
"""How far back posts count as neighbours that the next ones should not resemble."""


DISAPPROVED = "The approval or the dreamer's consent was taken back."


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the queue would become; nothing is written yet.

    Attributes:
        placed: Every video that gets a slot, with the row that it has already, if any. A planned
            row is moved; a cancelled one comes back.
        cancelled: Rows that have to leave.
        missed: Publication ids among the moved whose slot went by.
        unplaced: Approved videos for which the days ahead hold no slot; a planned one keeps its.
    """

    placed: tuple[tuple[QueueItem, Slot, publications.PublicationRow | None], ...]
    cancelled: tuple[publications.PublicationRow, ...]
    missed: frozenset[str]
    unplaced: frozenset[str]


def propose(
    connection: Connection,
    policy: TimingPolicy,
    zone: ZoneInfo,
    now: datetime,
    *,
    missed_after: timedelta,
) -> Proposal:
    """Slots for approved videos, new ones for those that wait under an older policy, and who must go.

    A slot that has come is left alone, because it is about to be published, until it is missed:
    then the video gets another one rather than going out at any time. A slot chosen by hand is
    left alone whatever was learned since, unless it is missed.
    """
    approved = approved_videos(connection)
    everything = publications.everything(connection)
    waiting = [row for row in everything if row.state is PublicationState.PLANNED]
    cancelled = [row for row in waiting if row.render_id not in approved]
    missed = [row for row in waiting if row not in cancelled and now - row.slot_at >= missed_after]
    outdated = [
        row
        for row in waiting
        if row.policy_version != policy.version
        and row.slot_at - now > SETTLED
        and not row.is_pinned
        and row not in cancelled
    ]
    movable = {row.render_id for row in (*missed, *outdated)}
    unplaced = without_slot(approved, everything)
    leaving = {row.render_id for row in cancelled}
    fixed = [
        row
        for row in everything
        if row.render_id not in movable | leaving and row.state is not PublicationState.CANCELLED
    ]
    wanted = {each: at for each, at in approved.items() if each in movable | unplaced}
    plan = plan_slots(
        publications.items(connection, wanted),
        taken=[row.slot_at for row in fixed],
        policy=policy,
        rules=PostingRules(),
        zone=zone,
        now=now,
        beside=neighbours(connection, fixed, now=now),
    )
    rows = {row.render_id: row for row in everything}
    return Proposal(
        placed=tuple((item, slot, rows.get(item.render_id)) for item, slot in plan),
        cancelled=tuple(cancelled),
        missed=frozenset(row.publication_id for row in missed),
        unplaced=frozenset(wanted) - {item.render_id for item, _ in plan},
    )


def neighbours(
    connection: Connection, rows: Iterable[publications.PublicationRow], *, now: datetime
) -> dict[datetime, QueueItem]:
    """What is posted at which moment, as far as it matters to the ones that come next."""
    recent = {row.render_id: row.slot_at for row in rows if row.slot_at >= now - NEIGHBOURS_SINCE}
    return {recent[item.render_id]: item for item in publications.items(connection, recent)}


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
