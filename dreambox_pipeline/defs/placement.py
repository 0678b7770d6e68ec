"""Placing approved videos in the queue, as `proposal` says."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from dreambox_pipeline.defs.drafting import embedded_draft
from dreambox_pipeline.stages.posts.model import PublicationState, QueueItem, Slot, TimingPolicy
from dreambox_pipeline.storage.ledger import accounts, post_drafts, publications
from dreambox_pipeline.storage.post_queue import hand_moves
from dreambox_pipeline.storage.post_queue.proposal import DISAPPROVED, propose


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
    language: str,
) -> Placement:
    """Do what `propose` says, in the caller's transaction.

    *language* is for captions of videos that have no draft yet.
    """
    hand_moves.lock_slots(connection)
    proposal = propose(connection, policy, zone, now, missed_after=missed_after)
    for leaving in proposal.cancelled:
        publications.cancel(connection, leaving, now=now, reason=DISAPPROVED)
    moved = 0
    for item, slot, row in proposal.placed:
        if row is None:
            _enqueue(
                connection,
                item,
                slot,
                language=language,
                policy_version=policy.version,
                now=now,
            )
        elif row.state is PublicationState.PLANNED:
            publications.reschedule(connection, row, slot, policy_version=policy.version, now=now)
            moved += 1
        else:
            publications.requeue(connection, row, slot, policy_version=policy.version, now=now)
    return Placement(
        added=len(proposal.placed) - moved, moved=moved, cancelled=len(proposal.cancelled)
    )


def publication_id_for(render_id: str, account_id: str) -> str:
    """One video is posted to one account once."""
    return f"pub_{hashlib.sha256(f'{render_id}:{account_id}'.encode()).hexdigest()[:16]}"


def _enqueue(
    connection: Connection,
    item: QueueItem,
    slot: Slot,
    *,
    language: str,
    policy_version: int,
    now: datetime,
) -> None:
    post_drafts.lock(connection, item.render_id)
    stored = post_drafts.get(connection, item.render_id)
    draft = stored.draft if stored else None
    if draft is None:
        # Nobody may be kept waiting by a caption: these words need nothing but the ledger.
        made = embedded_draft(connection, item.render_id, language=language)
        draft = made.draft
        post_drafts.write(
            connection,
            item.render_id,
            draft,
            writer=made.writer,
            policy_version=made.policy_version,
            now=now,
        )
    publications.enqueue(
        connection,
        publication_id_for(item.render_id, accounts.MAIN),
        item=item,
        slot=slot,
        draft=draft,
        account_id=accounts.MAIN,
        policy_version=policy_version,
        now=now,
    )
