"""What a person sees while a command works: steps done, or rows read so far."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)

Entry = TypeVar("Entry")


@contextmanager
def steps(console: Console, *, first: str, total: int) -> Iterator[Callable[[str], None]]:
    """A bar of *total* steps, the first of which begins now.

    Yields what is to be called when a step begins, which ends the one before; naming the same step
    again changes nothing. The bar is full when the block ends well.
    """
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as progress:
        task = progress.add_task(first, total=total)
        current = [first]

        def report(step: str) -> None:
            if current == [step]:
                return
            current[:] = [step]
            progress.console.print(f"  {step} ...")
            progress.update(task, description=step, advance=1)

        yield report
        progress.update(task, completed=total)


def counted(entries: Iterable[Entry], console: Console, *, doing: str) -> Iterator[Entry]:
    """The same entries; how many there were so far is shown meanwhile."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        TextColumn("{task.completed:,.0f} rows"),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        yield from progress.track(entries, description=doing)
