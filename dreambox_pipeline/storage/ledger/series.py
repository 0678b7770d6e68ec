"""Series: while one runs, every new prompt takes its style and its seed.

One runs at a time. Its style, seed and reference picture never change, so what a video was made
with can be read from its series. A name that was used before means the same series again.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.errors import ItemError
from dreambox_pipeline.storage.tables import prompts
from dreambox_pipeline.storage.tables import series as series_table

REFERENCE_SUFFIX = ".jpg"
"""Every reference picture is kept in the media store as a JPEG; see `media.references`."""


@dataclass(frozen=True, slots=True)
class Series:
    """A run of videos with one look.

    Attributes:
        seed: What every prompt of it is seeded with; None leaves each dream its own.
        reference_hash: Content hash of the picture that shows the look, or None.
        ended_at: None while it runs.
    """

    series_id: str
    name: str
    style_id: str
    seed: int | None
    reference_hash: str | None
    started_at: datetime
    ended_at: datetime | None


def series_id_for(name: str) -> str:
    """`ser_` and 16 hex digits; capitals and spaces around do not make another series."""
    return f"ser_{hashlib.sha256(name.strip().casefold().encode()).hexdigest()[:16]}"


def start(
    connection: Connection,
    name: str,
    *,
    style_id: str,
    seed: int | None = None,
    reference_hash: str | None = None,
    now: datetime,
) -> Series:
    """Start a series, or go on with it; the one that ran before ends. A second start is free.

    Args:
        connection: A write transaction.
        name: For people; the same name is the same series.
        style_id: Key into `styles.STYLES`; not checked here.
        seed: 0 or more, or None.
        reference_hash: The picture's content hash in the media store, or None.
        now: The moment, aware.

    Raises:
        ItemError: A series of this name has another style, seed or picture. Nothing was changed.
    """
    wanted = series_id_for(name)
    known = get(connection, wanted)
    given = (style_id, seed, reference_hash)
    if known and (known.style_id, known.seed, known.reference_hash) != given:
        raise ItemError(
            f"The series {known.name!r} was started with style {known.style_id}, seed {known.seed} and "
            f"{_picture(known.reference_hash)}; its videos were made that way. Start it with the same, "
            "or give the new one another name."
        )
    connection.execute(
        sa.update(series_table)
        .where(series_table.c.ended_at.is_(None), series_table.c.series_id != wanted)
        .values(ended_at=now)
    )
    if known is None:
        row = Series(wanted, name.strip(), style_id, seed, reference_hash, now, None)
        columns = {name: getattr(row, name) for name in series_table.c.keys()}  # noqa: SIM118
        connection.execute(sa.insert(series_table).values(columns))
        return row
    connection.execute(
        sa.update(series_table).where(series_table.c.series_id == wanted).values(ended_at=None)
    )
    return _known(connection, wanted)


def end(connection: Connection, *, now: datetime) -> Series | None:
    """End the series that runs and return it; None when none does."""
    current = running(connection)
    if current is None:
        return None
    connection.execute(
        sa.update(series_table).where(series_table.c.ended_at.is_(None)).values(ended_at=now)
    )
    return _known(connection, current.series_id)


def running(connection: Connection) -> Series | None:
    """The series that runs, or None."""
    rows = connection.execute(
        sa.select(series_table)
        .where(series_table.c.ended_at.is_(None))
        .order_by(series_table.c.started_at.desc(), series_table.c.series_id)
        .limit(1)
    )
    return _first(rows)


def get(connection: Connection, series_id: str) -> Series | None:
    """The series with this id."""
    return _first(
        connection.execute(sa.select(series_table).where(series_table.c.series_id == series_id))
    )


def everything(connection: Connection) -> list[tuple[Series, int]]:
    """Every series with the number of its prompts, newest first."""
    made = sa.func.count(prompts.c.prompt_id)
    rows = connection.execute(
        sa.select(series_table, made.label("made"))
        .outerjoin(prompts, prompts.c.series_id == series_table.c.series_id)
        .group_by(*series_table.c)
        .order_by(series_table.c.started_at.desc(), series_table.c.series_id)
    )
    return [(Series(*row[:-1]), row.made) for row in rows]


def reference_of(connection: Connection, prompt_id: str) -> str | None:
    """Content hash of the picture whose look a prompt's video should have, or None.

    The file is in the media store under this hash and `REFERENCE_SUFFIX`.
    """
    return connection.scalar(
        sa.select(series_table.c.reference_hash)
        .join(prompts, prompts.c.series_id == series_table.c.series_id)
        .where(prompts.c.prompt_id == prompt_id)
    )


def _first(rows: sa.CursorResult[Any]) -> Series | None:
    row = rows.mappings().first()
    return Series(**row) if row else None


def _known(connection: Connection, series_id: str) -> Series:
    found = get(connection, series_id)
    if found is None:
        raise ItemError(f"The series {series_id} is not in the ledger. Start it again.")
    return found


def _picture(reference_hash: str | None) -> str:
    return f"picture {reference_hash[:12]}…" if reference_hash else "no picture"
