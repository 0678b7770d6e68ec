"""`dreambox journey ID`: one dream's whole path, as a tree."""

from itertools import groupby

from rich.console import Console
from rich.markup import escape
from rich.tree import Tree

from dreambox_pipeline.defs.resources import resources_from
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.storage.journeys import Step, StepKind, find_journey

NOT_SHOWN = frozenset({"prompt", "evidence"})
"""Said better by another line: the prompt's prose, the report's facts."""


def print_journey(any_id: str, settings: Settings, console: Console) -> bool:
    """Print the path that *any_id* is on; False, with a hint, when nobody knows the id."""
    resources = resources_from(settings)
    with resources["ledger"].read() as connection:
        journey = find_journey(connection, any_id, lake=resources["lake"])
    if journey is None:
        console.print(
            f"Nothing in the ledger or the lake has the id {escape(repr(any_id))}. "
            "`dreambox status` lists the newest ids."
        )
        return False
    tree = Tree(f"[bold]The journey of {escape(any_id)}[/bold]")
    for kind, steps in groupby(journey.steps, key=lambda step: step.kind):
        if kind is StepKind.FINDING:
            _add_findings(tree, list(steps))
        else:
            for step in steps:
                _add_step(tree, step)
    console.print(tree)
    return True


def _add_step(tree: Tree, step: Step) -> None:
    branch = tree.add(f"{_head(step)}  {escape(step.headline)}")
    for name, value in step.details.items():
        if name in NOT_SHOWN or value in (None, "", [], {}):
            continue
        shown = (
            {key: each for key, each in value.items() if key not in NOT_SHOWN}
            if isinstance(value, dict)
            else value
        )
        branch.add(f"[dim]{escape(name)}:[/dim] {escape(str(shown))}")


def _add_findings(tree: Tree, steps: list[Step]) -> None:
    """What passed is one line; what did not is said in full."""
    failed = [step for step in steps if not step.details.get("passed")]
    branch = tree.add(
        f"{_head(steps[0])}  {len(steps) - len(failed)} quality checks passed, {len(failed)} did not"
    )
    for step in failed:
        branch.add(escape(step.headline))


def _head(step: Step) -> str:
    return f"[bold cyan]{step.kind}[/bold cyan] {escape(step.id)} [dim]{step.at:%Y-%m-%d %H:%M} UTC[/dim]"
