"""The desk's parts and what waits in each, for the navigation on every page."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.desk.cards import Shelf, shelves
from dreambox_pipeline.desk.dreams import Pile, piles
from dreambox_pipeline.desk.job_lines import count_open
from dreambox_pipeline.desk.post_queue import count_planned
from dreambox_pipeline.desk.tasks import OUTCOMES
from dreambox_pipeline.storage.ledger.tasks import OPEN
from dreambox_pipeline.storage.tables import tasks


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the desk: its name, its address, and how much waits there."""

    name: str
    address: str
    count: int


def sections(connection: Connection, *, open_videos: int | None = None) -> tuple[Section, ...]:
    """The navigation.

    Args:
        connection: An open ledger connection.
        open_videos: Videos without a verdict, when the caller has counted them already.
    """
    if open_videos is None:
        open_videos = len(shelves(connection)[Shelf.OPEN])
    lying = piles(connection)
    waiting = sa.select(sa.func.count()).where(
        tasks.c.state == OPEN, tasks.c.kind.in_(list(OUTCOMES))
    )
    return (
        Section("Review", "/", open_videos),
        Section("Dreams", "/dreams", lying[Pile.RANKED] + lying[Pile.LOOK]),
        Section("Making", "/making", count_open(connection)),
        Section("Queue", "/queue", count_planned(connection)),
        Section("Tasks", "/tasks", connection.scalar(waiting) or 0),
    )
