"""The ledger as the text engine's memory of its batches."""

from dreambox_pipeline.clock import Clock
from dreambox_pipeline.storage.ledger import Ledger, text_batches
from dreambox_pipeline.text_engines.batch_store import RememberedBatch


class LedgerBatches:
    """A `BatchStore` over the ledger; every call is a transaction of its own."""

    def __init__(self, ledger: Ledger, *, clock: Clock) -> None:
        self._ledger = ledger
        self._clock = clock

    def find(self, batch_key: str) -> RememberedBatch | None:
        """See `BatchStore.find`."""
        with self._ledger.read() as connection:
            row = text_batches.find(connection, batch_key)
        return RememberedBatch(row.batch_key, row.provider_batch_id) if row else None

    def remember(self, batch_key: str, *, items: int) -> None:
        """See `BatchStore.remember`."""
        with self._ledger.write() as connection:
            text_batches.remember(connection, batch_key, items=items, now=self._clock())

    def set_provider_id(self, batch_key: str, provider_batch_id: str) -> None:
        """See `BatchStore.set_provider_id`."""
        with self._ledger.write() as connection:
            text_batches.set_provider_id(
                connection, batch_key, provider_batch_id, now=self._clock()
            )

    def set_state(self, batch_key: str, state: str) -> None:
        """See `BatchStore.set_state`."""
        with self._ledger.write() as connection:
            text_batches.set_state(connection, batch_key, state, now=self._clock())
