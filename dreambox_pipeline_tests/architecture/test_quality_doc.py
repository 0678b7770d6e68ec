"""The page about the quality checks says what the code does."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from dreambox_pipeline.media.model import Edit
from dreambox_pipeline.safety.moderation import Moderation
from dreambox_pipeline.stages.videos.model import Finding, Severity
from dreambox_pipeline.stages.videos.quality.checking import check_quality, expect_finished
from dreambox_pipeline.stages.videos.quality.drift import Drift, check_drift
from dreambox_pipeline.stages.videos.quality.frame_moderation import (
    ModeratedFrame,
    check_frames,
)
from dreambox_pipeline.stages.videos.quality.limits import Limits
from dreambox_pipeline_tests.stages.videos.quality.test_checking import GOOD

PAGE = Path(__file__).parents[2] / "docs" / "quality-checks.md"


@pytest.fixture(scope="module")
def rows() -> list[list[str]]:
    """The cells of the table's rows."""
    lines = [line for line in PAGE.read_text().splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def every_finding() -> list[Finding]:
    """One finding of each check there is."""
    frame = ModeratedFrame(1.0, Moderation(is_flagged=False, scores={"violence": 0.1}))
    return [
        *check_quality(GOOD, expected=expect_finished(Edit(()), duration_s=6.0)),
        *check_frames([frame], engine="openai"),
        *check_drift(Drift(0.5, 5, ("warmer",)), style="Violet dusk"),
    ]


def test_every_check_has_its_row_in_order(rows: list[list[str]]) -> None:
    """And no row is about a check that is gone."""
    named = list(dict.fromkeys(row[0].strip("`") for row in rows))
    assert named == [finding.check for finding in every_finding()]


def test_every_limit_stands_there_with_its_value(rows: list[list[str]]) -> None:
    """Under the name that it has in the code."""
    found = [re.fullmatch(r"`(\w+)` = (\S+)", row[1]) for row in rows]
    written = {each[1]: float(each[2]) for each in found if each}
    assert written == {field.name: getattr(Limits(), field.name) for field in fields(Limits)}


def test_every_severity_is_the_codes(rows: list[list[str]]) -> None:
    """A row per severity where a check has two."""
    words = {Severity.WARN: "warning", Severity.ERROR: "error"}
    for finding in every_finding():
        said = [row[5] for row in rows if row[0] == f"`{finding.check}`"]
        assert any(words[finding.severity] in each for each in said), finding.check


def test_every_row_has_a_reason_and_a_source(rows: list[list[str]]) -> None:
    """A number without one is a guess."""
    assert all(len(row) == 6 and all(row) for row in rows)
