"""`dreambox why` prints a dream's place with its parts, or why it has none."""

from dataclasses import replace

import pytest

from dreambox_pipeline.cli.why import print_why
from dreambox_pipeline.defs.resources import resources_from
from dreambox_pipeline.safety.model import Screening, ScreeningAction
from dreambox_pipeline.stages.dreams.duplicates import OWN
from dreambox_pipeline.stages.dreams.model import SelectionPolicy
from dreambox_pipeline.stages.dreams.ranking import rank_dreams
from dreambox_pipeline.storage.ledger import dreams
from dreambox_pipeline_tests.stages.dreams.test_ranking import NOW, report


@pytest.fixture
def ledger(settings):
    """The ledger that the command will open, with one ranked dream and three without a place."""
    ledger = resources_from(settings)["ledger"]
    told = [
        report(1, text="words nobody prints"),
        report(2, duplicate_of=report(1).dream_id, reasons=(OWN,)),
        report(3, needs_review=True),
        report(4, screening=Screening(ScreeningAction.BLOCK, ("sexual",))),
    ]
    policy = replace(SelectionPolicy(), version=3, motif_lift={"whale": 1.2})
    with ledger.write() as connection:
        dreams.save_reports(connection, told, now=NOW)
        ranked = rank_dreams(
            dreams.rankable(connection), policy=policy, now=NOW, recent_motifs={"whale": 2}
        )
        dreams.save_ranking(connection, ranked, policy_version=3, now=NOW)
    yield ledger
    ledger.close()


@pytest.mark.usefixtures("ledger")
def test_a_ranked_dream_prints_its_record(settings, console) -> None:
    """Scores, parts, what was learned, what holds it back; not the dream's own words."""
    assert print_why(report(1).dream_id, settings, console)
    said = console.export_text()
    for words in (
        "number 1 of 1",
        "Picture",
        "detail",
        "Risk",
        "whale x 1.20",
        "Held back",
        "policy 3",
    ):
        assert words in said
    assert "words nobody prints" not in said


@pytest.mark.parametrize(
    ("number", "words"),
    [(2, "Its dreamer told nearly the same before"), (3, "A person has to look"), (4, "sexual")],
)
@pytest.mark.usefixtures("ledger")
def test_a_dream_without_a_place_says_why(settings, console, number, words) -> None:
    """In a sentence, with what to do where something can be done."""
    assert print_why(report(number).dream_id, settings, console)
    assert words in console.export_text()


def test_an_unknown_dream_gets_a_hint(settings, console) -> None:
    """Shown as it was typed."""
    assert not print_why("[/bold]nope", settings, console)
    assert "'[/bold]nope'" in console.export_text()
