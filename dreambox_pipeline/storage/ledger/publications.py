"""The queue and what was published: a row and a content hash exist before any request.

How rows are read is in `publication_rows`, how they wait in `publication_queue`, who may send them in
`publication_claims`, how they move on in `publication_moves`. Callers know all of it by this name.
"""

from dreambox_pipeline.storage.ledger.publication_claims import begun, claim, holds
from dreambox_pipeline.storage.ledger.publication_moves import (
    cancel,
    correct_stamps,
    move,
    note,
    set_unavailable,
    settle,
    take_up,
)
from dreambox_pipeline.storage.ledger.publication_queue import (
    enqueue,
    items,
    requeue,
    reschedule,
    unpin,
)
from dreambox_pipeline.storage.ledger.publication_rows import (
    TERMINAL,
    PublicationRow,
    count_since,
    due,
    everything,
    get,
    in_flight,
    known_posts,
    of_dream,
    of_post,
    of_publish_id,
    planned,
    planned_for_dream,
    published,
)

__all__ = [
    "TERMINAL",
    "PublicationRow",
    "begun",
    "cancel",
    "claim",
    "correct_stamps",
    "count_since",
    "due",
    "enqueue",
    "everything",
    "get",
    "holds",
    "in_flight",
    "items",
    "known_posts",
    "move",
    "note",
    "of_dream",
    "of_post",
    "of_publish_id",
    "planned",
    "planned_for_dream",
    "published",
    "requeue",
    "reschedule",
    "set_unavailable",
    "settle",
    "take_up",
    "unpin",
]
