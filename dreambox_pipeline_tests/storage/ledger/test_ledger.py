from pathlib import Path

import pytest

from dreambox_pipeline.errors import StopError, TransientError
from dreambox_pipeline.storage import database
from dreambox_pipeline.storage.ledger import Ledger, outbox
from dreambox_pipeline_tests.storage.limits import run_with_file_limit
from dreambox_pipeline_tests.storage.story import NOON


def test_a_file_that_is_no_database_stops_with_a_remedy(tmp_path: Path):
    """Somebody pointed the setting at the wrong file; it is left alone."""
    file = tmp_path / "ledger.sqlite"
    file.write_text("not a database, but long enough to be asked " * 50)
    before = file.read_bytes()
    ledger = Ledger(f"sqlite:///{file}")
    with pytest.raises(StopError, match="dreambox doctor"), ledger.read():
        pass
    assert file.read_bytes() == before


def test_a_folder_in_the_files_place_stops_with_a_remedy(tmp_path: Path):
    """The message names the settings to look at."""
    (tmp_path / "ledger.sqlite").mkdir()
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    with pytest.raises(StopError, match="DREAMBOX_VAR_DIR"), ledger.write():
        pass


def test_an_unreachable_server_stops_without_showing_the_password():
    """Nobody listens on port 1 of this machine."""
    ledger = Ledger("postgresql+psycopg2://me:hunter2@127.0.0.1:1/dreambox")
    with pytest.raises(StopError, match="DREAMBOX_DATABASE_URL") as caught, ledger.read():
        pass
    assert "hunter2" not in str(caught.value)
    assert "hunter2" not in repr(ledger)


def test_a_ledger_that_stays_locked_is_tried_again_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Waiting costs half a minute, so the test waits 20 ms."""
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 20)
    greedy, waiting = Ledger(url), Ledger(url)
    waiting.migrate()
    with (
        greedy.write(),
        pytest.raises(TransientError, match="Nothing was changed"),
        waiting.write(),
    ):
        pass


FILL = """
import sys
from dreambox_pipeline.errors import StopError
from dreambox_pipeline.storage.ledger import Ledger, outbox
from dreambox_pipeline_tests.storage.story import NOON
ledger = Ledger(sys.argv[1])
try:
    with ledger.write() as connection:
        for number in range(400):
            payload = {"text": "x" * 4000}
            outbox.enqueue(connection, str(number), kind="reply", payload=payload, now=NOON)
except StopError as error:
    print(error)
"""


def test_a_full_disk_rolls_the_whole_transaction_back(tmp_path: Path):
    """What stood there before is whole and readable afterwards."""
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    ledger = Ledger(url)
    with ledger.write() as connection:
        outbox.enqueue(connection, "kept", kind="reply", payload={}, now=NOON)
    ledger.close()
    said = run_with_file_limit(FILL, [url], limit_bytes=600_000)
    assert "rolled back whole" in said
    with ledger.read() as connection:
        assert [row.key for row in outbox.unsent(connection, "reply")] == ["kept"]
    ledger.close()
