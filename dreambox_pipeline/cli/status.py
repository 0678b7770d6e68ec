"""`dreambox status`: counts along the flow, the queue, and what failed."""

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dreambox_pipeline.clock import system_clock
from dreambox_pipeline.defs.resources import resources_from
from dreambox_pipeline.defs.work import production
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.storage.lake import COMMENTS
from dreambox_pipeline.storage.ledger import (
    Ledger,
    consents,
    dreams,
    failures,
    publications,
    videos,
)


def print_status(settings: Settings, console: Console) -> None:
    """Everything the ledger knows without asking anybody."""
    resources = resources_from(settings)
    ledger: Ledger = resources["ledger"]
    days = resources["lake"].days(COMMENTS)
    console.print(_counts(ledger, len(days)))
    with ledger.read() as connection:
        queue = publications.planned(connection)
        newest = videos.newest(connection, limit=5)
        failed = failures.newest(connection, limit=5)
    _print_queue(queue, console)
    for video in newest:
        console.print(f"[dim]newest video[/dim] {video.render_id}  {escape(video.title)}")
    for stage, item_id, message, times in failed:
        console.print(f"[yellow]{stage}[/yellow] {item_id} failed {times}x: {escape(message)}")


def _counts(ledger: Ledger, days: int) -> Table:
    waiting = production(ledger, now=system_clock())
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


def _print_queue(queue: list[publications.PublicationRow], console: Console) -> None:
    for row in queue[:10]:
        console.print(
            f"[cyan]{escape(row.slot_local)}[/cyan] {row.render_id}  [dim]{escape(row.slot_why)}[/dim]"
        )
