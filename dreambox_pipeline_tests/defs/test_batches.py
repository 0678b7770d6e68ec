"""The ledger keeps batches for the text engine, over the end of a process."""

from datetime import UTC, datetime
from pathlib import Path

from dreambox_pipeline.defs.batches import LedgerBatches
from dreambox_pipeline.defs.resources import text_engine
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.storage.ledger import Ledger, text_batches
from dreambox_pipeline.text_engines.batch_store import BatchStore, RememberedBatch

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_what_one_process_wrote_the_next_one_reads(tmp_path: Path) -> None:
    """Row, provider's id and state; remembering twice changes nothing."""
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    store: BatchStore = LedgerBatches(Ledger(url), clock=lambda: NOW)
    assert store.find("k") is None
    store.remember("k", items=7)
    assert store.find("k") == RememberedBatch("k", None)
    store.set_provider_id("k", "batch_1")
    store.remember("k", items=7)
    store.set_state("k", "completed")
    ledger = Ledger(url)
    assert LedgerBatches(ledger, clock=lambda: NOW).find("k") == RememberedBatch("k", "batch_1")
    with ledger.read() as connection:
        row = text_batches.find(connection, "k")
    assert row is not None
    assert (row.state, row.items) == ("completed", 7)


def test_the_engine_is_made_from_the_settings() -> None:
    """Key, model and address are handed over; nothing of the key shows."""
    settings = Settings(
        text_engine="openai", openai_api_key="sk-hush", openai_model="gpt-6-luna", _env_file=None
    )
    engine = text_engine(settings)
    assert engine.version.startswith("openai:gpt-6-luna+")
    assert "sk-hush" not in repr(engine)
