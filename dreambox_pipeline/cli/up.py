"""`dreambox up`: sandbox, desk and Dagster under one supervisor, until Ctrl-C."""

import sys
import time

from rich.console import Console

from dreambox_pipeline.cli.children import Child, Children, answers, make_interruptible, wait_until
from dreambox_pipeline.cli.ports import require_free
from dreambox_pipeline.cli.project import project_root
from dreambox_pipeline.cli.world import World, world_with_desk
from dreambox_pipeline.defs.resources import resources_from
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
            connect_sandbox(world)
            console.print("Starting Dagster ...")
            start_dagster(children, settings)
            print_addresses(settings, console)
            _watch(children)
    except KeyboardInterrupt:
        console.print("Stopped. Everything is kept under the var folder; `make up` continues.")


def connect_sandbox(world: World) -> None:
    """Connect the sandbox's account, unless it is connected already."""
    tiktok = resources_from(world.settings)["tiktok"]
    if not tiktok.is_connected():
        tiktok.connect(world.info["auth_code"])


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
