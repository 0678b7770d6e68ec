"""What the README tells people to type exists."""

import re
from pathlib import Path

from typer.main import get_command

from dreambox_pipeline.cli.app import app

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def _code() -> str:
    return "\n".join(re.findall(r"```(?:sh|console|)\n(.*?)```", README, re.DOTALL)) + "\n".join(
        re.findall(r"`([^`\n]+)`", README)
    )


def test_every_make_target_in_the_readme_exists() -> None:
    """A newcomer's first command must not be a typo of ours."""
    targets = set(re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z]+)\b", _code()))

    assert {"demo", "test"} <= named
    assert named <= targets


def test_every_dreambox_command_in_the_readme_exists() -> None:
    """The command line and its description agree."""
    commands = set(get_command(app).commands)  # type: ignore[attr-defined]
    named = set(re.findall(r"(?:bin/|`|\n)dreambox ([a-z][a-z-]*)", README))

    assert named, "the README names no command"
    assert named <= commands


def test_every_dreambox_command_is_in_the_readme() -> None:
    """What can be typed is told."""
    commands = set(get_command(app).commands)  # type: ignore[attr-defined]

    assert {name for name in commands if f"dreambox {name}" not in README} == set()


def test_files_named_in_the_readme_exist() -> None:
    """A path in the README leads somewhere."""
    named = re.findall(r"\]\(([^)#:]+)\)", README)

    assert [path for path in named if not (ROOT / path).exists()] == []
