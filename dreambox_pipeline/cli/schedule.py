"""`dreambox schedule`: the coming two weeks and why each slot, and what a person changes in it by hand."""

import json
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape

from dreambox_pipeline.cli.operator import operator
from dreambox_pipeline.defs.resources import resources_from
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.posts.local_time import WEEKDAYS, describe, utc_offset
from dreambox_pipeline.storage.ledger import Ledger
from dreambox_pipeline.storage.post_queue import hand_moves
from dreambox_pipeline.storage.post_queue.dry_run import DryRun, Entry, dry_run
from dreambox_pipeline.storage.post_queue.timing import policy_now


def run_show(settings: Settings, console: Console, *, days: int, as_json: bool) -> None:
    """The dry run: what the next run would make of the queue. Changes nothing."""
    resources = resources_from(settings)
    ledger: Ledger = resources["ledger"]
    zone: ZoneInfo = resources["zone"]
    now = resources["clock"]()
    with ledger.read() as connection:
        plan = dry_run(
            connection,
            policy_now(connection, resources["lake"], zone, now),
            zone,
            now,
            days=days,
            missed_after=timedelta(hours=settings.missed_slot_hours),
        )
    if as_json:
        console.print_json(json.dumps(_as_json(plan)))
    else:
        _print(plan, console)


def run_move(any_id: str, wish: datetime, settings: Settings, console: Console) -> None:
    """Put a video at a local time, and say what that changes."""
    resources = resources_from(settings)
    ledger: Ledger = resources["ledger"]
    zone: ZoneInfo = resources["zone"]
    now = resources["clock"]()
    with ledger.write() as connection:
        moved = hand_moves.move(
            connection,
            any_id,
            wish,
            policy=policy_now(connection, resources["lake"], zone, now),
            zone=zone,
            now=now,
            by=operator(),
        )
    console.print(
        f"{moved.before.publication_id} moved from {moved.before.slot_local} to "
        f"[bold]{moved.slot.local}[/bold] {utc_offset(moved.slot.at, zone)}. It stays there until it "
        "is posted; `dreambox schedule unpin` lets plans move it again.",
        highlight=False,
        soft_wrap=True,
    )
    for row, slot in moved.displaced:
        console.print(
            f"{row.publication_id} made room: from {row.slot_local} to {slot.local}. "
            f"[dim]{escape(slot.why)}[/dim]",
            highlight=False,
            soft_wrap=True,
        )
    for warning in moved.warnings:
        console.print(f"[yellow]Mind:[/yellow] {escape(warning)}", highlight=False, soft_wrap=True)


def run_unpin(any_id: str, settings: Settings, console: Console) -> None:
    """Let plans move a video again."""
    resources = resources_from(settings)
    ledger: Ledger = resources["ledger"]
    with ledger.write() as connection:
        row = hand_moves.unpin(connection, any_id, now=resources["clock"](), by=operator())
    console.print(
        f"{row.publication_id} keeps {row.slot_local} until a new timing policy moves it.",
        highlight=False,
        soft_wrap=True,
    )


def run_remove(any_id: str, settings: Settings, console: Console) -> None:
    """Take a video out of the queue."""
    resources = resources_from(settings)
    ledger: Ledger = resources["ledger"]
    with ledger.write() as connection:
        row = hand_moves.take_out(connection, any_id, now=resources["clock"](), by=operator())
    console.print(
        f"{row.publication_id} is out of the queue; its slot was {row.slot_local}. Approving its video "
        "again at the desk brings it back.",
        highlight=False,
        soft_wrap=True,
    )


def _print(plan: DryRun, console: Console) -> None:
    def say(text: str) -> None:
        console.print(text, highlight=False, soft_wrap=True)

    zone, rules = plan.zone, plan.rules
    say(
        f"[bold]The coming {len(plan.days)} days[/bold] in {zone.key}. A dry run: nothing is changed."
    )
    say(f"It is {describe(plan.now, zone)} {utc_offset(plan.now, zone)}.")
    if plan.pause is not None:
        say(f"[bold red]{escape(str(plan.pause))}[/bold red]")
    say(f"[dim]Slot values:[/dim] {escape(plan.policy.note)}")
    quiet = f"no posts from {rules.quiet_from_hour}:00 to {rules.quiet_until_hour}:00"
    say(
        f"[dim]Rules:[/dim] {rules.max_posts_per_day} posts a local day, {rules.min_spacing_h:g} h "
        f"apart, {quiet}. {plan.missed_rule}"
    )
    for change in plan.clock_changes:
        say(f"[yellow]On {_day(change.day)} {change}[/yellow]")
    say("")
    for day in plan.days:
        _print_day(day, plan, say)
    if plan.later:
        say(f"[dim]{plan.later} more after that; --days shows them.[/dim]")
    say("")
    if not plan.waiting:
        say("Nothing waits without a slot.")
        return
    say("[bold]Without a slot[/bold]")
    for waiting in plan.waiting:
        say(f"  {waiting.render_id}  {escape(waiting.title)}  [dim]{escape(waiting.why)}[/dim]")


def _print_day(day: date, plan: DryRun, say: Any) -> None:
    entries = [entry for entry in plan.entries if entry.day == day]
    jumps = [change for change in plan.clock_changes if change.day == day]
    mark = "  [yellow]clocks change[/yellow]" if jumps else ""
    say(f"[bold]{_day(day)}[/bold]{mark}" + ("" if entries else "  [dim]no post[/dim]"))
    for entry in entries:
        _print_entry(entry, say)


def _print_entry(entry: Entry, say: Any) -> None:
    pin = " [magenta]pinned[/magenta]" if entry.is_pinned else ""
    say(
        f"  [cyan]{entry.local[-5:]}[/cyan] {entry.offset}  {entry.value:.2f}x  "
        f"{entry.publication_id or entry.render_id}  {escape(entry.title)}{pin}  "
        f"[dim]({escape(entry.note)})[/dim]"
    )
    say(f"        [dim]{escape(entry.why)}[/dim]")


def _day(day: date) -> str:
    return f"{WEEKDAYS[day.weekday()]} {day.isoformat()}"


def _as_json(plan: DryRun) -> dict[str, Any]:
    return {
        "time_zone": plan.zone.key,
        "now": plan.now.isoformat(),
        "first_day": plan.days[0].isoformat(),
        "last_day": plan.days[-1].isoformat(),
        "paused": str(plan.pause) if plan.pause else None,
        "timing_policy": {
            "version": plan.policy.version,
            "evidence_posts": plan.policy.evidence_posts,
            "activity_days": plan.policy.activity_days,
            "note": plan.policy.note,
        },
        "missed_rule": plan.missed_rule,
        "clock_changes": [
            {
                "at": change.at.isoformat(),
                "day": change.day.isoformat(),
                "from": change.shown_before.isoformat(),
                "to": change.shown_after.isoformat(),
                "is_forward": change.is_forward,
                "meaning": str(change),
            }
            for change in plan.clock_changes
        ],
        "slots": [
            asdict(entry) | {"day": entry.day.isoformat(), "at": entry.at.isoformat()}
            for entry in plan.entries
        ],
        "later": plan.later,
        "waiting": [asdict(waiting) for waiting in plan.waiting],
    }
