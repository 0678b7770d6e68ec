"""Which generator makes a clip: the first in the operator's order that works and can.

A generator that turns away several submits in a row is left alone for a while. Its circuit:

    closed -> open            three submits in a row failed, or one that needs a person
    open -> half_open         the pause is over: exactly one job is sent as a trial
    half_open -> closed       it was taken
    half_open -> open         it was not: the pause doubles
    half_open -> half_open    whoever sent the trial never said how it went: another one is sent

A refusal is no fault of the generator: it answered.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from dreambox_pipeline.errors import StopError, TransientError

FAULTS_TO_OPEN = 3
"""One fault is a hiccup and two a coincidence; at three in a row every further job would wait in vain."""

FIRST_PAUSE = timedelta(minutes=5)
"""A restarted model server takes minutes to load its weights."""

LONGEST_PAUSE = timedelta(hours=1)
"""An outage that ended is noticed within the hour."""

TRIAL_TAKES = timedelta(minutes=10)
"""A trial without an outcome after this died with its process."""


class CircuitState(StrEnum):
    """See the drawing above."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


@dataclass(frozen=True, slots=True)
class Circuit:
    """What is known about a generator's health.

    Attributes:
        failures: Submits in a row that failed.
        open_until: When a trial may be sent; of a half-open one, when another may.
        reason: The last fault's words.
    """

    generator: str
    state: CircuitState = CircuitState.CLOSED
    failures: int = 0
    open_until: datetime | None = None
    reason: str | None = None

    def is_closed(self) -> bool:
        """Whether jobs are sent as usual."""
        return self.state is CircuitState.CLOSED

    def is_due(self, now: datetime) -> bool:
        """Whether one job may be sent as a trial."""
        return not self.is_closed() and (self.open_until is None or self.open_until <= now)

    def on_trial(self, now: datetime) -> "Circuit":
        """The circuit while one job finds out."""
        return replace(self, state=CircuitState.HALF_OPEN, open_until=now + TRIAL_TAKES)

    def after_success(self) -> "Circuit":
        """The circuit after a submit that was answered."""
        return Circuit(self.generator)

    def after_fault(self, error: StopError | TransientError, *, now: datetime) -> "Circuit":
        """The circuit after a submit that failed with *error*."""
        failures = self.failures + 1
        if isinstance(error, StopError):
            failures = max(failures, FAULTS_TO_OPEN)
        counted = replace(self, failures=failures, reason=str(error))
        if failures < FAULTS_TO_OPEN:
            return counted
        doublings = min(failures - FAULTS_TO_OPEN, 10)
        wait = min(FIRST_PAUSE * 2**doublings, LONGEST_PAUSE)
        wished_s = getattr(error, "retry_after_s", None) or 0.0
        wait = max(wait, min(timedelta(seconds=wished_s), LONGEST_PAUSE))
        return replace(counted, state=CircuitState.OPEN, open_until=now + wait)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A generator that may make a clip.

    Attributes:
        longest_s: Longest clip it makes, in seconds.
        sunset: The day from which it makes nothing any more.
    """

    name: str
    longest_s: float
    circuit: Circuit
    sunset: date | None = None

    def objection(self, *, duration_s: float, now: datetime) -> str | None:
        """Why it does not make a clip of *duration_s* seconds now, or None."""
        if self.sunset is not None and now.date() >= self.sunset:
            return f"{self.name} ended on {self.sunset}"
        if duration_s > self.longest_s:
            return f"{self.name} makes clips of at most {self.longest_s:g} s"
        if self.circuit.is_closed() or self.circuit.is_due(now):
            return None
        until = self.circuit.open_until
        tried = f", tried again at {until:%Y-%m-%d %H:%M} UTC" if until else ""
        return f"{self.name} is left alone{tried} ({self.circuit.reason})"


@dataclass(frozen=True, slots=True)
class Choice:
    """Who makes a clip.

    Attributes:
        name: The generator, or None when none does now.
        objections: By generator passed over, why.
        later: Generators that would make it if they were not left alone for a while.
        again_at: When the first of these is tried again; None when time alone changes nothing.
    """

    name: str | None
    objections: dict[str, str]
    later: tuple[str, ...] = ()
    again_at: datetime | None = None

    def why_not(self, name: str) -> str:
        """What speaks against *name*; one that was not asked is not in the operator's list."""
        return self.objections.get(name, f"{name} is not in DREAMBOX_GENERATOR any more")


def choose(candidates: Sequence[Candidate], *, duration_s: float, now: datetime) -> Choice:
    """The first of *candidates* that makes a clip of *duration_s* seconds now.

    A wish for a reference picture passes nobody over: a clip in the style's words alone beats none.
    """
    objections: dict[str, str] = {}
    later: list[Candidate] = []
    for candidate in candidates:
        objection = candidate.objection(duration_s=duration_s, now=now)
        if objection is None:
            return Choice(candidate.name, objections)
        objections[candidate.name] = objection
        healthy = replace(candidate, circuit=Circuit(candidate.name))
        if healthy.objection(duration_s=duration_s, now=now) is None:
            later.append(candidate)
    moments = [each.circuit.open_until for each in later if each.circuit.open_until is not None]
    names = tuple(each.name for each in later)
    return Choice(None, objections, names, min(moments, default=None))
