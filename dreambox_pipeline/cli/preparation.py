"""What comes before the pipeline runs against a sandbox: its account, and runs that were killed.

`dreambox up` runs this file as a process of its own: the ledger, TikTok's client and Dagster take
200 MB, which the supervisor would otherwise hold for days.
"""

from typing import Annotated

import typer

from dreambox_pipeline.cli.app import console, main
from dreambox_pipeline.cli.runs import clean_up_runs, open_instance
from dreambox_pipeline.defs.resources import resources_from
from dreambox_pipeline.settings import Settings, get_settings


def connect_sandbox(settings: Settings, auth_code: str) -> None:
    """Connect the sandbox's account, unless one is connected already."""
    tiktok = resources_from(settings)["tiktok"]
    if not tiktok.is_connected():
        tiktok.connect(auth_code)


def prepare(
    auth_code: Annotated[str, typer.Option(help="The code from the sandbox's first line.")],
) -> None:
    """Connect the account and close leftover runs."""
    connect_sandbox(get_settings(), auth_code)
    with open_instance() as instance:
        clean_up_runs(instance, console)


if __name__ == "__main__":
    main(lambda: typer.run(prepare))
