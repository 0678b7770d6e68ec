"""`dreambox pause` stops everything at once, works without a sandbox, and says what it cannot stop."""

import pytest

from dreambox_pipeline.cli.pausing import run_pause, run_resume
from dreambox_pipeline.cli.status import print_status
from dreambox_pipeline.defs.resources import resources_from
from dreambox_pipeline.storage.ledger import audit, publications
from dreambox_pipeline_tests.storage import story


@pytest.fixture
def ledger(settings):
    ledger = resources_from(settings)["ledger"]
    yield ledger
    ledger.close()


def test_pausing_says_so_and_what_is_on_its_way(settings, console, ledger):
    """A post that TikTok has already cannot be called back."""
    row = story.queue(ledger, 1)
    with ledger.write() as connection:
        publications.claim(connection, row.publication_id, claim_token="w", now=story.NOON)
    run_pause(settings, console, reason="the [b]sound[/b] is wrong")
    said = console.export_text()
    assert "Posting is paused since" in said
    assert "the [b]sound[/b] is wrong" in said
    assert (
        f"1 sent before that are with TikTok already and will be followed up: {row.publication_id}"
        in said
    )

    run_pause(settings, console, reason="again")
    assert "It was paused already." in console.export_text()


def test_status_shows_a_pause_and_nothing_without_one(settings, console, ledger):
    """The first thing an operator types must tell."""
    ledger.migrate()
    print_status(settings, console)
    assert "paused" not in console.export_text()
    run_pause(settings, console, reason="trouble")
    console.export_text()
    print_status(settings, console)
    assert "Posting is paused since" in console.export_text()


def test_resuming_says_what_missed_its_slot(settings, console, ledger):
    """The slots of a pause are over, and none is used late."""
    story.queue(ledger, 1)
    run_resume(settings, console)
    assert "not paused; nothing was changed" in console.export_text()
    run_pause(settings, console, reason="")
    run_resume(settings, console)
    said = console.export_text()
    assert "Posting goes on. 1 wait in the queue." in said
    assert "those missed by 2 h get a new one" in said
    with ledger.read() as connection:
        actions = [entry.action for entry in audit.entries(connection)]
        actors = {entry.actor for entry in audit.entries(connection)}
    assert actions == ["posting.paused", "posting.resumed"]
    assert all(actor.startswith("operator") for actor in actors)


def test_pausing_works_while_the_sandbox_is_off(dreambox):
    """In a process of its own, with a clock that nobody answers for."""
    done = dreambox("pause", "--reason", "off", DREAMBOX_CLOCK_URL="http://127.0.0.1:9/clock")
    assert done.returncode == 0, done.stderr
    assert "Posting is paused since" in done.stdout
