"""Every setting is in `.env.example` with its default and its meaning, and nothing else is."""

import re
from pathlib import Path

from pydantic import SecretStr

from dreambox_pipeline.settings import Settings

EXAMPLE = Path(__file__).parents[2] / ".env.example"


def _documented() -> dict[str, tuple[str, str]]:
    """Variable to its default and the comment above it."""
    found: dict[str, tuple[str, str]] = {}
    comment: list[str] = []
    for line in EXAMPLE.read_text().splitlines():
        if line.startswith("# "):
            comment.append(line.removeprefix("# "))
        elif match := re.fullmatch(r"(DREAMBOX_\w+)=(.*)", line):
            found[match[1]] = (match[2], " ".join(comment))
        else:
            comment = []
    return found


def test_example_lists_every_setting_with_default_and_meaning() -> None:
    """A setting that nobody can look up does not exist for the operator."""
    expected = {}
    for name, field in Settings.model_fields.items():
        default = field.default
        plain = default.get_secret_value() if isinstance(default, SecretStr) else default
        shown = str(plain).lower() if isinstance(plain, bool) else str(plain)
        expected[f"DREAMBOX_{name.upper()}"] = (shown, field.description)

    assert _documented() == expected


def test_example_can_be_used_as_it_is(tmp_path: Path) -> None:
    """Copying the example to .env changes nothing."""
    copy = tmp_path / ".env"
    copy.write_text(EXAMPLE.read_text())

    assert Settings(_env_file=copy) == Settings(_env_file=None)  # type: ignore[call-arg]
