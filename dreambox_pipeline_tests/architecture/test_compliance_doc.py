"""The page about the compliance gate lists the rules as they are."""

import re
from pathlib import Path

from dreambox_pipeline.safety.compliance import RULES
from dreambox_pipeline.safety.compliance_facts import ROUTES
from dreambox_pipeline.safety.compliance_model import Rule

PAGE = Path(__file__).parents[2] / "docs" / "compliance.md"


def table_row(rule: Rule) -> str:
    """The row of the page's table for *rule*."""
    routes = "all" if rule.routes == ROUTES else ", ".join(rule.routes)
    waits = " (asks the account)" if rule.needs_account else ""
    return f"| `{rule.rule_id}` | {rule.text} | {rule.source} | {rule.read_on} | {routes}{waits} |"


def test_the_table_is_the_rules() -> None:
    """Who reads the page must not read last year's rules."""
    rows = [line for line in PAGE.read_text().splitlines() if re.match(r"\| `", line)]
    assert rows == [table_row(rule) for rule in RULES]
