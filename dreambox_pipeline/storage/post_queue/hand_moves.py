"""What a person changes in the queue by hand: a video's slot, with who has to make room for it.

The command line and the desk both do it here, so that neither can do what the other refuses.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.stages.posts.displacement import HandMove, Neighbour, move_by_hand
from dreambox_pipeline.stages.posts.model import PublicationState, QueueItem, Slot, TimingPolicy
from dreambox_pipeline.stages.posts.scheduling import HORIZON_DAYS, PostingRules, plan_slots
from dreambox_pipeline.storage.ledger import audit, publications
from dreambox_pipeline.storage.ledger.publications import PublicationRow
from dreambox_pipeline.storage.post_queue.proposal import neighbours

S = PublicationState

FARTHEST_DAYS = 4 * HORIZON_DAYS
"""A video that has to make room may go this far, if nearer days are full."""

QUEUE_LOCK = 0x6472_6571
"""Key of PostgreSQL's advisory lock on who has which slot. SQLite has one writer anyway."""

TAKEN_OUT = "A person took it out of the queue; approving its video again brings it back."


@dataclass(frozen=True, slots=True)
class Moved:
    """What a move changes, or would change.

    Attributes:
        before: The row as it was.
        displaced: Rows that have to leave, as they were, with their new slots.
        warnings: What our own rules would not have done, in sentences.
    """

    before: PublicationRow
    slot: Slot
    displaced: tuple[tuple[PublicationRow, Slot], ...]
    warnings: tuple[str, ...]


def lock_slots(connection: Connection) -> None:
    """Until the transaction ends, nobody else gives or takes slots.

    Slots depend on each other: two people who each look first and move then would put two videos
    beside each other, and a plan would move what a person has just pinned. Taken before any row
    is read or locked, so nobody waits for each other.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(QUEUE_LOCK)))


def foresee(
    connection: Connection,
    any_id: str,
    wish: datetime,
    *,
    policy: TimingPolicy,
    zone: ZoneInfo,
    now: datetime,
    by: str,
) -> Moved:
    """What `move` would do now; writes nothing.

    Args:
        connection: Any.
        any_id: A publication's id, or its video's.
        wish: Local wall time of the account, naive.
        policy: What slots are worth now.
        zone: The account's.
        now: Aware.
        by: Who wishes it.

    Raises:
        ItemError: It is not in the queue, or the wish cannot be.
    """
    row = waiting(connection, any_id)
    rules = PostingRules()
    others = [
        each
        for each in publications.everything(connection)
        if each.publication_id != row.publication_id and each.state not in (S.CANCELLED, S.FAILED)
    ]
    wished = move_by_hand(
        wish,
        others=[_neighbour(each) for each in others],
        policy=policy,
        rules=rules,
        zone=zone,
        now=now,
        by=by,
    )
    displaced = _planned_again(
        connection, row, wished, others, policy=policy, rules=rules, zone=zone, now=now
    )
    return Moved(row, wished.slot, tuple(displaced), wished.warnings)


def move(
    connection: Connection,
    any_id: str,
    wish: datetime,
    *,
    policy: TimingPolicy,
    zone: ZoneInfo,
    now: datetime,
    by: str,
) -> Moved:
    """Put a video at a local time, pin it there, and plan again whoever was in the way.

    Everything happens in the caller's transaction.

    Args:
        connection: Opened for writing.
        any_id: A publication's id, or its video's.
        wish: Local wall time of the account, naive.
        policy: What slots are worth now.
        zone: The account's.
        now: Aware.
        by: Who wishes it; written down in the audit log.

    Raises:
        ItemError: It is not in the queue, or the wish cannot be; nothing was changed.
    """
    lock_slots(connection)
    moved = foresee(connection, any_id, wish, policy=policy, zone=zone, now=now, by=by)
    _write(connection, moved.before, moved.slot, policy=policy, now=now, by=by, is_pinned=True)
    for each, slot in moved.displaced:
        _write(connection, each, slot, policy=policy, now=now, by=by, is_pinned=False)
    return moved


def unpin(connection: Connection, any_id: str, *, now: datetime, by: str) -> PublicationRow:
    """Let plans move a video again; it keeps its slot until something better is learned.

    Raises:
        ItemError: It is not in the queue, or nobody pinned it; nothing was changed.
    """
    lock_slots(connection)
    row = waiting(connection, any_id)
    if not publications.unpin(connection, row.publication_id, now=now):
        raise ItemError(
            f"{row.publication_id} at {row.slot_local} was put there by the plan, not by hand; there "
            "is nothing to unpin."
        )
    audit.append(
        connection,
        actor=by,
        action="publication.unpinned",
        subject=row.publication_id,
        now=now,
        detail={"slot": row.slot_at.isoformat()},
    )
    return row


def take_out(connection: Connection, any_id: str, *, now: datetime, by: str) -> PublicationRow:
    """Cancel what only waits. It is planned again when somebody approves its video again.

    Raises:
        ItemError: It is not in the queue any more; nothing was changed.
    """
    lock_slots(connection)
    row = waiting(connection, any_id)
    publications.move(connection, row, S.CANCELLED, now=now, error=TAKEN_OUT)
    audit.append(
        connection,
        actor=by,
        action="publication.taken_out",
        subject=row.publication_id,
        now=now,
        detail={"slot": row.slot_at.isoformat()},
    )
    return row


def waiting(connection: Connection, any_id: str) -> PublicationRow:
    """The planned row with this id, or of the video with this id.

    Raises:
        ItemError: There is none; the message says what there is instead.
    """
    rows = [
        row
        for row in publications.everything(connection)
        if any_id in (row.publication_id, row.render_id)
    ]
    if not rows:
        raise ItemError(
            f"Nothing in the queue has the id {any_id!r}. `dreambox schedule show` lists what there is."
        )
    if rows[0].state is not S.PLANNED:
        raise ItemError(
            f"{rows[0].publication_id} is {rows[0].state}, not planned: only what waits can be moved."
        )
    return rows[0]


def _neighbour(row: PublicationRow) -> Neighbour:
    return Neighbour(
        row.publication_id,
        row.slot_at,
        row.slot_value,
        can_move=row.state is S.PLANNED and not row.is_pinned,
    )


def _planned_again(
    connection: Connection,
    row: PublicationRow,
    wished: HandMove,
    others: list[PublicationRow],
    *,
    policy: TimingPolicy,
    rules: PostingRules,
    zone: ZoneInfo,
    now: datetime,
) -> list[tuple[PublicationRow, Slot]]:
    leaving = {each.render_id: each for each in others if each.publication_id in wished.displaced}
    if not leaving:
        return []
    staying = [each for each in others if each.render_id not in leaving]
    beside = neighbours(connection, staying, now=now)
    (moved,) = publications.items(connection, {row.render_id: now})
    beside[wished.slot.at] = moved
    items = publications.items(
        connection, {render_id: each.updated_at for render_id, each in leaving.items()}
    )
    planned: list[tuple[QueueItem, Slot]] = []
    for days in (HORIZON_DAYS, FARTHEST_DAYS):
        planned = plan_slots(
            items,
            taken=[wished.slot.at, *(each.slot_at for each in staying)],
            policy=policy,
            rules=rules,
            zone=zone,
            now=now,
            horizon_days=days,
            beside=beside,
        )
        if len(planned) == len(items):
            return [(leaving[item.render_id], slot) for item, slot in planned]
    raise ItemError(
        f"{', '.join(wished.displaced)} would have to make room, and the next {FARTHEST_DAYS} days "
        "have no free slot. Choose a time beside no other post, or reject a video."
    )


def _write(
    connection: Connection,
    row: PublicationRow,
    slot: Slot,
    *,
    policy: TimingPolicy,
    now: datetime,
    by: str,
    is_pinned: bool,
) -> None:
    has_moved = publications.reschedule(
        connection, row, slot, policy_version=policy.version, now=now, is_pinned=is_pinned
    )
    if not has_moved:
        raise ItemError(
            f"{row.publication_id} is being sent right now, so it cannot be moved. Nothing was changed."
        )
    audit.append(
        connection,
        actor=by,
        action="publication.moved" if is_pinned else "publication.displaced",
        subject=row.publication_id,
        now=now,
        detail={"from": row.slot_at.isoformat(), "to": slot.at.isoformat()},
    )
