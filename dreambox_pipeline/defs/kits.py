"""Kits go when nobody is to post them any more."""

from collections.abc import Callable

from dreambox_pipeline.errors import StopError
from dreambox_pipeline.media.kits import kits_in, remove_kit
from dreambox_pipeline.settings import Settings
from dreambox_pipeline.stages.posts.model import PublicationState
from dreambox_pipeline.storage.ledger import Ledger, publications

S = PublicationState

WAITING = frozenset({S.CLAIMED, S.INITIATED, S.UPLOADED, S.PROCESSING, S.UNCONFIRMED})
"""What a person may still have to post. A planned one's kit is from an attempt that was given up."""


def clear_kits(
    ledger: Ledger, settings: Settings, *, refused: Callable[[StopError], None]
) -> list[str]:
    """Remove the kit of every publication that is settled, taken back or planned again.

    Args:
        ledger: Tells what became of whom.
        settings: Where kits are.
        refused: Told about each kit that cannot be removed; the others go all the same.

    Returns:
        Whose kits were removed.
    """
    # Listed first: a kit that appears from now on belongs to a claim that the rows show as well.
    found = kits_in(settings.kits_dir)
    removed = []
    for publication_id in found:
        # Under the lock that a claim needs, so none is begun between looking and removing.
        with ledger.write() as connection:
            row = publications.get(connection, publication_id)
            if row is not None and row.state in WAITING:
                continue
            try:
                remove_kit(settings.kits_dir, publication_id)
            except StopError as error:
                refused(error)
            else:
                removed.append(publication_id)
    return removed
