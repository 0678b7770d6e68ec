"""What an engine must remember about work it handed to a provider's Batch API.

A batch is paid for when the provider takes it, and answered hours later, perhaps to another
process. So it is written down before it is sent, and found again by what is in it.
"""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class RememberedBatch:
    """One batch; `provider_batch_id` is None until the provider named it."""

    batch_key: str
    provider_batch_id: str | None


class BatchStore(Protocol):
    """Batches by key. Every call is durable when it returns."""

    def find(self, batch_key: str) -> RememberedBatch | None:
        """The batch with this key."""
        ...

    def remember(self, batch_key: str, *, items: int) -> None:
        """Write a batch of *items* requests down, before it is sent; known ones stay as they are."""
        ...

    def set_provider_id(self, batch_key: str, provider_batch_id: str) -> None:
        """The provider took the batch under this id, in place of any earlier one."""
        ...

    def set_state(self, batch_key: str, state: str) -> None:
        """The provider said how far the batch is, in its own word."""
        ...
