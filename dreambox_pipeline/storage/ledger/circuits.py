"""Generators' circuits: who is left alone, until when, and why. The rules are in `stages.videos.fallback`."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from dreambox_pipeline.errors import StopError, TransientError
from dreambox_pipeline.stages.videos.fallback import Circuit, CircuitState
from dreambox_pipeline.storage.database import upsert
from dreambox_pipeline.storage.tables import generator_circuits as table

_COLUMNS = ("state", "failures", "open_until", "reason", "updated_at")


def of(connection: Connection, generators: Iterable[str]) -> dict[str, Circuit]:
    """The circuit of each of *generators*; one that never failed is closed."""
    names = list(generators)
    rows = connection.execute(sa.select(table).where(table.c.generator.in_(names))).mappings()
    known = {row["generator"]: _circuit(row) for row in rows}
    return {name: known.get(name, Circuit(name)) for name in names}


def not_closed(connection: Connection) -> list[Circuit]:
    """Every generator that is left alone, or on trial."""
    rows = connection.execute(
        sa.select(table)
        .where(table.c.state != CircuitState.CLOSED.value)
        .order_by(table.c.generator)
    ).mappings()
    return [_circuit(row) for row in rows]


def take_trial(connection: Connection, circuit: Circuit, *, now: datetime) -> bool:
    """Claim the one trial of *circuit*, as it was read; False when somebody else has it."""
    trial = circuit.on_trial(now)
    claimed = connection.execute(
        sa.update(table)
        .where(
            table.c.generator == circuit.generator,
            table.c.state == circuit.state.value,
            table.c.open_until == circuit.open_until,
        )
        .values(state=trial.state.value, open_until=trial.open_until, updated_at=now)
    )
    return claimed.rowcount == 1


def record_fault(
    connection: Connection, generator: str, error: StopError | TransientError, *, now: datetime
) -> Circuit:
    """Count a submit that failed; the circuit as it is then."""
    # The row first, so two workers that fail at once are both counted.
    _save(connection, Circuit(generator), now=now, is_new=True)
    row = connection.execute(
        sa.select(table).where(table.c.generator == generator).with_for_update()
    ).mappings()
    circuit = _circuit(row.one()).after_fault(error, now=now)
    _save(connection, circuit, now=now)
    return circuit


def record_success(connection: Connection, generator: str, *, now: datetime) -> None:
    """A submit was answered: the generator works."""
    connection.execute(
        sa.update(table)
        .where(table.c.generator == generator, table.c.failures > 0)
        .values(
            state=CircuitState.CLOSED.value,
            failures=0,
            open_until=None,
            reason=None,
            updated_at=now,
        )
    )


def _save(connection: Connection, circuit: Circuit, *, now: datetime, is_new: bool = False) -> None:
    row = {
        "generator": circuit.generator,
        "state": circuit.state.value,
        "failures": circuit.failures,
        "open_until": circuit.open_until,
        "reason": circuit.reason,
        "updated_at": now,
    }
    upsert(connection, table, row, update=() if is_new else _COLUMNS)


def _circuit(row: sa.RowMapping) -> Circuit:
    return Circuit(
        generator=row["generator"],
        state=CircuitState(row["state"]),
        failures=row["failures"],
        open_until=row["open_until"],
        reason=row["reason"],
    )
