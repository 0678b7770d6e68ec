"""Where the project's files are, and Dagster's instance as `dagster dev` would open it."""

from pathlib import Path

import dagster as dg

from dreambox_pipeline.errors import StopError

QUIET = {"console": {"config": {"log_level": "ERROR"}}}
"""Run config that keeps Dagster's own lines out of a progress display; its pages have them all the same."""


def project_root() -> Path:
    """The folder with `dagster.yaml` and `workspace.yaml`: the current one, or the checkout's.

    Raises:
        StopError: Neither has them.
    """
    checkout = Path(__file__).parent.parent.parent
    for folder in (Path.cwd(), checkout):
        if (folder / "dagster.yaml").exists() and (folder / "workspace.yaml").exists():
            return folder
    raise StopError(
        f"Looked for dagster.yaml and workspace.yaml in {Path.cwd()} and found neither. "
        "Run the command in the project's folder."
    )


def open_instance() -> dg.DagsterInstance:
    """Dagster's instance: runs made here show up in Dagster's pages."""
    return dg.DagsterInstance.from_config(str(project_root()))
