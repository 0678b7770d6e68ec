"""The kill switch holds under lock: after a pause is committed, nothing is claimed, on any database."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from dreambox_pipeline.safety.audit import verify
from dreambox_pipeline.stages.posts.model import PublicationState
from dreambox_pipeline.storage.ledger import Ledger, audit, publications
from dreambox_pipeline.storage.ledger.switches import (
    PausedError,
    pause_of_posting,
    pause_posting,
    resume_posting,
)
from dreambox_pipeline_tests.storage import rivals, story

LATER = story.NOON + timedelta(hours=9)


def pause(ledger: Ledger, reason: str = "a bad video", by: str = "operator:mia") -> bool:
    with ledger.write() as connection:
        return pause_posting(connection, reason=reason, by=by, now=LATER)


def claim(ledger: Ledger, publication_id: str) -> bool:
    with ledger.write() as connection:
        return publications.claim(connection, publication_id, claim_token=publication_id, now=LATER)


def state(ledger: Ledger, publication_id: str) -> PublicationState:
    with ledger.read() as connection:
        row = publications.get(connection, publication_id)
    assert row is not None
    return row.state


def test_nothing_is_claimed_while_posting_is_paused_and_everything_after(ledger: Ledger):
    """The refusal says who paused it and how it goes on."""
    row = story.queue(ledger, 1)
    assert pause(ledger)
    with pytest.raises(PausedError, match=r"by operator:mia: a bad video\. `dreambox resume`"):
        claim(ledger, row.publication_id)
    assert state(ledger, row.publication_id) is PublicationState.PLANNED

    with ledger.write() as connection:
        assert resume_posting(connection, by="operator:mia", now=LATER)
        assert pause_of_posting(connection) is None
    assert claim(ledger, row.publication_id)


def test_the_first_pause_stands_and_each_turn_is_written_down_once(ledger: Ledger):
    """Whoever pauses second learns who did it first."""
    assert pause(ledger, "first", "operator:mia")
    assert not pause(ledger, "second", "reviewer:ben")
    with ledger.read() as connection:
        found = pause_of_posting(connection)
    assert found is not None
    assert (found.reason, found.set_by, found.set_at) == ("first", "operator:mia", LATER)

    with ledger.write() as connection:
        assert resume_posting(connection, by="reviewer:ben", now=LATER)
        assert not resume_posting(connection, by="reviewer:ben", now=LATER)
        chain = audit.entries(connection)
    assert [(entry.action, entry.actor) for entry in chain] == [
        ("posting.paused", "operator:mia"),
        ("posting.resumed", "reviewer:ben"),
    ]
    assert verify(chain) is None


def turn_once(ledger: Ledger) -> None:
    """Somebody paused and resumed before, so the switch has its row."""
    with ledger.write() as connection:
        pause_posting(connection, reason="", by="operator", now=LATER)
        resume_posting(connection, by="operator", now=LATER)


@pytest.mark.parametrize("is_first", [True, False], ids=["never used", "used before"])
def test_a_pause_waits_for_a_claim_that_is_being_made(ledger: Ledger, is_first: bool):  # noqa: FBT001 - a parameter
    """So it never says "paused" while somebody still takes a post it does not see."""
    row = story.queue(ledger, 1)
    if not is_first:
        turn_once(ledger)
    done: list[str] = []

    def pause_meanwhile() -> None:
        started.set()
        pause(ledger)
        done.append("paused")

    started = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        with ledger.write() as connection:
            publications.claim(
                connection, row.publication_id, claim_token=row.publication_id, now=LATER
            )
            pausing = pool.submit(pause_meanwhile)
            started.wait()
            # It is blocked for as long as this transaction is open; half a second of trying shows it.
            with pytest.raises(TimeoutError):
                pausing.result(timeout=0.5)
            done.append("claimed")
        pausing.result(timeout=20)
    assert done == ["claimed", "paused"]
    assert state(ledger, row.publication_id) is PublicationState.CLAIMED


@pytest.mark.parametrize("is_first", [True, False], ids=["never used", "used before"])
def test_a_claim_waits_for_a_pause_that_is_being_made_and_is_refused(
    ledger: Ledger,
    is_first: bool,  # noqa: FBT001 - a parameter
):
    """It must not go by what it read before the pause was committed."""
    row = story.queue(ledger, 1)
    if not is_first:
        turn_once(ledger)
    with ThreadPoolExecutor(1) as pool:
        with ledger.write() as connection:
            pause_posting(connection, reason="now", by="operator", now=LATER)
            claiming = pool.submit(claim, ledger, row.publication_id)
            with pytest.raises(TimeoutError):
                claiming.result(timeout=0.5)
        with pytest.raises(PausedError):
            claiming.result(timeout=20)
    assert state(ledger, row.publication_id) is PublicationState.PLANNED


def test_processes_that_race_a_pause_take_nothing_after_it(ledger: Ledger, ledger_url: str):
    """What the pauser saw on its way is all there ever was, and each row is claimed or untouched."""
    rows = [story.queue(ledger, number).publication_id for number in range(1, 13)]
    turn_once(ledger)
    outcomes = rivals.at_once(
        rivals.race, [(ledger_url, rows[:6]), (ledger_url, rows[6:]), (ledger_url, None)]
    )
    *claims, seen = outcomes
    taken = {each for outcome in claims for each, at in outcome if at is not None}
    assert taken == {each for each, _ in seen}
    for each in rows:
        expected = PublicationState.CLAIMED if each in taken else PublicationState.PLANNED
        assert state(ledger, each) is expected
