"""`dreambox status`: counts along the flow, the queue, and what failed."""

from datetime import datetime

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dreambox_pipeline.cli.accounts import now_or_here, print_endings
from dreambox_pipeline.cli.pausing import print_pause
from dreambox_pipeline.defs.clip_jobs.budget import Budget, budget_of
from dreambox_pipeline.defs.resources import resources_from
from dreambox_pipeline.defs.work import production
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.videos.budget import in_usd
from dreambox_pipeline.storage.lake import COMMENTS
from dreambox_pipeline.storage.ledger import (
    Ledger,
    circuits,
    consents,
    dreams,
    failures,
    job_choices,
    publications,
    videos,
)


def print_status(settings: Settings, console: Console) -> None:
    """Everything the ledger knows without asking anybody but the clock."""
    resources = resources_from(settings)
    now = now_or_here(resources["clock"])
    ledger: Ledger = resources["ledger"]
    days = resources["lake"].days(COMMENTS)
    budget = budget_of(settings, resources["zone"])
    console.print(_counts(ledger, len(days), now, budget))
    with ledger.read() as connection:
        queue = publications.planned(connection)
        newest = videos.newest(connection, limit=5)
        failed = failures.newest(connection, limit=5)
    _print_money(ledger, budget, console, now)
    print_pause(ledger, console)
    print_endings(settings, ledger, console, now)
    _print_queue(queue, console)
    for video in newest:
        console.print(f"[dim]newest video[/dim] {video.render_id}  {escape(video.title)}")
    for stage, item_id, message, times in failed:
        console.print(f"[yellow]{stage}[/yellow] {item_id} failed {times}x: {escape(message)}")


def _counts(ledger: Ledger, days: int, now: datetime, budget: Budget) -> Table:
    waiting = production(ledger, now=now, budget=budget)
    with ledger.read() as connection:
        states = list(consents.states(connection).values())
        counts = {
            "days of comments": days,
            "dreams that may become a video": len(dreams.rankable(connection)),
            "dreamers asked": len(states),
            "granted": sum(state == "granted" for state in states),
            "videos finished": len(videos.newest(connection)),
            "in the queue": len(publications.planned(connection)),
            "on their way": len(publications.in_flight(connection)),
            "published": len(publications.published(connection)),
        }
    counts["waiting for a prompt, clip or finish"] = (
        waiting.without_prompt + waiting.without_job + waiting.open_jobs + waiting.without_video
    )
    table = Table(title="DreamBox", title_justify="left", show_header=False)
    for name, count in counts.items():
        table.add_row(name, f"{count:,}")
    return table


def _print_money(ledger: Ledger, budget: Budget, console: Console, now: datetime) -> None:
    """Today's spend against the caps, jobs that wait for room, and generators left alone."""
    with ledger.read() as connection:
        today = budget.today(connection, now=now)
        blocked = job_choices.blocked(connection)
        alone = circuits.not_closed(connection)
    console.print(
        f"[dim]clips today[/dim] {in_usd(today.settled_microusd)} spent, "
        f"{in_usd(today.counted_microusd - today.settled_microusd)} reserved or not told, "
        f"{in_usd(budget.left_microusd(today))} of {in_usd(budget.caps.per_day_microusd)} left "
        f"(at most {in_usd(budget.caps.per_video_microusd)} for one video)",
        highlight=False,
    )
    for job in blocked[:5]:
        console.print(f"[yellow]waits for money[/yellow] {job.job_id}: {escape(job.error or '')}")
    for circuit in alone:
        until = f" until {circuit.open_until:%Y-%m-%d %H:%M} UTC" if circuit.open_until else ""
        reason = escape(circuit.reason or "")
        console.print(f"[yellow]left alone[/yellow] {circuit.generator}{until}: {reason}")


def _print_queue(queue: list[publications.PublicationRow], console: Console) -> None:
    for row in queue[:10]:
        console.print(
            f"[cyan]{escape(row.slot_local)}[/cyan] {row.render_id}  [dim]{escape(row.slot_why)}[/dim]"
        )
