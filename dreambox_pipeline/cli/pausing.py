"""`dreambox pause` and `dreambox resume`: the kill switch, and what `status` says about it."""

from datetime import datetime
from typing import Any

from rich.console import Console
from rich.markup import escape

from dreambox_pipeline.cli.operator import operator
from dreambox_pipeline.clock import Clock, system_clock
from dreambox_pipeline.defs.resources import resources_from
from dreambox_pipeline.errors import StopError
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.storage.ledger import Ledger, publications
from dreambox_pipeline.storage.ledger.switches import (
    pause_of_posting,
    pause_posting,
    resume_posting,
)


def run_pause(settings: Settings, console: Console, *, reason: str) -> None:
    """Stop all posting; a second call changes nothing and says who did it first."""
    resources = resources_from(settings)
    ledger: Ledger = resources["ledger"]
    with ledger.write() as connection:
        is_new = pause_posting(connection, reason=reason, by=operator(), now=_now(resources))
        pause = pause_of_posting(connection)
        on_the_way = publications.in_flight(connection)
    console.print(
        f"[bold]{escape(str(pause))}[/bold]" + ("" if is_new else " It was paused already."),
        soft_wrap=True,
    )
    if on_the_way:
        console.print(
            f"{len(on_the_way)} sent before that are with TikTok already and will be followed up: "
            + ", ".join(row.publication_id for row in on_the_way),
            soft_wrap=True,
        )


def run_resume(settings: Settings, console: Console) -> None:
    """Let posts go out again; what missed its slot meanwhile gets another at the next run."""
    resources = resources_from(settings)
    ledger: Ledger = resources["ledger"]
    now = _now(resources)
    with ledger.write() as connection:
        is_new = resume_posting(connection, by=operator(), now=now)
        queue = publications.planned(connection)
    if not is_new:
        console.print("Posting is not paused; nothing was changed.")
        return
    missed = sum(row.slot_at <= now for row in queue)
    console.print(f"[bold]Posting goes on.[/bold] {len(queue)} wait in the queue.")
    if missed:
        console.print(
            f"The slots of {missed} came meanwhile: those missed by {settings.missed_slot_hours:g} h "
            "get a new one, the others go out now. `dreambox schedule show` says when.",
            soft_wrap=True,
        )


def print_pause(ledger: Ledger, console: Console) -> None:
    """One line while posting is paused; nothing otherwise."""
    with ledger.read() as connection:
        pause = pause_of_posting(connection)
    if pause is not None:
        console.print(f"[bold red]{escape(str(pause))}[/bold red]", soft_wrap=True)


def _now(resources: dict[str, Any]) -> datetime:
    """The pipeline's time; this machine's when nobody answers, because pausing must always work."""
    clock: Clock = resources["clock"]
    try:
        return clock()
    except StopError:
        return system_clock()
