"""What the Queue page knows: the coming two weeks, what is on its way, and what was posted.

The calendar is the dry run of the next planning, the same that `dreambox schedule` prints, so the
page says what will happen and not only what is stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection, RowMapping

from dreambox_pipeline.desk.connections import handle_of
from dreambox_pipeline.desk.post_rules import PostRules
from dreambox_pipeline.stages.posts.local_time import WEEKDAYS, describe, utc_offset
from dreambox_pipeline.stages.posts.model import PublicationState
from dreambox_pipeline.stages.posts.scheduling import HORIZON_DAYS
from dreambox_pipeline.storage.ledger import tasks as ledger_tasks
from dreambox_pipeline.storage.post_queue.dry_run import DryRun, Entry, dry_run
from dreambox_pipeline.storage.post_queue.waiting import Waiting
from dreambox_pipeline.storage.tables import publications, tasks, videos

S = PublicationState

POSTED_DAYS: Final = 7
"""How far back the page shows what was posted."""

PERSON_TASKS: Final = (
    ledger_tasks.POST_KIT,
    ledger_tasks.FINISH_DRAFT,
    ledger_tasks.POST_GONE,
    ledger_tasks.RECONNECT,
)
"""Tasks that stand between a post and its end."""

_MOVING: Final = (S.CLAIMED, S.INITIATED, S.UPLOADED, S.PROCESSING, S.UNCONFIRMED)


@dataclass(frozen=True, slots=True)
class Line:
    """One publication.

    Attributes:
        publication_id: None for a video that the next run would queue.
        cover_hash: Of its cover picture.
        local: The slot, or when it was posted, as the account's wall time.
        offset: The account's distance from UTC then.
        wish: The same for a `datetime-local` field.
        note: What becomes of it next, or what is the matter.
        seen: The slot as it is stored, for forms.
        can_change: A person may move it or take it out now.
        link: Of the post, once there is one.
        is_available: False when TikTok no longer shows the post.
    """

    publication_id: str | None
    render_id: str
    title: str
    cover_hash: str
    at: datetime
    local: str
    offset: str
    wish: str
    value: float
    why: str
    state: str
    note: str
    is_pinned: bool = False
    seen: str = ""
    can_change: bool = False
    link: str | None = None
    is_available: bool = True


@dataclass(frozen=True, slots=True)
class Day:
    """One local day of the calendar; `change` says when the clocks jump on it."""

    day: date
    name: str
    lines: tuple[Line, ...]
    change: str | None


@dataclass(frozen=True, slots=True)
class Queue:
    """How things stand.

    Attributes:
        time_zone: IANA name.
        now_local: The account's wall time.
        earliest: The first minute that a move may choose, for a `datetime-local` field.
        tasks: How many tasks of posting are open, by kind.
        later: How many slots are after the last day.
        policy_note: What slot values rest on.
    """

    time_zone: str
    now_local: str
    earliest: str
    days: tuple[Day, ...]
    in_flight: tuple[Line, ...]
    tasks: Mapping[str, int]
    waiting: tuple[Waiting, ...]
    posted: tuple[Line, ...]
    later: int
    policy_note: str
    missed_rule: str
    rules: str
    route: str
    handle: str

    @property
    def planned(self) -> int:
        """How many posts the calendar holds."""
        return sum(line.state == S.PLANNED for day in self.days for line in day.lines) + self.later


def queue(connection: Connection, rules: PostRules, now: datetime) -> Queue:
    """Everything the page shows; reads only."""
    plan = dry_run(
        connection,
        rules.policy(connection, now),
        rules.zone,
        now,
        days=HORIZON_DAYS,
        missed_after=rules.missed_after,
    )
    rows = _rows(connection)
    handle = handle_of(connection, rules.account)
    local_now = now.astimezone(rules.zone).replace(tzinfo=None)
    posting = plan.rules
    return Queue(
        time_zone=rules.zone.key,
        now_local=f"{describe(now, rules.zone)} {utc_offset(now, rules.zone)}",
        earliest=f"{local_now + timedelta(minutes=1):%Y-%m-%dT%H:%M}",
        days=_days(plan, rows, _covers(connection, plan)),
        in_flight=tuple(
            _line(row, rules, handle) for row in rows.values() if S(row["state"]) in _MOVING
        ),
        tasks=_open_tasks(connection),
        waiting=plan.waiting,
        posted=_posted(rows, rules, handle, now),
        later=plan.later,
        policy_note=plan.policy.note,
        missed_rule=plan.missed_rule,
        rules=(
            f"{posting.max_posts_per_day} posts a local day, {posting.min_spacing_h:g} h apart, none "
            f"from {posting.quiet_from_hour}:00 to {posting.quiet_until_hour}:00."
        ),
        route=rules.route_words,
        handle=handle,
    )


def count_planned(connection: Connection) -> int:
    """How many posts wait for their slots."""
    planned = sa.select(sa.func.count()).where(publications.c.state == S.PLANNED.value)
    return connection.scalar(planned) or 0


def day_name(day: date) -> str:
    """A day as people name it, such as `Sat 28 Nov`."""
    return f"{WEEKDAYS[day.weekday()]} {day.day} {day:%b}"


_SELECT = (
    sa.select(
        publications.c.publication_id,
        publications.c.render_id,
        publications.c.slot_at,
        publications.c.slot_value,
        publications.c.slot_why,
        publications.c.state,
        publications.c.is_pinned,
        publications.c.error,
        publications.c.post_id,
        publications.c.published_at,
        publications.c.unavailable_at,
        videos.c.title,
        videos.c.cover_hash,
    )
    .join(videos, videos.c.render_id == publications.c.render_id)
    .order_by(publications.c.slot_at, publications.c.publication_id)
)


def _rows(connection: Connection) -> dict[str, RowMapping]:
    return {row["render_id"]: row for row in connection.execute(_SELECT).mappings()}


def _days(
    plan: DryRun, rows: Mapping[str, RowMapping], covers: Mapping[str, str]
) -> tuple[Day, ...]:
    changes = {change.day: str(change) for change in plan.clock_changes}
    coming = [
        _entry_line(entry, rows.get(entry.render_id), covers.get(entry.render_id, ""), plan)
        for entry in plan.entries
        if _is_coming(rows.get(entry.render_id))
    ]
    return tuple(
        Day(
            day,
            day_name(day),
            tuple(line for line in coming if line.at.astimezone(plan.zone).date() == day),
            changes.get(day),
        )
        for day in plan.days
    )


def _covers(connection: Connection, plan: DryRun) -> dict[str, str]:
    shown = [entry.render_id for entry in plan.entries]
    covers = sa.select(videos.c.render_id, videos.c.cover_hash).where(videos.c.render_id.in_(shown))
    return dict(connection.execute(covers).tuples().all())


def _is_coming(row: RowMapping | None) -> bool:
    """It waits for a slot that it has, or that the next run gives it."""
    return row is None or row["state"] in (S.PLANNED, S.CANCELLED)


def _entry_line(entry: Entry, row: RowMapping | None, cover_hash: str, plan: DryRun) -> Line:
    is_planned = row is not None and row["state"] == S.PLANNED
    return Line(
        publication_id=entry.publication_id,
        render_id=entry.render_id,
        title=entry.title,
        cover_hash=cover_hash,
        at=entry.at,
        local=entry.local,
        offset=entry.offset,
        wish=f"{entry.at.astimezone(plan.zone):%Y-%m-%dT%H:%M}",
        value=entry.value,
        why=entry.why,
        state=S.PLANNED.value if is_planned else "approved",
        note=entry.note,
        is_pinned=entry.is_pinned,
        seen=row["slot_at"].isoformat() if row else "",
        can_change=is_planned,
    )


def _line(row: RowMapping, rules: PostRules, handle: str) -> Line:
    at = row["published_at"] or row["slot_at"]
    return Line(
        publication_id=row["publication_id"],
        render_id=row["render_id"],
        title=row["title"],
        cover_hash=row["cover_hash"],
        at=at,
        local=describe(at, rules.zone),
        offset=utc_offset(at, rules.zone),
        wish="",
        value=row["slot_value"],
        why=row["slot_why"],
        state=row["state"],
        note=row["error"] or "",
        is_pinned=row["is_pinned"],
        link=post_link(handle, row["post_id"]),
        is_available=row["unavailable_at"] is None,
    )


def post_link(handle: str, post_id: str | None) -> str | None:
    """Where a post is on TikTok; None before there is one. TikTok takes any handle for the id."""
    return f"https://www.tiktok.com/@{handle}/video/{post_id}" if post_id else None


def _posted(
    rows: Mapping[str, RowMapping], rules: PostRules, handle: str, now: datetime
) -> tuple[Line, ...]:
    since = now - timedelta(days=POSTED_DAYS)
    found = [
        _line(row, rules, handle)
        for row in rows.values()
        if row["state"] == S.PUBLISHED and (row["published_at"] or row["slot_at"]) >= since
    ]
    return tuple(sorted(found, key=lambda line: line.at, reverse=True))


def _open_tasks(connection: Connection) -> dict[str, int]:
    counted = (
        sa.select(tasks.c.kind, sa.func.count())
        .where(tasks.c.state == ledger_tasks.OPEN, tasks.c.kind.in_(PERSON_TASKS))
        .group_by(tasks.c.kind)
    )
    return dict(connection.execute(counted).tuples().all())
