"""Where the project's files are."""

from pathlib import Path

from dreambox_pipeline.errors import StopError


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
