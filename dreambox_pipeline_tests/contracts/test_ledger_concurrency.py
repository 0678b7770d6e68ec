"""Several processes write to one ledger, and nothing is lost, doubled or torn."""

import pytest
import sqlalchemy as sa

from dreambox_pipeline.safety.audit import verify
from dreambox_pipeline.storage.ledger import Ledger, audit, failures, outbox, videos
from dreambox_pipeline.storage.tables import publications
from dreambox_pipeline_tests.storage import rivals, story


def test_processes_that_write_at_once_lose_no_row(ledger: Ledger, ledger_url: str):
    """Every row and every count is there."""
    writers, rows = 3, 15
    calls = [(ledger_url, f"writer-{number}", rows) for number in range(writers)]
    assert rivals.at_once(rivals.write_rows, calls) == [rows] * writers
    with ledger.read() as connection:
        assert len(outbox.unsent(connection, "reply")) == writers * rows
        ((*_, times),) = failures.newest(connection)
        assert times == writers * rows


def test_processes_that_continue_the_audit_chain_at_once_keep_it_whole(
    ledger: Ledger, ledger_url: str
):
    """Reading the end and writing the next entry is one step for everybody."""
    writers, entries = 3, 15
    calls = [(ledger_url, f"writer-{number}", entries) for number in range(writers)]
    rivals.at_once(rivals.append_entries, calls)
    with ledger.read() as connection:
        chain = audit.entries(connection)
    assert len(chain) == writers * entries
    assert verify(chain) is None


def test_of_workers_that_claim_one_post_exactly_one_wins(ledger: Ledger, ledger_url: str):
    """A video is never sent twice, however many runs are due at once."""
    row = story.queue(ledger, 1)
    calls = [(ledger_url, row.publication_id, f"worker-{number}") for number in range(4)]
    won = rivals.at_once(rivals.claim, calls)
    assert won.count(True) == 1
    with ledger.read() as connection:
        winner = connection.scalar(sa.select(publications.c.claim))
    assert winner == f"worker-{won.index(True)}"


def test_a_reader_sees_one_state_while_others_write(ledger: Ledger):
    """The warehouse reads many tables; between them nothing may move."""
    with ledger.read() as reader:
        assert outbox.unsent(reader, "reply") == []
        with ledger.write() as writer:
            outbox.enqueue(writer, "k", kind="reply", payload={}, now=story.NOON)
        assert outbox.unsent(reader, "reply") == []
    with ledger.read() as reader:
        assert len(outbox.unsent(reader, "reply")) == 1


def test_a_failed_transaction_leaves_nothing(ledger: Ledger):
    """No half row: what was written before the error is gone too."""

    def write_and_fail() -> None:
        with ledger.write() as connection:
            outbox.enqueue(connection, "k", kind="reply", payload={}, now=story.NOON)
            videos.save(connection, story.video(1), [])  # its job is not there

    with pytest.raises(sa.exc.IntegrityError):
        write_and_fail()
    with ledger.read() as connection:
        assert outbox.unsent(connection, "reply") == []
