"""The jobs a person may want to know about: what is on its way, what is held up and what ended badly.

on_its_way   the provider has it, or it is being fetched
waiting      planned, and sent by the next run
held_up      planned, and kept back by a cap or for want of a generator
ended        refused, failed or lost; newest first

Each line says in words why it is where it is, and what can be done.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from dreambox_pipeline.stages.videos.budget import in_usd
from dreambox_pipeline.stages.videos.model import JobState
from dreambox_pipeline.stages.videos.waiting import WaitsFor
from dreambox_pipeline.storage.ledger import dreams as ledger_dreams
from dreambox_pipeline.storage.tables import dreams, generation_jobs, prompts

MOST_SHOWN = 20
"""Lines of one group: more than a page's worth are counted, not shown."""


class Group(StrEnum):
    """See the drawing above."""

    ON_ITS_WAY = "on_its_way"
    WAITING = "waiting"
    HELD_UP = "held_up"
    ENDED = "ended"


_ON_ITS_WAY = (JobState.SUBMITTED, JobState.UNKNOWN, JobState.RUNNING, JobState.DOWNLOADED)
_ENDED = (JobState.REFUSED, JobState.FAILED, JobState.LOST)


@dataclass(frozen=True, slots=True)
class JobLine:
    """One job in words.

    Attributes:
        title: Of the video it is for; empty when the prompt has none.
        state: `running`, `video_cap`, ...
        since: When it came into its state.
        price: What its clip is expected to cost.
        reason: What went wrong or what it waits for, as it was told.
        advice: What can be done, or that nothing needs to be.
    """

    job_id: str
    dream_id: str
    title: str
    generator: str
    state: str
    since: datetime
    price: str
    reason: str
    advice: str


@dataclass(frozen=True, slots=True)
class JobGroup:
    """The lines of one group, and how many jobs are in it altogether."""

    name: Group
    count: int
    lines: tuple[JobLine, ...]


def job_groups(connection: Connection) -> tuple[JobGroup, ...]:
    """Every group, in the order of the drawing."""
    return tuple(_group(connection, name) for name in Group)


def count_open(connection: Connection) -> int:
    """Jobs that have not come to an end."""
    return sum(
        connection.scalar(_count(name)) or 0
        for name in (Group.ON_ITS_WAY, Group.WAITING, Group.HELD_UP)
    )


def _group(connection: Connection, name: Group) -> JobGroup:
    is_newest_first = name is Group.ENDED
    order = generation_jobs.c.updated_at
    rows = connection.execute(
        sa.select(
            generation_jobs,
            prompts.c.dream_id,
            prompts.c.prompt["title"].as_string().label("title"),
        )
        .select_from(_joined())
        .where(_in(name))
        .order_by(order.desc() if is_newest_first else order, generation_jobs.c.job_id)
        .limit(MOST_SHOWN)
    ).mappings()
    lines = tuple(_line(row) for row in rows)
    return JobGroup(name, connection.scalar(_count(name)) or 0, lines)


def _count(name: Group) -> sa.Select[tuple[int]]:
    return sa.select(sa.func.count()).select_from(_joined()).where(_in(name))


def _joined() -> sa.Join:
    return generation_jobs.join(prompts, prompts.c.prompt_id == generation_jobs.c.prompt_id).join(
        dreams, dreams.c.dream_id == prompts.c.dream_id
    )


def _in(name: Group) -> sa.ColumnElement[bool]:
    state, waits_for = generation_jobs.c.state, generation_jobs.c.waits_for
    # Of an erased dream nothing is made, so there is nothing to do.
    is_told = dreams.c.suspended_reason.is_distinct_from(ledger_dreams.ERASED)
    is_planned = state == JobState.PLANNED.value
    members = {
        Group.ON_ITS_WAY: state.in_([each.value for each in _ON_ITS_WAY]),
        Group.WAITING: is_planned & waits_for.is_(None),
        Group.HELD_UP: is_planned & waits_for.is_not(None),
        Group.ENDED: state.in_([each.value for each in _ENDED]),
    }
    return is_told & members[name]


def _line(row: RowMapping) -> JobLine:
    state = row["waits_for"] if row["state"] == JobState.PLANNED and row["waits_for"] else None
    estimate = row["estimate_microusd"]
    return JobLine(
        job_id=row["job_id"],
        dream_id=row["dream_id"],
        title=row["title"] or "",
        generator=row["generator"],
        state=state or row["state"],
        since=row["updated_at"],
        price=in_usd(estimate) if estimate else "free",
        reason=row["refusal"] if row["state"] == JobState.REFUSED else row["error"] or "",
        advice=_advice(row, state or row["state"]),
    )


def _advice(row: RowMapping, state: str) -> str:
    if row["passed_on_to"]:
        return f"Nothing to do: {row['passed_on_to']} makes it in its place."
    again = f"give {row['job_id']} to generated_clips (its ids) and it is planned again."
    advice: dict[str, str] = {
        WaitsFor.VIDEO_CAP: "Raise DREAMBOX_BUDGET_PER_VIDEO_USD and run generated_clips, or leave it.",
        WaitsFor.DAY_CAP: "It goes on by itself when the account's next day begins; or raise "
        "DREAMBOX_BUDGET_PER_DAY_USD.",
        WaitsFor.GENERATOR: "It goes on by itself when a generator takes clips again; see Generators.",
        JobState.UNKNOWN: "The next run looks it up at the provider; it is never blindly sent again.",
        JobState.REFUSED: "No other generator is asked. Have the dream made in another style (video_prompts with "
        f"ids: [{row['dream_id']}] and remake), or leave it.",
        JobState.FAILED: f"When the reason is out of the way, {again}",
        JobState.LOST: f"It may have been made and paid for: look at the provider's own page, then {again}",
    }
    return advice.get(state, "")
