"""Figures for people: nothing unknown is called zero, and nothing reserved is called paid."""

import pytest
import sqlalchemy as sa

from dreambox_pipeline.storage.ledger import Ledger, costs
from dreambox_pipeline.storage.ledger.costs import Cost
from dreambox_pipeline.storage.tables import generation_jobs, spend
from dreambox_pipeline_tests.storage import story
from dreambox_pipeline_tests.storage.story import NOON


def book(ledger: Ledger, state: str, settled: int | None, *, number: int = 1) -> None:
    """One submit's booking for the story's job, by hand."""
    with ledger.write() as connection:
        connection.execute(
            sa.insert(spend).values(
                spend_id=f"{story.ids(1).job_id}:{number}",
                job_id=story.ids(1).job_id,
                dream_id=story.ids(1).dream_id,
                generator="gemini_omni",
                state=state,
                reserved_microusd=420_000,
                settled_microusd=settled,
                day="2026-11-02",
                reserved_at=NOON,
            )
        )


def cost(ledger: Ledger) -> Cost:
    ids = story.ids(1)
    with ledger.read() as connection:
        of_job = costs.of_jobs(connection, [ids.job_id])[ids.job_id]
        assert costs.of_prompts(connection, [ids.prompt_id]) == {ids.prompt_id: of_job}
    return of_job


@pytest.mark.parametrize(
    ("state", "settled", "words", "known"),
    [
        ("settled", 120_000, "$0.12", 120_000),
        ("settled", 0, "free", 0),
        ("settled", 500, "$0.0005", 500),
        ("settled", None, "unknown", None),
        ("reserved", None, "$0.42 reserved", None),
        ("released", None, "free", 0),
    ],
)
def test_a_booking_says_what_is_known(ledger: Ledger, state, settled, words, known) -> None:
    """In the words a person reads."""
    story.make(ledger, 1)
    book(ledger, state, settled)
    found = cost(ledger)
    assert (str(found), found.known_microusd) == (words, known)


def test_every_submit_counts(ledger: Ledger) -> None:
    """A refused attempt may be charged too."""
    story.make(ledger, 1)
    book(ledger, "settled", 120_000)
    book(ledger, "settled", None, number=2)
    assert str(cost(ledger)) == "at least $0.12"
    book(ledger, "reserved", None, number=3)
    assert str(cost(ledger)) == "$0.12, $0.42 reserved"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"cost_microusd": 250_000}, "$0.25"),
        ({"cost_microusd": None, "generator": "omni", "attempts": 1}, "unknown"),
        ({"cost_microusd": None, "generator": "omni", "attempts": 0}, "free"),
        ({"cost_microusd": None, "generator": "synthetic", "attempts": 1}, "free"),
    ],
)
def test_a_job_from_before_there_were_bookings_says_what_it_can(
    ledger: Ledger, values, words
) -> None:
    """Nobody booked it, but its row may know."""
    story.make(ledger, 1)
    with ledger.write() as connection:
        connection.execute(sa.update(generation_jobs).values(**values))
    assert str(cost(ledger)) == words


def test_what_a_refused_job_cost_belongs_to_its_video(ledger: Ledger) -> None:
    """The prompt went to another generator; both are paid for one video."""
    ids = story.make(ledger, 1)
    with ledger.write() as connection:
        job = dict(connection.execute(sa.select(generation_jobs)).mappings().one())
        refused = {"job_id": "job_0", "state": "refused", "cost_microusd": 30_000}
        connection.execute(sa.insert(generation_jobs).values(job | refused))
    with ledger.read() as connection:
        assert str(costs.of_prompts(connection, [ids.prompt_id])[ids.prompt_id]) == "$0.28"
