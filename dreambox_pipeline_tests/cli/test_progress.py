"""What a person sees while a command works."""

import pytest
from rich.console import Console

from dreambox_pipeline.cli.progress import counted, steps


@pytest.fixture
def screen() -> Console:
    """A terminal that remembers what it showed."""
    return Console(record=True, width=100, force_terminal=True, quiet=False)


def test_steps_count_towards_their_total(screen):
    """A step that goes on is not counted twice, and at the end the bar is full."""
    with steps(screen, first="Starting", total=3) as report:
        for step in ("Reading", "Reading", "Making"):
            report(step)

    said = screen.export_text()
    assert said.count("Reading ...") == 1
    assert "3/3" in said


def test_a_step_that_fails_leaves_the_bar_where_it_is(screen):
    """A full bar above an error would say that all went well."""

    def fail_at_the_second() -> None:
        with steps(screen, first="a", total=3) as report:
            report("b")
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        fail_at_the_second()

    said = screen.export_text()
    assert "1/3" in said
    assert "3/3" not in said


def test_counting_rows_changes_none(screen):
    """And shows how many there were."""
    assert list(counted(iter(range(1234)), screen, doing="Reading")) == list(range(1234))
    assert "1,234 rows" in screen.export_text()
