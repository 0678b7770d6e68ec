"""The coming days of the queue as the next run would make them; reads, and changes nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from dreambox_pipeline.stages.posts.local_time import (
    ClockChange,
    clock_changes,
    describe,
    utc_offset,
)
from dreambox_pipeline.stages.posts.model import PublicationState, Slot, TimingPolicy
from dreambox_pipeline.stages.posts.scheduling import HORIZON_DAYS, PostingRules
from dreambox_pipeline.storage.ledger import publications, videos
from dreambox_pipeline.storage.ledger.publications import PublicationRow
from dreambox_pipeline.storage.ledger.switches import Pause, pause_of_posting
from dreambox_pipeline.storage.ledger.videos import VideoRow
from dreambox_pipeline.storage.post_queue.proposal import Proposal, propose
from dreambox_pipeline.storage.post_queue.waiting import Waiting, waiting_videos

S = PublicationState


@dataclass(frozen=True, slots=True)
class Entry:
    """One slot of the calendar.

    Attributes:
        day: The local day it is on.
        publication_id: None for a video that would be queued by the next run.
        at: Aware UTC.
        local: The same as the account's wall time.
        offset: The account's distance from UTC at that moment.
        value: Expected relative reward of the slot, 1.0 is average.
        note: What the next run would do with it, or where it is.
    """

    day: date
    publication_id: str | None
    render_id: str
    title: str
    at: datetime
    local: str
    offset: str
    value: float
    why: str
    note: str
    is_pinned: bool


@dataclass(frozen=True, slots=True)
class DryRun:
    """Two weeks ahead, or as many days as were asked for.

    Attributes:
        days: Local days of the calendar, today first.
        policy: What the slots' values rest on.
        missed_rule: What happens to a slot that went by, in a sentence.
        later: How many slots are beyond the last of *days*.
    """

    zone: ZoneInfo
    now: datetime
    days: tuple[date, ...]
    policy: TimingPolicy
    rules: PostingRules
    pause: Pause | None
    missed_rule: str
    clock_changes: tuple[ClockChange, ...]
    entries: tuple[Entry, ...]
    later: int
    waiting: tuple[Waiting, ...]


def dry_run(
    connection: Connection,
    policy: TimingPolicy,
    zone: ZoneInfo,
    now: datetime,
    *,
    days: int,
    missed_after: timedelta,
) -> DryRun:
    """What the queue would be after the next run of `post_queue`.

    Args:
        connection: An open ledger connection; nothing is written.
        policy: What slots are worth now.
        zone: The account's.
        now: Aware.
        days: How many local days to show, today included.
        missed_after: How late a slot may still be used.
    """
    proposal = propose(connection, policy, zone, now, missed_after=missed_after)
    today = now.astimezone(zone).date()
    span = tuple(today + timedelta(days=ahead) for ahead in range(days))
    known = {video.render_id: video for video in videos.newest(connection)}
    entries = sorted(
        _entries(publications.everything(connection), proposal, known, zone, now),
        key=lambda entry: (entry.at, entry.render_id),
    )
    hours = missed_after / timedelta(hours=1)
    return DryRun(
        zone=zone,
        now=now,
        days=span,
        policy=policy,
        rules=PostingRules(),
        pause=pause_of_posting(connection),
        missed_rule=(
            f"A slot that is missed by {hours:g} h (the machine was off, or posting paused) is not "
            "used any more: its video gets a new one at the next run, also when a person chose it."
        ),
        clock_changes=tuple(
            change
            for change in clock_changes(zone, now, now + timedelta(days=days + 1))
            if change.day in span
        ),
        entries=tuple(entry for entry in entries if entry.day in span),
        later=sum(entry.day > span[-1] for entry in entries),
        waiting=tuple(waiting_videos(connection, proposal, known.values())),
    )


def _entries(
    rows: Iterable[PublicationRow],
    proposal: Proposal,
    known: Mapping[str, VideoRow],
    zone: ZoneInfo,
    now: datetime,
) -> list[Entry]:
    placed = {item.render_id: (slot, row) for item, slot, row in proposal.placed}
    leaving = {row.publication_id for row in proposal.cancelled}
    entries = [
        _entry(render_id, slot, row, _note_on_placed(row, proposal), known=known, zone=zone)
        for render_id, (slot, row) in placed.items()
    ]
    for row in rows:
        if row.render_id in placed or row.publication_id in leaving or row.state is S.CANCELLED:
            continue
        slot = Slot(row.slot_at, row.slot_local, row.slot_value, row.slot_why)
        entries.append(
            _entry(
                row.render_id, slot, row, _note_on_kept(row, proposal, now), known=known, zone=zone
            )
        )
    return entries


def _entry(
    render_id: str,
    slot: Slot,
    row: PublicationRow | None,
    note: str,
    *,
    known: Mapping[str, VideoRow],
    zone: ZoneInfo,
) -> Entry:
    video = known.get(render_id)
    is_kept = row is not None and row.slot_at == slot.at
    return Entry(
        day=slot.at.astimezone(zone).date(),
        publication_id=row.publication_id if row else None,
        render_id=render_id,
        title=video.title if video else "",
        at=slot.at,
        local=describe(slot.at, zone),
        offset=utc_offset(slot.at, zone),
        value=slot.value,
        why=slot.why,
        note=note,
        is_pinned=bool(row and row.is_pinned and is_kept),
    )


def _note_on_placed(row: PublicationRow | None, proposal: Proposal) -> str:
    if row is None or row.state is S.CANCELLED:
        return "approved; the next run queues it here"
    if row.publication_id in proposal.missed:
        return f"missed its slot {row.slot_local}; the next run moves it here"
    return f"at {row.slot_local}; the next run moves it here, because slot values have changed"


def _note_on_kept(row: PublicationRow, proposal: Proposal, now: datetime) -> str:
    if row.state is not S.PLANNED:
        return row.state.value
    if row.publication_id in proposal.missed:
        return f"missed, and the next {HORIZON_DAYS} days have no free slot"
    if row.slot_at <= now:
        return "due now"
    return "planned; put here by hand" if row.is_pinned else "planned"
