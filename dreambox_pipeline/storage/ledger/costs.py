"""What clips came to, for people: settled amounts, what is still reserved, and what nobody told.

The caps assume the worst of an unknown amount; figures for people do not, so an amount that is
not known is called unknown here and never zero.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.stages.videos import stand_in
from dreambox_pipeline.stages.videos.budget import in_usd
from dreambox_pipeline.storage.ledger.spend import SpendState
from dreambox_pipeline.storage.tables import generation_jobs, spend


@dataclass(frozen=True, slots=True)
class Cost:
    """What something came to, in millionths of a US dollar.

    Attributes:
        settled_microusd: The amounts that are known, together.
        reserved_microusd: Held for requests whose end is not known yet.
        is_complete: False when somebody never said what was charged.
    """

    settled_microusd: int = 0
    reserved_microusd: int = 0
    is_complete: bool = True

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(
            self.settled_microusd + other.settled_microusd,
            self.reserved_microusd + other.reserved_microusd,
            self.is_complete and other.is_complete,
        )

    @property
    def known_microusd(self) -> int | None:
        """The whole amount; None while a part of it is reserved or unknown."""
        return self.settled_microusd if self.is_complete and not self.reserved_microusd else None

    def __str__(self) -> str:
        if self.reserved_microusd:
            held = f"{in_usd(self.reserved_microusd)} reserved"
            return f"{in_usd(self.settled_microusd)}, {held}" if self.settled_microusd else held
        if not self.is_complete:
            return (
                f"at least {in_usd(self.settled_microusd)}" if self.settled_microusd else "unknown"
            )
        return in_usd(self.settled_microusd) if self.settled_microusd else "free"


def of_jobs(connection: Connection, job_ids: Collection[str]) -> dict[str, Cost]:
    """What each of these jobs came to, with all its submits."""
    bookings: dict[str, list[Cost]] = defaultdict(list)
    columns = (spend.c.job_id, spend.c.state, spend.c.reserved_microusd, spend.c.settled_microusd)
    for job_id, state, reserved, settled in connection.execute(
        sa.select(*columns).where(spend.c.job_id.in_(job_ids))
    ):
        bookings[job_id].append(_booked(state, reserved, settled))
    jobs = connection.execute(
        sa.select(
            generation_jobs.c.job_id,
            generation_jobs.c.generator,
            generation_jobs.c.attempts,
            generation_jobs.c.cost_microusd,
        ).where(generation_jobs.c.job_id.in_(job_ids))
    ).mappings()
    return {
        job["job_id"]: sum(bookings[job["job_id"]], Cost())
        if job["job_id"] in bookings
        else _unbooked(job)
        for job in jobs
    }


def of_prompts(connection: Connection, prompt_ids: Collection[str]) -> dict[str, Cost]:
    """What each of these prompts came to, with the jobs that were refused or failed on the way."""
    jobs = connection.execute(
        sa.select(generation_jobs.c.job_id, generation_jobs.c.prompt_id).where(
            generation_jobs.c.prompt_id.in_(prompt_ids)
        )
    ).all()
    costs = of_jobs(connection, [job_id for job_id, _ in jobs])
    found: dict[str, Cost] = defaultdict(Cost)
    for job_id, prompt_id in jobs:
        found[prompt_id] += costs[job_id]
    return dict(found)


def _booked(state: str, reserved_microusd: int, settled_microusd: int | None) -> Cost:
    if state == SpendState.RELEASED:
        return Cost()
    if state == SpendState.RESERVED:
        return Cost(reserved_microusd=reserved_microusd)
    if settled_microusd is None:
        return Cost(is_complete=False)
    return Cost(settled_microusd)


def _unbooked(job: sa.RowMapping) -> Cost:
    """A job without bookings: one that was never sent, or one from before there were any."""
    if job["cost_microusd"] is not None:
        return Cost(job["cost_microusd"])
    is_free = stand_in.is_stand_in(job["generator"]) or job["attempts"] == 0
    return Cost(is_complete=is_free)
