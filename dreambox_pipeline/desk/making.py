"""What the Making page knows: today's money, what a video costs, the generators, the series and the jobs.

It only reads. The caps and the order of the generators are the operator's settings, handed over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.desk.cards import Shelf, shelves
from dreambox_pipeline.desk.job_lines import JobGroup, job_groups
from dreambox_pipeline.generators.registry import GENERATORS
from dreambox_pipeline.stages.prompts.styles import STYLES, Temper
from dreambox_pipeline.stages.videos import stand_in
from dreambox_pipeline.stages.videos.budget import Caps
from dreambox_pipeline.stages.videos.fallback import Circuit
from dreambox_pipeline.stages.videos.model import JobState
from dreambox_pipeline.storage.ledger import circuits, spend
from dreambox_pipeline.storage.ledger.spend import DaySpend, SpendState
from dreambox_pipeline.storage.tables import generation_jobs, prompts, videos
from dreambox_pipeline.storage.tables import series as series_table
from dreambox_pipeline.storage.tables import spend as bookings


@dataclass(frozen=True, slots=True)
class MakingRules:
    """What the operator set.

    Attributes:
        generators: In the order in which they are tried.
        caps: The most that may be spent.
        time_zone: IANA zone in which the daily cap's day begins.
    """

    generators: tuple[str, ...]
    caps: Caps
    time_zone: str = "UTC"


OFFLINE = MakingRules((stand_in.NAME,), Caps(per_video_microusd=0, per_day_microusd=0))
"""Where nothing was set: the stand-in alone, which costs nothing."""


_CAME_TO_AN_END = tuple(
    state.value for state in (JobState.ACCEPTED, JobState.REFUSED, JobState.FAILED, JobState.LOST)
)


@dataclass(frozen=True, slots=True)
class Spent:
    """An amount beside its cap, both in millionths of a US dollar."""

    microusd: int
    cap_microusd: int

    @property
    def share(self) -> float:
        """From 0 to 1; a cap of nothing is full."""
        return min(self.microusd / self.cap_microusd, 1.0) if self.cap_microusd else 1.0


@dataclass(frozen=True, slots=True)
class CostLine:
    """What one generator's clips came to so far, in millionths of a US dollar.

    Attributes:
        known_microusd: The amounts somebody told, together, of failures too.
        untold: Jobs that came to an end and whose cost nobody told.
        per_accepted_microusd: None while none was accepted, or one of them has an unknown cost.
        per_approved_microusd: The same for videos that a person approved.
    """

    generator: str
    is_stand_in: bool
    accepted: int
    approved: int
    known_microusd: int
    untold: int
    per_accepted_microusd: int | None
    per_approved_microusd: int | None


@dataclass(frozen=True, slots=True)
class GeneratorLine:
    """One generator: whether it is in use, and whether it is left alone now.

    Attributes:
        place: Its place in the operator's order, from 1; None when it is not in it.
        sunset: The day from which its provider makes nothing any more.
    """

    name: str
    title: str
    is_stand_in: bool
    place: int | None
    circuit: Circuit
    sunset: date | None


@dataclass(frozen=True, slots=True)
class SeriesLine:
    """The series that is running.

    Attributes:
        palette: Five `#rrggbb` colours, dark to light, of the style's still temper.
        reference_hash: Content hash of the picture its clips take their look from, or None.
        videos: Finished so far.
    """

    name: str
    style_name: str
    style_words: str
    palette: tuple[str, ...]
    seed: int | None
    reference_hash: str | None
    started_at: datetime
    videos: int


@dataclass(frozen=True, slots=True)
class Making:
    """Everything on the page."""

    day: date
    today: DaySpend
    day_money: Spent
    video_money: Spent
    dearest_dream_id: str | None
    costs: tuple[CostLine, ...]
    generators: tuple[GeneratorLine, ...]
    series: SeriesLine | None
    jobs: tuple[JobGroup, ...]


def making(connection: Connection, rules: MakingRules, now: datetime) -> Making:
    """How things stand at *now*."""
    day = now.astimezone(ZoneInfo(rules.time_zone)).date()
    today = spend.of_day(connection, day.isoformat())
    dearest, dearest_microusd = _dearest(connection, day.isoformat())
    return Making(
        day=day,
        today=today,
        day_money=Spent(today.counted_microusd, rules.caps.per_day_microusd),
        video_money=Spent(dearest_microusd, rules.caps.per_video_microusd),
        dearest_dream_id=dearest,
        costs=_costs(connection),
        generators=_generators(connection, rules.generators),
        series=_running_series(connection),
        jobs=job_groups(connection),
    )


def _dearest(connection: Connection, day: str) -> tuple[str | None, int]:
    """Of the dreams money was booked for on *day*, the one that cost most, with all its attempts."""
    of_today = sa.select(bookings.c.dream_id).where(
        bookings.c.day == day, bookings.c.state != SpendState.RELEASED.value
    )
    worst = sa.func.sum(sa.func.coalesce(bookings.c.settled_microusd, bookings.c.reserved_microusd))
    found = connection.execute(
        sa.select(bookings.c.dream_id, worst)
        .where(bookings.c.dream_id.in_(of_today), bookings.c.state != SpendState.RELEASED.value)
        .group_by(bookings.c.dream_id)
        .order_by(worst.desc(), bookings.c.dream_id)
        .limit(1)
    ).first()
    return (found[0], int(found[1])) if found else (None, 0)


def _costs(connection: Connection) -> tuple[CostLine, ...]:
    approved = _approved(connection)
    columns = generation_jobs.c
    cost, is_accepted = columns.cost_microusd, columns.state == JobState.ACCEPTED.value
    rows = connection.execute(
        sa.select(
            columns.generator,
            _count_if(is_accepted).label("accepted"),
            sa.func.coalesce(sa.func.sum(cost), 0).label("known"),
            _count_if(
                columns.state.in_(_CAME_TO_AN_END) & (columns.attempts > 0) & cost.is_(None)
            ).label("untold"),
            _count_if(is_accepted & cost.is_(None)).label("unpriced"),
        )
        .group_by(columns.generator)
        .order_by(columns.generator)
    ).mappings()
    return tuple(_cost_line(row, approved.get(row["generator"], [])) for row in rows)


def _cost_line(row: sa.RowMapping, approved: Sequence[int | None]) -> CostLine:
    known, accepted = int(row["known"]), int(row["accepted"])

    def per(count: int, *, is_known: bool) -> int | None:
        # Failures are paid for by what came of it; a result of unknown cost makes it unknown.
        return round(known / count) if count and is_known else None

    return CostLine(
        generator=row["generator"],
        is_stand_in=stand_in.is_stand_in(row["generator"]),
        accepted=accepted,
        approved=len(approved),
        known_microusd=known,
        untold=int(row["untold"]),
        per_accepted_microusd=per(accepted, is_known=not row["unpriced"]),
        per_approved_microusd=per(len(approved), is_known=None not in approved),
    )


def _approved(connection: Connection) -> Mapping[str, list[int | None]]:
    """By generator, the clip's cost of each video that a person approved; posted ones were, too."""
    by_shelf = shelves(connection, with_erased=True)
    ids = {*by_shelf[Shelf.APPROVED], *by_shelf[Shelf.POSTED]}
    made = connection.execute(
        sa.select(
            videos.c.render_id, generation_jobs.c.generator, generation_jobs.c.cost_microusd
        ).join(generation_jobs, generation_jobs.c.job_id == videos.c.job_id)
    )
    costs: dict[str, list[int | None]] = {}
    for render_id, generator, cost in made:
        if render_id in ids:
            costs.setdefault(generator, []).append(cost)
    return costs


def _generators(connection: Connection, order: Sequence[str]) -> tuple[GeneratorLine, ...]:
    """Those in use, in their order; then those that are left alone although they are not."""
    left_alone = [circuit.generator for circuit in circuits.not_closed(connection)]
    names = list(dict.fromkeys([*order, *left_alone]))
    found = circuits.of(connection, names)
    lines = []
    for name in names:
        entry = GENERATORS.get(name)
        lines.append(
            GeneratorLine(
                name=name,
                title=entry.title if entry else "",
                is_stand_in=stand_in.is_stand_in(name),
                place=order.index(name) + 1 if name in order else None,
                circuit=found[name],
                sunset=entry.sunset if entry else None,
            )
        )
    return tuple(lines)


def _running_series(connection: Connection) -> SeriesLine | None:
    row = (
        connection.execute(
            sa.select(series_table)
            .where(series_table.c.ended_at.is_(None))
            .order_by(series_table.c.started_at.desc())
            .limit(1)
        )
        .mappings()
        .first()
    )
    if row is None:
        return None
    style = STYLES.get(row["style_id"])
    made = connection.scalar(
        sa.select(sa.func.count())
        .select_from(videos.join(prompts, prompts.c.prompt_id == videos.c.prompt_id))
        .where(prompts.c.series_id == row["series_id"])
    )
    return SeriesLine(
        name=row["name"],
        style_name=style.name if style else row["style_id"],
        style_words=style.words if style else "",
        palette=tuple(style.palettes[Temper.STILL]) if style else (),
        seed=row["seed"],
        reference_hash=row["reference_hash"],
        started_at=row["started_at"],
        videos=made or 0,
    )


def _count_if(where: sa.ColumnElement[bool]) -> sa.ColumnElement[int]:
    return sa.func.coalesce(sa.func.sum(sa.case((where, 1), else_=0)), 0)
