"""The switch that stops all posting: set by a person, honoured under lock by every claim.

A claim holds the switch's row until its transaction ends, and pausing needs that row for itself.
So once a pause is committed, no claim commits after it, on any database; what was claimed before
is on its way, and `publications.in_flight` says what that is.
"""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.errors import TransientError
from dreambox_pipeline.storage.database import upsert
from dreambox_pipeline.storage.ledger import audit
from dreambox_pipeline.storage.tables import switches

POSTING_PAUSED = "posting_paused"


class PausedError(TransientError):
    """Posting is paused. Nothing was claimed; it works again once a person has resumed it."""


@dataclass(frozen=True, slots=True)
class Pause:
    """A pause in force.

    Attributes:
        reason: In a person's words; may be empty.
        set_by: Who paused, such as `reviewer:mia`.
    """

    reason: str
    set_by: str
    set_at: datetime

    def __str__(self) -> str:
        said = f": {self.reason}" if self.reason else ""
        return (
            f"Posting is paused since {self.set_at:%Y-%m-%d %H:%M} UTC by {self.set_by}{said}. "
            "`dreambox resume`, or the desk, lets it go on."
        )


def pause_of_posting(connection: Connection) -> Pause | None:
    """The pause in force, or None when posts may go out."""
    return _read(connection, for_share=False)


def refuse_if_paused(connection: Connection, *, now: datetime) -> None:
    """Keep posting from being paused until this transaction ends, or refuse because it is.

    Raises:
        PausedError: It is paused. Nothing was changed.
    """
    if connection.dialect.name == "postgresql":
        # There must be a row to hold. SQLite has one writer, who is this transaction.
        _set(connection, is_on=False, reason="", by="nobody yet", now=now, update=())
    pause = _read(connection, for_share=True)
    if pause is not None:
        raise PausedError(str(pause))


def pause_posting(connection: Connection, *, reason: str, by: str, now: datetime) -> bool:
    """Stop all posting from this transaction's commit on; False when it was paused already.

    The first pause's reason and person stay.
    """
    return _turn(connection, is_on=True, reason=reason, by=by, now=now)


def resume_posting(connection: Connection, *, by: str, now: datetime, reason: str = "") -> bool:
    """Let posts go out again; False when they may already."""
    return _turn(connection, is_on=False, reason=reason, by=by, now=now)


def _turn(connection: Connection, *, is_on: bool, reason: str, by: str, now: datetime) -> bool:
    _set(connection, is_on=False, reason="", by="nobody yet", now=now, update=())
    was_on = connection.scalar(
        sa.select(switches.c.is_on).where(switches.c.name == POSTING_PAUSED).with_for_update()
    )
    if was_on is is_on:
        return False
    _set(connection, is_on=is_on, reason=reason, by=by, now=now, update=_VALUES)
    audit.append(
        connection,
        actor=by,
        action="posting.paused" if is_on else "posting.resumed",
        subject=POSTING_PAUSED,
        now=now,
        detail={"reason": reason},
    )
    return True


_VALUES = ("is_on", "reason", "set_by", "set_at")


def _set(
    connection: Connection,
    *,
    is_on: bool,
    reason: str,
    by: str,
    now: datetime,
    update: tuple[str, ...],
) -> None:
    row = {
        "name": POSTING_PAUSED,
        "is_on": is_on,
        "reason": reason,
        "set_by": by,
        "set_at": now,
    }
    upsert(connection, switches, row, update=update)


def _read(connection: Connection, *, for_share: bool) -> Pause | None:
    query = sa.select(
        switches.c.is_on, switches.c.reason, switches.c.set_by, switches.c.set_at
    ).where(switches.c.name == POSTING_PAUSED)
    row = connection.execute(query.with_for_update(read=True) if for_share else query).first()
    if row is None or not row.is_on:
        return None
    return Pause(row.reason, row.set_by, row.set_at)
