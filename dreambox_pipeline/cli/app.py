"""Every `dreambox` command, thin: heavy modules are imported by the command that needs them."""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from dreambox_pipeline.errors import DreamBoxError
from dreambox_pipeline.settings import get_settings

app = typer.Typer(
    help="Dreams told in TikTok comments become short AI videos.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
console = Console()
errors = Console(stderr=True)


@app.command()
def demo(
    timings: Annotated[
        Path | None,
        typer.Option(help="Also write seconds and peak memory by stage to this JSON file."),
    ] = None,
) -> None:
    """Take dreams the whole way once, against the sandbox: comment, video, post, views, lesson."""
    from dreambox_pipeline.cli.demo import run_demo

    measured = run_demo(get_settings(), console)
    if timings:
        timings.write_text(json.dumps(asdict(measured)))


@app.command()
def up() -> None:
    """Run the sandbox, Dagster and the desk together until Ctrl-C."""
    from dreambox_pipeline.cli.up import run_up

    run_up(get_settings(), console)


@app.command()
def doctor() -> None:
    """Check everything DreamBox needs, and list all that is missing with its remedy."""
    from dreambox_pipeline.cli.doctor import examine, print_findings

    is_healthy = print_findings(examine(get_settings()), console)
    raise typer.Exit(0 if is_healthy else 1)


@app.command("import-comments")
def import_comments(
    file: Annotated[
        Path, typer.Argument(help="CSV, JSON or JSONL; docs/import-format.md says which columns.")
    ],
) -> None:
    """Bring comments from a file in, and find the dreams in them. Twice changes nothing."""
    from dreambox_pipeline.cli.importing import run_import

    run_import(file, get_settings(), console)


@app.command()
def status() -> None:
    """How many comments, dreams, videos and posts there are, what waits, and what failed."""
    from dreambox_pipeline.cli.status import print_status

    print_status(get_settings(), console)


@app.command()
def journey(
    any_id: Annotated[
        str,
        typer.Argument(
            metavar="ID", help="A comment, dream, prompt, job, video, publication or post id."
        ),
    ],
) -> None:
    """Print the whole path of one dream, from the comment to its views."""
    from dreambox_pipeline.cli.journey import print_journey

    if not print_journey(any_id, get_settings(), console):
        raise typer.Exit(1)


@app.command()
def connect(
    auth_code: Annotated[
        str,
        typer.Option(help="The code from TikTok's consent page, or from the sandbox's first line."),
    ],
) -> None:
    """Connect a TikTok account with an authorization code."""
    from dreambox_pipeline.defs.resources import resources_from

    business_id = resources_from(get_settings())["tiktok"].connect(auth_code)
    console.print(f"Connected the account [bold]{business_id}[/bold].")


@app.command()
def sandbox(
    port: Annotated[int, typer.Option(help="Port on 127.0.0.1; 0 picks a free one.")],
    seed: Annotated[int, typer.Option(help="Another seed is another world.")] = 7,
    speed: Annotated[float, typer.Option(help="Simulated seconds per real second.")] = 1.0,
    state: Annotated[
        Path | None, typer.Option(help="File that keeps the world between runs.")
    ] = None,
) -> None:
    """Run the TikTok and model-API double alone. Its first line is a JSON object with all addresses."""
    from dreambox_pipeline.sandbox.server import serve

    serve(port=port, seed=seed, speed=speed, state_path=state)


@app.command()
def desk() -> None:
    """Run the desk alone: the reviewers' web app."""
    from dreambox_pipeline.desk.server import serve

    serve(get_settings())


def main(command: Callable[[], object] = app) -> None:
    """Run the command; an error on purpose ends in its message, not in a traceback."""
    try:
        command()
    except DreamBoxError as error:
        errors.print(
            f"[bold red]dreambox:[/bold red] {escape(str(error))}", highlight=False, soft_wrap=True
        )
        sys.exit(2)
