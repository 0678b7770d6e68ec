"""Money for clips: one booking per submit, in millionths of a US dollar.

    reserved -> settled     the amount, or empty when nobody told it
             -> released    nothing was started

Which step of a job books what is decided in `stages.videos.budget`; `jobs.move` has it done in the
same transaction. A job has at most one reserved booking, that of its newest submit.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.stages.videos.budget import Committed
from dreambox_pipeline.storage.tables import generation_jobs, spend

SPENDING_LOCK = 0x6472_6564
"""Key of PostgreSQL's advisory lock on adding up and reserving. SQLite has one writer anyway."""


class SpendState(StrEnum):
    """See the drawing above."""

    RESERVED = "reserved"
    SETTLED = "settled"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class DaySpend:
    """One day's bookings, in millionths of a US dollar.

    Attributes:
        counted_microusd: What the daily cap counts: settled amounts, and reservations where the
            amount is open or unknown.
        settled_microusd: What is known to be paid.
        reserved_microusd: What is held for clips on their way.
        unknown: Settled bookings whose amount nobody told.
        overruns: Bookings that cost more than was reserved.
    """

    counted_microusd: int
    settled_microusd: int
    reserved_microusd: int
    unknown: int
    overruns: int


def lock(connection: Connection) -> None:
    """Nobody else adds up or reserves until this transaction ends."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(SPENDING_LOCK)))


def committed(connection: Connection, *, dream_id: str, day: str) -> Committed:
    """What the caps count against this dream and this day. Take the `lock` before."""
    return Committed(
        dream_microusd=_counted(connection, spend.c.dream_id == dream_id),
        day_microusd=_counted(connection, spend.c.day == day),
    )


def has_billed(connection: Connection, generator: str, *, dream_id: str, day: str) -> bool:
    """Whether *generator* charged for a clip of this dream or on this day, whatever its price is said to be."""
    charged = sa.select(spend.c.spend_id).where(
        spend.c.generator == generator,
        spend.c.settled_microusd > 0,
        (spend.c.dream_id == dream_id) | (spend.c.day == day),
    )
    return connection.execute(charged.limit(1)).first() is not None


def reserve(
    connection: Connection,
    job_id: str,
    *,
    dream_id: str,
    generator: str,
    microusd: int,
    day: str,
    now: datetime,
) -> str:
    """Hold *microusd* for the submit that comes next; returns the booking's id.

    What is free is written down as well: its cost is then known to be nothing.
    """
    before = connection.scalar(
        sa.select(sa.func.count()).select_from(spend).where(spend.c.job_id == job_id)
    )
    spend_id = f"{job_id}:{(before or 0) + 1}"
    connection.execute(
        sa.insert(spend).values(
            spend_id=spend_id,
            job_id=job_id,
            dream_id=dream_id,
            generator=generator,
            state=SpendState.RESERVED.value,
            reserved_microusd=microusd,
            day=day,
            reserved_at=now,
        )
    )
    return spend_id


def settle(
    connection: Connection, job_id: str, *, told_microusd: int | None, was_made: bool, now: datetime
) -> int | None:
    """Close a job's reservation; returns what the job cost with all its attempts, None if unknown.

    Args:
        connection: The transaction that moves the job, too.
        job_id: Whose reservation. One that was sent before bookings were kept has none.
        told_microusd: What the provider says it charged, or None.
        was_made: A clip was made, so the price is owed even if the provider says nothing.
        now: When.
    """
    owed = spend.c.reserved_microusd
    # What was free cannot have cost an unknown amount.
    untold = owed if was_made else sa.case((owed == 0, 0), else_=sa.null())
    amount = untold if told_microusd is None else sa.literal(told_microusd)
    if _close(connection, job_id, SpendState.SETTLED, amount, now):
        return cost_of(connection, job_id)
    if told_microusd is not None or not was_made:
        return told_microusd
    return connection.scalar(
        sa.select(generation_jobs.c.estimate_microusd).where(generation_jobs.c.job_id == job_id)
    )


def release(connection: Connection, job_id: str, *, now: datetime) -> bool:
    """Give a job's reservation back; False when it has none."""
    return _close(connection, job_id, SpendState.RELEASED, sa.null(), now)


def cost_of(connection: Connection, job_id: str) -> int | None:
    """What a job cost with all its attempts; None while nothing is settled, or an amount is unknown."""
    amounts = list(
        connection.scalars(
            sa.select(spend.c.settled_microusd).where(
                spend.c.job_id == job_id, spend.c.state == SpendState.SETTLED.value
            )
        )
    )
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if amounts and len(known) == len(amounts) else None


def of_day(connection: Connection, day: str) -> DaySpend:
    """What was booked on *day*, as YYYY-MM-DD in the account's time zone."""
    states = spend.c.state
    is_settled = states == SpendState.SETTLED.value
    is_reserved = states == SpendState.RESERVED.value
    amounts = (
        _sum_if(states != SpendState.RELEASED.value, _worst()),
        _sum_if(is_settled, spend.c.settled_microusd),
        _sum_if(is_reserved, spend.c.reserved_microusd),
        _sum_if(is_settled & spend.c.settled_microusd.is_(None), sa.literal(1)),
        _sum_if(is_settled & (spend.c.settled_microusd > spend.c.reserved_microusd), sa.literal(1)),
    )
    return DaySpend(
        *(int(x) for x in connection.execute(sa.select(*amounts).where(spend.c.day == day)).one())
    )


def _counted(connection: Connection, where: sa.ColumnElement[bool]) -> int:
    total = connection.scalar(
        sa.select(sa.func.coalesce(sa.func.sum(_worst()), 0)).where(
            where, spend.c.state != SpendState.RELEASED.value
        )
    )
    return int(total or 0)


def _worst() -> sa.ColumnElement[int]:
    """What a booking may have cost: its amount, or the reservation while nobody knows."""
    return sa.func.coalesce(spend.c.settled_microusd, spend.c.reserved_microusd)


def _sum_if(where: sa.ColumnElement[bool], what: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((where, what), else_=0)), 0)


def _close(
    connection: Connection,
    job_id: str,
    state: SpendState,
    amount: sa.ColumnElement[int] | sa.ColumnElement[None] | sa.Null,
    now: datetime,
) -> bool:
    closed = connection.execute(
        sa.update(spend)
        .where(spend.c.job_id == job_id, spend.c.state == SpendState.RESERVED.value)
        .values(state=state.value, settled_microusd=amount, settled_at=now)
    )
    return closed.rowcount > 0
