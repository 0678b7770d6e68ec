"""`dreambox up`: sandbox, desk and Dagster under one supervisor, until Ctrl-C."""

import sys
import time

from rich.console import Console

from dreambox_pipeline.cli.children import Child, Children, answers, make_interruptible, wait_until
from dreambox_pipeline.cli.ports import require_free
from dreambox_pipeline.cli.project import project_root
from dreambox_pipeline.cli.world import World, world_with_desk
from dreambox_pipeline.settings import Settings


def run_up(settings: Settings, console: Console) -> None:
    """Start everything, print the addresses, watch, and stop everything at Ctrl-C.

    Raises:
        StopError: A process ended by itself; the others are stopped too.
    """
    make_interruptible()
    require_free(settings.dagster_port, what="Dagster", setting="DREAMBOX_DAGSTER_PORT")
    console.print("Starting the sandbox and the desk ...")
    try:
        with world_with_desk(settings) as (world, children):
            prepare(children, world, console)
            console.print("Starting Dagster ...")
            start_dagster(children, settings)
            print_addresses(settings, console)
            _watch(children)
    except KeyboardInterrupt:
        console.print("Stopped. Everything is kept under the var folder; `make up` continues.")


def prepare(children: Children, world: World, console: Console) -> None:
    """Connect the account and close leftover runs, in a process that takes its memory along when it ends.

    Raises:
        StopError: It failed; the message holds its last words.
    """
    module = "dreambox_pipeline.cli.preparation"
    code = world.info["auth_code"]
    child = children.start("preparation", sys.executable, "-m", module, f"--auth-code={code}")
    if child.process.wait() != 0:
        child.check_alive()
    children.running.remove(child)
    if said := child.last_words():
        console.print(said, markup=False, highlight=False)


def start_dagster(children: Children, settings: Settings) -> Child:
    """Start `dagster dev` and wait until its pages answer."""
    workspace = str(project_root() / "workspace.yaml")
    child = children.start(
        "dagster",
        sys.executable,
        "-m",
        "dagster",
        "dev",
        "--workspace",
        workspace,
        "--host",
        "127.0.0.1",
        "--port",
        str(settings.dagster_port),
    )
    url = f"http://127.0.0.1:{settings.dagster_port}/server_info"
    wait_until(child, lambda: answers(url), timeout_s=120, what="answer")
    return child


def print_addresses(settings: Settings, console: Console) -> None:
    """Say where everything is and what will happen."""
    lines = (
        ("The desk", f"http://127.0.0.1:{settings.desk_port}", "watch, approve, reject"),
        (
            "Dagster",
            f"http://127.0.0.1:{settings.dagster_port}/asset-groups",
            "assets, runs, sensors",
        ),
        (
            "Sandbox",
            f"http://127.0.0.1:{settings.sandbox_port}/__sandbox__/",
            f"a simulated TikTok, {settings.sandbox_speed:g}x real time",
        ),
    )
    for name, address, what in lines:
        console.print(f"  [bold]{name:9}[/bold] {address}  [dim]{what}[/dim]", soft_wrap=True)
    console.print(
        "Sensors and schedules are on: comments come in by themselves, and the first videos reach the desk in a "
        "few minutes.\nNothing is posted before you approve it there. Ctrl-C stops everything."
    )


def _watch(children: Children) -> None:
    while True:
        for child in children.running:
            child.check_alive()
        time.sleep(0.5)
